"""Looking: tickets read by id, kept in the ledger, their messages read by the rules of the configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from escsync.adapter import Heard, Level, Message, Rejected, Ticket, TicketRef, TrackerError
from escsync.domain.communication import Reading
from escsync.domain.reading import read_message
from escsync.ledger.batches import chunks
from escsync.ledger.codec import dumps
from escsync.ledger.poll import Observed, Poll
from escsync.ledger.trackers import Sweep

from .outcome import Failure, Pass


def observe(
    one: Pass,
    tickets: Sequence[Ticket],
    *,
    by_us: frozenset[tuple[str, str]] = frozenset(),
    by_id: Iterable[str] | None = None,
    renew: bool = False,
) -> tuple[set[str], list[Failure]]:
    """Keep *tickets*; which of them changed, and which could not be understood. Read by id unless told otherwise."""
    poll = replace(
        _poll(one, renew=renew),
        by_us=by_us,
        by_id=frozenset(ticket.id for ticket in tickets) if by_id is None else frozenset(by_id),
    )
    seen = one.ledger.observe(poll, tickets)
    return seen.changed, list(_misunderstood(one, seen, [ticket.ref for ticket in tickets]))


def hear(one: Pass, heard: Sequence[Heard], *, renew: bool = False) -> tuple[set[str], list[Failure]]:
    """Keep what tickets said that were asked; for which of them it was news, and which could not be understood."""
    seen = one.ledger.hear(_poll(one, renew=renew), heard)
    return seen.changed, list(_misunderstood(one, seen, [told.ticket for told in heard]))


def _poll(one: Pass, *, renew: bool) -> Poll:
    return Poll(
        one.tracker,
        one.now,
        one.ledger.last_pass(one.tracker),
        lambda ticket, message: _reading(one, ticket, message),
        one.adapter.me,
        renew=renew,
    )


def _misunderstood(one: Pass, seen: Observed, refs: Iterable[TicketRef]) -> Iterator[Failure]:
    for ref in refs:
        if ref.id in seen.failed:
            yield Failure(
                f"{one.tracker}:{ref.id}",
                ref.key,
                "UNREADABLE",
                f"what it holds could not be understood ({seen.failed[ref.id]})",
                "report it; the other escalations are not affected",
            )


def read(one: Pass, refs: Sequence[TicketRef]) -> tuple[dict[str, Ticket], dict[str, TrackerError]]:
    """These tickets as they stand now, by id; one that the tracker refuses to show does not hide the others."""
    found: dict[str, Ticket] = {}
    errors: dict[str, TrackerError] = {}
    for batch in chunks(refs, max(1, one.adapter.capabilities.read_batch)):
        try:
            for ticket in one.adapter.read(batch):
                found[ticket.id] = ticket
        except TrackerError as error:
            rest = [ref for ref in batch if ref.id not in found]
            if len(batch) == 1 or not isinstance(error, Rejected):
                errors |= dict.fromkeys((ref.id for ref in rest), error)
                continue
            for ref in rest:
                one_found, one_error = read(one, [ref])
                found |= one_found
                errors |= one_error
    return found, errors


def gone_of(one: Pass, absent: Sequence[str], live: Collection[str]) -> Collection[str]:
    """Which of the *absent* were deleted, noted at once: reading by id proves it where others are *live*, or all is well."""
    if not absent or not (live or all(problem.level is not Level.FAIL for problem in one.adapter.check())):
        return ()
    one.ledger.swept(one.tracker, one.now, Sweep(gone=absent))
    return absent


def fingerprint(one: Pass) -> str:
    """A hash of what decides how tickets and messages are read: where it changes, everything is read anew."""
    people = [
        [p.id, p.name, p.title, p.email, p.ids.get(one.tracker, "")]
        for p in one.world.directory.people.values()
    ]
    words = one.vocabulary
    told = {
        "company": one.world.company,
        "comms": one.policy.to_json()["comms"],
        "people": sorted(people),
        "stages": {stage: list(names) for stage, names in words.stages.items()},
        "fields": {name: list(fields) for name, fields in words.fields.items()},
        "options": {n: {v: list(names) for v, names in o.items()} for n, o in words.options.items()},
        "markers": {kind: list(marks) for kind, marks in words.markers.items()},
        "native": [words.native, words.follow_up] if words.follow_up else words.native,
    }
    return hashlib.sha256(dumps(told).encode()).hexdigest()[:32]


def _reading(one: Pass, ticket: Ticket, message: Message) -> Reading:
    summary = ticket.values.get("summary")
    return read_message(
        message,
        one.world.directory.resolve(one.tracker, message.sender),
        summary=summary if isinstance(summary, str) else "",
        comms=one.policy.comms,
        company=one.world.company,
        directory=one.world.directory,
    )
