"""The docket: what a pass concluded of every ticket, in full of those it acts on, in single words of the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from escsync.domain.assessment import Assessment
from escsync.domain.findings import Severity
from escsync.domain.plan import Change, Limits, Plan, UnsafePlan, refusal

from .judging import Judged


@dataclass(slots=True)
class Docket:
    """*judged* by native id. *whole*: everything is kept in full, for a plan that people read.

    Else only the tickets that are written are, and no more of these than *most*, where the plan is refused anyway: so
    a hundred thousand open tickets need little room. Of *watched* ones the edits are kept as well.
    """

    whole: bool = False
    most: int = 0
    watched: Collection[str] = ()
    judged: dict[str, Judged] = field(default_factory=dict)
    _full: set[str] = field(default_factory=set)

    def add(self, found: Judged) -> None:
        """Take in what was concluded of one ticket, in place of what was concluded before."""
        wanted = found.drafted.change is not None and len(self._full - {found.ticket}) <= self.most
        self._full.discard(found.ticket)
        if self.whole or wanted or found.ticket in self.watched:
            self._full.add(found.ticket)
            self.judged[found.ticket] = found
        else:
            self.judged[found.ticket] = found.brief()

    def plan(self) -> Plan:
        """What is to be written, the nearest deadline first, and what is withheld."""
        full = [self.judged[native] for native in sorted(self._full)]
        changes = [found.drafted.change for found in full if found.drafted.change is not None]
        withheld = tuple(held for found in full for held in found.drafted.withheld)
        return Plan(tuple(sorted(changes, key=lambda change: urgency(self.judged, change))), withheld)

    def refusal(self, limits: Limits) -> UnsafePlan | None:
        """None where everything that is to be written is within *limits*."""
        everyone = self.judged.values()
        return refusal(
            limits,
            sum(found.open for found in everyone),
            writes=sum(found.edits > 0 for found in everyone),
            enforced=sum(found.enforced for found in everyone),
        )

    @property
    def edits(self) -> int:
        """How many edits are to be written."""
        return sum(found.edits for found in self.judged.values())

    @property
    def escalations(self) -> int:
        """How many escalations were assessed."""
        return sum(found.escalations for found in self.judged.values())

    @property
    def worst(self) -> Severity | None:
        """The worst finding's severity."""
        found = (one.worst for one in self.judged.values() if one.worst is not None)
        return min(found, key=lambda severity: severity.rank, default=None)

    @property
    def next_wake(self) -> datetime | None:
        """When the first verdict changes by itself."""
        return min((one.next_wake for one in self.judged.values() if one.next_wake), default=None)

    def assessments(self) -> Iterator[Assessment]:
        """Those of the tickets that are kept in full."""
        for native in sorted(self._full):
            yield from self.judged[native].assessments


def urgency(judged: Mapping[str, Judged], change: Change) -> tuple[bool, float, str]:
    """Nearest deadline first: what a limit or a dying tracker leaves undone is what can wait."""
    found = judged.get(change.ticket.id)
    due = found.last.next_due if found else None
    return (due is None, due.timestamp() if due else 0.0, change.ticket.id)
