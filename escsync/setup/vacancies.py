"""Vacancies: the steps of the process for which no status of a tracker stands."""

from __future__ import annotations

from collections.abc import Iterator

from escsync.adapter import Level, Problem, Stage, Vocabulary
from escsync.domain.fields import STEPS
from escsync.offers import Gap

from .wishes import label

_NO_STATUS = "no status stands for it"
_MEANS = (
    "where an escalation stands is judged by what was done, but nobody can show in the tracker that it stands here, "
    "and a closing that skipped this step cannot be moved back to it"
)
_MEANS_CLOSED = (
    "a ticket counts as closed only in a status that the tracker calls done and that no stage names"
)


def vacant(vocabulary: Vocabulary) -> tuple[Stage, ...]:
    """The steps, and closing, that nothing stands for; none where no stage is mapped: the adapter has its own statuses then,
    or says so itself."""
    mapped = {stage for stage, statuses in vocabulary.stages.items() if statuses}
    return tuple(stage for stage in (*STEPS, Stage.CLOSED) if stage not in mapped) if mapped else ()


def warnings(vocabulary: Vocabulary) -> Iterator[Problem]:
    """One line for each, with what it means."""
    for stage in vacant(vocabulary):
        remedy = f"{_fix(stage)}; or leave it as it is"
        yield Problem(Level.WARNING, f"stages.{stage}", f"{_NO_STATUS}: {_means(stage)}", remedy)


def gaps(vocabulary: Vocabulary) -> Iterator[Gap]:
    """The same as what a person has to make: no adapter invents a status."""
    for stage in vacant(vocabulary):
        by_hand = f"{_fix(stage)}; or leave it as it is: {_means(stage)}"
        yield Gap(f"stage:{stage}", f"stages.{stage}", _NO_STATUS, by_hand)


def _means(stage: Stage) -> str:
    return _MEANS_CLOSED if stage is Stage.CLOSED else _MEANS


def _fix(stage: Stage) -> str:
    name = label(stage.value)
    return f"create a status for it in the tracker (say {name!r}) and map it: stages: {{{stage}: {name}}}"
