"""Rights: what escsync's account needs in each mode, what it holds, and what it holds beyond that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import Level, Problem
from escsync.web import tidy

from .. import soql
from ..connection import Connection
from ..describe import fields_of
from ..inquiry import Inquiry
from .needs import DANGEROUS, FOR_PROVISION, MODES, NEEDS, OBJECTS, OURS, SYSTEM, Need

_RECORD = ("Read", "Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords")

_IMPLIED = ("Read", "Edit", "Delete", "ViewAllRecords")
"""What Modify All brings with it."""


class Rights:
    """One look at what escsync's account may do."""

    def __init__(self, connection: Connection, inquiry: Inquiry) -> None:
        self._connection = connection
        self._inquiry = inquiry

    def look(self, mode: str) -> Iterator[Problem]:
        """One line per right that *mode* needs, and one for each dangerous one that it does not."""
        user, rows = self._user(), self._objects()
        wanted = [need for need in NEEDS if _needed(need.right.mode, mode)]
        for need in wanted:
            yield self._judged(need, user, rows)
        for name, words in DANGEROUS.items():
            if user.get(name) and not (mode == "provision" and name in FOR_PROVISION):
                only = "; only provisioning uses it" if name in FOR_PROVISION else ""
                yield _excess(words, f"granted, and escsync does not need it{only}", SYSTEM)
        yield from _beyond(mode, rows or [])

    def _judged(self, need: Need, user: Mapping[str, bool], rows: list[dict[str, Any]] | None) -> Problem:
        subject = f"right {need.right.name}"
        held: bool | None
        if need.user:
            told = [user.get(name) for name in need.user]
            held = True if True in told else False if False in told else None
            held = True if user.get("ModifyAllData") and need.right.mode != "provision" else held
        elif need.holds and rows is not None:
            held = any(_holds(row, need) for row in rows)
            held = held or bool(user.get("ModifyAllData"))
            held = held or bool(user.get("ViewAllData") and need.holds in ("Read", "ViewAllRecords"))
        else:
            held = self._described(need)
        if held:
            return Problem(Level.OK, subject, f"granted: {need.right.purpose}")
        remedy = f"grant {need.right.name}: {need.right.where}"
        if held is None:
            message = f"not told whether it is granted; it is needed to {need.right.purpose}"
            return Problem(Level.WARNING, subject, message, f"see {need.right.where}")
        return Problem(need.level, subject, f"missing: escsync cannot {need.right.purpose}", remedy)

    def _described(self, need: Need) -> bool | None:
        if not need.told:
            return None
        answer = self._connection.get(
            f"sobjects/{need.object}/describe", what=f"looking at {need.object}", refused=(400, 403, 404)
        )
        return answer.ok and answer.mapping().get(need.told) is True

    def _user(self) -> dict[str, bool]:
        """The permissions that are about no object; empty where nobody tells."""
        what = "looking at the rights of escsync's account"
        answer = self._connection.get(
            "sobjects/UserPermissionAccess/describe", what=what, refused=(400, 403, 404)
        )
        known = fields_of(answer.mapping()) if answer.ok else {}
        names = {name for need in NEEDS for name in need.user} | set(DANGEROUS)
        asked = sorted(f"Permissions{name}" for name in names if f"Permissions{name}" in known)
        if not asked:
            return {}
        rows = self._rows(f"SELECT {', '.join(asked)} FROM UserPermissionAccess LIMIT 1") or [{}]
        return {
            name.removeprefix("Permissions"): value
            for name, value in rows[0].items()
            if isinstance(value, bool)
        }

    def _objects(self) -> list[dict[str, Any]] | None:
        """What permission sets and the profile grant on records; None where this may not be looked at."""
        me = soql.quote(self._inquiry.myself()["id"])
        asked = ", ".join(f"Permissions{name}" for name in _RECORD)
        return self._rows(
            f"SELECT Parent.Label, Parent.IsOwnedByProfile, SobjectType, {asked} FROM ObjectPermissions WHERE SobjectType IN "
            "('Case', 'Account', 'Contact') AND ParentId IN "
            f"(SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = {me})"
        )

    def _rows(self, question: str) -> list[dict[str, Any]] | None:
        part = self._connection.question(question)
        (answer,) = self._connection.composite([part], what="looking at the rights of escsync's account")
        return answer.listing("records") if answer.ok else None


def _needed(of: str, mode: str) -> bool:
    """Provisioning needs its own rights, and those of observing."""
    if mode == "provision":
        return of in ("observe", "provision")
    return of != "provision" and MODES.index(of) <= MODES.index(mode)


def _holds(row: Mapping[str, Any], need: Need) -> bool:
    every = row.get("PermissionsModifyAllRecords") is True and need.holds in _IMPLIED
    return row.get("SobjectType") == need.object and (row.get(f"Permissions{need.holds}") is True or every)


def _beyond(mode: str, rows: list[dict[str, Any]]) -> Iterator[Problem]:
    """What is granted on cases without need, and by what."""
    if mode == "provision":
        return
    unneeded = {"Delete": "only `escsync doctor --write-test` uses it, to delete its own test case"}
    if mode == "observe":
        unneeded |= {
            "Edit": "used from mode annotate on",
            "Create": "used in mode enforce",
            "ModifyAllRecords": "View All is enough",
        }
    if mode == "annotate":
        unneeded |= {"Create": "used in mode enforce"}
    for name, why in unneeded.items():
        givers = sorted(
            {
                _giver(row)
                for row in rows
                if row.get("SobjectType") == "Case"
                and row.get(f"Permissions{name}") is True
                # Who may modify everything may edit and delete; that is said of Modify All, or needed.
                and not (name in _IMPLIED and row.get("PermissionsModifyAllRecords") is True)
            }
        )
        if foreign := [giver for giver in givers if giver != OURS]:
            words = "Modify All" if name == "ModifyAllRecords" else name
            yield _excess(f"{words} on Case", f"granted by {', '.join(foreign[:4])}: {why}", OBJECTS)


def _giver(row: Mapping[str, Any]) -> str:
    told = row.get("Parent")
    parent: Mapping[str, Any] = told if isinstance(told, dict) else {}
    if parent.get("IsOwnedByProfile") is True:
        return "its profile"
    return tidy(str(parent.get("Label") or "a permission set"))[:60]


def _excess(name: str, message: str, where: str) -> Problem:
    return Problem(Level.WARNING, f"right {name}", message, f"take it away: {where}", "EXCESS")
