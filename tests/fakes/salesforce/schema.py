"""What an administrator sets up: objects, their fields, and the values that a picklist offers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Choice:
    """*value* is the API name; *label* what people read, which may have been renamed."""

    value: str
    label: str = ""
    default: bool = False
    closed: bool = False
    active: bool = True


@dataclass
class Field:
    """*children* is what the records it points to call the ones that point; *naming*: its target is shown as a mere name.

    *nillable* False without a *default* is a required field. *external* and *lookup* fields name a record in an upsert.
    """

    name: str
    type: str = "string"
    length: int = 0
    label: str = ""
    create: bool = True
    update: bool = True
    nillable: bool = True
    filterable: bool = True
    refers: tuple[str, ...] = ()
    relationship: str = ""
    children: str = ""
    choices: tuple[Choice, ...] = ()
    restricted: bool = False
    default: Any = None
    external: bool = False
    unique: bool = False
    lookup: bool = False
    scale: int = 0
    naming: bool = False
    description: str = ""

    def __post_init__(self) -> None:
        self.label = self.label or _label(self.name)
        self.filterable = self.filterable and not self.long

    @property
    def long(self) -> bool:
        return self.type == "textarea" and self.length > 255

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def polymorphic(self) -> bool:
        return self.naming or len(self.refers) > 1

    @property
    def tracked_as(self) -> str:
        """What the history calls it: standard lookups lose their Id."""
        return self.name.removesuffix("Id") if self.type == "reference" and not self.custom else self.name


@dataclass
class SObject:
    """*rights*: of c(reate), u(pdate), d(elete), q(uery), r(eplicate)."""

    name: str
    prefix: str
    rights: str = "cudqr"
    fields: dict[str, Field] = field(default_factory=dict)
    label: str = ""

    def add(self, *fields: Field) -> None:
        self.fields |= {f.name.casefold(): f for f in fields}

    def field(self, name: str) -> Field | None:
        """By its API name, whatever its case."""
        return self.fields.get(name.casefold())

    def relation(self, name: str) -> Field | None:
        """The reference whose target goes by this name."""
        wanted = name.casefold()
        return next((f for f in self.fields.values() if f.relationship.casefold() == wanted and wanted), None)


def _label(name: str) -> str:
    """What people read where nobody chose a label."""
    if name.endswith("__c"):
        return name.removesuffix("__c").replace("_", " ")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace(" Id", " ID")
    return words.removeprefix("Is ") or words


# -- short ways to say a field


def text(name: str, length: int = 255, **told: Any) -> Field:
    return Field(name, told.pop("type", "string"), length, **told)


def area(name: str, length: int = 32000, **told: Any) -> Field:
    return Field(name, "textarea", length, **told)


def refer(name: str, *targets: str, as_: str = "", **told: Any) -> Field:
    """A lookup; a standard one is known by its name without Id, a custom one by `__r`."""
    known = name.removesuffix("Id") if name.endswith("Id") else name.removesuffix("__c") + "__r"
    return Field(name, "reference", 18, refers=targets, relationship=as_ or known, **told)


def pick(name: str, values: Iterable[str | Choice], **told: Any) -> Field:
    choices = tuple(v if isinstance(v, Choice) else Choice(v) for v in values)
    default = next((c.value for c in choices if c.default), None)
    length = told.pop("length", 255 if name.endswith("__c") else 40)
    return Field(name, told.pop("type", "picklist"), length, choices=choices, default=default, **told)


def flag(name: str, **told: Any) -> Field:
    return Field(name, "boolean", **({"nillable": False, "default": False} | told))


def shown(name: str, type_: str = "string", **told: Any) -> Field:
    """A field that the server keeps."""
    length = {"string": 255, "reference": 18, "id": 18, "email": 80}.get(type_, 0)
    return Field(name, type_, **({"length": length, "create": False, "update": False} | told))


def audit(*, deletable: bool = True, person: str = "User") -> list[Field]:
    """Id and the stamps that almost every object has."""
    return [
        shown("Id", "id", nillable=False),
        *([shown("IsDeleted", "boolean", nillable=False)] if deletable else ()),
        shown("CreatedDate", "datetime", nillable=False),
        shown("CreatedById", "reference", refers=(person,), relationship="CreatedBy", nillable=False),
        shown("LastModifiedDate", "datetime", nillable=False),
        shown(
            "LastModifiedById", "reference", refers=(person,), relationship="LastModifiedBy", nillable=False
        ),
        shown("SystemModstamp", "datetime", nillable=False),
    ]


def made(name: str, prefix: str, *fields: Field, rights: str = "cudqr", plain: bool = False) -> SObject:
    """An object with its fields; a *plain* one has no stamps."""
    found = SObject(name, prefix, rights, label=name)
    found.add(*([shown("Id", "id", nillable=False)] if plain else audit()), *fields)
    return found
