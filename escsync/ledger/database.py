"""The connection to the ledger's database: transactions, its clock, and its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError, SQLAlchemyError

from .errors import LedgerError
from .schema import HEAD, metadata


class Database:
    """An open ledger database, its tables up to date. It belongs to one thread."""

    def __init__(self, url: str) -> None:
        self.engine = _connect(url)
        self.url = self.engine.url
        try:
            with self.read() as connection:
                ready = _version(connection) == HEAD
            if not ready:
                with self.write() as connection:
                    _upgrade(connection)
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
        with _in_our_words(self.engine), self.engine.connect() as connection:
            connection = connection.execution_options(escsync_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, all of it as of one instant."""
        with _in_our_words(self.engine), self.engine.connect() as connection, connection.begin():
            yield connection


def clock(connection: Connection) -> datetime:
    """The database's own clock: leases of several machines are compared by it alone."""
    now: datetime = connection.execute(select(func.current_timestamp())).scalar_one()
    return now if now.tzinfo else now.replace(tzinfo=UTC)


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
    engine = create_engine(url)
    event.listen(engine, "before_cursor_execute", _encodable, retval=True)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    # The driver begins no transaction by itself: pysqlite would begin none for a SELECT, and so read two states.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _encodable(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
) -> tuple[str, Any]:
    """Half a character, as JSON can carry it (`\\ud800`), is no text for a database: it becomes a question mark."""
    rows = parameters if many else [parameters]
    if all(value.isascii() for row in rows for value in _told(row) if isinstance(value, str)):
        return statement, parameters
    whole = [_whole(row) for row in rows]
    return statement, whole if many else whole[0]


def _told(row: Any) -> Any:
    return row.values() if isinstance(row, dict) else row


def _whole(row: Any) -> Any:
    def mended(value: Any) -> Any:
        return value.encode(errors="replace").decode() if isinstance(value, str) else value

    if isinstance(row, dict):
        return {name: mended(value) for name, value in row.items()}
    return tuple(mended(value) for value in row)


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once, because SQLite cannot make a reader one when another has written since.
    write = connection.get_execution_options().get("escsync_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found or ""


def _upgrade(connection: Connection) -> None:
    """Create the tables, or bring them up to date; alembic is loaded only where there is an older schema."""
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


@contextmanager
def _in_our_words(engine: Engine) -> Iterator[None]:
    """Database errors as LedgerError; neither the statement, which may hold values, nor a password is repeated."""
    try:
        yield
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise LedgerError(
            f"the ledger {where} cannot be used: {error.orig}",
            remedy="see that the place exists, may be written and has room, and that no other program locks it",
        ) from None
    except SQLAlchemyError as error:
        if type(error) is DatabaseError:  # its subclasses tell of statements, it tells of the file itself
            raise LedgerError(
                f"the ledger {engine.url.render_as_string(hide_password=True)} is damaged, or no ledger: {error.orig}",
                remedy="restore the last backup, or move the file away and sync --full",
            ) from None
        raise LedgerError(
            f"the ledger refused a statement ({type(error).__name__})",
            remedy="run `escsync ledger check`",
        ) from None
