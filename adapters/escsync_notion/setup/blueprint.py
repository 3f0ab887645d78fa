"""What escsync makes in Notion: the property for each field, its options with their colours, and the mark that it carries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from escsync.adapter import FIELDS, Field, FieldKind, Stage, Vocabulary
from escsync.offers import Wish

DATABASE = "Executive escalations"
TITLE = "Summary"
PREFIX = "ESC"
"""What the pages' numbers begin with: ESC-17."""
MOST_OPTIONS = 100
_LIKE_AN_ID = re.compile(r"%[0-9A-Fa-f]{2}|^(?=.*[^A-Za-z0-9])[:-~]{4}$")
_MARK = re.compile(r"(?:^|\s)escsync:([a-z_.]+)\s*$")
_TYPES: Mapping[FieldKind, str] = {
    FieldKind.TEXT: "rich_text",
    FieldKind.PEOPLE: "people",
    FieldKind.INSTANT: "date",
    FieldKind.DAY: "date",
    FieldKind.NUMBER: "number",
    FieldKind.CHOICE: "select",
    FieldKind.CHOICES: "multi_select",
    # A checkbox that nobody ticked says "no"; an empty select says that nobody has said anything yet.
    FieldKind.FLAG: "select",
    FieldKind.CHECK: "select",
    FieldKind.STAGE: "status",
}
_OTHERWISE = {"source_url": "url", "contact.email": "email"}
_COLORS = {
    "P0": "red", "P1": "orange", "P2": "yellow",
    "ok": "green", "due_soon": "yellow", "breached": "red",
    "yes": "green", "no": "gray", "done": "green", "na": "gray", "open": "yellow",
    "high": "red", "medium": "orange", "low": "yellow", "none": "gray",
    "improved": "green", "not_improved": "red", "unreachable": "gray",
    "public": "red", "threat_public": "orange", "private": "blue",
    "other": "gray", "unknown": "default",
    "candidate": "gray", "intake": "red", "investigation": "orange", "solution_design": "yellow",
    "customer_update": "blue", "resolution_pending": "purple", "closed": "green", "rejected": "gray",
    "duplicate": "brown", "closed_follow_up_due": "pink", "complete": "green", "withdrawn": "gray",
}  # fmt: skip
_PALETTE = ("blue", "purple", "pink", "brown", "orange", "yellow")
_STEPS = (
    Stage.INTAKE,
    Stage.INVESTIGATION,
    Stage.SOLUTION_DESIGN,
    Stage.CUSTOMER_UPDATE,
    Stage.RESOLUTION_PENDING,
    Stage.CLOSED,
    Stage.REJECTED,
    Stage.DUPLICATE,
)
"""A new page stands in the first of its statuses."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option to be there: *value* is ours, *name* what it is called."""

    value: str
    name: str
    color: str = "default"


@dataclass(frozen=True, slots=True)
class Sketch:
    """One property to be there. *key* is what its mark says, *type* Notion's, *config* what its type takes besides options."""

    key: str
    name: str
    type: str
    choices: tuple[Choice, ...] = ()
    config: Mapping[str, Any] | None = None

    def told(self) -> dict[str, Any]:
        """It as a request has it."""
        config: dict[str, Any] = dict(self.config or {})
        if self.choices:
            config["options"] = [{"name": one.name, "color": one.color} for one in self.choices]
        return {self.type: config, "description": described(self.key)}


def title(vocabulary: Vocabulary) -> str:
    """What a new database calls its title property."""
    word = next(iter(vocabulary.fields.get("summary", ())), "title")
    return free(TITLE, named(vocabulary)) if word == "title" else word


def named(vocabulary: Vocabulary, *, but: str = "") -> list[str]:
    """The properties that the configuration names, *but* for one field's."""
    mapped = (some for name, some in vocabulary.fields.items() if name != but)
    return [word.partition("#")[0].strip() for some in mapped for word in some]


def mark(key: str) -> str:
    """What tells that escsync made something, and for what."""
    return f"escsync:{key}"


def marked(text: object) -> str:
    """The key in a description that ends with a mark; "" where there is none."""
    found = _MARK.search(text) if isinstance(text, str) else None
    return found[1] if found else ""


def described(key: str) -> str:
    """A description that people read, and that ends with the mark."""
    field = FIELDS.get(key)
    if field is not None and field.own:
        return f"Written by escsync: what people enter here is overwritten. {mark(key)}"
    return f"Made by escsync for the escalation process; please keep this line. {mark(key)}"


def sketch(wish: Wish, name: str, box: str = "") -> Sketch:
    """The property for a wish, under this *name*; *box* is the option of `Property#Option`."""
    field = wish.wanted
    if box:
        return Sketch(field.name, name, "multi_select", (Choice(box, box, "blue"),))
    type = _OTHERWISE.get(field.name) or _TYPES[field.kind]
    config = {"format": "number_with_commas"} if type == "number" else {}
    return Sketch(field.name, name, type, choices(wish.choices), config)


def choices(labels: Mapping[str, str]) -> tuple[Choice, ...]:
    """Options with a colour each; no two of one name, for Notion takes them for one."""
    found: dict[str, Choice] = {}
    for place, (value, name) in enumerate(labels.items()):
        color = _COLORS.get(value, _PALETTE[place % len(_PALETTE)])
        found.setdefault(name.strip().casefold(), Choice(value, name.strip(), color))
    return tuple(found.values())


def stages(vocabulary: Vocabulary) -> dict[Stage, tuple[str, ...]]:
    """The statuses of each stage, as the configuration names them or, where it names none, as people call them."""
    if vocabulary.stages:
        order = sorted(vocabulary.stages, key=lambda one: _STEPS.index(one) if one in _STEPS else len(_STEPS))
        return {stage: vocabulary.stages[stage] for stage in order}
    return {stage: (str(stage).replace("_", " ").capitalize(),) for stage in _STEPS}


def statuses(vocabulary: Vocabulary) -> tuple[Choice, ...]:
    """The options of the status property."""
    found: dict[str, Choice] = {}
    for stage, names in stages(vocabulary).items():
        for name in names:
            color = _COLORS.get(stage, "default")
            found.setdefault(name.strip().casefold(), Choice(stage, name.strip(), color))
    return tuple(found.values())


def labelled(name: str) -> str:
    """What to call the property of a field that nobody wished for by name: those without which there is no pass."""
    return {"stage": "Status"}.get(name, name.capitalize())


def needed(fields: Iterable[str], vocabulary: Vocabulary) -> list[Wish]:
    """Wishes for fields that every tracker but this one has by nature."""
    found = []
    for name in fields:
        field: Field = FIELDS[name]
        words = vocabulary.options.get(name, {})
        labels = {value: words[value][0] if words.get(value) else value for value in field.choices}
        found.append(Wish(field, labelled(name), vocabulary.fields.get(name, ()), labels))
    return found


def like_an_id(name: str) -> bool:
    """Is *name* rather the id of a property than what people call one?"""
    return _LIKE_AN_ID.search(name) is not None


def free(name: str, taken: Iterable[str]) -> str:
    """*name* in a form that no property has."""
    known = {one.strip().casefold() for one in taken}
    tries = (name, f"{name} (escsync)", *(f"{name} (escsync {n})" for n in range(2, 1000)))
    return next(one for one in tries if one.casefold() not in known)
