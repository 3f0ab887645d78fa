"""What an adapter must see."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from escsync.adapter import Adapter, Level, PersonKind, PersonRef, Stage

from .bench import HOSTILE, START, Bench, heard, only, people, pulled, unowned


class ReadingContract(Bench):
    """Pulling and reading."""

    def test_it_is_an_adapter(self, tmp_path: Path) -> None:
        """A connection has every member of the protocol, and knows its own account once it has worked."""
        adapter = self.cast(tmp_path).connect()

        assert isinstance(adapter, Adapter)
        assert not [problem for problem in adapter.check() if problem.level is Level.FAIL]
        assert adapter.me
        json.dumps(dict(adapter.discovery))
        adapter.close()

    def test_a_ticket_comes_whole(self, tmp_path: Path) -> None:
        """Every mapped field arrives in the form of its kind."""
        humans = self.cast(tmp_path)
        told: dict[str, object] = {
            "summary": "Invoices wrong since January",
            "owner": (self.dana,),
            "entry_point": "exec_email",
            "account.name": "Alder AG",
            "account.tier": "enterprise",
            "account.arr": Decimal(180000),
            "account.customer_since": date(2023, 1, 15),
            "received_at": datetime(2026, 3, 3, 8, 50, tzinfo=UTC),
        }
        ref = humans.create(told, by=self.ana)

        (ticket,), _ = pulled(humans.connect())

        assert (ticket.id, ticket.key, ticket.in_scope) == (ref.id, ref.key, True)
        assert ticket.created_at == START
        assert ticket.url
        assert people(ticket.values["owner"]) == [self.dana]
        assert {n: ticket.values[n] for n in told if n != "owner"} == {
            n: v for n, v in told.items() if n != "owner"
        }
        assert ticket.status.stage is Stage.INTAKE

    def test_an_empty_ticket_is_no_crash(self, tmp_path: Path) -> None:
        """What nobody filled in is None or an empty tuple."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)

        ticket = only(humans.connect(), ref)

        assert unowned(ticket.values["owner"])
        assert bool(ticket.values["owner"]) is self.always_owned
        assert ticket.values["account.name"] is None

    def test_all_pages_come(self, tmp_path: Path) -> None:
        """More tickets than fit in a page all come, each once."""
        humans = self.cast(tmp_path)
        refs = [humans.create({"summary": f"n{n}"}, by=self.ana) for n in range(self.tickets_for_paging)]

        tickets, _ = pulled(humans.connect())

        assert sorted(t.id for t in tickets) == sorted(ref.id for ref in refs)
        assert len(list(humans.connect().read(refs))) == len(refs)

    def test_later_pulls_bring_what_changed(self, tmp_path: Path) -> None:
        """After an hour of quiet only the changed ticket comes, unless the tracker knows no increments."""
        humans = self.cast(tmp_path)
        quiet, busy = (humans.create({"summary": s}, by=self.ana) for s in ("quiet", "busy"))
        _, cursor = pulled(humans.connect())
        humans.now += timedelta(hours=1)
        _, cursor = pulled(humans.connect(), cursor)
        humans.now += timedelta(hours=1)
        humans.set(busy, "account.name", "Alder AG", by=self.ana)

        adapter = humans.connect()
        found, _ = pulled(adapter, cursor)

        assert busy.id in {t.id for t in found}
        assert (quiet.id in {t.id for t in found}) is not adapter.capabilities.incremental

    def test_a_change_in_the_second_of_the_pull_is_not_lost(self, tmp_path: Path) -> None:
        """Increments overlap: a change right after a pull, on the same tick of the clock, comes with the next."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        _, cursor = pulled(humans.connect())
        humans.set(ref, "account.name", "Alder AG", by=self.ana)

        found, _ = pulled(humans.connect(), cursor)

        assert [t.values["account.name"] for t in found] == ["Alder AG"]

    def test_watched_tickets_come_at_no_cost_or_not_at_all(self, tmp_path: Path) -> None:
        """A watched ticket adds no call."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        _, cursor = pulled(humans.connect())
        humans.now += timedelta(hours=1)
        _, cursor = pulled(humans.connect(), cursor)
        humans.now += timedelta(hours=1)
        plain, watching = humans.connect(), humans.connect()

        pulled(plain, cursor)
        pages = list(watching.pull(cursor, [ref]))

        assert watching.calls == plain.calls
        assert {t.id for page in pages for t in page.tickets} <= {ref.id}

    def test_what_is_gone_is_left_out(self, tmp_path: Path) -> None:
        """A deleted ticket is not read, the others are."""
        humans = self.cast(tmp_path)
        gone, here = (humans.create({"summary": s}, by=self.ana) for s in ("gone", "here"))
        humans.delete(gone, by=self.ana)

        adapter = humans.connect()

        assert [t.id for t in adapter.read([gone, here])] == [here.id]
        assert [t.id for t in pulled(adapter)[0]] == [here.id]
        assert list(adapter.read([])) == []

    def test_only_what_was_deleted_is_called_gone(self, tmp_path: Path) -> None:
        """A tracker that names its deletions names no other ticket; one that does not just no longer brings them."""
        humans = self.cast(tmp_path)
        gone, _ = (humans.create({"summary": s}, by=self.ana) for s in ("gone", "here"))
        _, cursor = pulled(humans.connect())
        humans.now += timedelta(minutes=1)
        humans.delete(gone, by=self.ana)

        adapter = humans.connect()
        pages = [*adapter.pull(cursor), *adapter.pull(None)]

        assert {ref.id for page in pages for ref in page.gone} <= {gone.id}
        assert gone.id not in {ticket.id for page in pages for ticket in page.tickets}

    def test_the_past_is_told_or_not_claimed(self, tmp_path: Path) -> None:
        """History holds each value, when it came and by whom, the first included; or it is empty."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x", "owner": (self.ana,)}, by=self.ana)
        humans.now += timedelta(minutes=30)
        humans.set(ref, "owner", (self.dana,), by=self.ana)
        humans.now += timedelta(minutes=30)
        humans.move(ref, Stage.INVESTIGATION, by=self.dana)

        adapter = humans.connect()
        ticket = only(adapter, ref)

        if not adapter.capabilities.history:
            assert not ticket.history
            return
        owners, stages = ticket.history["owner"], ticket.history["stage"]
        assert [(f.when.at, people(f.value)) for f in owners] == [
            (START, [self.ana]),
            (START + timedelta(minutes=30), [self.dana]),
        ]
        assert [getattr(f.value, "stage", None) for f in stages] == [Stage.INTAKE, Stage.INVESTIGATION]
        assert stages[-1].actor is not None
        assert stages[-1].actor.id == self.dana

    def test_marked_comments_are_messages(self, tmp_path: Path) -> None:
        """A marker at the beginning makes a comment a message, and is taken off; other comments are internal."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        humans.now += timedelta(minutes=5)
        humans.comment(ref, "#ack My name is Dana Reyes.", by=self.dana)
        humans.comment(ref, "just between us", by=self.dana)
        humans.comment(ref, "he wrote: #ack hello", by=self.dana)

        adapter = humans.connect()
        messages = only(adapter, ref).messages

        told = [(m.marker and m.marker.value, m.text.strip(), m.sender.id, m.when.at) for m in messages]
        expected = ("acknowledgement", "My name is Dana Reyes.", self.dana, START + timedelta(minutes=5))
        assert told == ([expected] if adapter.capabilities.messages else [])

    def test_edited_and_deleted_messages_show(self, tmp_path: Path) -> None:
        """An edit carries its stamp; a deleted message is no longer there."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        kept = humans.comment(ref, "#ack one", by=self.dana)
        gone = humans.comment(ref, "#update two", by=self.dana)
        humans.now += timedelta(minutes=5)
        humans.edit_comment(ref, kept, "#ack three", by=self.dana)
        humans.delete_comment(ref, gone, by=self.dana)

        adapter = humans.connect()
        told = [(m.text.strip(), m.edited_at) for m in only(adapter, ref).messages]

        assert told == ([("three", START + timedelta(minutes=5))] if adapter.capabilities.messages else [])

    def test_the_digest_shows_every_human_edit(self, tmp_path: Path) -> None:
        """Equal digests mean that nothing relevant changed; any edit of a person shows, a message unless it is apart."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x", "owner": (self.ana,)}, by=self.ana)
        adapter = humans.connect()
        digests = [only(adapter, ref).digest()]

        humans.set(ref, "owner", (self.dana,), by=self.ana)
        digests.append(only(adapter, ref).digest())
        humans.move(ref, Stage.INVESTIGATION, by=self.ana)
        digests.append(only(adapter, ref).digest())
        humans.comment(ref, "#holding more soon", by=self.ana)
        said = only(adapter, ref).digest()
        if adapter.capabilities.messages and not adapter.capabilities.apart:
            digests.append(said)

        assert len(set(digests)) == len(digests)
        assert only(adapter, ref).digest() == digests[-1]

    def test_people_are_told_apart(self, tmp_path: Path) -> None:
        """Users are listed; one who left is inactive there and on the ticket."""
        humans = self.cast(tmp_path)
        hook = humans.hire("hook", "Webhook", kind=PersonKind.BOT)
        ref = humans.create({"summary": "x", "owner": (self.dana,)}, by=self.ana)
        humans.dismiss(self.dana)

        adapter = humans.connect()
        known = {person.id: person for person in adapter.people()}
        owner = only(adapter, ref).values["owner"]

        assert known[self.ana].name == "Ana Silva"
        assert not self.tells_bots or known[hook].kind is PersonKind.BOT
        assert self.dana not in known or not known[self.dana].active
        assert isinstance(owner, tuple)
        assert [ref.active for ref in owner if isinstance(ref, PersonRef)] == [False]

    def test_hostile_texts_are_only_texts(self, tmp_path: Path) -> None:
        """Markup, quotes, other scripts and sheer size come through as text; nothing crashes."""
        humans = self.cast(tmp_path)
        for text in HOSTILE:
            ref = humans.create({"summary": text[:200], "findings_summary": text}, by=self.ana)
            humans.comment(ref, f"#ack {text}", by=self.ana)

        adapter = humans.connect()
        tickets, _ = pulled(adapter)

        assert {str(t.values["summary"]) for t in tickets} == {text[:200].strip() for text in HOSTILE}
        assert all(len(t.messages) == adapter.capabilities.messages for t in heard(adapter, tickets))

    def test_an_idle_pull_is_one_call(self, tmp_path: Path) -> None:
        """Nothing changed: one request, whatever the tracker holds."""
        humans = self.cast(tmp_path)
        humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        _, cursor = pulled(adapter)
        humans.now += timedelta(hours=1)
        _, cursor = pulled(adapter, cursor)
        humans.now += timedelta(hours=1)
        before = adapter.calls

        list(adapter.pull(cursor))

        assert adapter.calls - before == 1
