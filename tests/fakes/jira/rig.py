"""A site, its server, and the Jira adapter connected to it the way a pass connects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from fakes.http import FakeServer

from escsync.adapter import (
    Adapter,
    Binding,
    Change,
    Cursor,
    Edit,
    Page,
    Problem,
    Stage,
    Ticket,
    TicketRef,
    Unreadable,
    Vocabulary,
    Written,
)
from escsync.retry import Budget, Patience

from . import cloud as cloud_face
from . import datacenter as datacenter_face
from .site import FIELDS, STAGES, site
from .world import JiraWorld

SCOPE = {"project": "EXEC", "issue_type": "Escalation"}
DIALECTS = ("cloud", "datacenter")


def named(reference: str) -> Any:
    """What a "module:name" reference names."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


@dataclass
class Pulled:
    """Everything that one pull brought, and the cursor for the next."""

    pages: list[Page] = field(default_factory=list)

    @property
    def tickets(self) -> list[Ticket]:
        return [ticket for page in self.pages for ticket in page.tickets]

    @property
    def unreadable(self) -> list[Unreadable]:
        return [one for page in self.pages for one in page.unreadable]

    @property
    def problems(self) -> list[Problem]:
        return [one for page in self.pages for one in page.problems]

    @property
    def cursor(self) -> Cursor:
        return self.pages[-1].cursor

    @property
    def keys(self) -> list[str]:
        return [ticket.key for ticket in self.tickets]

    @property
    def one(self) -> Ticket:
        (ticket,) = self.tickets
        return ticket


def pull(adapter: Adapter, cursor: Cursor | None = None, watch: Sequence[TicketRef] = ()) -> Pulled:
    """All pages of a pull."""
    return Pulled(list(adapter.pull(cursor, watch)))


class Rig:
    """*waits* has the seconds for which the adapter would have slept."""

    def __init__(self, dialect: str, world: JiraWorld, server: FakeServer) -> None:
        self.dialect = dialect
        self.world = world
        self.server = server
        self.waits: list[float] = []
        self._open: list[Adapter] = []

    @property
    def cloud(self) -> bool:
        return self.dialect == "cloud"

    @property
    def face(self) -> Any:
        return self.server.face

    def who(self, handle: str) -> str:
        """The native id of somebody."""
        return self.world.users[handle].account if self.cloud else handle

    def credentials(self) -> dict[str, Any]:
        if self.cloud:
            return {"deployment": "cloud", "email": cloud_face.EMAIL, "token": cloud_face.TOKEN}
        return {"deployment": "datacenter", "token": datacenter_face.TOKEN}

    def connect(
        self,
        *,
        fields: Mapping[str, tuple[str, ...]] = FIELDS,
        stages: Mapping[str, tuple[str, ...]] = STAGES,
        scope: Mapping[str, Any] = SCOPE,
        discovery: Mapping[str, Any] | None = None,
        fresh: bool = False,
        connection: Mapping[str, Any] | None = None,
        clock: Callable[[], datetime] | None = None,
        **vocabulary: Any,
    ) -> Adapter:
        """A new connection; *discovery* is what an earlier one learnt, *clock* the pass's."""
        plugin = named("escsync_jira:plugin")
        told = {"url": self.server.url} | (self.credentials() if connection is None else dict(connection))
        settings = named(plugin.settings).model_validate({"connection": told, "scope": dict(scope)})
        patience = Patience(
            sleep=self.waits.append,
            clock=lambda: sum(self.waits),
            random=lambda: 0.0,
            budget=Budget(attempts=3),
        )
        words = Vocabulary(
            stages={Stage(name): statuses for name, statuses in stages.items()},
            fields=dict(fields),
            **vocabulary,
        )
        told_time = clock or self.world.clock.now
        binding = Binding("support", settings, words, patience, told_time, dict(discovery or {}), fresh)
        adapter: Adapter = named(plugin.connect)(binding)
        self._open.append(adapter)
        return adapter

    def again(self, adapter: Adapter, **how: Any) -> Adapter:
        """The next pass's connection: what *adapter* learnt is handed on."""
        return self.connect(discovery=adapter.discovery, **how)

    def change(self, issue: Any, *edits: Edit, version: str = "") -> Change:
        """*edits* on an issue, as a plan would hold them."""
        return Change("support", TicketRef(issue.id, issue.key), "", edits, (), version)

    @staticmethod
    def paths(issue: Any) -> tuple[str, str]:
        """How the end of an issue's address may read: by its id or by its key."""
        return f"/issue/{issue.id}", f"/issue/{issue.key}"

    def write(self, adapter: Adapter, *changes: Change) -> list[Written]:
        return list(adapter.write(changes))

    def close(self) -> None:
        for adapter in self._open:
            adapter.close()


@contextmanager
def rig(dialect: str, world: JiraWorld | None = None) -> Iterator[Rig]:
    """A rig of this dialect over *world* (a plain site, if none is given)."""
    world = world or site()
    made = cloud_face.cloud(world) if dialect == "cloud" else datacenter_face.datacenter(world)
    with made as server:
        whole = Rig(dialect, world, server)
        try:
            yield whole
        finally:
            whole.close()
