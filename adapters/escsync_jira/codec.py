"""Raw JSON of a Jira issue -> Ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from escsync.adapter import Evidence, History, Status, Ticket, TicketRef, Value

from . import changelog, comments, instants, scope, values
from .changelog import Unintelligible
from .schema import Schema
from .settings import JiraScope

__all__ = ["Unintelligible", "is_customers", "is_part", "needed", "reference", "service_desk", "ticket"]

_SOMEBODY = ("assignee", "reporter", "creator")
_ALWAYS = ("created", "updated", "creator", "reporter", "comment", *scope.NEEDED)


def needed(schema: Schema) -> list[str]:
    """The fields to ask for: those that are read, and no others."""
    mapped = (column.id for some in schema.columns.values() for column in some)
    return list(dict.fromkeys([*_ALWAYS, *mapped]))


def reference(raw: Mapping[str, Any]) -> TicketRef:
    """How to name a ticket, whatever else is wrong with it."""
    return TicketRef(str(raw.get("id") or ""), str(raw.get("key") or ""))


def ticket(
    raw: Mapping[str, Any],
    histories: Iterable[Mapping[str, Any]] | None,
    said: Iterable[Mapping[str, Any]],
    schema: Schema,
    within: JiraScope,
    *,
    fetched: bool = False,
) -> Ticket:
    """One issue with its histories (None: Jira tells none) and its comments, in our vocabulary.

    *fetched*: the histories were fetched after the issue.
    """
    ref, fields = reference(raw), raw.get("fields")
    if not ref.id or not ref.key or not isinstance(fields, dict):
        raise Unintelligible("no id, no key or no fields")
    created = instants.moment(fields.get("created"), schema.zone)
    if created is None:
        raise Unintelligible("no readable time of creation")
    updated = instants.moment(fields.get("updated"), schema.zone)
    people = {name: fields[name] for name in _SOMEBODY if isinstance(fields.get(name), dict)}
    known = {name: schema.person(somebody) for name, somebody in people.items()}
    told = {name: _value(name, fields, schema) for name in schema.columns}
    if not isinstance(told.get("stage"), Status):
        raise Unintelligible("no status")
    past: dict[str, History] = {}
    entered = None
    if histories is not None:
        changes = changelog.read(histories, schema)
        entered = scope.entered_at(within, fields, changes)
        maker = known.get("creator") or known.get("reporter")
        born = Evidence(created, source="created")
        whole = changelog.Past(fields, changes, born, maker, updated if fetched else None)
        past = {name: whole.of(name, value, schema) for name, value in told.items()}
    reporter = known["reporter"].id if "reporter" in known else ""
    desk = comments.Desk(service_desk(fields, schema), reporter, ref.key)
    messages, note = comments.read(said, desk, schema)
    return Ticket(
        id=ref.id,
        key=ref.key,
        url=f"{schema.base}/browse/{ref.key}",
        created_at=created,
        values=told,
        updated_at=updated,
        entered_at=entered,
        in_scope=scope.contains(within, fields) and not scope.is_subtask(within, fields),
        history=past,
        messages=messages,
        note=note,
        unreadable=dict(schema.lost),
    )


def _value(name: str, fields: Mapping[str, Any], schema: Schema) -> Value:
    columns = schema.columns[name]
    if len(columns) == 1:
        return values.decode(name, columns[0], fields.get(columns[0].id), schema)
    return changelog.joined(
        [values.decode(name, column, fields.get(column.id), schema) for column in columns]
    )


def is_part(raw: Mapping[str, Any], within: JiraScope) -> bool:
    """Is it a sub-task that no scope means?"""
    fields = raw.get("fields")
    return isinstance(fields, dict) and scope.is_subtask(within, fields)


def service_desk(fields: Mapping[str, Any], schema: Schema) -> bool:
    """Is the ticket in a project whose comments customers may see?"""
    project = fields.get("project")
    kind = project.get("projectTypeKey") if isinstance(project, dict) else None
    return kind == "service_desk" if isinstance(kind, str) else schema.service_desk


def is_customers(raw: Mapping[str, Any], schema: Schema) -> bool:
    """May a comment on this ticket reach a customer?"""
    fields = raw.get("fields")
    return service_desk(fields if isinstance(fields, dict) else {}, schema)
