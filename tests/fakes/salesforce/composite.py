"""Many requests in one: composite, graph and batch."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fakes.http import Reply, Request

from .bulk import Collections, parts_of
from .record import Refused
from .routes import Asked, route

MOST = 25
MOST_QUERIES = 5
FORBIDDEN = {"accept", "authorization", "content-type"}
REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])+)\}")
HALTED = "The transaction was rolled back since another operation in the same transaction failed."


class Composite(Collections):
    """Handlers; `answer` carries out one request of any kind."""

    @abstractmethod
    def answer(self, asked: Asked) -> Reply:
        """Carry out one request of any kind."""

    @abstractmethod
    def count(self, calls: int) -> None:
        """Count so many calls against the limits."""

    # -- composite

    @route("POST", "/composite")
    def composite(self, asked: Asked) -> Reply:
        """One call, whatever is in it; 200, whatever becomes of it."""
        parts = parts_of(asked.body, "compositeRequest")
        heavy = sum(bool(re.search(r"/query|/composite/sobjects", str(part.get("url")))) for part in parts)
        if len(parts) > MOST or heavy > MOST_QUERIES:
            limit = f"{MOST} subrequests, of which {MOST_QUERIES} queries or collections"
            raise Refused("LIMIT_EXCEEDED", f"The limit of a composite request is {limit}")
        all_or_none = bool(asked.body.get("allOrNone"))
        return Reply(200, {"compositeResponse": self._together(asked, parts, all_or_none)[0]})

    @route("POST", "/composite/graph")
    def graph(self, asked: Asked) -> Reply:
        """Graphs stand for themselves, and each is done whole or not at all."""
        told = []
        for graph in parts_of(asked.body, "graphs"):
            answers, good = self._together(asked, parts_of(graph, "compositeRequest"), True)
            told.append(
                {
                    "graphId": graph.get("graphId"),
                    "graphResponse": {"compositeResponse": answers},
                    "isSuccessful": good,
                }
            )
        return Reply(200, {"graphs": told})

    def _together(
        self, asked: Asked, parts: list[dict[str, Any]], all_or_none: bool
    ) -> tuple[list[dict[str, Any]], bool]:
        bodies: dict[str, Any] = {}
        replies: list[Reply] = []
        if all_or_none:
            self.org.undo.begin()
        for part in parts:
            reply = self._part(asked, part, bodies)
            replies.append(reply)
            if reply.status < 300:
                bodies[str(part.get("referenceId"))] = reply.body
            elif all_or_none:
                break
        good = all(reply.status < 400 for reply in replies) and len(replies) == len(parts)
        if all_or_none:
            self.org.undo.end(back=not good)
        halted = Reply(400, [{"errorCode": "PROCESSING_HALTED", "message": HALTED}])
        if all_or_none and not good:
            replies = [reply if reply.status >= 400 else halted for reply in replies]
            replies += [halted] * (len(parts) - len(replies))
        told = [
            {
                "body": reply.body,
                "httpHeaders": dict(reply.headers),
                "httpStatusCode": reply.status,
                "referenceId": part.get("referenceId"),
            }
            for part, reply in zip(parts, replies, strict=True)
        ]
        return told, good

    def _part(self, asked: Asked, part: dict[str, Any], bodies: Mapping[str, Any]) -> Reply:
        """One sub-request, with its own headers and what it refers to filled in."""
        headers = {name.lower(): value for name, value in (part.get("httpHeaders") or {}).items()}
        try:
            if FORBIDDEN & set(headers):
                raise Refused(
                    "INVALID_HEADER", "A subrequest may not set Accept, Authorization or Content-Type"
                )
            url = urlsplit(_filled(str(part.get("url") or ""), bodies))
            body = _filled(part.get("body"), bodies)
        except Refused as refusal:
            return Reply(refusal.status, refusal.body)
        query = parse_qs(url.query, keep_blank_values=True)
        request = Request(str(part.get("method")), unquote(url.path), query, body, headers)
        return self.answer(Asked(request, asked.root, asked.user, asked.depth + 1))

    @route("POST", "/composite/batch")
    def batch(self, asked: Asked) -> Reply:
        """Independent requests, each of which counts."""
        results: list[dict[str, Any]] = []
        parts = parts_of(asked.body, "batchRequests")
        if len(parts) > MOST:
            raise Refused("LIMIT_EXCEEDED", f"The limit of a batch is {MOST} subrequests")
        self.count(len(parts) - 1)
        halt = bool(asked.body.get("haltOnError"))
        for part in parts:
            if halt and any(result["statusCode"] >= 400 for result in results):
                halted = [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted"}]
                results.append({"statusCode": 412, "result": halted})
                continue
            url = urlsplit(str(part.get("url")))
            path = "/services/data/" + unquote(url.path).removeprefix("/services/data/")
            request = Request(
                str(part.get("method")), path, parse_qs(url.query), part.get("richInput"), asked.headers
            )
            reply = self.answer(Asked(request, asked.root, asked.user, asked.depth + 1))
            results.append({"statusCode": reply.status, "result": reply.body})
        bad = any(result["statusCode"] >= 400 for result in results)
        return Reply(200, {"hasErrors": bad, "results": results})


def _filled(value: Any, bodies: Mapping[str, Any]) -> Any:
    """*value* with each `@{reference.field}` in it replaced by what an earlier part answered."""
    match value:
        case str():
            return REFERENCE.sub(lambda match: str(_referred(match, bodies)), value)
        case Mapping():
            return {name: _filled(inner, bodies) for name, inner in value.items()}
        case list():
            return [_filled(inner, bodies) for inner in value]
    return value


def _referred(match: re.Match[str], bodies: Mapping[str, Any]) -> Any:
    found = bodies.get(match.group(1))
    for step in _steps(match.group(2)):
        if (
            isinstance(found, list)
            and isinstance(step, int)
            and step < len(found)
            or isinstance(found, Mapping)
            and step in found
        ):
            found = found[step]
        else:
            message = f"Invalid reference specified. No value for {match.group(0)[2:-1]} found"
            raise Refused("PROCESSING_HALTED", message)
    return found


def _steps(path: str) -> Iterator[str | int]:
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        yield name or int(index)
