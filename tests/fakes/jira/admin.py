"""What administrators do over REST on Cloud and on Data Center alike: making fields, and putting them on screens."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .accept import Refused
from .arrangement import Screen, Tab
from .rest import Rest, route
from .schema import CUSTOM, CUSTOM_TYPES, Field

SEARCHERS = {
    "textfield": ("textsearcher",),
    "textarea": ("textsearcher",),
    "url": ("exacttextsearcher",),
    "float": ("exactnumber", "numberrange"),
    "datepicker": ("daterange",),
    "datetime": ("datetimerange",),
    "labels": ("labelsearcher",),
    "userpicker": ("userpickergroupsearcher",),
    "multiuserpicker": ("userpickergroupsearcher",),
}
"""The searchers that fit a type; any other type takes the one for options."""


class AdminRoutes(Rest):
    """Fields and screens."""

    @route("POST", "/field")
    def make_field(self, request: Request) -> Reply:
        self.administer()
        body = request.body
        custom, searcher = (str(body.get(key, "")).removeprefix(CUSTOM) for key in ("type", "searcherKey"))
        name = str(body.get("name", "")).strip()
        if custom not in CUSTOM_TYPES or not name or len(name) > 255:
            raise Refused(400, "The field's name or type is not valid.")
        if searcher not in SEARCHERS.get(custom, ("multiselectsearcher",)):
            raise Refused(400, errors={"searcherKey": "The searcher is not valid for this type."})
        taken = [int(n[12:]) for n in [*self.world.fields, *self.world.trash] if n.startswith("customfield_")]
        field = self.world.add_field(max([10199, *taken]) + 1, name, custom)
        field.description = str(body.get("description", ""))
        if self.cloud:
            self.world.arrangement.unassociated.add(field.id)
        told: dict[str, Any] = {"id": field.id, "name": name, "custom": True, "orderable": True}
        told |= {"navigable": True, "searchable": True, "schema": field.schema}
        told["clauseNames"] = [f"cf[{field.id[12:]}]", name]
        return Reply(201, told | ({"key": field.id} if self.cloud else {}))

    # -- screens

    def screen(self, id: str) -> Screen:
        self.administer()
        found = self.world.arrangement.screens.get(id)
        if found is None:
            raise Refused(404, f"Screen with id {id} does not exist")
        return found

    def tab(self, screen: str, tab: str) -> Tab:
        found = next((one for one in self.screen(screen).tabs if one.id == tab), None)
        if found is None:
            raise Refused(404, f"The screen tab with id {tab} was not found.")
        return found

    def screenable(self, field: Field) -> dict[str, str]:
        return {"id": field.id, "name": field.name}

    @route("GET", "/screens/{id}/tabs")
    def tabs(self, request: Request, id: str) -> Reply:
        return Reply(200, [{"id": int(one.id), "name": one.name} for one in self.screen(id).tabs])

    @route("GET", "/screens/{id}/tabs/{tab}/fields")
    def tab_fields(self, request: Request, id: str, tab: str) -> Reply:
        listed = self.tab(id, tab).fields
        known = [self.world.fields[name] for name in listed if name in self.world.fields]
        return Reply(200, [self.screenable(field) for field in known])

    @route("POST", "/screens/{id}/tabs/{tab}/fields")
    def put_on_tab(self, request: Request, id: str, tab: str) -> Reply:
        chosen, field = self.tab(id, tab), self.world.fields.get(str(request.body.get("fieldId")))
        if field is None:
            raise Refused(404, "The field was not found.")
        if field.scope:
            raise Refused(400, "A field of a team-managed project cannot be put on a screen.")
        if field.id in self.screen(id).shows():
            raise Refused(400, f"The field with id {field.id} already exists on the screen.")
        chosen.fields.append(field.id)
        return Reply(200, self.screenable(field))
