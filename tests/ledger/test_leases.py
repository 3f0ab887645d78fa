"""Leases: one pass at a time, and a paused one that wakes up writes nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from ledger.polls import T, at, reading, ticket
from sqlalchemy import event, text

from escsync.domain.effect import Effect, EffectState, Purpose
from escsync.domain.fault import Overtaken
from escsync.ledger import Held, Ledger, LedgerError, LostLease
from escsync.ledger.poll import Poll

OUT = timedelta(seconds=-5)
"""A lease that has run out as soon as it is given."""


def lease_until(ledger):
    with ledger._database.read() as connection:
        return connection.execute(text("SELECT lease_until FROM trackers")).scalar()


def effect():
    purpose = Purpose(T, "1", 1, "rule", "note")
    return Effect(purpose.key(1), purpose, 1, EffectState.SENDING, "", "new", (), "v")


class Machine:
    """A machine's clock, and how often its ledger asked the database."""

    def __init__(self, address, **how):
        self.seconds = 1000.0
        self.asked = 0
        self.ledger = Ledger.open(address, clock=lambda: self.seconds, **how)
        event.listen(self.ledger._database.engine, "begin", self._count)

    def _count(self, _connection):
        self.asked += 1

    def close(self):
        event.remove(self.ledger._database.engine, "begin", self._count)
        self.ledger.close()


@pytest.fixture
def machine(address):
    made = Machine(address)
    yield made
    made.close()


def test_only_one_pass_at_a_time_works_on_a_tracker(address, ledger):
    """The other one is told who holds it and until when; another tracker is free."""
    with Ledger.open(address) as other, ledger.lease(T, "first"):
        with (
            pytest.raises(Held, match=r"another pass \(first, process \d+ of .*\) .* until"),
            other.lease(T, "second"),
        ):
            pass
        with other.lease("crm", "second"):
            pass
    with ledger.lease(T, "third"):
        pass


def test_a_lease_that_ran_out_is_taken_over_and_the_sleeper_writes_nothing(address, ledger):
    """A paused worker that wakes up cannot write: its number is not the latest."""
    with (
        Ledger.open(address) as other,
        ledger.lease(T, "sleeper", ttl=OUT),
        other.lease(T, "awake") as fence,
    ):
        with pytest.raises(LostLease, match="awake"):
            ledger.observe(Poll(T, at(1), None, reading), [ticket()])
        with pytest.raises(LostLease):
            ledger.claim(T, [effect()], "sleeper")
        with pytest.raises(Overtaken):
            ledger.alive(T)
        other.observe(Poll(T, at(1), None, reading), [ticket("2")])

        assert fence == 2
    assert [record.ticket.id for record in ledger.records(T)] == ["2"]
    assert ledger.effects(T, "1") == []


def test_a_ledger_that_cannot_be_asked_stops_every_request(postgres):
    """A pass that does not know whether it was overtaken sends nothing, and no layer takes that for a tracker's error."""
    told = []

    def interrupted(ledger):
        with ledger.lease(T, "p"):
            with ledger._database.write() as connection:
                connection.execute(text("DROP TABLE trackers"))
            try:
                ledger.alive(T)
            except Overtaken as error:
                told.append(error)
                raise

    with Ledger.open(postgres.place()) as ledger, pytest.raises(LedgerError) as caught:
        interrupted(ledger)

    # That the lease could not be given back either is no news.
    assert told == [caught.value]
    assert not isinstance(caught.value, Held)
    assert "has other tables" in str(caught.value)


def test_a_sleeper_that_was_not_overtaken_goes_on(ledger):
    """A lease that ran out and that nobody took is its holder's still."""
    with ledger.lease(T, "sleeper", ttl=OUT):
        ledger.alive(T)
        ledger.observe(Poll(T, at(1), None, reading), [ticket()])

    assert [record.ticket.id for record in ledger.records(T)] == ["1"]


def test_a_sleeper_gives_back_no_lease_but_its_own(address, ledger):
    """Ending does not let a third pass in beside the second."""
    with Ledger.open(address) as other, Ledger.open(address) as third:
        sleeper = ledger.lease(T, "sleeper", ttl=OUT)
        sleeper.__enter__()
        with other.lease(T, "awake"):
            sleeper.__exit__(None, None, None)

            with pytest.raises(Held, match="awake"), third.lease(T, "third"):
                pass


def test_a_lease_is_kept_alive_by_every_write(ledger):
    """A long pass is not overtaken while it works."""
    with ledger.lease(T, "long", ttl=timedelta(seconds=300)):
        before = lease_until(ledger)
        with ledger._database.write() as connection:
            connection.execute(text("UPDATE trackers SET lease_until = lease_until - 200000000"))
        ledger.observe(Poll(T, at(1), None, reading), [ticket()])

        assert lease_until(ledger) >= before


def test_a_request_may_be_sent_while_enough_of_the_lease_is_left(machine):
    """The database is asked only when it is about to run out, and the lease is then as long as ever."""
    asked = []
    with machine.ledger.lease(T, "p"):
        before = machine.asked
        for seconds in (0, 44, 2, 1, 43, 2):
            machine.seconds += seconds
            machine.ledger.alive(T)
            asked.append(machine.asked - before)

    assert asked == [0, 0, 1, 1, 1, 2]


def test_a_write_is_a_sign_of_life_too(machine):
    """After it nobody asks again for a while."""
    with machine.ledger.lease(T, "p"):
        machine.seconds += 44
        machine.ledger.observe(Poll(T, at(1), None, reading), [ticket()])
        before = machine.asked
        machine.seconds += 44
        machine.ledger.alive(T)

        assert machine.asked == before


def test_a_write_that_is_taken_back_is_no_sign_of_life(machine):
    """What was not committed has not renewed anything."""
    poll = Poll(T, at(1), None, reading)
    with machine.ledger.lease(T, "p"):
        machine.seconds += 44
        with pytest.raises(AttributeError):
            machine.ledger.observe(poll, [None])
        before = machine.asked
        machine.seconds += 2
        machine.ledger.alive(T)

        assert machine.asked == before + 1


def test_a_short_lease_leaves_less(address):
    """A quarter of it: a lease is never asked for more than it has."""
    machine = Machine(address, ttl=timedelta(seconds=4))
    asked = []
    with machine.ledger.lease(T, "p"):
        before = machine.asked
        for seconds in (2.9, 0.2):
            machine.seconds += seconds
            machine.ledger.alive(T)
            asked.append(machine.asked - before)
    machine.close()

    assert asked == [0, 1]


def test_without_a_clock_the_database_is_asked_each_time(ledger):
    """Nothing is taken for granted."""
    begun = []
    notice = begun.append
    with ledger.lease(T, "p"):
        event.listen(ledger._database.engine, "begin", notice)
        ledger.alive(T)
        ledger.alive(T)
        event.remove(ledger._database.engine, "begin", notice)

    assert len(begun) == 2


def test_without_a_lease_there_is_nothing_to_lose(ledger):
    """`doctor` writes nothing and holds nothing."""
    ledger.alive(T)
    ledger.alive("never heard of")


def test_many_threads_ask_and_one_renews(machine):
    """Calls in flight ask at the same time."""
    with machine.ledger.lease(T, "p"):
        before = machine.asked
        machine.seconds += 50
        threads = [threading.Thread(target=machine.ledger.alive, args=(T,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert machine.asked == before + 1


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


def test_a_holder_of_another_version_is_waited_for(ledger):
    """Nobody can tell whether it lives."""
    with ledger.lease(T, "p"), ledger._database.write() as connection:
        connection.execute(text("UPDATE trackers SET holder = 'host/1/pass', fence = 7"))

    with pytest.raises(Held, match="host/1/pass"), ledger.lease(T, "next"):
        pass


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_pass_that_sleeps_in_the_middle_of_a_write_holds_the_tracker(kind, tmp_path, request):
    """Whoever comes meanwhile is told so within a bounded time, and comes back later: exit 7."""
    if kind == "sqlite":
        address = f"sqlite:///{tmp_path}/ledger.db?timeout=0.1"
    else:
        address = request.getfixturevalue("postgres").place(lock_timeout=100)

    with (
        Ledger.open(address) as sleeper,
        Ledger.open(address) as other,
        sleeper.lease(T, "sleeper", ttl=OUT),
        sleeper._write(T),
        pytest.raises(Held, match="in the middle of a write"),
        other.lease(T, "other"),
    ):
        pass


def test_passes_over_different_trackers_do_not_wait_for_each_other(postgres):
    """Each locks its own tracker's row and nothing else."""
    address = postgres.place(lock_timeout=100)

    with (
        Ledger.open(address) as one,
        Ledger.open(address) as other,
        one.lease(T, "a"),
        other.lease("crm", "b"),
        one._write(T),
    ):
        seen = other.observe(Poll("crm", at(1), None, reading), [ticket()])

    assert seen.changed == {"1"}
