"""Removal: what escsync made is taken away again, unless a tracker that is not asked about still uses it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from escsync.cli.exits import Stop
from escsync.cli.provisioning.pen import Pen
from escsync.cli.provisioning.work import Work, row

if TYPE_CHECKING:
    from escsync.offers import Provided, Provisioner
    from escsync.setup.neighbours import Neighbour
    from escsync.setup.writeback import Left


def remove(work: Work, adapter: Provisioner, *, apply: bool, sure: bool) -> None:
    """List what *work* made, and remove it with *apply*."""
    from escsync.adapter import Vanished
    from escsync.setup.neighbours import neighbours

    others = neighbours(_trackers(work), work.tracker.name)
    asked = work.session.config.trackers
    work.things = list(_spared(list(adapter.provided()), [one for one in others if one.name not in asked]))
    mine = [one for one in work.things if not one.kept]
    kept = (len(work.things) - len(mine), "kept")
    for one in work.things:
        if one.kept or not apply:
            work.say("KEEP" if one.kept else "REMOVE", one.id, one.what, one.kept)
    if not apply or not mine or not (sure or _agreed(work, len(mine))):
        work.sum((len(mine), "to remove"), kept, none="nothing that escsync made is there")
        return

    def withdraw(one: Provided) -> None:
        try:
            adapter.withdraw(one)
        except Vanished:
            return  # somebody else was quicker: it is gone, which is what was wanted

    pens = _pens(work, [one.name for one in others if one.name in asked])
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
    from escsync.setup.neighbours import naming
    from escsync.setup.writeback import Left

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


def _pens(work: Work, others: Sequence[str]) -> list[Pen]:
    """One for the tracker's own section, and one for each of *others* from which everything is taken away, too."""
    from escsync.setup.writeback import struck

    return [Pen(work.session, name, struck, work.known) for name in (work.tracker.name, *others)]


def _agreed(work: Work, count: int) -> bool:
    """On a terminal a person is asked once more; a script has said --apply."""
    terminal = work.session.terminal
    if not (terminal.interactive and sys.stdin.isatty()):
        return True
    from rich.prompt import Confirm

    things = "1 thing" if count == 1 else f"{count} things"
    asked = f"Remove {things} from {work.tracker.name}? All values in it go with it"
    return Confirm.ask(asked, console=terminal.err, default=False)
