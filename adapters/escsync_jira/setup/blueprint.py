"""The blueprint of a field: which kind of Jira's fields holds which of ours, and how escsync's own are known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from escsync.adapter import Field, FieldKind
from escsync.offers import Wish

from ..schema import Column

FAMILY = "com.atlassian.jira.plugin.system.customfieldtypes:"
_LONG = ("findings_summary", "resolution_links")
_MARK = re.compile(r"\[escsync:([a-z_.#]+) ([^\s\]]+)\]")
BOX = (FieldKind.CHECK, FieldKind.FLAG)
"""What one box of a checkbox field can hold."""


@dataclass(frozen=True, slots=True)
class Build:
    """How a field is made: its *type* and *searcher* over REST, and what its type is called where people click."""

    type: str
    searcher: str
    cloud: str
    datacenter: str
    team: str

    def called(self, *, cloud: bool, team: bool) -> str:
        """What people who click call its type."""
        return self.team if team else self.cloud if cloud else self.datacenter

    @property
    def listed(self) -> bool:
        """Does it have options?"""
        return self.type in ("select", "multiselect", "multicheckboxes")


_TEXT = Build(
    "textfield", "textsearcher", "Short text (plain text only)", "Text Field (single line)", "Short text"
)
_PARAGRAPH = Build(
    "textarea", "textsearcher", "Paragraph (supports rich text)", "Text Field (multi-line)", "Paragraph"
)
_USER = Build(
    "userpicker",
    "userpickergroupsearcher",
    "User picker (single user)",
    "User Picker (single user)",
    "People",
)
_DATETIME = Build("datetime", "datetimerange", "Date time picker", "Date Time Picker", "Time stamp")
_DATE = Build("datepicker", "daterange", "Date picker", "Date Picker", "Date")
_NUMBER = Build("float", "exactnumber", "Number field", "Number Field", "Number")
_SELECT = Build(
    "select", "multiselectsearcher", "Select list (single choice)", "Select List (single choice)", "Dropdown"
)
_MULTI = Build(
    "multiselect",
    "multiselectsearcher",
    "Select list (multiple choices)",
    "Select List (multiple choices)",
    "Checkbox",
)
_BOXES = Build("multicheckboxes", "multiselectsearcher", "Checkboxes", "Checkboxes", "Checkbox")
_BUILDS = {
    FieldKind.TEXT: _TEXT,
    FieldKind.PEOPLE: _USER,
    FieldKind.INSTANT: _DATETIME,
    FieldKind.DAY: _DATE,
    FieldKind.NUMBER: _NUMBER,
    FieldKind.CHOICE: _SELECT,
    FieldKind.CHOICES: _MULTI,
    FieldKind.FLAG: _SELECT,
    FieldKind.CHECK: _SELECT,
}
_KINDS: dict[str, tuple[FieldKind, ...]] = {
    "string": (FieldKind.TEXT, FieldKind.CHOICE, FieldKind.PEOPLE, FieldKind.NUMBER),
    "number": (FieldKind.NUMBER,),
    "datetime": (FieldKind.INSTANT, FieldKind.DAY),
    "date": (FieldKind.DAY, FieldKind.INSTANT),
    "user": (FieldKind.PEOPLE,),
    "option": (FieldKind.CHOICE, FieldKind.CHECK, FieldKind.FLAG, FieldKind.TEXT),
    "option-with-child": (FieldKind.CHOICE,),
    "array/option": (FieldKind.CHOICES, FieldKind.CHECK, FieldKind.FLAG),
    "array/user": (FieldKind.PEOPLE,),
    "array/string": (FieldKind.CHOICES,),
    "priority": (FieldKind.CHOICE,),
}


def kinds(column: Column) -> tuple[FieldKind, ...]:
    """The forms of ours that a field can hold, the best first."""
    return _KINDS.get(f"array/{column.items}" if column.many else column.type, ())


def build(wish: Wish, *, box: bool) -> Build:
    """How the field of a wish is made; *box*: it is one box of a checkbox field."""
    if box:
        return _BOXES
    return _PARAGRAPH if wish.wanted.name in _LONG else _BUILDS[wish.wanted.kind]


def fits(column: Column, field: Field) -> bool:
    """Would we have made it like that, or alike?"""
    held = kinds(column)
    if field.kind is FieldKind.INSTANT and column.dated:
        return False
    if field.kind is FieldKind.CHOICE and column.type == "string":
        return False
    return field.kind in held[:3] if column.type != "string" else field.kind is FieldKind.TEXT


def description(field: Field, project: str) -> str:
    """What stands below the field for people, and the mark by which escsync finds it again."""
    told = "Written by escsync; what people enter here is overwritten." if field.own else "Read by escsync."
    return f"{told} {mark(field.name, project)}"


def mark(name: str, project: str) -> str:
    """The mark of a field that escsync made for a project."""
    return f"[escsync:{name} {project}]"


def marked(text: object, project: str) -> str:
    """Our field whose mark of this project stands in a description, else ""."""
    found = _MARK.findall(text) if isinstance(text, str) else []
    return next((str(name) for name, where in found if where == project), "")
