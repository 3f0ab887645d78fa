"""Commands for the people who carry an escalation: draft, handover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.look import pick
from escsync.cli.passes import reported
from escsync.cli.rounds import on_each
from escsync.cli.session import Session
from escsync.report.letter import LetterKind

if TYPE_CHECKING:
    from escsync.domain.assessment import Assessment
    from escsync.domain.escalation import Record


def draft(
    session: Session,
    kind: Annotated[LetterKind, typer.Argument(help="Which message.")],
    id: Annotated[str, typer.Argument(help="An id, a key or a native id.")],
    by: Annotated[
        str | None, typer.Option("--by", help="Who signs; else the owner.", metavar="PERSON")
    ] = None,
) -> Exit:
    """A personal text for the owner to finish and send; escsync never sends it."""
    from escsync.domain.communication import DEFAULT_MARKERS
    from escsync.report import letter

    found = pick(session, id)
    config = session.offline
    named = session.person("--by", by) if by else found.owner
    sender = named if named is not None and named.human else None
    tracker = config.trackers.get(found.tracker)  # absent where its mode is off
    text = letter.letter(
        kind,
        found,
        sender,
        company=config.company,
        policy=config.policy,
        markers=tracker.vocabulary.markers if tracker else DEFAULT_MARKERS,
    )
    if session.terminal.as_json:
        session.terminal.document(
            {
                "schema": 1,
                "id": found.id,
                "key": found.key,
                "kind": kind.value,
                "text": text.text,
                "slots": list(text.slots),
                "warnings": list(text.warnings),
            }
        )
        return Exit.DONE
    session.terminal.raw(text.text)
    for warning in text.warnings:
        session.terminal.note(f"! {warning}", style="yellow")
    return Exit.DONE


def handover(
    session: Session,
    id: Annotated[str, typer.Argument(help="An id, a key or a native id.")],
    to: Annotated[str, typer.Option("--to", help="Who owns it from now on.", metavar="PERSON")],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; for the message to the customer.", metavar="TEXT")
    ] = None,
) -> Exit:
    """One owner change by your order, in whatever mode; no clock restarts."""
    from dataclasses import replace

    from escsync import sync as engine
    from escsync.domain.communication import MessageKind
    from escsync.domain.people import PersonRef
    from escsync.domain.plan import Change, Mode, Plan, SetField

    found = pick(session, id)
    successor = session.person("--to", to)
    tracker = session.config.trackers.get(found.tracker)
    if tracker is None:
        raise Stop(f"{found.tracker}: the tracker is not configured or has mode: off")
    native = successor.ids.get(found.tracker)
    if not native:
        raise Stop(
            f"{successor.name} has no id on {found.tracker}; `escsync doctor` proposes the line for people.yaml"
        )
    if not successor.human or not successor.active:
        raise Stop(f"{successor.name} cannot own an escalation: an owner is an active human being")
    if successor.absence(session.now):
        raise Stop(f"{successor.name} is away now; name somebody who is here")
    if found.owners and [one.id for one in found.owners] == [successor.id]:
        session.terminal.say(f"{found.key}: {successor.name} owns it already; nothing to do.")
        return Exit.DONE
    ticket = _record(session, found).ticket
    new = (PersonRef(native, successor.name, successor.email, active=True),)
    change = Change(
        tracker=found.tracker,
        ticket=ticket.ref,
        based_on=ticket.digest(),
        edits=(SetField("owner", ticket.values.get("owner"), new),),
        because=("HANDOVER",),
        version=ticket.version,
    )
    done = on_each(
        session,
        lambda one: engine.apply(replace(one, mode=Mode.ENFORCE), Plan((change,))),
        trackers=[tracker],
    )
    code = reported(session, done)
    if code is Exit.DONE and any(one.counts.applied for one in done.outcomes):
        marker = next(iter(tracker.vocabulary.markers.get(MessageKind.HANDOVER, ())), "#handover")
        why = f" ({reason})" if reason else ""
        session.terminal.note(f"{found.key} is now owned by {successor.name}{why}. No clock restarts.")
        session.terminal.note(
            f"Tell the customer who answers from now on, and record it as a comment: "
            f"{marker} ... {successor.name} ..."
        )
    elif any(one.counts.stale > 0 for one in done.outcomes):
        session.terminal.note(
            "Somebody changed the owner meanwhile; look with `escsync show` after `escsync sync`."
        )
        code = Exit.PARTIAL
    return code


def _record(session: Session, found: Assessment) -> Record:
    id = found.id.partition("~")[0]
    return next(record for record in session.records(id) if record.id == id)
