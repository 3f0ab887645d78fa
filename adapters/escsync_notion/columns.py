"""The properties of a Notion database as our fields are mapped to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from escsync.adapter import FIELDS, FieldKind, Vocabulary

PAGE = ("created_time", "last_edited_time", "created_by", "last_edited_by")
"""What every page has beside its properties; they can be mapped under these names."""
CALCULATED = ("formula", "rollup")
READ_ONLY = (*PAGE, *CALCULATED, "unique_id", "button", "verification", "place", "files", "unsupported")
GROUPS = ("to-do", "in progress", "complete")
"""The groups of a status property's options; the last is what Notion calls done."""
_TEXTS = ("rich_text", "title")
_WORDS = (*_TEXTS, "url", "email", "phone_number", "select", "status", "multi_select")
_FACTS = ("account.", "contact.")
_PLAIN_FACTS = ("summary", "description", "source_url")
_DETAILS = ("number", "unique_id", "date", *PAGE)
"""What else may tell a fact as a text: a customer's number, say. Findings and links are words or nothing."""
FITTING: Mapping[FieldKind, tuple[str, ...]] = {
    FieldKind.TEXT: _WORDS,
    FieldKind.PEOPLE: ("people", "created_by", "last_edited_by", *_TEXTS, "email", "select"),
    FieldKind.INSTANT: ("date", "created_time", "last_edited_time", *_TEXTS),
    FieldKind.DAY: ("date", "created_time", "last_edited_time", *_TEXTS),
    FieldKind.NUMBER: ("number", *_TEXTS, "select"),
    FieldKind.CHOICE: ("select", "status", "multi_select", *_TEXTS),
    FieldKind.CHOICES: ("multi_select", "select", *_TEXTS),
    FieldKind.FLAG: ("checkbox", "select", "status", "multi_select", *_TEXTS),
    FieldKind.CHECK: ("checkbox", "select", "status", "multi_select", *_TEXTS),
    FieldKind.STAGE: ("status", "select"),
}
"""What can hold a field, the best first."""


@lru_cache(maxsize=4096)
def plain(id: str) -> str:
    """A property's id without the encoding in which answers show it: both spellings mean the same one."""
    return unquote(id)


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a select, multi-select or status property; *group* is a status option's, folded."""

    id: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One property. *via* is the relation that leads to it, *through* that relation's name and *source* the data
    source where it stands, all for `Relation.Property` alone; *box* is the option of `Property#Option`."""

    id: str
    name: str = ""
    type: str = ""
    options: tuple[Option, ...] = ()
    via: str = ""
    source: str = ""
    box: str = ""
    through: str = ""

    def told(self) -> dict[str, Any]:
        """It as JSON."""
        options = [[one.id, one.name, one.group] for one in self.options]
        shown = {"id": self.id, "name": self.name, "type": self.type, "via": self.via, "source": self.source}
        return {**shown, "through": self.through, "options": options}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Column:
        """It again."""
        options = tuple(Option(*one) for one in told["options"])
        beyond = (told["via"], told["source"], "", told.get("through", ""))
        return cls(told["id"], told["name"], told["type"], options, *beyond)

    def option(self, word: str) -> Option | None:
        """The option of this id or name; Notion itself takes names for equal whatever their case."""
        folded = word.strip().casefold()
        by_id = next((one for one in self.options if one.id == word), None)
        return by_id or next((one for one in self.options if one.name.strip().casefold() == folded), None)


def listed(properties: object, source: str = "") -> list[Column]:
    """All properties of a data source, from its own description of itself."""
    entries = properties.values() if isinstance(properties, dict) else ()
    found = []
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            kind = str(entry.get("type") or "")
            column = Column(entry["id"], str(entry.get("name") or ""), kind, tuple(_options(entry.get(kind))))
            told = entry.get("relation")
            target = told.get("data_source_id") if isinstance(told, dict) else ""
            found.append(replace(column, source=str(target or "") if kind == "relation" else source))
    return found


def matching(word: str, columns: Iterable[Column]) -> list[Column]:
    """The properties that *word* can mean: the one with this id, else those with this name."""
    columns, wanted = list(columns), word.strip()
    by_id = [column for column in columns if plain(column.id) == plain(wanted)]
    exact = [column for column in columns if column.name == wanted]
    folded = [column for column in columns if column.name.strip().casefold() == wanted.casefold()]
    if found := by_id or exact or folded:
        return found
    if wanted in PAGE:
        return [Column(wanted, wanted, wanted)]
    only = [column for column in columns if column.type == wanted] if wanted in ("title", "status") else []
    return only


def parted(word: str) -> tuple[str, str]:
    """`Property#Option` as property and option."""
    name, _, box = word.partition("#")
    return name.strip(), box.strip()


def spelled(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Our field -> the properties as the configuration spells them, defaults included (decision 15)."""
    named = {name: some for name, some in vocabulary.fields.items() if some and name in FIELDS}
    return {"summary": ("title",), "stage": ("status",), "owner": (), **named}


def unfit(name: str, column: Column) -> str:
    """Why *column* cannot hold the field *name*; "" where it can.

    What Notion calculates may be wrong, and its changes leave no trace: it tells facts about an account, and nothing
    that a deadline hangs on.
    """
    kind = FIELDS[name].kind
    facts = name.startswith(_FACTS) or name in _PLAIN_FACTS
    if column.type in CALCULATED:
        return "" if facts else f"a {column.type} is calculated by Notion and is no evidence"
    if column.type in FITTING[kind] or (facts and kind is FieldKind.TEXT and column.type in _DETAILS):
        return ""
    if name.startswith(_FACTS) and kind is FieldKind.PEOPLE and column.type == "rollup":
        return ""
    return f"a property of the type {column.type or 'unknown'} cannot hold this"


def fitting(name: str) -> tuple[str, ...]:
    """The types that are best for a field."""
    return FITTING[FIELDS[name].kind][:2]


def _options(raw: object) -> Iterable[Option]:
    told = raw if isinstance(raw, dict) else {}
    listed_options, groups = told.get("options"), told.get("groups")
    of: dict[str, str] = {}
    for place, group in enumerate(groups if isinstance(groups, list) else ()):
        if isinstance(group, dict) and isinstance(group.get("option_ids"), list):
            name = str(group.get("name") or "").strip().casefold()
            # There are three, in this order, whatever a workspace in another language calls them.
            known = name if name in GROUPS or place >= len(GROUPS) else GROUPS[place]
            of |= {str(id): known for id in group["option_ids"]}
    for one in listed_options if isinstance(listed_options, list) else ():
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            yield Option(one["id"], str(one.get("name") or ""), of.get(one["id"], ""))
