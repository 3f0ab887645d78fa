"""Listening: asking a tracker for the messages of those tickets that wait for one, where each costs a call of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from escsync.adapter import Heard, Listener, Rejected, TicketRef, TrackerError, Vanished
from escsync.domain.fields import ENDED, Stage

from .gathering import Gathered
from .judging import Judged
from .looking import hear
from .outcome import Pass, failure_of

_LONG_AGO = timedelta(days=92)
"""A quarter: nothing that ended before it is reviewed any more, so its messages are not asked for at first sight."""
_PATIENCE = timedelta(days=14)
"""So long after it was closed a ticket is asked for the message that it lacks; after that, in sweeps only."""
_SILENT = frozenset({Stage.CANDIDATE, Stage.REJECTED, Stage.DUPLICATE, Stage.WITHDRAWN})
"""No message is owed in these."""


def listen(one: Pass, gathered: Gathered, judged: Mapping[str, Judged]) -> set[str]:
    """Ask for the messages that are waited for (decision 27a); the tickets for which they were news.

    One ticket that cannot be heard stops no other; what was not heard is asked for again by the next pass.
    """
    adapter = one.adapter
    if gathered.poll is None or not adapter.capabilities.apart or not isinstance(adapter, Listener):
        return set()
    wanted = [TicketRef(found.ticket, found.key) for found in judged.values() if _waits(one, gathered, found)]
    heard: list[Heard] = []
    for done, ref in enumerate(wanted):
        one.progress("listening", done, len(wanted))
        try:
            heard += adapter.listen([ref])
        except TrackerError as error:
            if isinstance(error, Rejected | Vanished):
                gathered.errors.append(failure_of(error, f"{one.tracker}:{ref.id}", ref.key))
                continue
            # The next one would fare no better.
            gathered.errors.append(failure_of(error))
            break
    changed, failures = hear(one, heard, renew=gathered.renew)
    gathered.errors += failures
    return changed


def _waits(one: Pass, gathered: Gathered, found: Judged) -> bool:
    if found.stage in _SILENT:
        return False
    closed = found.closed_at
    if not found.heard:
        return closed is None or closed > one.now - _LONG_AGO
    if gathered.swept:
        return found.stage not in ENDED
    return found.awaits_message and (closed is None or closed > one.now - _PATIENCE)
