"""Permission sets: what they grant, to whom, and what the API's user may see of the fields that came later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .record import Refused, Row
from .schema import SObject, flag, made, refer, text

if TYPE_CHECKING:
    from .world import Org

USER_RIGHTS = (
    *("ApiEnabled", "ViewSetup", "CustomizeApplication", "ModifyMetadata", "ManageProfilesPermissionsets"),
    *("AssignPermissionSets", "TransferAnyCase", "TransferAnyEntity", "EditTask", "ModifyAllData", "ViewAllData"),
    *("AuthorApex", "ManageUsers"),
)  # fmt: skip
"""Those that the API tells of its user; an org has some hundreds."""
DAILY = frozenset({"ApiEnabled", "ViewSetup", "TransferAnyCase", "EditTask"})
ADMIN = DAILY | {"CustomizeApplication", "ManageProfilesPermissionsets", "AssignPermissionSets"}
RECORD_RIGHTS = ("Read", "Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords")
NEEDS = {
    "PermissionSet": "ManageProfilesPermissionsets",
    "ObjectPermissions": "ManageProfilesPermissionsets",
    "FieldPermissions": "ManageProfilesPermissionsets",
    "PermissionSetAssignment": "AssignPermissionSets",
}
"""What it takes to write them."""


def objects() -> list[SObject]:
    """The objects that tell rights."""
    parent = ("ParentId", "PermissionSet")
    return [
        made(
            "PermissionSet",
            "0PS",
            text("Name", 80, nillable=False, unique=True),
            text("Label", 80, nillable=False),
            text("Description", 255),
            flag("IsOwnedByProfile"),
            rights="cudq",
            plain=True,
        ),
        made(
            "ObjectPermissions",
            "110",
            refer(*parent, nillable=False, update=False),
            text("SobjectType", 40, nillable=False, update=False),
            *(flag(f"Permissions{name}") for name in RECORD_RIGHTS),
            rights="cudq",
            plain=True,
        ),
        made(
            "FieldPermissions",
            "01k",
            refer(*parent, nillable=False, update=False),
            text("SobjectType", 40, nillable=False, update=False),
            text("Field", 80, nillable=False, update=False),
            flag("PermissionsRead"),
            flag("PermissionsEdit"),
            rights="cudq",
            plain=True,
        ),
        made(
            "PermissionSetAssignment",
            "0Pa",
            refer("PermissionSetId", "PermissionSet", nillable=False, update=False),
            refer("AssigneeId", "User", nillable=False, update=False),
            rights="cudq",
            plain=True,
        ),
        made(
            "UserPermissionAccess",
            "",
            *(flag(f"Permissions{name}") for name in USER_RIGHTS),
            rights="q",
            plain=True,
        ),
    ]


def access(org: Org) -> Iterator[Row]:
    """The one row that tells what the API's user may do in general."""
    held = {f"Permissions{name}": name in org.permissions for name in USER_RIGHTS}
    yield Row("000000000000000AAA", "UserPermissionAccess", {"Id": "000000000000000AAA", **held})


def judge(org: Org, sobject: SObject, values: dict[str, Any], row: Row | None) -> None:
    """What is wrong with a write of rights."""
    needed = NEEDS.get(sobject.name)
    if needed is None:
        return
    if needed not in org.permissions:
        raise Refused("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [], 403)
    told = {**(row.values if row else {}), **values}
    if sobject.name == "FieldPermissions":
        _field(org, told)
    same = {
        "ObjectPermissions": ("ParentId", "SobjectType"),
        "FieldPermissions": ("ParentId", "Field"),
        "PermissionSetAssignment": ("PermissionSetId", "AssigneeId"),
    }.get(sobject.name)
    for other in org.rows[sobject.name].values() if same else ():
        if other is not row and not other.deleted and all(other.get(n) == told.get(n) for n in same or ()):
            raise Refused("DUPLICATE_VALUE", f"duplicate value found on record with id: {other.id[:15]}", [])


def _field(org: Org, told: dict[str, Any]) -> None:
    kind, _, name = str(told.get("Field")).partition(".")
    sobject = org.objects.get(kind)
    field = sobject.field(name) if sobject else None
    if field is None or kind != told.get("SobjectType"):
        code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        raise Refused(
            code, f"Field Name: bad value for restricted picklist field: {told.get('Field')}", ["Field"]
        )
    if told.get("PermissionsEdit") and not told.get("PermissionsRead"):
        raise Refused("FIELD_INTEGRITY_EXCEPTION", "Edit depends on Read", [])


def in_use(org: Org, row: Row) -> None:
    """A permission set that somebody holds cannot be deleted."""
    held = org.rows["PermissionSetAssignment"].values()
    if row.type == "PermissionSet" and any(
        one.get("PermissionSetId") == row.id and not one.deleted for one in held
    ):
        raise Refused("DELETE_FAILED", "The permission set is assigned to users", [])


def swept(org: Org, row: Row) -> None:
    """What a deleted permission set granted goes with it."""
    if row.type == "PermissionSet":
        for name in ("ObjectPermissions", "FieldPermissions"):
            for one in [one for one in org.rows[name].values() if one.get("ParentId") == row.id]:
                org.drop(one)


def settle(org: Org) -> None:
    """See anew which of the fields that came later the API's user may read and write."""
    me = org.users.get("escsync")
    sets = {
        row.get("PermissionSetId")
        for row in org.rows["PermissionSetAssignment"].values()
        if row.get("AssigneeId") == me and not row.deleted
    }
    held = [r for r in org.rows["FieldPermissions"].values() if r.get("ParentId") in sets and not r.deleted]
    readable = {r.get("Field") for r in held if r.get("PermissionsRead")}
    writable = {r.get("Field") for r in held if r.get("PermissionsEdit")}
    for pair in org.guarded:
        name = ".".join(pair)
        (org.invisible.discard if name in readable else org.invisible.add)(pair)
        (org.sealed.discard if name in writable else org.sealed.add)(pair)


def granted(org: Org, label: str, to: str, **rights: tuple[str, ...]) -> Row:
    """A permission set that *to* holds, with rights by object."""
    one = org.setup("PermissionSet", Name=label.replace(" ", "_"), Label=label)
    for kind, names in rights.items():
        told = {f"Permissions{name}": name in names for name in RECORD_RIGHTS}
        org.setup("ObjectPermissions", ParentId=one.id, SobjectType=kind, **told)
    org.setup("PermissionSetAssignment", PermissionSetId=one.id, AssigneeId=org.who(to))
    return one
