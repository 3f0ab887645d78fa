"""What escsync learnt of one Jira, kept from connection to connection so that an idle pass need not ask again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from escsync.adapter import Binding, Denied, Level, PersonKind, PersonRef, Problem, TicketRef

from . import schema as looks
from .connection import Connection
from .inquiry import Inquiry, deployment_of
from .schema import Column, Schema
from .settings import Deployment, JiraSettings

_FORMAT = 1
_GOOD_FOR = timedelta(days=1)
_ESSENTIAL = ("owner", "stage")
_KEPT = ("deployment", "dates", "partial", "internal", "logins", "bots", "recent")
"""What stays true when the rest is asked for again."""
_CONSISTENT_FOR = 3
"""So many pulls ask Jira's search to be exact about a ticket that was written."""
_MOST_RECENT = 50


class Discovery:
    """The memory of one connection: plain JSON inside, a Schema outside."""

    def __init__(self, connection: Connection, binding: Binding) -> None:
        self.settings: JiraSettings = binding.settings
        self._connection = connection
        self._binding = binding
        self._known: dict[str, Any] = dict(binding.discovery) if self._usable(binding.discovery) else {}
        self._schema: Schema | None = None
        self.asked = False
        """Was Jira asked in this connection?"""
        if not self._known and binding.discovery.get("for") == self._digest():
            self._known = {key: binding.discovery[key] for key in _KEPT if key in binding.discovery}

    def _usable(self, told: Mapping[str, Any]) -> bool:
        if self._binding.fresh or told.get("format") != _FORMAT or told.get("for") != self._digest():
            return False
        try:
            return abs(self._binding.clock() - datetime.fromisoformat(told["at"])) < _GOOD_FOR
        except (KeyError, TypeError, ValueError):
            return False

    def _digest(self) -> str:
        """A hash of what the answers depend on: another address, account or mapping makes them worthless."""
        connection, scope = self.settings.connection, self.settings.scope
        told = [connection.url, connection.email, connection.username, connection.deployment, scope.project]
        mapping = sorted(looks.spelled(self._binding.vocabulary).items())
        return hashlib.sha256(json.dumps([told, mapping]).encode()).hexdigest()[:16]

    @property
    def cloud(self) -> bool:
        """Is it Jira Cloud? Asked where neither configuration nor memory tells."""
        deployment = self.settings.connection.known or self._known.get("deployment")
        if deployment is None:
            deployment = self._known["deployment"] = deployment_of(self._connection, self.settings.connection)
        cloud = deployment == Deployment.CLOUD
        self._connection.api = "3" if cloud else "2"
        return cloud

    @property
    def schema(self) -> Schema:
        """Jira as the codec needs to know it."""
        if self._schema is None:
            if "columns" not in self._known:
                self._ask()
            self._schema = self._built()
        return self._schema

    def refresh(self) -> Schema:
        """Ask again, for something no longer fits."""
        self._known = {key: self._known[key] for key in _KEPT if key in self._known}
        self._schema = None
        return self.schema

    @property
    def project(self) -> Mapping[str, Any]:
        """The project in scope: id, key, name, type, and its type for sub-tasks; empty where none is named."""
        _ = self.schema
        found: Mapping[str, Any] = self._known.get("project") or {}
        return found

    def address(self, ref: TicketRef) -> str:
        """How a ticket is named in a path: by the id that never changes; look-alikes know only keys."""
        return ref.key if self.recall("partial") and ref.key else ref.id

    def problems(self) -> tuple[Problem, ...]:
        """What the configuration maps and Jira no longer has."""
        return tuple(
            Problem(Level.FAIL, f"fields.{name}", reason, "map it anew, or remove the entry", "DRIFT")
            for name, reason in self.schema.lost.items()
        )

    def told(self) -> Mapping[str, Any]:
        """Everything, as plain JSON."""
        if self._schema is not None:
            bots = {ref.id: ref.name for ref in self._schema.seen.values() if ref.kind is PersonKind.BOT}
            self._known["bots"] = {**self._known.get("bots", {}), **bots}
            self._known["logins"] = dict(self._schema.logins)
            self._known["options"] = self._schema.options
        return self._known

    def remember(self, key: str, value: object) -> None:
        """Keep a small piece of knowledge: `dates`, `internal`, and `partial`: a look-alike of Jira."""
        self._known[key] = value

    def recall(self, key: str) -> Any:
        """What was kept, else None."""
        return self._known.get(key)

    def wrote(self, id: str) -> None:
        """A ticket was written: Jira's search may show it as it was for a while."""
        recent = {**self._known.get("recent", {}), id: _CONSISTENT_FOR}
        self._known["recent"] = dict(list(recent.items())[-_MOST_RECENT:])

    def recent(self) -> list[int]:
        """Ids of the tickets written lately."""
        return [int(id) for id in self._known.get("recent", {}) if id.isdecimal()]

    def pulled(self) -> None:
        """A pull was completed."""
        left = {id: count - 1 for id, count in self._known.get("recent", {}).items() if count > 1}
        self._known["recent"] = left

    def gone(self, present: Iterable[Mapping[str, Any]]) -> Schema:
        """The schema, asked for again where a mapped field is in none of the tickets that came.

        Jira says nothing when a field it is asked for was deleted; it just leaves it out. Fields that a ticket
        may lack because they are not for its type are remembered, so that they are asked about only once.
        """
        sparse = set(self._known.get("sparse", ()))
        own = {
            c.id for some in self.schema.columns.values() for c in some if c.id.startswith("customfield_")
        } - sparse
        absent = [own - fields.keys() for fields in present]
        if absent and set.intersection(*absent) and not self.asked:
            self.refresh()
        if self.asked:
            self._known["sparse"] = sorted(sparse.union(*absent) if absent else sparse)
        return self.schema

    def _ask(self) -> None:
        inquiry = Inquiry(self._connection, self.settings, cloud=self.cloud)
        self._known |= inquiry.everything(self._binding.vocabulary)
        self._known |= {
            "format": _FORMAT,
            "for": self._digest(),
            "at": self._binding.clock().astimezone(UTC).isoformat(),
        }
        self.asked = True

    def _built(self) -> Schema:
        known = self._known
        found = {name: [Column(*one) for one in some] for name, some in known["columns"].items()}
        columns, lost = looks.resolved(self._binding.vocabulary, found)
        for name in _ESSENTIAL:
            if name in lost:
                raise Denied(
                    f"fields.{name}: {lost[name]}", remedy=f"escsync cannot work without {name}: map it"
                )
        bots = known.get("bots", {})
        return Schema(
            base=known.get("site") or self.settings.connection.url,
            cloud=self.cloud,
            me=known["me"]["id"],
            vocabulary=self._binding.vocabulary,
            zone=_zone(known["me"]["zone"]),
            columns=columns,
            lost=lost,
            statuses={id: (name, category) for id, (name, category) in known["statuses"].items()},
            service_desk=(known.get("project") or {}).get("type") == "service_desk",
            options={id: dict(some) for id, some in known.get("options", {}).items()},
            logins=dict(known.get("logins", {})),
            seen={id: PersonRef(id, name, kind=PersonKind.BOT) for id, name in bots.items()},
        )


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
