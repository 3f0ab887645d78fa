"""A desk: one team, one tracker in memory and one ledger, and passes over them at instants that the test names."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from escsync.adapter import PersonKind, Stage, Vocabulary
from escsync.domain.assess import assess
from escsync.domain.escalation import World, escalations
from escsync.domain.people import Directory, Function, Person, Role, Tenure
from escsync.domain.plan import Limits, Mode
from escsync.domain.policy import Policy
from escsync.ledger import Ledger
from escsync.sync import Outcome, Pass, apply, plan, sync
from escsync.testing import MemoryTracker

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
STATUSES = {
    Stage.INTAKE: ("intake",),
    Stage.INVESTIGATION: ("investigation",),
    Stage.CLOSED: ("closed",),
    Stage.REJECTED: ("rejected",),
}
ACK = (
    "#ack My name is {name} and I am the Support Manager at Acme. I am personally taking responsibility for the "
    "wrong invoices and will personally ensure it is resolved."
)


def person(name: str, role: Role, **more) -> Person:
    first = name.split()[0].lower()
    return Person(
        first,
        name,
        title=role.value.replace("_", " ").title(),
        email=f"{first}@acme.example",
        function=Function.SUPPORT,
        tenures=(Tenure(role),),
        ids={"support": first},
        **more,
    )


DANA = person("Dana Reyes", Role.SUPPORT_MANAGER)
IDRIS = person("Idris Cole", Role.SUPPORT_DIRECTOR)
LENA = person("Lena Fox", Role.SUPPORT_MANAGER)


class Desk:
    """Passes run at the tracker's own time; *mode* and *limits* are as in the configuration."""

    def __init__(
        self, folder: Path, *, mode: Mode = Mode.ANNOTATE, fallback: str | None = "dana", **tracker
    ) -> None:
        self.tracker = MemoryTracker(START, vocabulary=Vocabulary(stages=STATUSES), **tracker)
        for one in (DANA, IDRIS, LENA):
            self.tracker.hire(one.id, one.name, email=one.email)
        self.tracker.hire("robot", "Robot", kind=PersonKind.BOT)
        self.ledger = Ledger.open(f"sqlite:///{folder}/ledger.db")
        self.mode = mode
        self.limits = Limits(max_share=1.0)
        self.policy = Policy()
        self.world = World(Directory((DANA, IDRIS, LENA), fallback), company="Acme")
        self.vocabulary = self.tracker.vocabulary
        self.passes = 0

    def at(self, minutes: float) -> Desk:
        """The same, so many minutes after START."""
        self.tracker.now = START + timedelta(minutes=minutes)
        return self

    def open(self, **values):
        """An escalation that somebody opens."""
        told = {"summary": "Wrong invoices", "account.name": "Alder AG", "owner": ("lena",), **values}
        return self.tracker.create(told, by="idris")

    def one(self, **changes) -> Pass:
        self.passes += 1
        made = Pass(
            tracker="support",
            mode=self.mode,
            adapter=self.tracker.connect(),
            vocabulary=self.vocabulary,
            ledger=self.ledger,
            world=self.world,
            policy=self.policy,
            limits=self.limits,
            now=self.tracker.now,
            pass_id=f"pass-{self.passes}",
        )
        return replace(made, **changes)

    def sync(self, **changes) -> Outcome:
        full = changes.pop("full", False)
        return self._whole(sync(self.one(**changes), full=full))

    def plan(self, **changes) -> Outcome:
        return plan(self.one(**changes))

    def apply(self, saved, **changes) -> Outcome:
        return self._whole(apply(self.one(**changes), saved))

    def _whole(self, outcome: Outcome) -> Outcome:
        """Every outcome's counts account for each other; it tells of all escalations, not only of those written."""
        outcome.assessments = tuple(self.assessed(self.tracker.now))
        n = outcome.counts
        assert n.seen == n.assessed + n.unreadable
        assert n.planned == n.applied + n.stale + n.ignored + n.refused + n.failed
        assert [problem for problem in self.ledger.check() if "never settled" not in problem] == []
        return outcome

    def assessed(self, now):
        """Every escalation that the ledger knows, as `escsync list` judges it."""
        world = replace(self.world, earlier=self.ledger.earlier(), marks=self.ledger.marks())
        for entry in sorted(self.ledger.entries("support"), key=lambda entry: entry.id):
            with suppress(LookupError):  # a record that cannot be judged is the pass's to report
                for one in escalations(entry.record, world, self.policy, now):
                    yield assess(one, self.policy, now)

    def shown(self, ref):
        """The ticket as the tracker shows it."""
        return self.tracker.seen(self.tracker.at(ref))

    def codes(self, outcome, ref) -> set[str]:
        found = next(a for a in outcome.assessments if a.id == f"support:{ref.id}")
        return {finding.code for finding in found.findings}

    def close(self) -> None:
        self.ledger.close()
