"""What an adapter must do when the tracker, the way to it, or other people get in the way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from escsync.adapter import (
    Adapter,
    Ambiguous,
    Change,
    Conflict,
    Create,
    Denied,
    Draft,
    Page,
    PersonRef,
    SetField,
    Ticket,
    TicketRef,
    TrackerError,
    Unavailable,
    Vanished,
    WriteNote,
)

from .bench import START, Bench, only, people, pulled
from .humans import Humans

OK = SetField("health", None, "ok")


class TroubleContract(Bench):
    """Limits, outages, lost rights, moved tickets, ignored writes, other people and wrong clocks.

    A fake that lacks the member of `Trouble` that a test needs has that test skipped by name.
    """

    tells_waits: ClassVar[bool] = True
    """Does the tracker say how long it wants to be left alone?"""

    def troubled(self, folder: Path, *members: str) -> tuple[Humans, Any]:
        """The cast, and the same people as `Trouble` with these *members*."""
        humans = self.cast(folder)
        lacking = [name for name in members if not hasattr(humans, name)]
        if lacking:
            import pytest

            pytest.skip(
                f"{type(humans).__name__} offers no {', '.join(lacking)}: see escsync.testing.Trouble"
            )
        return humans, humans

    def test_a_rate_limit_is_waited_out(self, tmp_path: Path) -> None:
        """As long as the tracker asks, and then everything still comes."""
        humans, trouble = self.troubled(tmp_path, "throttle", "waits")
        refs = {humans.create({"summary": s}, by=self.ana).id for s in ("one", "two")}
        adapter = humans.connect()
        trouble.throttle(7.0, 2)

        tickets, _ = pulled(adapter)

        assert {ticket.id for ticket in tickets} == refs
        assert trouble.waits
        assert not self.tells_waits or sum(trouble.waits) >= 14

    def test_a_refused_write_is_written_once_later(self, tmp_path: Path) -> None:
        """What was refused for the rate was surely not carried out: it is tried again after the wait."""
        humans, trouble = self.troubled(tmp_path, "throttle", "waits")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = self._warm(humans, ref)
        change = _change(only(adapter, ref), OK)
        trouble.throttle(3.0, 2)

        (written,) = adapter.write([change])

        assert not written.failures
        assert only(adapter, ref).values["health"] == "ok"
        assert trouble.waits
        assert not self.tells_waits or sum(trouble.waits) >= 6

    def test_an_outage_while_reading_is_tried_again(self, tmp_path: Path) -> None:
        """A connection that breaks off costs a wait and no ticket."""
        humans, trouble = self.troubled(tmp_path, "outage", "waits")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        trouble.outage(2)
        came = [ticket.id for ticket in pulled(adapter)[0]]
        trouble.outage(2, after=True)
        read = [ticket.id for ticket in adapter.read([ref])]

        assert (came, read) == ([ref.id], [ref.id])
        assert trouble.waits

    def test_an_outage_that_lasts_is_said(self, tmp_path: Path) -> None:
        """At the end of our patience it is the tracker that is unavailable: nothing is made up."""
        humans, trouble = self.troubled(tmp_path, "outage", "waits")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = self._warm(humans, ref)
        trouble.outage(100)

        read, pull = _error(lambda: list(adapter.read([ref]))), _error(lambda: list(adapter.pull(None)))

        assert isinstance(read, Unavailable)
        assert isinstance(pull, Unavailable)

    def test_an_outage_before_a_write_changes_nothing_unsaid(self, tmp_path: Path) -> None:
        """Either it was written in the end, or it failed with an unknown fate: success is never made up."""
        humans, trouble = self.troubled(tmp_path, "outage")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = self._warm(humans, ref)
        change = _change(only(adapter, ref), OK)
        trouble.outage()

        failure = _failure(adapter, change)
        shown = only(humans.connect(), ref).values["health"]

        assert failure is None or isinstance(failure, Ambiguous | Unavailable)
        assert shown == ("ok" if failure is None else None)

    def test_an_outage_after_a_write_never_writes_twice(self, tmp_path: Path) -> None:
        """The answer is lost, not the work: one note and one record, however it is told."""
        humans, trouble = self.troubled(tmp_path, "outage")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = self._warm(humans, ref)
        task = Create(Draft("key-task", {"summary": "check-in"}, parent=ref))
        if adapter.capabilities.note:
            self._note_once(humans, adapter, trouble, ref)
        trouble.outage(after=True)

        failure = _failure(adapter, _change(only(adapter, ref), task))
        found = [f.ref.id for f in humans.connect().find(["key-task"])]

        assert failure is None or isinstance(failure, Ambiguous | Unavailable)
        assert len(found) == 1 or (failure is not None and not found)

    def _note_once(self, humans: Humans, adapter: Adapter, trouble: Any, ref: TicketRef) -> None:
        trouble.outage(after=True)
        failure = _failure(adapter, _change(only(adapter, ref), WriteNote("step 1 of 5", "aa11", None)))
        again = humans.connect()
        first = only(again, ref).note
        list(again.write([_change(only(again, ref), WriteNote("step 2 of 5", "bb22", "aa11"))]))
        second = only(humans.connect(), ref).note

        assert failure is None or isinstance(failure, Ambiguous | Unavailable)
        assert second is not None
        assert second.digest == "bb22"
        assert first is None or second.id == first.id

    def test_an_outage_while_creating_makes_one_record(self, tmp_path: Path) -> None:
        """Found by its key and left alone, or not there and created: asking first, the second try makes no second one."""
        humans, trouble = self.troubled(tmp_path, "outage")
        for key, after in (("key-before", False), ("key-after", True)):
            adapter = self._warm(humans, humans.create({"summary": "x"}, by=self.ana))
            trouble.outage(after=after)
            failure = _error(lambda a=adapter, k=key: a.create(Draft(k, {"summary": f"by mail {k}"})))
            again = humans.connect()
            if not list(again.find([key])):
                again.create(Draft(key, {"summary": f"by mail {key}"}))
            made = [t for t in pulled(humans.connect())[0] if t.values["summary"] == f"by mail {key}"]

            assert failure is None or isinstance(failure, Ambiguous | Unavailable)
            assert [f.ref.id for f in again.find([key])] == [ticket.id for ticket in made]
            assert len(made) == 1

    def test_lost_sight_is_no_deletion(self, tmp_path: Path) -> None:
        """Whoever sees nothing any more says so, or shows nothing: no ticket is called deleted, none closed."""
        humans, trouble = self.troubled(tmp_path, "hide")
        refs = [humans.create({"summary": s}, by=self.ana) for s in ("one", "two")]
        _, cursor = pulled(humans.connect())
        humans.now += timedelta(minutes=5)
        trouble.hide()

        shown: list[Ticket] = []
        pages: list[Page] = []
        errors = [
            _error(lambda: pages.extend(humans.connect().pull(cursor))),
            _error(lambda: pages.extend(humans.connect().pull(None))),
            _error(lambda: shown.extend(humans.connect().read(refs))),
        ]

        assert all(error is None or isinstance(error, Denied | Vanished) for error in errors)
        assert shown == []
        assert [ref for page in pages for ref in page.gone] == []
        assert [ticket.id for page in pages for ticket in page.tickets] == []

    def test_a_ticket_that_leaves_the_scope_is_not_lost(self, tmp_path: Path) -> None:
        """It is read by its id wherever it is; a whole pull has it no more, or out of scope; it is not gone."""
        humans, trouble = self.troubled(tmp_path, "leave")
        ref, other = (humans.create({"summary": s}, by=self.ana) for s in ("moved", "here"))
        _, cursor = pulled(humans.connect())
        humans.now += timedelta(minutes=5)
        trouble.leave(ref)

        adapter = humans.connect()
        read = list(adapter.read([ref]))
        pages = [*adapter.pull(cursor), *adapter.pull(None)]
        inside = {t.id for page in pages for t in page.tickets if t.in_scope}

        assert [ticket.id for ticket in read] == [ref.id]
        assert ref.id not in inside
        assert other.id in inside
        assert [gone for page in pages for gone in page.gone] == []

    def test_an_ignored_write_shows_in_what_is_read(self, tmp_path: Path) -> None:
        """Accepted is not done: a rule of the tracker undid it, and nobody pretends otherwise."""
        humans, trouble = self.troubled(tmp_path, "ignore")
        ref = humans.create({"summary": "x"}, by=self.ana)
        trouble.ignore("health")
        adapter = humans.connect()

        (written,) = adapter.write(
            [_change(only(adapter, ref), OK, SetField("computed_priority", None, "P1"))]
        )
        shown = only(adapter, ref).values

        assert not written.failures
        assert (shown["health"], shown["computed_priority"]) == (None, "P1")
        assert written.after is None or written.after.values["health"] is None

    def test_a_human_edit_in_between_survives(self, tmp_path: Path) -> None:
        """What somebody sets while we write stays; with compare-and-set our own edit of people's fields is a conflict."""
        humans, trouble = self.troubled(tmp_path, "between")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = self._warm(humans, ref)
        before = only(adapter, ref)
        humans.now += timedelta(seconds=40)

        def meanwhile() -> None:
            humans.now += timedelta(seconds=40)
            humans.set(ref, "account.name", "Alder AG", by=self.ana)

        trouble.between(meanwhile)

        change = _change(before, SetField("owner", None, (PersonRef(self.dana),)))
        (written,) = adapter.write([change])
        shown = only(humans.connect(), ref).values

        assert shown["account.name"] == "Alder AG"
        if adapter.capabilities.compare_and_set:
            assert isinstance(written.failures.get(0), Conflict)
            assert not shown["owner"]
        else:
            assert not written.failures
            assert people(shown["owner"]) == [self.dana]

    def test_a_wrong_clock_loses_nothing(self, tmp_path: Path) -> None:
        """Two hours fast or slow: increments come from the tracker's clock, and so do all instants."""
        for hours in (2, -2):
            folder = tmp_path / f"clock{hours}"
            folder.mkdir()
            humans, trouble = self.troubled(folder, "skew")
            trouble.skew(timedelta(hours=hours))
            ref = humans.create({"summary": "x"}, by=self.ana)
            _, cursor = pulled(humans.connect())
            humans.now += timedelta(minutes=10)
            humans.set(ref, "account.name", "Alder AG", by=self.ana)
            humans.comment(ref, "#ack hello", by=self.dana)

            adapter = humans.connect()
            (came,), _ = pulled(adapter, cursor)
            read = only(adapter, ref)

            assert came.values["account.name"] == "Alder AG"
            assert came.created_at == START
            assert [f.when.at for f in came.history.get("account.name", ())][-1:] in ([], [humans.now])
            assert [m.when.at for m in read.messages] == [humans.now] * adapter.capabilities.messages

    def _warm(self, humans: Humans, ref: TicketRef) -> Adapter:
        """A connection that has worked: what it must learn of the tracker it knows."""
        adapter = humans.connect()
        list(adapter.write([_change(only(adapter, ref), SetField("computed_priority", None, "P1"))]))
        return adapter


def _change(ticket: Ticket, *edits: Any) -> Change:
    return Change("t", ticket.ref, ticket.digest(), edits, ("TEST",), ticket.version)


def _error(work: Any) -> TrackerError | None:
    try:
        work()
    except TrackerError as error:
        return error
    return None


def _failure(adapter: Adapter, change: Change) -> TrackerError | None:
    """What a write of one edit came to; any other exception than ours is a fault of the adapter."""
    try:
        (written,) = adapter.write([change])
    except TrackerError as error:
        return error
    return written.failures.get(0)
