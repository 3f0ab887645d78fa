"""Writing to Notion: what changes and nothing else, in the one form that each type takes."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from fakes.notion.rig import pull, rig
from fakes.notion.trouble import broken, conflict, limited

from escsync.adapter import (
    Denied,
    Move,
    PersonKind,
    PersonRef,
    Rejected,
    SetField,
    Stage,
    Unavailable,
    Vanished,
    WriteNote,
)

AT = datetime(2026, 3, 3, 11, 0, 59, 999_999, tzinfo=UTC)


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


def patches(notion):
    return notion.server.calls("PATCH")


def write(notion, page, *edits, adapter=None):
    (written,) = notion.write(adapter or notion.connect(), notion.change(page, *edits))
    return written


def sent(notion, field, value, **how):
    """The one property that a write of *field* sends."""
    page = notion.site.create()
    adapter = notion.connect(**how)
    written = write(notion, page, SetField(field, None, value), adapter=adapter)
    assert not written.failures
    ((_, told),) = patches(notion)[-1].body["properties"].items()
    return told


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("due_at", AT, {"date": {"start": "2026-03-03T11:00:00Z"}}),
        ("due_at", date(2026, 3, 3), {"date": {"start": "2026-03-03"}}),
        ("due_at", None, {"date": None}),
        ("source_url", None, {"url": None}),
        ("source_url", "", {"url": None}),
        ("contact.email", None, {"email": None}),
        ("account.arr", Decimal(180000), {"number": 180000}),
        ("account.arr", Decimal("0.1"), {"number": 0.1}),
        ("account.arr", None, {"number": None}),
        ("is_technical", True, {"checkbox": True}),
        ("is_technical", None, {"checkbox": False}),
        ("checklist.history_reviewed", "done", {"checkbox": True}),
        ("findings_summary", None, {"rich_text": []}),
        ("summary", "x", {"title": [{"type": "text", "text": {"content": "x"}}]}),
        ("owner", None, {"people": []}),
        ("health", None, {"select": None}),
        ("resolution_types", None, {"multi_select": []}),
    ],
)
def test_each_type_is_written_in_its_own_form(notion, field, value, told):
    """Numbers as numbers, nothing as null, instants in UTC and to the minute."""
    assert sent(notion, field, value) == told


def test_people_are_written_by_id_alone(notion):
    """Whatever was read of them: Notion refuses its own user objects."""
    dana = notion.site.people["dana"].id
    page = notion.site.create(Owner=[dana])
    adapter = notion.connect()
    (owner,) = pull(adapter).one.values["owner"]
    other = PersonRef(notion.site.people["idris"].id)

    written = write(notion, page, SetField("owner", (owner,), (owner, other)), adapter=adapter)

    (told,) = patches(notion)[-1].body["properties"].values()
    assert told == {"people": [{"object": "user", "id": dana}, {"object": "user", "id": other.id}]}
    assert [ref.id for ref in written.after.values["owner"]] == [dana, other.id]


@pytest.mark.parametrize("kind", [PersonKind.BOT, PersonKind.GROUP])
def test_bots_and_groups_are_never_made_owner(notion, kind):
    """Refused before Notion is asked."""
    page = notion.site.create()

    written = write(notion, page, SetField("owner", None, (PersonRef("x", "y", kind=kind),)))

    assert isinstance(written.failures[0], Rejected)
    assert written.failures[0].field == "owner"
    assert not patches(notion)


def test_options_are_written_by_their_ids(notion):
    """The canonical value's own, or the configured one."""
    tier = notion.site.escalations.find("Tier")

    assert sent(notion, "account.tier", "mid_market") == {"select": {"id": tier.option("Mid Market").id}}
    mapped = {"account.tier": {"smb": ("Enterprise",)}}
    assert sent(notion, "account.tier", "smb", options=mapped) == {
        "select": {"id": tier.option("Enterprise").id}
    }
    several = sent(notion, "resolution_types", ("engineering_fix", "billing_credit"))
    assert len(several["multi_select"]) == 2


def test_no_option_is_ever_made(notion):
    """A name that Notion does not know would become an option, silently: it is refused, and the nearest one named."""
    page = notion.site.create()
    before = [o.name for o in notion.site.escalations.find("Health").options]
    adapter = notion.connect(options={"health": {"ok": ("okay",)}})

    written = write(notion, page, SetField("health", None, "du_soon"), adapter=adapter)

    assert isinstance(written.failures[0], Rejected)
    assert "did you mean 'due_soon'" in written.failures[0].remedy
    assert not patches(notion)
    assert [o.name for o in notion.site.escalations.find("Health").options] == before


def test_an_option_made_since_is_found(notion):
    """What is unknown is looked up once more before it is refused; what is known costs no look."""
    page = notion.site.create()
    first = notion.connect()
    pull(first)
    notion.site.escalations.find("Root cause").offer("Policy inflexibility")
    adapter = notion.again(first)

    written = write(notion, page, SetField("root_cause", None, "policy_inflexibility"), adapter=adapter)

    assert not written.failures
    assert written.after.values["root_cause"] == "policy_inflexibility"
    assert adapter.calls == 2


def test_a_move_goes_by_the_options_id(notion):
    """To the first status of the stage, and to no other one."""
    page = notion.site.create()
    told = notion.site.escalations.find("Status").option("Investigating").id
    gone = {"investigation": ("Researching", "Investigating"), "intake": ("Open",)}

    written = write(notion, page, Move("Open", Stage.INVESTIGATION))
    refused = write(notion, page, Move("Open", Stage.INVESTIGATION), adapter=notion.connect(stages=gone))

    (property,) = patches(notion)[0].body["properties"].values()
    assert property == {"status": {"id": told}}
    assert written.after.status.stage is Stage.INVESTIGATION
    assert isinstance(refused.failures[0], Rejected)
    assert refused.failures[0].field == "stage"


def test_only_what_changes_is_sent(notion):
    """Else a person's edit of another property would be undone."""
    page = notion.site.create(Tier="SMB")
    adapter = notion.connect()
    pull(adapter)
    notion.site.edit(page, "Tier", "Enterprise")

    written = write(notion, page, SetField("health", None, "ok"), adapter=adapter)

    assert len(patches(notion)[0].body["properties"]) == 1
    assert written.after.values["account.tier"] == "enterprise"


def test_the_answer_shows_what_somebody_else_changed_meanwhile(notion):
    """The page after the write is the page as it is, with the person's edit."""
    page = notion.site.create(Tier="SMB")
    adapter = notion.connect()
    planned = pull(adapter).one
    notion.world.before_write.append(lambda: notion.site.edit(page, "Tier", "Enterprise"))

    after = write(notion, page, SetField("health", None, "ok"), adapter=adapter).after

    assert (planned.values["account.tier"], after.values["account.tier"]) == ("smb", "enterprise")
    assert (after.values["health"], after.apart, after.heard) == ("ok", True, False)


def test_our_own_account_as_the_last_editor_hides_nobody(notion):
    """A person and escsync write in the same minute: the person's edit still comes with the next pull."""
    page = notion.site.create(Tier="SMB")
    adapter = notion.connect()
    cursor = pull(adapter).cursor
    notion.site.edit(page, "Tier", "Enterprise")
    write(notion, page, SetField("health", None, "ok"), adapter=adapter)

    found = pull(notion.again(adapter), cursor)

    assert page.edited_by == notion.world.me
    assert found.one.values["account.tier"] == "enterprise"


def test_a_value_that_is_there_already_is_not_written(notion):
    """Every write wakes everybody else's tools."""
    page = notion.site.create(Health="ok", Due="2026-03-03T11:00:00+01:00")
    adapter = notion.connect()
    pull(adapter)

    due = datetime(2026, 3, 3, 10, 0, 30, tzinfo=UTC)
    written = write(
        notion, page, SetField("health", "ok", "ok"), SetField("due_at", None, due), adapter=adapter
    )

    assert not written.failures
    assert not patches(notion)


def test_n_pages_are_written_in_n_calls_and_their_notes_in_n_more(notion):
    """Nothing is read before or after where this pass has read it."""
    pages = [notion.site.create(f"n{n}") for n in range(7)]
    adapter = notion.connect()
    pull(adapter)
    refs = [notion.ref(page) for page in pages]
    assert all(heard.note is None for heard in adapter.listen(refs))
    before = adapter.calls
    edits = (SetField("health", None, "ok"), SetField("due_at", None, AT), WriteNote("step 1", "aa11", None))

    written = notion.write(adapter, *(notion.change(page, *edits) for page in pages))

    assert adapter.calls - before == 14
    assert all(one.after is not None and one.after.note.digest == "aa11" for one in written)
    only = notion.write(adapter, *(notion.change(page, WriteNote("2", "bb22", "aa11")) for page in pages))
    assert adapter.calls - before == 21
    assert [one.after.note.digest for one in only] == ["bb22"] * 7
    assert [one.after.values["health"] for one in only] == ["ok"] * 7


LONG = "😀" * 1500 + "e\u0301" * 1500 + "\r\n" + "👩‍👩‍👧‍👦" * 400 + "🇩🇪" * 700


def test_long_text_is_cut_between_characters(notion):
    """At most 2000 UTF-16 units in a run, and no run that begins with half of what people see as one."""
    runs = [one["text"]["content"] for one in sent(notion, "findings_summary", LONG)["rich_text"]]

    assert "".join(runs) == LONG
    assert max(len(run.encode("utf-16-le")) // 2 for run in runs) <= 2000
    assert not [run[0] for run in runs if unicodedata.combining(run[0]) or run[0] in "\u200d\n"]
    assert all(run.count("\U0001f1e9") == run.count("\U0001f1ea") for run in runs)


def test_text_beyond_all_bounds_is_refused_and_not_cut(notion):
    """A hundred runs, 2000 characters of an address."""
    page = notion.site.create()

    written = write(
        notion,
        page,
        SetField("findings_summary", None, "x" * 200_001),
        SetField("source_url", None, "https://" + "a" * 2000),
        SetField("health", None, "ok"),
    )

    assert {index: type(error) for index, error in written.failures.items()} == {0: Rejected, 1: Rejected}
    assert written.after.values["health"] == "ok"


def test_text_comes_back_as_it_was_written(notion):
    """However Notion joins the runs, the text is compared."""
    page = notion.site.create()
    adapter = notion.connect()

    after = write(notion, page, SetField("findings_summary", None, LONG), adapter=adapter).after

    assert after.values["findings_summary"] == adapter.fit("findings_summary", LONG) == LONG
    half = adapter.fit("findings_summary", "a\ud83db")
    assert half == adapter.fit("findings_summary", half)


def test_one_bad_edit_keeps_out_no_other(notion):
    """Notion refuses the request as a whole: the properties are looked at anew, and the bad one is told."""
    page = notion.site.create()
    adapter = notion.connect()
    pull(adapter)
    held = notion.site.escalations.find("Health")
    held.type, held.options = "number", []

    written = write(
        notion,
        page,
        SetField("health", None, "ok"),
        SetField("due_at", None, AT),
        Move("Open", Stage.INVESTIGATION),
        adapter=notion.again(adapter),
    )

    assert {index: error.field for index, error in written.failures.items()} == {0: "health"}
    assert written.after.values["due_at"] == AT.replace(second=0, microsecond=0)
    assert written.after.status.stage is Stage.INVESTIGATION


def test_somebody_who_left_keeps_out_no_other_edit(notion):
    """The schema is well, the value is not: each edit is tried alone."""
    page = notion.site.create()
    notion.site.people["dana"].removed = True
    owner = (PersonRef(notion.site.people["dana"].id),)

    written = write(notion, page, SetField("owner", None, owner), SetField("health", None, "ok"))

    assert {index: (type(e), e.field) for index, e in written.failures.items()} == {0: (Rejected, "owner")}
    assert page.values[notion.site.escalations.find("Health").id]


def test_a_page_in_the_trash_has_vanished(notion):
    """Notion answers 400 in words; the page itself tells."""
    page = notion.site.create()
    notion.world.trash(page, notion.world.me)
    adapter = notion.connect()

    fields = write(notion, page, SetField("health", None, "ok"), adapter=adapter)
    note = write(notion, page, WriteNote("x", "aa", None, at=page.id), adapter=adapter)

    assert isinstance(fields.failures[0], Vanished)
    assert isinstance(note.failures[0], Vanished)


@pytest.mark.parametrize("trouble", [{"reply": conflict()}, {"reply": broken()}, {"reset": True}, {"cut": 5}])
def test_a_write_of_properties_is_tried_again(notion, trouble):
    """It is the same done twice; none of this does the client package do."""
    page = notion.site.create()
    notion.server.fail("PATCH", page.id, after="cut" in trouble, times=2, **trouble)

    written = write(notion, page, SetField("health", None, "ok"))

    assert not written.failures
    assert written.after.values["health"] == "ok"


def test_after_a_pause_for_everybody_nothing_else_is_sent(notion):
    """All that was left to write fails with the same words, and the pause is the one that was asked for."""
    pages = [notion.site.create(f"n{n}") for n in range(5)]
    adapter = notion.connect()
    pull(adapter)
    before = adapter.calls
    notion.server.fail("PATCH", tuple(page.id for page in pages), limited(400), times=9)

    outcomes = notion.write(adapter, *(notion.change(p, SetField("health", None, "ok")) for p in pages))

    assert adapter.calls - before == 1
    assert [type(one.failures[0]) for one in outcomes] == [Unavailable] * 5
    assert outcomes[-1].failures[0].retry_after == 400


def test_without_the_right_to_write_it_says_which(notion):
    """403 names the capability."""
    page = notion.site.create()
    notion.world.can -= {"update_content"}

    error = write(notion, page, SetField("health", None, "ok")).failures[0]

    assert isinstance(error, Denied)
    assert "'update content'" in error.remedy


def test_what_cannot_be_written_is_refused_without_asking(notion):
    """Read-only properties, and those of other pages."""
    page = notion.site.create()
    fields = {**notion.site.fields, "received_at": ("created_time",), "account.arr": ("Account.ARR",)}

    written = write(
        notion,
        page,
        SetField("received_at", None, AT),
        SetField("account.arr", None, Decimal(1)),
        SetField("severity_", None, "x"),
        SetField("owner", None, tuple(PersonRef(str(n)) for n in range(101))),
        adapter=notion.connect(fields=fields),
    )

    assert [type(written.failures[n]) for n in range(4)] == [Rejected] * 4
    assert not patches(notion)


def test_owner_may_stand_in_several_properties(notion):
    """Whoever owns stands in the first alone afterwards."""
    dana, idris = (notion.site.people[name].id for name in ("dana", "idris"))
    notion.world.add_property(notion.site.escalations, "Co-owner", "people")
    page = notion.world.open(notion.site.escalations, {"Owner": [dana], "Co-owner": [idris]}, dana)
    fields = {**notion.site.fields, "owner": ("Owner", "Co-owner")}
    adapter = notion.connect(fields=fields)
    before = pull(adapter).one.values["owner"]

    after = write(notion, page, SetField("owner", before, (PersonRef(idris),)), adapter=adapter).after

    assert [ref.id for ref in before] == [dana, idris]
    assert [ref.id for ref in after.values["owner"]] == [idris]


def test_an_instant_in_a_text_property_is_kept_to_the_second(notion):
    """It is written as ISO, and read as an instant again."""
    page = notion.site.create()
    adapter = notion.connect(fields={**notion.site.fields, "ack_due_at": ("Findings",)})

    after = write(notion, page, SetField("ack_due_at", None, AT), adapter=adapter).after

    assert after.values["ack_due_at"] == adapter.fit("ack_due_at", AT) == AT.replace(microsecond=0)
