"""The tables, in words that every database speaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

HEAD = "0001"
"""The migration that these tables are the result of."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as microseconds since 1970: sortable, and the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _TICK

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _TICK


metadata = MetaData()

TRACKERS = Table(
    "trackers",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("cursor", Text),
    Column("discovery", Text, nullable=False, default="{}"),
    Column("ours", String(200), nullable=False, default=""),
    Column("fingerprint", String(64), nullable=False, default=""),
    Column("polled_at", Instant),
    Column("swept_at", Instant),
    Column("fence", BigInteger, nullable=False, default=0),
    Column("holder", String(200), nullable=False, default=""),
    Column("lease_until", Instant),
)
"""One row per tracker: where the next pull starts, who works on it, when it was last seen whole."""

TICKETS = Table(
    "tickets",
    metadata,
    Column("tracker", String(200), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("key", String(200), nullable=False, default=""),
    Column("doc", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("owner", Text, nullable=False, default=""),
    Column("in_scope", Boolean, nullable=False, default=True),
    Column("left_after", Instant),
    Column("left_at", Instant),
    Column("first_seen", Instant, nullable=False),
    Column("vanished_after", Instant),
    Column("vanished_at", Instant),
    Column("ended", Boolean, nullable=False, default=False),
    Column("next_wake", Instant),
    Column("account", Text, nullable=False, default=""),
    Column("identified_at", Instant),
    Column("source", Text, nullable=False, default=""),
    Column("gist", Text, nullable=False, default=""),
)
"""Each ticket as last seen, and what the last assessment says about when to look again."""

Index("tickets_open", TICKETS.c.tracker, TICKETS.c.ended, TICKETS.c.id)
Index("tickets_wake", TICKETS.c.tracker, TICKETS.c.next_wake)
Index("tickets_account", TICKETS.c.account)
Index("tickets_key", TICKETS.c.key)

OBSERVATIONS = Table(
    "observations",
    metadata,
    Column("tracker", String(200), primary_key=True),
    Column("ticket", String(200), primary_key=True),
    Column("field", String(100), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("value", Text, nullable=False),
    Column("after", Instant),
    Column("at", Instant, nullable=False),
    Column("actor", Text),
)
"""What polls saw of fields whose changes the tracker does not record; append-only."""

MESSAGES = Table(
    "messages",
    metadata,
    Column("tracker", String(200), primary_key=True),
    Column("ticket", String(200), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("doc", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("gone_after", Instant),
    Column("gone_at", Instant),
)
"""Each message as first seen, and what it was seen to contain."""

PEOPLE = Table(
    "people",
    metadata,
    Column("tracker", String(200), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("active_at", Instant),
    Column("inactive_after", Instant),
    Column("inactive_at", Instant),
)
"""When each person was last seen active, and since when inactive."""

POLICIES = Table(
    "policies",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("content", Text, nullable=False),
    Column("first_used", Instant, nullable=False),
)
"""Every policy that some cycle was judged by."""

PINS = Table(
    "pins",
    metadata,
    Column("tracker", String(200), primary_key=True),
    Column("ticket", String(200), primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("version", String(64), nullable=False),
)
"""Which policy each cycle of each ticket keeps."""

EFFECTS = Table(
    "effects",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("tracker", String(200), nullable=False),
    Column("ticket", String(200), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("step", String(120), nullable=False),
    Column("n", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("remote_id", String(200), nullable=False, default=""),
    Column("old_hash", String(64), nullable=False),
    Column("new_hash", String(64), nullable=False),
    Column("because", Text, nullable=False),
    Column("policy", String(64), nullable=False),
    Column("pass_id", String(100), nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("error", Text, nullable=False, default=""),
)
"""Every write to a tracker: intended before the call, settled after it."""

Index("effects_of", EFFECTS.c.tracker, EFFECTS.c.ticket, EFFECTS.c.step)
Index("effects_state", EFFECTS.c.tracker, EFFECTS.c.state)

PASSES = Table(
    "passes",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("tracker", String(200), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("began", Instant, nullable=False),
    Column("ended", Instant),
    Column("ok", Boolean, nullable=False, default=False),
    Column("counts", Text, nullable=False, default="{}"),
    Column("errors", Text, nullable=False, default="[]"),
)
"""Each pass over each tracker, with its counts."""

Index("passes_at", PASSES.c.tracker, PASSES.c.at)
