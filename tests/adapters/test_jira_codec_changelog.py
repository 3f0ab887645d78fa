"""Changelogs: the whole past of every field, from records in every form that Jira keeps."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from escsync_jira import changelog, codec
from escsync_jira.schema import Column, Schema
from escsync_jira.settings import JiraScope
from hypothesis import given
from hypothesis import strategies as st

from escsync.adapter import Evidence, PersonRef, Stage, Vocabulary

CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"
COLUMNS = {
    "summary": (Column("summary", "Summary", "string"),),
    "owner": (
        Column("assignee", "Assignee", "user"),
        Column("customfield_50", "Co-owners", "array", "user", CUSTOM + "multiuserpicker"),
    ),
    "stage": (Column("status", "Status", "status"),),
    "severity": (Column("customfield_51", "Severity", "option", "", CUSTOM + "select"),),
    "account.arr": (Column("customfield_52", "ARR", "number", "", CUSTOM + "float"),),
    "checklist.csm_spoken": (Column("customfield_54", "Checks", "array", "option", CUSTOM + "multicheckboxes", "CSM"),),
    "findings_summary": (Column("customfield_55", "Findings", "string", "", CUSTOM + "textarea"),),
    "committed_at": (Column("customfield_56", "Committed", "datetime", "", CUSTOM + "datetime"),),
    "follow_up.scheduled_for": (Column("customfield_57", "Follow-up", "date", "", CUSTOM + "datepicker"),),
    "resolution_types": (Column("customfield_58", "Kinds", "array", "option", CUSTOM + "multiselect"),),
}  # fmt: skip
STATUSES = {"1": ("Open", "new"), "3": ("Working", "indeterminate"), "6": ("Closed", "done")}
STAGES = {Stage.INTAKE: ("Open",), Stage.INVESTIGATION: ("3",), Stage.CLOSED: ("Closed",)}


def at(minute):
    return datetime(2026, 3, 3, 9, tzinfo=UTC) + timedelta(minutes=minute)


def schema(*, cloud=True):
    return Schema("https://j", cloud, "me", Vocabulary(stages=STAGES), UTC, COLUMNS, {}, STATUSES)


def user(name):
    return {"accountId": name, "displayName": name.title(), "active": True, "accountType": "atlassian"}


def issue(**fields):
    told = {
        "created": "2026-03-03T10:00:00.000+0100",
        "updated": "2026-03-03T12:00:00.000+0100",
        "creator": user("ana"),
        "project": {"id": "10", "key": "EXEC"},
        "issuetype": {"id": "7", "name": "Escalation"},
        "status": {"id": "1", "name": "Open", "statusCategory": {"key": "new"}},
    }
    return {"id": "10001", "key": "EXEC-1", "fields": told | fields}


def change(id, minute, *items, by="dana"):
    told = {"id": str(id), "created": at(minute).isoformat(), "items": list(items)}
    return told | ({"author": user(by)} if by else {})


def item(field, old, new, *, named=None, id=None):
    return {
        "field": named or field,
        "fieldId": id or field,
        "from": old[0],
        "fromString": old[1],
        "to": new[0],
        "toString": new[1],
    }


NONE = (None, None)


def read(raw, *histories, scope=None, **how):
    scope = scope or JiraScope(project="EXEC")
    return codec.ticket(raw, histories, (), schema(), scope, **how)


def told(ticket, name):
    return [(fact.when.at, fact.value, fact.when.source) for fact in ticket.history[name]]


def test_a_field_without_changes_held_its_value_from_the_start():
    """The value at creation is the value of today, by whoever created the ticket."""
    (fact,) = read(issue(summary="Globex"), change(1, 1)).history["summary"]

    assert (fact.when, fact.value) == (Evidence(at(0), source="created"), "Globex")
    assert fact.actor.id == "ana"


def test_the_first_change_tells_what_was_there_before():
    """Value at creation included, each change with its time, its source and its author."""
    moved = [
        change(12, 20, item("status", ("3", "Working"), ("6", "Closed"))),
        change(11, 10, item("status", ("1", "Open"), ("3", "In Arbeit"))),
    ]
    ticket = read(issue(status={"id": "6", "name": "Closed"}), *moved)

    facts = ticket.history["stage"]
    assert [fact.value.stage for fact in facts] == [Stage.INTAKE, Stage.INVESTIGATION, Stage.CLOSED]
    assert [fact.value.done for fact in facts] == [False, False, True]
    assert [fact.when.source for fact in facts] == ["created", "changelog:11", "changelog:12"]
    assert facts[1].actor.id == "dana"
    assert facts[-1].value == ticket.values["stage"]


def test_owners_are_all_people_of_all_their_fields():
    """Assignee and co-owners together; one named in both is one (decision 13)."""
    ticket = read(
        issue(assignee=user("dana"), customfield_50=[user("dana")]),
        change(1, 5, item("assignee", NONE, ("dana", "Dana"))),
        change(2, 10, item("customfield_50", NONE, ("[ana, bo]", "Ana,Bo"))),
        change(3, 15, item("customfield_50", ("[ana, bo]", "Ana,Bo"), ("[dana]", "Dana"))),
    )

    owners = [(when, sorted(ref.id for ref in value or ())) for when, value, _ in told(ticket, "owner")]
    assert owners == [(at(0), []), (at(5), ["dana"]), (at(10), ["ana", "bo", "dana"]), (at(15), ["dana"])]


@pytest.mark.parametrize(
    ("name", "id", "now", "sides", "expected"),
    [
        ("severity", "customfield_51", {"id": "2", "value": "Data issue"},
         [(NONE), ("2", "Data issue")], [None, "data_issue"]),
        ("account.arr", "customfield_52", 5.0, [NONE, (None, "4"), (None, "5")], [None, Decimal(4), Decimal(5)]),
        ("checklist.csm_spoken", "customfield_54", [{"value": "CSM"}, {"value": "X"}],
         [NONE, ("[1]", "X"), ("[1, 2]", "X,CSM")], ["open", "done"]),
        ("findings_summary", "customfield_55", {"type": "doc", "content": []},
         [NONE, (None, "The cause is known"), (None, "")], [None, "The cause is known", None]),
        ("committed_at", "customfield_56", "2026-03-05T18:00:00.000+0100",
         [NONE, ("2026-03-04T17:00:00+0000", "04/Mar/26 5:00 PM"), ("1772730000000", "05/Mar/26 5:00 PM")],
         [None, datetime(2026, 3, 4, 17, tzinfo=UTC), datetime(2026, 3, 5, 17, tzinfo=UTC)]),
        ("follow_up.scheduled_for", "customfield_57", "2026-03-09",
         [NONE, ("2026-03-08", "2026-03-08 00:00:00.0"), ("2026-03-09", "09/Mar/26")],
         [None, datetime(2026, 3, 8, tzinfo=UTC).date(), datetime(2026, 3, 9, tzinfo=UTC).date()]),
        ("resolution_types", "customfield_58", [{"value": "Other"}],
         [NONE, ("[1]", "Engineering fix"), ("[1, 2]", "Engineering fix,Other"), ("[2]", "Other")],
         [None, ("engineering_fix",), ("engineering_fix", "other"), ("other",)]),
    ],
)  # fmt: skip
def test_every_kind_of_field_has_its_past(name, id, now, sides, expected):
    """Ids, names, lists in brackets, instants in any notation."""
    histories = [
        change(n, n * 10, item(id, old, new)) for n, (old, new) in enumerate(itertools.pairwise(sides), 1)
    ]

    ticket = read(issue(**{id: now}), *histories)

    assert [value for _, value, _ in told(ticket, name)] == expected


def test_records_without_field_ids_are_matched_by_name():
    """Data Center names fields, in their own words; system fields by their id."""
    nameless = {"field": "Severity", "fieldtype": "custom", "from": "1", "fromString": "Other", "to": "2",
                "toString": "Data issue"}  # fmt: skip
    system = {"field": "assignee", "from": None, "fromString": None, "to": "dana", "toString": "Dana"}
    ticket = read(
        issue(customfield_51={"id": "2", "value": "Data issue"}, assignee=user("dana")),
        change(1, 5, nameless),
        change(2, 6, system),
    )

    assert [value for _, value, _ in told(ticket, "severity")] == ["other", "data_issue"]
    assert [when for when, _, _ in told(ticket, "owner")] == [at(0), at(6)]


@pytest.mark.parametrize("created", ["2026-03-03T10:05:00.000+0100", 1772528700, 1772528700000, "1772528700"])
def test_a_change_is_dated_in_any_notation(created):
    """ISO with an offset, seconds or milliseconds: the bulk changelog writes what it likes."""
    history = change(1, 0, item("summary", (None, "old"), (None, "new"))) | {"created": created}

    assert told(read(issue(summary="new"), history), "summary")[1][0] == at(5)


def test_a_change_without_an_author_is_still_a_change():
    """Automation, deleted and anonymous users."""
    history = change(1, 5, item("summary", (None, "old"), (None, "new")), by=None)

    assert read(issue(summary="new"), history).history["summary"][1].actor is None


def test_a_change_told_twice_counts_once():
    """Embedded and fetched histories overlap; one's items may be spread over pages."""
    one = change(1, 5, item("summary", (None, "a"), (None, "b")))
    two = change(2, 6, item("summary", (None, "b"), (None, "c")))

    ticket = read(issue(summary="c"), two, one, one, two)

    assert [value for _, value, _ in told(ticket, "summary")] == ["a", "b", "c"]


def test_a_changelog_that_knows_more_than_the_ticket_waits():
    """Fields from a lagging index, changes from the database: the next pull brings both."""
    raw = issue(assignee=user("dana"), updated=at(10).isoformat())
    histories = [
        change(1, 10, item("assignee", NONE, ("dana", "Dana"))),
        change(2, 15, item("assignee", ("dana", "Dana"), ("bo", "Bo"))),
    ]

    owners = [
        [ref.id for ref in value or ()] for _, value, _ in told(read(raw, *histories, fetched=True), "owner")
    ]

    assert owners == [[], ["dana"]]


def test_data_centers_user_keys_are_login_names_in_the_end():
    """One person is one id, in fields and in changelogs."""
    raw = issue(assignee={"name": "dana", "key": "JIRAUSER10", "displayName": "Dana", "active": True})
    histories = [
        change(1, 5, item("assignee", ("bo", "Bo"), ("JIRAUSER10", "Dana"))),
    ]

    owners = [[ref.id for ref in value] for _, value, _ in told(read(raw, *histories), "owner")]

    assert owners == [["bo"], ["dana"]]


def test_a_ticket_that_tells_no_changes_has_no_past():
    """Then the core's own observations count."""
    assert codec.ticket(issue(), None, (), schema(), JiraScope(project="EXEC")).history == {}


@pytest.mark.parametrize(
    "broken",
    [
        {"id": "1", "key": "EXEC-1"},
        {"id": "1", "key": "EXEC-1", "fields": []},
        issue(created="yesterday"),
        issue(status=None),
    ],
)
def test_a_ticket_without_the_least_is_said_to_be_unreadable(broken):
    """It is named, and the others go on."""
    with pytest.raises(changelog.Unintelligible):
        read(broken)


SCOPE = JiraScope(project="EXEC", issue_type="Escalation", labels="vip")


def test_a_ticket_born_in_scope_entered_with_its_creation():
    """No instant of its own."""
    ticket = read(
        issue(labels=["vip"]), change(1, 5, item("labels", (None, "vip"), (None, "vip more"))), scope=SCOPE
    )

    assert ticket.in_scope
    assert ticket.entered_at is None


def test_entering_is_when_everything_first_matched():
    """Label, type and project, by the changelog; leaving and coming back changes nothing (decision 71)."""
    histories = [
        change(1, 5, item("labels", (None, ""), (None, "vip"))),
        change(
            2, 10, {"field": "Key", "from": None, "fromString": "OPS-7", "to": None, "toString": "EXEC-1"}
        ),
        change(
            3,
            15,
            {"field": "issuetype", "from": "1", "fromString": "Task", "to": "7", "toString": "Escalation"},
        ),
        change(4, 20, item("labels", (None, "vip"), (None, ""))),
        change(5, 25, item("labels", (None, ""), (None, "vip"))),
    ]

    ticket = read(issue(labels=["vip"]), *histories, scope=SCOPE)

    assert ticket.entered_at == Evidence(at(15), source="changelog:3")


def test_a_ticket_that_left_is_out_of_scope_but_entered_once():
    """It is followed until it is closed (decision 68)."""
    histories = [
        change(1, 5, {"field": "Key", "fromString": "EXEC-1", "toString": "OPS-9", "from": None, "to": None})
    ]

    ticket = read(issue(project={"id": "11", "key": "OPS"}, labels=["vip"]), *histories, scope=SCOPE)

    assert not ticket.in_scope
    assert ticket.entered_at is None


NAMES = st.sampled_from(["dana", "bo", "ana", None])


@given(st.lists(st.tuples(st.integers(1, 60), NAMES), max_size=8), st.randoms())
def test_history_does_not_depend_on_the_order_of_the_record(steps, shuffle):
    """Cloud tells the newest first, the bulk endpoint and Data Center the oldest."""
    steps = sorted(steps, key=lambda step: step[0])
    held, histories = None, []
    for number, (minute, name) in enumerate(steps, 1):
        sides = [(one, one and one.title()) for one in (held, name)]
        histories.append(change(number, minute, item("assignee", *sides)))
        held = name
    raw = issue(assignee=user(held) if held else None)
    shuffled = list(histories)
    shuffle.shuffle(shuffled)

    ticket = read(raw, *histories)

    assert read(raw, *shuffled) == ticket
    facts = ticket.history["owner"]
    assert facts[-1].value == ticket.values["owner"] or [r.id for r in facts[-1].value] == [held]
    assert [f.when.at for f in facts] == sorted(f.when.at for f in facts)
    assert all(isinstance(ref, PersonRef) for fact in facts for ref in fact.value or ())
