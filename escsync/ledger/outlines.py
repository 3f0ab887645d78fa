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
    """A schema as it was accepted: *at* when, *parts* as plain JSON."""

    at: datetime
    parts: tuple[Any, ...]


def accepted(connection: Connection, tracker: str) -> Outline | None:
    """The one of *tracker*; None where there is none, or none that can be read."""
    row = connection.execute(select(OUTLINES).where(OUTLINES.c.tracker == tracker)).first()
    if row is None:
        return None
    try:
        parts = json.loads(row.doc)
    except ValueError:
        return None
    return Outline(row.at, tuple(parts)) if isinstance(parts, list) else None


def accept(connection: Connection, tracker: str, parts: Sequence[Any], at: datetime) -> None:
    """Keep *parts* in the place of what was accepted before."""
    connection.execute(delete(OUTLINES).where(OUTLINES.c.tracker == tracker))
    connection.execute(insert(OUTLINES), [{"tracker": tracker, "at": at, "doc": dumps(list(parts))}])
