"""Opening a ledger: made, brought up to date, or refused with a reason."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, inspect, text

from escsync.ledger import Ledger, LedgerError


def test_importing_the_ledger_loads_no_database_library():
    """`escsync --help` answers at once."""
    code = "import sys, escsync.ledger; print([m for m in sys.modules if m.startswith(('sqlalchemy', 'alembic'))])"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_opening_a_ledger_of_today_loads_no_migrations(address):
    """A pass on an up-to-date ledger pays nothing for upgrades."""
    code = (
        "import sys; from escsync.ledger import Ledger\n"
        f"for _ in range(2): Ledger.open({address!r}).close()\n"
        "print([m for m in sys.modules if m.startswith(('alembic', 'sqlalchemy.orm'))])"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def shape(url):
    engine = create_engine(url)
    try:
        found = inspect(engine)

        def kind(of):
            return (
                re.sub(r"VARCHAR\(.*", "TEXT", str(of)) if engine.name == "sqlite" else str(of)
            )  # where no length counts

        return {
            table: (
                {c["name"]: (kind(c["type"]), c["nullable"]) for c in found.get_columns(table)},
                found.get_pk_constraint(table)["constrained_columns"],
                sorted(
                    (i["name"], tuple(i["column_names"]), i.get("dialect_options"))
                    for i in found.get_indexes(table)
                ),
            )
            for table in found.get_table_names()
        }
    finally:
        engine.dispose()


def test_the_migrations_lead_to_the_tables_that_are_created(place):
    """A ledger that grew with escsync and a new one are the same."""
    from alembic import command
    from sqlalchemy import Connection

    from escsync.ledger.upgrade import settings

    new, grown = place(), place()
    Ledger.open(new).close()
    engine = create_engine(grown)
    with engine.begin() as connection:
        assert isinstance(connection, Connection)
        command.upgrade(settings(connection), "head")
    engine.dispose()

    assert shape(grown) == shape(new)
    Ledger.open(grown).close()


def test_a_ledger_of_an_older_schema_is_brought_up_to_date(address):
    """Opening it is enough."""
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
    engine.dispose()

    with Ledger.open(address) as opened:
        assert opened.check() == []


def test_a_ledger_of_a_newer_escsync_is_refused(address):
    """Nothing is guessed about tables that do not exist yet."""
    Ledger.open(address).close()
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(LedgerError, match="newer escsync"):
        Ledger.open(address)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nowhere/at/all/ledger.db", "cannot be used"),
        (f"sqlite:///{__file__}", "damaged, or no ledger"),
        ("not an address", "not one that SQLAlchemy knows"),
        ("nosuch://host/name", "not one that SQLAlchemy knows"),
    ],
)
def test_a_ledger_that_cannot_be_opened_says_why(url, words):
    """One sentence and a remedy, no traceback of a database driver."""
    with pytest.raises(LedgerError, match=words) as caught:
        Ledger.open(url)

    assert caught.value.remedy


def test_a_server_that_is_not_there_is_looked_for_where_it_should_be():
    """The remedy speaks of servers where the ledger is on one."""
    with pytest.raises(LedgerError) as refused:
        Ledger.open("postgresql+psycopg://esc@127.0.0.1:1/escsync")

    assert refused.value.remedy.startswith("see that the server runs")
