"""A ready workspace: one database of executive escalations with its people, and one of accounts beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fakes.jira.clock import Clock

from .page import Page
from .schema import DataSource, User
from .world import Workspace

STATUSES = (
    "Open:To-do",
    "Investigating:In progress",
    "Designing:In progress",
    "Updating:In progress",
    "Pending:In progress",
    "Closed:Complete",
    "Rejected:Complete",
    "Duplicate:Complete",
    "Waiting for legal:In progress",
)
STAGES = {
    "intake": ("Open",),
    "investigation": ("Investigating",),
    "solution_design": ("Designing",),
    "customer_update": ("Updating",),
    "resolution_pending": ("Pending",),
    "closed": ("Closed",),
    "rejected": ("Rejected",),
    "duplicate": ("Duplicate",),
}
"""Canonical stage -> status options, by name."""
PROPERTIES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("ID", "unique_id", (), ""),
    ("Status", "status", STATUSES, "stage"),
    ("Owner", "people", (), "owner"),
    ("Details", "rich_text", (), "description"),
    ("Priority", "select", ("P0", "P1", "P2"), "priority"),
    ("Source", "url", (), "source_url"),
    ("Received", "date", (), "received_at"),
    ("Account name", "rich_text", (), "account.name"),
    ("Tier", "select", ("Enterprise", "Mid Market", "SMB"), "account.tier"),
    ("ARR", "number", (), "account.arr"),
    ("Contact e-mail", "email", (), "contact.email"),
    ("Contact phone", "phone_number", (), ""),
    ("Severity", "select", ("Billing dispute", "Data issue", "Public outage", "UX complaint"), "severity"),
    ("Technical", "checkbox", (), "is_technical"),
    ("History reviewed", "checkbox", (), "checklist.history_reviewed"),
    ("CSM spoken", "select", ("done", "n/a", "open"), "checklist.csm_spoken"),
    ("Findings", "rich_text", (), "findings_summary"),
    ("Resolution", "multi_select", ("Engineering fix", "Billing credit"), "resolution_types"),
    ("Root cause", "select", ("Product bug", "Routing failure", "Something new"), "root_cause"),
    ("Committed", "date", (), "committed_at"),
    ("Implemented", "date", (), "implemented_at"),
    ("Follow-up", "date", (), "follow_up.scheduled_for"),
    ("Due", "date", (), "due_at"),
    ("Ack due", "date", (), "ack_due_at"),
    ("Health", "select", ("ok", "due_soon", "breached"), "health"),
    ("Computed priority", "select", ("P0", "P1", "P2"), "computed_priority"),
    ("Escsync key", "rich_text", (), ""),
    ("Attachments", "files", (), ""),
    ("Created", "created_time", (), ""),
    ("Created by", "created_by", (), ""),
    ("Edited", "last_edited_time", (), ""),
    ("Edited by", "last_edited_by", (), ""),
    ("Where", "place", (), ""),
)
"""Name, type, options, and the canonical field that a configuration would map to it."""


@dataclass
class Site:
    """*escalations* and *accounts* are the tables, *people* those who work there by their handles."""

    world: Workspace
    escalations: DataSource
    accounts: DataSource
    people: dict[str, User]

    def id(self, name: str) -> str:
        """The id of a property of the escalations, as answers show it."""
        found = self.escalations.find(name)
        if found is None:
            raise ValueError(f"no property {name!r}")
        return found.key

    @property
    def scope(self) -> dict[str, str]:
        """What a configuration would name."""
        return {"data_source": self.escalations.id}

    @property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """Canonical field -> properties, as a configuration would map them."""
        mapped = {canonical: (self.id(name),) for name, _, _, canonical in PROPERTIES if canonical}
        return {"summary": ("title",), **mapped}

    def create(self, summary: str = "An escalation", *, by: str = "ana", **values: Any) -> Page:
        """An escalation that somebody opens; *values* by names of properties."""
        return self.world.open(self.escalations, {"title": summary, **values}, self.people[by].id)

    def edit(self, page: Page, name: str, value: Any, *, by: str = "ana") -> None:
        self.world.edit(page, {name: value}, self.people[by].id)


def site(clock: Clock | None = None) -> Site:
    """A workspace whose escalations and accounts are shared with the connection."""
    world = Workspace(clock)
    people = {
        "dana": world.add_user("dana", "Dana Reyes"),
        "idris": world.add_user("idris", "Idris Cole"),
        "ana": world.add_user("ana", "Ana Lima"),
        "guest": world.add_user("guest", "Casey Customer", guest=True),
        "robot": world.add_user("robot", "Automations", kind="bot"),
        "support": world.add_user("support", "Support", kind="group", email=""),
    }
    accounts = world.add_database("Accounts").sources[0]
    world.add_property(accounts, "Tier", "select", ("Enterprise", "Mid Market", "SMB"))
    world.add_property(accounts, "ARR", "number")
    escalations = world.add_database("Escalations").sources[0]
    for name, type_, options, _ in PROPERTIES:
        config = {"prefix": "ESC"} if type_ == "unique_id" else {}
        world.add_property(escalations, name, type_, options, **config)
    relation = world.add_property(escalations, "Account", "relation", data_source_id=accounts.id)
    world.add_property(
        escalations, "Account tier", "rollup", relation=relation.id, property="Tier", function="show_original"
    )
    return Site(world, escalations, accounts, people)


@dataclass
class Bare:
    """*page* is all that is shared with the connection."""

    world: Workspace
    page: Page
    people: dict[str, User]
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def scope(self) -> dict[str, str]:
        return {"page": self.page.id}


def empty(clock: Clock | None = None) -> Bare:
    """A workspace with its people, a page that is shared with the connection, and no database."""
    world = Workspace(clock)
    people = {
        "dana": world.add_user("dana", "Dana Reyes"),
        "idris": world.add_user("idris", "Idris Cole"),
        "ana": world.add_user("ana", "Ana Lima"),
    }
    return Bare(world, world.pages[world.home], people)
