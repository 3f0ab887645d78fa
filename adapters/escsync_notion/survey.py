"""What `escsync doctor` looks at besides rights: access, properties, options, statuses; each one line with its fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from escsync.adapter import FIELDS, FieldKind, Level, Problem, TrackerError, canonical

from . import columns as looks
from .columns import GROUPS, Column, plain
from .connection import RATE, Connection
from .discovery import Discovery
from .inquiry import PROVISION, UNMADE
from .query import Query
from .schema import Schema

_ENDS = ("closed", "rejected", "duplicate")


class Survey:
    """One look at everything that the configuration names."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    def look(self) -> Iterator[Problem]:
        """Every line; the first failure to get in at all is the last line."""
        if self._discovery.settings.scope.unmade:
            yield from self._unmade()
            return
        try:
            schema = self._discovery.schema
        except TrackerError as error:
            yield Problem(Level.FAIL, "access", error.message, error.remedy)
            return
        me = self._discovery.me
        where = f" in {me['workspace']}" if me["workspace"] else ""
        yield Problem(Level.OK, "access", f"signed in as {me['name'] or me['id']}{where}")
        for part in (self._scope, self._fields, self._statuses):
            try:
                yield from part(schema)
            except TrackerError as error:
                yield Problem(Level.FAIL, part.__name__.strip("_"), error.message, error.remedy)
        yield from _nature(schema)

    def _unmade(self) -> Iterator[Problem]:
        """There is a page and no database yet: may one be made below it?"""
        page = self._discovery.settings.scope.page
        try:
            me = self._connection.get("users/me", what="signing in").page()
        except TrackerError as error:
            yield Problem(Level.FAIL, "access", error.message, error.remedy)
            return
        yield Problem(Level.OK, "access", f"signed in as {me.get('name') or me['id']}")
        try:
            self._connection.get(f"pages/{page}", what="reading the page")
        except TrackerError as error:
            yield Problem(Level.FAIL, "scope.page", error.message, "share the page: ... > Connections")
        else:
            yield Problem(Level.OK, "scope.page", "the page is shared with the connection")
        yield Problem(Level.FAIL, "scope", UNMADE.removeprefix("scope: "), PROVISION)

    def _scope(self, schema: Schema) -> Iterator[Problem]:
        if self._discovery.beside:
            yield Problem(
                Level.WARNING,
                "scope.database",
                f"it has other data sources besides: {', '.join(self._discovery.beside)}",
                f"name the one that is meant: scope: {{data_source: {schema.source}}}",
            )
        needed = [plain(schema.unique.id)] if schema.unique else []
        some = Query(self._connection, schema.source, needed, "looking for pages in scope").newest()
        if some:
            count = f"{len(some)} pages" if len(some) < 100 else "a hundred pages or more"
            yield Problem(Level.OK, "scope", f"data source {schema.source}: {count}")
        else:
            remedy = "check scope; is it the database with the escalations?"
            yield Problem(Level.WARNING, "scope", f"data source {schema.source}: no page", remedy)
        if schema.unique is None:
            yield Problem(
                Level.WARNING,
                "unique id",
                "the pages have no numbers: keys are pieces of ids, and an owner who left is noticed later",
                "add a property of the type ID to the database",
            )
        else:
            yield Problem(Level.OK, "unique id", schema.unique.name)
        key = self._discovery.settings.scope.key_property
        if key and (schema.key is None or schema.key.type != "rich_text"):
            yield Problem(Level.FAIL, "scope.key_property", f"{key!r} is no text property", "add it, as text")

    def _fields(self, schema: Schema) -> Iterator[Problem]:
        yield from (problem for problem in self._discovery.problems() if problem.code != "CAPABILITY")
        spelled = looks.spelled(schema.vocabulary)
        for name, columns in schema.columns.items():
            for column, word in zip(columns, spelled[name], strict=True):
                yield _field(name, column, word)
                yield from _options(name, column, schema)

    def _statuses(self, schema: Schema) -> Iterator[Problem]:
        column = schema.columns["stage"][0]
        names = [one.name for one in column.options]
        for stage, statuses in schema.vocabulary.stages.items():
            for word in statuses:
                found = column.option(word)
                if found is None:
                    near = difflib.get_close_matches(word, names, n=1)
                    remedy = (
                        f"did you mean {near[0]!r}?" if near else f"the property has: {', '.join(names[:12])}"
                    )
                    yield Problem(Level.FAIL, f"stages.{stage}", f"there is no status {word!r}", remedy)
                    continue
                done, ends = found.group == GROUPS[-1], stage.value in _ENDS
                if found.group and done is not ends:
                    group = "Complete" if ends else "To-do or In progress"
                    where = f"the menu of {column.name!r} > Edit property"
                    remedy = f"move it in Notion to the group {group} ({where}); the API moves none"
                    told = f"{found.name} stands in the group {found.group!r}"
                    yield Problem(Level.WARNING, f"stages.{stage}", told, remedy)
                else:
                    yield Problem(Level.OK, f"stages.{stage}", found.name)
        for one in column.options:
            if schema.vocabulary.stage_of(one.id, one.name) is None:
                remedy = f"map it: stages: {{...: [{one.name}]}}"
                yield Problem(Level.WARNING, f"status {one.name}", "stands for no stage", remedy)


def _field(name: str, column: Column, word: str) -> Problem:
    subject, kind = f"fields.{name}", FIELDS[name].kind
    shown = f"{column.name or column.id} ({column.id}, {column.type})"
    if column.type in looks.CALCULATED:
        remedy = "map the property that it is calculated from"
        return Problem(Level.WARNING, subject, f"{shown} is calculated by Notion and may be wrong", remedy)
    if FIELDS[name].own and column.type in looks.READ_ONLY:
        return Problem(Level.FAIL, subject, f"{shown} cannot be written", f"map a {looks.fitting(name)[0]}")
    if kind is FieldKind.INSTANT and column.type in ("rich_text", "title"):
        return Problem(Level.WARNING, subject, f"{shown} is text", "map a date with a time")
    spelled = plain(looks.parted(word)[0])
    by_name = (
        spelled != plain(column.id) and not column.via and spelled not in ("title", "status", *looks.PAGE)
    )
    if by_name:
        return Problem(
            Level.OK, subject, f"{shown}; mapped by its name: the id {column.id!r} survives a renaming"
        )
    return Problem(Level.OK, subject, shown)


def _options(name: str, column: Column, schema: Schema) -> Iterator[Problem]:
    field = FIELDS[name]
    if field.kind not in (FieldKind.CHOICE, FieldKind.CHOICES) or not column.options:
        return
    meant = {schema.vocabulary.choice(name, one.id, one.name) for one in column.options}
    missing = [choice for choice in field.choices if choice not in meant]
    if missing and (field.own or len(missing) == len(field.choices)):
        level = Level.FAIL if field.own else Level.WARNING
        message = f"no option of {column.name!r} stands for {', '.join(missing)}"
        remedy = f"`escsync provision` adds them or says what to click; or map them: options: {{{name}: {{{missing[0]}: ...}}}}"
        yield Problem(level, f"options.{name}", message, remedy)
    strange = [
        o.name
        for o in column.options
        if canonical(field, schema.vocabulary.choice(name, o.id, o.name)) is None
    ]
    if strange and name != "priority":
        remedy = f"map them under options.{name}"
        yield Problem(Level.WARNING, f"options.{name}", f"unmapped: {', '.join(strange[:8])}"[:200], remedy)


def _nature(schema: Schema) -> Iterator[Problem]:
    yield Problem(
        Level.OK,
        "history",
        "Notion keeps none: what changed when is known from one pass to the next (grade B), comments to the minute",
    )
    yield Problem(Level.OK, "rate", f"at most {RATE:g} requests a second, as Notion asks")
