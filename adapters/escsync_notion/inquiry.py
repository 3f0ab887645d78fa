"""The questions that a new connection puts to Notion once a day: who am I, where are the pages, what do they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from escsync.adapter import Denied, Rejected, Vanished, Vocabulary

from . import columns as looks
from .columns import PAGE, Column, plain
from .connection import Connection
from .settings import NotionScope, dashes

UNMADE = "scope: there is no database yet"
NOT_PROVISIONED = "NOT_PROVISIONED"
PROVISION = "run `escsync provision --apply`: it makes the database below scope.page and writes its id here"
_SHARE = "share the database with the connection (... > Connections), and check the id"
_TRASHED = "restore it there, or name another one"
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Before:
    """What was learnt the last time: the *source*, and the *columns* that the configuration's words meant."""

    source: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)


class Inquiry:
    """One round of questions. *renamed*: words that are no property's name any more -> what it is called now."""

    def __init__(self, connection: Connection, scope: NotionScope, before: Before) -> None:
        self._connection = connection
        self._scope = scope
        self._before = before
        self._sources: dict[str, list[Column] | None] = {}
        self.renamed: dict[str, str] = {}

    def me(self) -> dict[str, str]:
        """Escsync's own account: a bot."""
        raw = self._connection.get("users/me", what="signing in").page()
        bot = raw.get("bot")
        workspace = bot.get("workspace_name") if isinstance(bot, dict) else ""
        return {"id": str(raw["id"]), "name": str(raw.get("name") or ""), "workspace": str(workspace or "")}

    def source(self) -> dict[str, Any]:
        """The data source that the pages are in, and what stands *beside* it in its database.

        Of a database with several, one must be named; one that joins later changes nothing.
        """
        if self._scope.unmade:
            raise Denied(UNMADE, remedy=PROVISION, code=NOT_PROVISIONED)
        if self._scope.data_source:
            return {"source": self._scope.data_source, "beside": []}
        database, what = self._scope.database, "reading the database"
        try:
            raw = self._connection.get(f"databases/{database}", what=what).mapping()
        except Vanished as error:
            if self._is_there(f"data_sources/{database}"):
                raise Denied(
                    "scope.database: this is a data source's id",
                    remedy=f"write scope: {{data_source: {database}}}",
                ) from None
            raise Denied(f"scope.database: {error.message}", remedy=_SHARE) from None
        if raw.get("in_trash") is True:
            raise Denied("scope.database: it lies in Notion's trash", remedy=_TRASHED)
        told = raw.get("data_sources")
        entries = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        found = {dashes(str(one.get("id"))): str(one.get("name") or "") for one in entries if one.get("id")}
        chosen = self._before.source if self._before.source in found else ""
        if not chosen and len(found) == 1:
            chosen = next(iter(found))
        named = [f"{name!r} ({id})" for id, name in found.items() if id != chosen][:_MOST_NAMED]
        if chosen:
            return {"source": chosen, "beside": named}
        raise Denied(
            f"scope.database: it has {len(found)} data sources: {', '.join(named)}"
            if found
            else "scope.database: it has no data source that the connection may see",
            remedy="name the one that holds the escalations: scope: {data_source: ID}" if found else _SHARE,
        )

    def columns(self, source: str, vocabulary: Vocabulary) -> dict[str, Any]:
        """The properties that the configuration names, as it spells them: the one that is meant, or why there is none."""
        try:
            every = self._read(source)
        except Vanished:
            if self._scope.data_source and self._is_there(f"databases/{source}"):
                raise Denied(
                    "scope.data_source: this is a database's id",
                    remedy=f"write scope: {{database: {source}}}",
                ) from None
            raise
        wanted = {looks.parted(word)[0] for some in looks.spelled(vocabulary).values() for word in some}
        key = self._scope.key_property
        found = {word: self.meant(word, every) for word in sorted(wanted | ({key} if key else set()))}
        unique = next((column.told() for column in every if column.type == "unique_id"), None)
        return {"columns": found, "unique": unique}

    def _is_there(self, path: str) -> bool:
        try:
            self._connection.get(path, what="looking what an id means")
        except (Vanished, Rejected):
            return False
        return True

    def _read(self, source: str) -> list[Column]:
        raw = self._connection.get(f"data_sources/{source}", what="reading the properties").mapping()
        return looks.listed(raw.get("properties"))

    def _beside(self, relation: Column) -> list[Column] | None:
        """The properties of the pages that a relation leads to; None where they are not shared."""
        source = dashes(relation.source) if relation.source else ""
        if source not in self._sources:
            try:
                self._sources[source] = self._read(source) if source else []
            except Vanished:
                self._sources[source] = None
        return self._sources[source]

    def meant(self, word: str, every: list[Column]) -> dict[str, Any] | str:
        """A property that was renamed is still meant by its old name: it is known by its id for as long as it lives."""
        found, before = self._named(word, every), self._before.columns.get(word)
        if not isinstance(before, dict) or word in ("title", "status", *PAGE):
            return found
        if isinstance(found, dict) and (found["id"], found["via"]) == (before["id"], before["via"]):
            return found
        still = self._by_id(before, every)
        if still is None:
            return found
        self.renamed[word] = f"{still.through}.{still.name}" if still.via else still.name
        return still.told()

    def _named(self, word: str, every: list[Column]) -> dict[str, Any] | str:
        matches = looks.matching(word, every)
        if len(matches) == 1:
            return matches[0].told()
        if matches:
            ids = ", ".join(match.id for match in matches)
            return f"{word!r} may be any of several properties ({ids}): map one by its id"
        kind = "of the type " if word in ("title", "status") else ""
        return self._beyond(word, every) or f"the database has no property {kind}{word!r}"

    def _beyond(self, word: str, every: list[Column]) -> dict[str, Any] | str:
        """`Relation.Property`: a property of the pages that a relation leads to (decision 16)."""
        for place, sign in enumerate(word):
            relations = looks.matching(word[:place], every) if sign == "." else []
            if len(relations) != 1 or relations[0].type != "relation":
                continue
            relation = relations[0]
            there = self._beside(relation)
            if there is None:
                return f"the database behind {relation.name!r} is not shared with the connection"
            matches = [one for one in looks.matching(word[place + 1 :], there) if one.id not in PAGE]
            if len(matches) == 1 and matches[0].type != "relation":
                return _through(relation, matches[0]).told()
            return f"the database behind {relation.name!r} has no property {word[place + 1 :]!r}"
        return ""

    def _by_id(self, before: Mapping[str, Any], every: list[Column]) -> Column | None:
        """The property that was meant, whatever it and the relation to it are called now."""
        if not before["via"]:
            return _of(before["id"], every)
        relation = _of(before["via"], every)
        if relation is None or relation.type != "relation":
            return None
        found = _of(before["id"], self._beside(relation) or [])
        return _through(relation, found) if found else None


def _of(id: str, columns: list[Column]) -> Column | None:
    return next((column for column in columns if plain(column.id) == plain(id)), None)


def _through(relation: Column, column: Column) -> Column:
    return replace(column, via=relation.id, through=relation.name, source=dashes(relation.source))


def resolved(
    vocabulary: Vocabulary, found: Mapping[str, Any]
) -> tuple[dict[str, tuple[Column, ...]], dict[str, str]]:
    """Our fields -> the properties, and those that cannot be told, with the reason."""
    columns: dict[str, tuple[Column, ...]] = {}
    lost: dict[str, str] = {}
    for name, words in looks.spelled(vocabulary).items():
        several: list[Column] = []
        for word in words:
            spelled, box = looks.parted(word)
            told = found.get(spelled, f"the database has no property {spelled!r}")
            if isinstance(told, str):
                lost[name] = told
                continue
            column = replace(Column.of(told), box=box)
            if why := looks.unfit(name, column):
                lost[name] = f"{column.name or column.id}: {why}"
            several.append(column)
        if not words:
            lost[name] = "no property is mapped to it"
        if name not in lost:
            columns[name] = tuple(several)
    return columns, lost
