"""The pen: writes what a tracker's section should say into the file in which it stands, and keeps what it could not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from escsync.cli.session import Session
    from escsync.offers import Key, Provided
    from escsync.setup.writeback import Edited, Left, Section

_SOON = 1.0
"""Seconds after which what was learnt stands in the file, should the machine itself stop."""
_TRIES = 3
_NAMED = ("fields", "scope")
"""Sections in which an id stands that nobody knows by heart."""
_LONGEST = 60
_ARTICLE = re.compile(r"^(a|an|the) ")
_LISTED = re.compile(r"\(([\w ]+): [^()]*\)")
_OUTSIDE = re.compile(r", (?![^(]*\))")
"""A comma that stands in no brackets."""


class Pen:
    """Collects settings of one *tracker* and writes them: at the latest after a second, and at the end, however it ends.

    *edit* is `written` or `struck` of escsync.setup.writeback.
    """

    def __init__(
        self,
        session: Session,
        tracker: str,
        edit: Callable[[str, Section, Mapping[Key, Any], Mapping[Key, str]], Edited],
    ) -> None:
        self._session = session
        self._section = ("trackers", tracker)
        self._edit = edit
        self._waiting: dict[Key, Any] = {}
        self._notes: dict[Key, str] = {}
        self._since = 0.0
        self.files: list[str] = []
        """The files that were written."""
        self.left: list[Left] = []
        """What a person must write."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.write()

    def note(self, one: Provided) -> None:
        """The section should say this from now on, each new id with a comment that says what it is."""
        now = self._session.host.monotonic()
        self._since = self._since if self._waiting else now
        self._waiting |= one.settings
        what = brief(one.what.removeprefix(f"{one.id} "))
        self._notes |= {
            key: what for key, value in one.settings.items() if key[0] in _NAMED and value != key[-1]
        }
        if now - self._since >= _SOON:
            self.write()

    def write(self) -> None:
        """Write what waits; what cannot be written is kept in *left*, nothing is lost."""
        waiting, self._waiting = self._waiting, {}
        for file, settings in self._by_file(waiting):
            self.left += self._into(file, settings)

    def _into(self, file: str, settings: Mapping[Key, Any]) -> list[Left]:
        from escsync.config import ConfigError
        from escsync.setup.writeback import Changed, Left, read, save

        path, why = self._session.host.directory() / file, "somebody else is writing it"
        for _ in range(_TRIES):
            try:
                before = read(path)
                edited = self._edit(before, self._section, settings, self._notes)
                if edited.text != before:
                    save(path, before, edited.text)
                    self.files += [] if file in self.files else [file]
                return [replace(one, why=f"{file}: {one.why}") for one in edited.left]
            except Changed:
                continue
            except OSError as error:
                why = error.strerror or "it cannot be written"
            except (ConfigError, UnicodeDecodeError):
                why = "it is no YAML any more"
            break
        return [Left((*self._section, *key), value, f"{file}: {why}") for key, value in settings.items()]

    def _by_file(self, settings: Mapping[Key, Any]) -> Iterator[tuple[str, dict[Key, Any]]]:
        """Each setting with the file in which it stands, or its section does: an included one maybe."""
        config = self._session.config
        found: dict[str, dict[Key, Any]] = {}
        for key, value in settings.items():
            found.setdefault(config.origin((*self._section, *key)).file, {})[key] = value
        yield from found.items()


def brief(what: str) -> str:
    """Its name and its type are enough: not which options it has, nor on how many screens it is."""
    from escsync.report.display import shown

    bare = _LISTED.sub(r"(\1)", _ARTICLE.sub("", what[:400]))
    return shown(", ".join(_OUTSIDE.split(bare)[:2]), _LONGEST)
