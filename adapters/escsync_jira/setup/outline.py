"""The outline: the part of Jira's schema on which a configuration leans, as it is now and as it was last known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from escsync.adapter import Binding
from escsync.offers import Part

from .. import schema as looks
from ..connection import Connection
from ..discovery import Discovery
from ..forms import Forms, called, entries
from ..process import Process, read
from ..schema import Column

_EVERYWHERE = ("summary", "issuetype", "project", "reporter")
"""Fields that every new ticket has: that they are required is no news."""


class Outline:
    """One configuration's parts."""

    def __init__(self, connection: Connection, discovery: Discovery, binding: Binding) -> None:
        self._connection = connection
        self._cloud = discovery.cloud
        self._scope = discovery.settings.scope
        self._vocabulary = binding.vocabulary
        self._before = binding.discovery

    def now(self) -> Iterator[Part]:
        """Every part, freshly asked for."""
        forms = Forms(self._connection, cloud=self._cloud)
        project = forms.project(self._scope.project) if self._scope.project else None
        types = entries(project, "issueTypes")
        kind = next((str(one.get("id")) for one in types if called(one, self._scope.issue_type)), "")
        every = forms.fields(project)
        form = forms.form(self._scope.project, kind) if project and kind else {}
        edited = forms.edited(self._scope) or {}
        mapped = self._mapped(every)
        for column, used in mapped.values():
            meta = form.get(column.id) or edited.get(column.id)
            yield Part(
                "field",
                column.id,
                column.name,
                used,
                column.form,
                looks.options(meta),
                _required(form[column.id]) if column.id in form else None,
            )
        names = {column.id: column for column in every}
        for id, meta in form.items():
            if id not in mapped and id not in _EVERYWHERE and _required(meta):
                column = names.get(id, Column(id, str(meta.get("name") or id)))
                yield Part("field", id, column.name, (), column.form, looks.options(meta), True)
        yield from self._statuses(forms.statuses(self._scope.project, kind) if project else None)
        if kind and self._cloud:
            process = read(self._connection, str((project or {}).get("id")), kind)
            yield self._process(process, kind, names)

    def recalled(self) -> Iterator[Part]:
        """The same as far as it was learnt before."""
        told = self._before.get("columns")
        known = [Column(*one) for some in (told if isinstance(told, dict) else {}).values() for one in some]
        for column, used in self._mapped(known).values():
            yield Part("field", column.id, column.name, used, column.form)
        statuses = self._known_statuses()
        names = [name for name, _ in statuses.values()]
        for id, (name, category) in statuses.items():
            used = self._stages(id, name)
            # Projects that teams manage each have statuses of their own, named alike.
            if used and (names.count(name) == 1 or id in self._written()):
                yield Part("status", id, name, used, category=_category(category))

    def _mapped(self, every: Iterable[Column]) -> dict[str, tuple[Column, tuple[str, ...]]]:
        """The fields that the configuration names, with the keys that do; one renamed since is known by its id."""
        columns = list(every)
        by_id = {column.id: column for column in columns}
        told = self._before.get("columns")
        before = told if isinstance(told, dict) else {}
        found: dict[str, tuple[Column, tuple[str, ...]]] = {}
        for name, spellings in self._vocabulary.fields.items():
            for spelling in spellings:
                word, _ = looks.parted(spelling)
                matches = looks.matching(word, columns)
                if not matches:
                    matches = [by_id[one[0]] for one in before.get(word, ()) if one and one[0] in by_id]
                for column in matches if len(matches) == 1 else ():
                    used = found.get(column.id, (column, ()))[1]
                    found[column.id] = (column, tuple(dict.fromkeys([*used, f"fields.{name}"])))
        return found

    def _statuses(self, listed: Iterable[Mapping[str, Any]] | None) -> Iterator[Part]:
        if listed is None:
            answer = self._connection.get("status", what="reading the list of statuses", refused=(404,))
            listed = answer.listing() if answer.status != 404 else ()
        before = self._known_statuses()
        for one in listed:
            id, name = str(one.get("id")), str(one.get("name") or "")
            used = self._stages(id, name) or self._stages("", before.get(id, ("", ""))[0])
            if used:
                told = one.get("statusCategory")
                key = str(told.get("key")) if isinstance(told, dict) else ""
                yield Part("status", id, name, used, category=_category(key))

    def _process(self, process: Process | None, kind: str, names: Mapping[str, Column]) -> Part:
        """The workflow as one part; a field that a move insists on is told with the move."""
        id, name = f"{self._scope.project}/{kind}", f"the workflow of {self._scope.issue_type}"
        called = {id: column.name for id, column in names.items()}
        return Part("workflow", id, name, steps=process.steps(called) if process else None)

    def _stages(self, id: str, name: str) -> tuple[str, ...]:
        wanted = {word.casefold() for word in (id, name.strip()) if word}
        return tuple(
            f"stages.{stage}"
            for stage, statuses in self._vocabulary.stages.items()
            if any(status.strip().casefold() in wanted for status in statuses)
        )

    def _written(self) -> set[str]:
        return {status.strip() for statuses in self._vocabulary.stages.values() for status in statuses}

    def _known_statuses(self) -> dict[str, tuple[str, str]]:
        told = self._before.get("statuses")
        return {id: (some[0], some[1]) for id, some in (told if isinstance(told, dict) else {}).items()}


def _required(meta: Mapping[str, Any]) -> bool:
    return meta.get("required") is True and meta.get("hasDefaultValue") is not True


def _category(key: str) -> str | None:
    return ("done" if key == "done" else "open") if key else None
