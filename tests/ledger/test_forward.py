"""Forward: a ledger that an older escsync wrote reads the same today, and its history is guarded from then on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes.desk import DANA, IDRIS, LENA, START
from sqlalchemy import Boolean, Connection, MetaData, create_engine, text

from escsync.domain.assess import assess
from escsync.domain.escalation import World, escalations
from escsync.domain.people import Directory
from escsync.domain.policy import Policy
from escsync.ledger import Ledger
from escsync.ledger.schema import metadata

FIRST = json.loads(Path(__file__).with_name("first.json").read_text("utf-8"))
"""The rows of a ledger that the first schema held, as the escsync of then wrote them, and what it said of them."""


def first(url):
    """A ledger of the first schema, with rows in every table."""
    from alembic import command

    from escsync.ledger.upgrade import settings

    engine = create_engine(url)
    with engine.begin() as connection:
        assert isinstance(connection, Connection)
        command.upgrade(settings(connection), "0001")
        tables = MetaData()
        tables.reflect(connection)
        for name, rows in FIRST["rows"].items():
            flags = [c.name for c in tables.tables[name].columns if isinstance(c.type, Boolean)]
            for row in rows:
                told = row | {flag: bool(row[flag]) for flag in flags}
                connection.execute(tables.tables[name].insert().values(told))
    engine.dispose()
    return url


@pytest.fixture
def old(address):
    with Ledger.open(first(address)) as opened:
        yield opened


def test_the_rows_fill_every_table_of_the_first_schema():
    """Nothing that it could hold is left out."""
    later = {"receipts", "letters", "chain", "outlines"}

    assert FIRST["rows"].keys() == metadata.tables.keys() - later
    assert all(FIRST["rows"].values())


def test_every_verdict_is_the_one_of_then(old):
    """The same evidence, the same policy, the same instant."""
    world = World(Directory((DANA, IDRIS, LENA), "dana"), company="Acme")
    world = replace(world, earlier=old.earlier(), marks=old.marks())
    now = START + timedelta(minutes=60)
    told = {}
    for record in old.records():
        for escalation in escalations(record, world, Policy(), now):
            found = assess(escalation, Policy(), now)
            told[found.id] = {
                c.name: [c.verdict.value, c.grade.value if c.grade else None] for c in found.clocks
            }

    assert told == FIRST["clocks"]


def test_what_was_done_is_known(old):
    """The journal, the last pass, and where the next pull starts."""
    told = {t: sorted([e.purpose.step, e.state.value] for e in old.effects("support", t)) for t in "123"}

    assert told == FIRST["effects"]
    assert old.last_pass("support") == START + timedelta(minutes=50)
    assert old.cursor("support") == json.loads(FIRST["rows"]["trackers"][0]["cursor"])
    assert len(old.passes("support")) == len(FIRST["rows"]["passes"])


def test_its_history_begins_with_what_is_there(old):
    """From then on it shows when it was altered; nobody can tell of before."""
    (head,) = old.care.heads()

    assert (old.check(), head.n) == ([], 1)
    with old._database.write() as connection:
        connection.execute(
            text("UPDATE observations SET at = at + 1 WHERE ticket = '1' AND field = 'owner' AND n = 0")
        )
    assert old.check() == ["support:1: an observation of owner was altered after it was recorded"]


def test_a_pass_goes_on_from_there(old, address):
    """The next one writes to it as to any other, and opening it again adopts nothing twice."""
    old.begin("support", "next", "sync", START + timedelta(minutes=60))
    old.settle("support", old.effects("support", "1"))
    (head,) = old.care.heads()

    with Ledger.open(address) as again:
        assert again.care.heads() == [head]
        assert again.check() == []
    assert head.n == 2
