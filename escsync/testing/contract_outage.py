"""What an adapter must do when the tracker, or the way to it, is not there for a while."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from escsync.adapter import Adapter, Ambiguous, Create, Draft, TicketRef, Unavailable, WriteNote

from .bench import OK, Bench, change, error_of, failure_of, only, pulled
from .humans import Humans


class OutageContract(Bench):
    """Limits and outages: everything comes in the end, nothing is written twice, and no success is made up."""

    tells_waits: ClassVar[bool] = True
    """Does the tracker say how long it wants to be left alone?"""

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
        adapter = self.warm(humans, ref)
        wanted = change(only(adapter, ref), OK)
        trouble.throttle(3.0, 2)

        (written,) = adapter.write([wanted])

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
        adapter = self.warm(humans, ref)
        trouble.outage(100)

        read, pull = error_of(lambda: list(adapter.read([ref]))), error_of(lambda: list(adapter.pull(None)))

        assert isinstance(read, Unavailable)
        assert isinstance(pull, Unavailable)

    def test_an_outage_before_a_write_changes_nothing_unsaid(self, tmp_path: Path) -> None:
        """Either it was written in the end, or it failed with an unknown fate: success is never made up."""
        humans, trouble = self.troubled(tmp_path, "outage")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = self.warm(humans, ref)
        wanted = change(only(adapter, ref), OK)
        trouble.outage()

        failure = failure_of(adapter, wanted)
        shown = only(humans.connect(), ref).values["health"]

        assert failure is None or isinstance(failure, Ambiguous | Unavailable)
        assert shown == ("ok" if failure is None else None)

    def test_an_outage_after_a_write_never_writes_twice(self, tmp_path: Path) -> None:
        """The answer is lost, not the work: one note and one record, however it is told."""
        humans, trouble = self.troubled(tmp_path, "outage")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = self.warm(humans, ref)
        task = Create(Draft("key-task", {"summary": "check-in"}, parent=ref))
        if adapter.capabilities.note:
            self._note_once(humans, adapter, trouble, ref)
        trouble.outage(after=True)

        failure = failure_of(adapter, change(only(adapter, ref), task))
        found = [f.ref.id for f in humans.connect().find(["key-task"])]

        assert failure is None or isinstance(failure, Ambiguous | Unavailable)
        assert len(found) == 1 or (failure is not None and not found)

    def _note_once(self, humans: Humans, adapter: Adapter, trouble: Any, ref: TicketRef) -> None:
        trouble.outage(after=True)
        failure = failure_of(adapter, change(only(adapter, ref), WriteNote("step 1 of 5", "aa11", None)))
        again = humans.connect()
        first = only(again, ref).note
        list(again.write([change(only(again, ref), WriteNote("step 2 of 5", "bb22", "aa11"))]))
        second = only(humans.connect(), ref).note

        assert failure is None or isinstance(failure, Ambiguous | Unavailable)
        assert second is not None
        assert second.digest == "bb22"
        assert first is None or second.id == first.id

    def test_an_outage_while_creating_makes_one_record(self, tmp_path: Path) -> None:
        """Found by its key and left alone, or not there and created: asking first, the second try makes no second one."""
        humans, trouble = self.troubled(tmp_path, "outage")
        for key, after in (("key-before", False), ("key-after", True)):
            adapter = self.warm(humans, humans.create({"summary": "x"}, by=self.ana))
            draft = Draft(key, {"summary": f"by mail {key}"})
            trouble.outage(after=after)
            failure = error_of(partial(adapter.create, draft))
            again = humans.connect()
            if not list(again.find([key])):
                again.create(draft)
            made = [t for t in pulled(humans.connect())[0] if t.values["summary"] == f"by mail {key}"]

            assert failure is None or isinstance(failure, Ambiguous | Unavailable)
            assert [f.ref.id for f in again.find([key])] == [ticket.id for ticket in made]
            assert len(made) == 1
