"""What `escsync doctor` says of an org, and who can be named as owner."""

from __future__ import annotations

import pytest
from fakes.http import Fault
from fakes.salesforce.company import FIELDS, STAGES
from fakes.salesforce.rig import pull, rig

from escsync.adapter import Level, PersonKind


@pytest.fixture
def sf():
    with rig() as made:
        made.open("x")
        yield made


def said(sf, level=None, **how):
    """Subject -> message and remedy, of one level or of all."""
    problems = [p for p in sf.connect(**how).check() if level is None or p.level is level]
    told = {}
    for problem in problems:
        told.setdefault(problem.subject, f"{problem.message}; {problem.remedy}")
    return told


def test_a_good_org_has_no_failures(sf):
    """Who escsync is, which org it is, how much is left of the limit."""
    every = said(sf)

    assert said(sf, Level.FAIL) == {}
    assert "a sandbox, Developer Edition, API 66.0, signed in as escsync@acme.example" in every["access"]
    assert every["scope"].startswith("1 cases")
    assert "of 15000 API requests" in every["limits"]
    assert "sent mails are read" in every["mails"]


def test_every_gap_is_named_with_its_remedy(sf):
    """Fields, types, options, statuses, rights."""
    fields = FIELDS | {
        "tone": ("Nothing__c",),
        "committed_at": ("Follow_Up_Day__c",),
        "account.arr": ("Account.AnnualRevenue",),
        "received_at": ("IsEscalated",),
        "health": ("Priority",),
        "ack_due_at": ("ClosedDate",),
    }
    stages = STAGES | {"closed": ("Pending",), "resolution_pending": ("Duplicate",), "rejected": ("Rejektd",)}
    told = said(sf, fields=fields, stages=stages, scope={"where": "CreatedDate = LAST_N_DAYS:30"})

    assert "may not see it" in told["fields.tone"]
    assert "keeps the day only" in told["fields.committed_at"]
    assert "what the customer earns" in told["fields.account.arr"]
    assert "cannot hold this" in told["fields.received_at"]
    assert "no option of Priority stands for ok" in told["options.health"]
    assert "cannot be written" in told["fields.ack_due_at"]
    assert "does not close a case" in told["stages.closed"]
    assert "closes a case" in told["stages.resolution_pending"]
    assert "did you mean 'Rejected'?" in told["stages.rejected"]
    assert "stands for no stage" in told["status Waiting for legal"]
    assert "LAST_N_DAYS:30" in told["scope.where"]


@pytest.mark.parametrize(
    ("name", "value", "spelling", "meant"),
    [
        ("severity", "billing_dispute", "Biling dispute", "Billing dispute"),
        ("priority", "P1", "Hihg", "High"),
        ("computed_priority", "P1", "P11", "P1"),
    ],
)
def test_an_option_that_the_picklist_lacks_is_named_with_the_nearest(sf, name, value, spelling, meant):
    """A typo under `options:` would never match and never be written."""
    told = said(sf, Level.FAIL, options={name: {value: (spelling,)}})

    assert f"no option '{spelling}'" in told[f"options.{name}.{value}"]
    assert f"did you mean '{meant}'?" in told[f"options.{name}.{value}"]


def test_histories_are_told_field_by_field(sf):
    """Tracked, not tracked with the remedy, or of a type that keeps no values."""
    told = said(sf)

    assert "is tracked" in told["history severity"]
    assert "7 of 20 fields" in told["history root_cause"]
    assert "Set History Tracking" in told["history root_cause"]
    assert "known to the poll only" in told["history findings_summary"]
    assert "history account.tier" not in told


def test_where_nobody_tells_the_histories_doctor_says_so(sf):
    """The right that is missing."""
    sf.org.lost.add("FieldDefinition")

    assert "View Setup" in said(sf)["history"]


def test_mails_that_cannot_be_seen_are_said(sf):
    """And what is the record then."""
    sf.org.lost.add("EmailMessage")

    assert "Email-to-Case" in said(sf, Level.WARNING)["mails"]


def test_histories_on_which_nothing_depends_are_not_asked_for(sf):
    """There are twenty in all."""
    told = said(sf, fields=FIELDS | {"received_at": ("Ack_Due__c",)})

    assert "history priority" not in told
    assert "history received_at" not in told


def test_priorities_that_nobody_mapped_are_nobodys_mistake(sf):
    """The tracker's own priority is shown beside ours, and never written."""
    assert "options.priority" not in said(sf)


def test_a_scope_that_is_refused_or_empty_is_said(sf):
    """In the server's words."""
    assert "Salesforce refuses it" in said(sf, Level.FAIL, scope={"where": "Nothing__c = 'x'"})["scope"]
    assert "no case is in scope" in said(sf, Level.WARNING, scope={"where": "Subject = 'nothing'"})["scope"]


def test_no_access_is_one_line(sf):
    """With what to do."""
    (problem,) = sf.connect(connection=sf.secret() | {"client_secret": "wrong"}).check()

    assert (problem.level, problem.subject) == (Level.FAIL, "access")
    assert problem.remedy


def test_doctor_looks_afresh(sf):
    """However much was learnt before."""
    adapter = sf.connect()
    pull(adapter)
    sf.org.invisible.add(("Case", "Tone__c"))

    told = {p.subject: p.level for p in sf.again(adapter).check()}

    assert told["fields.tone"] is Level.FAIL


def test_everybody_who_can_be_named_is_listed(sf):
    """Users, active or not, automata and queues; no customers of a portal."""
    sf.org.dismiss("idris")
    sf.org.hire("casey", "Casey Kunde", UserType="CspLitePortal")
    sf.org.add_queue("regular", "All of us", type_="Regular")

    found = {p.name: p for p in sf.connect().people()}

    assert {name: (p.kind, p.active) for name, p in found.items()} == {
        "Dana Reyes": (PersonKind.HUMAN, True),
        "Idris Cole": (PersonKind.HUMAN, False),
        "Ana Lima": (PersonKind.HUMAN, True),
        "Escalation Sync": (PersonKind.BOT, True),
        "Automated Process": (PersonKind.BOT, True),
        "Support Queue": (PersonKind.QUEUE, True),
    }
    assert found["Dana Reyes"].username == "dana@acme.example"
    assert found["Dana Reyes"].email == "dana@acme.example"


def test_many_users_come_page_by_page(sf):
    """To the last."""
    sf.face.cursors.page = 20
    for n in range(50):
        sf.org.hire(f"user{n}", f"User {n:02}")

    assert len([p for p in sf.connect().people() if p.name.startswith("User ")]) == 50


def test_integration_users_are_no_people(sf):
    """By their licence, which the org tells once a day."""
    sf.open("y", OwnerId="dana")
    told = {"totalSize": 1, "done": True, "records": [{"Id": sf.org.who("dana"), "Name": "Dana Reyes"}]}

    def licensed(body):
        body["compositeResponse"][3] |= {"httpStatusCode": 200, "body": told}
        return body

    sf.server.faults.append(Fault(lambda r: "UserLicense" in str(r.body), alter=licensed))

    owners = {t.values["summary"]: t.values["owner"][0].kind for t in pull(sf.connect()).tickets}

    assert owners == {"x": PersonKind.HUMAN, "y": PersonKind.BOT}
