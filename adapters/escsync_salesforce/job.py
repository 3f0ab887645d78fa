"""Jobs: one case's request in the making, and what became of each edit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from escsync.adapter import FIELDS, Change, TicketRef, TrackerError

from . import instants


@dataclass
class Job:
    """One case's request in the making: which edit stands behind which field."""

    change: Change
    case: str
    fields: dict[str, Any] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    dispensable: set[str] = field(default_factory=set)
    failures: dict[int, TrackerError] = field(default_factory=dict)
    created: dict[int, TicketRef] = field(default_factory=dict)
    again: bool = False

    @property
    def stamp(self) -> str:
        """The condition: nobody changed the case since it was read. Escsync's own fields concern nobody else."""
        if all(FIELDS[name].own for name in self.names.values()):
            return ""
        at = instants.moment(self.change.version)
        return instants.header(at) if at is not None else ""

    def set(self, index: int, column: str, value: Any, canonical: str) -> None:
        self.fields[column], self.behind[column], self.names[column] = value, index, canonical

    def fail(self, index: int, error: TrackerError) -> None:
        """Leave out an edit, and everything that stands for it."""
        self.failures[index] = error
        self.clear(index)

    def clear(self, index: int) -> None:
        """Forget what was made of an edit."""
        for column in [column for column, behind in self.behind.items() if behind == index]:
            self.drop(column)

    def drop(self, column: str) -> None:
        """Leave out one field."""
        self.fields.pop(column, None)
        self.behind.pop(column, None)

    def fail_all(self, error: TrackerError) -> None:
        """Nothing of what was sent was done."""
        for index in set(self.behind.values()):
            self.fail(index, error)

    def fail_rest(self, error: TrackerError) -> None:
        """Nothing more is to be tried on this case."""
        self.fail_all(error)
        for index in range(len(self.change.edits)):
            self.failures.setdefault(index, error)
