"""The part of a database's schema on which the configuration leans, as it is now and as it was learnt earlier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import Vocabulary
from escsync.offers import Part

from .. import columns as looks
from ..columns import GROUPS, PAGE, Column

_WITH_OPTIONS = ("select", "multi_select", "status")


def parts(vocabulary: Vocabulary, found: Mapping[str, Any]) -> Iterator[Part]:
    """Each mapped property once, with all the keys that name it, and each option of the status property.

    *found*: the configuration's words -> the properties that they mean, as JSON. What they mean no more is left out.
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
    yield from _statuses(stage, vocabulary) if stage is not None else ()


def _statuses(column: Column, vocabulary: Vocabulary) -> Iterator[Part]:
    """The group *Complete* is what Notion calls done; the options of a select have none."""
    for one in column.options:
        stage = vocabulary.stage_of(one.id, one.name)
        yield Part(
            "status",
            one.id,
            one.name,
            (f"stages.{stage}",) if stage is not None else (),
            category=("done" if one.group == GROUPS[-1] else "open") if one.group else None,
        )
