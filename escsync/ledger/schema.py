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
    Table,
    Text,
    TypeDecorator,
)

HEAD = "0003"
"""The migration that these tables are the result of."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as microseconds since 1970: sortable, and the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // TICK

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * TICK


metadata = MetaData()

TRACKERS = Table(
    "trackers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("cursor", Text),
    Column("discovery", Text, nullable=False, default="{}"),
    Column("ours", Text, nullable=False, default=""),
    Column("fingerprint", Text, nullable=False, default=""),
    Column("polled_at", Instant),
    Column("swept_at", Instant),
    Column("fence", BigInteger, nullable=False, default=0),
    Column("holder", Text, nullable=False, default=""),
    Column("lease_until", Instant),
    Column("not_before", Instant),
    Column("pause", Text, nullable=False, default=""),
    Column("chain_n", BigInteger, nullable=False, default=0),
    Column("chain_link", Text, nullable=False, default=""),
)
"""One row per tracker: where the next pull starts, who works on it, when it was last seen whole; until when it asked
for a pause (*not_before*), why (*pause*), and the head of its history's chain."""

TICKETS = Table(
    "tickets",
    metadata,
    Column("tracker", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, default=""),
    Column("doc", Text, nullable=False),
    Column("digest", Text, nullable=False),
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
# What people write may be longer than a tree of PostgreSQL takes.
Index("tickets_account", TICKETS.c.account, postgresql_using="hash")
Index("tickets_key", TICKETS.c.key, postgresql_using="hash")

OBSERVATIONS = Table(
    "observations",
    metadata,
    Column("tracker", Text, primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("field", Text, primary_key=True),
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
    Column("tracker", Text, primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("id", Text, primary_key=True),
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
    Column("tracker", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("active_at", Instant),
    Column("inactive_after", Instant),
    Column("inactive_at", Instant),
)
"""When each person was last seen active, and since when inactive."""

POLICIES = Table(
    "policies",
    metadata,
    Column("version", Text, primary_key=True),
    Column("content", Text, nullable=False),
    Column("first_used", Instant, nullable=False),
)
"""Every policy that some cycle was judged by."""

PINS = Table(
    "pins",
    metadata,
    Column("tracker", Text, primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("version", Text, nullable=False),
)
"""Which policy each cycle of each ticket keeps."""

EFFECTS = Table(
    "effects",
    metadata,
    Column("key", Text, primary_key=True),
    Column("tracker", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("remote_id", Text, nullable=False, default=""),
    Column("old_hash", Text, nullable=False),
    Column("new_hash", Text, nullable=False),
    Column("because", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("pass_id", Text, nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("not_before", Instant),
    Column("error", Text, nullable=False, default=""),
)
"""Every write to a tracker: intended before the call, settled after it; one in doubt is not decided *not_before*."""

Index("effects_of", EFFECTS.c.tracker, EFFECTS.c.ticket, EFFECTS.c.step)
Index("effects_state", EFFECTS.c.tracker, EFFECTS.c.state)

RECEIPTS = Table(
    "receipts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("remote_id", Text, primary_key=True),
    Column("tracker", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
)
"""Which record a tracker said it made for an effect's key: written even by a pass that was overtaken; append-only."""

Index("receipts_tracker", RECEIPTS.c.tracker)

LETTERS = Table(
    "letters",
    metadata,
    Column("tracker", Text, primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("key", Text, nullable=False, default=""),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False, default=""),
    Column("basis", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=1),
    Column("since", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("aside", Boolean, nullable=False, default=False),
)
"""Dead letters: what failed for its own reasons, by ticket and step (empty: the ticket as a whole)."""

CHAIN = Table(
    "chain",
    metadata,
    Column("tracker", Text, primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("pass_id", Text, nullable=False, default=""),
    Column("body", Text, nullable=False),
    Column("link", Text, nullable=False),
)
"""The ledger's history of itself, append-only: what each transaction wrote, as hashes, chained to the one before."""

PASSES = Table(
    "passes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tracker", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("began", Instant, nullable=False),
    Column("ended", Instant),
    Column("ok", Boolean, nullable=False, default=False),
    Column("counts", Text, nullable=False, default="{}"),
    Column("errors", Text, nullable=False, default="[]"),
)
"""Each pass over each tracker, with its counts."""

Index("passes_at", PASSES.c.tracker, PASSES.c.at)

OUTLINES = Table(
    "outlines",
    metadata,
    Column("tracker", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("doc", Text, nullable=False),
)
"""Each tracker's schema as somebody accepted it: what `escsync drift` compares with."""
