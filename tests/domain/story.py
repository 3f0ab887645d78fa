"""Builds escalations from short stories: who did what when, as a tracker would record it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from escsync.domain.account import Accounts
from escsync.domain.assess import assess
from escsync.domain.communication import Message, MessageKind
from escsync.domain.escalation import Record, World, escalations
from escsync.domain.evidence import Evidence, Grade
from escsync.domain.fields import Stage
from escsync.domain.people import Absence, Directory, Function, Person, PersonKind, PersonRef, Role, Tenure
from escsync.domain.policy import Policy
from escsync.domain.reading import read_message
from escsync.domain.ticket import Fact, Status, Ticket

BERLIN = ZoneInfo("Europe/Berlin")


def at(text):
    """`2026-03-03T09:00` or `09:00` (on the 3rd of March 2026), in UTC."""
    text = text.removesuffix("Z")
    return datetime.fromisoformat(text if "T" in text else f"2026-03-03T{text}").replace(tzinfo=UTC)


def person(person_id, name, role, title, *, function=Function.SUPPORT, **more):
    """Somebody who always held *role*."""
    return Person(
        id=person_id,
        name=name,
        title=title,
        function=function,
        tenures=(Tenure(role),),
        ids={"t": person_id},
        **more,
    )


PEOPLE = (
    person("tom", "Tom Beck", Role.TIER1_AGENT, "Support Agent"),
    person("dana", "Dana Reyes", Role.SUPPORT_MANAGER, "Support Manager"),
    person("lena", "Lena Fox", Role.SUPPORT_MANAGER, "Support Manager", fallback="dana", absences=(Absence(date(2026, 6, 3), date(2026, 6, 10)),)),
    person("idris", "Idris Cole", Role.SUPPORT_DIRECTOR, "Support Director"),
    person("priya", "Priya Nair", Role.CSM, "Customer Success Manager", function=Function.CS),
    person("omar", "Omar Haddad", Role.ACCOUNT_EXECUTIVE, "Account Executive", function=Function.SALES),
    person("eli", "Eli Park", Role.ENGINEERING, "Engineer", function=Function.ENGINEERING),
    Person(
        id="ana",
        name="Ana Silva",
        title="Senior Agent",
        ids={"t": "ana"},
        tenures=(Tenure(Role.TIER2_AGENT, None, at("12:00")), Tenure(Role.SUPPORT_MANAGER, at("12:00"))),
    ),
    Person(id="queue", name="Escalations", kind=PersonKind.QUEUE, ids={"t": "queue"}),
    Person(id="robot", name="Robot", kind=PersonKind.BOT, ids={"t": "robot"}),
)  # fmt: skip
WORLD = World(Directory(PEOPLE, "idris"), Accounts(), "Acme")
SUMMARY = "Invoices doubled after migration"
TITLES = {p.id: p.title for p in PEOPLE}


def ack_text(who="Dana Reyes", title="Support Manager"):
    """A message with every element of a first response."""
    return (
        f"My name is {who} and I am the {title} at Acme. I am personally taking responsibility for the doubled "
        "invoices and will personally ensure it is resolved."
    )


UPDATE_TEXT = (
    "What we understood: the migration counted each line twice.\n"
    "What we will do: credit the difference and ship a fix.\n"
    "Timeline: by 2026-03-05 17:00 UTC.\nDana Reyes, Support Manager, Acme"
)
CLOSURE_TEXT = "The fix is in place and the credit is completed.\nDana Reyes, Support Manager, Acme"
ACCOUNT = {
    "account.name": "Alder AG",
    "account.tier": "enterprise",
    "account.arr": None,
    "account.csm": (PersonRef("priya", "Priya Nair"),),
    "account.time_zone": "Europe/Berlin",
    "account.customer_since": date(2023, 1, 15),
    "entry_point": "exec_email",
    "severity": "billing_dispute",
    "source_url": "https://mail.example/1",
}


class Story:
    """One ticket, told event by event; *values* are there from the beginning."""

    def __init__(self, begins="09:00", *, summary=SUMMARY, **values):
        self.created = at(begins)
        self.history = {}
        self.messages = []
        self.inactive = {}
        self.pins = {}
        self.grade = Grade.A
        for name, value in {"summary": summary, **ACCOUNT, **values}.items():
            self.history[name.replace("__", ".")] = [Fact(Evidence(self.created), value)]
        self.history["owner"] = [Fact(Evidence(self.created), ())]
        self.history["stage"] = [Fact(Evidence(self.created), Status("1", "Intake", Stage.INTAKE))]

    def set(self, when, name, value, by="dana", *, after=None):
        """*by* sets a field; *after* makes it an observation since that instant."""
        evidence = Evidence(
            at(when), None if after is None else at(after), Grade.A if after is None else Grade.B
        )
        self.history.setdefault(name, []).append(Fact(evidence, value, PersonRef(by)))
        return self

    def own(self, when, *people):
        """Name these as owners."""
        return self.set(when, "owner", tuple(PersonRef(p) for p in people))

    def move(self, when, stage, by="dana"):
        """Change the status."""
        return self.set(when, "stage", Status(stage, stage.title(), Stage(stage)), by)

    def say(self, when, by, text, marker="acknowledgement", **more):
        """Send a message."""
        kind = MessageKind(marker) if marker else None
        number = str(len(self.messages) + 1)
        self.messages.append(
            Message(number, Evidence(at(when), source=f"comment:{number}"), PersonRef(by), text, kind, **more)
        )
        return self

    def ack(self, when, by="dana"):
        """A qualifying acknowledgement."""
        who = next(p for p in PEOPLE if p.id == by)
        return self.say(when, by, ack_text(who.name, who.title))

    def investigated(self, when, by="dana"):
        """Everything ticked and written down at once."""
        for item in ("history_reviewed", "csm_spoken", "eng_product_consulted"):
            self.set(when, f"checklist.{item}", "done", by)
        self.set(when, "is_technical", True, by)
        return self.set(when, "findings_summary", "Lines were counted twice.", by)

    def solved(self, when, by="dana"):
        """A resolution decided, with its counterpart."""
        self.set(when, "resolution_links", "engineering_fix: ENG-12 with Eli Park", by)
        return self.set(when, "resolution_types", ("engineering_fix",), by)

    def record(self):
        """As the ledger would hand it over."""
        history = {
            name: tuple(sorted(facts, key=lambda f: f.when.at)) for name, facts in self.history.items()
        }
        ticket = Ticket(
            id="1",
            key="ESC-1",
            url="https://tracker.example/ESC-1",
            created_at=self.created,
            values={name: facts[-1].value for name, facts in history.items()},
            history=history,
            messages=tuple(self.messages),
        )
        summary = next((f.value for f in history["summary"] if isinstance(f.value, str)), "")
        readings = {
            m.id: read_message(
                m,
                WORLD.directory.resolve("t", m.sender),
                summary=summary,
                comms=Policy().comms,
                company=WORLD.company,
                directory=WORLD.directory,
            )
            for m in self.messages
        }
        return Record("t", ticket, readings, inactive=self.inactive, pins=self.pins, ours="escsync")

    def judge(self, now, policy=None, number=0):
        """The assessment as of *now*."""
        policy = policy or Policy()
        found = escalations(self.record(), WORLD, policy, at(now))
        return assess(found[number], policy, at(now))


def clock(assessment, name, cycle=1):
    """One clock."""
    return next(c for c in assessment.clocks if c.name == name and c.cycle == cycle)


def codes(assessment, cycle=None):
    """The finding codes."""
    return {f.code for f in assessment.findings if cycle is None or f.cycle == cycle}


def since(assessment, code):
    """Since when a finding holds."""
    return next(f.since for f in assessment.findings if f.code == code)


def with_policy(**sections):
    """The default policy with some sections replaced."""
    return replace(Policy(), **sections)


def minutes(n):
    """*n* minutes."""
    return timedelta(minutes=n)
