"""Trackers for passes that die: each can be put back to how it was, and says what people see on it."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fakes.http import FakeServer, Request
from fakes.jira_humans import JiraHumans
from fakes.killing import Access
from fakes.killing_ledger import laid
from fakes.local_humans import OWN, LocalHumans
from fakes.notion.texts import plain
from fakes.notion_humans import NotionHumans
from fakes.salesforce_humans import SalesforceHumans

from escsync.adapter import Stage, Vocabulary

Shown = list[dict[str, Any]]
"""Everything that stands on the tracker, record by record, but ids and instants of the tracker's own."""


class Place(ABC):
    """A tracker and its people; *server* where it is reached by HTTP, so that connections can break."""

    server: FakeServer | None = None

    def __init__(self, humans: Any) -> None:
        self.humans = humans

    def access(self, patience: float | None = None, *, reminds: bool = True) -> Access:
        """How a pass connects, with so many seconds of *patience* for an answer; does it create reminders?"""
        told = self.humans.section()
        timeout = {} if patience is None else {"timeout": patience}
        settings = {
            "connection": {**self.connection(), **timeout},
            **({"scope": told["scope"]} if "scope" in told else {}),
        }
        words = Vocabulary(
            stages={Stage(stage): (name,) for stage, name in told["stages"].items()},
            fields=self.fields(),
            reminds=reminds,
        )
        return Access(told["adapter"], settings, words)

    def connection(self) -> Mapping[str, Any]:
        """With the secrets in it."""
        told: Mapping[str, Any] = self.humans.connection()
        return told

    def fields(self) -> Mapping[str, tuple[str, ...]]:
        """Where our fields are found."""
        fields: Mapping[str, tuple[str, ...]] = self.humans.fields
        return fields

    @abstractmethod
    def kept(self) -> Callable[[], None]:
        """Remember how everything is; what is answered puts it back."""

    @abstractmethod
    def shown(self) -> Shown:
        """What people see."""

    def close(self) -> None:
        self.humans.close()


class Wired(Place):
    """A fake in this process behind a server."""

    server: FakeServer

    def __init__(self, humans: Any) -> None:
        super().__init__(humans)
        self.server = humans.server

    def kept(self) -> Callable[[], None]:
        server = self.server
        with server.lock:
            held = self._copied((self._state(), server.face))

        def put_back() -> None:
            with server.lock:
                state, face = self._copied(held)
                vars(self.humans).update(state)
                server.face, server.world = face, face.world
                server.faults.clear()
                server.log.clear()

        return put_back

    def _state(self) -> dict[str, Any]:
        apart = {"server", "watch", "waits", "_open"}
        return {name: value for name, value in vars(self.humans).items() if name not in apart}

    def _copied(self, held: Any) -> Any:
        return copy.deepcopy(held, {id(self.server): self.server})


class Jira(Wired):
    """Cloud or Data Center."""

    def __init__(self, dialect: str) -> None:
        super().__init__(JiraHumans(dialect))

    def shown(self) -> Shown:
        world = self.humans.world
        keys = {issue.id: issue.key for issue in world.issues.values()}
        told = [
            {
                **{world.fields[name].name: value for name, value in issue.values.items() if value},
                "parent": keys.get(issue.values.get("parent")),
                "notes": sorted((c.author, c.text) for c in issue.comments),
                "marks": dict(issue.properties),
            }
            for issue in world.issues.values()
            if not issue.deleted
        ]
        return _sorted(told)


class Salesforce(Wired):
    """An org."""

    def __init__(self) -> None:
        super().__init__(SalesforceHumans())

    def shown(self) -> Shown:
        org = self.humans.org
        rows = [row for name in ("Case", "Task") for row in org.rows[name].values() if not row.deleted]
        told = []
        for row in rows:
            values = {n: v for n, v in row.values.items() if n not in _STAMPS and v is not None}
            said = [
                c for c in org.rows["CaseComment"].values() if not c.deleted and c.get("ParentId") == row.id
            ]
            notes = sorted((c.get("CreatedById"), c.get("CommentBody")) for c in said)
            told.append({**values, "object": row.type, "notes": notes})
        return _sorted(told)


_STAMPS = {
    "Id",
    "SystemModstamp",
    "LastModifiedDate",
    "LastModifiedById",
    "CreatedDate",
    "LastReferencedDate",
}


class Notion(Wired):
    """A workspace."""

    def __init__(self) -> None:
        super().__init__(NotionHumans())

    def shown(self) -> Shown:
        world = self.humans.world
        told = [
            {
                **{page.source.properties[id].name: value for id, value in page.values.items() if value},
                "icon": page.icon,
                "lines": [block.content for block in page.blocks if not block.in_trash],
                "notes": sorted((c.author, plain(c.runs)) for c in world.comments if c.page == page.id),
            }
            for page in world.pages.values()
            if page.source is not None and not page.in_trash
        ]
        return _sorted(told)


class Local(Place):
    """A file; every case has it at the same place."""

    def __init__(self, folder: Path) -> None:
        super().__init__(LocalHumans(folder))

    def connection(self) -> Mapping[str, Any]:
        return {"path": str(self.humans.path)}

    def fields(self) -> Mapping[str, tuple[str, ...]]:
        return OWN

    def kept(self) -> Callable[[], None]:
        path, now = self.humans.path, self.humans.now
        back = laid(path)

        def put_back() -> None:
            self.humans.tracker.close()
            back()
            self.humans.now = now
            self.humans.tracker = type(self.humans.tracker)(path, lambda: self.humans.now)

        return put_back

    def shown(self) -> Shown:
        rows = self.humans.tracker.store.rows
        keys = {row["id"]: row["key"] for row in rows("SELECT id, key FROM tickets")}
        told = []
        for ticket in rows("SELECT * FROM tickets"):
            changes = rows("SELECT field, value FROM changes WHERE ticket = ? ORDER BY id", ticket["id"])
            held = dict(map(tuple, changes))
            said = rows(
                "SELECT author, body FROM comments WHERE ticket = ? ORDER BY author, body", ticket["id"]
            )
            told.append(
                {
                    **{name: value for name, value in held.items() if value != "null"},
                    "parent": keys.get(ticket["parent"]),
                    "marker": ticket["marker"],
                    "notes": [tuple(one) for one in said],
                }
            )
        return _sorted(told)


def writes(request: Request) -> bool:
    """Does the request change anything on a tracker?"""
    path = request.path.rstrip("/")
    if request.method != "POST" or path.endswith("/token"):
        return request.method in {"PUT", "PATCH", "DELETE"}
    if path.endswith("/composite"):
        return any(part["method"] != "GET" for part in request.body["compositeRequest"])
    return (
        not path.endswith(("/search", "/search/jql", "/bulkfetch", "/query"))
        and "/composite/sobjects/" not in path
    )


def _sorted(told: Shown) -> Shown:
    return sorted(told, key=repr)


PLACES: dict[str, Callable[[Path], Place]] = {
    "local": Local,
    "jira-cloud": lambda folder: Jira("cloud"),
    "jira-datacenter": lambda folder: Jira("datacenter"),
    "salesforce": lambda folder: Salesforce(),
    "notion": lambda folder: Notion(),
}
