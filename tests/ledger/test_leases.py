"""Leases: one pass at a time, and a paused one that wakes up writes nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from ledger.polls import T, at, reading, ticket
from sqlalchemy import text

from escsync.ledger import Held, Ledger, LostLease
from escsync.ledger.poll import Poll


def test_only_one_pass_at_a_time_works_on_a_tracker(address, ledger):
    """The other one is told who holds it; another tracker is free."""
    with Ledger.open(address) as other, ledger.lease(T, "first"):
        with pytest.raises(Held, match="first"), other.lease(T, "second"):
            pass
        with other.lease("crm", "second"):
            pass
    with ledger.lease(T, "third"):
        pass


def test_a_lease_that_ran_out_is_taken_over_and_the_sleeper_writes_nothing(address, ledger):
    """A paused worker that wakes up cannot write: its number is not the latest."""
    with (
        Ledger.open(address) as other,
        ledger.lease(T, "sleeper", ttl=timedelta(seconds=-5)),
        other.lease(T, "awake"),
    ):
        with pytest.raises(LostLease):
            ledger.observe(Poll(T, at(1), None, reading), [ticket()])
        other.observe(Poll(T, at(1), None, reading), [ticket("2")])

    assert [record.ticket.id for record in ledger.records(T)] == ["2"]


def test_a_lease_is_kept_alive_by_every_write(ledger):
    """A long pass is not overtaken while it works."""
    with ledger.lease(T, "long", ttl=timedelta(seconds=300)):
        before = lease_until(ledger)
        with ledger._database.write() as connection:
            connection.execute(text("UPDATE trackers SET lease_until = lease_until - 200000000"))
        ledger.observe(Poll(T, at(1), None, reading), [ticket()])

        assert lease_until(ledger) >= before


def lease_until(ledger):
    with ledger._database.read() as connection:
        return connection.execute(text("SELECT lease_until FROM trackers")).scalar()


def test_the_lease_of_a_dead_process_of_this_machine_is_free(address, ledger):
    """After a crash nobody waits a minute."""
    code = (
        "import os; from escsync.ledger import Ledger\n"
        f"Ledger.open({address!r}).lease('{T}', 'killed').__enter__()\n"
        "os._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", code], check=False)

    with ledger.lease(T, "next") as fence:
        assert (died.returncode, fence) == (9, 2)
