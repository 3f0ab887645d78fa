"""Effects: what escsync meant to do to a tracker, and what became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class EffectState(StrEnum):
    """Where an effect stands. Only the first two are open: a pass that starts has to find out about them."""

    SENDING = "sending"
    """Intended, and recorded before the first byte was sent: it may or may not have happened."""
    DOUBT = "doubt"
    """Sent, its fate unknown."""
    DONE = "done"
    IGNORED = "ignored"
    """Accepted by the tracker, and yet not there."""
    REJECTED = "rejected"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    """It did not happen, and what is to be done was decided anew."""


SETTLE = timedelta(seconds=60)
"""How long a request may still take effect after everybody gave it up (effects.md, A2)."""
OPEN = frozenset({EffectState.SENDING, EffectState.DOUBT})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an effect is *for*: never its text, its time or its pass.

    *episode* is the cycle, *rule* what asks for it, *step* which edit it is (`set:owner`, `move`, `note`, `create`).
    """

    tracker: str
    ticket: str
    episode: int
    rule: str
    step: str

    def key(self, n: int) -> str:
        """The *n*th effect of this step: the same after a crash, and the mark by which it is found."""
        told = "|".join((self.tracker, self.ticket, str(self.episode), self.rule, self.step, str(n)))
        return hashlib.sha256(told.encode(errors="backslashreplace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect as the journal holds it. *old* and *new* are hashes of values; *because* the finding codes."""

    key: str
    purpose: Purpose
    n: int
    state: EffectState
    old: str
    new: str
    because: tuple[str, ...]
    policy: str
    attempt: int = 1
    remote_id: str = ""
    error: str = ""
    not_before: datetime | None = None
    """Until when one in DOUBT may still come about by itself: it is not tried again before."""
    pass_id: str = ""
    at: datetime | None = None
    """When it was last tried, by the ledger's clock."""
