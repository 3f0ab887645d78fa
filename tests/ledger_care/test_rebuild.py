"""The ledger made anew from the trackers: they are only read, the old one is kept, and what got lost is said."""

import json
import sqlite3
from datetime import timedelta

import pytest
from ledger.polls import dump
from sqlalchemy import text

from escsync.ledger import Ledger


def rows(path, *tables):
    """What a database holds, whatever it is."""
    with sqlite3.connect(path) as held:
        names = tables or [
            name
            for (name,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return {name: sorted(map(repr, held.execute(f"SELECT * FROM {name}"))) for name in names}


def tracker(house):
    return rows(house.folder / "tracker.db")


def ledger(house, *tables):
    return rows(house.folder / "escsync.db", *tables)


def kept(house):
    """The ledgers before, by their names."""
    return sorted(
        path
        for path in house.folder.iterdir()
        if ".before-" in path.name and not path.name.endswith(("-wal", "-shm"))
    )


def rebuilt(house, *arguments):
    """What `ledger rebuild` answers, the tracker being as it was."""
    before = tracker(house)
    answer = house("ledger", "rebuild", "--format", "json", *arguments)

    assert tracker(house) == before
    assert not list(house.folder.glob(".rebuild-*"))
    return answer


def test_where_the_tracker_still_tells_all_nothing_is_lost(house):
    """Every deadline as before, the old ledger beside it, no write to the tracker; and the next pass writes nothing."""
    listed = house("list", "--format", "json").json
    noted = house("ledger", "check").out.split("head ")[1].strip()
    tables = ("tickets", "observations", "messages", "pins", "effects", "passes", "chain")
    old = ledger(house, *tables)

    answer = rebuilt(house)
    told = answer.json["trackers"]["support"]

    assert (answer.code, answer.json["replaced"], told["changed"], told["gone"]) == (0, True, [], [])
    assert house("list", "--format", "json").json == listed
    assert house("ledger", "check", "--head", noted).code == 0
    assert [rows(path, *tables) == old for path in kept(house)] == [True]
    assert answer.json["kept"] == str(kept(house)[0])
    assert house("sync", "--format", "json").json["trackers"]["support"]["planned"] == 0


def test_the_history_goes_on_and_tells_of_the_rebuilding(house):
    """Whoever looks sees that the evidence was read anew, and when."""
    rebuilt(house)

    (head,) = house("ledger", "check", "--format", "json").json["heads"]
    assert head["rebuilt"] == [{"entry": head["entries"], "at": "2026-03-03T12:00:00Z"}]


def test_what_no_tracker_tells_is_kept(house):
    """Pinned policies and the journal: closed cycles are not judged by today's goals."""
    old = ledger(house, "pins", "policies", "effects", "receipts")
    house.configure("  money:", "  clocks: {ack: {within: 30m}}\n  money:")

    told = rebuilt(house).json["trackers"]["support"]

    assert ledger(house, "pins", "policies", "effects", "receipts") == old
    assert told["changed"] == []


def test_a_deadline_that_is_judged_otherwise_is_named(house):
    """A message that somebody deleted since was evidence, and is none any more."""
    one = next(
        found for found in house("list", "--format", "json").json["escalations"]
        if any(c["name"] == "ack" and c["verdict"] == "met" for c in found["clocks"])
    )  # fmt: skip
    native = one["id"].partition(":")[2]
    with sqlite3.connect(house.folder / "tracker.db") as held:
        held.execute("DELETE FROM comments WHERE ticket = ?", [native])
    house("sync")

    answer = rebuilt(house)
    words = house("ledger", "rebuild").out
    (shift,) = [c for c in answer.json["trackers"]["support"]["changed"] if c["clock"] == "ack"]

    assert (shift["id"], shift["before"]) == (one["id"], {"verdict": "met", "grade": "A"})
    assert shift["after"]["verdict"] == "breached"
    assert "nothing is lost" in words


def test_an_escalation_that_the_tracker_no_longer_shows_is_named(house):
    """Only the ledger before tells of it."""
    gone = house("list", "--format", "json").json["escalations"][0]
    house.tracker().delete(gone["id"].partition(":")[2])
    house("sync", "--full")

    answer = rebuilt(house)

    assert answer.json["trackers"]["support"]["gone"] == [{"id": gone["id"], "key": gone["key"]}]
    assert house("show", gone["id"]).code == 2


@pytest.mark.parametrize("damage", ["rubbish", "cut", "torn", "gone", "table"])
def test_a_ledger_that_cannot_be_read_is_made_anew(house, damage):
    """It is set aside as it is; what cannot come back is said, and marks keep everything from being written twice."""
    path = house.folder / "escsync.db"
    whole = path.read_bytes()
    broken = {
        "rubbish": b"rubbish\n" * 512,
        "cut": whole[:5000],
        "torn": whole[:8192] + b"\xff" * 8192 + whole[16384:],
    }
    if damage == "gone":
        path.unlink()
    elif damage == "table":
        with sqlite3.connect(path) as held:
            held.execute("DROP TABLE messages")
    else:
        path.write_bytes(broken[damage])

    answer = rebuilt(house)
    written = house("sync", "--format", "json").json["trackers"]["support"]

    assert answer.code == 0, answer.err
    assert answer.json["trackers"]["support"]["compared"] is False
    assert len(answer.json["trackers"]["support"]["lost"]) == 3
    assert house("ledger", "check").code == 0
    assert (written["planned"], written["failed"]) == (0, 0)
    if damage in broken:
        assert [one.read_bytes() for one in kept(house)] == [broken[damage]]
    assert len(kept(house)) == (0 if damage == "gone" else 1)


def test_one_damaged_entry_hides_no_other(house):
    """What can be compared is compared, and what cannot is named."""
    with sqlite3.connect(house.folder / "escsync.db") as held:
        held.execute("UPDATE tickets SET doc = '{' WHERE id = '3'")

    told = rebuilt(house).json["trackers"]["support"]

    assert (told["compared"], told["not_compared"], told["changed"]) == (True, ["support:3"], [])
    assert house("ledger", "check").code == 0


def test_where_the_tracker_cannot_be_reached_nothing_is_replaced(house):
    """Exit 6, and the ledger is as it was."""
    before = ledger(house, "tickets", "chain", "passes")
    (house.folder / "tracker.db").rename(house.folder / "away.db")

    answer = house("ledger", "rebuild")

    assert answer.code == 6
    assert "Nothing was replaced: the ledger is as it was." in answer.err
    assert ledger(house, "tickets", "chain", "passes") == before
    assert (kept(house), list(house.folder.glob(".rebuild-*"))) == ([], [])


def test_a_pass_that_is_under_way_is_not_disturbed(house):
    """Exit 7."""
    with Ledger.open(f"sqlite:///{house.folder / 'escsync.db'}") as other, other.lease("support", "other"):
        answer = house("ledger", "rebuild")

    assert answer.code == 7
    assert kept(house) == []


def test_no_pass_starts_meanwhile(house):
    """The lease of the old ledger is held until all is replaced."""
    seen = []

    def looking():
        seen.append(house("sync").code)
        return 0.0

    house("ledger", "rebuild", host=house.host(random=looking, monotonic=looking))

    assert 7 in seen


def test_a_rebuilding_that_was_overtaken_replaces_nothing(house):
    """It was paused for longer than its lease: another pass has gone on meanwhile. Exit 7."""
    house.configure("mode: annotate", "mode: observe")
    before = ledger(house, "tickets", "chain")
    asked = []

    def overtaken():
        asked.append(1)
        if len(asked) == 3:
            with sqlite3.connect(house.folder / "escsync.db") as held:
                held.execute("UPDATE trackers SET fence = fence + 1")
        return len(asked) * 100.0

    answer = house("ledger", "rebuild", host=house.host(monotonic=overtaken))

    assert answer.code == 7, answer
    assert ledger(house, "tickets", "chain") == before


def test_an_earlier_instant_than_the_last_pass_is_refused(house):
    """As for every pass."""
    answer = house("ledger", "rebuild", "--at", (house.now - timedelta(hours=1)).isoformat())

    assert answer.code == 2
    assert kept(house) == []


def second(house):
    """Another tracker in the same ledger, a copy of the first one."""
    (house.folder / "other.db").write_bytes((house.folder / "tracker.db").read_bytes())
    config = (house.folder / "escsync.yaml").read_text("utf-8")
    section = (
        config[config.index("  support:") :]
        .replace("  support:", "  other:")
        .replace("tracker.db", "other.db")
    )
    (house.folder / "escsync.yaml").write_text(config.rstrip() + "\n" + section, "utf-8")
    answer = house("sync", "--max-share", "1")
    assert answer.code == 0, answer.err


def test_other_trackers_of_the_ledger_stay_as_they_are(house):
    """With --tracker only that one is read anew."""
    second(house)
    tables = ("tickets", "messages", "observations", "pins", "effects", "chain", "passes", "people")

    def others():
        return {
            name: [row for row in found if "'other'" in row] for name, found in ledger(house, *tables).items()
        }

    before = others()

    answer = rebuilt(house, "--tracker", "support")

    assert (answer.code, list(answer.json["trackers"])) == (0, ["support"])
    assert others() == before
    assert before["tickets"]
    assert house("ledger", "check").code == 0


def test_a_ledger_that_cannot_be_read_is_not_rebuilt_in_part(house):
    """The other trackers would be lost."""
    second(house)
    (house.folder / "escsync.db").write_bytes(b"rubbish\n" * 512)

    answer = house("ledger", "rebuild", "--tracker", "support")

    assert answer.code == 2
    assert "without --tracker" in answer.err


def test_if_one_of_two_trackers_fails_neither_is_replaced(house):
    """All or nothing."""
    second(house)
    before = ledger(house, "tickets", "chain")
    (house.folder / "other.db").rename(house.folder / "away.db")

    answer = house("ledger", "rebuild")

    assert answer.code == 6
    assert ledger(house, "tickets", "chain") == before


def test_a_ledger_on_postgresql_is_rebuilt_too(house, postgres):
    """The one before is kept in an SQLite file."""
    url = postgres.place()
    house.configure("ledger: sqlite:///escsync.db", f"ledger: {json.dumps(url)}")
    house("sync")
    with Ledger.open(url) as held:
        old = dump(held, "tickets", "pins", "effects")

    answer = rebuilt(house)

    with Ledger.open(url) as held, Ledger.open(f"sqlite:///{kept(house)[0]}") as copy:
        assert dump(held, "pins", "effects") == {name: old[name] for name in ("pins", "effects")}
        assert copy.check() == held.check() == []
        assert [r.ticket for r in copy.records()] == [r.ticket for r in held.records()]
    assert (answer.code, answer.json["trackers"]["support"]["changed"]) == (0, [])


def test_a_rebuilding_that_breaks_off_leaves_the_ledger_as_it_was(house, postgres):
    """What is replaced is replaced in one transaction."""
    url = postgres.place()
    house.configure("ledger: sqlite:///escsync.db", f"ledger: {json.dumps(url)}")
    house("sync")
    with Ledger.open(url) as held:
        with held._database.write() as connection:
            connection.execute(text("ALTER TABLE messages ADD CHECK (first_seen < 0) NOT VALID"))
        before = dump(held, "tickets", "messages", "chain")

    answer = house("ledger", "rebuild")

    with Ledger.open(url) as held:
        assert dump(held, "tickets", "messages", "chain") == before
    assert (answer.code, len(kept(house))) == (2, 1)
