"""What somebody accepted of each tracker's schema, so that a change of it is seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table; the first look at a tracker fills it."""
    op.create_table(
        "outlines",
        sa.Column("tracker", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("doc", sa.Text, nullable=False),
    )
