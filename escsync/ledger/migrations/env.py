"""Run by Alembic: the migrations use the connection, and so the transaction, of whoever opened the ledger."""

from __future__ import annotations

from alembic import context

from escsync.ledger.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
