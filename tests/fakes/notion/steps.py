"""Steps that several tests of Notion take: settled pages, what was asked, what was written."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes.notion.rig import pull

QUERY = "/query"


def settled(notion):
    """An adapter that has read everything and whose overlap is behind it, and the cursor to go on from."""
    adapter = notion.connect()
    cursor = pull(adapter).cursor
    notion.world.clock.advance(hours=1)
    return adapter, pull(adapter, cursor).cursor


def queries(notion):
    return notion.server.calls("POST", QUERY)


def text(content):
    return {"text": {"content": content}}


AT = datetime(2026, 3, 3, 11, 0, 59, 999_999, tzinfo=UTC)


def patches(notion):
    return notion.server.calls("PATCH")


def write(notion, page, *edits, adapter=None):
    (written,) = notion.write(adapter or notion.connect(), notion.change(page, *edits))
    return written
