"""The part of a database's schema on which the configuration leans, as it is now and as it was learnt earlier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import Stage, Vocabulary
from escsync.offers import Part

from .. import columns as looks
from ..columns import GROUPS, PAGE, Column

_WITH_OPTIONS = ("select", "multi_select", "status")


def parts(
    vocabulary: Vocabulary, found: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> Iterator[Part]:
    """Each mapped property once, with all the keys that name it, and each status that stands for a stage.

    *found*: the configuration's words -> the properties that they mean, as JSON. What they mean no more is left out.
    *before* is the same as it was learnt earlier: a status that was renamed since stands for what it stood for.
    """
    columns, used = dict[str, Column](), dict[str, list[str]]()
    stage: Column | None = None
    for name, words in looks.spelled(vocabulary).items():
        for word in words:
            told = found.get(looks.parted(word)[0])
            if not isinstance(told, dict) or told["id"] in PAGE:
                continue
            column = Column.of(told)
            id = f"{column.via}.{column.id}" if column.via else column.id
            columns[id] = column
            used.setdefault(id, []).append(f"fields.{name}")
            stage = column if name == "stage" else stage
    for id, column in columns.items():
        # What a status can be is said status by status.
        listed = column.type in _WITH_OPTIONS and column is not stage
        yield Part(
            "field",
            id,
            f"{column.through}.{column.name}" if column.via else column.name,
            tuple(used[id]),
            type=column.type,
            options={one.id: one.name for one in column.options} if listed else None,
            required=False,
        )
    if stage is not None:
        yield from _statuses(stage, vocabulary, _stood_for(vocabulary, before or {}))


def _statuses(column: Column, vocabulary: Vocabulary, before: Mapping[str, Stage]) -> Iterator[Part]:
    """The group *Complete* is what Notion calls done; the options of a select have none."""
    for one in column.options:
        stage = vocabulary.stage_of(one.id, one.name) or before.get(one.id)
        if stage is not None:
            category = ("done" if one.group == GROUPS[-1] else "open") if one.group else None
            yield Part("status", one.id, one.name, (f"stages.{stage}",), category=category)


def _stood_for(vocabulary: Vocabulary, before: Mapping[str, Any]) -> dict[str, Stage]:
    """What each status stood for by its name of then."""
    told = [before.get(looks.parted(word)[0]) for word in looks.spelled(vocabulary)["stage"]]
    options = [one for entry in told if isinstance(entry, dict) for one in Column.of(entry).options]
    known = ((one.id, vocabulary.stage_of(one.id, one.name)) for one in options)
    return {id: stage for id, stage in known if stage is not None}
