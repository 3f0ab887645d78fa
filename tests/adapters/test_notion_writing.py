"""Writing to Notion: what changes and nothing else, in the one form that each type takes."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from fakes.notion.rig import pull, rig
from fakes.notion.steps import AT, patches, write

from escsync.adapter import (
    Move,
    PersonKind,
    PersonRef,
    Rejected,
    SetField,
    Stage,
    WriteNote,
)


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


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
