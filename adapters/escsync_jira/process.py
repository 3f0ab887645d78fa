"""The workflow of an issue type: what moves it has, as far as this Jira tells the account."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .connection import Connection
from .forms import Raw, entries

ANYWHERE = ""
"""Where a move begins that is open from every status."""
_REQUIRING = "system:validate-field-value"


@dataclass(frozen=True, slots=True)
class Move:
    """From *source* to *target*, by the ids of statuses. *requires* are fields that it insists on."""

    id: str
    name: str
    source: str
    target: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A workflow. *names* are its statuses by id, *initial* where a ticket begins.

    One that was only seen on tickets begins where they stand (*starts*), and may not be *whole*.
    """

    name: str
    initial: str
    moves: tuple[Move, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    starts: tuple[str, ...] = ()
    whole: bool = True

    def steps(self, fields: Mapping[str, str]) -> tuple[str, ...]:
        """Its moves as "from -> to", with what they insist on by the names of *fields*."""
        return tuple(sorted({self._step(move, fields) for move in self.moves}))

    def _step(self, move: Move, fields: Mapping[str, str]) -> str:
        asked = ", ".join(fields.get(id, id) for id in move.requires)
        step = f"{self._named(move.source) or 'any'} -> {self._named(move.target)}"
        return f"{step} (asks for {asked})" if asked else step

    def distances(self) -> dict[str, int]:
        """How many moves each status is away from the first; what is open from everywhere tells no order."""
        return self._spread([self.initial], anywhere=False)

    def reached(self) -> set[str]:
        """The statuses that a ticket can come to."""
        return set(self._spread([self.initial, *self.starts], anywhere=True))

    def _spread(self, start: Iterable[str], *, anywhere: bool) -> dict[str, int]:
        far = {id: 0 for id in start if id}
        ahead = deque(far)
        while ahead:
            here = ahead.popleft()
            for move in self.moves:
                if (move.source == here or (anywhere and move.source == ANYWHERE)) and move.target not in far:
                    far[move.target] = far[here] + 1
                    ahead.append(move.target)
        return far

    def _named(self, id: str) -> str:
        return self.names.get(id, id)


def read(connection: Connection, project: str, kind: str) -> Process | None:
    """The workflow of a project's issue type on Jira Cloud; None where the account may not look at it."""
    body = {"projectAndIssueTypes": [{"projectId": project, "issueTypeId": kind}]}
    answer = connection.post(
        "workflows", body, what="reading the workflow", safe=True, refused=(400, 401, 403, 404, 405)
    )
    workflows = entries(answer.body, "workflows") if answer.status < 300 else []
    if not workflows:
        return None
    ids = {
        str(one.get("statusReference")): (str(one.get("id")), str(one.get("name") or ""))
        for one in entries(answer.body, "statuses")
    }
    moves, initial = [], ""
    for one in entries(workflows[0], "transitions"):
        target = ids.get(str(one.get("toStatusReference")), ("", ""))[0]
        if one.get("type") == "INITIAL":
            initial = target
        elif target:
            moves += list(_moves(one, target, {reference: id for reference, (id, _) in ids.items()}))
    name = str(workflows[0].get("name") or "")
    return Process(name, initial, tuple(moves), dict(ids.values()))


def seen(connection: Connection, tickets: Iterable[Raw]) -> Process:
    """What the moves open to some tickets tell of their workflow: one of each status is asked."""
    samples = {_status(one): str(one.get("key")) for one in tickets}
    moves: list[Move] = []
    for source, key in samples.items():
        answer = connection.get(
            f"issue/{key}/transitions", what="asking for transitions", refused=(400, 403, 404)
        )
        for one in entries(answer.body, "transitions"):
            to = one.get("to")
            target = str(to.get("id") or "") if isinstance(to, dict) else ""
            moves.append(Move(str(one.get("id")), str(one.get("name") or ""), source, target))
    process = Process("", "", tuple(moves), starts=tuple(samples))
    return replace(process, whole=bool(samples) and process.reached() <= samples.keys())


def _status(ticket: Mapping[str, Any]) -> str:
    fields = ticket.get("fields")
    status = fields.get("status") if isinstance(fields, dict) else None
    return str(status.get("id") or "") if isinstance(status, dict) else ""


def _moves(transition: Raw, target: str, ids: Mapping[str, str]) -> Iterator[Move]:
    id, name = str(transition.get("id")), str(transition.get("name") or "")
    requires = tuple(dict.fromkeys(_required(transition)))
    links = entries(transition, "links")
    sources = [ids.get(str(link.get("fromStatusReference")), "") for link in links]
    for source in [ANYWHERE] if transition.get("type") == "GLOBAL" else filter(None, sources):
        yield Move(id, name, source, target, requires)


def _required(transition: Mapping[str, Any]) -> Iterator[str]:
    for rule in entries(transition, "validators"):
        told = rule.get("parameters")
        parameters = told if isinstance(told, dict) else {}
        if rule.get("ruleKey") == _REQUIRING and parameters.get("ruleType") == "fieldRequired":
            fields = str(parameters.get("fieldsRequired") or "")
            yield from (one.strip() for one in fields.split(",") if one.strip())
