"""What doctor, intake and the list of people say of a Notion workspace."""

from __future__ import annotations

import pytest
from escsync_notion.creation import mark
from fakes.notion.rig import pull, rig
from fakes.notion.site import STAGES

from escsync.adapter import (
    Create,
    Denied,
    Draft,
    Level,
    Move,
    PersonKind,
    Rejected,
    SetField,
    Stage,
    TicketRef,
    Vanished,
)


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


def lines(notion, level=None, **how):
    """Doctor's lines by their subject."""
    found = list(notion.connect(**how).check())
    return {one.subject: one for one in found if level is None or one.level is level}


def judged(notion, mode):
    """The lines about rights by their subject."""
    return {one.subject: one for one in notion.connect().rights(mode)}


def test_all_is_well(notion):
    """Access, scope, fields, statuses, and what Notion cannot do."""
    notion.site.create()
    found = lines(notion)

    assert not [one for one in found.values() if one.level is Level.FAIL]
    assert "Escalation Sync in Acme" in found["access"].message
    assert "1 pages" in found["scope"].message
    assert found["history"].message.startswith("Notion keeps none")
    assert "3 requests a second" in found["rate"].message
    assert found["status Waiting for legal"].remedy == "map it: stages: {...: [Waiting for legal]}"


def test_doctor_changes_nothing(notion):
    """Capabilities are tried on a page that does not exist."""
    page = notion.site.create()
    before = (dict(page.values), page.edited_at, list(notion.world.comments))
    pages = set(notion.world.pages)
    lines(notion)
    judged(notion, "enforce")

    assert set(notion.world.pages) == pages

    assert (dict(page.values), page.edited_at, list(notion.world.comments)) == before
    assert len(notion.world.rows(notion.site.escalations)) == 1


@pytest.mark.parametrize(
    ("lost", "subject", "level"),
    [
        ("read_comments", "capability read comments", Level.FAIL),
        ("insert_comments", "capability insert comments", Level.WARNING),
        ("update_content", "capability update content", Level.FAIL),
        ("insert_content", "capability insert content", Level.WARNING),
        ("read_users", "capability read user information", Level.WARNING),
        ("read_emails", "capability e-mail addresses", Level.WARNING),
    ],
)
def test_a_missing_capability_is_named_with_what_it_costs(notion, lost, subject, level):
    """They are switched on one by one in the connection's page, and comments are off at first."""
    notion.world.can -= {lost}

    found = judged(notion, "enforce")[subject]

    assert (found.level, found.message.startswith("missing") or level is Level.FAIL) == (level, True)
    assert "> Capabilities" in found.remedy


def test_the_first_failure_to_get_in_is_the_last_line(notion):
    """Nothing can be said after it."""
    (only,) = notion.connect(connection={"token": "ntn_wrong"}).check()

    assert (only.level, only.subject) == (Level.FAIL, "access")


@pytest.mark.parametrize(("written", "meant"), [("database", "data_source"), ("data_source", "database")])
def test_an_id_in_the_wrong_place_is_told_where_it_belongs(notion, written, meant):
    """A database and its data source have an id each, and both look alike."""
    source = notion.site.escalations
    id = {"data_source": source.id, "database": source.database.id}[meant]

    (only,) = notion.connect(scope={written: id}).check()

    assert f"scope.{written}: this is a {meant.replace('_', ' ')}'s id" in only.message
    assert only.remedy == f"write scope: {{{meant}: {id}}}"
    with pytest.raises(Denied, match=r"'s id"):
        pull(notion.connect(scope={written: id}))
    with pytest.raises((Denied, Vanished), match="not there"):
        pull(notion.connect(scope={written: notion.world.home}))


def test_owner_and_status_are_needed(notion):
    """Nothing can be judged without them."""
    without = {name: some for name, some in notion.site.fields.items() if name != "owner"}
    (only,) = (one for one in notion.connect(fields=without).check())

    assert "fields.owner" in only.message
    with pytest.raises(Denied, match=r"fields\.owner"):
        pull(notion.connect(fields=without))


def test_what_does_not_fit_is_said_field_by_field(notion):
    """Types, read-only properties, calculated ones, unknown ones, names in place of ids."""
    notion.world.add_property(notion.site.escalations, "Twice", "formula")
    fields = {
        **notion.site.fields,
        "due_at": ("Created",),
        "committed_at": ("Twice",),
        "account.arr": ("Twice",),
        "account.tier": ("Tier",),
        "account.name": ("Account.Name",),
        "account.currency": ("Account.Currency",),
        "severity": ("Attachments",),
        "root_cause": ("Nowhere",),
        "implemented_at": ("Findings",),
    }
    notion.site.create()

    found = lines(notion, fields=fields)

    assert "cannot be written" in found["fields.due_at"].message
    assert "calculated by Notion and is no evidence" in found["fields.committed_at"].message
    assert (found["fields.account.arr"].level, "may be wrong" in found["fields.account.arr"].message) == (
        Level.WARNING,
        True,
    )
    assert "survives a renaming" in found["fields.account.tier"].message
    assert found["fields.account.name"].level is Level.OK
    assert "'Account' has no property 'Currency'" in found["fields.account.currency"].message
    assert "cannot hold this" in found["fields.severity"].message
    assert "has no property 'Nowhere'" in found["fields.root_cause"].message
    assert "is text" in found["fields.implemented_at"].message


def test_a_related_database_that_is_not_shared_is_named(notion):
    """It takes a connection of its own."""
    notion.site.accounts.hidden = True

    found = lines(notion, fields={**notion.site.fields, "account.name": ("Account.Name",)})

    assert "behind 'Account' is not shared" in found["fields.account.name"].message


def test_statuses_are_checked_with_their_groups(notion):
    """A closed stage in the group In progress: Notion calls it open, whatever it is called."""
    held = notion.site.escalations.find("Status")
    held.option("Closed").group = "In progress"
    stages = {**STAGES, "solution_design": ("Desining",)}

    found = lines(notion, stages=stages)

    assert found["stages.closed"].level is Level.WARNING
    assert "'in progress'" in found["stages.closed"].message
    assert found["stages.solution_design"].remedy == "did you mean 'Designing'?"


def test_missing_options_of_our_own_fields_fail(notion):
    """They are never created by writing them."""
    notion.site.escalations.find("Health").options.pop()

    found = lines(notion)["options.health"]

    assert (found.level, found.message) == (Level.FAIL, "no option of 'Health' stands for breached")
    assert found.remedy.startswith("`escsync provision` adds them or says what to click; or map them: ")


def test_a_database_without_numbers_is_told_what_it_lacks(notion):
    """Keys are pieces of ids then, and still lead back to the page."""
    source, fields = notion.site.escalations, notion.site.fields
    del source.properties[source.find("ID").id]
    page = notion.site.create()

    found = lines(notion, fields=fields)["unique id"]
    ticket = pull(notion.connect(fields=fields), None, [TicketRef(page.id, page.id[:8])]).one

    assert found.level is Level.WARNING
    assert ticket.key == page.id[:8]


def test_people_are_listed_with_what_they_are(notion):
    """Members and bots; e-mail addresses only where they may be seen."""
    everybody = {one.id: one for one in notion.connect().people()}
    people = notion.site.people

    assert everybody[people["dana"].id].email == "dana@acme.example"
    assert everybody[people["robot"].id].kind is PersonKind.BOT
    assert people["guest"].id not in everybody
    notion.world.can -= {"read_emails"}
    assert next(one for one in notion.connect().people() if one.id == people["dana"].id).email == ""
    notion.world.can -= {"read_users"}
    with pytest.raises(Denied) as denial:
        list(notion.connect().people())
    assert "'read user information'" in denial.value.remedy


KEYED = {"key_property": "Escsync key"}


def scope(notion, key):
    return {"data_source": notion.site.escalations.id, **(KEYED if key else {})}


@pytest.mark.parametrize("key", [True, False])
def test_what_escsync_creates_is_an_escalation_in_scope(notion, key):
    """With its status set, its mark where people do not trip over it, and found by every later connection."""
    adapter = notion.connect(scope=scope(notion, key))

    ref = adapter.create(
        Draft("mail:1", {"summary": "By mail", "account.arr": None, "severity": "data_issue"})
    )

    again = notion.connect(scope=scope(notion, key))
    ticket = pull(again).one
    assert (ticket.ref, ticket.in_scope) == (ref, True)
    assert (ticket.values["summary"], ticket.values["severity"], ticket.status.name) == (
        "By mail",
        "data_issue",
        "Open",
    )
    assert [(f.key, f.ref) for f in again.find(["mail:1", "mail:2"])] == [("mail:1", ref)]


@pytest.mark.parametrize("key", [True, False])
def test_what_is_created_beside_an_escalation_is_none(notion, key):
    """It is found by its key, and no pull brings it."""
    page = notion.site.create()
    adapter = notion.connect(scope=scope(notion, key))
    draft = Draft("task:1", {"summary": "check-in"}, parent=notion.ref(page))

    (written,) = notion.write(adapter, notion.change(page, Create(draft)))

    again = notion.connect(scope=scope(notion, key))
    assert pull(again).keys == [page.key]
    assert [(f.key, f.ref.id) for f in again.find(["task:1"])] == [("task:1", written.created[0].id)]


@pytest.mark.parametrize("key", [True, False])
def test_a_copied_mark_is_nobodys(notion, key):
    """Anybody can type it, or duplicate the page; only what our own account made counts."""
    page = notion.site.create(**{"Escsync key": mark("mail:1")})
    notion.connect(scope=scope(notion, key))

    assert list(notion.connect(scope=scope(notion, key)).find(["mail:1"])) == []
    assert page.key == "ESC-1"


def test_each_page_is_looked_at_once_for_its_mark(notion):
    """What was seen is kept for the next connection; with a property for it no page is looked at."""
    adapter = notion.connect()
    for n in range(5):
        adapter.create(Draft(f"k{n}", {"summary": f"n{n}"}))
    fresh = notion.connect()
    assert len(list(fresh.find([f"k{n}" for n in range(5)]))) == 5
    looked = len(notion.server.calls("GET", "/children"))

    list(notion.again(fresh).find(["k1", "unknown"]))
    list(notion.connect(scope=scope(notion, True)).find(["unknown"]))

    assert looked == 5
    assert len(notion.server.calls("GET", "/children")) == 5


def test_a_creation_with_an_unknown_option_makes_nothing(notion):
    """Neither a page nor an option."""
    with pytest.raises(Rejected) as refusal:
        notion.connect().create(Draft("k", {"summary": "x", "severity": "wether"}))

    assert refusal.value.field == "severity"
    assert not notion.world.rows(notion.site.escalations)


def test_templates_are_not_used(notion):
    """A page made from one is filled in later, over what was written: ours comes with all it has."""
    notion.connect().create(Draft("k", {"summary": "x"}))

    (told,) = notion.server.calls("POST", "/pages")
    assert "template" not in told.body
    assert told.body["parent"] == {"type": "data_source_id", "data_source_id": notion.site.escalations.id}


def test_a_property_for_marks_that_holds_no_text_is_not_used(notion):
    """Doctor says so; the mark stands in the page then."""
    where = {"data_source": notion.site.escalations.id, "key_property": "Tier"}
    ref = notion.connect(scope=where).create(Draft("k", {"summary": "x"}))

    assert lines(notion, scope=where)["scope.key_property"].level is Level.FAIL
    assert [f.ref for f in notion.connect(scope=where).find(["k"])] == [ref]


def test_what_administrators_set_up_is_never_changed(notion):
    """Options, groups, colours, properties: Notion would answer 200 and delete, or do nothing."""
    page = notion.site.create()
    adapter = notion.connect()
    list(adapter.check())
    pull(adapter)
    adapter.create(Draft("k", {"summary": "x"}))
    notion.write(adapter, notion.change(page, SetField("health", None, "ok"), Move("Open", Stage.CLOSED)))

    changing = [r for r in notion.server.calls() if r.method != "GET" and not r.path.endswith("/query")]
    assert {r.path.split("/")[2] for r in changing} <= {"pages", "comments"}
