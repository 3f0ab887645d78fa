"""A site on its first day: people, a project, an issue type and a workflow, and none of the fields that escsync knows."""

from __future__ import annotations

from itertools import pairwise

from .clock import Clock
from .schema import Option, Project, Status
from .world import JiraWorld

BARE = (("1", "To Do", "new"), ("3", "In Progress", "indeterminate"), ("6", "Done", "done"))
FULL = (
    ("1", "Open", "new"),
    ("3", "Investigation", "indeterminate"),
    ("10001", "Solution Design", "indeterminate"),
    ("10002", "Customer Update", "indeterminate"),
    ("10003", "Resolution Pending", "indeterminate"),
    ("6", "Closed", "done"),
    ("10004", "Rejected", "done"),
    ("10005", "Duplicate", "done"),
)
SHOWN = ("summary", "description", "priority", "assignee", "reporter", "labels", "duedate")


def empty(
    *,
    team: bool = False,
    bare: bool = False,
    kind: str = "software",
    zone: str = "UTC",
    clock: Clock | None = None,
) -> JiraWorld:
    """*team*: the project is managed by its team. *bare*: its workflow is the one that every new project has."""
    world = JiraWorld(clock)
    world.add_user("escsync", "Escalation Sync", kind="app", zone=zone)
    world.add_user("dana", "Dana Reyes", zone="Europe/Berlin")
    world.add_user("idris", "Idris Cole")
    world.add_user("ana", "Ana Lima", zone="America/Sao_Paulo")
    statuses = BARE if bare else FULL
    world.statuses = {id: Status(id, name, category) for id, name, category in statuses}
    world.priorities = [Option("1", "Highest"), Option("2", "High"), Option("3", "Medium")]
    world.resolutions = [Option("10000", "Done"), Option("10001", "Won't Do")]
    for key, name in (("EXEC", "Executive escalations"), ("HELP", "Help desk")):
        project = world.add_project(key, name, kind, ("Task", "Escalation", "Sub-task"))
        project.team = team
        project.statuses = list(world.statuses)
        project.start = statuses[0][0]
        _workflow(world, project, bare)
        if not team:
            create = world.arrangement.screen(f"{key}: Create Issue Screen", *SHOWN)
            other = world.arrangement.screen(f"{key}: Default Issue Screen", *SHOWN)
            world.arrangement.arrange(project, default=other, create=create)
    return world


def _workflow(world: JiraWorld, project: Project, bare: bool) -> None:
    names = [name for _, name, _ in (BARE if bare else FULL)]
    if bare:
        world.connect(project, *((None, name) for name in names))
        return
    path = names[:6]
    world.connect(project, *pairwise(path), *pairwise(reversed(path[:5])))
    world.connect(project, ("Closed", "Open"), ("Open", "Rejected"), ("Open", "Duplicate"))
