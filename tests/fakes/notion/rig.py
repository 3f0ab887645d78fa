"""A workspace, its server, and the Notion adapter connected to it the way a pass connects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from fakes.http import FakeServer
from fakes.jira.rig import Pulled, named, pull

from escsync.adapter import Adapter, Binding, Change, Edit, Stage, TicketRef, Vocabulary, Written
from escsync.retry import Budget, Patience

from .page import Page
from .service import TOKEN, notion
from .site import STAGES, Bare, Site, site

__all__ = ["Pulled", "Rig", "pull", "rig"]


class Rig:
    """*waits* has the seconds for which the adapter would have slept; the workspace's clock goes on by them."""

    def __init__(self, made: Any, server: FakeServer) -> None:
        self.site = made
        self.world = made.world
        self.server = server
        self.waits: list[float] = []
        self._open: list[Adapter] = []

    @property
    def api(self) -> Any:
        return self.server.face

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.world.clock.set(self.world.clock.now() + timedelta(seconds=seconds))

    def connect(
        self,
        *,
        fields: Mapping[str, tuple[str, ...]] | None = None,
        stages: Mapping[str, tuple[str, ...]] = STAGES,
        scope: Mapping[str, Any] | None = None,
        connection: Mapping[str, Any] | None = None,
        discovery: Mapping[str, Any] | None = None,
        fresh: bool = False,
        clock: Callable[[], datetime] | None = None,
        budget: Budget | None = None,
        **vocabulary: Any,
    ) -> Adapter:
        """A new connection; *discovery* is what an earlier one learnt, *clock* the pass's."""
        plugin = named("escsync_notion:plugin")
        told = {"url": self.server.url, "token": TOKEN} | dict(connection or {})
        where = self.site.scope if scope is None else dict(scope)
        settings = named(plugin.settings).model_validate({"connection": told, "scope": where})
        patience = Patience(
            sleep=self.sleep,
            clock=lambda: sum(self.waits),
            random=lambda: 0.0,
            budget=budget or Budget(attempts=3),
        )
        words = Vocabulary(
            stages={Stage(name): statuses for name, statuses in stages.items()},
            fields=dict(self.site.fields if fields is None else fields),
            **vocabulary,
        )
        now = clock or self.world.clock.now
        binding = Binding("support", settings, words, patience, now, dict(discovery or {}), fresh)
        adapter: Adapter = named(plugin.connect)(binding)
        self._open.append(adapter)
        return adapter

    def again(self, adapter: Adapter, **how: Any) -> Adapter:
        """The next pass's connection: what *adapter* learnt is handed on."""
        return self.connect(discovery=adapter.discovery, **how)

    def ref(self, page: Page) -> TicketRef:
        return TicketRef(page.id, page.key)

    def change(self, page: Page, *edits: Edit) -> Change:
        """*edits* on a page, as a plan would hold them."""
        return Change("support", self.ref(page), "", edits, ())

    @staticmethod
    def write(adapter: Adapter, *changes: Change) -> list[Written]:
        return list(adapter.write(changes))

    def close(self) -> None:
        for adapter in self._open:
            adapter.close()


@contextmanager
def rig(made: Site | Bare | None = None) -> Iterator[Rig]:
    """A rig over *made* (a plain site, if none is given)."""
    made = made or site()
    with notion(made.world) as server:
        whole = Rig(made, server)
        try:
            yield whole
        finally:
            whole.close()
