"""What `escsync doctor` looks at: access, permissions, fields, options, statuses; each one line with its fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import FIELDS, FieldKind, Level, Problem, TicketRef, TrackerError, canonical

from . import jql
from .connection import Connection
from .discovery import Discovery
from .schema import Column, Schema

_PERMISSIONS = {
    "BROWSE_PROJECTS": "see tickets",
    "EDIT_ISSUES": "write escsync's own fields",
    "ADD_COMMENTS": "write the note",
    "EDIT_OWN_COMMENTS": "keep the note up to date",
    "ASSIGN_ISSUES": "assign the fallback owner (mode: enforce)",
    "TRANSITION_ISSUES": "undo an illegal jump (mode: enforce)",
}
_NEEDED = ("BROWSE_PROJECTS",)
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
        for part in (self._permissions, self._scope, self._fields, self._statuses):
            try:
                yield from part(schema)
            except TrackerError as error:
                yield Problem(Level.FAIL, part.__name__.strip("_"), error.message, error.remedy)

    def _permissions(self, schema: Schema) -> Iterator[Problem]:
        project = self._discovery.project
        if not project:
            return
        answer = self._connection.get(
            "mypermissions",
            what="asking for permissions",
            projectKey=project["key"],
            permissions=",".join(_PERMISSIONS),
            refused=(400, 404),
        )
        told = answer.body.get("permissions") if isinstance(answer.body, dict) else None
        if not isinstance(told, dict):
            yield Problem(
                Level.WARNING, "permissions", "this Jira does not tell them", "watch the first pass"
            )
            return
        for name, purpose in _PERMISSIONS.items():
            one = told.get(name)
            if isinstance(one, dict) and one.get("havePermission") is True:
                yield Problem(Level.OK, f"permission {name}", f"granted: {purpose}")
            else:
                level = Level.FAIL if name in _NEEDED else Level.WARNING
                remedy = f"grant it to escsync's account in {project['key']}'s permission scheme"
                yield Problem(level, f"permission {name}", f"missing: cannot {purpose}", remedy)
        if schema.service_desk:
            internal = "comments reach customers here; the note is written as internal, or not at all"
            yield Problem(Level.OK, "service desk", internal)

    def _scope(self, schema: Schema) -> Iterator[Problem]:
        count = self._count(schema)
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
        answer = self._connection.post(path, body, what=what, safe=True, refused=(404,))
        return answer.mapping().get("count") if answer.status != 404 else "some" if self._first(schema) else 0

    def _first(self, schema: Schema) -> Mapping[str, Any] | None:
        """One ticket in scope; None where there is none."""
        what, question = "looking for a ticket in scope", jql.within(self._discovery.settings.scope)
        if schema.cloud:
            body = {"jql": question, "fields": ["updated"], "maxResults": 1}
            answer = self._connection.post("search/jql", body, what=what, safe=True)
        else:
            answer = self._connection.get("search", what=what, jql=question, maxResults=1, fields="updated")
        return next(iter(answer.listing("issues")), None)

    def _fields(self, schema: Schema) -> Iterator[Problem]:
        yield from self._discovery.problems()
        screen = self._screen(schema)
        form = self._form() if screen is None else {}
        for name, columns in schema.columns.items():
            for column in columns:
                yield from _field(name, column, screen, schema)
                meta = form.get(column.id) if screen is None else screen.get(column.id)
                yield from _options(name, meta, schema)

    def _screen(self, schema: Schema) -> Mapping[str, Any] | None:
        """What can be edited, told by the first ticket in scope; None where there is none to ask about."""
        found = self._first(schema)
        if found is None:
            return None
        ticket = self._discovery.address(TicketRef(str(found.get("id")), str(found.get("key"))))
        what = "looking at the edit screen"
        meta = self._connection.get(f"issue/{ticket}/editmeta", what=what, refused=(403, 404))
        fields = meta.body.get("fields") if isinstance(meta.body, dict) else None
        return fields if isinstance(fields, dict) else None

    def _form(self) -> Mapping[str, Any]:
        """What a new ticket's form offers: all that tells options where there is no ticket yet."""
        project, wanted = (
            self._discovery.project.get("key"),
            self._discovery.settings.scope.issue_type.casefold(),
        )
        if not project or not wanted:
            return {}
        what, path = "looking at the form of a new ticket", f"issue/createmeta/{project}/issuetypes"
        kinds = _entries(self._connection.get(path, what=what, refused=(403, 404)).body, "issueTypes")
        id = next(
            (k.get("id") for k in kinds if wanted in (k.get("id"), str(k.get("name")).casefold())), None
        )
        if id is None:
            return {}
        body = self._connection.get(f"{path}/{id}", what=what, refused=(403, 404), maxResults=200).body
        return {str(one.get("fieldId") or one.get("key")): one for one in _entries(body, "fields")}

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

    def _of_project(self, schema: Schema) -> dict[str, str]:
        key = self._discovery.project.get("key")
        if not key:
            return _all(schema)
        answer = self._connection.get(
            f"project/{key}/statuses", what="reading the project's statuses", refused=(404,)
        )
        if answer.status == 404:
            return _all(schema)
        wanted = self._discovery.settings.scope.issue_type.casefold()
        kinds = answer.listing()
        chosen = [k for k in kinds if wanted in (str(k.get("id")), str(k.get("name")).casefold())] or kinds
        return {
            str(one.get("id")): str(one.get("name"))
            for kind in chosen
            for one in kind.get("statuses") or ()
            if isinstance(one, dict)
        }


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
    field = FIELDS[name]
    allowed = meta.get("allowedValues") if isinstance(meta, dict) else None
    if not isinstance(allowed, list) or field.kind not in (FieldKind.CHOICE, FieldKind.CHOICES):
        return
    named = [str(one.get("value") or one.get("name") or "") for one in allowed if isinstance(one, dict)]
    meant = {schema.vocabulary.choice(name, one) for one in named}
    missing = [choice for choice in field.choices if choice not in meant]
    if missing and (field.own or len(missing) == len(field.choices)):
        level = Level.FAIL if field.own else Level.WARNING
        remedy = f"add the options, or map them: options: {{{name}: {{{missing[0]}: ...}}}}"
        yield Problem(level, f"options.{name}", f"no option stands for {', '.join(missing)}", remedy)
    strange = [one for one in named if canonical(field, schema.vocabulary.choice(name, one)) is None]
    if strange and name != "priority":
        remedy = f"map them under options.{name}"
        yield Problem(Level.WARNING, f"options.{name}", f"unmapped: {', '.join(strange[:8])}"[:200], remedy)


def _entries(body: object, cloud_name: str) -> list[dict[str, Any]]:
    """The list in an answer about forms: Cloud and Data Center give it different names."""
    told = body.get(cloud_name, body.get("values")) if isinstance(body, dict) else None
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _all(schema: Schema) -> dict[str, str]:
    return {id: name for id, (name, _) in schema.statuses.items()}


def _knows(statuses: Mapping[str, str], wanted: str) -> bool:
    folded = wanted.strip().casefold()
    return any(folded in (id, name.casefold()) for id, name in statuses.items())


def _meant(word: str, names: list[str]) -> str:
    close = difflib.get_close_matches(word, names, n=1)
    listed = ", ".join(names[:12])
    return f"did you mean {close[0]!r}?" if close else f"the project has: {listed}"
