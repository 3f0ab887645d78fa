"""What an org looks like: the fields that ours are mapped to, its statuses, its users, escsync's own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from escsync.adapter import FIELDS, PersonKind, PersonRef, Status, Vocabulary

from . import ids

DEFAULTS = {
    "summary": ("Subject",),
    "description": ("Description",),
    "owner": ("OwnerId",),
    "stage": ("Status",),
    "priority": ("Priority",),
    "account.name": ("Account.Name",),
    "contact.name": ("ContactId",),
}
"""Where our fields are when nothing is said (decision 15)."""
ESSENTIAL = ("owner", "stage")
MOST_TRACKED = 20
"""So many fields of Case can have their history kept."""
_SHORT = 255
"""Longer texts leave no values in a history."""
_CUSTOMERS = ("portal", "customersuccess", "selfservice", "powerpartner", "customer", "guest", "csp")
_MOST_CHOICES = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """One field of Case, or of an object it looks up to.

    *path* is what a query selects; *relation* leads to what a lookup names (`Owner`, `Account.CSM__r`), *target* is
    the object there. *options* are a picklist's values, API name and label.
    """

    name: str
    path: str
    label: str = ""
    type: str = "string"
    relation: str = ""
    target: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    restricted: bool = False
    writable: bool = True
    length: int = 0
    scale: int = 0
    required: bool | None = None
    """Must whoever opens a case fill it in? None where nobody told."""

    @property
    def own(self) -> bool:
        """Does it stand on the case itself?"""
        return "." not in self.path

    @property
    def person(self) -> bool:
        """Does it name users?"""
        return self.type == "reference" and bool({"User", "Group"} & set(self.target))

    @property
    def chosen(self) -> bool:
        """Does it hold values of a list?"""
        return self.type in ("picklist", "multipicklist", "combobox")

    @property
    def remembered(self) -> bool:
        """Would a history hold its values? Of long texts and multiple choices it tells only that they changed."""
        long = self.type in ("textarea", "string") and self.length > _SHORT
        return self.own and self.type not in ("multipicklist", "encryptedstring") and not long

    def traces(self) -> tuple[str, ...]:
        """The names under which a history knows it, whatever their case: lookups by their relation."""
        names = (self.name, self.relation, self.name.removesuffix("Id"))
        return tuple(dict.fromkeys(name.casefold() for name in names if name))

    def plain(self) -> dict[str, Any]:
        """It as JSON: what one connection tells the next."""
        return asdict(self)

    @classmethod
    def told(cls, raw: Mapping[str, Any]) -> Column:
        """It from such JSON."""
        options = tuple((str(value), str(label)) for value, label in raw["options"])
        return cls(**{**raw, "target": tuple(raw["target"]), "options": options})


@dataclass(frozen=True, slots=True)
class Schema:
    """One org as the codec needs to know it.

    *lost* are our fields whose field is gone, hidden or not to be told apart, with the reason. *statuses* are API
    name -> (label, closed). *tracked* are the fields with a history, in small letters, None where nobody tells. *since* is since when
    rows of a field's history are known. *bots* are users who are no people of ours; *senders* users by e-mail. *beside* is since
    when a further owner stands in a field without a history, as first told.
    """

    base: str
    me: str
    vocabulary: Vocabulary
    zone: tzinfo = UTC
    columns: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    record_type: str = ""
    record_type_names: tuple[str, ...] = ()
    flag: Column | None = None
    tracked: frozenset[str] | None = None
    since: dict[str, str] = field(default_factory=dict)
    bots: Mapping[str, str] = field(default_factory=dict)
    senders: dict[str, str] = field(default_factory=dict)
    beside: dict[str, tuple[str, str]] = field(default_factory=dict)
    people: dict[str, PersonRef] = field(default_factory=dict)
    _choices: dict[tuple[str, ...], str] = field(default_factory=dict)
    _statuses: dict[str, Status] = field(default_factory=dict)
    _traces: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def choice(self, name: str, words: tuple[str, ...]) -> str:
        """The canonical value that an option's spellings mean; options are few, cases many."""
        asked = (name, *words)
        if asked not in self._choices:
            if len(self._choices) > _MOST_CHOICES:
                self._choices.clear()
            self._choices[asked] = self.vocabulary.choice(name, *words)
        return self._choices[asked]

    def status(self, raw: str, closed: bool | None = None) -> Status:
        """A status in our words, by its API name or its label; whether it closes is the org's own word."""
        if raw not in self._statuses:
            value = raw
            if raw not in self.statuses:
                value = next((v for v, (label, _) in self.statuses.items() if label == raw), raw)
            label, known = self.statuses.get(value, (value, False))
            stage = self.vocabulary.stage_of(value, label)
            self._statuses[raw] = Status(value, label or value, stage, known)
        found = self._statuses[raw]
        if closed is None or raw in self.statuses or closed == found.done:
            return found
        return Status(found.id, found.name, found.stage, closed)

    def traces(self, column: Column) -> tuple[str, ...]:
        """The names under which a history knows a column; columns are few, cases many."""
        if column.path not in self._traces:
            self._traces[column.path] = column.traces()
        return self._traces[column.path]

    def person(self, id: object, told: Mapping[str, Any] | None = None) -> PersonRef | None:
        """The user or queue of this id, *told* being what a query shows of it; who it was is remembered."""
        native = ids.long(id)
        if not native:
            return None
        known = self.people.get(native)
        shown = told or {}
        name, email, active = shown.get("Name"), shown.get("Email"), shown.get("IsActive")
        ref = PersonRef(
            native,
            name
            if isinstance(name, str) and name
            else known.name
            if known
            else self.bots.get(native, native),
            email if isinstance(email, str) else known.email if known else "",
            self.kind(native, shown),
            active if isinstance(active, bool) else known.active if known else None,
        )
        if ref.kind is PersonKind.HUMAN and known is not None and "UserType" not in shown:
            ref = PersonRef(ref.id, ref.name, ref.email, known.kind, ref.active)
        if shown:
            self.people[native] = ref
        return ref

    def kind(self, native: str, shown: Mapping[str, Any]) -> PersonKind:
        """A queue, a person of ours, or neither: portal, automated and integration users own nothing (27b)."""
        if native.startswith(ids.QUEUE):
            return PersonKind.QUEUE
        kind = shown.get("UserType")
        strange = isinstance(kind, str) and kind.casefold() != "standard"
        return PersonKind.BOT if native in self.bots or strange else PersonKind.HUMAN

    def customer(self, shown: Mapping[str, Any]) -> bool:
        """Is the user a customer or a partner, signed in to a portal?"""
        kind = shown.get("UserType")
        return isinstance(kind, str) and any(word in kind.casefold() for word in _CUSTOMERS)

    def column(self, name: str) -> Column | None:
        """The mapped column on the case of this API name."""
        wanted = name.casefold()
        every = (column for some in self.columns.values() for column in some)
        return next((c for c in every if c.own and c.name.casefold() == wanted), None)


def spelled(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Our field -> the fields of Salesforce as the configuration spells them, defaults included."""
    named = {name: fields for name, fields in vocabulary.fields.items() if fields and name in FIELDS}
    return {**DEFAULTS, **named}


def implied(name: str, vocabulary: Vocabulary) -> bool:
    """Did nobody ask for this field, so that an org without it lacks nothing?"""
    return not vocabulary.fields.get(name) and name not in ESSENTIAL
