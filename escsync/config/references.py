"""References: `${env:NAME}` and `${file:PATH}` in the configuration replaced, and what came through them remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any

from escsync.secrets import Unresolved, refers, resolve

from .document import Document
from .problem import Path, Problem

_CONFIDENTIAL = frozenset({"token", "password", "client_secret", "private_key", "session_id", "ledger"})
"""Keys whose values must never be shown; an address or a name may."""
_REASON = "What is secret, or differs from machine to machine, comes from outside the file."
_REMEDY = "Set the variable, or write `NAME=value` into a file `.env` beside escsync.yaml."


class References:
    """Replaces the references of one document; *offline*, none that belongs to a tracker's connection."""

    def __init__(
        self, document: Document, environ: Mapping[str, str], folder: FilePath, *, offline: bool
    ) -> None:
        self._document, self._environ, self._folder, self._offline = document, environ, folder, offline
        self.problems: list[Problem] = []
        self.secrets: set[str] = set()
        """All that came from outside."""
        self.confidential: set[str] = set()
        """What of it must never be shown."""
        self.hidden: set[Path] = set()
        """Where something comes from outside."""
        self.unresolved: set[Path] = set()
        """Where nothing came."""

    def replaced(self, value: Any, path: Path = ()) -> Any:
        """*value* with every reference replaced; numbers that come from outside stay text."""
        if isinstance(value, dict):
            return {key: self.replaced(each, (*path, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [self.replaced(each, (*path, i)) for i, each in enumerate(value)]
        if not isinstance(value, str) or not refers(value):
            return value
        self.hidden.add(path)
        if self._offline and path[:1] == ("trackers",) and path[2:3] == ("connection",):
            self.unresolved.add(path)
            return value
        try:
            login = path == ("ledger",)
            found = resolve(value, environ=self._environ, folder=self._folder, login=login)
        except Unresolved as error:
            remedy = "" if error.suggestion else _REMEDY
            self.problems.append(
                self._document.problem(path, error.message, error.suggestion, reason=_REASON, remedy=remedy)
            )
            self.unresolved.add(path)
            return value
        self.secrets.update(found.parts)
        if path[-1:] and path[-1] in _CONFIDENTIAL:
            self.confidential.update(found.parts)
        return found.text

    def known(self, problems: Iterable[Problem]) -> list[Problem]:
        """Those of *problems* that are not about a value that could not be had in the first place."""
        return [p for p in problems if not any(p.path[: len(u)] == u for u in self.unresolved)]
