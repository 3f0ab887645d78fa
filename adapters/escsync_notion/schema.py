"""What one Notion database looks like to the codec: properties, statuses, people, escsync's own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from escsync.adapter import PersonKind, PersonRef, Status, Vocabulary

from .columns import GROUPS, PAGE, Column, plain

_MOST_CHOICES = 2000


@dataclass(frozen=True, slots=True)
class Schema:
    """One database as the codec needs to know it.

    *lost* are our fields whose property is gone or cannot hold them, with the reason. *unique* is the property with
    the pages' own numbers, *key* the one that carries escsync's marks. *resolved* are users who were asked about one
    by one: their name and whether they are still there. *names* are those of everybody met.
    """

    me: str
    source: str
    vocabulary: Vocabulary
    columns: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)
    unique: Column | None = None
    key: Column | None = None
    resolved: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    _every: list[Column] = field(default_factory=list)
    _choices: dict[tuple[str, ...], str] = field(default_factory=dict)
    _statuses: dict[tuple[str, str], Status] = field(default_factory=dict)

    def every(self) -> list[Column]:
        """All columns that are read."""
        if not self._every:
            own = [one for one in (self.unique, self.key) if one is not None]
            self._every.extend([*own, *(column for some in self.columns.values() for column in some)])
        return self._every

    def needed(self) -> list[str]:
        """The ids of the properties to ask for, as a query takes them: without the encoding they come in."""
        ids = (column.via or column.id for column in self.every() if column.id not in PAGE)
        return list(dict.fromkeys(plain(id) for id in ids))

    def choice(self, name: str, words: tuple[str, ...]) -> str:
        """The canonical value that an option's spellings mean; options are few, pages many."""
        asked = (name, *words)
        if asked not in self._choices:
            if len(self._choices) > _MOST_CHOICES:
                self._choices.clear()
            self._choices[asked] = self.vocabulary.choice(name, *words)
        return self._choices[asked]

    def status(self, id: str, name: str) -> Status:
        """A status in our words; the group of its option tells whether Notion calls it done."""
        asked = (id, name)
        if asked not in self._statuses:
            column = next(iter(self.columns.get("stage", ())), None)
            option = column.option(id) or column.option(name) if column else None
            listed = option.name if option else ""
            done = option is not None and option.group == GROUPS[-1]
            stage = self.vocabulary.stage_of(id, name, listed)
            self._statuses[asked] = Status(id, name or listed or id, stage, done)
        return self._statuses[asked]

    def person(self, raw: Mapping[str, Any]) -> PersonRef:
        """The user, bot or group that *raw* is; who it was is remembered.

        Somebody who has left the workspace, or whom the connection may not see, comes as a mere id.
        """
        id = str(raw.get("id") or "")
        kind = raw.get("type") if raw.get("object") != "group" else "group"
        name = raw.get("name") if isinstance(raw.get("name"), str) else ""
        if name:
            self.names[id] = str(name)
        shown = str(name or self.names.get(id, ""))
        if kind == "group":
            return PersonRef(id, shown, kind=PersonKind.GROUP)
        if id == self.me or kind not in ("person", None):
            return PersonRef(id, shown, kind=PersonKind.BOT)
        if kind == "person":
            told = raw.get("person")
            email = told.get("email") if isinstance(told, dict) else ""
            return PersonRef(id, shown or id, email if isinstance(email, str) else "", active=True)
        if id in self.resolved:
            known, what, active = self.resolved[id]
            kinds = PersonKind.BOT if what == "bot" else PersonKind.HUMAN
            return PersonRef(id, known or shown or id, kind=kinds, active=active)
        return PersonRef(id, shown or id)

    def is_stranger(self, raw: Mapping[str, Any]) -> bool:
        """Is *raw* a mere id that nobody has asked about yet?"""
        id = raw.get("id")
        return (
            isinstance(id, str)
            and raw.get("object") == "user"
            and not raw.get("type")
            and id not in self.resolved
            and id != self.me
        )


class Properties(dict[str, Mapping[str, Any]]):
    """A page's properties by their plain ids."""


def by_id(raw: Mapping[str, Any]) -> Properties:
    """A page's properties by their plain ids, sorted out once and kept in their place."""
    told = raw.get("properties")
    if isinstance(told, Properties):
        return told
    found = Properties()
    for entry in told.values() if isinstance(told, dict) else ():
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            found[plain(entry["id"])] = entry
    if isinstance(raw, dict) and isinstance(told, dict):
        raw["properties"] = found
    return found
