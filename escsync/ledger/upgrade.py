"""Bringing an older ledger up to date with Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from .chain import adopt
from .errors import LedgerError


def settings(connection: Connection) -> Config:
    """Alembic's configuration, for the migrations in this package."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "escsync.ledger:migrations")
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection, found: str) -> None:
    """Run the migrations since *found*, all in this transaction."""
    config = settings(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found and found not in known:
        raise LedgerError(
            f"the ledger was written by a newer escsync (its schema is {found})",
            remedy="upgrade escsync, or use the backup made before",
        )
    command.upgrade(config, "head")
    adopt(connection)
