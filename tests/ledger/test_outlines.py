"""What somebody accepted of a tracker's schema is kept until somebody accepts something else."""

from __future__ import annotations

import pytest
from ledger.polls import at
from sqlalchemy import update

from escsync.ledger import Ledger
from escsync.ledger.outlines import Outline
from escsync.ledger.schema import OUTLINES

PARTS = ({"kind": "field", "id": "f1", "name": "Zoë's \N{NO-BREAK SPACE}field", "options": {"1": "a"}},)


def test_an_outline_is_known_to_whoever_comes_next(address):
    """With the instant at which it was accepted, for this tracker alone."""
    with Ledger.open(address) as ledger:
        ledger.accept("support", PARTS, at(5))

    with Ledger.open(address) as ledger:
        assert ledger.outline("support") == Outline(at(5), PARTS)
        assert ledger.outline("crm") is None
        assert ledger.check() == []


def test_a_later_one_takes_its_place(ledger):
    """Only what was accepted last counts."""
    ledger.accept("support", PARTS, at(5))
    ledger.accept("support", (), at(9))

    assert ledger.outline("support") == Outline(at(9), ())


def test_keeping_it_is_no_history(ledger):
    """It is an opinion about the tracker's schema, and no evidence of any escalation."""
    ledger.accept("support", PARTS, at(5))

    assert ledger.care.heads() == []


@pytest.mark.parametrize("rubbish", ["{", "7", '{"a": 1}', "[1]", "[" * 100_000])
def test_one_that_cannot_be_read_is_known_as_such(ledger, rubbish):
    """And the check of the ledger says so."""
    ledger.accept("support", PARTS, at(5))
    with ledger._database.write() as connection:
        connection.execute(update(OUTLINES).values(doc=rubbish))

    (told,) = ledger.check()

    assert ledger.outline("support") == Outline(at(5), None)
    assert told.startswith("support: the schema that was accepted cannot be read")


def test_a_server_tells_its_clock_and_what_it_may_forget(ledger):
    """A file has this machine's clock, and is written for good."""
    server = ledger._database.url.get_backend_name() == "postgresql"

    assert (ledger.care.time() is not None) is server
    assert ledger.care.forgetful() == (["fsync"] if server else [])
