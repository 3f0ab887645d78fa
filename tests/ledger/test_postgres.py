"""PostgreSQL: one instant for each reader, trouble in our words, and a connection that comes back."""

from __future__ import annotations

import pytest
from ledger.polls import T, Tracker, at, ticket
from sqlalchemy import text

from escsync.ledger import Ledger, LedgerError
from escsync.ledger.batches import put_missing
from escsync.ledger.database import Database
from escsync.ledger.schema import POLICIES, TICKETS

COUNT = text("SELECT count(*) FROM tickets")


def test_a_reader_sees_one_instant(address, ledger):
    """What others commit meanwhile is not there until it looks again."""
    reader = Database(address)

    with reader.read() as connection:
        before = connection.execute(COUNT).scalar()
        Tracker(ledger).poll(1, ticket())
        meanwhile = connection.execute(COUNT).scalar()
    with reader.read() as connection:
        after = connection.execute(COUNT).scalar()
    reader.close()

    assert (before, meanwhile, after) == (0, 0, 1)


def test_a_reader_on_postgresql_cannot_write(postgres):
    """What only looks, changes nothing, whatever it runs."""
    database = Database(postgres.place())

    with pytest.raises(LedgerError, match="may not be written"), database.read() as connection:
        connection.execute(TICKETS.delete())

    database.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "postgresql+psycopg://stranger:wrong-and-secret@/postgres?host={home}",
            "password authentication failed",
        ),
        ("postgresql+psycopg://stranger@/postgres?host={home}&password=wrong-and-secret", "failed"),
        (
            "postgresql+psycopg://stranger:right-and-secret@/postgres?host={home}",
            "may not be used by this user",
        ),
        ("postgresql+psycopg://postgres@/nosuch?host={home}", "does not exist"),
        ("postgresql+psycopg://postgres@/latin?host={home}", "its encoding is LATIN1"),
        ("postgresql+psycopg://x:wrong-and-secret@127.0.0.1:1/x", "cannot be used: .*refused"),
        ("postgresql+psycopg://x:wrong-and-secret@127.0.0.1:1/x?sslmode=wrong-and-secret", "sslmode"),
        ("postgresql+psycopg://x@/x?no_such_option=wrong-and-secret", "ProgrammingError"),
        ("postgresql+nosuch://x@/x", "not one that SQLAlchemy knows"),
    ],
)
def test_a_server_that_lets_nobody_in_is_told_in_our_words(postgres, url, words):
    """Which ledger, what is the matter and what to do; never a password, wherever it stood."""
    if not postgres.run("SELECT 1 FROM pg_database WHERE datname = 'latin'"):
        postgres.run(
            "CREATE ROLE stranger LOGIN PASSWORD 'right-and-secret'",
            "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0",
        )

    with pytest.raises(LedgerError, match=words) as caught:
        Ledger.open(url.format(home=postgres.home))

    assert caught.value.remedy
    assert "secret" not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("INSERT INTO trackers (name) VALUES ('a secret')", "refused a statement .IntegrityError 23502"),
        ("SELECT CAST('a secret' AS integer)", "refused a statement .DataError 22P02"),
        ("SELECT secret FROM nowhere", "has other tables"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "was shut down in the middle"),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)", "was shut down in the middle"),
    ],
)
def test_a_statement_that_fails_is_told_without_its_values(postgres, statement, words):
    """They may be a customer's."""
    database = Database(postgres.place())

    with pytest.raises(LedgerError, match=words) as caught, database.write() as connection:
        connection.execute(text(statement))
    database.close()

    assert "secret" not in caught.value.message
    assert caught.value.__cause__ is None


def test_a_server_that_only_reads_stops_the_pass_at_once(postgres):
    """A standby, or a primary that was switched to reading."""
    address = postgres.place()
    Ledger.open(address).close()

    with (
        Ledger.open(address + "%20-cdefault_transaction_read_only%3Don") as ledger,
        pytest.raises(LedgerError, match="may not be written"),
        ledger.lease(T, "p"),
    ):
        pass


def test_a_server_that_was_restarted_is_used_again(postgres):
    """A connection that died between two transactions is replaced without a word."""
    with Ledger.open(postgres.place() + "&application_name=restarted") as ledger:
        ended = postgres.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'restarted'"
        )

        Tracker(ledger).poll(1, ticket())

        assert ended
        assert [record.ticket.id for record in ledger.records()] == ["1"]


def test_a_connection_lost_in_a_transaction_keeps_nothing_of_it(postgres):
    """All of it, or nothing."""
    address = postgres.place()
    database = Database(address)

    def interrupted():
        with database.write() as connection:
            put_missing(connection, POLICIES, {"version": "v", "content": "{}", "first_used": at(1)})
            (own,) = connection.execute(text("SELECT pg_backend_pid()")).one()
            postgres.run(f"SELECT pg_terminate_backend({own})")
            connection.execute(text("SELECT 1"))

    with pytest.raises(LedgerError, match="in the middle"):
        interrupted()

    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM policies")).scalar() == 0
    database.close()


def test_an_administrator_sees_who_is_connected(postgres):
    """escsync names itself, unless the address gives another name."""
    with Ledger.open(postgres.place()), Ledger.open(postgres.place() + "&application_name=night-shift"):
        names = {name for (name,) in postgres.run("SELECT application_name FROM pg_stat_activity")}

    assert {"escsync", "night-shift"} <= names


@pytest.mark.parametrize(("more", "kept"), [("", True), ("&prepare_threshold=none", False)])
def test_nothing_is_prepared_where_a_pooler_would_forget_it(postgres, more, kept):
    """Each transaction may be another server connection's; without a pooler it is faster to prepare."""
    database = Database(postgres.place() + more)
    rows = [{"version": str(n), "content": "{}", "first_used": at(1)} for n in range(20)]

    with database.write() as connection:
        connection.execute(POLICIES.insert(), rows)
        prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar()
    database.close()

    assert bool(prepared) is kept


def test_a_program_that_sleeps_in_a_transaction_loses_it(postgres):
    """Otherwise a paused one would keep all others out for as long as it is paused."""
    address = postgres.place(idle_in_transaction_session_timeout=100, lock_timeout=5000)
    sleeper, other = Database(address), Database(address)
    put = {"version": "v", "content": "{}", "first_used": at(1)}

    def sleeping():
        with sleeper.write() as connection:
            put_missing(connection, POLICIES, put)
            with other.write() as second:
                put_missing(second, POLICIES, put)  # waits until the sleeper's transaction is ended
            connection.execute(text("SELECT 1"))

    with pytest.raises(LedgerError, match="rested for too long"):
        sleeping()

    sleeper.close()
    other.close()


def test_each_transaction_waits_a_bounded_time(postgres):
    """For another's lock, and for its own program; an administrator's settings hold where there are any."""
    asked = text(
        "SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"
    )

    found = []
    for address in (postgres.place(), postgres.place(lock_timeout=777)):
        database = Database(address)
        with database.write() as connection:
            found.append(tuple(connection.execute(asked).one()))
        with database.read() as connection:
            found.append(tuple(connection.execute(asked).one()))
        database.close()

    assert found == [("10s", "30s"), ("0", "0"), ("777ms", "30s"), ("777ms", "0")]
