"""A record, and the transactions that keep what was written from the eyes of others for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Row:
    """Values are kept in an inner form: ids as text, aware datetimes to the second, numbers as floats.

    *hidden*: sharing keeps it from the API's user. *before* is what others still see while a transaction is open;
    *unborn*: they do not see it at all. *busy*: so many writes find it locked. *frozen*: an approval locks it.
    """

    id: str
    type: str
    values: dict[str, Any]
    hidden: bool = False
    before: dict[str, Any] | None = None
    unborn: bool = False
    busy: int = 0
    frozen: bool = False

    def get(self, name: str) -> Any:
        """What others see."""
        return (self.values if self.before is None else self.before).get(name)

    @property
    def deleted(self) -> bool:
        return bool(self.get("IsDeleted"))


@dataclass
class Flight:
    """A transaction that is under way: its stamps are taken, its rows are not visible yet."""

    rows: list[Row] = field(default_factory=list)

    def touch(self, row: Row, *, new: bool) -> None:
        if row in self.rows:
            return
        self.rows.append(row)
        row.unborn = new
        row.before = None if new else dict(row.values)

    def commit(self) -> None:
        """Everything in it becomes visible."""
        for row in self.rows:
            row.before, row.unborn = None, False
        self.rows.clear()


class Undo:
    """What it takes to roll back; *off* outside of an all-or-none request."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], None]] | None = None

    def begin(self) -> None:
        self._steps = []

    def note(self, step: Callable[[], None]) -> None:
        if self._steps is not None:
            self._steps.append(step)

    def end(self, *, back: bool) -> None:
        for step in reversed(self._steps or []) if back else ():
            step()
        self._steps = None


class Refused(Exception):
    """What the API says no to, in its own words."""

    def __init__(self, code: str, message: str, fields: list[str] | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = fields
        self.status = status

    @property
    def body(self) -> list[dict[str, Any]]:
        """As every resource but collections says it."""
        told: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return [told if self.fields is None else told | {"fields": self.fields}]

    @property
    def error(self) -> dict[str, Any]:
        """As collections say it."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields or []}


def not_found() -> Refused:
    """For what is not there and for what must not be seen."""
    return Refused("NOT_FOUND", "The requested resource does not exist", status=404)
