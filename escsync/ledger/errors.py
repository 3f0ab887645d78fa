"""What the ledger refuses, named for what the caller does next."""

from __future__ import annotations

from datetime import datetime

from escsync.domain.evidence import iso
from escsync.domain.fault import Overtaken


class LedgerError(Exception):
    """The ledger cannot be used; *remedy* tells a person what to do."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Busy(LedgerError):
    """Another program keeps the database for itself just now."""


class Held(LedgerError):
    """Another pass works on this tracker: come back later."""

    def __init__(self, tracker: str, holder: str, until: datetime | None = None) -> None:
        rest = f" until {iso(until)} at the latest" if until else ""
        super().__init__(
            f"{tracker}: another pass ({holder}) holds the lease{rest}",
            remedy="wait for it to end; a pass that died gives its lease back by itself",
        )
        self.tracker = tracker


class LostLease(Held, Overtaken):
    """This pass was paused for so long that another one took over: stop, write nothing more."""

    def __init__(self, tracker: str, holder: str) -> None:
        LedgerError.__init__(
            self,
            f"{tracker}: this pass was paused for so long that another one ({holder}) took over; it wrote nothing more",
            remedy="nothing is lost: the other one has finished what was begun, or does so",
        )
        self.tracker = tracker


class Unsure(LedgerError, Overtaken):
    """The ledger cannot say whether this pass still has its lease: stop, write nothing more."""


class LookBack(LedgerError):
    """The pass's instant lies before the ledger's last pass."""

    def __init__(self, tracker: str, now: datetime, last: datetime) -> None:
        super().__init__(
            f"{tracker}: this pass is of {iso(now)}, before the last pass ({iso(last)})",
            remedy="a pass only goes forward: look back with list, show or explain --at; without --at, correct this "
            "machine's clock, or restore the ledger from before the pass that ran too early",
        )
        self.now = now
        self.last = last
