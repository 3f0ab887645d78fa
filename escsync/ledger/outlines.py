"""Outlines: what each tracker's schema was when somebody last said that it is well as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from .codec import dumps
from .schema import OUTLINES


@dataclass(frozen=True, slots=True)
class Outline:
    """A schema as it was accepted: *at* when, *parts* as plain JSON; None where they cannot be read."""

    at: datetime
    parts: tuple[Any, ...] | None


def accepted(connection: Connection, tracker: str) -> Outline | None:
    """The one of *tracker*; None where there is none."""
    row = connection.execute(select(OUTLINES).where(OUTLINES.c.tracker == tracker)).first()
    return None if row is None else Outline(row.at, legible(row.doc))


def legible(doc: str) -> tuple[Any, ...] | None:
    """The parts that *accept* wrote; None where somebody, or something newer, wrote what cannot be read."""
    try:
        parts = json.loads(doc)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return None
    return tuple(parts)


def accept(connection: Connection, tracker: str, parts: Sequence[Any], at: datetime) -> None:
    """Keep *parts* in the place of what was accepted before."""
    connection.execute(delete(OUTLINES).where(OUTLINES.c.tracker == tracker))
    connection.execute(insert(OUTLINES), [{"tracker": tracker, "at": at, "doc": dumps(list(parts))}])
