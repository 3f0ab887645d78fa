"""Two programs at once in one database: whoever comes second waits, and then finds what is there."""

from __future__ import annotations

import threading
from contextlib import contextmanager

from ledger.polls import T, Tracker, at, ticket

from escsync.domain.policy import Policy
from escsync.ledger import Ledger, LedgerError
from escsync.ledger.batches import put_missing
from escsync.ledger.database import Database
from escsync.ledger.decisions import Judgement
from escsync.ledger.policies import from_policy
from escsync.ledger.schema import POLICIES, RECEIPTS


def test_programs_that_open_an_empty_database_at_once_all_find_a_ledger(address):
    """One makes the tables, the others wait for it."""
    many = 6
    together = threading.Barrier(many)
    found = []

    def opening():
        together.wait()
        try:
            with Ledger.open(address) as ledger:
                found.append(ledger.check())
        except LedgerError as error:
            found.append(error.message)

    threads = [threading.Thread(target=opening) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [[]] * many


@contextmanager
def meanwhile(postgres, other, table, row):
    """What is done inside begins while the *other* program is putting a *row* there, and waits until it has done so."""

    def putting():
        with other.write() as connection:
            put_missing(connection, table, row)
            begun.set()
            while not done.is_set() and not postgres.run("SELECT 1 FROM pg_locks WHERE NOT granted"):
                pass

    begun, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=putting)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_two_passes_may_record_the_same_receipt(postgres):
    """One that was overtaken, and the one that looks after what it did: no fence keeps either out."""
    address = postgres.place()
    first, second = Database(address), Ledger.open(address)
    row = {"key": "k", "remote_id": "7", "tracker": T, "attempt": 1, "fence": 1, "at": at(1)}

    with meanwhile(postgres, first, RECEIPTS, row):
        second.receipt(T, "k", "7")

    assert second.receipts(T) == {"k": ("7",)}
    first.close()
    second.close()


def test_two_trackers_may_be_the_first_to_use_a_policy(postgres):
    """The second one waits for the first, and both are pinned to it."""
    address = postgres.place()
    first, second = Database(address), Ledger.open(address)
    Tracker(second).poll(1, ticket())
    policy = Policy()
    told = [Judgement("1", False, None, "", None, (1,))]

    row = {"version": policy.version, "content": from_policy(policy), "first_used": at(1)}
    with meanwhile(postgres, first, POLICIES, row):
        second.judged(T, policy, at(2), told)

    assert Tracker(second).record().pins == {1: policy}
    first.close()
    second.close()
