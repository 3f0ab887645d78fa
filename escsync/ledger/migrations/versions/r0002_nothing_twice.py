"""Nothing twice: pauses, receipts, dead letters and a history that shows when it was altered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what is new; names become texts without a length where the database minds it."""
    if op.get_bind().dialect.name != "sqlite":
        _lengthen()
    op.add_column("trackers", sa.Column("not_before", sa.BigInteger))
    op.add_column("trackers", sa.Column("pause", sa.Text, nullable=False, server_default=""))
    op.add_column("trackers", sa.Column("chain_n", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("trackers", sa.Column("chain_link", sa.Text, nullable=False, server_default=""))
    op.add_column("effects", sa.Column("not_before", sa.BigInteger))
    _receipts()
    _letters()
    _chain()


def _lengthen() -> None:
    inspector = sa.inspect(op.get_bind())
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table) if table != "alembic_version" else ():
            if isinstance(column["type"], sa.String) and column["type"].length:
                op.alter_column(table, column["name"], type_=sa.Text)
    for name, key in (("tickets_account", "account"), ("tickets_key", "key")):
        op.drop_index(name, "tickets")
        op.create_index(name, "tickets", [key], postgresql_using="hash")


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("remote_id", sa.Text, primary_key=True),
        sa.Column("tracker", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("receipts_tracker", "receipts", ["tracker"])


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("tracker", sa.Text, primary_key=True),
        sa.Column("ticket", sa.Text, primary_key=True),
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("remedy", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("aside", sa.Boolean, nullable=False),
    )


def _chain() -> None:
    op.create_table(
        "chain",
        sa.Column("tracker", sa.Text, primary_key=True),
        sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("pass_id", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("link", sa.Text, nullable=False),
    )
