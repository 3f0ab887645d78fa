"""How many requests a whole pass over Notion makes: the figures of the promise, counted at the server."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from fakes.notion_humans import NotionHumans

from escsync.adapter import Stage
from escsync.testing import Program

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
OWN = ("due_at", "ack_due_at", "health", "computed_priority", "escsync_stage")


class House:
    """A project on a workspace of its own, in mode annotate."""

    def __init__(self, folder):
        self.humans = NotionHumans()
        self.humans.now = START
        self.dana = self.humans.hire("dana", "Dana Reyes", email="dana@acme.example")
        person = {
            "id": "dana",
            "name": "Dana Reyes",
            "title": "Support Manager",
            "roles": ["support_manager"],
            "ids": {"support": self.dana},
        }
        section = self.humans.section()
        section["fields"] |= {name: list(self.humans.fields[name]) for name in OWN}
        project = {
            "version": 1,
            "timezone": "UTC",
            "company": "Acme",
            "people": "people.yaml",
            "limits": {"max_writes": 500},
            "trackers": {"support": {**section, "mode": "annotate"}},
        }
        (folder / "people.yaml").write_text(json.dumps({"people": [person]}), "utf-8")
        (folder / "escsync.yaml").write_text(json.dumps(project), "utf-8")
        self.program = Program(folder, self.humans.environ())

    def open(self, count):
        return [
            self.humans.create({"summary": f"Wrong invoices {n}", "owner": (self.dana,)}, by=self.dana)
            for n in range(count)
        ]

    def sync(self, minutes=0):
        """One pass, so much later: what it says, and the requests that it made."""
        self.humans.now += timedelta(minutes=minutes)
        before = len(self.humans.server.log)
        counts = self.program("sync", at=self.humans.now).json["trackers"]["support"]
        made = [f"{c.request.method} {c.request.path}" for c in self.humans.server.log[before:]]
        assert counts["errors"] == []
        assert counts["api_calls"] == len(made)
        return counts, made


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    yield made
    made.humans.close()


def of(made, method, part):
    return [one for one in made if one.startswith(method) and part in one]


def test_an_idle_pass_is_one_call_and_one_for_each_page_that_waits(house):
    """Comments are in no query: only asking finds the acknowledgement that is waited for."""
    pages = house.open(3)
    house.humans.move(pages[2], Stage.REJECTED, by=house.dana)
    house.sync()
    house.sync(minutes=7)

    counts, made = house.sync(minutes=7)

    assert counts["applied"] == 0
    assert len(made) == 1 + 2
    assert len(of(made, "GET", "/comments")) == 2


ACK = (
    "#ack My name is Dana Reyes and I am the Support Manager at Acme. I am personally taking responsibility for "
    "the wrong invoices and will personally ensure it is resolved."
)


def test_an_acknowledgement_is_heard_by_the_next_pass(house):
    """Although the comment moves no page; afterwards nothing is waited for but the update."""
    (page,) = house.open(1)
    house.sync()
    house.humans.now += timedelta(minutes=20)
    house.humans.comment(page, ACK, by=house.dana)
    house.sync(minutes=7)

    shown = house.program("show", page.key, at=house.humans.now).json

    (ack,) = (clock for clock in shown["clocks"] if clock["name"] == "ack")
    assert (ack["verdict"], ack["grade"], ack["met_at"]) == ("met", "A", "2026-03-03T09:20:00Z")


@pytest.mark.parametrize("count", [1, 30])
def test_pages_are_written_in_one_call_each_and_their_notes_in_another(house, count):
    """Nothing is read again before or after: the pull showed the pages, the answers show what became of them."""
    house.open(count)

    counts, made = house.sync()

    assert counts["failed"] == counts["ignored"] == counts["refused"] == 0
    assert len(of(made, "PATCH", "/pages/")) == count
    assert len(of(made, "POST", "/comments")) == count
    assert of(made, "GET", "/pages/") == []
    assert len(of(made, "POST", "/query")) == 1


def test_the_pass_after_one_that_wrote_writes_nothing(house):
    """Our own writes come back, and are known."""
    house.open(30)
    house.sync()

    counts, made = house.sync(minutes=1)

    assert counts["planned"] == 0
    assert of(made, "PATCH", "") + of(made, "POST", "/comments") == []
    assert len(of(made, "POST", "/query")) == 1
