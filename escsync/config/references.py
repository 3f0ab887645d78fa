"""References: `${env:NAME}` and `${file:PATH}` in the configuration replaced, and what came through them remembered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from escsync.secrets import Unresolved, refers, resolve

from .confidence import confidential
from .document import Document
from .environment import Environment
from .problem import Path, Problem

_REASON = "What is secret, or differs from machine to machine, comes from outside the file."
_REMEDY = "Set the variable, or write `{}=...` into a file `.env` beside escsync.yaml; or name a file that is there."


class References:
    """Replaces the references of one document; *offline*, none that belongs to a tracker's connection."""

    def __init__(
        self, document: Document, environment: Environment, folder: FilePath, *, offline: bool
    ) -> None:
        self._document, self._environment = document, environment
        self._folder, self._offline = folder, offline
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
            environ, discreet = self._environment.values, confidential(path)
            found = resolve(value, environ=environ, folder=self._folder, login=login, discreet=discreet)
        except Unresolved as error:
            self.unresolved.add(path)
            # What a `.env` that cannot be read whole would have told is not missed.
            if not (error.variable and self._environment.problems):
                remedy = _REMEDY.format(error.variable or "NAME")
                said = self._document.problem(path, error.message, error.suggestion, reason=_REASON)
                self.problems.append(said if error.suggestion else replace(said, remedy=remedy))
            return value
        self.secrets.update(found.parts)
        # An Apprise address is a login, whatever part of it comes from outside.
        if confidential(path) or login:
            self.confidential.update(found.parts)
        return found.text

    def known(self, problems: Iterable[Problem]) -> list[Problem]:
        """Those of *problems* that are not about a value that could not be had in the first place."""
        return [p for p in problems if not any(p.path[: len(u)] == u for u in self.unresolved)]
