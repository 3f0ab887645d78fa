"""Stories: what there is to do when an ordeal begins, each with another kind of effect."""

from __future__ import annotations

from escsync.adapter import Create, Draft, PersonRef, Stage
from escsync.domain.plan import Change, Plan

from .brittle import status
from .ordeal import Ordeal


def _people(ordeal: Ordeal, id: str) -> tuple[PersonRef, ...]:
    return (ordeal.tracker.people[id],)


def _opened(ordeal: Ordeal, stage: Stage = Stage.INTAKE, owner: str = "lena") -> str:
    values = {
        "summary": "Wrong invoices",
        "account.name": "Alder AG",
        "owner": _people(ordeal, owner) if owner else None,
        "stage": status(stage),
        "health": None,
    }
    return ordeal.tracker.open(values, "idris").id


def ownerless(ordeal: Ordeal) -> None:
    """Nobody owns it: an owner, a field of our own and the first note are to be written; a person may own it."""
    id = _opened(ordeal, owner="")
    ordeal.ends = {id: {"owner": [_people(ordeal, "dana")]}}
    _may(ordeal, id, owner=_people(ordeal, "idris"))


def unrecorded(ordeal: Ordeal) -> None:
    """The same on a tracker without a history."""
    ordeal.tracker.remembers = False
    id = _opened(ordeal, owner="")
    ordeal.ends = {id: {"owner": [_people(ordeal, "dana")]}}
    _may(ordeal, id, owner=_people(ordeal, "idris"))


def unguarded(ordeal: Ordeal) -> None:
    """The same on a tracker whose writes cannot be made conditional."""
    ordeal.guarded = False
    ownerless(ordeal)


def closed(ordeal: Ordeal) -> None:
    """It was closed too early and is to be moved back, with a note; a person may reject it instead."""
    id = _opened(ordeal)
    ordeal.tracker.set(id, {"stage": status(Stage.CLOSED)}, "lena")
    # Where it is moved back a day later, the acknowledgement is overdue by then (decision 27).
    ordeal.ends = {id: {"stage": [status(Stage.INTAKE), status(Stage.INVESTIGATION)]}}
    _may(ordeal, id, stage=status(Stage.REJECTED))


def forgotten(ordeal: Ordeal) -> None:
    """The same on a tracker without a history: who moved it, only the ledger can know."""
    ordeal.tracker.remembers = False
    id = _opened(ordeal)
    ordeal.settle()
    ordeal.tracker.set(id, {"stage": status(Stage.CLOSED)}, "lena")
    ordeal.ends = {id: {"stage": [status(Stage.INTAKE), status(Stage.INVESTIGATION)]}}
    _may(ordeal, id, owner=_people(ordeal, "idris"))


def rewritten(ordeal: Ordeal) -> None:
    """It has its note, and something new to say; a person may change the owner once more."""
    id = _opened(ordeal)
    ordeal.settle()
    ordeal.tracker.set(id, {"owner": _people(ordeal, "dana")}, "idris")
    ordeal.ends = {id: {"owner": [_people(ordeal, "dana")]}}
    _may(ordeal, id, owner=_people(ordeal, "idris"))


def followed(ordeal: Ordeal) -> None:
    """All is written, and a follow-up task is to be created beside it."""
    id = _opened(ordeal)
    ordeal.settle()
    ticket = ordeal.tracker.shown(ordeal.tracker.held[id])
    task = Create(Draft("k1", {"summary": "Check-in"}, parent=ticket.ref))
    change = Change(
        "support", ticket.ref, ticket.digest(), (task,), ("FOLLOW_UP_NOT_SCHEDULED",), ticket.version
    )
    ordeal.saved = Plan((change,))
    ordeal.wanted = ("k1",)


def _may(ordeal: Ordeal, id: str, **values: object) -> None:
    ordeal.hands = {id: {name: [value] for name, value in values.items()}}
    ordeal.hand = lambda: ordeal.tracker.set(id, values, "idris")  # type: ignore[arg-type]
