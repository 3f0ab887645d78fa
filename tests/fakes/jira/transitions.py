"""Moving issues through their workflow, over REST."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .accept import Refused
from .issue import Issue
from .rest import Rest, route
from .schema import Transition


class TransitionRoutes(Rest):
    """What can be done from here, and doing it."""

    @route("GET", "/issue/{id}/transitions")
    def transitions(self, request: Request, id: str) -> Reply:
        issue = self.issue(id)
        full = "transitions.fields" in request.one("expand")
        told = [self.transition(t, full) for t in self.offered(issue)]
        return Reply(200, {"expand": "transitions", "transitions": told})

    def offered(self, issue: Issue) -> list[Transition]:
        project = self.world.projects[issue.values["project"]]
        return [t for t in project.transitions if t.source in {None, issue.values["status"]}]

    def transition(self, transition: Transition, full: bool) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": transition.id,
            "name": transition.name,
            "to": self.render.status(transition.target),
            "hasScreen": bool(transition.screen),
            "isGlobal": transition.source is None,
            "isInitial": False,
            "isConditional": False,
        }
        if full:
            told["fields"] = {n: self.meta(n, required) for n, required in transition.screen.items()}
        return told

    @route("POST", "/issue/{id}/transitions")
    def do_transition(self, request: Request, id: str) -> Reply:
        issue = self.issue(id)
        self.writable()
        body = request.body or {}
        wanted = str((body.get("transition") or {}).get("id", ""))
        chosen = next((t for t in self.offered(issue) if t.id == wanted), None)
        if chosen is None:
            raise Refused(400, f"Transition id '{wanted}' is not valid for this issue.")
        accepted = self.reader.details(body, issue, set(chosen.screen))
        missing = {
            name: f"{self.world.fields[name].name} is required."
            for name, required in chosen.screen.items()
            if required and not accepted.values.get(name)
        }
        if missing:
            raise Refused(400, errors=missing)
        accepted.values["status"] = chosen.target
        self.perform(issue, accepted, body)
        return Reply(204)
