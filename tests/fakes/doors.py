"""Doors to a fake service that need no socket: one for requests, one for httpx."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import requests
import responses
from fakes.http import FakeService, Reply, Request


@contextmanager
def through_responses(service: FakeService) -> Iterator[responses.RequestsMock]:
    """While inside, every call that requests makes under the service's address is answered by it."""

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        raw = request.body or b""
        body = raw.encode() if isinstance(raw, str) else raw
        reply, lost = _exchanged(
            service, str(request.method), str(request.url), body, dict(request.headers.items())
        )
        if lost:
            raise requests.exceptions.ConnectionError("the fake broke the connection off")
        return reply.status, _headers(service, reply), reply.data()

    with responses.RequestsMock(assert_all_requests_are_fired=False) as door:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            door.add_callback(method, re.compile(re.escape(service.url) + "/.*"), callback=answer)
        yield door


def through_httpx(service: FakeService) -> httpx.MockTransport:
    """A transport whose every call is answered by the service."""

    def answer(request: httpx.Request) -> httpx.Response:
        reply, lost = _exchanged(
            service, request.method, str(request.url), request.read(), dict(request.headers.items())
        )
        if lost:
            raise httpx.ReadError("the fake broke the connection off", request=request)
        return httpx.Response(reply.status, headers=_headers(service, reply), content=reply.data())

    return httpx.MockTransport(answer)


def _exchanged(
    service: FakeService, method: str, url: str, data: bytes, headers: dict[str, str]
) -> tuple[Reply, bool]:
    parts = urlsplit(url)
    try:
        body = json.loads(data) if data else None
    except ValueError:
        body = data
    query = parse_qs(parts.query, keep_blank_values=True)
    lowered = {name.lower(): value for name, value in headers.items()}
    reply, fault = service.exchange(Request(method, unquote(parts.path), query, body, lowered))
    if fault is not None and fault.cut is not None:
        reply = Reply(reply.status, None, reply.headers, reply.data()[: fault.cut], reply.content)
    return reply, fault is not None and (fault.reset or fault.hang)


def _headers(service: FakeService, reply: Reply) -> dict[str, str]:
    return {"Date": service.date(), "Content-Type": reply.content, **reply.headers}
