"""The ledger: evidence kept as first seen, one pass at a time, nothing half written."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, inspect, text

from escsync.domain.communication import Element, Message, MessageKind, Reading
from escsync.domain.duration import Duration
from escsync.domain.evidence import Evidence, Grade
from escsync.domain.fields import Stage
from escsync.domain.people import PersonRef
from escsync.domain.policy import AckRule, Clocks, Policy
from escsync.domain.ticket import Fact, Status, Ticket, TicketRef
from escsync.ledger import Held, Ledger, LedgerError, LookBack, LostLease
from escsync.ledger.decisions import Judgement
from escsync.ledger.hearing import first_sight
from escsync.ledger.poll import Poll
from escsync.ledger.trackers import Sweep

T = "support"
CREATED = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
DANA = (PersonRef("u1", "Dana Reyes", active=True),)
IDRIS = (PersonRef("u2", "Idris Cole", active=True),)


def at(minutes):
    return CREATED + timedelta(minutes=minutes)


def ticket(number="1", **values):
    shown = {
        "summary": "Invoices are wrong",
        "owner": (),
        "stage": Status("3", "Open", Stage.INTAKE),
        **values,
    }
    return Ticket(number, f"ESC-{number}", "https://tracker.example/1", CREATED, shown, updated_at=CREATED)


def said(number="m1", words="Hello", minutes=10, **more):
    return Message(number, Evidence(at(minutes)), DANA[0], words, MessageKind.ACKNOWLEDGEMENT, **more)


def reading(_ticket, message):
    found = {Element.NAME} if "Dana" in message.text else set()
    return Reading(elements=frozenset(found), digest=str(hash(message.text)))


class Tracker:
    """Polls of one tracker, each a pass that ends well."""

    def __init__(self, ledger):
        self.ledger = ledger

    def poll(self, minutes, *tickets, **more):
        now = at(minutes)
        poll = Poll(T, now, self.ledger.last_pass(T), more.pop("read", reading), ours="bot", **more)
        seen = self.ledger.observe(poll, tickets)
        self.ledger.polled(T, {"since": minutes}, now, Sweep())
        return seen

    def record(self, number="1"):
        (found,) = self.ledger.records(T, ids=[number])
        return found


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as opened:
        yield opened


@pytest.fixture
def tracker(ledger):
    return Tracker(ledger)


# Opening


def test_importing_the_ledger_loads_no_database_library():
    """`escsync --help` answers at once."""
    code = "import sys, escsync.ledger; print([m for m in sys.modules if m.startswith(('sqlalchemy', 'alembic'))])"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_opening_a_ledger_of_today_loads_no_migrations(tmp_path):
    """A pass on an up-to-date ledger pays nothing for upgrades."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    code = (
        "import sys; from escsync.ledger import Ledger\n"
        f"for _ in range(2): Ledger.open({url!r}).close()\n"
        "print([m for m in sys.modules if m.startswith(('alembic', 'sqlalchemy.orm'))])"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def shape(url):
    engine = create_engine(url)
    try:
        found = inspect(engine)
        return {
            table: (
                {
                    c["name"]: (
                        re.sub(r"VARCHAR\(.*", "TEXT", str(c["type"])),
                        c["nullable"],
                        c["primary_key"],
                    )
                    for c in found.get_columns(table)
                },
                sorted((i["name"], tuple(i["column_names"])) for i in found.get_indexes(table)),
            )
            for table in found.get_table_names()
        }
    finally:
        engine.dispose()


def test_the_migrations_lead_to_the_tables_that_are_created(tmp_path):
    """A ledger that grew with escsync and a new one are the same."""
    from alembic import command
    from sqlalchemy import Connection

    from escsync.ledger.upgrade import settings

    new, grown = f"sqlite:///{tmp_path}/new.db", f"sqlite:///{tmp_path}/grown.db"
    Ledger.open(new).close()
    engine = create_engine(grown)
    with engine.begin() as connection:
        assert isinstance(connection, Connection)
        command.upgrade(settings(connection), "head")
    engine.dispose()

    assert shape(grown) == shape(new)
    Ledger.open(grown).close()


def test_a_ledger_of_an_older_schema_is_brought_up_to_date(tmp_path):
    """Opening it is enough."""
    url = f"sqlite:///{tmp_path}/old.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
    engine.dispose()

    with Ledger.open(url) as opened:
        assert opened.check() == []


def test_a_ledger_of_a_newer_escsync_is_refused(tmp_path):
    """Nothing is guessed about tables that do not exist yet."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    Ledger.open(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(LedgerError, match="newer escsync"):
        Ledger.open(url)


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


# What polls see


def test_a_ticket_comes_back_as_it_was_seen(tracker):
    """The record holds what the tracker showed."""
    seen = ticket(owner=DANA, tone="public")

    tracker.poll(1, seen)

    record = tracker.record()
    assert (record.id, record.ticket.values, record.first_seen) == ("support:1", seen.values, at(1))


def test_an_unchanged_ticket_writes_no_row(tracker, ledger):
    """A poll costs what changed, not what exists."""
    seen = replace(ticket(owner=DANA), messages=(said(),))
    first = tracker.poll(1, seen)
    before = total_changes(ledger)

    again = ledger.observe(Poll(T, at(1), at(1), reading), [seen])

    assert (first.changed, again.changed) == ({"1"}, set())
    # The only row touched is the tracker's own poll of people; tickets, messages and observations are left alone.
    assert dump(ledger, "tickets", "messages", "observations") == before


def total_changes(ledger):
    return dump(ledger, "tickets", "messages", "observations")


def dump(ledger, *tables):
    with ledger._database.read() as connection:
        return {
            t: [tuple(r) for r in connection.execute(text(f"SELECT * FROM {t} ORDER BY 1, 2, 3"))]
            for t in tables
        }


def test_a_first_observation_lies_between_creation_and_the_poll(tracker):
    """Decision 6: nobody knows more where the tracker keeps no history."""
    tracker.poll(30, replace(ticket(tone="public"), updated_at=None))

    (fact,) = tracker.record().ticket.history["tone"]
    assert fact == Fact(Evidence(at(30), CREATED, Grade.B, "poll"), "public")


def test_the_trackers_last_edit_narrows_an_interval(tracker):
    """Decision 5: the upper end is the tracker's own instant where that lies inside."""
    tracker.poll(30, replace(ticket(tone="private"), updated_at=at(5)))
    tracker.poll(60, replace(ticket(tone="public"), updated_at=at(45)))
    tracker.poll(90, replace(ticket(tone="threat_public"), updated_at=at(10)))

    facts = tracker.record().ticket.history["tone"]
    assert [(f.when.after, f.when.at) for f in facts] == [
        (CREATED, at(5)),
        (at(30), at(45)),
        (at(60), at(90)),
    ]


def test_a_change_between_two_polls_is_an_observation_more(tracker):
    """Owner and stage histories grow by what polls see; nothing is rewritten."""
    tracker.poll(10, ticket())
    tracker.poll(20, replace(ticket(owner=DANA), updated_at=None))
    tracker.poll(30, replace(ticket(owner=IDRIS), updated_at=None))

    facts = tracker.record().ticket.history["owner"]
    assert [f.value for f in facts] == [(), DANA, IDRIS]
    assert [f.when.at for f in facts] == [CREATED, at(20), at(30)]


def test_a_renamed_person_is_no_new_owner(tracker):
    """The same id is the same person."""
    tracker.poll(10, ticket(owner=DANA))
    tracker.poll(20, ticket(owner=(PersonRef("u1", "Dana Reyes-Cole", active=True),)))

    (fact,) = tracker.record().ticket.history["owner"]
    assert fact.value[0].name == "Dana Reyes-Cole"


def test_the_trackers_own_history_is_not_observed_again(tracker, ledger):
    """Where the tracker records changes, its record is all there is."""
    past = {"tone": (Fact(Evidence(CREATED), None), Fact(Evidence(at(3)), "public"))}

    tracker.poll(10, replace(ticket(tone="public"), history=past))

    assert tracker.record().ticket.history["tone"] == past["tone"]
    assert "tone" not in {row[2] for row in dump(ledger, "observations")["observations"]}


def test_escsyncs_own_fields_are_never_evidence(tracker, ledger):
    """What escsync wrote proves nothing."""
    tracker.poll(10, ticket(health="ok"))

    assert "health" not in {row[2] for row in dump(ledger, "observations")["observations"]}


def test_what_escsync_has_just_written_is_its_own_deed(tracker):
    """An observed change that we made has us as its actor."""
    tracker.poll(10, ticket())
    tracker.poll(20, ticket(owner=DANA), by_us=frozenset({("1", "owner")}))

    assert tracker.record().ticket.history["owner"][-1].actor == PersonRef("bot")


def test_private_text_is_not_kept(tmp_path):
    """The file holds no word of a customer, nor of a message."""
    path = tmp_path / "ledger.db"
    seen = replace(ticket(findings_summary="Alder was billed twice"), messages=(said(words="Dear Ms Alder"),))

    with Ledger.open(f"sqlite:///{path}") as opened:
        Tracker(opened).poll(10, seen)
        record = Tracker(opened).record()

    assert b"Alder" not in path.read_bytes()
    assert record.ticket.values["findings_summary"].startswith("sha256:")
    assert record.ticket.messages[0].text == ""


def test_store_text_keeps_it(tmp_path):
    """Who wants the words can have them."""
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db", text=True) as opened:
        seen = replace(ticket(findings_summary="billed twice"), messages=(said(words="Dear"),))
        Tracker(opened).poll(10, seen, text=True)

        record = Tracker(opened).record()

    assert (record.ticket.values["findings_summary"], record.ticket.messages[0].text) == (
        "billed twice",
        "Dear",
    )


# Messages


def test_a_message_is_read_once_and_kept_as_first_seen(tracker):
    """Text changed after first sight never improves a verdict (decision 43)."""
    tracker.poll(20, replace(ticket(), messages=(said(words="Hello"),)))
    edited = said(words="I am Dana", edited_at=at(25))
    tracker.poll(30, replace(ticket(), messages=(edited,)))

    record = tracker.record()
    assert record.readings["m1"].elements == frozenset()
    assert record.ticket.messages[0].when.at == at(10)


def test_a_text_edited_before_first_sight_counts_from_its_edit():
    """Otherwise an acknowledgement could be typed into an old comment (decision 43)."""
    assert first_sight(said(minutes=10, edited_at=at(50))).when.at == at(50)
    assert first_sight(said(minutes=10)).when.at == at(10)
    assert first_sight(said(minutes=10, edited_at=at(10))).when.at == at(10)


def test_a_deleted_message_stays_as_evidence(tracker):
    """It is marked, with the interval in which it went (decision 44)."""
    tracker.poll(20, replace(ticket(), messages=(said(), said("m2"))))
    tracker.poll(30, replace(ticket(), messages=(said("m2"),)))

    record = tracker.record()
    assert {m.id for m in record.ticket.messages} == {"m1", "m2"}
    assert record.gone == {"m1": Evidence(at(30), at(20), Grade.B, "poll")}


def test_a_message_that_is_there_again_was_not_deleted(tracker):
    """A permission that comes and goes deletes nothing."""
    for minutes, shown in ((20, (said(),)), (30, ()), (40, (said(),))):
        tracker.poll(minutes, replace(ticket(), messages=shown))

    assert tracker.record().gone == {}


def test_messages_that_cannot_be_read_are_not_taken_for_deleted(tracker):
    """Unknown is not missing."""
    tracker.poll(20, replace(ticket(), messages=(said(),)))
    tracker.poll(30, replace(ticket(), messages=(), unreadable={"messages": "403"}))

    assert tracker.record().gone == {}


def test_readings_are_renewed_only_for_unchanged_text(tracker):
    """New phrases count for what was said, not for what was put there later."""
    tracker.poll(20, replace(ticket(), messages=(said("m1", "Dana"), said("m2", "Hello"))))

    def wiser(_ticket, message):
        return replace(reading(_ticket, message), elements=frozenset({Element.TITLE}))

    now = replace(ticket(), messages=(said("m1", "Dana"), said("m2", "Dana", edited_at=at(25))))
    tracker.poll(30, now, read=wiser, renew=True)

    readings = tracker.record().readings
    assert readings["m1"].elements == {Element.TITLE}
    assert readings["m2"].elements == frozenset()


def test_one_ticket_that_cannot_be_understood_stops_no_other(tracker):
    """Neither a bad value nor a text that breaks the reader."""

    def fragile(_ticket, message):
        if message.text == "boom":
            raise RecursionError(message.text)
        return reading(_ticket, message)

    bad_value = ticket("2", tone=3.5)
    bad_text = replace(ticket("3"), messages=(said(words="boom"),))
    seen = tracker.poll(10, ticket("1"), bad_value, bad_text, ticket("4"), read=fragile)

    assert {native: told.split()[0] for native, told in seen.failed.items()} == {
        "2": "TypeError",
        "3": "RecursionError",
    }
    assert "boom" not in str(seen.failed)
    assert {"1", "4"} <= {record.ticket.id for record in tracker.ledger.records(T)}


# People


def test_a_deactivation_lies_between_two_polls(tracker):
    """G-5: the last poll that saw the person active, and this one."""
    gone = (replace(DANA[0], active=False),)
    tracker.poll(115, ticket(owner=DANA))
    tracker.poll(125, ticket(owner=gone))
    tracker.poll(135, ticket(owner=gone))

    assert tracker.record().inactive == {"u1": Evidence(at(125), at(115), Grade.B, "poll")}


def test_a_person_who_is_active_again_is_so(tracker):
    """A reactivation clears it."""
    gone = (replace(DANA[0], active=False),)
    for minutes, owner in ((10, DANA), (20, gone), (30, DANA)):
        tracker.poll(minutes, ticket(owner=owner))

    assert tracker.record().inactive == {}


def test_one_open_ticket_per_owner_is_watched(tracker, ledger):
    """A deactivation is seen without a call for each ticket; what left the scope is followed by id."""
    tracker.poll(
        10,
        ticket("1", owner=DANA),
        ticket("2", owner=DANA),
        ticket("3", owner=IDRIS),
        ticket("4"),
        replace(ticket("5"), in_scope=False),
    )
    ledger.judged(T, Policy(), at(10), [Judgement("3", True, None, "", None)])

    assert ledger.watch(T) == [TicketRef("2", "ESC-2"), TicketRef("5", "ESC-5")]


# Closing a poll


def test_tombstones_and_departures_are_kept_with_the_cursor(tracker, ledger):
    """A deleted escalation stays in the statistics, and what comes back is alive."""
    tracker.poll(10, ticket("1"), ticket("2"), ticket("3"))
    ledger.polled(T, {"since": 20}, at(20), Sweep("f", True, gone=["1"], left=["2"]))

    by_id = {record.ticket.id: record for record in ledger.records(T)}
    state = ledger.state(T)
    assert by_id["1"].vanished == Evidence(at(20), at(10), Grade.B, "poll")
    assert (state.cursor, state.polled_at, state.swept_at, state.fingerprint) == (
        {"since": 20},
        at(20),
        at(20),
        "f",
    )
    assert ledger.refs(T, outside=True) == [TicketRef("2", "ESC-2")]
    tracker.poll(30, ticket("1"))
    assert tracker.record("1").vanished is None


def test_a_pass_never_goes_back_in_time(tracker, ledger):
    """Evidence is stamped by the pass's clock; going back would stamp it falsely (decision 1)."""
    tracker.poll(10, ticket())

    ledger.begin(T, "same", "sync", at(10))
    with pytest.raises(LookBack, match="list, show or explain|before the last pass"):
        ledger.begin(T, "back", "sync", at(9))


# Decisions


def test_each_cycle_keeps_the_policy_under_which_it_was_first_judged(tracker, ledger):
    """D23: a changed policy is for new cycles."""
    strict = Policy(clocks=Clocks(ack=AckRule(within=Duration.parse("1h"))))
    tracker.poll(10, ticket())
    ledger.judged(T, Policy(), at(10), [Judgement("1", False, None, "", None, (1,))])
    ledger.judged(T, strict, at(20), [Judgement("1", False, None, "", None, (1, 2))])

    assert tracker.record().pins == {1: Policy(), 2: strict}


def test_earlier_escalations_of_an_account_are_told(tracker, ledger):
    """Whether a customer escalates for the first time is known over all trackers."""
    tracker.poll(10, ticket("1"), ticket("2"), ticket("3"))
    ledger.judged(
        T,
        Policy(),
        at(10),
        [
            Judgement("1", False, None, "alder", at(5)),
            Judgement("2", True, None, "alder", at(1)),
            Judgement("3", True, None, "", at(2)),
        ],
    )

    assert ledger.earlier() == {"alder": ((at(1), "support:2"), (at(5), "support:1"))}


def test_only_open_ones_and_those_asked_for_are_looked_at(tracker, ledger):
    """An ended escalation costs nothing until it changes."""
    tracker.poll(10, ticket("1"), ticket("2"), ticket("3"))
    ended = [Judgement("2", True, None, "", None), Judgement("3", True, None, "", None)]
    ledger.judged(T, Policy(), at(10), ended)

    assert [entry.id for entry in ledger.entries(T, open_only=True)] == ["1"]
    assert [entry.id for entry in ledger.entries(T, ids={"3"}, open_only=True)] == ["1", "3"]
    many = {"3", *map(str, range(100, 700))}
    assert [entry.id for entry in ledger.entries(T, ids=many, open_only=True)] == ["1", "3"]
    assert [entry.id for entry in ledger.entries(T, ids=many)] == ["3"]


# Leases


def test_only_one_pass_at_a_time_works_on_a_tracker(tmp_path, ledger):
    """The other one is told who holds it; another tracker is free."""
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as other, ledger.lease(T, "first"):
        with pytest.raises(Held, match="first"), other.lease(T, "second"):
            pass
        with other.lease("crm", "second"):
            pass
    with ledger.lease(T, "third"):
        pass


def test_a_lease_that_ran_out_is_taken_over_and_the_sleeper_writes_nothing(tmp_path, ledger):
    """A paused worker that wakes up cannot write: its number is not the latest."""
    with (
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as other,
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


def test_the_lease_of_a_dead_process_of_this_machine_is_free(tmp_path, ledger):
    """After a crash nobody waits a minute."""
    code = (
        "import os; from escsync.ledger import Ledger\n"
        f"Ledger.open('sqlite:///{tmp_path}/ledger.db').lease('{T}', 'killed').__enter__()\n"
        "os._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", code], check=False)

    with ledger.lease(T, "next") as fence:
        assert (died.returncode, fence) == (9, 2)


# Care


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
    with pytest.raises(LedgerError, match="could not be written"):
        ledger.backup(tmp_path / "no" / "copy.db")


def test_passes_are_recorded_with_their_counts_and_errors(ledger):
    """`status` tells when the last pass was, and what it could not do."""
    ledger.begin(T, "p1", "sync", at(1))
    ledger.finish(T, "p1", ok=False, counts={"seen": 2}, errors=[{"code": "DRIFT"}])

    (row,) = ledger.passes(T)
    assert (row.id, row.kind, row.at, row.ok, row.counts, row.errors) == (
        "p1",
        "sync",
        at(1),
        False,
        {"seen": 2},
        ({"code": "DRIFT"},),
    )


def test_leaving_the_scope_is_dated_once(tracker):
    """It happened between the last poll that found it inside and this one, and stays so until it comes back."""
    tracker.poll(10, ticket())
    tracker.poll(20, replace(ticket(), in_scope=False))
    tracker.poll(30, replace(ticket(summary="Other words"), in_scope=False))
    left = tracker.record().left
    tracker.poll(40, ticket())

    assert (left.after, left.at) == (at(10), at(20))
    assert tracker.record().left is None
