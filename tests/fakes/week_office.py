"""An office: one team on one tracker, escsync's passes over it, and what both of them show at the end."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes.jira_humans import JiraHumans
from fakes.local_humans import LocalHumans
from fakes.memory_stage import MemoryStage
from fakes.notion_humans import NotionHumans
from fakes.salesforce_humans import SalesforceHumans
from fakes.week_weather import Sky, Weather, Weathered

from escsync import registry, sync
from escsync.adapter import Adapter, Binding, PersonKind, Retry, Ticket, TicketRef
from escsync.cli.everywhere import Options
from escsync.cli.host import Host
from escsync.cli.rounds import connected, on_each
from escsync.cli.session import Session
from escsync.domain.fields import OWN_FIELDS
from escsync.report import document
from escsync.sync import Outcome
from escsync.testing import Stopwatch
from escsync.testing.scenario import cast
from escsync.testing.tracker import Held

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday morning."""


class _Memory(MemoryStage):
    """A tracker in memory that shows escsync's own fields, and has weather."""

    def __init__(self, folder: Path, weather: Weather) -> None:
        super().__init__(folder)
        self.weather = weather

    def retry(self) -> Retry:
        return Weathered(self.weather, self.watch.patience())

    def seen(self, held: Held) -> Ticket:
        return super(MemoryStage, self).seen(held)


_WEATHER: dict[Path, Weather] = {}


def weathered(binding: Binding) -> Adapter:
    """A connection to a local tracker, its requests at the mercy of the weather."""
    weather = _WEATHER[binding.settings.connection.path]
    return registry.connect(registry.get("local"), replace(binding, retry=Weathered(weather, binding.retry)))


def _stage(tracker: str, folder: Path, weather: Weather) -> Any:
    match tracker:
        case "local":
            local = LocalHumans(folder)
            _WEATHER[local.path] = weather
            return local
        case "memory":
            return _Memory(folder, weather)
        case "salesforce":
            made: Any = SalesforceHumans()
        case "notion":
            made = NotionHumans()
        case _:
            made = JiraHumans(tracker.removeprefix("jira-"))
    made.server.faults = Sky(weather, lambda: made.now)
    return made


class Office:
    """*stage* is the tracker with its people, *tickets* those opened so far, in their order.

    The clock of the tracker stands still during a pass; nobody ever sleeps. *timeout* is in real seconds.
    """

    def __init__(
        self,
        tracker: str,
        folder: Path,
        *,
        end: datetime,
        mode: str = "annotate",
        timeout: float = 20,
        **project: Any,
    ) -> None:
        self.tracker = tracker
        self.end = end
        self.weather = Weather(self._lock)
        self.stage = _stage(tracker, folder, self.weather)
        self.tickets: list[TicketRef] = []
        self.turn(START - timedelta(days=1))
        self.cast = cast()
        people = copy.deepcopy(self.cast["people"])
        self.native: dict[str, str] = {}
        for person in people:
            kind = PersonKind(person.get("kind", "human"))
            told = {"email": person.get("email", ""), "kind": kind}
            self.native[person["id"]] = self.stage.hire(person["id"], person["name"], **told)
            person["ids"] = {"support": self.native[person["id"]]}
        fallback = {"fallback_owner": project.pop("fallback_owner")} if "fallback_owner" in project else {}
        section = {**self.stage.section(), "mode": mode, "fields": self._fields()}
        if hasattr(self.stage, "server"):
            section["connection"] = {**section["connection"], "timeout": timeout}
        told = {
            "version": 1,
            "timezone": "UTC",
            "company": self.cast["company"],
            "people": "people.yaml",
            "ledger": "sqlite:///:memory:",
            "limits": {"max_share": 1.0},
            "trackers": {"support": section},
            **project,
        }
        (folder / "people.yaml").write_text(json.dumps({"people": people, **fallback}, default=str), "utf-8")
        (folder / "escsync.yaml").write_text(json.dumps(told), "utf-8")
        watch = Stopwatch()
        host = Host(
            clock=lambda: START,
            monotonic=watch.monotonic,
            sleep=watch.sleep,
            random=lambda: 0.5,
            environ=self.stage.environ(),
            directory=lambda: folder,
        )
        self.session = Session(host, Options(config=folder / "escsync.yaml", at=end.isoformat()))
        if tracker == "local":
            config = self.session.config
            mine = config.trackers["support"]
            plugin = replace(mine.plugin, connect="fakes.week_office:weathered")
            self.session.config = replace(config, trackers={"support": replace(mine, plugin=plugin)})

    def _fields(self) -> dict[str, list[str]]:
        """Everything is mapped, escsync's own fields as well."""
        if self.tracker in {"local", "memory"}:
            return {name: [name] for name in OWN_FIELDS} if self.tracker == "local" else {}
        return {name: list(ids) for name, ids in self.stage.fields.items()}

    def turn(self, at: datetime) -> None:
        """It is now that late."""
        self.stage.now = at

    def ticket(self, number: int) -> TicketRef:
        return self.tickets[number]

    def look(self, at: datetime, full: bool = False) -> Outcome:
        """One pass."""
        self.turn(at)
        self.session.now = at
        (outcome,) = on_each(self.session, lambda one: sync.sync(one, full=full), now=at).outcomes
        for act in self.weather.left():
            act()
        return outcome

    def listing(self) -> list[dict[str, Any]]:
        """What `list` says at the end."""
        self.session.now = self.end
        return list(document.listing(self.session.assessments(), self.end)["escalations"])

    def own_fields(self) -> dict[str, dict[str, str]]:
        """What escsync's own fields show on the tracker, by ticket."""
        return {
            key: {name: str(ticket.values.get(name)) for name in OWN_FIELDS}
            for key, ticket in self.shown().items()
        }

    def shown(self) -> dict[str, Ticket]:
        """The tickets as they stand, by native id."""
        self.weather.clear()
        (tracker,) = self.session.config.trackers.values()
        with connected(self.session, tracker, self.end) as adapter:
            return {ticket.id: ticket for ticket in adapter.read(self.tickets)}

    def notes(self, ref: TicketRef) -> list[str]:
        """The text of every note of escsync's that stands on a ticket."""
        stage = self.stage
        match self.tracker:
            case "local":
                sql = "SELECT body FROM comments WHERE author = 'escsync' AND ticket = ?"
                return [str(row["body"]) for row in stage.tracker.store.rows(sql, int(ref.id))]
            case "memory":
                note = stage.at(ref).note
                return [note[1]] if note else []
            case "salesforce":
                org = stage.org
                comments = [r for r in org.rows["CaseComment"].values() if not r.deleted]
                mine = [c for c in comments if c.values["CreatedById"] == org.who("escsync")]
                return [str(c.values["CommentBody"]) for c in mine if c.values["ParentId"] == ref.id]
            case "notion":
                mine = [c for c in stage.world.comments if c.author == stage.world.me and c.page == ref.id]
                return ["".join(run["plain_text"] for run in comment.runs) for comment in mine]
            case _:
                return [c.text for c in stage.world.issues[ref.id].comments if c.author == "escsync"]

    @contextmanager
    def lagging(self) -> Iterator[Callable[[], None]]:
        """While inside, what people do is not yet to be found where a pull looks first; what is handed out is called
        when people have done."""
        match self.tracker:
            case "salesforce":
                # Stamps are taken when a transaction begins; its rows are locked, and are seen when it ends.
                with self.stage.org.under_way() as flight:
                    yield lambda: self._sealed(flight)
                for row in flight.rows:
                    row.busy = 0
                flight.commit()
            case "notion":
                # A replica that is behind has not heard of the latest edits.
                edge = self.stage.now.strftime("%Y-%m-%dT%H:%M")
                self.stage.server.faults.alter = lambda body: _before(body, edge)
                yield lambda: None
                self.stage.server.faults.alter = None
            case "local" | "memory":
                yield lambda: None
            case _:
                self.stage.world.index.stop()
                yield lambda: None
                self.stage.world.index.catch_up()

    def _sealed(self, flight: Any) -> None:
        self.stage.org.flight = None
        for row in flight.rows:
            row.busy = 99

    @contextmanager
    def missing(self, refs: Sequence[TicketRef]) -> Iterator[None]:
        """While inside, a search does not find these tickets at all, as happens for a moment."""
        ids = {ref.id for ref in refs}
        if self.tracker.startswith("jira"):
            self.stage.world.index.missing |= ids
            yield
            self.stage.world.index.missing -= ids
        else:
            yield

    def _lock(self) -> None:
        """Somebody holds every record for a moment."""
        for row in self.stage.org.rows["Case"].values():
            row.busy = 1

    def close(self) -> None:
        self.session.close()
        self.stage.close()
        _WEATHER.pop(getattr(self.stage, "path", None), None)


def _before(body: Any, edge: str) -> Any:
    """An answer without what was edited at *edge* or later."""
    if not isinstance(body, dict) or "results" not in body:
        return body
    return {**body, "results": [row for row in body["results"] if row.get("last_edited_time", "") < edge]}
