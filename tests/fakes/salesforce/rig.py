"""An org, its server, and the Salesforce adapter connected to it the way a pass connects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from fakes.http import FakeServer
from fakes.jira.rig import Pulled, named, pull

from escsync.adapter import Adapter, Binding, Change, Edit, Stage, TicketRef, Vocabulary, Written
from escsync.retry import Budget, Patience

from .company import FIELDS, RECORD_TYPE, STAGES, company, record_type
from .record import Row
from .service import salesforce
from .signin import CLIENT_ID, SECRET, SESSION, private_key
from .world import Org

__all__ = ["Pulled", "Rig", "pull", "rig"]

SCOPE = {"record_type": RECORD_TYPE}


class Rig:
    """*waits* has the seconds for which the adapter would have slept; the org's clock goes on by them."""

    def __init__(self, org: Org, server: FakeServer) -> None:
        self.org = org
        self.server = server
        self.waits: list[float] = []
        self._open: list[Adapter] = []

    @property
    def face(self) -> Any:
        return self.server.face

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.org.clock.set(self.org.clock.now() + timedelta(seconds=seconds))

    def secret(self) -> dict[str, str]:
        """Client credentials."""
        return {"client_id": CLIENT_ID, "client_secret": SECRET}

    def key(self) -> dict[str, str]:
        """A signed assertion."""
        username = self.org.row(self.org.who("escsync")).get("Username")
        return {"client_id": CLIENT_ID, "username": username, "private_key": private_key()}

    def session(self) -> dict[str, str]:
        """A token from elsewhere."""
        return {"session_id": SESSION}

    def open(self, subject: str = "An escalation", *, by: str = "ana", **values: Any) -> Row:
        """A Case in scope."""
        return self.org.open(by=by, subject=subject, RecordTypeId=record_type(self.org), **values)

    def connect(
        self,
        *,
        fields: Mapping[str, tuple[str, ...]] = FIELDS,
        stages: Mapping[str, tuple[str, ...]] = STAGES,
        scope: Mapping[str, Any] = SCOPE,
        connection: Mapping[str, Any] | None = None,
        discovery: Mapping[str, Any] | None = None,
        fresh: bool = False,
        clock: Callable[[], datetime] | None = None,
        budget: Budget | None = None,
        **vocabulary: Any,
    ) -> Adapter:
        """A new connection; *discovery* is what an earlier one learnt, *clock* the pass's."""
        plugin = named("escsync_salesforce:plugin")
        told = {"url": self.server.url} | dict(self.secret() if connection is None else connection)
        settings = named(plugin.settings).model_validate({"connection": told, "scope": dict(scope)})
        patience = Patience(
            sleep=self.sleep,
            clock=lambda: sum(self.waits),
            random=lambda: 0.0,
            budget=budget or Budget(attempts=3),
        )
        words = Vocabulary(
            stages={Stage(name): statuses for name, statuses in stages.items()},
            fields=dict(fields),
            **vocabulary,
        )
        now = clock or self.org.clock.now
        binding = Binding("support", settings, words, patience, now, dict(discovery or {}), fresh)
        adapter: Adapter = named(plugin.connect)(binding)
        self._open.append(adapter)
        return adapter

    def again(self, adapter: Adapter, **how: Any) -> Adapter:
        """The next pass's connection: what *adapter* learnt is handed on."""
        return self.connect(discovery=adapter.discovery, **how)

    @staticmethod
    def ref(case: Row) -> TicketRef:
        return TicketRef(case.id, case.values["CaseNumber"])

    def change(self, case: Row, *edits: Edit, version: str = "") -> Change:
        """*edits* on a Case, as a plan would hold them."""
        return Change("support", self.ref(case), "", edits, (), version)

    @staticmethod
    def write(adapter: Adapter, *changes: Change) -> list[Written]:
        return list(adapter.write(changes))

    def close(self) -> None:
        for adapter in self._open:
            adapter.close()


@contextmanager
def rig(org: Org | None = None) -> Iterator[Rig]:
    """A rig over *org* (Acme's support, if none is given)."""
    org = org or company()
    with salesforce(org) as server:
        whole = Rig(org, server)
        try:
            yield whole
        finally:
            whole.close()
