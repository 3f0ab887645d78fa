"""What is set aside: said by status, explained and tried again by `escsync ledger`."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
from e2e.house import House


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The demo's project; each test works on a copy."""
    return House(tmp_path_factory.mktemp("built")).build()


@pytest.fixture
def house(built, tmp_path):
    return copied(built, tmp_path)


def copied(house, folder):
    """The same project in another folder, at the same instant."""
    shutil.copytree(house.folder, folder, dirs_exist_ok=True)
    made = House(folder)
    made.now = house.now
    return made


def spoil(house, number, text="not an instant"):
    """Somebody breaks a ticket's row, so that it cannot be read; the row as it was."""
    with closing(sqlite3.connect(house.folder / "tracker.db")) as db, db:
        (before,) = db.execute("SELECT created_at FROM tickets WHERE id = ?", [number]).fetchone()
        db.execute("UPDATE tickets SET created_at = ? WHERE id = ?", [text, number])
        db.execute(
            "UPDATE tickets SET revision = (SELECT max(revision) + 1 FROM tickets) WHERE id = ?", [number]
        )
    return before


def letters(house):
    return house("ledger", "letters", "--format", "json").json["letters"]


def test_nothing_set_aside_is_said_too(house):
    """Before the first failure the commands answer with nothing, and well."""
    house("sync")

    assert (letters(house), house("ledger", "letters").code) == ([], 0)
    assert house("ledger", "replay", "--all").code == 0
    assert house("status", "--format", "json").json["set_aside"] == []
    assert "set aside" not in house("status").out


@pytest.fixture(scope="module")
def synced(built, tmp_path_factory):
    """The fallback owner's account is deactivated: the tracker lets nobody make her the owner."""
    house = copied(built, tmp_path_factory.mktemp("synced"))
    house.configure("mode: annotate", "mode: enforce")
    people = house.folder / "people.yaml"
    nora = "  - {id: nora, name: Nora Lind, title: Support Manager, email: nora@halyard.example, ids: {support: nora}}\n"
    text = people.read_text("utf-8").replace("fallback_owner: idris", f"{nora}fallback_owner: nora")
    people.write_text(text, "utf-8")
    house.tracker().add_user("nora", "Nora Lind")
    house.tracker().deactivate("nora")
    answer = house("sync", "--max-share", "1")
    assert answer.code == 5, answer.err
    return house


@pytest.fixture
def refused(synced, tmp_path):
    return copied(synced, tmp_path)


def test_a_refused_owner_is_set_aside_and_said_by_status(refused):
    """The first pass ends with 5, the next one with 0; the board names it and its id, and so does doctor."""
    again = refused.later(minutes=1)("sync", "--max-share", "1")

    (letter, *_) = letters(refused)
    told = refused("status", "--format", "json").json["set_aside"]
    assert again.code == 0, again.err
    assert (letter["code"], letter["step"], letter["attempts"]) == ("REJECTED", "set:owner", 1)
    assert letter["since"] == "2026-03-03T12:00:00Z"
    assert letter["again_at"] == "2026-03-04T12:00:00Z"
    assert told == letters(refused)
    for said in (refused("status").out, refused("doctor").out):
        assert f"{len(told)} set aside: " in said
        assert f"{letter['key']} ({letter['ticket']}) owner" in said


def test_a_letter_is_explained_and_tried_again_by_its_key(refused):
    """A replay asks no tracker; the next pass tries, and what works then is listed no more."""
    (letter, *_) = letters(refused)
    explained = refused("ledger", "letters").out
    refused.tracker().reactivate("nora")

    quiet = refused.later(minutes=1)("sync", "--max-share", "1")
    before = [one["id"] for one in letters(refused)]
    marked = refused("ledger", "replay", letter["key"], "--format", "json")
    waiting = next(one for one in letters(refused) if one["id"] == letter["id"])
    done = refused.later(minutes=1)("sync", "--max-share", "1")

    assert "REJECTED: " in explained
    assert "tried again when the ticket, the value or the configuration changes, at the latest" in explained
    assert (quiet.code, letter["id"] in before, done.code) == (0, True, 0)
    assert (marked.json, waiting["replayed"], waiting["again_at"]) == (
        {"schema": 1, "replayed": [letter["id"]]},
        True,
        None,
    )
    assert letter["id"] not in [one["id"] for one in letters(refused)]
    assert refused("show", letter["key"], "--format", "json").json["owner"]["id"] == "nora"


@pytest.mark.parametrize("form", ["{id}", "{ticket}", "{key}", "{key}/owner", "--all"])
def test_a_replay_takes_every_name_that_is_listed(refused, form):
    """The letter's id, the ticket's id or key, one step of it, or all."""
    (letter, *_) = letters(refused)

    answer = refused("ledger", "replay", form.format(**letter))

    assert (answer.code, f"{letter['id']}: tried again by the next pass" in answer.out) == (0, True)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["support:999"], "nothing of this name"),
        (["{key}x"], "did you mean '{key}'?"),
        ([], "--all"),
        (["{key}", "--all"], "--all"),
    ],
)
def test_a_name_that_nothing_has_is_answered_with_a_near_one(refused, names, said):
    """Exit 2, and nothing is marked."""
    (letter, *_) = letters(refused)
    before = letters(refused)

    answer = refused("ledger", "replay", *(name.format(**letter) for name in names))

    assert answer.code == 2
    assert said.format(**letter) in answer.err
    assert letters(refused) == before


def test_a_ticket_that_cannot_be_read_is_listed_until_it_can(house):
    """It is reported once; mended and replayed, it is read by the next pass although it did not change."""
    house("sync")
    before = spoil(house, 1)
    first = house.later(minutes=1)("sync")
    second = house.later(minutes=1)("sync")
    listed = letters(house)
    with closing(sqlite3.connect(house.folder / "tracker.db")) as db, db:
        db.execute("UPDATE tickets SET created_at = ? WHERE id = 1", [before])
    house("ledger", "replay", "support:1")
    third = house.later(minutes=1)("sync")

    assert (first.code, second.code, third.code) == (5, 0, 0)
    assert [(one["id"], one["step"], one["code"]) for one in listed] == [("support:1", "", "UNREADABLE")]
    assert letters(house) == []


def test_looking_back_shows_what_was_set_aside_then(refused):
    """Nothing was before it failed."""
    told = refused("status", "--at", "2026-03-03T11:00:00Z", "--format", "json").json

    assert told["set_aside"] == []
