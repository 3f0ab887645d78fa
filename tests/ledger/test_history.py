"""The history of a ledger: whoever alters it afterwards is found out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from ledger.polls import DANA, T, at, dump, reading, said, ticket
from sqlalchemy import Boolean, Text, text

from escsync.domain.effect import Effect, EffectState, Purpose
from escsync.domain.policy import Policy
from escsync.ledger import Ledger, LedgerError, chain, history
from escsync.ledger.decisions import Judgement
from escsync.ledger.history import Head
from escsync.ledger.poll import Poll
from escsync.ledger.trackers import Sweep


def effect(n=1, number="1", state=EffectState.SENDING):
    purpose = Purpose(T, number, 1, "annotate", "note")
    return Effect(purpose.key(n), purpose, n, state, "a" * 64, "b" * 64, ("ACK_BREACHED",), "p1")


@pytest.fixture
def full(tracker, ledger):
    """A ledger with rows in every table that is history, of two tickets and several passes."""
    ledger.begin(T, "first", "sync", at(10))
    tracker.poll(10, replace(ticket(), messages=(said(),)), ticket("2"))
    ledger.judged(T, Policy(), at(10), [Judgement(n, False, None, "acme", at(0), (1,)) for n in "12"])
    ledger.claim(T, [effect()], "first")
    ledger.settle(T, [effect(state=EffectState.DONE)])
    ledger.begin(T, "second", "sync", at(20))
    tracker.poll(20, replace(ticket(owner=DANA), messages=(said(), said("m2"))), ticket("2"))
    ledger.claim(T, [effect(2)], "second")
    ledger.settle(T, [effect(2, state=EffectState.FAILED)])
    ledger.begin(T, "third", "sync", at(30))
    tracker.poll(30, replace(ticket(owner=DANA), messages=(said("m2"),)), ticket("2"))
    ledger.swept(T, at(30), Sweep(gone=["2"]))
    return ledger


def alter(ledger, *statements):
    with ledger._database.write() as connection:
        for statement in statements:
            connection.execute(text(statement.replace(":", r"\:")))


def rewritten(ledger, n):
    """Everything from entry *n* on chained anew, as somebody would who knows how."""
    with ledger._database.write() as connection:
        rows = connection.execute(text("SELECT n, at, pass_id, body, link FROM chain ORDER BY n")).all()
        before = ""
        for position, row in enumerate(rows, 1):
            link = (
                row.link if position < n else chain.link(before, T, position, row.at, row.pass_id, row.body)
            )
            connection.execute(
                text("UPDATE chain SET n = :n, link = :link WHERE n = :old"),
                {"n": position, "old": row.n, "link": link},
            )
            before = link
        connection.execute(
            text("UPDATE trackers SET chain_n = :n, chain_link = :l"), {"n": len(rows), "l": before}
        )


def test_the_history_of_a_ledger_in_use_holds(full):
    """Whatever passes write is chained, each transaction as one entry with its pass and its instant."""
    entries = dump(full, "chain")["chain"]

    assert full.check() == []
    assert [entry[1] for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry[3] for entry in entries] == ["first"] * 4 + ["second"] * 3 + ["third"] * 2
    assert full.care.heads() == [Head(T, len(entries), entries[-1][5])]


def test_a_pass_that_learns_nothing_adds_no_entry(full):
    """The history grows with what happens, not with how often somebody looks."""
    (before,) = full.care.heads()

    full.begin(T, "idle", "sync", at(40))
    full.observe(Poll(T, at(40), at(30), reading), [replace(ticket(owner=DANA), messages=(said("m2"),))])
    full.polled(T, {"since": 40}, at(40), Sweep())
    full.judged(T, Policy(), at(40), [Judgement("1", False, at(50), "acme", at(0), (1,))])

    assert full.care.heads() == [before]


def test_a_page_of_tickets_is_one_entry(tracker, ledger):
    """However many tickets it holds."""
    tracker.poll(10, *(ticket(str(number)) for number in range(700)))

    assert [head.n for head in ledger.care.heads()] == [1]
    assert ledger.check() == []


ONE = {
    "tickets": "id = '1'",
    "observations": "ticket = '1' AND n = 0 AND field = 'owner'",
    "messages": "id = 'm2'",
    "pins": "ticket = '1'",
    "effects": "n = 2",
    "receipts": "remote_id = '901'",
}
"""One row of each table that is history, of ticket 1."""


def found(ledger, *statements):
    """What is wrong after these statements, which are taken back."""
    with ledger._database.write() as connection, connection.begin_nested() as point:
        for statement in statements:
            connection.execute(text(statement.replace(":", r"\:")))
        told = list(history.problems(connection))
        point.rollback()
    return told


def other(column):
    if isinstance(column.type, Boolean):
        return f"NOT {column.name}"
    empty, more = ("''", "|| 'x'") if isinstance(column.type, Text) else ("0", "+ 7")
    return f"coalesce({column.name}, {empty}) {more}"


@pytest.fixture
def receipted(full):
    """The same, with what a tracker said it made."""
    for n in (1, 2):
        full.receipt(T, effect(n).key, f"90{n}")
    return full


@pytest.mark.parametrize("table", chain.COVERED)
def test_every_column_is_guarded(receipted, table):
    """One value of one row altered: a sentence names the tracker and the ticket."""
    full = receipted
    told = {
        name: found(full, f"UPDATE {table} SET {name} = {other(column)} WHERE {ONE[table]}")
        for name, column in chain.COVERED[table].columns.items()
        if name in chain.lasting(chain.COVERED[table])
    }

    start = f"{T}:" if table == "receipts" else f"{T}:1: "
    words = (start, "was altered after it was recorded"), (start, "was recorded and is missing")
    unseen = [
        name
        for name, problems in told.items()
        if not any(p.startswith(start) and p.endswith(end) for p in problems for start, end in words)
    ]
    assert len(told) >= 4
    assert unseen == []


@pytest.mark.parametrize("table", chain.COVERED)
def test_a_deleted_row_is_missed(receipted, table):
    """Whichever it is: each row of each table, in turn."""
    full = receipted
    keys = ", ".join(column.name for column in chain.COVERED[table].primary_key)
    rows = len(dump(full, table)[table])
    told = [
        found(
            full,
            f"DELETE FROM {table} WHERE ({keys}) IN (SELECT {keys} FROM {table} ORDER BY {keys} LIMIT 1 OFFSET {n})",
        )
        for n in range(rows)
    ]

    assert rows >= 2
    assert [len(problems) for problems in told] == [1] * rows
    assert all(problem.endswith("was recorded and is missing") for problems in told for problem in problems)


def test_a_row_that_escsync_did_not_write_is_found(full):
    """Evidence cannot be slipped in."""
    alter(full, "INSERT INTO observations SELECT tracker, ticket, 'severity', 0, value, after, at, actor "
                "FROM observations WHERE ticket = '1' AND field = 'owner' AND n = 0")  # fmt: skip

    assert (
        f"{T}:1: an observation of severity is not in the history: escsync did not write it" in full.check()
    )


TAMPERINGS = [
    ("DELETE FROM chain WHERE n = 1", "entry 1 of its history is missing"),
    ("DELETE FROM chain WHERE n IN (3, 4)", "entries 3 to 4 of its history are missing"),
    ("DELETE FROM chain WHERE n = 9", "its history ends with entry 8, and should end with entry 9"),
    ("DELETE FROM chain", "its history ends with entry 0, and should end with entry 9"),
    ("UPDATE chain SET body = '{}' WHERE n = 4", "entry 4 of its history was altered"),
    ("UPDATE chain SET at = at + 1 WHERE n = 1", "entry 1 of its history was altered"),
    ("UPDATE chain SET pass_id = 'other' WHERE n = 2", "entry 2 of its history was altered"),
    ("UPDATE chain SET link = 'f' WHERE n = 9", "entry 9 of its history was altered"),
    ("UPDATE chain SET body = 'rubbish' WHERE n = 4", "entry 4 of its history cannot be read"),
    ("UPDATE trackers SET chain_link = 'f'", "is not the one that was recorded"),
    ("UPDATE trackers SET chain_n = 3", "should end with entry 3"),
    ("DELETE FROM trackers", "the tracker's own entry is missing"),
]


def test_a_chain_that_was_tampered_with_is_broken(full):
    """Each kind of tampering has its sentence."""
    unseen = [
        tampering
        for tampering, words in TAMPERINGS
        if not any(told.startswith(f"{T}: ") and words in told for told in found(full, tampering))
    ]

    assert unseen == []


def test_entries_that_change_places_are_found(full):
    """The order is part of the history."""
    alter(full, "UPDATE chain SET n = 100 WHERE n = 3", "UPDATE chain SET n = 3 WHERE n = 4",
          "UPDATE chain SET n = 4 WHERE n = 100")  # fmt: skip

    assert sum("was altered" in problem for problem in full.check()) >= 2


def test_a_truncated_history_with_a_mended_head_is_found_by_a_noted_one(full):
    """Whoever can rewrite the whole file can make it agree with itself, but not with what somebody wrote down."""
    (noted,) = full.care.heads()
    alter(full, "DELETE FROM chain WHERE n > 8", "DELETE FROM effects WHERE n = 2")
    rewritten(full, 1)

    assert full.care.contradicted(noted) == f"{T}: its history has no entry 9, whose link was noted earlier"


def test_a_history_that_was_rewritten_whole_is_found_by_a_noted_head(full):
    """Every row and every link agree again; only the head that was noted does not."""
    (noted,) = full.care.heads()
    alter(full, "UPDATE chain SET pass_id = 'other' WHERE n = 2")
    rewritten(full, 2)

    assert full.check() == []
    assert "its history was rewritten: entry 9" in full.care.contradicted(noted)
    assert full.care.contradicted(Head(T, 1, dump(full, "chain")["chain"][0][5])) is None


def test_a_noted_head_stays_true_while_the_history_grows(full, tracker):
    """It may be shortened, too."""
    (noted,) = full.care.heads()
    tracker.poll(40, ticket("3"))

    assert full.care.heads()[0].n == noted.n + 1
    assert full.care.contradicted(noted) is None
    assert full.care.contradicted(replace(noted, link=noted.link[:16])) is None


def test_what_cannot_be_a_text_is_chained_as_the_database_holds_it(tracker, ledger):
    """Half a character and a zero byte come out as something else than they went in."""
    odd = replace(ticket(), key="ESC-\ud83d\0", messages=(said("m\0\udc00"),))
    tracker.poll(10, odd)

    assert ledger.check() == []


def test_a_transaction_that_fails_leaves_no_entry(full):
    """Neither row nor entry; the next one goes on from the last."""
    (before,) = full.care.heads()
    twice = [effect(3), effect(3)]
    with pytest.raises(LedgerError):
        full.claim(T, twice, "fourth")

    full.settle(T, [effect(2, state=EffectState.DONE)])
    assert full.care.heads()[0].n == before.n + 1
    assert full.check() == []


def test_two_that_write_at_once_make_one_history(full):
    """Each waits for the other's entry: no number twice, no link of a lost one."""
    url = full._database.url.render_as_string(hide_password=False)
    (before,) = full.care.heads()

    def write(_number):
        with Ledger.open(url) as other:
            for state in (EffectState.DONE, EffectState.FAILED) * 5:
                other.settle(T, [effect(2, state=state)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    assert full.care.heads()[0].n == before.n + 40
    assert full.check() == []


RUBBISH = [
    (
        "UPDATE tickets SET first_seen = 'abc', vanished_at = 1e30 WHERE id = '1'",
        "support:1: the ticket was altered",
    ),
    ("UPDATE tickets SET key = x'ff' WHERE id = '1'", "support:1: the ticket was altered"),
    ("UPDATE observations SET at = 'z', after = x'00' WHERE ticket = '1'", "support:1: an observation of"),
    ("UPDATE messages SET gone_at = 'z', reading = x'00' WHERE id = 'm2'", "support:1: message m2"),
    ("UPDATE effects SET state = 'bogus', claimed_at = 'x', n = 'y' WHERE n = 2", "support:1: the write"),
    ("UPDATE pins SET version = x'00'", "support:1: the pinned policy of cycle 1"),
    ("UPDATE policies SET content = x'00', first_used = 'q'", "cannot be read"),
    ("UPDATE trackers SET polled_at = 'x', lease_until = 'y', chain_n = 'z'", "support: its history ends"),
    ("UPDATE chain SET n = 'x' WHERE n = 1", "support: an entry of its history has no number"),
    ("UPDATE chain SET at = 'x', body = x'00' WHERE n = 1", "support: entry 1 of its history was altered"),
    ("UPDATE passes SET counts = '[1]', at = 'z'", "what pass"),
    (
        "UPDATE chain SET body = 'rubbish \"rebuilt\":' WHERE n = 2",
        "support: entry 2 of its history cannot be read",
    ),
]


ON_A_FILE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
"""PostgreSQL takes only what fits."""


@ON_A_FILE
@pytest.mark.parametrize(("statement", "words"), RUBBISH, ids=[words for _, words in RUBBISH])
def test_whatever_somebody_puts_in_check_says_so(full, statement, words):
    """SQLite takes anything in any column; check reads on."""
    full.finish(T, "first", ok=True, counts={})
    alter(full, statement)

    problems = full.check()
    full.care.heads()

    assert any(words in problem for problem in problems), problems


@ON_A_FILE
def test_bytes_that_are_no_text_are_told_without_repeating_them(full):
    """The driver would print them."""
    alter(full, "UPDATE messages SET doc = CAST(x'736563726574ff' AS TEXT)")

    with pytest.raises(LedgerError, match="a text in it is none") as refused:
        full.check()
    assert "secret" not in str(refused.value)
