"""Dead letters: what failed for its own reasons, set aside until something about it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

AGAIN = timedelta(hours=24)
"""Permissions and screens change without a trace in ticket or configuration: so often it is tried all the same."""
SOON = timedelta(hours=1)
"""What only no answer came for is tried again this often."""
_UNANSWERED = frozenset({"UNAVAILABLE", "AMBIGUOUS"})
PATIENCE = 5
"""So many failures in a row, while others succeed, are no longer the tracker's but the record's own."""
SET_ASIDE = "set_aside"
"""Why such an edit is withheld."""
READ = ""
"""The step of a ticket that cannot be read."""
JUDGE = "judge"
"""The step of a ticket that cannot be judged."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One *step* of a ticket that failed, with the reason and what a person can do about it.

    *basis* is a hash of what the failure depends on, empty where a person asked for another try. *since* is when it
    first failed, *last_at* when it was last tried; *aside*: it is not tried again before something changes.
    """

    tracker: str
    ticket: str
    step: str
    key: str
    code: str
    message: str
    remedy: str
    basis: str
    since: datetime
    last_at: datetime
    attempts: int = 1
    aside: bool = True

    @property
    def place(self) -> tuple[str, str]:
        """The ticket's native id and the step."""
        return self.ticket, self.step

    @property
    def of(self) -> str:
        """The ticket's id."""
        return f"{self.tracker}:{self.ticket}"

    @property
    def id(self) -> str:
        """What a person names it by: the ticket's id, and the step where it is only one of its edits."""
        return f"{self.of}/{self.step}" if self.step else self.of

    @property
    def again_at(self) -> datetime | None:
        """When it is tried next though nothing changes; None where only a change or a person brings another try."""
        if self.code == "IGNORED" and self.step == "note":
            # A note that is accepted and never seen: each try would leave another one behind.
            return None
        return self.last_at + (SOON if self.code in _UNANSWERED else AGAIN)

    def holds(self, basis: str, now: datetime) -> bool:
        """Is it still set aside, where its failure depends on *basis* now?"""
        again = self.again_at
        # One that seems to come from the future was written by a clock that ran ahead.
        due = now < self.last_at or (again is not None and now >= again)
        return self.aside and self.basis == basis and not due

    def once_more(self, other: Letter) -> Letter:
        """This one after another failure, which *other* tells; what was set aside stays so until it succeeds."""
        attempts, aside = self.attempts + 1, self.aside or other.aside
        return replace(other, since=self.since, attempts=attempts, aside=aside or attempts >= PATIENCE)
