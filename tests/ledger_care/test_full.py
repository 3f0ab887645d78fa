"""A ledger that cannot be written: the pass stops before it writes to a tracker, and the next one goes on from there."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.desk import Desk
from sqlalchemy import event

from escsync.domain.plan import Mode
from escsync.ledger import Ledger, LedgerError

READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET TRANSACTION READ ONLY"}
FULL = {"sqlite": "PRAGMA max_page_count = 1"}
"""SQLite takes as many pages as there are, and then says that the disk is full."""
AGAIN = ("PRAGMA query_only = OFF", "PRAGMA max_page_count = 1073741823")


class Trouble:
    """From the *nth* transaction that writes on, *statement* makes it fail."""

    def __init__(self, ledger, statement, nth):
        self.count, self.over = 0, False
        self._statement, self._nth = statement, nth
        event.listen(ledger._database.engine, "begin", self._begin)

    @property
    def begun(self):
        return self.count >= self._nth

    def _begin(self, connection):
        if self.over or not connection.get_execution_options().get("escsync_write"):
            return
        self.count += 1
        if self.begun:
            connection.exec_driver_sql(self._statement)

    def end(self, ledger):
        """The disk has room again."""
        self.over = True
        if ledger._database.path is not None:
            with ledger._database.read() as connection:
                for statement in AGAIN:
                    connection.exec_driver_sql(statement)


class Office:
    """A desk with a morning's work, whose ledger is at *url* where that is given; *written* are the requests that wrote to the tracker."""

    def __init__(self, folder, url=None):
        folder.mkdir()
        self.desk = Desk(folder, mode=Mode.ENFORCE)
        if url:
            self.desk.ledger.close()
            self.desk.ledger = Ledger.open(url)
        # A lease that was not given back is over at once: in real life the process is.
        self.desk.ledger._ttl = timedelta(0)
        self.refs = [self.desk.open(owner=()), self.desk.open(), self.desk.open(owner=("robot",))]
        self.written = []
        self.desk.tracker.hook = self._watch

    def _watch(self, what, moment):
        if moment == "before" and what in ("write", "create"):
            self.written.append(what)

    def state(self):
        """What people see on the tracker, and the notes' ids."""
        held = [self.desk.tracker.at(ref) for ref in self.refs]
        return [
            (self.desk.shown(ref).values, one.note, one.twins)
            for ref, one in zip(self.refs, held, strict=True)
        ]


def stops(office, statement, nth):
    """A pass whose ledger fails from the *nth* commit on, and the next one: how it failed, and how many requests wrote
    to the tracker after that."""
    trouble = Trouble(office.desk.ledger, statement, nth)
    undone = []
    engine = office.desk.ledger._database.engine
    event.listen(engine, "rollback", lambda _connection: undone.append(len(office.written)))
    try:
        office.desk.at(1).sync()
        failed = ""
    except LedgerError as error:
        failed = str(error)
    late = len(office.written) - undone[0] if undone else 0
    trouble.end(office.desk.ledger)
    office.desk.at(1).sync()
    return failed, late


@pytest.mark.parametrize(
    ("database", "kind"), [("sqlite", "read-only"), ("sqlite", "full"), ("postgresql", "read-only")]
)
def test_a_pass_stops_at_the_commit_that_fails_and_the_next_one_goes_on(tmp_path, request, database, kind):
    """At each commit of a pass in turn: no request that writes is sent after it, and the end is the same."""
    place = request.getfixturevalue("postgres").place if database == "postgresql" else lambda: None
    statement = (READ_ONLY if kind == "read-only" else FULL)[database]
    usual = Office(tmp_path / "usual", place())
    commits = Trouble(usual.desk.ledger, statement, 1000)
    usual.desk.at(1).sync()
    usual.desk.at(1).sync()
    wanted, failures, late = usual.state(), [], []

    for nth in range(1, commits.count + 1):
        office = Office(tmp_path / str(nth), place())
        failed, more = stops(office, statement, nth)
        failures += [failed] if failed else []
        late += [nth] if more else []
        assert office.state() == wanted, nth
        assert office.desk.ledger.check() == []
        office.desk.close()
    usual.desk.close()

    assert late == []
    assert len(failures) >= (commits.count // 2 if kind == "read-only" else 3)
    words = ("readonly", "may not be written", "full")
    assert all(any(word in failure for word in words) for failure in failures), set(failures)


SCRIPT = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from ledger_care.test_full import Office
from escsync.ledger import LedgerError
folder = Path({folder!r})
office = Office(folder / "office")
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
try:
    office.desk.at(1).sync()
    print("done", len(office.written))
except LedgerError as error:
    print("stopped", len(office.written), error.remedy)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
office.desk.at(1).sync()
print("in the end", [bool(note) and not twins for _, note, twins in office.state()], office.desk.ledger.check())
"""


@pytest.mark.parametrize("room", [60_000, 180_000])
def test_a_disk_that_is_really_full_stops_a_pass_before_it_writes(tmp_path, room):
    """A file that may grow no more, as the system says it: nothing was written to the tracker, nothing is lost."""
    script = SCRIPT.format(tests=str(Path(__file__).parents[1]), folder=str(tmp_path))

    ran = subprocess.run(
        [sys.executable, "-c", script, str(room)], capture_output=True, text=True, timeout=60, check=False
    )

    first, last = ran.stdout.splitlines()
    assert first.startswith("stopped 0 see that the place exists, may be written and has room"), ran.stderr
    assert last == "in the end [True, True, True] []"


def test_the_command_says_it_in_one_line(house):
    """Exit 2; looking goes on; when the file may be written again the next pass does what was left undone."""
    path = house.folder / "escsync.db"
    whole = path.read_bytes()
    house.tracker().set("3", {"severity": "Outage"}, by="lena")
    # What SQLite itself puts there so that an older program does not write: the format's version for writers.
    path.write_bytes(whole[:18] + b"\x03" + whole[19:])

    answer = house.later(minutes=5)("sync")
    looked = house("status")
    path.write_bytes(whole)
    after = house("sync")

    assert answer.code == 2
    assert len(answer.err.splitlines()) == 1
    assert "readonly database" in answer.err
    assert "see that the place exists, may be written and has room" in answer.err
    assert (looked.code, after.code) == (0, 0)
