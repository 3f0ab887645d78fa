"""Reading Jira's past, Cloud and Data Center alike: what a field held since when, by whom."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from fakes.jira.issue import Item
from fakes.jira.rig import pull

from escsync.adapter import Stage


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ids(value):
    return [ref.id for ref in value or ()]


def past(ticket, name):
    return [(fact.when.at, fact.value) for fact in ticket.history[name]]


def test_a_fields_whole_past_is_rebuilt(jira):
    """The value at creation and every later one, with the server's time and the person who set it."""
    issue = jira.world.create(assignee="ana", Severity="UX complaint", by="ana")
    jira.world.clock.set("2026-03-03T09:10:00+00:00")
    issue.assign("dana", by="idris")
    jira.world.clock.set("2026-03-03T09:20:00+00:00")
    issue.set("Co-owners", ["idris"], by="dana")
    issue.move("Investigating", by="dana")
    jira.world.clock.set("2026-03-03T09:30:00+00:00")
    issue.set("Co-owners", None, by="dana")
    issue.set("Severity", "Data issue", by="dana")
    issue.assign(None, by="dana")

    ticket = pull(jira.connect()).one

    owners = [(fact.when.at, ids(fact.value), fact.actor.id) for fact in ticket.history["owner"]]
    dana, idris, ana = jira.who("dana"), jira.who("idris"), jira.who("ana")
    assert owners[:3] == [
        (at("2026-03-03T09:00:00"), [ana], ana),
        (at("2026-03-03T09:10:00"), [dana], idris),
        (at("2026-03-03T09:20:00"), [dana, idris], dana),
    ]
    assert owners[-1] == (at("2026-03-03T09:30:00"), [], dana)
    assert past(ticket, "severity") == [
        (at("2026-03-03T09:00:00"), "ux_complaint"),
        (at("2026-03-03T09:30:00"), "data_issue"),
    ]
    assert [value.stage for _, value in past(ticket, "stage")] == [Stage.INTAKE, Stage.INVESTIGATION]
    assert all(fact.when.grade == "A" for facts in ticket.history.values() for fact in facts)
    assert ticket.history["owner"][1].when.source.startswith("changelog:")


def test_the_past_of_every_kind_of_field(jira):
    """What a changelog says of checks, dates, instants, numbers, texts and people decodes as the value itself does."""
    issue = jira.world.create(
        **{"Checklist": ["CSM spoken"], "ARR": 10, "Committed at": "2026-03-05T10:00:00Z"}
    )
    jira.world.clock.advance(minutes=10)
    issue.set("Checklist", ["CSM spoken", "History reviewed"])
    issue.set("ARR", 25.5)
    issue.set("Committed at", "2026-03-06T10:00:00Z")
    issue.set("Follow-up day", "2026-03-21")
    issue.set("CSM", "idris")
    issue.set("Findings", "Found it")
    issue.set("Resolution types", ["Billing credit"])
    jira.world.clock.advance(minutes=10)
    for name in ("Checklist", "ARR", "Committed at", "Follow-up day", "CSM", "Findings", "Resolution types"):
        issue.set(name, None)

    ticket = pull(jira.connect()).one

    def values(name):
        return [value for _, value in past(ticket, name)]

    assert values("checklist.history_reviewed") == ["open", "done", "open"]
    assert values("checklist.csm_spoken") == ["done", "open"]
    assert values("account.arr") == [Decimal(10), Decimal("25.5"), None]
    assert values("committed_at") == [at("2026-03-05T10:00:00"), at("2026-03-06T10:00:00"), None]
    assert values("follow_up.scheduled_for") == [None, date(2026, 3, 21), None]
    assert [ids(value) for value in values("account.csm")] == [[], [jira.who("idris")], []]
    assert values("findings_summary") == [None, "Found it", None]
    assert values("resolution_types") == [None, ("billing_credit",), None]


def test_changelogs_are_matched_by_id_whatever_the_language(jira):
    """Names in a changelog are in somebody's language; where Jira tells ids, only they count."""
    if not jira.cloud:
        jira.face.render.field_ids = True
    jira.world.fields["status"].shown = "Zustand"
    jira.world.fields["assignee"].shown = "Bearbeiter"
    issue = jira.world.create(assignee="dana")
    jira.world.clock.advance(minutes=1)
    issue.move("Investigating")
    issue.assign("idris")

    ticket = pull(jira.connect()).one

    assert [value.stage for _, value in past(ticket, "stage")] == [Stage.INTAKE, Stage.INVESTIGATION]
    assert [ids(value) for _, value in past(ticket, "owner")] == [[jira.who("dana")], [jira.who("idris")]]


def test_a_change_without_an_author_is_by_nobody_known(jira):
    """Automations and deleted users leave changes without an author."""
    issue = jira.world.create()
    jira.world.clock.advance(minutes=1)
    issue.assign("dana", by=None)

    ticket = pull(jira.connect()).one

    assert ticket.history["owner"][-1].actor is None
    assert ids(ticket.history["owner"][-1].value) == [jira.who("dana")]


def test_changes_of_other_things_leave_no_trace(jira):
    """Links, ranks and workflow migrations have no field: they are passed over."""
    issue = jira.world.create()
    link = {
        "field": "Link",
        "fieldtype": "jira",
        "from": None,
        "fromString": None,
        "to": "X-1",
        "toString": "blocks",
    }
    rank = {
        "field": "Rank",
        "fieldtype": "custom",
        "from": "",
        "fromString": "",
        "to": "",
        "toString": "Ranked",
    }
    issue.record((Item("Link", raw=link), Item("Rank", raw=rank)), "ana")

    ticket = pull(jira.connect()).one

    assert all(len(facts) == 1 for facts in ticket.history.values())


def test_a_label_added_later_dates_the_escalation(jira):
    """Entry into scope is when the changelog says so, not creation (decision 71)."""
    issue = jira.world.create(labels=["other"])
    jira.world.clock.set("2026-03-03T11:00:00+00:00")
    issue.label("exec", by="dana")
    jira.world.clock.set("2026-03-03T12:00:00+00:00")
    issue.set("summary", "changed")

    scope = {"project": "EXEC", "labels": ["exec"]}
    ticket = pull(jira.connect(scope=scope)).one

    assert ticket.entered_at is not None
    assert ticket.entered_at.at == at("2026-03-03T11:00:00")
    assert ticket.entered_at.source.startswith("changelog:")


def test_the_zone_of_the_account_changes_nothing(jira):
    """Offsets differ with the profile of the account, instants do not."""
    issue = jira.world.create(assignee="dana", **{"Committed at": "2026-03-05T10:00:00Z"})
    jira.world.clock.advance(minutes=10)
    issue.assign("idris")
    issue.comment("dana", "#ack Hello")
    issue.set("Committed at", "2026-03-29T01:30:00Z")
    seen = []
    for zone in ("UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati", "Europe/Berlin"):
        jira.world.users["escsync"].zone = zone
        seen.append(pull(jira.connect()).one)

    assert all(ticket == seen[0] for ticket in seen)


def test_an_incremental_pull_asks_in_instants_not_in_local_time(jira):
    """A bot in a western zone must not skip what changed meanwhile."""
    jira.world.users["escsync"].zone = "America/Los_Angeles"
    issue = jira.world.create()
    jira.world.clock.advance(hours=1)
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=2)
    issue.set("summary", "changed")
    jira.world.clock.advance(minutes=1)

    assert pull(jira.again(adapter), cursor).keys == ["EXEC-1"]
