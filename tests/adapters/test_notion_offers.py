"""What the Notion adapter offers besides: a first look round, rights, the clock, a rehearsal, an outline of the schema."""

from __future__ import annotations

import pytest
from fakes.notion.rig import named, pull, rig
from fakes.notion.service import TOKEN
from fakes.notion.site import STAGES, empty

from escsync.adapter import Denied, Draft, FieldKind, Level, Plugin, Rejected
from escsync.offers import Explorer, Gap, Outlined, Provisioner, Rehearsed, Rightful, Timed
from escsync.registry import guide
from escsync.retry import Budget, Patience


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


def explorer(notion):
    plugin = named("escsync_notion:plugin")
    model = named("escsync_notion.settings:NotionConnection")
    connection = model.model_validate({"url": notion.server.url, "token": TOKEN})
    patience = Patience(sleep=notion.sleep, clock=lambda: 0.0, random=lambda: 0.0, budget=Budget(attempts=3))
    found = guide(plugin).explore(connection, patience)
    assert isinstance(found, Explorer)
    return found


def test_it_offers_all_that_there_is_to_offer(notion):
    """Each is a protocol of its own."""
    for offer in (Provisioner, Outlined, Rehearsed, Timed, Rightful):
        assert isinstance(notion.connect(), offer)


# -- a first look round


def test_the_likeliest_database_comes_first_and_then_pages(notion):
    """Those that are shared with the connection; below a page one can be made. A row is no place."""
    notion.site.create("Executive escalation that is a row")
    notion.world.add_page("Handbook")
    found = explorer(notion)

    places = list(found.places())
    found.close()

    assert [(p.name, p.kind, p.empty) for p in places] == [
        ("Escalations", "database", False),
        ("Accounts", "database", False),
        ("Escalations", "page", True),
        ("Handbook", "page", True),
    ]
    assert places[0].scope == {"data_source": notion.site.escalations.id}
    assert places[-1].scope == {"page": places[-1].id}


def test_the_look_round_goes_on_after_a_hundred(notion):
    """A search is told by pages."""
    for n in range(120):
        notion.world.add_page(f"Page {n}")

    assert len(list(explorer(notion).places())) == 2 + 121


def test_a_databases_shape_is_its_properties_and_statuses(notion):
    """With the forms that each can hold, the best first, and the order in which people go through the statuses."""
    found = explorer(notion)
    shape = found.shape(next(found.places()))

    fields = {one.name: one for one in shape.fields}
    assert fields["Severity"].kinds[0] is FieldKind.CHOICE
    assert fields["Owner"].kinds == (FieldKind.PEOPLE,)
    assert fields["Status"].kinds[0] is FieldKind.STAGE
    assert (fields["Created"].writable, fields["Due"].writable) == (False, True)
    assert next(iter(fields["Severity"].options.values())) == "Billing dispute"
    assert fields["Severity"].spelling == notion.site.id("Severity")
    assert [step.name for step in shape.steps if step.done] == ["Closed", "Rejected", "Duplicate"]
    assert [step.name for step in shape.steps if step.initial] == ["Open"]
    assert [step.order for step in shape.steps] == list(range(9))
    assert shape.notes == ()


def test_a_database_without_statuses_or_numbers_is_told_so(notion):
    """A select by that name stands in for the status property."""
    found = explorer(notion)
    source = notion.site.escalations
    for name in ("ID", "Status"):
        del source.properties[source.find(name).id]
    place = next(found.places())

    bare = found.shape(place)
    notion.world.add_property(source, "Status", "select", ("New", "Done"))
    with_select = found.shape(place)

    assert "`escsync provision --apply` adds one" in bare.notes[0]
    assert "numbers" in bare.notes[1]
    assert [step.name for step in with_select.steps] == ["New", "Done"]
    assert "map the select under fields.stage" in with_select.notes[0]


def test_a_page_has_no_shape_yet():
    """Provisioning makes it."""
    with rig(empty()) as notion:
        found = explorer(notion)
        (place,) = found.places()

        assert (place.empty, found.shape(place).fields) == (True, ())
        assert "`escsync provision --apply`" in found.shape(place).notes[0]


def test_what_the_guide_asks_is_never_the_token_itself():
    """Only which variable holds it."""
    told = guide(Plugin("notion", "", "", "", guide="escsync_notion.setup.guide:GUIDE"))

    assert [(q.key, q.secret, q.default) for q in told.questions] == [
        (("connection", "token"), True, "NOTION_TOKEN")
    ]
    assert {right.mode for right in told.rights} == {"observe", "annotate", "enforce", "provision"}


# -- rights


def judged(notion, mode, **how):
    return {one.subject: one for one in notion.connect(**how).rights(mode)}


@pytest.mark.parametrize(
    ("mode", "excess"),
    [
        ("observe", {"insert comments", "update content", "insert content"}),
        ("annotate", {"insert content"}),
        ("enforce", set()),
        ("provision", {"insert comments"}),
    ],
)
def test_what_a_mode_does_not_need_is_too_much(notion, mode, excess):
    """Each with the switch by which it is taken away."""
    found = judged(notion, mode)

    too_much = {
        s.removeprefix("capability ") for s, p in found.items() if p.code == "EXCESS" and "shared" not in s
    }
    assert too_much == excess
    assert all("switch off" in found[f"capability {name}"].remedy for name in excess)


def test_what_a_mode_does_not_need_may_be_missing(notion):
    """Least privilege is no warning."""
    notion.world.can = {"read_content", "read_comments", "read_users", "read_emails"}

    found = judged(notion, "observe")

    assert not [p for s, p in found.items() if p.level is not Level.OK and not s.startswith("shared")]


def test_what_is_shared_besides_is_named_and_what_relations_need_is_not(notion):
    """A page shares all that is below it: the database alone would do."""
    related = {"fields": {**notion.site.fields, "account.arr": ("Account.ARR",)}}

    without, within = judged(notion, "enforce"), judged(notion, "enforce", **related)

    assert "'Accounts'" in without["shared databases"].message
    assert "shared databases" not in within
    assert ("'Escalations'" in within["shared pages"].message, within["shared pages"].code) == (
        True,
        "EXCESS",
    )
    assert "Disconnect" in within["shared pages"].remedy


def test_a_token_that_does_not_count_is_said_once(notion):
    """Nothing else can be told."""
    (only,) = notion.connect(connection={"token": "ntn_wrong"}).rights("observe")

    assert only.level is Level.FAIL


# -- the clock and the rehearsal


def test_the_trackers_clock_is_that_of_its_last_answer(notion):
    """And unknown before one came."""
    adapter = notion.connect()
    before = adapter.time
    list(adapter.check())

    assert before is None
    assert adapter.time == notion.world.clock.now().replace(microsecond=0)


def test_a_rehearsal_leaves_nothing_behind(notion):
    """A page that says what it is, is found by its mark and by a pull, and is thrown away."""
    adapter = notion.connect()
    ref = adapter.scratch("escsync-test-1")
    seen = pull(notion.connect()).one
    found = [one.ref for one in adapter.find(["escsync-test-1"])]

    adapter.discard(ref)
    adapter.discard(ref)

    assert (seen.ref, found) == (ref, [ref])
    assert seen.values["summary"] == "A test by escsync, which may be deleted (escsync-test-1)"
    assert list(adapter.read([ref])) == []
    assert notion.world.pages[ref.id].in_trash


def test_no_other_page_is_thrown_away(notion):
    """Neither one that people made, whatever they call it, nor one of ours that is no test."""
    adapter = notion.connect()
    theirs = notion.site.create("A test by escsync, which may be deleted (x)")
    ours = adapter.create(Draft("mail:1", {"summary": "By mail"}))

    for ref in (notion.ref(theirs), ours):
        with pytest.raises(Rejected, match="is no test that escsync made"):
            adapter.discard(ref)

    assert not any(page.in_trash for page in notion.world.pages.values())


def test_a_test_page_that_may_not_be_thrown_away_is_said_with_the_click(notion):
    """Somebody has to."""
    adapter = notion.connect()
    ref = adapter.scratch("escsync-test-1")
    notion.world.can -= {"update_content"}

    with pytest.raises(Denied) as denial:
        adapter.discard(ref)

    assert "> Move to trash" in denial.value.remedy


def test_a_lost_answer_makes_no_second_test_page(notion):
    """It is looked for by its mark."""
    notion.server.fail("POST", "/pages", after=True, reset=True)

    ref = notion.connect().scratch("escsync-test-1")

    assert [page.id for page in notion.world.rows(notion.site.escalations)] == [ref.id]


# -- the outline


def outlined(adapter):
    return {part.id: part for part in adapter.outline()}


def test_the_outline_holds_what_is_mapped(notion):
    """With ids, types and options; a status with its group."""
    parts = outlined(notion.connect())

    severity, status = parts[notion.site.id("Severity")], notion.site.escalations.find("Status")
    assert (severity.used, severity.type, severity.required) == (("fields.severity",), "select", False)
    assert list(severity.options.values())[1] == "Data issue"
    assert parts[status.key].options is None
    assert (parts[status.option("Closed").id].used, parts[status.option("Closed").id].category) == (
        ("stages.closed",),
        "done",
    )
    assert status.option("Waiting for legal").id not in parts
    assert notion.site.id("Attachments") not in parts


def test_two_looks_tell_the_same_as_what_was_learnt(notion):
    """What nobody changed is no drift."""
    related = {"fields": {**notion.site.fields, "account.arr": ("Account.ARR",)}}
    adapter = notion.connect(**related)
    pull(adapter)
    sent = len(notion.server.log)

    later = notion.again(adapter, **related)
    recalled = list(later.recalled())

    assert len(notion.server.log) == sent
    assert recalled == list(later.outline()) == list(notion.connect(**related).outline())
    assert list(notion.connect(**related).recalled()) == []


def _rename(source):
    source.find("Severity").name = "How bad"


def _retype(source):
    source.find("Severity").type = "number"


def _delete(source):
    del source.properties[source.find("Severity").id]


def _add_option(source):
    source.find("Severity").offer("Rumour")


def _drop_option(source):
    source.find("Severity").options.pop()


def _rename_option(source):
    source.find("Severity").options[0].name = "Invoice"


def _rename_status(source):
    source.find("Status").option("Closed").name = "Shut"


def _drop_status(source):
    source.find("Status").options.remove(source.find("Status").option("Closed"))


def _regroup_status(source):
    source.find("Status").option("Closed").group = "In progress"


@pytest.mark.parametrize("by_name", [True, False], ids=["mapped by name", "mapped by id"])
@pytest.mark.parametrize(
    ("change", "differs"),
    [
        (_rename, {"name"}),
        (_retype, {"type", "options"}),
        (_delete, None),
        (_add_option, {"options"}),
        (_drop_option, {"options"}),
        (_rename_option, {"options"}),
        (_rename_status, {"name"}),
        (_drop_status, None),
        (_regroup_status, {"category"}),
    ],
)
def test_each_kind_of_change_shows_in_one_part_and_the_pass_goes_on(notion, change, differs, by_name):
    """Renamed, retyped, deleted, options and statuses: a comparison with what was learnt tells which, and only that."""
    mapped = {**notion.site.fields, **({"severity": ("Severity",)} if by_name else {})}
    page = notion.site.create()
    adapter = notion.connect(fields=mapped)
    pull(adapter)
    change(notion.site.escalations)
    later = notion.again(adapter, fields=mapped)

    before = {part.id: part for part in later.recalled()}
    after = outlined(later)

    changed = [id for id in before if before[id] != after.get(id)]
    assert (len(changed), after.keys() - before.keys()) == (1, set())
    (id,) = changed
    names = {
        n
        for n in ("name", "type", "used", "options", "category")
        if id in after and getattr(before[id], n) != getattr(after[id], n)
    }
    assert (names or None) == differs
    assert pull(notion.again(adapter, fields=mapped)).keys == [page.key]


def test_a_lost_owner_does_not_silence_the_outline(notion):
    """No ticket can be read, and what has changed can still be said."""
    adapter = notion.connect()
    pull(adapter)
    source = notion.site.escalations
    mapped, owner = notion.site.fields, notion.site.id("Owner")
    del source.properties[source.find("Owner").id]

    parts = outlined(notion.connect(fields=mapped))

    assert owner not in parts
    assert mapped["severity"][0] in parts


def test_statuses_of_a_select_have_no_group(notion):
    """Only a status property knows what is done."""
    held = notion.world.add_property(
        notion.site.escalations, "Step", "select", [s[0] for s in STAGES.values()]
    )

    parts = outlined(notion.connect(fields={**notion.site.fields, "stage": (held.key,)}))

    assert {part.category for part in parts.values() if part.kind == "status"} == {None}


def test_a_page_without_a_database_has_no_outline():
    """It is refused as everything else is."""
    with rig(empty()) as notion, pytest.raises(Denied, match="no database yet") as refused:
        list(notion.connect(fields={}, stages={}).outline())

    assert refused.value.code == "NOT_PROVISIONED"


def test_a_gap_that_was_never_told_is_not_made(notion):
    """Only what `missing` has said."""
    adapter = notion.connect()
    gap = next(adapter.missing(()), None)

    assert gap is None
    with pytest.raises(Rejected, match="not lacking"):
        adapter.provide(Gap("field:tone", "fields.tone", "property 'Tone'"))
