"""What `escsync doctor` looks at: access, permissions, fields, options, statuses; each one line with its fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import (
    FIELDS,
    Denied,
    FieldKind,
    Level,
    Problem,
    Rejected,
    TrackerError,
    Unavailable,
    canonical,
)

from . import jql
from .connection import Connection
from .discovery import Discovery
from .forms import Forms, called, entries
from .nearness import nearest, strange_type
from .process import read, seen
from .schema import DEFAULTS, Column, Schema
from .search import SCOPE

_SAMPLE = 50
_ADDS = "`escsync provision` adds them or says what to click"
_LISTED = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.FLAG, FieldKind.CHECK)
_UNCOUNTED = (403, 404, 405, 410)
"""How Jira says that it does not count: then that a ticket is found is enough."""
_FITTING = {
    FieldKind.INSTANT: ("datetime", "date", "string", "any"),
    FieldKind.DAY: ("date", "datetime", "string", "any"),
    FieldKind.NUMBER: ("number", "string", "any"),
    FieldKind.PEOPLE: ("user", "array", "string", "option", "group", "team", "any"),
}


class Survey:
    """One look at everything that the configuration names."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    @property
    def _forms(self) -> Forms:
        return Forms(self._connection, cloud=self._discovery.cloud)

    def look(self) -> Iterator[Problem]:
        """Every line; the first failure to get in at all is the last line."""
        try:
            schema = self._discovery.schema
        except TrackerError as error:
            yield Problem(Level.FAIL, "access", error.message, error.remedy)
            return
        kind = "Jira Cloud" if schema.cloud else "Jira Data Center"
        yield Problem(
            Level.OK, "access", f"{kind}, signed in as {schema.me}; dates without a time are {schema.zone}"
        )
        for part in (self._notes, self._scope, self._fields, self._statuses, self._ways):
            try:
                yield from part(schema)
            except (Unavailable, Denied) as error:
                # An outage, or a right that was taken: neither says anything of what the configuration names.
                yield Problem(Level.FAIL, "access", error.message, error.remedy)
                return
            except TrackerError as error:
                yield Problem(Level.FAIL, part.__name__.strip("_"), error.message, error.remedy)

    def _notes(self, schema: Schema) -> Iterator[Problem]:
        if schema.service_desk:
            internal = "comments reach customers here; the note is written as internal, or not at all"
            yield Problem(Level.OK, "service desk", internal)

    def _scope(self, schema: Schema) -> Iterator[Problem]:
        try:
            count = self._count(schema)
        except Rejected as error:
            told = strange_type(self._forms, self._discovery.settings.scope)
            yield Problem(Level.FAIL, "scope", *(told or (error.message, error.remedy or SCOPE)))
            return
        if count:
            yield Problem(Level.OK, "scope", f"{count} tickets")
        else:
            yield Problem(
                Level.WARNING, "scope", "no ticket is in scope", "check project, issue_type, labels, jql"
            )

    def _count(self, schema: Schema) -> object:
        """How many tickets are in scope; "some" where Jira finds them and does not count them."""
        what, question = "counting the tickets in scope", jql.within(self._discovery.settings.scope)
        if not schema.cloud:
            answer = self._connection.get("search", what=what, jql=question, maxResults=1, fields="updated")
            return answer.mapping().get("total")
        path, body = "search/approximate-count", {"jql": question}
        answer = self._connection.post(path, body, what=what, safe=True, refused=_UNCOUNTED)
        if answer.status < 300:
            return answer.mapping().get("count")
        return "some" if self._forms.tickets(self._discovery.settings.scope, most=1) else 0

    def _fields(self, schema: Schema) -> Iterator[Problem]:
        yield from self._discovery.problems()
        screen = self._forms.edited(self._discovery.settings.scope)
        form = self._form() if screen is None else {}
        for name, columns in schema.columns.items():
            for column in columns:
                yield from _field(name, column, screen, schema)
                meta = form.get(column.id) if screen is None else screen.get(column.id)
                yield from _options(name, meta, schema)

    def _form(self) -> Mapping[str, Any]:
        """What a new ticket's form offers: all that tells options where there is no ticket yet."""
        kind = self._kind()
        return self._forms.form(str(self._discovery.project["key"]), kind) if kind else {}

    def _kind(self) -> str:
        """The id of the issue type in scope, where project and type are named and there."""
        key, wanted = self._discovery.project.get("key"), self._discovery.settings.scope.issue_type
        project = self._forms.project(str(key)) if key and wanted else None
        found = next((one for one in entries(project, "issueTypes") if called(one, wanted)), {})
        return str(found.get("id") or "")

    def _statuses(self, schema: Schema) -> Iterator[Problem]:
        here = self._of_project(schema)
        names = sorted(set(here.values()))
        for stage, statuses in schema.vocabulary.stages.items():
            for status in statuses:
                if _knows(here, status):
                    yield Problem(Level.OK, f"stages.{stage}", status)
                else:
                    where = (
                        "elsewhere in this Jira only"
                        if _knows(_all(schema), status)
                        else "nowhere in this Jira"
                    )
                    remedy = _meant(status, names)
                    yield Problem(Level.FAIL, f"stages.{stage}", f"the status {status!r} is {where}", remedy)
        for id, name in here.items():
            if schema.vocabulary.stage_of(id, name) is None:
                remedy = f"map it: stages: {{...: [{name}]}}"
                yield Problem(Level.WARNING, f"status {name}", "stands for no stage", remedy)

    def _ways(self, schema: Schema) -> Iterator[Problem]:
        """Can a ticket come to each status that is written? Told by the workflow, else by the moves of tickets."""
        written = {stage: some[0] for stage, some in schema.vocabulary.stages.items() if some}
        here = self._of_project(schema)
        kind = self._kind() if schema.cloud else ""
        process = read(self._connection, str(self._discovery.project.get("id")), kind) if kind else None
        if process is None:
            some = self._forms.tickets(self._discovery.settings.scope, most=_SAMPLE)
            process = seen(self._connection, some)
        reached = process.reached()
        for stage, status in written.items():
            id = _id(here, status)
            if id and id not in reached and process.whole:
                remedy = "add a transition to the workflow, or map another status"
                yield Problem(Level.WARNING, f"stages.{stage}", f"no way leads to {status!r}", remedy)

    def _of_project(self, schema: Schema) -> dict[str, str]:
        key = str(self._discovery.project.get("key") or "")
        told = self._forms.statuses(key, self._discovery.settings.scope.issue_type) if key else None
        if told is None:
            return _all(schema)
        return {str(one.get("id")): str(one.get("name")) for one in told}


def _field(name: str, column: Column, screen: Mapping[str, Any] | None, schema: Schema) -> Iterator[Problem]:
    subject, field = f"fields.{name}", FIELDS[name]
    shown = f"{column.name or column.id} ({column.id}, {column.type})"
    fitting = _FITTING.get(field.kind)
    if fitting and column.type not in fitting:
        remedy = f"map a field of another type: {', '.join(fitting[:2])}"
        yield Problem(Level.FAIL, subject, f"{shown} cannot hold this", remedy)
        return
    if field.kind is FieldKind.INSTANT and column.dated:
        remedy = "map a date-and-time field to keep the hour"
        yield Problem(Level.WARNING, subject, f"{shown} keeps the day only", remedy)
    elif field.own and screen is not None and column.id not in screen:
        remedy = "put it on the project's edit screen"
        yield Problem(Level.WARNING, subject, f"{shown} cannot be edited", remedy)
    else:
        yield Problem(Level.OK, subject, shown)


def _options(name: str, meta: object, schema: Schema) -> Iterator[Problem]:
    field, vocabulary = FIELDS[name], schema.vocabulary
    if name in DEFAULTS and name not in vocabulary.fields and name not in vocabulary.options:
        # Nobody wants a comparison with what a site calls its priorities.
        return
    allowed = meta.get("allowedValues") if isinstance(meta, dict) else None
    if not isinstance(allowed, list) or field.kind not in _LISTED:
        return
    shown = str(meta.get("name") or name) if isinstance(meta, dict) else name
    if field.kind in (FieldKind.FLAG, FieldKind.CHECK):
        if not allowed:
            message = f"{shown!r} has no option: nobody can fill it in"
            yield Problem(Level.WARNING, f"options.{name}", message, f"{_ADDS}, or map another field")
        return
    named = [str(one.get("value") or one.get("name") or "") for one in allowed if isinstance(one, dict)]
    meant = {schema.vocabulary.choice(name, one) for one in named}
    missing = [choice for choice in field.choices if choice not in meant]
    if missing and (field.own or len(missing) == len(field.choices)):
        level = Level.FAIL if field.own else Level.WARNING
        message = f"no option of {shown!r} stands for {', '.join(missing)}"
        remedy = f"{_ADDS}; or map them: options: {{{name}: {{{missing[0]}: ...}}}}"
        yield Problem(level, f"options.{name}", message, remedy)
    strange = [one for one in named if canonical(field, schema.vocabulary.choice(name, one)) is None]
    if strange and name != "priority":
        remedy = f"map them under options.{name}"
        yield Problem(Level.WARNING, f"options.{name}", f"unmapped: {', '.join(strange[:8])}"[:200], remedy)


def _all(schema: Schema) -> dict[str, str]:
    return {id: name for id, (name, _) in schema.statuses.items()}


def _knows(statuses: Mapping[str, str], wanted: str) -> bool:
    return bool(_id(statuses, wanted))


def _id(statuses: Mapping[str, str], wanted: str) -> str:
    folded = wanted.strip().casefold()
    return next((id for id, name in statuses.items() if folded in (id, name.casefold())), "")


def _meant(word: str, names: list[str]) -> str:
    near, listed = nearest(word, names), ", ".join(names[:12])
    return f"did you mean {near!r}?" if near else f"the project has: {listed}"
