"""The questions that a new connection puts to Notion once a day: who am I, where are the pages, what do they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from escsync.adapter import Denied, Vanished, Vocabulary

from . import columns as looks
from .columns import Column
from .connection import Connection
from .settings import NotionScope, dashes

_SHARE = "share the database with the connection (... > Connections), and check the id"
_MOST_NAMED = 10


class Inquiry:
    """One round of questions."""

    def __init__(self, connection: Connection, scope: NotionScope) -> None:
        self._connection = connection
        self._scope = scope
        self._sources: dict[str, list[Column]] = {}

    def me(self) -> dict[str, str]:
        """Escsync's own account: a bot."""
        raw = self._connection.get("users/me", what="signing in").page()
        bot = raw.get("bot")
        workspace = bot.get("workspace_name") if isinstance(bot, dict) else ""
        return {"id": str(raw["id"]), "name": str(raw.get("name") or ""), "workspace": str(workspace or "")}

    def source(self) -> str:
        """The data source that the pages are in; of a database with several, one must be named."""
        if self._scope.data_source:
            return self._scope.data_source
        what = "reading the database"
        try:
            raw = self._connection.get(f"databases/{self._scope.database}", what=what).mapping()
        except Vanished as error:
            raise Denied(f"scope.database: {error.message}", remedy=_SHARE) from None
        told = raw.get("data_sources")
        entries = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        found = {dashes(str(one.get("id"))): str(one.get("name") or "") for one in entries if one.get("id")}
        if len(found) == 1:
            return next(iter(found))
        listed = ", ".join(f"{name!r} ({id})" for id, name in list(found.items())[:_MOST_NAMED])
        raise Denied(
            f"scope.database: it has {len(found)} data sources: {listed}"
            if found
            else "scope.database: it has no data source that the connection may see",
            remedy="name the one that holds the escalations: scope: {data_source: ID}" if found else _SHARE,
        )

    def columns(self, source: str, vocabulary: Vocabulary) -> dict[str, Any]:
        """The properties that the configuration names, as it spells them: the one that is meant, or why there is none."""
        every = self._of(source)
        wanted = {looks.parted(word)[0] for some in looks.spelled(vocabulary).values() for word in some}
        key = self._scope.key_property
        found = {word: self._meant(word, every) for word in sorted(wanted | ({key} if key else set()))}
        unique = next((column.told() for column in every if column.type == "unique_id"), None)
        return {"columns": found, "unique": unique}

    def _of(self, source: str) -> list[Column]:
        if source not in self._sources:
            what = "reading the properties"
            raw = self._connection.get(f"data_sources/{source}", what=what).mapping()
            self._sources[source] = looks.listed(raw.get("properties"))
        return self._sources[source]

    def _meant(self, word: str, every: list[Column]) -> dict[str, Any] | str:
        matches = looks.matching(word, every)
        if len(matches) == 1:
            return matches[0].told()
        if matches:
            ids = ", ".join(match.id for match in matches)
            return f"{word!r} may be any of several properties ({ids}): map one by its id"
        return self._beyond(word, every) or f"the database has no property {word!r}"

    def _beyond(self, word: str, every: list[Column]) -> dict[str, Any] | str:
        """`Relation.Property`: a property of the pages that a relation leads to (decision 16)."""
        for place, sign in enumerate(word):
            relations = looks.matching(word[:place], every) if sign == "." else []
            if len(relations) != 1 or relations[0].type != "relation":
                continue
            relation = relations[0]
            try:
                there = self._of(dashes(relation.source)) if relation.source else []
            except Vanished:
                return f"the database behind {relation.name!r} is not shared with the connection"
            matches = [one for one in looks.matching(word[place + 1 :], there) if one.id not in looks.PAGE]
            if len(matches) == 1 and matches[0].type != "relation":
                return replace(matches[0], via=relation.id, source=dashes(relation.source)).told()
            return f"the database behind {relation.name!r} has no property {word[place + 1 :]!r}"
        return ""


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
