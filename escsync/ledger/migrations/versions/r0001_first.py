"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _trackers() -> None:
    op.create_table(
        "trackers",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("cursor", sa.Text),
        sa.Column("discovery", sa.Text, nullable=False),
        sa.Column("ours", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("polled_at", sa.BigInteger),
        sa.Column("swept_at", sa.BigInteger),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("lease_until", sa.BigInteger),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("tracker", sa.String(200), primary_key=True),
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("in_scope", sa.Boolean, nullable=False),
        sa.Column("left_after", sa.BigInteger),
        sa.Column("left_at", sa.BigInteger),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("vanished_after", sa.BigInteger),
        sa.Column("vanished_at", sa.BigInteger),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("next_wake", sa.BigInteger),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("identified_at", sa.BigInteger),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("gist", sa.Text, nullable=False),
    )
    op.create_index("tickets_open", "tickets", ["tracker", "ended", "id"])
    op.create_index("tickets_wake", "tickets", ["tracker", "next_wake"])
    op.create_index("tickets_account", "tickets", ["account"])
    op.create_index("tickets_key", "tickets", ["key"])


def _evidence() -> None:
    op.create_table(
        "observations",
        sa.Column("tracker", sa.String(200), primary_key=True),
        sa.Column("ticket", sa.String(200), primary_key=True),
        sa.Column("field", sa.String(100), primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("after", sa.BigInteger),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text),
    )
    op.create_table(
        "messages",
        sa.Column("tracker", sa.String(200), primary_key=True),
        sa.Column("ticket", sa.String(200), primary_key=True),
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("doc", sa.Text, nullable=False),
        sa.Column("reading", sa.Text, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("gone_after", sa.BigInteger),
        sa.Column("gone_at", sa.BigInteger),
    )
    op.create_table(
        "people",
        sa.Column("tracker", sa.String(200), primary_key=True),
        sa.Column("id", sa.String(200), primary_key=True),
        sa.Column("active_at", sa.BigInteger),
        sa.Column("inactive_after", sa.BigInteger),
        sa.Column("inactive_at", sa.BigInteger),
    )


def _decisions() -> None:
    op.create_table(
        "policies",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("first_used", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "pins",
        sa.Column("tracker", sa.String(200), primary_key=True),
        sa.Column("ticket", sa.String(200), primary_key=True),
        sa.Column("cycle", sa.Integer, primary_key=True),
        sa.Column("version", sa.String(64), nullable=False),
    )


def _deeds() -> None:
    op.create_table(
        "effects",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("tracker", sa.String(200), nullable=False),
        sa.Column("ticket", sa.String(200), nullable=False),
        sa.Column("episode", sa.Integer, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("step", sa.String(120), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("remote_id", sa.String(200), nullable=False),
        sa.Column("old_hash", sa.String(64), nullable=False),
        sa.Column("new_hash", sa.String(64), nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("pass_id", sa.String(100), nullable=False),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_index("effects_of", "effects", ["tracker", "ticket", "step"])
    op.create_index("effects_state", "effects", ["tracker", "state"])
    op.create_table(
        "passes",
        sa.Column("id", sa.String(100), primary_key=True),
        sa.Column("tracker", sa.String(200), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("ok", sa.Boolean, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("errors", sa.Text, nullable=False),
    )
    op.create_index("passes_at", "passes", ["tracker", "at"])


def upgrade() -> None:
    """Create everything."""
    _trackers()
    _tickets()
    _evidence()
    _decisions()
    _deeds()
