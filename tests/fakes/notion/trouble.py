"""Notion's ways to fail, as replies to put in an answer's place."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply

from .ids import uuid_of


def _error(status: int, code: str, message: str, **additional: Any) -> Reply:
    told = {"object": "error", "status": status, "code": code, "message": message}
    extra = {"additional_data": additional} if additional else {}
    return Reply(status, told | extra | {"request_id": uuid_of("trouble", status, code)})


def limited(seconds: int | None, reason: str = "public_api_request_rate_limit") -> Reply:
    """Too many calls; *seconds* to wait, where it says so."""
    message = "You have been rate limited. Please try again in a few minutes."
    reply = _error(429, "rate_limited", message, rate_limit_reason=reason)
    reply.headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return reply


def overloaded(seconds: int) -> Reply:
    """The service as a whole has too much to do."""
    reply = _error(529, "service_overload", "Notion is overloaded. Please try again later.")
    reply.headers = {"Retry-After": str(seconds)}
    return reply


def conflict() -> Reply:
    """Two transactions collided."""
    return _error(409, "conflict_error", "Conflict occurred while saving. Please try again.")


def broken() -> Reply:
    """An error of the server's own."""
    return _error(500, "internal_server_error", "Unexpected error occurred.")


def gateway() -> Reply:
    """What a proxy in front of Notion says."""
    page = b"<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"
    return Reply(502, raw=page, content="text/html")


def unavailable(guidance: str = "Reduce page_size or narrow the filter.") -> Reply:
    """A query that asks for too much."""
    message = "Public API service is temporarily unavailable."
    return _error(503, "service_unavailable", message, retry_guidance=guidance)


def slow() -> Reply:
    """A query that took longer than a minute."""
    return _error(504, "gateway_timeout", "Gateway timeout.", retry_guidance="Reduce page_size.")
