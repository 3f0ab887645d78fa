"""Provisioning Notion from nothing: a page that is shared with the connection becomes a database in which passes run."""

from __future__ import annotations

from collections import Counter

import pytest
from fakes.http import Fault
from fakes.notion.errand import errand, inventory, nth, writes
from fakes.notion.rig import pull, rig
from fakes.notion.site import empty
from fakes.notion.trouble import broken

from escsync.adapter import Denied, Draft, Level, Move, SetField, Stage, Unavailable


@pytest.fixture
def notion():
    """A workspace with a shared page and no database."""
    with rig(empty()) as made:
        yield made


def the(notion):
    """The one database that there is, and its one table."""
    (database,) = (one for one in notion.world.databases.values() if not one.in_trash)
    (source,) = database.sources
    return database, source


def test_before_it_every_pass_and_doctor_say_one_thing(notion):
    """There is no database yet, and which command makes it."""
    adapter = notion.connect(fields={}, stages={})
    last = list(adapter.check())[-1]

    assert (last.level, last.message) == (Level.FAIL, "there is no database yet")
    assert "`escsync provision --apply`" in last.remedy
    with pytest.raises(Denied, match="there is no database yet"):
        pull(adapter)


def test_before_it_people_and_rights_can_be_looked_at(notion):
    """What provisioning needs is not too much yet, and nobody need wait for a database to write people.yaml."""
    adapter = notion.connect(fields={}, stages={})

    excess = [line.subject for line in adapter.rights("observe") if line.code == "EXCESS"]
    people = {one.name for one in adapter.people()}

    assert excess == ["capability insert comments"]
    assert people == {"Dana Reyes", "Idris Cole", "Ana Lima", "Escalation Sync"}


def test_a_page_becomes_a_database_in_which_passes_run(notion):
    """With what it wrote into the configuration doctor is content, and a ticket goes through what enforce does."""
    done = errand(notion).apply()
    adapter = notion.connect(**done.how)
    ref = adapter.create(Draft("mail:1", {"summary": "By mail", "severity": "data_issue", "tone": "public"}))
    page = notion.world.pages[ref.id]
    edits = (SetField("health", None, "breached"), SetField("root_cause", None, "sla_breach"))
    (written,) = notion.write(adapter, notion.change(page, *edits, Move("Intake", Stage.CLOSED)))

    problems = {p.subject: p for p in notion.connect(**done.how).check() if p.level is not Level.OK}
    ticket = pull(notion.connect(**done.how)).one

    assert (done.failures, written.failures) == ([], {})
    assert set(problems) == {"stages.closed", "stages.rejected", "stages.duplicate"}
    assert problems["stages.closed"].remedy.startswith("move it in Notion to the group Complete (the menu")
    assert (ticket.key, ticket.status.stage, ticket.values["health"]) == ("ESC-1", Stage.CLOSED, "breached")


def test_on_the_older_version_of_the_api_all_is_made_as_well(notion):
    """Both versions that a connection may name."""
    older = {"connection": {"version": "2025-09-03"}}
    adapter = notion.connect(fields={}, stages={}, **older)

    made = [adapter.provide(gap).kind for gap in adapter.missing(())]
    (only,) = notion.connect(fields={}, stages={}, **older).provided()
    adapter.withdraw(only)

    assert made == ["database", *["property"] * 5, "view"]
    assert all(one.in_trash for one in notion.world.databases.values())


def test_what_is_made_is_told_before(notion):
    """The database first, its views last, and each with the key that asks for it; the configuration learns all ids."""
    gaps = errand(notion).look()
    made = errand(notion).apply().settings

    assert [gap.id for gap in gaps][:4] == ["database", "stages", "unique_id", "field:owner"]
    assert [gap.id for gap in gaps][-2:] == ["view:board", "view:overdue"]
    assert not [gap for gap in gaps if gap.found or gap.by_hand]
    database, source = the(notion)
    assert made["scope", "database"] == database.id
    assert source.find(made["fields", "root_cause"]).name == "Root cause"
    assert made["stages", "customer_update"] == "Customer update"


def test_a_new_page_stands_in_intake(notion):
    """The first status is the one that Notion gives to whatever people create."""
    errand(notion).apply()
    _, source = the(notion)

    status = source.find("Status")
    assert status.option(status.empty).name == "Intake"


def test_options_have_colours_and_properties_their_marks(notion):
    """Red is what hurts; and by the mark a property is known again, whatever it is called."""
    errand(notion).apply()
    _, source = the(notion)

    assert {o.name: o.color for o in source.find("Escalation health").options} == {
        "OK": "green",
        "Due soon": "yellow",
        "Breached": "red",
    }
    assert source.find("Root cause").description.endswith("escsync:root_cause")
    assert "overwritten" in source.find("Next deadline").description
    assert all(p.description for p in source.properties.values() if p.type != "title")


def test_a_board_and_what_is_overdue_are_there_to_look_at(notion):
    """By status, and by health or deadline, whichever is worse."""
    errand(notion).apply()
    database, source = the(notion)

    views = {view.name: view for view in database.views}
    board = views["Board"].configuration
    assert board["group_by"]["property_id"] == source.find("Status").key
    assert [source.find(one["property_id"]).name for one in board["properties"]] == [
        "Owner",
        "Escalation priority",
        "Account",
        "Escalation health",
        "Next deadline",
    ]
    assert views["Overdue"].filter == {
        "or": [
            {"property": source.find("Escalation health").key, "select": {"equals": "Breached"}},
            {"property": source.find("Next deadline").key, "date": {"before": "today"}},
        ]
    }


def test_a_second_time_changes_nothing(notion):
    """With the configuration that it wrote nothing is missing; with the old one, all is found and written down again."""
    done = errand(notion).apply()
    before, sent = inventory(notion.world), len(writes(notion))

    forgetful = errand(notion).apply()

    assert done.look() == []
    assert {gap.found for gap in forgetful.gaps} == {True}
    assert forgetful.settings == done.settings
    assert (inventory(notion.world), len(writes(notion))) == (before, sent)


@pytest.mark.parametrize("lost", [True, False], ids=["answer lost", "not done"])
@pytest.mark.parametrize("number", range(5))
def test_each_write_that_goes_wrong_is_made_good_once(notion, number, lost):
    """The next run goes on from what is there: no second database, property or view."""
    fault = nth(number, after=True, reset=True) if lost else _always(number)
    notion.server.faults.append(fault)
    first = errand(notion).apply()
    notion.server.faults.clear()

    again = errand(notion).apply()
    settled = again.apply()

    database, source = the(notion)
    assert fault.times < (1 if lost else 99)
    assert first.failures == [] if lost else first.failures
    assert (again.failures, settled.gaps) == ([], [])
    assert max(Counter(p.name for p in source.properties.values()).values()) == 1
    assert sorted(view.name for view in database.views) == ["Board", "Default view", "Overdue"]


def _always(number):
    """The write of this number, however often it is tried, is refused as if Notion were out of order."""
    met = []

    def match(request):
        if request.method == "GET" or request.path.endswith("/search"):
            return False
        if request.body not in met:
            met.append(request.body)
        return met.index(request.body) == number

    return Fault(match, broken(), times=99)


def test_a_run_that_ends_after_the_database_is_gone_on_with(notion):
    """Nothing but the mark below the page tells that it is there."""
    half = errand(notion)
    half.look()
    half.adapter.provide(half.gaps[0])

    done = errand(notion).apply()

    assert done.gaps[0].found
    assert done.settings["scope", "database"] == the(notion)[0].id
    assert done.apply().gaps == []


def test_a_database_of_somebody_elses_below_the_page_is_not_taken_for_it(notion):
    """Nor is one of ours that lies in the trash."""
    other = notion.world.add_database("Executive escalations")
    errand(notion).apply()
    ours = next(one for one in notion.world.databases.values() if one is not other)
    ours.in_trash = True
    before = inventory(notion.world)["properties"]

    again = errand(notion).apply()

    assert again.settings["scope", "database"] not in (other.id, ours.id)
    assert before.items() <= inventory(notion.world)["properties"].items()


def test_of_copies_of_the_database_none_is_guessed(notion):
    """Whoever duplicates it copies its mark."""
    errand(notion).apply()
    copy = notion.world.add_database("Executive escalations (1)")
    copy.description = the_first(notion).description

    with pytest.raises(Denied, match="2 databases below it bear escsync's mark") as denial:
        errand(notion).look()

    assert denial.value.remedy == "name the one that is meant: scope: {database: ID}"


def the_first(notion):
    return next(iter(notion.world.databases.values()))


def test_what_the_configuration_calls_by_a_name_is_made_under_it(notion):
    """Fields, statuses, the title, the property for marks; an id takes the name's place afterwards."""
    named = errand(
        notion,
        fields={"tone": "How loud", "summary": "Topic", "owner": "In charge"},
        stages={"closed": ("Done", "Over"), "intake": "New"},
    )
    named.settings["scope", "key_property"] = "Escsync key"

    named.apply()

    _, source = the(notion)
    assert source.find("title").name == "Topic"
    assert [o.name for o in source.find("Status").options] == ["New", "Done", "Over"]
    assert (source.find("How loud").type, source.find("Escsync key").type) == ("select", "rich_text")
    assert named.settings["fields", "owner"] == source.find("In charge").key
    assert named.settings["fields", "summary"] == "Topic"
    assert named.apply().gaps == []


@pytest.mark.parametrize(
    ("word", "name"), [("status", "Status"), ("Status", "Status"), ("Where it is", "Where it is")]
)
def test_the_status_property_is_called_as_it_is_mapped(notion, word, name):
    """By its type it is called Status."""
    errand(notion, fields={"stage": word}).apply(only=["tone"])

    assert the(notion)[1].find(name).type == "status"


@pytest.mark.parametrize(
    ("told", "by_hand"),
    [
        ({"fields": {"tone": "Status"}}, set()),
        ({"fields": {"tone": "ID"}}, set()),
        ({"fields": {"summary": "Status"}}, set()),
        ({"fields": {"stage": "ID"}}, set()),
        ({"fields": {"stage": "Tone"}}, {"fields.tone"}),
        ({"fields": {"tone": "Summary"}}, set()),
        ({"fields": {"due_at": "Checks#A"}}, {"fields.due_at"}),
        ({"fields": {"health": "created_time"}}, {"fields.health"}),
        ({"stages": {"intake": "New, or not"}}, {"stages"}),
        ({"scope": {"key_property": "Tone"}}, {"fields.tone"}),
        ({"scope": {"key_property": "Summary"}}, {"scope.key_property"}),
    ],
)
def test_a_name_that_is_spoken_for_is_left_to_whom_it_was_given(notion, told, by_hand):
    """What escsync names itself gives way; what cannot be told apart is for a person."""
    scope = notion.site.scope | told.get("scope", {})
    done = errand(notion, **(told | {"scope": scope}))

    done.apply(only=["tone", "health", "due_at"])

    left = done.look(only=["tone", "health", "due_at"])
    assert done.failures == []
    assert {gap.subject for gap in left} == by_hand
    assert all(gap.by_hand for gap in left)


def test_a_prefix_that_is_taken_leaves_the_numbers_without_one(notion):
    """A prefix leads to one table of a workspace."""
    notion.world.prefixes.add("ESC")

    done = errand(notion).apply()

    (held,) = (p for p in the(notion)[1].properties.values() if p.type == "unique_id")
    assert (done.failures, held.config.get("prefix")) == ([], None)


def test_where_views_are_not_served_a_person_is_told_the_clicks(notion):
    """And nothing else is kept from being made."""
    notion.world.viewless = True

    done = errand(notion).apply()
    gaps = {gap.id: gap for gap in done.look()}

    assert set(gaps) == {"view:board", "view:overdue"}
    assert "group it by the status property" in gaps["view:board"].by_hand


def test_a_workspace_that_refuses_statuses_gets_all_the_rest(notion):
    """The status property has a gap of its own, and its refusal says what to click."""
    notion.server.faults.append(
        Fault(lambda r: r.method == "PATCH" and "Status" in str(r.body), _refused(), times=9)
    )

    done = errand(notion).apply()

    refused = [one for one in done.failures if "Status" in one.remedy]
    assert "of the type status, called 'Status' with the options Intake" in refused[0].remedy
    assert the(notion)[1].find("Escalation health") is not None


def _refused():
    refusal = broken()
    refusal.status = 400
    refusal.body = {"object": "error", "status": 400, "code": "validation_error", "message": "no"}
    return refusal


def test_a_page_that_is_not_shared_is_said_with_the_way_to_share_it(notion):
    """As is the id of something that is no page."""
    for page in ("2f1c8a6e-9b7d-4c3f-a1e2-d3c4b5a69788", notion.world.add_database("Other").id):
        with pytest.raises(Denied, match=r"scope\.page") as denial:
            errand(notion, scope={"page": page}).look()
        assert "share the page" in denial.value.remedy


@pytest.mark.parametrize(
    ("lost", "named"), [("insert_content", "insert content"), ("read_content", "read content")]
)
def test_a_missing_capability_is_named(notion, lost, named):
    """In the words of the connection's page."""
    notion.world.can -= {lost}

    with pytest.raises(Denied) as denial:
        _first(notion)

    assert f"'{named}'" in denial.value.remedy


def _first(notion):
    """Make the first thing that is missing."""
    done = errand(notion)
    done.look()
    done.adapter.provide(done.gaps[0])


def test_without_a_database_the_rest_is_not_tried(notion):
    """As with a tracker that is not there: one line says it for all."""
    done = errand(notion)
    done.look()

    with pytest.raises(Unavailable, match="there is no database to make it in"):
        done.adapter.provide(done.gaps[1])

    assert not writes(notion)


def test_only_what_is_asked_for_is_made_besides_what_every_pass_needs(notion):
    """A later run adds the rest."""
    some = errand(notion).apply(only=["tone"])

    assert {"Tone", "Owner", "Status", "ID"} <= {p.name for p in the(notion)[1].properties.values()}
    assert the(notion)[1].find("Severity") is None
    assert some.apply().failures == []
    assert the(notion)[1].find("Severity") is not None
