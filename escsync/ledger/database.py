"""The connection to the ledger's database: its transactions and its clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from .errors import LedgerError
from .schema import HEAD, Instant, metadata
from .trouble import in_our_words, named
from .words import encodable

_WAIT = 10
"""Seconds for which a transaction waits for another one."""
_IDLE = 30
"""Seconds for which a program may be paused inside a transaction; then PostgreSQL ends it, so that others can go on."""
_UPGRADING = 0x657363  # any number, as long as every escsync takes the same
_OLDEST = (13,)
# What the server's administrator has set, holds; and what we set, for one transaction alone: a pooler lends the same
# connection to others.
_PATIENCE = text(
    "SELECT "
    + ", ".join(
        f"CASE current_setting('{name}') WHEN '0' THEN set_config('{name}', '{seconds}s', true) END"
        for name, seconds in (("lock_timeout", _WAIT), ("idle_in_transaction_session_timeout", _IDLE))
    )
)


class Database:
    """An open ledger database, its tables up to date; each transaction belongs to one thread."""

    def __init__(self, url: str) -> None:
        self.engine = _connect(url)
        self.url = self.engine.url
        self._postgres = self.url.get_backend_name() == "postgresql"
        # A transaction that reads sees one instant throughout: SQLite's do by themselves.
        how = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = self.engine.execution_options(**how) if self._postgres else self.engine
        try:
            with self.read() as connection:
                ready = _version(connection) == HEAD
            if not ready:
                with self.write() as connection:
                    self._upgrade(connection)
        except BaseException:
            self.close()
            raise

    @property
    def path(self) -> Path | None:
        """The file, where it is one."""
        name = self.url.database
        return Path(name) if self.url.get_backend_name() == "sqlite" and name and name != ":memory:" else None

    def close(self) -> None:
        """Give the connection back."""
        self.engine.dispose()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; all of it is kept, or nothing."""
        with in_our_words(self.url), self.engine.connect() as connection:
            connection = connection.execution_options(escsync_write=True)
            with connection.begin():
                if self._postgres:
                    connection.execute(_PATIENCE)
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, all of it as of one instant."""
        with in_our_words(self.url), self._reading.connect() as connection, connection.begin():
            yield connection

    def _upgrade(self, connection: Connection) -> None:
        """Create the tables, or bring them up to date; alembic is loaded only where there is an older schema."""
        if self._postgres:
            _suited(connection, self.url)
            connection.execute(text("SELECT set_config('lock_timeout', '5min', true)"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:one)"), {"one": _UPGRADING})
        found = _version(connection)
        if found is None:
            metadata.create_all(connection)
            connection.execute(
                text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            )
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        elif found != HEAD:
            from .upgrade import upgrade

            upgrade(connection, found)


class present(FunctionElement[datetime]):
    """The database's own clock at this moment, whenever the transaction began: leases of several machines are compared
    by it alone."""

    type = Instant()
    inherit_cache = True


@compiles(present)
def _seconds(_element: present, _compiler: Any, **_how: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


@compiles(present, "sqlite")
def _days(_element: present, _compiler: Any, **_how: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"


def clock(connection: Connection) -> datetime:
    """What the database's clock says."""
    return connection.execute(select(present())).scalar_one()


def lossy(connection: Connection) -> list[str]:
    """The settings of PostgreSQL that are off and without which what it has confirmed may be gone after a crash."""
    names = ("synchronous_commit", "fsync")
    return [
        name
        for name in names
        if connection.execute(text(f"SELECT current_setting('{name}')")).scalar_one() == "off"
    ]


def _suited(connection: Connection, url: URL) -> None:
    """Refuse a PostgreSQL that could not keep what trackers send."""
    if (connection.dialect.server_version_info or _OLDEST) < _OLDEST:
        raise LedgerError(
            f"the ledger {named(url)} is on a PostgreSQL older than 13", remedy="upgrade PostgreSQL"
        )
    encoding = connection.execute(text("SELECT current_setting('server_encoding')")).scalar_one()
    if encoding != "UTF8":
        raise LedgerError(
            f"the ledger {named(url)} cannot hold every language: its encoding is {encoding}",
            remedy="make a database with createdb --encoding UTF8 --template template0",
        )


def _connect(url: str) -> Engine:
    try:
        parsed = make_url(url)
        on_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
        # An engine remembers the statements it has compiled: whoever opens the same file again profits.
        return _engine(parsed) if on_file else _engine.__wrapped__(parsed)
    except (ArgumentError, NoSuchModuleError) as error:
        raise LedgerError(
            "the ledger's address is not one that SQLAlchemy knows",
            remedy="write sqlite:///escsync.db or postgresql+psycopg://user@host/name",
        ) from error
    except ModuleNotFoundError as error:
        raise LedgerError(
            f"the ledger's database needs the package {error.name}",
            remedy="pip install 'escsync[postgres]'",
        ) from error


@lru_cache(maxsize=4)
def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        bare = url.difference_update_query(["prepare_threshold"])
        engine = create_engine(
            bare, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=_arguments(url)
        )
        event.listen(engine, "checkout", _as_allowed)
    else:
        engine = create_engine(url, connect_args={} if "timeout" in url.query else {"timeout": _WAIT})
    event.listen(engine, "before_cursor_execute", encodable, retval=True)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _as_allowed(connection: Any, _record: Any, _proxy: Any) -> None:
    # Having read, SQLAlchemy would insist on writing, where an administrator has switched that off.
    connection.read_only = None


def _arguments(url: URL) -> dict[str, Any]:
    """How to connect to PostgreSQL, where the address does not say otherwise: a server that is gone is noticed."""
    usual: dict[str, Any] = {
        "fallback_application_name": "escsync",
        "client_encoding": "utf8",
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
    }
    usual = {name: value for name, value in usual.items() if name not in url.query}
    if url.query.get("prepare_threshold") == "none":  # a pooler may forget what was prepared
        usual["prepare_threshold"] = None
    return usual


def _prepare(connection: Any, _record: Any) -> None:
    # The driver begins no transaction by itself: pysqlite would begin none for a SELECT, and so read two states.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once, because SQLite cannot make a reader one when another has written since.
    write = connection.get_execution_options().get("escsync_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found or ""
