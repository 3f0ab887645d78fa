"""Stages: which of a tracker's statuses stands for which step of the process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeAlias

from escsync.adapter import Stage
from escsync.domain.fields import MAPPED_STAGES, STEPS
from escsync.offers import Step

from .likeness import Likeness, likeness
from .synonyms import STAGES

Rung: TypeAlias = tuple[Stage, Step, int, str]
NEEDED = (*STEPS, Stage.CLOSED)
"""The stages through which every escalation goes: a status should stand for each."""
ENDS = frozenset({Stage.CLOSED, Stage.REJECTED, Stage.DUPLICATE})
NAMED = "you named it"
_WORTH_SAYING = 40
_WRONG_END = 40
"""Less sure is a status that says "closed" and does not count as done there, and the other way round."""


def proposed(
    steps: Iterable[Step], given: Mapping[str, Sequence[str]]
) -> tuple[tuple[Rung, ...], tuple[Step, ...]]:
    """What each status stands for, by stage and the surest first; and the statuses that stand for nothing.

    *given* are stages whose statuses a person named, the one to be written first: that is not doubted.
    """
    known = _distinct(steps)
    found = [_told(Stage(name), spelling, known) for name, spelled in given.items() for spelling in spelled]
    named = {rung[1].spelling: rank for rank, rung in enumerate(found)}
    for step in known:
        if step.spelling in named:
            continue
        rungs = [
            (stage, step, one.confidence, one.reason)
            for stage in MAPPED_STAGES
            if (one := _judged(stage, step))
        ]
        best = max(rungs, key=lambda rung: (rung[2], -MAPPED_STAGES.index(rung[0])), default=None)
        if best is not None and best[2] >= _WORTH_SAYING:
            found.append(best)
    found += _by_place(known, found)
    found.sort(
        key=lambda rung: (
            MAPPED_STAGES.index(rung[0]),
            named.get(rung[1].spelling, len(named)),
            -rung[2],
            rung[1].order,
            rung[1].spelling,
        )
    )
    placed = {rung[1].spelling for rung in found}
    return tuple(found), tuple(step for step in known if step.spelling not in placed)


def _told(stage: Stage, spelling: str, known: Sequence[Step]) -> Rung:
    folded = spelling.strip().casefold()
    found = [step for step in known if folded in (step.spelling.casefold(), step.name.strip().casefold())]
    if len(found) == 1:
        return stage, found[0], 100, NAMED
    return stage, Step(spelling, spelling), 100, f"{NAMED}{_doubt(folded, len(found), known)}"


def _doubt(folded: str, found: int, known: Sequence[Step]) -> str:
    """What is to be said of a name that is no status, or several; nothing where no status is known at all."""
    if found:
        return f", but {found} statuses are called so: name it by its id"
    names = {step.name.strip().casefold(): step.name.strip() for step in known}
    near = get_close_matches(folded, names, n=1, cutoff=0.6)
    meant = f"; did you mean {names[near[0]]!r}?" if near else ""
    return f", but the tracker has no such status{meant}" if known else ""


def _judged(stage: Stage, step: Step) -> Likeness | None:
    like = likeness(step.name, (stage.value,), STAGES[stage])
    if not like.confidence:
        return None
    if step.done == (stage in ENDS):
        return like
    why = "but it does not count as done there" if stage in ENDS else "but it counts as done there"
    return Likeness(max(0, like.confidence - _WRONG_END), f"{like.reason}, {why}")


def _by_place(steps: Sequence[Step], found: Sequence[Rung]) -> list[Rung]:
    """Where no name tells it: the status in which tickets begin, and the only one that ends them."""
    placed, stages = {rung[1].spelling for rung in found}, {rung[0] for rung in found if rung[2] >= 70}
    free = [step for step in steps if step.spelling not in placed]
    beginnings = [step for step in free if step.initial and not step.done]
    ends = [step for step in free if step.done]
    more: list[Rung] = []
    if Stage.INTAKE not in stages and len(beginnings) == 1:
        more.append((Stage.INTAKE, beginnings[0], 75, "tickets begin in it"))
    if Stage.CLOSED not in stages and len(ends) == 1:
        more.append((Stage.CLOSED, ends[0], 75, "it counts as done there"))
    return more


def _distinct(steps: Iterable[Step]) -> list[Step]:
    found: dict[str, Step] = {}
    for step in sorted(steps, key=lambda s: (s.order, s.spelling, s.name)):
        if step.spelling.strip():
            found.setdefault(step.spelling.strip().casefold(), step)
    return list(found.values())
