"""Trackers on their first day, as an admin finds them who has just heard of escsync: people, and nothing of ours."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from escsync_local.tracker import LocalTracker
from fakes.jira import empty as bare_jira
from fakes.jira import rig as jira_rig
from fakes.jira.schema import Option
from fakes.killing_stages import writes
from fakes.notion import rig as notion_rig
from fakes.notion import site as notion_site
from fakes.notion.service import TOKEN as NOTION_TOKEN
from fakes.salesforce import rig as salesforce_rig
from fakes.salesforce.empty import LAYOUT
from fakes.salesforce.empty import empty as bare_org
from fakes.salesforce.signin import CLIENT_ID, SECRET

from escsync.adapter import Vocabulary
from escsync.setup.wishes import wishes

START = datetime.fromisoformat("2026-03-03T09:00:00+00:00")


class FirstDay(ABC):
    """*answers* are what `init` is told, *environ* holds the secrets."""

    adapter: str
    answers: Mapping[str, str]
    environ: Mapping[str, str]

    @abstractmethod
    def later(self, now: datetime) -> None:
        """The tracker's clock goes on to *now*."""

    @abstractmethod
    def open(self, summary: str) -> Any:
        """Somebody opens an escalation that nobody owns."""

    @abstractmethod
    def owner(self, ticket: Any) -> str:
        """Who owns it: the native id, "" for nobody."""

    @abstractmethod
    def said(self, ticket: Any) -> list[str]:
        """What stands in its comments."""

    @abstractmethod
    def person(self, name: str) -> str:
        """Somebody's native id."""

    def clicked(self) -> None:  # noqa: B027  # most trackers leave nothing to people
        """What provisioning leaves to people is done by them."""

    @property
    def written(self) -> int:
        """How many requests so far changed something on the server; -1 where there is none."""
        return -1


class _Jira(FirstDay):
    adapter = "jira"

    def __init__(self, rig: jira_rig.Rig) -> None:
        self.rig, self.world = rig, rig.world
        told = rig.credentials()
        self.answers = {
            "connection.url": rig.server.url,
            "connection.deployment": told["deployment"],
            **({"connection.email": told["email"]} if "email" in told else {}),
            "scope.project": "EXEC",
            "scope.issue_type": "Escalation",
        }
        self.environ = {"JIRA_TOKEN": told["token"]}

    def later(self, now: datetime) -> None:
        self.world.clock.set(now)

    def open(self, summary: str) -> Any:
        return self.world.create(type_="Escalation", summary=summary)

    def owner(self, ticket: Any) -> str:
        held = ticket.values.get("assignee")
        return self.rig.who(held) if held else ""

    def said(self, ticket: Any) -> list[str]:
        return [comment.text for comment in ticket.comments]

    def person(self, name: str) -> str:
        return self.rig.who(name)

    def clicked(self) -> None:
        """Data Center has no REST for options: Edit Options, one by one."""
        choices = {wish.label: list(wish.choices.values()) for wish in wishes(Vocabulary())}
        for number, field in enumerate(self.world.fields.values()):
            if not field.options:
                named = choices.get(field.name, [])
                field.options += [Option(str(90000 + 100 * number + n), one) for n, one in enumerate(named)]

    @property
    def written(self) -> int:
        return _written(self.rig.server)


class _Salesforce(FirstDay):
    adapter = "salesforce"

    def __init__(self, rig: salesforce_rig.Rig) -> None:
        self.rig, self.org = rig, rig.org
        self.answers = {"connection.url": rig.server.url, "scope.flag": "IsEscalated"}
        self.environ = {"SALESFORCE_CLIENT_ID": CLIENT_ID, "SALESFORCE_CLIENT_SECRET": SECRET}

    def later(self, now: datetime) -> None:
        self.org.clock.set(now)

    def open(self, summary: str) -> Any:
        return self.org.open(subject=summary, IsEscalated=True, OwnerId=self.org.who("support"))

    def owner(self, ticket: Any) -> str:
        held = str(ticket.get("OwnerId"))
        return "" if held == self.org.who("support") else held

    def said(self, ticket: Any) -> list[str]:
        rows = self.org.rows["CaseComment"].values()
        return [str(row.get("CommentBody")) for row in rows if row.get("ParentId") == ticket.id]

    def person(self, name: str) -> str:
        return self.org.who(name)

    def clicked(self) -> None:
        """Two histories are ticked, and the fields dragged onto the page."""
        self.org.track("Status", "OwnerId")
        fields = self.org.objects["Case"].fields.values()
        self.org.layouts[LAYOUT] |= {field.name for field in fields if field.custom}

    @property
    def written(self) -> int:
        return _written(self.rig.server)


class _Notion(FirstDay):
    adapter = "notion"

    def __init__(self, rig: notion_rig.Rig) -> None:
        self.rig, self.world = rig, rig.world
        self.answers = {"connection.url": rig.server.url, "scope.page": rig.site.page.id}
        self.environ = {"NOTION_TOKEN": NOTION_TOKEN}

    def later(self, now: datetime) -> None:
        self.world.clock.set(now)

    def open(self, summary: str) -> Any:
        (database,) = self.world.databases.values()
        return self.world.open(database.sources[0], {"title": summary}, self.rig.site.people["ana"].id)

    def owner(self, ticket: Any) -> str:
        property_ = ticket.source.find("Owner")
        return next(iter(ticket.values[property_.id] or ()), "")

    def said(self, ticket: Any) -> list[str]:
        return [str(one.runs) for one in self.world.comments if one.page == ticket.id]

    def person(self, name: str) -> str:
        return self.rig.site.people[name].id

    @property
    def written(self) -> int:
        return _written(self.rig.server)


class _Local(FirstDay):
    adapter = "local"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tracker.db"
        self.answers, self.environ = {"connection.path": "tracker.db"}, {}
        self.now = START

    def _tracker(self) -> LocalTracker:
        return LocalTracker(self.path, lambda: self.now)

    def later(self, now: datetime) -> None:
        self.now = now

    def open(self, summary: str) -> Any:
        tracker = self._tracker()
        for name, title in (("dana", "Dana Reyes"), ("idris", "Idris Cole"), ("ana", "Ana Lima")):
            tracker.add_user(name, title, email=f"{name}@acme.example")
        key = tracker.create({"summary": summary}, by="ana")
        tracker.close()
        return key

    def owner(self, ticket: Any) -> str:
        tracker = self._tracker()
        found = tracker.values(tracker.find(ticket)).get("owner") or [""]
        tracker.close()
        return found[0] if isinstance(found, list) else str(found)

    def said(self, ticket: Any) -> list[str]:
        tracker = self._tracker()
        told = [str(row["body"]) for row in tracker.store.rows("SELECT body FROM comments")]
        tracker.close()
        return told

    def person(self, name: str) -> str:
        return name


def _written(server: Any) -> int:
    return sum(writes(call.request) for call in server.log)


@contextmanager
def _jira(dialect: str) -> Iterator[FirstDay]:
    with jira_rig.rig(dialect, bare_jira.empty()) as rig:
        yield _Jira(rig)


@contextmanager
def _salesforce() -> Iterator[FirstDay]:
    with salesforce_rig.rig(bare_org()) as rig:
        yield _Salesforce(rig)


@contextmanager
def _notion() -> Iterator[FirstDay]:
    with notion_rig.rig(notion_site.empty()) as rig:
        yield _Notion(rig)


@contextmanager
def _local(folder: Path) -> Iterator[FirstDay]:
    yield _Local(folder)


FIRST_DAYS: Mapping[str, Callable[[Path], Any]] = {
    "local": _local,
    "jira-cloud": lambda folder: _jira("cloud"),
    "jira-datacenter": lambda folder: _jira("datacenter"),
    "salesforce": lambda folder: _salesforce(),
    "notion": lambda folder: _notion(),
}
