"""The demo's project, and a PostgreSQL where a test asks for one."""

import pytest
from e2e.house import House
from ledger.conftest import address, place, postgres

__all__ = ["address", "place", "postgres"]


@pytest.fixture
def house(tmp_path):
    """The demo's project, synced once in annotate mode."""
    house = House(tmp_path).build()
    answer = house("sync")
    assert answer.code == 0, answer.err
    return house
