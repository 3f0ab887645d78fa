"""Provisioning as the tests of it go about it: wishes, gaps, and everything made that can be made."""

from __future__ import annotations

import copy
from typing import Any

from escsync.adapter import Vocabulary
from escsync.offers import Gap
from escsync.setup.wishes import wishes

from .rig import Rig
from .schema import Field
from .world import JiraWorld

STAGES = {"intake": ("Open",), "investigation": ("Investigation",), "closed": ("Closed",)}
FEW = ("root_cause", "committed_at", "health", "findings_summary", "checklist.csm_spoken", "is_technical")


def words(fields: Any = None, **options: Any) -> Vocabulary:
    return Vocabulary(fields=dict(fields or {}), options=options)


def connected(made: Rig, fields: Any = None, stages: Any = STAGES, scope: Any = None, **how: Any) -> Any:
    where = {"scope": scope} if scope else {}
    return made.connect(fields=dict(fields or {}), stages=stages, fresh=True, **where, **how)


def gaps(adapter: Any, fields: Any = None, only: tuple[str, ...] = FEW, **options: Any) -> list[Gap]:
    return list(adapter.missing(wishes(words(fields, **options), only=only)))


def apply(adapter: Any, found: list[Gap]) -> dict[str, tuple[str, ...]]:
    """Everything that can be made, and what the configuration says from then on."""
    fields: dict[str, tuple[str, ...]] = {}
    for gap in found:
        if not gap.by_hand:
            for key, value in adapter.provide(gap).settings.items():
                assert key[0] == "fields"
                fields[key[1]] = tuple(value) if isinstance(value, list) else (value,)
    return fields


def named(world: JiraWorld, name: str) -> list[Field]:
    return [field for field in world.fields.values() if field.name == name]


def drawn(world: JiraWorld) -> Any:
    """Everything that an administrator could have arranged."""
    fields = {
        f.id: (f.name, f.custom, f.description, [o.value for o in f.options]) for f in world.fields.values()
    }
    arranged = world.arrangement
    return copy.deepcopy((fields, arranged.screens, arranged.schemes, arranged.projects))
