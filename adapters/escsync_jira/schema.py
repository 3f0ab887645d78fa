"""What a Jira looks like: its fields as ours are mapped to them, its statuses, its users, escsync's own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any

from escsync.adapter import FIELDS, PersonKind, PersonRef, Status, Vocabulary

DEFAULTS = {
    "summary": ("summary",),
    "description": ("description",),
    "owner": ("assignee",),
    "stage": ("status",),
    "priority": ("priority",),
}
"""Where our fields are when nothing is said (decision 15)."""
_SYSTEM = {
    "summary": "string",
    "description": "string",
    "environment": "string",
    "assignee": "user",
    "reporter": "user",
    "creator": "user",
    "status": "status",
    "priority": "priority",
    "resolution": "resolution",
    "issuetype": "issuetype",
    "project": "project",
    "created": "datetime",
    "updated": "datetime",
    "resolutiondate": "datetime",
    "duedate": "date",
    "labels": "array",
}
"""Fields that every Jira has, whether it lists them or not."""
_RICH = ("description", "environment")
_MOST_CHOICES = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """One field of Jira. *option* is the box of a checkbox field that was mapped (`FIELD#Option`)."""

    id: str
    name: str = ""
    type: str = "any"
    items: str = ""
    custom: str = ""
    option: str = ""

    @property
    def rich(self) -> bool:
        """Does it hold formatted text?"""
        return self.id in _RICH or self.custom.endswith(":textarea")

    @property
    def dated(self) -> bool:
        """Does it hold a day without a time?"""
        return self.type == "date"

    @property
    def many(self) -> bool:
        """Does it hold a list?"""
        return self.type == "array"

    @property
    def form(self) -> str:
        """Its type in one word: `select`, `datetime`, `array of version`."""
        short = self.custom.rpartition(":")[2]
        return short or (f"array of {self.items}" if self.many and self.items else self.type)

    @property
    def collective(self) -> bool:
        """Does it hold groups or teams rather than people?"""
        return "group" in (self.type, self.items) or self.type == "team" or self.custom.endswith("-team")

    def plain(self) -> list[str]:
        """It as JSON, without the option: what one connection tells the next."""
        return [self.id, self.name, self.type, self.items, self.custom]


@dataclass(frozen=True, slots=True)
class Schema:
    """One Jira as the codec needs to know it.

    *lost* are our fields whose field is gone or not to be told apart, with the reason. *options* are the ids of
    options by field and canonical value, where Jira had to be asked. *logins* are Data Center's user keys, which
    changelogs name, and the login names that they belong to; *seen* everybody met so far.
    """

    base: str
    cloud: bool
    me: str
    vocabulary: Vocabulary
    zone: tzinfo = UTC
    columns: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    service_desk: bool = False
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    seen: dict[str, PersonRef] = field(default_factory=dict)
    _choices: dict[tuple[str, ...], str] = field(default_factory=dict)
    _statuses: dict[tuple[str, str, str], Status] = field(default_factory=dict)

    def choice(self, name: str, words: tuple[str, ...]) -> str:
        """The canonical value that an option's spellings mean; options are few, tickets many."""
        asked = (name, *words)
        if asked not in self._choices:
            if len(self._choices) > _MOST_CHOICES:
                self._choices.clear()
            self._choices[asked] = self.vocabulary.choice(name, *words)
        return self._choices[asked]

    def status(self, id: str, name: str = "", category: str = "") -> Status:
        """A status in our words: by its id and its name of today, whatever its name was then."""
        asked = (id, name, category)
        if asked not in self._statuses:
            listed, known = self.statuses.get(id, ("", ""))
            stage = self.vocabulary.stage_of(id, listed, name)
            self._statuses[asked] = Status(id, name or listed or id, stage, (category or known) == "done")
        return self._statuses[asked]

    def group(self, raw: Mapping[str, Any]) -> PersonRef:
        """The group or team that *raw* is: nobody in particular."""
        name = _text(raw, "name") or _text(raw, "title")
        return PersonRef(_text(raw, "groupId") or _text(raw, "id") or name, name, kind=PersonKind.GROUP)

    def person(self, raw: Mapping[str, Any]) -> PersonRef:
        """The user that *raw* is; who it was is remembered."""
        key = _text(raw, "key")
        native = _text(raw, "accountId") or _text(raw, "name") or key
        if key and native != key:
            self.logins[key] = native
        active, name, email = raw.get("active"), raw.get("displayName"), raw.get("emailAddress")
        ref = PersonRef(
            native,
            name if isinstance(name, str) and name else native,
            email if isinstance(email, str) else "",
            PersonKind.BOT if raw.get("accountType") == "app" else PersonKind.HUMAN,
            active if isinstance(active, bool) else None,
        )
        self.seen[native] = ref
        return ref

    def named(self, id: str, name: str) -> PersonRef:
        """The user that a changelog names; whether one is active is known of today, not of then."""
        native = self.logins.get(id, id)
        known = self.seen.get(native, PersonRef(native, native))
        return PersonRef(native, name or known.name, kind=known.kind)

    def column(self, id: str) -> Column | None:
        """The mapped field of this id."""
        return next((column for some in self.columns.values() for column in some if column.id == id), None)


def spelled(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Our field -> the fields of Jira as the configuration spells them, defaults included."""
    named = {name: fields for name, fields in vocabulary.fields.items() if fields and name in FIELDS}
    return {**DEFAULTS, **named}


def listed(raw: list[dict[str, Any]], project: str = "") -> list[Column]:
    """All fields of a Jira that *project* may use, from its own list; those that every Jira has are never missing.

    A team-managed project has fields of its own, which are listed with everybody's and often bear the same names.
    """
    found = [_column(entry) for entry in raw if isinstance(entry.get("id"), str) and _open(entry, project)]
    known = {column.id for column in found}
    return found + [Column(id, id.capitalize(), type) for id, type in _SYSTEM.items() if id not in known]


def _open(entry: Mapping[str, Any], project: str) -> bool:
    scope = entry.get("scope")
    owner = scope.get("project") if isinstance(scope, dict) and scope.get("type") == "PROJECT" else None
    return not isinstance(owner, dict) or not project or _text(owner, "id") == project


def matching(name: str, columns: list[Column]) -> list[Column]:
    """The fields that *name* can mean: the one with this id, else all with this name."""
    wanted = name.strip()
    by_id = [column for column in columns if column.id == wanted]
    if wanted.startswith("cf[") and wanted.endswith("]"):
        by_id = [column for column in columns if column.id == f"customfield_{wanted[3:-1]}"]
    folded = wanted.casefold()
    return by_id or [column for column in columns if folded in (column.name.casefold(), column.id.casefold())]


def options(meta: Mapping[str, Any] | None) -> dict[str, str] | None:
    """The options in use that a form tells of a field, id -> name; None where it tells none."""
    allowed = meta.get("allowedValues") if meta else None
    if not isinstance(allowed, list):
        return None
    return {
        _text(one, "id"): _text(one, "value") or _text(one, "name")
        for one in allowed
        if isinstance(one, dict) and one.get("disabled") is not True
    }


def parted(name: str) -> tuple[str, str]:
    """`FIELD#Option` as field and option."""
    field_name, _, option = name.partition("#")
    return field_name.strip(), option.strip()


def resolved(
    vocabulary: Vocabulary, found: Mapping[str, list[Column]]
) -> tuple[dict[str, tuple[Column, ...]], dict[str, str]]:
    """Our fields -> the fields of Jira, and those that cannot be told, with the reason."""
    columns: dict[str, tuple[Column, ...]] = {}
    lost: dict[str, str] = {}
    for name, fields in spelled(vocabulary).items():
        several: list[Column] = []
        for one in fields:
            field_name, option = parted(one)
            matches = found.get(field_name, [])
            if len(matches) == 1:
                several.append(replace(matches[0], option=option))
            elif matches:
                ids = ", ".join(match.id for match in matches)
                lost[name] = f"{field_name!r} is the name of several fields ({ids}): map one by its id"
            else:
                lost[name] = f"Jira has no field {field_name!r}, or escsync's account may not see it"
        if name not in lost:
            columns[name] = tuple(several)
    return columns, lost


def _column(entry: Mapping[str, Any]) -> Column:
    told = entry.get("schema")
    schema = told if isinstance(told, dict) else {}
    id = str(entry["id"])
    return Column(
        id,
        _text(entry, "name"),
        _text(schema, "type") or _SYSTEM.get(id, "any"),
        _text(schema, "items"),
        _text(schema, "custom"),
    )


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
