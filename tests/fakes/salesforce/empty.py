"""An org as it is before anybody thought of escalations: people, standard fields, statuses, a page layout."""

from __future__ import annotations

from collections.abc import Mapping

from fakes.jira.clock import Clock

from .company import STATUSES, staff
from .permissions import ADMIN
from .schema import Choice
from .world import Org

LAYOUT = "Case Layout"
SCOPE: Mapping[str, str] = {"record_type": "Executive_Escalation"}


def empty(clock: Clock | None = None, *, statuses: tuple[Choice, ...] = STATUSES) -> Org:
    """Nothing on Case but what everybody has; escsync's user may set up the org."""
    org = Org(clock)
    staff(org)
    org.hire("dana", "Dana Reyes", Title="Support Manager")
    org.hire("idris", "Idris Cole")
    org.hire("ana", "Ana Lima")
    org.add_queue("support", "Support Queue")
    org.choices("Case", "Status", statuses)
    org.permissions |= ADMIN
    _moderates(org)
    org.layouts[LAYOUT] = {"Subject", "Status", "OwnerId", "Priority", "Description"}
    return org


def _moderates(org: Org) -> None:
    """escsync's user may modify all cases, and so comments: what an administrator gives it for the note."""
    org.moderator = True
    for row in org.rows["ObjectPermissions"].values():
        if row.values["SobjectType"] == "Case":
            row.values |= {"PermissionsDelete": True, "PermissionsModifyAllRecords": True}
