"""The Tooling API, as far as custom fields and page layouts go: who may set up an org, and how it refuses the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fakes.http import Reply

from .history import MOST
from .ids import full, made
from .metadata import NAME, changed, field_of, metadata
from .record import Refused, Row, not_found
from .routes import Asked, route
from .schema import Field, SObject, refer, text
from .schema import made as sobject
from .soql_run import Runner

if TYPE_CHECKING:
    from .cursors import Cursors
    from .world import Org

OBJECTS = {
    one.name: one
    for one in (
        sobject(
            "CustomField",
            "00N",
            *(text(name) for name in ("DeveloperName", "NamespacePrefix", "TableEnumOrId")),
            plain=True,
        ),
        sobject("Layout", "00h", text("Name"), text("TableEnumOrId"), plain=True),
        sobject("EntityDefinition", "", text("QualifiedApiName"), text("Label"), plain=True),
        sobject(
            "FieldDefinition",
            "",
            *(text(name) for name in ("QualifiedApiName", "DurableId", "Label", "DataType", "Description")),
            text("IsFieldHistoryTracked", type="boolean"),
            refer("EntityDefinitionId", "EntityDefinition"),
            plain=True,
        ),
    )
}


class View:
    """The org as queries of the Tooling API see it."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.objects = OBJECTS

    def __getattr__(self, name: str) -> Any:
        return getattr(self._org, name)

    def visible(self, object_: str, *, all_: bool = False) -> Iterator[Row]:
        match object_:
            case "CustomField":
                yield from (row(self._org, kind, field) for kind, field in customs(self._org))
            case "Layout":
                yield from layouts(self._org)
            case _:
                yield from self._org.table(object_)

    def peek(self, id_: str | None) -> Row | None:
        return self._org.peek(id_)


def customs(org: Org) -> Iterator[tuple[str, Field]]:
    """Every custom field, seen or not: field-level security is for data, not for the set-up."""
    for kind, one in org.objects.items():
        yield from ((kind, field) for field in one.fields.values() if field.custom)


def row(org: Org, kind: str, field: Field) -> Row:
    id_ = org.definition(kind, field.name)
    prefix, name = _split(org, field.name)
    told = {"Id": id_, "DeveloperName": name, "NamespacePrefix": prefix, "TableEnumOrId": kind}
    return Row(id_, "CustomField", told)


def layouts(org: Org) -> Iterator[Row]:
    for place, name in enumerate(org.layouts, 1):
        told = {"Id": made("00h", place), "Name": name, "TableEnumOrId": "Case"}
        yield Row(told["Id"], "Layout", told)


def _split(org: Org, api: str) -> tuple[str | None, str]:
    name = api.removesuffix("__c")
    prefix, _, rest = name.partition("__")
    return (prefix, rest) if rest else (None, name)


class Tooling:
    """Handlers."""

    org: Org
    cursors: Cursors

    @route("GET", "/tooling/query")
    def tooling_query(self, asked: Asked) -> Reply:
        self._may("ViewSetup")
        view: Any = View(self.org)
        runner = Runner(view, self.cursors, asked.root, asked.user, all_=False)
        return Reply(
            200, self.cursors.first(runner.run(asked.request.one("q")), asked.root, asked.user, None)
        )

    @route("GET", "/tooling/sobjects/Layout/{id}")
    def layout(self, asked: Asked, id: str) -> Reply:
        self._may("ViewSetup")
        found = next((one for one in layouts(self.org) if one.id == full(id)), None)
        if found is None:
            raise not_found()
        items = [
            {"field": name, "behavior": "Edit"} for name in sorted(self.org.layouts[found.values["Name"]])
        ]
        sections = [
            {"label": "Case Information", "layoutColumns": [{"layoutItems": items}, {"layoutItems": []}]}
        ]
        return Reply(200, {**found.values, "Metadata": {"layoutSections": sections}})

    @route("GET", "/tooling/sobjects/CustomField/{id}")
    def field_read(self, asked: Asked, id: str) -> Reply:
        self._may("ViewSetup")
        kind, field = self._named(id)
        tracked = field.name in self.org.tracked.get(kind, ())
        told = row(self.org, kind, field).values | {"FullName": f"{kind}.{field.name}"}
        return Reply(200, told | {"Metadata": metadata(field, tracked=tracked, key=self.org.value_key)})

    @route("POST", "/tooling/sobjects/CustomField")
    def field_create(self, asked: Asked) -> Reply:
        """A new field, which nobody sees before somebody lets him."""
        self._may("CustomizeApplication")
        kind, _, name = str(asked.body.get("FullName")).partition(".")
        target = self._object(kind)
        short = name.removesuffix("__c")
        if not name.endswith("__c") or not NAME.fullmatch(short) or len(short) > 40:
            raise Refused("INVALID_FULLNAME", f"Invalid field name: {name}", ["FullName"])
        api = f"{self.org.namespace}__{name}" if self.org.namespace else name
        if target.field(api) is not None:
            message = f"There is already a field named {short} on {kind}."
            raise Refused("DUPLICATE_DEVELOPER_NAME", message, ["DeveloperName"])
        told = self._keyed(asked.body.get("Metadata") or {})
        made_field = field_of(api, told)
        self._track(kind, api, told)
        self._unlike(target, made_field)
        target.add(made_field)
        self.org.guarded.add((kind, api))
        self.org.settle()
        id_ = self.org.definition(kind, api)
        return Reply(201, {"id": id_, "success": True, "errors": [], "warnings": [], "infos": []})

    @route("PATCH", "/tooling/sobjects/CustomField/{id}")
    def field_change(self, asked: Asked, id: str) -> Reply:
        """The whole metadata in place of the old; what it does not name is gone."""
        self._may("CustomizeApplication")
        kind, field = self._named(id)
        told = self._keyed(asked.body.get("Metadata") or {})
        self._track(kind, field.name, told)
        changed(field, told)
        return Reply(204)

    @route("DELETE", "/tooling/sobjects/CustomField/{id}")
    def field_delete(self, asked: Asked, id: str) -> Reply:
        """Among the deleted fields, for some days."""
        self._may("CustomizeApplication")
        kind, field = self._named(id)
        if field.name in self.org.depended:
            message = f"This field is referenced elsewhere: {self.org.depended[field.name]}"
            raise Refused("DEPENDENCY_EXISTS", message, [])
        self.org.tracked.get(kind, set()).discard(field.name)
        self.org.undefine(kind, field.name)
        del self.org.objects[kind].fields[field.name.casefold()]
        grants = self.org.rows["FieldPermissions"].values()
        for one in [one for one in grants if one.get("Field") == f"{kind}.{field.name}"]:
            self.org.drop(one)
        return Reply(204)

    # -- rules

    def _may(self, right: str) -> None:
        if right not in self.org.permissions:
            message = "You do not have the level of access necessary to perform the operation you requested."
            raise Refused("INSUFFICIENT_ACCESS", message, status=403)

    def _object(self, kind: str) -> SObject:
        if kind not in self.org.objects:
            raise Refused("INVALID_TYPE", f"Unknown object: {kind}", ["FullName"])
        return self.org.objects[kind]

    def _named(self, id_: str) -> tuple[str, Field]:
        for kind, field in customs(self.org):
            if self.org.definition(kind, field.name) == full(id_):
                return kind, field
        raise not_found()

    def _keyed(self, told: dict[str, Any]) -> dict[str, Any]:
        """Versions differ in how a value's name is called; each knows one."""
        other = {"fullName": "valueName", "valueName": "fullName"}.get(self.org.value_key, "")
        if other and re.search(rf"'{other}':", repr(told.get("valueSet"))):
            message = f'Unrecognized field "{other}" (Class CustomValue), not marked as ignorable'
            raise Refused("JSON_PARSER_ERROR", message)
        return told

    def _track(self, kind: str, api: str, told: dict[str, Any]) -> None:
        tracked = self.org.tracked.setdefault(kind, set())
        if told.get("trackHistory") is not True:
            tracked.discard(api)
            return
        if not self.org.history_on:
            raise Refused(
                "FIELD_INTEGRITY_EXCEPTION", "trackHistory: history is not enabled", ["trackHistory"]
            )
        if len(tracked | {api}) > MOST:
            message = f"You can only track {MOST} fields of an object"
            raise Refused("LIMIT_EXCEEDED", message, ["trackHistory"])
        tracked.add(api)

    @staticmethod
    def _unlike(target: SObject, new: Field) -> None:
        """Two lookups to one object must not call their children the same."""
        same = [f for f in target.fields.values() if new.children and f.children == new.children]
        if same:
            message = f"There is already a Child Relationship named {new.children}"
            raise Refused("DUPLICATE_DEVELOPER_NAME", message, ["relationshipName"])
