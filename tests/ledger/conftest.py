"""What every test of the ledger starts from: an empty ledger, once in each kind of database."""

from __future__ import annotations

from itertools import count

import pytest
from fakes.postgres import missing, server
from ledger.polls import Tracker

from escsync.ledger import Ledger


@pytest.fixture
def postgres():
    """A running PostgreSQL."""
    if reason := missing():
        pytest.skip(reason)
    return server()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    """Makes an address where there is no ledger yet, each time another."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres").place
    numbers = count()
    return lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"


@pytest.fixture
def address(place):
    """Where a ledger may be made."""
    return place()


@pytest.fixture
def ledger(address):
    with Ledger.open(address) as opened:
        yield opened


@pytest.fixture
def tracker(ledger):
    return Tracker(ledger)
