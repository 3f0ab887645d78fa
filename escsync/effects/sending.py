"""Sending: every write to a tracker is recorded before it is tried."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from escsync.adapter import Adapter, Ambiguous, Change, Create, Edit, Ticket, TicketRef, TrackerError
from escsync.domain.effect import Effect, EffectState, Purpose
from escsync.domain.fault import Overtaken, place
from escsync.domain.plan import enforces

from .traces import after, before, digest, step


class Journal(Protocol):
    """Where effects are recorded: what sending asks of a ledger."""

    def created(self, tracker: str) -> Mapping[str, str]:
        """The records that escsync created: key -> native id."""
        ...

    def counted(self, tracker: str, tickets: Collection[str]) -> dict[tuple[str, str], int]:
        """How many effects each (ticket, step) has had so far."""
        ...

    def unfinished(self, tracker: str) -> Sequence[Effect]:
        """The effects of earlier passes whose fate nobody knows."""
        ...

    def receipt(self, tracker: str, key: str, remote_id: str) -> None:
        """Record which record the tracker said it made, even where this pass may write nothing else."""
        ...

    def claim(self, tracker: str, effects: Sequence[Effect], pass_id: str) -> None:
        """Record, for good, that these are about to be sent."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """A change to carry out now, for the cycle *episode* and under the *policy* version that asked for it."""

    change: Change
    episode: int = 1
    policy: str = ""


@dataclass(slots=True)
class Sent:
    """What was tried of one order: *failures* by the edit's index, the rest was accepted, which proves nothing yet."""

    order: Order
    effects: Mapping[int, Effect]
    failures: dict[int, TrackerError] = field(default_factory=dict)
    created: dict[int, TicketRef] = field(default_factory=dict)
    after: Ticket | None = None
    """The ticket as the tracker's answer showed it."""
    unclaimed: set[int] = field(default_factory=set)
    """Records that were not tried: they exist already, or nobody can tell yet whether they do."""


def send(
    orders: Sequence[Order], adapter: Adapter, journal: Journal, tracker: str, pass_id: str
) -> list[Sent]:
    """Record the intent of every edit, then carry them out; the caller reads the tickets and settles.

    A record that exists already under its key is not created again, even where this ledger knows nothing of it.
    """
    known = journal.created(tracker)
    found = _existing(orders, adapter, known)
    found |= _unsettled(journal.unfinished(tracker), found)
    sent = _prepared(orders, adapter, journal, tracker)
    untried = {*known, *(key for key, fate in found.items() if isinstance(fate, TrackerError))}
    for one in sent:
        one.unclaimed = {index for index, effect in one.effects.items() if effect.key in untried}
    claimed = [e for one in sent for index, e in one.effects.items() if index not in one.unclaimed]
    journal.claim(tracker, claimed, pass_id)
    _write(sent, adapter)
    for one in sent:
        for index, edit in enumerate(one.order.change.edits):
            if isinstance(edit, Create):
                _create(one, index, edit, adapter, found)
                ref = one.created.get(index)
                if ref is not None and edit.draft.key not in known:
                    journal.receipt(tracker, edit.draft.key, ref.id)
    return sent


def outcome(sent: Sent, index: int, state: EffectState, *, not_before: datetime | None = None) -> Effect:
    """The effect of one edit, with what became of it."""
    error = sent.failures.get(index)
    ref = sent.created.get(index)
    return replace(
        sent.effects[index],
        state=state,
        remote_id=ref.id if ref else "",
        error=type(error).__name__ if error else "",
        not_before=not_before,
    )


def _existing(
    orders: Sequence[Order], adapter: Adapter, known: Mapping[str, str]
) -> dict[str, TicketRef | TrackerError]:
    """Which records to create exist already; the error where nobody can tell."""
    keys = [edit.draft.key for order in orders for edit in order.change.edits if isinstance(edit, Create)]
    if not keys:
        return {}
    found: dict[str, TicketRef | TrackerError] = {key: TicketRef(known[key]) for key in keys if key in known}
    wanted = [key for key in keys if key not in found]
    try:
        found |= {one.key: one.ref for one in adapter.find(wanted)} if wanted else {}
    except TrackerError as error:
        found |= dict.fromkeys(wanted, error)
    return found


def _unsettled(
    unfinished: Sequence[Effect], found: Mapping[str, TicketRef | TrackerError]
) -> dict[str, TicketRef | TrackerError]:
    """Records that a request on its way may still make, and that nobody sees yet: none is made beside them."""
    return {
        effect.key: Ambiguous(
            "whether it was created before is not certain yet",
            remedy="nothing is lost: a later pass looks again",
        )
        for effect in unfinished
        if effect.purpose.step == "create" and effect.key not in found
    }


def _prepared(orders: Sequence[Order], adapter: Adapter, journal: Journal, tracker: str) -> list[Sent]:
    times = journal.counted(tracker, {order.change.ticket.id for order in orders})
    prepared = []
    for order in orders:
        effects: dict[int, Effect] = {}
        for index, edit in enumerate(order.change.edits):
            place = (order.change.ticket.id, step(edit))
            n = times[place] = times.get(place, 0) + 1
            purpose = _purpose(order, edit, tracker)
            effects[index] = Effect(
                edit.draft.key if isinstance(edit, Create) else purpose.key(n),
                purpose,
                n,
                EffectState.SENDING,
                digest(before(edit)),
                digest(after(edit, adapter)),
                order.change.because,
                order.policy,
            )
        prepared.append(Sent(order, effects))
    return prepared


def _purpose(order: Order, edit: Edit, tracker: str) -> Purpose:
    rule = " ".join(order.change.because) if enforces(edit) else "annotate"
    return Purpose(tracker, order.change.ticket.id, order.episode, rule, step(edit))


def _write(sent: Sequence[Sent], adapter: Adapter) -> None:
    """Hand over everything but what is created, and note each edit's error."""
    queue = []
    for one in sent:
        indices = [i for i, edit in enumerate(one.order.change.edits) if not isinstance(edit, Create)]
        if indices:
            edits = tuple(one.order.change.edits[i] for i in indices)
            queue.append((one, indices, replace(one.order.change, edits=edits)))
    position = 0
    while position < len(queue):
        try:
            for written in adapter.write([change for _, _, change in queue[position:]]):
                one, indices, _ = queue[position]
                one.failures |= {indices[n]: error for n, error in written.failures.items()}
                one.after = written.after
                position += 1
            failed = queue[position:]
            error: TrackerError = Ambiguous("the adapter gave no answer for this change")
            stop = len(queue)
        except TrackerError as raised:
            failed, error, stop = queue[position:], raised, len(queue)
        except Overtaken:
            raise
        except Exception as raised:  # noqa: BLE001  one ticket that breaks an adapter stops no other
            failed, stop = queue[position : position + 1], position + 1
            error = Ambiguous(f"the adapter broke ({place(raised)})", remedy="report it to its author")
        for one, indices, _ in failed:
            one.failures |= dict.fromkeys(indices, error)
        position = stop


def _create(
    sent: Sent, index: int, edit: Create, adapter: Adapter, found: Mapping[str, TicketRef | TrackerError]
) -> None:
    key = edit.draft.key
    known = found.get(key)
    if isinstance(known, TicketRef):
        sent.created[index] = known
        return
    try:
        if known is not None:
            raise known
        sent.created[index] = adapter.create(edit.draft)
    except TrackerError as error:
        sent.failures[index] = error
        if known is None:
            _look(sent, index, key, adapter)


def _look(sent: Sent, index: int, key: str, adapter: Adapter) -> None:
    """A creation that failed may have happened all the same: only looking tells."""
    try:
        ref = next((one.ref for one in adapter.find([key])), None)
    except TrackerError:
        return
    if ref is not None:
        sent.created[index] = ref
        del sent.failures[index]
