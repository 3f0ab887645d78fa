"""Salesforce's ways to fail, as replies to put in an answer's place; none of them says how long to wait."""

from __future__ import annotations

from fakes.http import Reply


def _error(status: int, code: str, message: str) -> Reply:
    return Reply(status, [{"message": message, "errorCode": code}])


def expired() -> Reply:
    """The session ended."""
    return _error(401, "INVALID_SESSION_ID", "Session expired or invalid")


def exhausted() -> Reply:
    """All calls of the day are used: it does not clear in seconds."""
    return _error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def crowded() -> Reply:
    """Too many long requests at once: the same code, and gone in a moment."""
    message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    return _error(403, "REQUEST_LIMIT_EXCEEDED", message)


def broken() -> Reply:
    """An error of the server's own; whether a write took effect is unknown."""
    message = (
        "An unexpected error occurred. Please include this ErrorId if you contact support: 1234-5678 (99)"
    )
    return _error(500, "UNKNOWN_EXCEPTION", message)


def busy() -> Reply:
    """The instance has too much to do."""
    return _error(503, "SERVER_UNAVAILABLE", "Server temporarily unavailable")


def maintenance() -> Reply:
    """A page for people."""
    page = b"<html><head><title>Maintenance</title></head><body>We are down for maintenance.</body></html>"
    return Reply(503, raw=page, content="text/html")


def slow() -> Reply:
    """A query that ran for more than two minutes."""
    return _error(400, "QUERY_TIMEOUT", "Your query request was running for too long.")


def edge(status: int = 420) -> Reply:
    """What comes from in front of Salesforce: nothing but a number."""
    return Reply(status, raw=b"", content="text/plain")
