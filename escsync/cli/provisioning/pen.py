"""The pen: writes what a tracker's section should say into the file in which it stands, and keeps what it could not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    from escsync.cli.session import Session
    from escsync.offers import Key, Provided
    from escsync.setup.editing.writeback import Edited, Left, Section

    Edit: TypeAlias = Callable[
        [str, Section, Mapping[Key, Any], Mapping[Key, str] | None, str | None], Edited
    ]

_SOON = 1.0
"""Seconds for which what was learnt may wait for more of it."""
_TRIES = 3
_NAMED = ("fields", "scope")
"""Sections in which an id stands that nobody knows by heart."""
_LONGEST = 60
_ARTICLE = re.compile(r"^(a|an|the) ")
_LISTED = re.compile(r"\(([\w ]+): [^()]*\)")
_OUTSIDE = re.compile(r", (?![^(]*\))")
"""A comma that stands in no brackets."""


class Pen:
    """Collects settings of one *tracker* and writes them: about once a second, and at the end, however it ends.

    *edit* is `sound`, or `struck` of escsync.setup.editing.writeback; *known* are the files as they were when it was decided
    what they lack.
    """

    def __init__(
        self,
        session: Session,
        tracker: str,
        edit: Edit,
        known: Mapping[str, str],
    ) -> None:
        self._session = session
        self.tracker = tracker
        self._section = ("trackers", tracker)
        self._edit = edit
        self._known = dict(known)
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
        try:
            self.write()
        except KeyboardInterrupt:
            # Who ends it in the middle of the last write ends it after that; a second time cuts it short.
            self.write()
            raise

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
        for file, settings in self._by_file(self._waiting):
            left = self._into(file, settings)
            again = {one.path for one in left}
            self.left = [*(one for one in self.left if one.path not in again), *left]
            # Only now: an interruption in between writes them once more.
            self._waiting = {key: one for key, one in self._waiting.items() if key not in settings}

    def _into(self, file: str, settings: Mapping[Key, Any]) -> list[Left]:
        from escsync.config import ConfigError
        from escsync.setup.editing.exchange import Changed, read, save
        from escsync.setup.editing.writeback import Left

        path, why = self._session.host.directory() / file, "somebody else is writing it"
        for _ in range(_TRIES):
            try:
                before = read(path)
                known = self._known.get(file, before)
                edited = self._edit(before, self._section, settings, self._notes, known)
                if edited.text != before:
                    save(path, before, edited.text)
                    self.files += [] if file in self.files else [file]
                # What is written here is no decision of somebody else's later on.
                self._known[file] = self._edit(known, self._section, settings, None, known).text
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


def sound(session: Session) -> Edit:
    """`written`, but for what would leave a configuration that does not load."""
    from escsync.config.layers import layers
    from escsync.setup.editing.soundness import unsound
    from escsync.setup.editing.writeback import Edited, Left, leaves, written

    def edit(
        text: str,
        section: Section,
        settings: Mapping[Key, Any],
        notes: Mapping[Key, str] | None = None,
        known: str | None = None,
    ) -> Edited:
        wrong = dict(unsound(layers(session.path).whole, section, settings))
        entries = dict(leaves(settings))
        done = written(text, section, {k: v for k, v in entries.items() if k not in wrong}, notes, known)
        left = (Left((*section, *key), entries[key], why) for key, why in wrong.items())
        return Edited(done.text, (*done.left, *left))

    return edit


def files(session: Session) -> dict[str, str]:
    """Each file of the configuration as it is now."""
    from escsync.setup.editing.exchange import read

    found = {}
    for name in {origin.file for origin in session.config.origins.values()}:
        with suppress(OSError, UnicodeDecodeError):
            found[name] = read(session.host.directory() / name)
    return found


def brief(what: str) -> str:
    """Its name and its type are enough: not which options it has, nor on how many screens it is."""
    from escsync.report.display import shown

    bare = _LISTED.sub(r"(\1)", _ARTICLE.sub("", what[:400]))
    return shown(", ".join(_OUTSIDE.split(bare)[:2]), _LONGEST)
