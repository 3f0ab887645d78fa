"""Plays recorded exchanges with Notion to the fake, and says where it answers otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fakes.http import Request

from .ids import bare, proper
from .judge import RECORDED
from .service import TOKEN, socketless
from .world import Workspace

_LIKE = (
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z"),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00"),
    re.compile(r"s:[0-9a-f-]{36}:[0-9a-f-]{36}"),
    re.compile(r"https://(www\.notion\.so|app\.notion\.com/p)/.*[0-9a-f]{32}(\?v=[0-9a-f]{32})?"),
    re.compile(r"https://(www\.notion\.so|app\.notion\.com/p)/[0-9a-f]{32}"),
)
_ID_OF_OPTIONS = {"groups", "options", "select", "multi_select", "status", "option_ids"}


def recorded(name: str) -> list[dict[str, Any]]:
    """The exchanges of a file."""
    told = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return told if isinstance(told, list) else [told]


class Replay:
    """*known* maps recorded ids to the fake's; it grows as answers are compared."""

    def __init__(self, world: Workspace, known: dict[str, str]) -> None:
        self.world = world
        self.service = socketless(world)
        self.known = known

    def play(self, exchange: dict[str, Any]) -> list[str]:
        """One recorded exchange; what differs in the answer."""
        request, response = exchange["request"], exchange["response"]
        self._wait(response["body"])
        parts = urlsplit(self._ours(request["url"]))
        token = "wrong" if response["status"] == 401 else TOKEN
        asked = Request(
            request["method"],
            unquote(parts.path),
            parse_qs(parts.query),
            json.loads(self._ours(json.dumps(request["body"]))),
            {"authorization": f"Bearer {token}", "notion-version": request["notion_version"]},
        )
        reply, _ = self.service.exchange(asked)
        if reply.status != response["status"]:
            return [f"{request['method']} {request['url']}: {reply.status} {reply.body}"]
        return list(self._differ(response["body"], reply.body, ""))

    def _wait(self, body: Any) -> None:
        """Until the time at which it was recorded."""
        told = body.get("last_edited_time") if isinstance(body, dict) else None
        if told:
            at = datetime.fromisoformat(told)
            if at > self.world.clock.now():
                self.world.clock.set(at)
        self.world.clock.set(self.world.clock.now() + timedelta(milliseconds=3))

    def _ours(self, text: str) -> str:
        for theirs, ours in self.known.items():
            text = text.replace(theirs, ours).replace(bare(theirs), bare(ours))
        return text

    def _differ(self, theirs: Any, ours: Any, where: str) -> Iterator[str]:
        match theirs, ours:
            case dict(), dict():
                if theirs.keys() != ours.keys():
                    lacks, more = theirs.keys() - ours.keys(), ours.keys() - theirs.keys()
                    yield f"{where}: lacks {sorted(lacks)}, has besides {sorted(more)}"
                for key in theirs.keys() & ours.keys():
                    yield from self._differ(theirs[key], ours[key], f"{where}/{key}")
            case list(), list():
                if len(theirs) != len(ours):
                    yield f"{where}: {len(ours)} in place of {len(theirs)}"
                for place, (a, b) in enumerate(zip(theirs, ours, strict=False)):
                    yield from self._differ(a, b, f"{where}/{place}")
            case str(), str():
                if not self._alike(theirs, ours, where):
                    yield f"{where}: {ours!r} in place of {theirs!r}"
            case _:
                if theirs != ours or type(theirs) is not type(ours):
                    yield f"{where}: {ours!r} in place of {theirs!r}"

    def _alike(self, theirs: str, ours: str, where: str) -> bool:
        """The same, or the same but for ids and times that each service makes itself."""
        if where.endswith("/request_id"):
            return bool(proper(ours))
        if proper(theirs) and proper(ours):
            return self.known.setdefault(theirs, ours) == ours
        steps = where.split("/")
        if steps[-1].endswith("_property_id"):
            return True
        if steps[-1] == "id" and (_ID_OF_OPTIONS & set(steps) or "properties" in steps or "results" in steps):
            return True
        if any(like.fullmatch(theirs) and like.fullmatch(ours) for like in _LIKE):
            return True
        return self._ours(theirs) == ours
