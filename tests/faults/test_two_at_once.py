"""Two at once: however many processes sync one tracker, and wherever one of them is paused, it is as if there were one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import postgres
from fakes.desk import DANA, IDRIS, LENA, START
from fakes.killing import TRACKER
from fakes.killing_stages import Jira, Local, laid, writes
from fakes.racing import Runner, Track
from sqlalchemy import create_engine, text

from escsync.adapter import Stage
from escsync.domain.escalation import World
from escsync.domain.people import Directory
from escsync.ledger import Ledger

MANY = 4
POINTS = [
    ("begin", 1),
    ("before read", 1),
    ("before claim", 1),
    ("after claim", 1),
    ("before write", 1),
    ("before write", 3),
    ("before settle", 1),
    ("after settle", 1),
    ("before finish", 1),
]
"""Where a pass falls asleep."""


class OnPostgres:
    """A ledger on a server, each time as it was *kept*. At its *hasty* address nobody may sleep in a transaction."""

    def __init__(self, folder: Path) -> None:
        self._server = postgres.server()
        self._name, self.address = self._server.schema()
        self.hasty = f"{self.address}%20-cidle_in_transaction_session_timeout%3D200"

    def kept(self) -> None:
        told = f"SELECT tablename FROM pg_tables WHERE schemaname = '{self._name}'"
        self._tables = [str(table) for (table,) in self._server.run(told)]
        self._server.run(
            f"CREATE SCHEMA {self._name}_kept", *self._each("CREATE TABLE {kept} AS TABLE {live}")
        )

    def put_back(self) -> None:
        self._server.run(*self._each("TRUNCATE {live}"), *self._each("INSERT INTO {live} TABLE {kept}"))

    def _each(self, statement: str) -> list[str]:
        name = self._name
        return [statement.format(live=f"{name}.{t}", kept=f"{name}_kept.{t}") for t in self._tables]


class OnSqlite:
    """A ledger in a file, each time as it was *kept*. At its *hasty* address nobody waits for long."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ledger.db"
        self.address = f"sqlite:///{self._path}"
        self.hasty = f"{self.address}?timeout=0.2"

    def kept(self) -> None:
        self.put_back = laid(self._path)


class Race:
    """One tracker with a handful of escalations that want writing, one ledger, and many passes over them."""

    def __init__(self, place, ledger, track) -> None:
        self.place, self.ledger, self.track = place, ledger, track
        people = place.humans
        hired = [(one, people.hire(one.id, one.name, email=one.email)) for one in (DANA, IDRIS, LENA)]
        staff = tuple(replace(one, ids={TRACKER: native}) for one, native in hired)
        self.world = World(Directory(staff, "dana"), company="Acme")
        lena = {one.id: native for one, native in hired}["lena"]
        people.now = START
        opened = [
            people.create(
                {"summary": f"Lost order {n}", "account.name": f"Alder {n}", "owner": (lena,)}, by=lena
            )
            for n in range(MANY)
        ]
        self.passes = 0
        self.now = START + timedelta(minutes=5)
        assert track.run(self.runner()) == [0]
        people.now = self.now
        for ref in opened:
            people.set(ref, "owner", (), by=lena)
        people.move(opened[0], Stage.CLOSED, by=lena)
        self.now = people.now = START + timedelta(minutes=10)
        ledger.kept()
        self._tracker = place.kept()
        self.restored()
        # What the first pass reopens, the second one gives an owner.
        assert [track.run(self.runner()), track.run(self.runner())] == [[0], [0]]
        self.alone = (place.shown(), self.written())

    def restored(self) -> None:
        """Everything as it was before the passes."""
        self._tracker()
        self.ledger.put_back()

    def runner(self, point: str = "", nth: int = 1, ledger: str = "") -> Runner:
        self.passes += 1
        ledger = ledger or self.ledger.address
        return Runner(self.place.access(), ledger, self.world, self.now, f"pass-{self.passes}", point, nth)

    def runners(self, many: int) -> list[Runner]:
        return [self.runner() for _ in range(many)]

    def asleep(self, point: str, nth: int = 1, ledger: str = ""):
        """A pass that has fallen asleep there."""
        (started,) = self.track.start(self.runner(point, nth, ledger))
        assert self.track.ended(started) is None, f"no pass comes {nth} times to {point}"
        return started

    def run_out(self) -> None:
        """Time passes: whoever has the lease has shown no life for too long."""
        engine = create_engine(self.ledger.address)
        with engine.begin() as connection:
            connection.execute(text("UPDATE trackers SET lease_until = 0"))
        engine.dispose()

    def written(self) -> Counter[str]:
        """Every request that changed anything, and how often it was made."""
        server = self.place.server
        if server is None:
            return Counter()
        with server.lock:
            made = [call.request for call in server.log]
        return Counter(f"{r.method} {r.path} {json.dumps(r.body, sort_keys=True)}" for r in made if writes(r))

    def wrong(self) -> list[str]:
        """What is not, after the next pass, as one process alone would have left it."""
        assert self.track.run(self.runner()) == [0]
        shown, made = self.alone
        now = self.place.shown()
        found = [f"sent {n} times: {what}" for what, n in self.written().items() if n > 1]
        found += [f"the tracker shows {record!r:.2000}" for record in now if record not in shown]
        found += [f"the tracker does not show {record!r:.2000}" for record in shown if record not in now]
        found += [f"sent besides: {what:.2000}" for what in self.written() - made]
        with closing(Ledger.open(self.ledger.address)) as ledger:
            return [*found, *ledger.check(), *map(str, ledger.unfinished(TRACKER))]


@pytest.fixture(scope="module")
def track(tmp_path_factory):
    with Track(tmp_path_factory.mktemp("passes")) as made:
        yield made


@pytest.fixture(scope="module")
def races(track, tmp_path_factory):
    """Over Jira, one for each kind of ledger, made when the first test asks for it."""
    made = {}

    def over(kind):
        if kind not in made:
            made[kind] = Race(Jira("cloud"), kind(tmp_path_factory.mktemp("raced")), track)
        return made[kind]

    yield over
    for race in made.values():
        race.place.close()


@pytest.fixture(params=[OnPostgres, OnSqlite])
def race(request, races):
    if request.param is OnPostgres and postgres.missing():
        pytest.skip(postgres.missing())
    return races(request.param)


def test_there_is_something_to_race_for(race):
    """Alone, a pass makes several requests, none twice."""
    _, made = race.alone

    assert len(made) >= MANY
    assert set(made.values()) == {1}


@pytest.mark.parametrize(
    ("race", "many"), [(OnPostgres, 2), (OnPostgres, 4), (OnPostgres, 8), (OnSqlite, 8)], indirect=["race"]
)
def test_passes_at_once_do_what_one_would_do(race, many):
    """One works, the others come back later: exit 0 or 7."""
    race.restored()

    codes = race.track.run(*race.runners(many))

    assert set(codes) <= {0, 7}
    assert 0 in codes
    assert race.wrong() == []


@pytest.mark.parametrize(
    ("race", "point", "nth"),
    [
        *((OnPostgres, *point) for point in POINTS),
        (OnSqlite, "after claim", 1),
        (OnSqlite, "before settle", 1),
    ],
    indirect=["race"],
)
def test_a_pass_that_sleeps_is_overtaken_and_sends_nothing_when_it_wakes(race, point, nth):
    """Others wait while its lease lives; then one of them takes over, and finishes what it had begun."""
    race.restored()
    sleeper = race.asleep(point, nth)

    early = race.track.run(race.runner())
    race.run_out()
    codes = race.track.run(*race.runners(2))
    before = race.written()
    sleeper.wake()
    late = race.track.ended(sleeper)

    assert early == [7]
    assert set(codes) <= {0, 7}
    assert 0 in codes
    assert (late, race.written() - before) == (7, Counter())
    assert race.wrong() == []


def test_one_sleeper_after_another_is_overtaken(race):
    """Each falls asleep further on; whoever is awake finishes, and they all find that they are late."""
    race.restored()
    sleepers = []
    for point in ("after claim", "before write", "before settle"):
        sleepers.append(race.asleep(point))
        race.run_out()

    codes = race.track.run(race.runner())
    before = race.written()
    for sleeper in sleepers:
        sleeper.wake()
    late = [race.track.ended(sleeper) for sleeper in sleepers]

    assert (codes, late, race.written() - before) == ([0], [7, 7, 7], Counter())
    assert race.wrong() == []


def test_a_sleeper_that_nobody_overtook_goes_on(race):
    """Its lease has run out, and is its own still."""
    race.restored()
    sleeper = race.asleep("after claim")

    race.run_out()
    sleeper.wake()

    assert race.track.ended(sleeper) == 0
    assert race.wrong() == []


def test_a_pass_that_sleeps_in_the_middle_of_a_transaction_keeps_nobody_out_for_long(race):
    """PostgreSQL takes it away from it; a file stays locked until it wakes, and the others come back later."""
    race.restored()
    sleeper = race.asleep("in claim", ledger=race.ledger.hasty)

    early = race.track.run(race.runner(ledger=race.ledger.hasty), race.runner(ledger=race.ledger.hasty))
    if isinstance(race.ledger, OnPostgres):
        race.run_out()  # waits until the server has ended the sleeper's transaction
        codes, then = race.track.run(race.runner()), 7
    else:
        codes, then = [], 0
    before = race.written()
    sleeper.wake()
    late = race.track.ended(sleeper)

    assert (early, late) == ([7, 7], then)
    assert set(codes) <= {0}
    assert then == 0 or race.written() == before
    assert race.wrong() == []


def test_the_tracker_may_be_a_file_too(track, tmp_path):
    """Two files: one is the tracker, one the ledger."""
    (tmp_path / "tracker").mkdir()
    race = Race(Local(tmp_path / "tracker"), OnSqlite(tmp_path), track)
    race.restored()

    codes = track.run(*race.runners(4))

    assert set(codes) <= {0, 7}
    assert 0 in codes
    assert race.wrong() == []
    race.place.close()


def test_the_command_may_be_started_everywhere_at_once(tmp_path):
    """Three machines whose jobs start on the same minute: one works, the others exit 7 or find nothing to do."""
    if postgres.missing():
        pytest.skip(postgres.missing())
    place = Jira("cloud")
    command = commanded(place, postgres.server().place(), tmp_path)
    environ = {**os.environ, **place.humans.environ()}

    started = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    told = [one.communicate(timeout=60) for one in started]
    sent = [json.dumps([r.method, r.path, r.body]) for r in place.server.calls() if writes(r)]
    again = subprocess.run(command, env=environ, capture_output=True, check=False, timeout=60)

    codes = {one.returncode for one in started}
    assert 0 in codes, told
    assert codes <= {0, 7}, told
    assert [len(shown["notes"]) for shown in place.shown()] == [1] * MANY
    assert len(sent) == len(set(sent)) == len([r for r in place.server.calls() if writes(r)])
    assert again.returncode == 0
    place.close()


def commanded(place, ledger, folder):
    """The command for a project of its own, with escalations that want a note each."""
    people = place.humans
    native = {one.id: people.hire(one.id, one.name, email=one.email) for one in (DANA, LENA)}
    people.now = START
    for n in range(MANY):
        people.create({"summary": f"Lost order {n}", "owner": (native["lena"],)}, by=native["lena"])
    people.now = at = START + timedelta(minutes=5)
    staff = [
        {
            "id": one.id,
            "name": one.name,
            "title": one.title,
            "email": one.email,
            "function": "support",
            "roles": [{"role": "support_manager"}],
            "ids": {TRACKER: native[one.id]},
        }
        for one in (DANA, LENA)
    ]
    told = {
        "version": 1,
        "timezone": "UTC",
        "company": "Acme",
        "people": "people.yaml",
        "ledger": ledger,
        "limits": {"max_share": 1.0},
        "trackers": {TRACKER: {**place.humans.section(), "mode": "annotate"}},
    }
    (folder / "people.yaml").write_text(json.dumps({"people": staff}))
    (folder / "escsync.yaml").write_text(json.dumps(told))
    where = ["--config", str(folder / "escsync.yaml"), "--at", at.isoformat(), "--format", "json"]
    return [sys.executable, "-c", "from escsync.cli import main; raise SystemExit(main())", "sync", *where]


def test_no_two_passes_ever_waited_for_each_other(race):
    """The server has broken no deadlock in all this."""
    if isinstance(race.ledger, OnPostgres):
        assert "deadlock" not in postgres.server().log
