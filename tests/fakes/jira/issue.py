"""An issue, and what people do to it in the browser: every verb leaves the record that Jira leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .adf import document, flat

if TYPE_CHECKING:
    from .world import JiraWorld

READ_ONLY = {"status", "issuetype", "project", "created", "updated", "comment", "creator", "resolutiondate"}


@dataclass(frozen=True)
class Item:
    """One changed field of a history; *raw* replaces what would be rendered."""

    field: str
    old: Any = None
    new: Any = None
    raw: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class History:
    id: int
    author: str | None
    created: datetime
    items: tuple[Item, ...]
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Comment:
    """*adf* is what Cloud stores; *text* what Data Center stores, and what people read."""

    id: int
    author: str | None
    created: datetime
    updated: datetime
    text: str
    adf: Any
    editor: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    visibility: Mapping[str, Any] | None = None

    @property
    def internal(self) -> bool:
        flag = self.properties.get("sd.public.comment")
        return isinstance(flag, dict) and flag.get("internal") is True


class Issue:
    """Field values are kept in a plain inner form: handles of users, ids of options, aware datetimes."""

    def __init__(self, world: JiraWorld, number: int, key: str, project: str, type_: str, by: str) -> None:
        now = world.clock.now()
        self.world = world
        self.id = str(number)
        self.key = key
        self.old_keys: list[str] = []
        self.values: dict[str, Any] = {
            "project": project,
            "issuetype": type_,
            "status": world.projects[project].start,
            "labels": [],
            "reporter": by,
            "creator": by,
        }
        self.raw: dict[str, Any] = {}
        self.created = self.updated = now
        self.histories: list[History] = []
        self.comments: list[Comment] = []
        self.properties: dict[str, Any] = {}
        self.hidden = False
        self.deleted = False

    def snapshot(self) -> Issue:
        """As it stands now: what a search index that lags still shows."""
        seen = copy(self)
        seen.values, seen.raw = dict(self.values), dict(self.raw)
        seen.histories, seen.comments = list(self.histories), list(self.comments)
        seen.properties = dict(self.properties)
        return seen

    # -- what people do

    def set(self, name: str, value: Any, by: str | None = "ana") -> None:
        """Give a field a value, options by name, people by handle."""
        target = self.world.field(name)
        self.change({target.id: self.world.inner(target, value)}, by)

    def assign(self, who: str | None, by: str | None = "ana") -> None:
        self.set("assignee", who, by)

    def label(self, *add: str, remove: Sequence[str] = (), by: str | None = "ana") -> None:
        kept = [label for label in self.values["labels"] if label not in remove]
        self.change({"labels": kept + [label for label in add if label not in kept]}, by)

    def move(self, status: str, by: str | None = "ana") -> None:
        """To a status by id or name, whatever the workflow says: people with the right do that."""
        self.change({"status": self.world.status(status).id}, by)

    def move_to_project(self, key: str, by: str | None = "ana") -> None:
        project = self.world.project(key)
        old = self.key
        self.old_keys.append(old)
        self.key = self.world.new_key(project)
        was, self.values["project"] = self.values["project"], project.id
        items = (Item("project", was, project.id), Item("Key", old, self.key))
        self.record(items, by)

    def delete(self) -> None:
        self.deleted = True

    def show(self, name: str, raw: Any) -> None:
        """Let the API show *raw* for a field, however absurd, with no record of a change."""
        self.raw[self.world.field(name).id] = raw

    def comment(self, by: str | None, text: str, *, public: bool | None = None, adf: Any = None) -> Comment:
        """Say something; *public* False is an internal note of a service project."""
        properties = {} if public is None else {"sd.public.comment": {"internal": not public}}
        return self.say(by, text, adf=adf, properties=properties)

    def edit_comment(self, comment: Comment, text: str, by: str | None = None) -> Comment:
        return self.rewrite(comment.id, text, document(text), by or comment.author)

    def delete_comment(self, comment: Comment) -> None:
        self.comments = [known for known in self.comments if known.id != comment.id]
        self.updated = self.world.clock.now()

    # -- what both people and the API come down to

    def change(
        self, wanted: Mapping[str, Any], by: str | None, metadata: Mapping[str, Any] | None = None
    ) -> None:
        """One history for all that differs; where nothing does, nothing is recorded."""
        items = [
            Item(name, self.values.get(name), new)
            for name, new in wanted.items()
            if (self.values.get(name) or None) != (new if new == 0 else new or None)
        ]
        if not items:
            return
        for item in items:
            self.values[item.field] = item.new
            self.raw.pop(item.field, None)
        self.record(tuple(items), by, metadata)

    def record(
        self, items: tuple[Item, ...], by: str | None, metadata: Mapping[str, Any] | None = None
    ) -> History:
        now = self.world.clock.now()
        history = History(self.world.number(), by, now, items, metadata)
        self.histories.append(history)
        self.updated = now
        return history

    def say(
        self,
        by: str | None,
        text: str,
        *,
        adf: Any = None,
        properties: Mapping[str, Any] | None = None,
        visibility: Mapping[str, Any] | None = None,
    ) -> Comment:
        now = self.world.clock.now()
        body = document(text) if adf is None else adf
        comment = Comment(
            id=self.world.number(),
            author=by,
            created=now,
            updated=now,
            text=text or flat(body),
            adf=body,
            editor=by,
            properties=dict(properties or {}),
            visibility=visibility,
        )
        self.comments.append(comment)
        self.updated = now
        return comment

    def rewrite(
        self,
        comment_id: int,
        text: str,
        adf: Any,
        by: str | None,
        properties: Mapping[str, Any] | None = None,
    ) -> Comment:
        index = next(i for i, known in enumerate(self.comments) if known.id == comment_id)
        known = self.comments[index]
        now = self.world.clock.now()
        self.comments[index] = replace(
            known,
            text=text or flat(adf),
            adf=adf,
            updated=now,
            editor=by,
            properties={**known.properties, **(properties or {})},
        )
        self.updated = now
        return self.comments[index]
