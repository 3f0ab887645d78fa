"""Lapses: the rules by which nothing is lost and nothing is done twice, switched off one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from escsync.adapter import Found
from escsync.domain.effect import Effect
from escsync.ledger import Ledger
from escsync.ledger.database import Database
from escsync.ledger.leases import Leases


class Blind:
    """An adapter that takes everything for absent."""

    def __init__(self, adapter: Any) -> None:
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)

    def find(self, keys: Sequence[str]) -> Iterator[Found]:
        """Nothing is there."""
        return iter(())


class Hasty(Ledger):
    """Waits for no request that may still land."""

    def unfinished(self, tracker: str) -> list[Effect]:
        """All of them have waited long enough."""
        long_ago = datetime(2000, 1, 1, tzinfo=UTC)
        return [replace(effect, not_before=long_ago) for effect in super().unfinished(tracker)]


class Late(Ledger):
    """Records that something is to be sent when it has been."""

    _claims: tuple[Sequence[Effect], str] | None = None

    def claim(self, tracker: str, effects: Sequence[Effect], pass_id: str) -> None:
        """Later."""
        self._claims = (effects, pass_id)

    def settle(self, tracker: str, effects: Iterable[Effect]) -> None:
        """Both at once."""
        claims, self._claims = self._claims, None
        if claims is not None:
            super().claim(tracker, *claims)
        super().settle(tracker, effects)


class Forgetful(Ledger):
    """Keeps no receipts."""

    def receipt(self, tracker: str, key: str, remote_id: str) -> None:
        """Nobody notes it."""

    def receipts(self, tracker: str) -> Mapping[str, tuple[str, ...]]:
        """Nobody noted anything."""
        return {}


class Unfenced(Ledger):
    """Lets a pass that was overtaken write."""

    def __init__(self, database: Database, *, clock: Callable[[], float]) -> None:
        super().__init__(database, clock=clock)
        self._leases = _Open(database, clock)


class _Open(Leases):
    @contextmanager
    def write(self, tracker: str) -> Iterator[Connection]:
        """A transaction of anybody's."""
        with self._database.write() as connection:
            yield connection


_KINDS = {"settle": Hasty, "claim": Late, "receipts": Forgetful, "fence": Unfenced}


def ledger(database: Database, off: frozenset[str], clock: Callable[[], float]) -> Ledger:
    """A ledger without the rule that is *off*."""
    kind = next((made for rule, made in _KINDS.items() if rule in off), Ledger)
    return kind(database, clock=clock)
