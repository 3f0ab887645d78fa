"""Care of the ledger: is it whole, and a copy of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ledger.polls import DANA, T, at, said, ticket
from sqlalchemy import text

from escsync.domain.policy import Policy
from escsync.ledger import Ledger, LedgerError
from escsync.ledger.decisions import Judgement


def test_a_whole_ledger_has_no_problems(tracker, ledger):
    """Check is silent where nothing is wrong."""
    tracker.poll(10, replace(ticket(owner=DANA), messages=(said(),)))
    ledger.judged(T, Policy(), at(10), [Judgement("1", False, None, "", None, (1,))])
    ledger.begin(T, "p", "sync", at(11))
    ledger.finish(T, "p", ok=True, counts={"seen": 1, "assessed": 1, "planned": 0})

    assert ledger.check() == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE tickets SET doc = '{'", "cannot be read"),
        ("UPDATE tickets SET key = 'X'", "another ticket"),
        ("UPDATE messages SET reading = '[]'", "message m1 cannot be read"),
        ("UPDATE observations SET value = '{\"z\":1}'", "observation of"),
        ("DELETE FROM tickets", "belong to no ticket"),
        ('UPDATE policies SET content = \'{"timezone":"Asia/Tokyo"}\'', "was altered"),
        ("DELETE FROM policies", "pinned and missing"),
        ("UPDATE observations SET after = at + 1", "end before they begin"),
        ("DELETE FROM observations WHERE n = 0 AND field = 'owner'", "observation of owner is missing"),
        ('UPDATE passes SET counts = \'{"seen":3,"assessed":1}\'', "accounts for others"),
        ('UPDATE passes SET counts = \'{"planned":3,"applied":1}\'', "accounts for others"),
    ],
)
def test_check_finds_damage(tracker, ledger, damage, words):
    """Each kind of damage has its sentence."""
    tracker.poll(10, replace(ticket(), messages=(said(),)))
    tracker.poll(20, replace(ticket(owner=DANA), messages=(said(),)))
    ledger.judged(T, Policy(), at(10), [Judgement("1", False, None, "", None, (1,))])
    ledger.begin(T, "p", "sync", at(21))
    ledger.finish(T, "p", ok=True, counts={})
    with ledger._database.write() as connection:
        connection.execute(text(damage.replace(":", r"\:")))

    assert any(words in problem for problem in ledger.check())


def test_a_backup_is_a_whole_ledger(tracker, ledger, tmp_path):
    """Taken while the ledger is open, and never over another file."""
    tracker.poll(10, ticket())

    ledger.backup(tmp_path / "copy.db")

    with Ledger.open(f"sqlite:///{tmp_path}/copy.db") as copy:
        assert [record.ticket.id for record in copy.records()] == ["1"]
        assert copy.check() == []
    with pytest.raises(LedgerError, match="exists already"):
        ledger.backup(tmp_path / "copy.db")
    with pytest.raises(LedgerError, match="could not be written|cannot be used"):
        ledger.backup(tmp_path / "no" / "copy.db")


def test_a_table_that_is_gone_is_named(ledger):
    """Before anything is counted in it."""
    with ledger._database.write() as connection:
        connection.exec_driver_sql("DROP TABLE letters")

    assert ledger.check() == ["the table letters is missing"]


def test_rows_that_belong_to_nothing_are_counted(tracker, ledger):
    """Receipts without a write, and passes of a tracker that nobody knows."""
    tracker.poll(10, ticket("1"))
    ledger.receipt(T, "nobody's", "9")
    with ledger._database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO passes (id, tracker, kind, at, began, ok, counts, errors) "
            "VALUES ('p', 'lost', 'sync', 0, 0, true, '{}', '[]')"
        )

    assert {"1 receipts belong to no write", "1 passes belong to no tracker"} <= set(ledger.check())
