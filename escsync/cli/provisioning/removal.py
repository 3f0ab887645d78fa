"""Removal: what escsync made is taken away again, unless a tracker that is not asked about still uses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from escsync.cli.exits import Stop
from escsync.cli.provisioning.pen import Pen
from escsync.cli.provisioning.work import AGAIN, Work, row

if TYPE_CHECKING:
    from escsync.offers import Provided, Provisioner
    from escsync.setup.editing.writeback import Left
    from escsync.setup.neighbours import Neighbour


_NOTHING = "nothing that escsync made is there"


def ask(work: Work, adapter: Provisioner) -> None:
    """List what *work* made, and ask a person whether it shall go; nobody else has to wait for the answer."""
    mine, kept = _listed(work, adapter, ("KEEP", "REMOVE"))
    work.agreed = bool(mine) and _agreed(work, len(mine))
    if not work.agreed:
        work.sum((len(mine), "left as it was"), kept, none=_NOTHING)


def remove(work: Work, adapter: Provisioner, *, apply: bool) -> None:
    """List what *work* made, and remove it with *apply*."""
    from escsync.adapter import Rejected, Vanished

    # Whoever was asked has seen it all.
    signs = () if work.agreed else ("KEEP",) if apply else ("KEEP", "REMOVE")
    mine, kept = _listed(work, adapter, signs)
    if not apply or not mine:
        work.sum((len(mine), "to remove"), kept, none=_NOTHING)
        return

    def withdraw(one: Provided) -> None:
        if work.errors and not one.settings:
            raise Rejected("it may serve what could not be removed", remedy=AGAIN)
        try:
            adapter.withdraw(one)
        except Vanished:
            return  # somebody else was quicker: it is gone, which is what was wanted

    pens = _pens(work)
    try:
        with ExitStack() as open:
            for pen in pens:
                open.enter_context(pen)
            for one, _ in work.each(mine, withdraw, lambda one: one.id):
                work.done.append(one)
                for pen in pens:
                    pen.note(one)
                work.say("GONE", one.id, one.what)
        for pen in pens:
            told = {one.path for one in pen.left}
            pen.left += [one for one in _still(work, pen.tracker) if one.path not in told]
    finally:
        work.wrote(pens, "it should not say any more")
    work.sum((len(work.done), "removed"), (len(work.errors), "failed"), kept)


def removed(work: Work) -> dict[str, Any]:
    """The same as JSON has it."""
    return {
        "provided": [row(work, one) for one in work.things],
        "removed": [one.id for one in work.done],
        "take_out": work.unwritten,
    }


def _trackers(work: Work) -> Any:
    """What the configuration says of its trackers at this moment, unread."""
    from escsync.config import ConfigError
    from escsync.config.layers import layers

    try:
        data = layers(work.session.path).whole.data
    except ConfigError as error:
        raise work.session.misconfigured(error) from None
    return data.get("trackers") if isinstance(data, dict) else None


def _still(work: Work, name: str) -> list[Left]:
    """What the section of the tracker *name* says of things that are gone by now, though not of them alone."""
    from escsync.setup.editing.writeback import Left
    from escsync.setup.neighbours import naming

    try:
        sections = _trackers(work)
    except Stop:
        return []
    section = sections.get(name) if isinstance(sections, dict) else None
    return [
        Left(
            ("trackers", name, *key), value, f"{one.id} is gone from the tracker, and it is named there still"
        )
        for one in work.done
        for key, value in naming(section, one.id)
    ]


def _spared(things: Sequence[Provided], users: Sequence[Neighbour]) -> Iterator[Provided]:
    """*things*, and why each stays that one of *users* needs; what belongs to no field may serve them as well."""
    uses = {(one.kind, one.id): (user, key) for one in things for user in users if (key := user.use(one))}
    for one in things:
        user, key = uses.get((one.kind, one.id), (None, ""))
        if one.kept or not uses:
            yield one
        elif user is not None:
            why = f"the tracker {user.name} uses it ({key}): take the entry out there, or deprovision both together"
            yield replace(one, kept=why)
        elif not one.settings:
            names = ", ".join(sorted({user.name for user, _ in uses.values()}))
            yield replace(one, kept=f"it may serve what is kept for {names}")
        else:
            yield one


def _listed(work: Work, adapter: Provisioner, signs: Sequence[str]) -> tuple[list[Provided], tuple[int, str]]:
    """What is to go, and how much stays; a line for each that has one of these *signs*."""
    from escsync.offers import Accompanied
    from escsync.setup.neighbours import neighbours

    asked, tracker = work.session.config.trackers, work.tracker
    if isinstance(adapter, Accompanied):
        alike = [one for one in asked.values() if one.adapter == tracker.adapter and one.name != tracker.name]
        adapter.together([one.settings for one in alike])
    users = [one for one in neighbours(_trackers(work), work.tracker.name) if one.name not in asked]
    work.things = list(_spared(list(adapter.provided()), users))
    for one in work.things:
        if (sign := "KEEP" if one.kept else "REMOVE") in signs:
            work.say(sign, one.id, one.what, one.kept)
    mine = [one for one in work.things if not one.kept]
    return mine, (len(work.things) - len(mine), "kept")


def _pens(work: Work) -> list[Pen]:
    """One for the tracker's own section, and one for each other from which everything is taken away, too."""
    from escsync.setup.editing.writeback import struck
    from escsync.setup.neighbours import neighbours

    name, asked = work.tracker.name, work.session.config.trackers
    others = [one.name for one in neighbours(_trackers(work), name) if one.name in asked]
    return [Pen(work.session, one, struck, work.known) for one in (name, *others)]


def _agreed(work: Work, count: int) -> bool:
    from rich.prompt import Confirm

    things = "1 thing" if count == 1 else f"{count} things"
    asked = f"Remove {things} from {work.tracker.name}? All values in it go with it"
    try:
        return Confirm.ask(asked, console=work.session.terminal.err, default=False)
    except EOFError:
        return False
