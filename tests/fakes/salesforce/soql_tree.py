"""What a query says, as a tree: what is selected, from where, under which condition, in which order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Path:
    """A field by its way from the object of the query; *label*: asked for as toLabel."""

    parts: tuple[str, ...]
    at: int
    label: bool = False


@dataclass(frozen=True)
class Aggregate:
    function: str
    path: Path | None
    alias: str


@dataclass(frozen=True)
class TypeOf:
    """What to show of a polymorphic parent, by its type."""

    parts: tuple[str, ...]
    at: int
    when: tuple[tuple[str, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...]


@dataclass(frozen=True)
class Literal:
    """*kind*: string, number, instant, day, word (null, true, false, or a date's name)."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True)
class Compare:
    path: Path
    operator: str
    value: Literal


@dataclass(frozen=True)
class Among:
    """*operator*: IN, NOT IN, INCLUDES or EXCLUDES; of a list or of what a query selects."""

    path: Path
    operator: str
    values: tuple[Literal, ...] | Query


@dataclass(frozen=True)
class Joined:
    """*word*: AND, OR, NOT."""

    word: str
    parts: tuple[Condition, ...]


Condition: TypeAlias = Compare | Among | Joined


@dataclass
class Query:
    items: list[Path | Aggregate | TypeOf | Query]
    type: str
    at: int
    alias: str = ""
    where: Condition | None = None
    group: list[Path] = field(default_factory=list)
    order: list[tuple[Path, bool, bool]] = field(default_factory=list)
    """Path, descending, nulls last."""
    limit: int | None = None
    offset: int = 0

    @property
    def aggregated(self) -> bool:
        return bool(self.group) or any(isinstance(item, Aggregate) for item in self.items)

    @property
    def counts(self) -> bool:
        """Is it SELECT COUNT() without a field?"""
        return len(self.items) == 1 and isinstance(self.items[0], Aggregate) and self.items[0].path is None
