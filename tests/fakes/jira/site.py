"""A ready site: one project of executive escalations with its people, fields and workflow."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from .clock import Clock
from .schema import Option, Status
from .world import JiraWorld

STATUSES = (
    ("1", "Open", "new"),
    ("3", "Investigating", "indeterminate"),
    ("10001", "Designing", "indeterminate"),
    ("10002", "Updating", "indeterminate"),
    ("10003", "Pending", "indeterminate"),
    ("6", "Closed", "done"),
    ("10004", "Rejected", "done"),
    ("10005", "Duplicate", "done"),
    ("10009", "Waiting for legal", "indeterminate"),
)
STAGES = {
    "intake": ("1",),
    "investigation": ("Investigating",),
    "solution_design": ("Designing",),
    "customer_update": ("Updating",),
    "resolution_pending": ("Pending",),
    "closed": ("Closed",),
    "rejected": ("Rejected",),
    "duplicate": ("Duplicate",),
}
"""Canonical stage -> statuses, by id or by name."""

CHECKS = ("History reviewed", "CSM spoken", "Engineering consulted")
CUSTOM_FIELDS: tuple[tuple[int, str, str, tuple[str, ...], str], ...] = (
    (10050, "Co-owners", "multiuserpicker", (), ""),
    (10051, "Severity", "select", ("Billing dispute", "Data issue", "Public outage", "UX complaint"), "severity"),
    (10052, "ARR", "float", (), "account.arr"),
    (10053, "Tier", "select", ("Enterprise", "Mid Market", "SMB"), "account.tier"),
    (10054, "Checklist", "multicheckboxes", CHECKS, ""),
    (10055, "Findings", "textarea", (), "findings_summary"),
    (10056, "Committed at", "datetime", (), "committed_at"),
    (10057, "Follow-up day", "datepicker", (), "follow_up.scheduled_for"),
    (10058, "CSM", "userpicker", (), "account.csm"),
    (10059, "Root cause", "select", ("Product bug", "Routing failure", "Something new"), "root_cause"),
    (10060, "Ack due", "datetime", (), "ack_due_at"),
    (10061, "Health", "select", ("ok", "due_soon", "breached"), "health"),
    (10062, "Account", "textfield", (), "account.name"),
    (10063, "Resolution types", "multiselect", ("Engineering fix", "Billing credit"), "resolution_types"),
    (10064, "Priority computed", "select", ("P0", "P1", "P2"), "computed_priority"),
    (10065, "Contact e-mail", "textfield", (), "contact.email"),
    (10066, "Technical", "select", ("Yes", "No"), "is_technical"),
    (10067, "Implemented at", "datetime", (), "implemented_at"),
)  # fmt: skip
FIELDS: dict[str, tuple[str, ...]] = {
    **{canonical: (f"customfield_{number}",) for number, _, _, _, canonical in CUSTOM_FIELDS if canonical},
    "owner": ("assignee", "customfield_10050"),
    "due_at": ("duedate",),
    "checklist.history_reviewed": ("customfield_10054#History reviewed",),
    "checklist.csm_spoken": ("customfield_10054#CSM spoken",),
    "checklist.eng_product_consulted": ("customfield_10054#Engineering consulted",),
}
"""Canonical field -> the site's fields, as a configuration would map them."""


def site(kind: str = "software", *, zone: str = "UTC", clock: Clock | None = None) -> JiraWorld:
    """A site with the project EXEC of this *kind*; the API's account lives in *zone*."""
    world = JiraWorld(clock)
    world.add_user("escsync", "Escalation Sync", kind="app", zone=zone)
    world.add_user("dana", "Dana Reyes", zone="Europe/Berlin")
    world.add_user("idris", "Idris Cole")
    world.add_user("ana", "Ana Lima", zone="America/Sao_Paulo")
    world.add_user("robot", "Automation for Jira", kind="app")
    world.add_user("customer", "Casey Customer", kind="customer", email_visible=False)
    world.statuses = {id_: Status(id_, name, category) for id_, name, category in STATUSES}
    world.priorities = [Option("1", "Highest"), Option("2", "High"), Option("3", "Medium")]
    world.resolutions = [Option("10000", "Done"), Option("10001", "Won't Do")]
    for number, name, custom, options, _ in CUSTOM_FIELDS:
        world.add_field(number, name, custom, options)
    for key, name in (("EXEC", "Executive escalations"), ("OTHER", "Something else")):
        project = world.add_project(key, name, kind, ("Escalation", "Task", "Sub-task"))
        _workflow(world, project)
    return world


def _workflow(world: JiraWorld, project: Any) -> None:
    path = ("Open", "Investigating", "Designing", "Updating", "Pending")
    world.connect(project, *pairwise(path), *pairwise(reversed(path)))
    world.connect(project, ("Pending", "Closed"), resolution=True)
    world.connect(project, ("Closed", "Open"), (None, "Waiting for legal"), ("Waiting for legal", "Open"))
    world.connect(project, ("Open", "Rejected"), ("Open", "Duplicate"))
