"""What people fill: pages, comments and blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .schema import DataSource
from .texts import plain


@dataclass
class Block:
    id: str
    type: str
    content: dict[str, Any]
    created_at: datetime
    created_by: str
    edited_at: datetime
    in_trash: bool = False


@dataclass
class Page:
    """A row of *source*, or a page under the page *parent*. *values* are kept by plain property id.

    *hidden*: not shared with the connection; *purged*: gone from the trash as well.
    """

    id: str
    source: DataSource | None
    parent: str
    order: int
    created_at: datetime
    created_by: str
    edited_at: datetime
    edited_by: str
    values: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    icon: Any = None
    cover: Any = None
    locked: bool = False
    in_trash: bool = False
    hidden: bool = False
    purged: bool = False
    blocks: list[Block] = field(default_factory=list)

    @property
    def title(self) -> str:
        return plain(self.values.get("title") or ())

    @property
    def key(self) -> str:
        """What people call it: its unique id, where it has one."""
        own = self.source.properties.values() if self.source else ()
        known = next((p for p in own if p.type == "unique_id"), None)
        prefix = known.config.get("prefix") if known else None
        return f"{prefix}-{self.number}" if prefix else str(self.number) if known else self.id[:8]


@dataclass
class Comment:
    """*discussion* is its thread; a resolved one is not shown any more."""

    id: str
    page: str
    discussion: str
    author: str
    created_at: datetime
    edited_at: datetime
    runs: list[dict[str, Any]]
    block: str = ""
