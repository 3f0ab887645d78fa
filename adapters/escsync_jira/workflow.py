"""Moving a ticket: by the status it shall reach, over as many transitions as the workflow asks for."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from escsync.adapter import Conflict, Rejected, Stage, Unavailable

from .answers import Answer, Refusal
from .connection import Connection
from .discovery import Discovery

_MOST_HOPS = 8
_ORDER = (
    Stage.CANDIDATE,
    Stage.INTAKE,
    Stage.INVESTIGATION,
    Stage.SOLUTION_DESIGN,
    Stage.CUSTOMER_UPDATE,
    Stage.RESOLUTION_PENDING,
    Stage.CLOSED,
)


class Workflow:
    """The ways between statuses, as far as they were seen."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self._ways: dict[str, list[str]] = {}

    def move(self, ticket: str, old: str, new: Stage, fields: Mapping[str, Any]) -> None:
        """Bring *ticket* from the status *old* to the one that stands for *new*.

        *fields* are values that the change gives, for transitions that ask for them. Every hop is looked up
        afresh: only the transitions open to this user from where the ticket is are offered.
        """
        schema = self._discovery.schema
        statuses = schema.vocabulary.stages.get(new, ())
        if not statuses:
            raise Rejected(f"no status stands for {new}", field="stage", remedy=f"map stages.{new}")
        target = statuses[0].strip().casefold()
        here = self._status_id(old)
        if target in (old.strip().casefold(), here):
            return
        been = {here}
        for _ in range(_MOST_HOPS):
            offered = self._offered(ticket)
            if len(been) == 1 and not any(target in spellings(one) for one in offered):
                # Before a detour, or a refusal: is the ticket still where the plan saw it?
                found = self._spelled(self._status_of(ticket))
                if target in found:
                    return
                if not found & {here, old.strip().casefold()}:
                    raise Conflict("somebody else moved it meanwhile")
            self._ways[here] = [leads_to(one) for one in offered]
            chosen = self._choose(offered, target, here, new, been)
            if chosen is None:
                names = ", ".join(sorted({_name(one) for one in offered})) or "nothing"
                raise Rejected(
                    f"no way to {statuses[0]} from here; the workflow offers {names}"[:200],
                    field="stage",
                    remedy="add a transition to the workflow, or move the ticket by hand",
                )
            self._take(ticket, chosen, fields)
            here = leads_to(chosen)
            been.add(here)
            if target in spellings(chosen):
                return
        raise Rejected(f"{statuses[0]} is not reached within {_MOST_HOPS} transitions", field="stage")

    def _offered(self, ticket: str) -> list[dict[str, Any]]:
        answer = self._connection.get(
            f"issue/{ticket}/transitions", what="asking for transitions", expand="transitions.fields"
        )
        return answer.listing("transitions")

    def _choose(
        self, offered: Sequence[dict[str, Any]], target: str, here: str, new: Stage, been: Collection[str]
    ) -> dict[str, Any] | None:
        """The transition there; else the first hop of a way seen before; else a step forward in the process."""
        direct = [one for one in offered if target in spellings(one)]
        if direct:
            return min(direct, key=lambda one: len(required(one)))
        first = self._first_hop(here, target)
        if first is not None:
            return next((one for one in offered if leads_to(one) == first), None)
        return self._forward(offered, here, new, been)

    def _first_hop(self, here: str, target: str) -> str | None:
        """Breadth first over the ways seen on other tickets."""
        goals = {id for id in self._known_ids() if target in self._spelled(id)}
        came: dict[str, str] = {}
        ahead = deque([here])
        while ahead:
            at = ahead.popleft()
            for onward in self._ways.get(at, ()):
                if onward in came or onward == here:
                    continue
                came[onward] = at
                if onward in goals:
                    while came[onward] != here:
                        onward = came[onward]
                    return onward
                ahead.append(onward)
        return None

    def _forward(
        self, offered: Sequence[dict[str, Any]], here: str, new: Stage, been: Collection[str]
    ) -> dict[str, Any] | None:
        """A status between here and there in the process's own order: no detour touches any other.

        Going back, a step before the goal will do as well: workflows reopen to their first status.
        """
        schema = self._discovery.schema
        now = schema.status(here).stage
        if new not in _ORDER or now not in _ORDER:
            return None
        start, goal = _ORDER.index(now), _ORDER.index(new)
        step = 1 if goal > start else -1
        found = []
        for one in offered:
            stage = schema.status(leads_to(one), _name(one)).stage
            if stage in _ORDER and leads_to(one) not in been:
                distance = (goal - _ORDER.index(stage)) * step
                if 0 < distance < abs(goal - start):
                    found.append((distance, one))
                elif step < 0 and distance < 0 and stage is not Stage.CANDIDATE:
                    found.append((len(_ORDER) - distance, one))
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def _take(self, ticket: str, transition: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
        asked = required(transition)
        given = {id: fields[id] for id in asked if id in fields}
        if missing := [id for id in asked if id not in fields]:
            self._held_already(ticket, missing, asked)
        body: dict[str, Any] = {"transition": {"id": str(transition.get("id"))}}
        if given:
            body["fields"] = given
        answer = self._connection.post(
            f"issue/{ticket}/transitions", body, what="moving a ticket", safe=False, refused=(400, 409)
        )
        if answer.status == 400:
            said = Refusal.of(answer.body).words
            raise Rejected(f"the transition to {_name(transition)} was refused: {said}"[:200], field="stage")
        if answer.status == 409 and self._status_of(ticket) != leads_to(transition):
            raise Conflict("somebody else moved it at the same moment")

    def _held_already(self, ticket: str, missing: Sequence[str], asked: Mapping[str, str]) -> None:
        """What a transition requires may stand on the ticket already; what does not, a person must give."""
        held = self._fields(ticket, missing)
        if empty := [f"{asked[id]} ({id})" for id in missing if held.get(id) in (None, "", [], {})]:
            raise Rejected(
                f"the transition asks for {', '.join(empty)}"[:200],
                field="stage",
                remedy="fill it in, or give the transition a default",
            )

    def _status_of(self, ticket: str) -> str:
        status = self._fields(ticket, ["status"]).get("status")
        return str(status.get("id")) if isinstance(status, dict) else ""

    def _fields(self, ticket: str, names: Sequence[str]) -> Mapping[str, Any]:
        answer: Answer = self._connection.get(
            f"issue/{ticket}", what="reading a ticket", fields=",".join(names)
        )
        found = answer.mapping().get("fields")
        if not isinstance(found, dict):
            raise Unavailable("reading a ticket: Jira answered without its fields")
        return found

    def _known_ids(self) -> set[str]:
        return {id for offered in self._ways.values() for id in offered}

    def _spelled(self, id: str) -> set[str]:
        return {id, self._discovery.schema.statuses.get(id, ("", ""))[0].casefold()}

    def _status_id(self, told: str) -> str:
        """A plan names a status by its name; several may share one, then any of them does to begin with."""
        folded = told.strip().casefold()
        statuses = self._discovery.schema.statuses
        return next((id for id, (name, _) in statuses.items() if folded in (id, name.casefold())), folded)


def leads_to(transition: Mapping[str, Any]) -> str:
    target = transition.get("to")
    return str(target.get("id") or "") if isinstance(target, dict) else ""


def _name(transition: Mapping[str, Any]) -> str:
    target = transition.get("to")
    return str(target.get("name") or "") if isinstance(target, dict) else ""


def spellings(transition: Mapping[str, Any]) -> set[str]:
    return {leads_to(transition), _name(transition).strip().casefold()}


def required(transition: Mapping[str, Any]) -> dict[str, str]:
    """The fields that a transition insists on, by id, with their names."""
    fields = transition.get("fields")
    return {
        id: str(meta.get("name") or id)
        for id, meta in (fields.items() if isinstance(fields, dict) else ())
        if isinstance(meta, dict) and meta.get("required") is True and meta.get("hasDefaultValue") is not True
    }
