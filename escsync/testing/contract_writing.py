"""What an adapter must do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from escsync.adapter import (
    Adapter,
    Change,
    Conflict,
    Create,
    Draft,
    Edit,
    Move,
    PersonRef,
    Rejected,
    SetField,
    Stage,
    Ticket,
    TicketRef,
    Value,
    Vanished,
    WriteNote,
    Written,
)

from .bench import HOSTILE, START, Bench, only, people, pulled, unowned


def write(adapter: Adapter, ticket: Ticket, *edits: Edit, version: str = "") -> Written:
    """Write one ticket."""
    change = Change("t", ticket.ref, ticket.digest(), edits, ("TEST",), version or ticket.version)
    (written,) = adapter.write([change])
    return written


class WritingContract(Bench):
    """Writing, creating and finding."""

    def test_what_is_written_is_read_back(self, tmp_path: Path) -> None:
        """A field shows what `fit` foretold, and fitting twice changes nothing."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        wanted: dict[str, Value] = {
            "due_at": START + timedelta(hours=2, seconds=30, microseconds=7),
            "health": "due_soon",
            "computed_priority": "P1",
            "owner": (PersonRef(self.dana),),
        }

        ticket = only(adapter, ref)
        written = write(adapter, ticket, *(SetField(f, None, v) for f, v in wanted.items()))
        shown = only(adapter, ref).values

        assert written.ticket.id == ref.id
        assert not written.failures
        assert people(shown["owner"]) == [self.dana]
        for name in ("due_at", "health", "computed_priority"):
            assert shown[name] == adapter.fit(name, wanted[name])
            assert adapter.fit(name, shown[name]) == shown[name]

    def test_a_field_can_be_emptied(self, tmp_path: Path) -> None:
        """None clears it; where every ticket has an owner, that alone is refused."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x", "owner": (self.ana,), "health": "ok"}, by=self.ana)
        adapter = humans.connect()

        edits = (SetField("owner", None, None), SetField("health", "ok", None))
        written = write(adapter, only(adapter, ref), *edits)
        shown = only(adapter, ref).values

        assert people(shown["owner"]) == ([self.ana] if self.always_owned else [])
        assert [type(error) for error in written.failures.values()] == [Rejected] * self.always_owned
        assert shown["health"] is None

    def test_a_move_reaches_its_stage(self, tmp_path: Path) -> None:
        """However many hops the workflow asks for."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()

        written = write(adapter, only(adapter, ref), Move("Intake", Stage.INVESTIGATION))

        assert not written.failures
        assert only(adapter, ref).status.stage is Stage.INVESTIGATION

    def test_there_is_one_note_kept_up_to_date(self, tmp_path: Path) -> None:
        """The note is written once and then changed in place; it is never a message. Or it is refused."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()

        first = write(adapter, only(adapter, ref), WriteNote("#ack step 1 of 5\nack due 11:00", "aa11", None))
        if not adapter.capabilities.note:
            assert isinstance(first.failures.get(0), Rejected)
            assert only(adapter, ref).note is None
            return
        one = only(adapter, ref)
        write(adapter, one, WriteNote("step 2 of 5", "bb22", "aa11"))
        two = only(adapter, ref)

        assert one.note is not None
        assert two.note is not None
        assert (one.note.digest, two.note.digest) == ("aa11", "bb22")
        assert one.note.id == two.note.id
        assert two.messages == ()

    def test_a_foreign_note_is_not_ours(self, tmp_path: Path) -> None:
        """Anybody can type a marker line; only our own account's comment is the note."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        humans.comment(ref, "hello\n\nescsync-note cafe", by=self.ana)

        assert only(humans.connect(), ref).note is None

    def test_hostile_notes_are_written(self, tmp_path: Path) -> None:
        """Whatever the text, the digest comes back."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        if not adapter.capabilities.note:
            return
        for n, text in enumerate(HOSTILE):
            write(adapter, only(adapter, ref), WriteNote(text, f"d{n}", None))
            note = only(adapter, ref).note

            assert note is not None
            assert note.digest == f"d{n}"

    def test_a_version_guards_where_it_can(self, tmp_path: Path) -> None:
        """With compare-and-set a stale write of a field that is people's is a conflict and changes nothing; without, it
        goes through."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        planned = only(adapter, ref)
        humans.now += timedelta(seconds=40)
        humans.set(ref, "summary", "y", by=self.ana)

        written = write(adapter, planned, SetField("owner", None, (PersonRef(self.dana),)))
        shown = only(adapter, ref).values

        assert shown["summary"] == "y"
        if adapter.capabilities.compare_and_set:
            assert isinstance(written.failures.get(0), Conflict)
            assert unowned(shown["owner"])
        else:
            assert not written.failures
            assert people(shown["owner"]) == [self.dana]

    def test_texts_are_written_whole(self, tmp_path: Path) -> None:
        """Scripts, markup and sheer size come back as `fit` foretold, which keeps what the tracker can hold."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        for text in HOSTILE:
            written = write(adapter, only(adapter, ref), SetField("findings_summary", None, text))
            shown, foretold = (
                only(adapter, ref).values["findings_summary"],
                adapter.fit("findings_summary", text),
            )

            assert not written.failures
            assert shown == foretold
            assert str(shown)[:2000].strip() == text[:2000].strip()

    def test_one_bad_ticket_stops_no_other(self, tmp_path: Path) -> None:
        """Outcomes come one per change and in order; a ticket that is gone fails alone."""
        humans = self.cast(tmp_path)
        gone, here = (humans.create({"summary": s}, by=self.ana) for s in ("gone", "here"))
        adapter = humans.connect()
        edit = SetField("health", None, "ok")
        changes = [Change("t", ref, "", (edit,), ("TEST",)) for ref in (gone, here)]
        humans.delete(gone, by=self.ana)

        outcomes = list(adapter.write(changes))

        assert [outcome.ticket.id for outcome in outcomes] == [gone.id, here.id]
        assert isinstance(outcomes[0].failures.get(0), Vanished)
        assert not outcomes[1].failures
        assert only(adapter, here).values["health"] == "ok"

    def test_our_own_writes_are_seen_as_ours(self, tmp_path: Path) -> None:
        """What escsync sets carries escsync's account in the history."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        humans.now += timedelta(minutes=1)
        write(adapter, only(adapter, ref), SetField("owner", None, (PersonRef(self.dana),)))

        if adapter.capabilities.history:
            fact = only(adapter, ref).history["owner"][-1]
            assert fact.actor is not None
            assert fact.actor.id == adapter.me

    def test_what_is_created_can_be_found(self, tmp_path: Path) -> None:
        """A record is found by its key from another connection at once, and only by its own."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()

        new = adapter.create(Draft("key-new", {"summary": "by mail"}))
        task = Create(Draft("key-task", {"summary": "check-in"}, parent=ref))
        written = write(adapter, only(adapter, ref), task)
        found = {f.key: f.ref.id for f in humans.connect().find(["key-new", "key-task", "key-none"])}

        assert found == {"key-new": new.id, "key-task": written.created[0].id}
        assert only(adapter, new).values["summary"] == "by mail"
        assert list(adapter.find([])) == []

    def test_a_second_pass_finds_nothing_to_do(self, tmp_path: Path) -> None:
        """What was written reads back as itself: no endless differences."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        _, cursor = pulled(adapter)
        write(adapter, only(adapter, ref), SetField("due_at", None, START), SetField("health", None, "ok"))
        first = only(adapter, ref)

        again = [t for t in pulled(adapter, cursor)[0] if t.id == ref.id]

        assert [t.digest() for t in again] == [first.digest()]

    def test_what_a_write_answers_is_what_is_read(self, tmp_path: Path) -> None:
        """Where the answer to a write shows the ticket, that is the ticket: then nobody reads it again."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x", "owner": (self.ana,)}, by=self.ana)
        humans.comment(ref, "#ack My name is Dana Reyes.", by=self.dana)
        adapter = humans.connect()
        edits: list[Edit] = [
            SetField("owner", None, (PersonRef(self.dana),)),
            SetField("health", None, "ok"),
            Move("Intake", Stage.INVESTIGATION),
        ]
        if adapter.capabilities.note:
            edits.append(WriteNote("step 1 of 5", "aa11", None))

        after = write(adapter, only(adapter, ref), *edits).after
        shown = only(adapter, ref)

        if after is not None:
            assert after.digest() == shown.digest()
            assert (after.id, after.values, after.history) == (shown.id, shown.values, shown.history)
            assert after.note == shown.note
            assert not after.heard or after.messages == shown.messages

    def test_a_vanished_ticket_cannot_be_written(self, tmp_path: Path) -> None:
        """An id that never was behaves like one that is gone."""
        adapter = self.cast(tmp_path).connect()
        change = Change("t", TicketRef("999999", "NONE-1"), "", (SetField("health", None, "ok"),), ("TEST",))

        (written,) = adapter.write([change])

        assert isinstance(written.failures.get(0), Vanished)
