"""The administrators of an org: what they see of its set-up, as the contract's tests of provisioning need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakes.http import Fault, Request
from fakes.salesforce_humans import SalesforceHumans

from escsync.adapter import Adapter
from escsync.offers import Key

from .empty import LAYOUT
from .permissions import ADMIN
from .schema import Field, pick


def writes(request: Request) -> bool:
    """Would it change the set-up?"""
    parts = ("/tooling/sobjects/", "/composite/sobjects", "/sobjects/")
    return request.method != "GET" and any(part in request.path + "/" for part in parts)


class SalesforceAdmins(SalesforceHumans):
    """An org whose Case has only what others put there."""

    def __init__(self) -> None:
        super().__init__()
        case = self.org.objects["Case"]
        for name in [name for name, field in case.fields.items() if field.custom]:
            del case.fields[name]
        self.org.tracked["Case"] = {"Status", "OwnerId"}
        self.org.permissions |= ADMIN
        self.org.layouts[LAYOUT] = {"Subject", "Status"}
        self.fields: dict[str, tuple[str, ...]] = {}
        self.org.add_field("Case", Field("Root_Cause__c", "double", label="Weight"))
        self.org.add_field(
            "Case", pick("Wetter__c", ("ok", "mixed"), label="Escalation health", restricted=True)
        )

    def connect(self) -> Adapter:
        """What was to break off in the last run and was never tried breaks nothing now."""
        self.server.faults.clear()
        return super().connect()

    def schema(self) -> Mapping[str, Mapping[str, Any]]:
        """The fields of Case, and the permission sets."""
        told: dict[str, dict[str, Any]] = {
            field.name: {
                "name": field.label,
                "type": field.type,
                "options": {
                    choice.value: choice.label or choice.value for choice in field.choices if choice.active
                },
            }
            for field in self.org.objects["Case"].fields.values()
        }
        sets = [row for row in self.org.rows["PermissionSet"].values() if not row.deleted]
        return told | {
            row.values["Label"]: {"name": row.values["Name"], "type": "permission set"} for row in sets
        }

    def adopt(self, settings: Mapping[Key, Any]) -> None:
        self.fields = {
            **self.fields,
            **{key[1]: (value,) for key, value in settings.items() if key[0] == "fields"},
        }

    def rename(self, field: str, name: str) -> None:
        (api,) = self.fields[field]
        self.org.objects["Case"].fields[api.casefold()].label = name

    def lose(self, *, after: bool = False) -> None:
        self.server.faults.append(Fault(writes, after=after, reset=True))
