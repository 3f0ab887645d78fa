"""Transfer: a whole copy in a file, and everything told in lines, as of one instant."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from ledger.polls import DANA, T, at, dump, said, ticket

from escsync.domain.effect import Effect, EffectState, Purpose
from escsync.domain.policy import Policy
from escsync.ledger import Ledger, LedgerError
from escsync.ledger.decisions import Judgement
from escsync.ledger.schema import metadata

WORDS = "The chief executive is furious about 4 EUR"


@pytest.fixture
def full(tracker, ledger):
    """A ledger with rows in most tables."""
    purpose = Purpose(T, "1", 1, "annotate", "note")
    effect = Effect("k", purpose, 1, EffectState.DONE, "a", "b", ("ACK_BREACHED",), "p1")
    ledger.begin(T, "first", "sync", at(10))
    private = {"description": WORDS, "contact.email": "ceo@customer.example", "findings_summary": WORDS}
    tracker.poll(10, replace(ticket(owner=DANA, **private), messages=(said(words=WORDS),)), ticket("2"))
    ledger.judged(T, Policy(), at(10), [Judgement("1", False, at(50), "acme", at(0), (1,))])
    ledger.claim(T, [effect], "first")
    ledger.settle(T, [effect])
    ledger.receipt(T, "k", "77")
    ledger.finish(T, "first", ok=True, counts={})
    return ledger


TABLES = sorted(metadata.tables.keys() - {"policies"})


def test_a_backup_holds_every_row(full, tmp_path):
    """Whatever database it comes from, it is a ledger in a file, and whole."""
    full.care.backup(tmp_path / "copy.db")

    with Ledger.open(f"sqlite:///{tmp_path}/copy.db") as copy:
        assert dump(copy, *TABLES) == dump(full, *TABLES)
        assert [record.ticket for record in copy.records()] == [record.ticket for record in full.records()]
        assert copy.check() == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_backup_that_fails_leaves_nothing(full, tmp_path):
    """Neither half a file nor a changed one."""
    (tmp_path / "there.db").write_bytes(b"mine")

    with pytest.raises(LedgerError, match="exists already"):
        full.care.backup(tmp_path / "there.db")

    assert (tmp_path / "there.db").read_bytes() == b"mine"


def exported(ledger, **how):
    return [json.loads(line) for line in ledger.care.export(**how)]


def test_an_export_tells_every_row_with_its_table(full):
    """Instants as text in UTC, documents as what they are."""
    head, *lines = exported(full, text=True)

    assert head["table"] == "ledger"
    held = dump(full, *TABLES)
    assert {name: sum(line["table"] == name for line in lines) for name in TABLES} == {
        name: len(rows) for name, rows in held.items()
    }
    told = next(line for line in lines if line["table"] == "tickets")
    assert (told["first_seen"], told["next_wake"], told["in_scope"]) == (
        "2026-03-03T09:10:00.000000Z", "2026-03-03T09:50:00.000000Z", True,
    )  # fmt: skip
    assert told["doc"]["key"] == "ESC-1"


def test_an_export_tells_no_customer_words(place, tmp_path):
    """Even where an earlier configuration kept them; with store_text they are told."""
    with Ledger.open(place(), text=True) as ledger:
        from ledger.polls import Tracker

        private = {"description": WORDS, "contact.email": "ceo@customer.example"}
        inbound = replace(said(words=WORDS), inbound=True)
        Tracker(ledger).poll(10, replace(ticket(**private), messages=(inbound,)))

        open_, shut = ("\n".join(ledger.care.export(text=text)) for text in (True, False))

    assert WORDS in open_
    assert "ceo@customer.example" in open_
    assert WORDS not in shut
    assert "ceo@customer.example" not in shut
    assert '"contact.email": "sha256:' in shut


def test_an_export_is_of_one_instant(full, tracker):
    """What a pass writes meanwhile is not in it."""
    lines = full.care.export(text=False)
    begun = [next(lines), next(lines)]
    with Ledger.open(str(full._database.url.render_as_string(hide_password=False))) as other:
        other.settle(T, full.effects(T, "1"))
        n = other.care.heads()[0].n

    told = [json.loads(line) for line in (*begun, *lines)]
    assert max(line["n"] for line in told if line["table"] == "chain") == n - 1
