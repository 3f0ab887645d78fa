"""Drafting: which edits would make a ticket show what the process knows, and which of them the mode allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from .assessment import Assessment, Clock
from .effect import Purpose
from .escalation import Record, World
from .evidence import instant
from .fields import ENDED, OWN_FIELDS, STEPS, Stage
from .note import render
from .people import Person, PersonRef
from .plan import Change, Create, Draft, Edit, Mode, Move, SetField, Withheld, WriteNote, enforces
from .ticket import Status, Value

REPLACED = ("OWNER_MISSING", "OWNER_IS_QUEUE", "OWNER_INACTIVE")
"""Ownership findings that a configured fallback owner mends; two named people are for people to settle."""

Fit = Callable[[str, Value], Value]


@dataclass(frozen=True, slots=True)
class Drafted:
    """The *change* that the mode allows, None where there is nothing to do, and what is kept back."""

    change: Change | None
    withheld: tuple[Withheld, ...] = ()


def draft(
    assessment: Assessment,
    record: Record,
    world: World,
    *,
    mode: Mode,
    note: bool,
    fit: Fit,
    stages: Mapping[Stage, tuple[str, ...]],
    reminds: bool = False,
) -> Drafted:
    """What escsync would change on this ticket.

    *note* says whether the tracker can keep a note internal, *fit* how it rounds a value, *stages* which stages
    have a status to move to, *reminds* whether a task is created where nobody has scheduled the check-in. A ticket
    that already shows everything gives no edit.
    """
    if record.vanished is not None:
        return Drafted(None)
    edits: list[tuple[Edit, tuple[str, ...]]] = []
    merging = [*_merge(assessment, record)]
    if not merging or not stages.get(Stage.DUPLICATE):
        edits.extend(_owner(assessment, record, world))
    edits.extend(merging or _undo(assessment, record))
    edits.extend(_own_fields(assessment, record, fit))
    edits.extend(_reminder(assessment, record) if reminds else ())
    text, digest = render(assessment)
    seen = record.ticket.note
    amiss = seen is None or seen.digest != digest or bool(seen.twins)
    if amiss and _worth_a_note(assessment, record):
        found = (seen.digest, seen.id, seen.twins) if seen else (None, "", ())
        edits.append((WriteNote(text, digest, *found), _codes(assessment)))
    based_on = record.ticket.digest() if edits else ""
    allowed: list[tuple[Edit, tuple[str, ...]]] = []
    withheld: list[Withheld] = []
    for edit, because in edits:
        reason = _withheld(edit, mode, note, stages)
        if reason:
            withheld.append(Withheld(_change(record, based_on, (edit,), because), reason))
        else:
            allowed.append((edit, because))
    because = tuple(dict.fromkeys(code for _, codes in allowed for code in codes))
    change = _change(record, based_on, tuple(edit for edit, _ in allowed), because) if allowed else None
    return Drafted(change, tuple(withheld))


def _change(record: Record, based_on: str, edits: tuple[Edit, ...], because: tuple[str, ...]) -> Change:
    ticket = record.ticket
    return Change(record.tracker, ticket.ref, based_on, edits, because, ticket.version)


def _withheld(edit: Edit, mode: Mode, note: bool, stages: Mapping[Stage, tuple[str, ...]]) -> str:
    needed = Mode.ENFORCE if enforces(edit) else Mode.ANNOTATE
    if mode.rank < needed.rank:
        return f"mode:{mode}"
    if isinstance(edit, WriteNote) and not note:
        return "not_internal"
    if isinstance(edit, Move) and not stages.get(edit.new):
        return f"unmapped:stages.{edit.new}"
    return ""


def _worth_a_note(assessment: Assessment, record: Record) -> bool:
    """A side exit or a finished escalation gets no new note; an old note is brought up to date once.

    What escsync itself set aside says so: the note names the survivor (G-9).
    """
    ended = assessment.stage in (Stage.CANDIDATE, Stage.REJECTED, Stage.DUPLICATE, Stage.COMPLETE)
    aside = assessment.stage is Stage.DUPLICATE and _set_aside(record)
    return not ended or aside or record.ticket.note is not None


def _codes(assessment: Assessment) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.code for f in assessment.findings if f.cycle == assessment.cycle))


def _owner(assessment: Assessment, record: Record, world: World) -> Iterator[tuple[Edit, tuple[str, ...]]]:
    """The named fallback owns what nobody, a queue or a deactivated person owns (G-2, G-5)."""
    because = tuple(f.code for f in assessment.findings if f.code in REPLACED and f.cycle == assessment.cycle)
    if not because or "owner" not in record.ticket.values or assessment.closed_at is not None:
        return
    before: Person | None = assessment.owners[0] if len(assessment.owners) == 1 else None
    stand_in = world.directory.stand_in(before, assessment.now)
    native = stand_in.ids.get(record.tracker) if stand_in else None
    current = (c.anchor_at for c in assessment.clocks if c.name == "owner" and c.cycle == assessment.cycle)
    begun = next(current, assessment.identified_at)
    if stand_in is None or not native or native in record.inactive or _declined(record, native, begun):
        return
    new = (PersonRef(native, stand_in.name, stand_in.email, active=True),)
    yield SetField("owner", record.ticket.values["owner"], new), because


def _declined(record: Record, native: str, begun: datetime) -> bool:
    """Did escsync name this stand-in before in this cycle, and somebody take it back? People have the last word."""
    return any(
        record.ours
        and fact.when.at >= begun
        and fact.actor is not None
        and fact.actor.id == record.ours
        and isinstance(fact.value, tuple)
        and any(isinstance(ref, PersonRef) and ref.id == native for ref in fact.value)
        for fact in record.ticket.history.get("owner", ())
    )


def _undo(assessment: Assessment, record: Record) -> Iterator[tuple[Edit, tuple[str, ...]]]:
    """A closure that skipped steps is taken back once; a person who closes again has the last word (G-6)."""
    codes = [f.code for f in assessment.findings if f.cycle == assessment.cycle]
    skipped = tuple(
        code for code in codes if code.startswith("STEP_SKIPPED") or code == "CLOSED_NOT_IMPLEMENTED"
    )
    closed = assessment.closed_at is not None and record.ticket.status.stage is Stage.CLOSED
    jumped = (
        closed and skipped and assessment.stage in STEPS and assessment.stage is not Stage.RESOLUTION_PENDING
    )
    if jumped and "ENFORCEMENT_DISPUTED" not in codes:
        yield Move(record.ticket.status.name or record.ticket.status.id, assessment.stage), skipped


def _merge(assessment: Assessment, record: Record) -> Iterator[tuple[Edit, tuple[str, ...]]]:
    """The later of two escalations with the very same source is set aside, once; nothing is deleted (ENT-8)."""
    same = any(f.code == "DUPLICATE" for f in assessment.findings)
    aside = assessment.stage in ENDED or assessment.closed_at is not None
    if same and not aside and not _set_aside(record):
        status = record.ticket.status
        yield Move(status.name or status.id, Stage.DUPLICATE), ("DUPLICATE",)


def _set_aside(record: Record) -> bool:
    """Was it ever escsync that marked it as a duplicate?"""
    return any(
        record.ours
        and fact.actor is not None
        and fact.actor.id == record.ours
        and isinstance(fact.value, Status)
        and fact.value.stage is Stage.DUPLICATE
        for fact in record.ticket.history.get("stage", ())
    )


def _reminder(assessment: Assessment, record: Record) -> Iterator[tuple[Edit, tuple[str, ...]]]:
    """A task for the CSM where nobody has scheduled the check-in, once per cycle (CLO-4)."""
    code = "FOLLOW_UP_NOT_SCHEDULED"
    if not any(f.code == code and f.cycle == assessment.cycle for f in assessment.findings):
        return
    ticket, account = record.ticket, assessment.account
    due = next(
        (c.due_at for c in assessment.clocks if c.name == "follow_up" and c.cycle == assessment.cycle), None
    )
    until = f" no later than {instant(due):%Y-%m-%d %H:%M} UTC" if due else ""
    values: dict[str, Value] = {
        "summary": f"Follow-up: check in with {account.name or account.id or 'the customer'}",
        "description": f"Escalation {ticket.key or ticket.id} is closed. Schedule the check-in and hold it{until}; "
        "then record what came of it: improved, not improved or unreachable.",
        "follow_up_due_at": instant(due) if due else None,
    }
    native = account.csm.ids.get(record.tracker) if account.csm else None
    if account.csm is not None and native:
        values["owner"] = (PersonRef(native, account.csm.name, account.csm.email, active=True),)
    key = Purpose(record.tracker, ticket.id, assessment.cycle, code, "create").key(1)
    yield Create(Draft(key, values, parent=ticket.ref)), (code,)


def _own_fields(assessment: Assessment, record: Record, fit: Fit) -> Iterator[tuple[Edit, tuple[str, ...]]]:
    """escsync's own fields, where they are mapped and show something else."""
    wanted = own_values(assessment)
    for name in OWN_FIELDS:
        if name not in record.ticket.values:
            continue
        old, new = record.ticket.values[name], wanted[name]
        if old != (None if new is None else fit(name, new)):
            yield SetField(name, old, new), _codes(assessment)


def own_values(assessment: Assessment) -> dict[str, Value]:
    """What escsync's own fields should hold."""
    current: dict[str, Clock] = {c.name: c for c in assessment.clocks if c.cycle == assessment.cycle}

    def due(name: str) -> Value:
        return instant(current[name].due_at) if name in current else None

    nearest = assessment.next_due
    return {
        "due_at": instant(nearest) if nearest else None,
        "ack_due_at": due("ack"),
        "investigation_due_at": due("investigation"),
        "update_due_at": due("update"),
        "follow_up_due_at": due("follow_up"),
        "computed_priority": assessment.priority,
        "health": assessment.health,
        "escsync_stage": assessment.stage.value,
    }
