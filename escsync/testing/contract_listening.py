"""What an adapter must hear where messages stand apart from tickets, and must not pretend elsewhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from escsync.adapter import Listener, TicketRef, WriteNote

from .bench import Bench, only, pulled
from .contract_writing import write


class ListeningContract(Bench):
    """Messages and the living note of tickets whose pull does not bring them."""

    def test_messages_stand_apart_or_come_along(self, tmp_path: Path) -> None:
        """A pulled ticket says whether its messages were asked for; whoever claims `apart` can be asked."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        humans.comment(ref, "#ack My name is Dana Reyes.", by=self.dana)

        adapter = humans.connect()
        (came,), _ = pulled(adapter)
        read = only(adapter, ref)

        apart = adapter.capabilities.apart
        assert isinstance(adapter, Listener) is apart
        assert (came.apart, came.heard, read.apart, read.heard) == (apart, not apart, apart, True)
        assert len(read.messages) == adapter.capabilities.messages
        assert came.messages == (() if apart else read.messages)
        assert came.digest() == read.digest()

    def test_what_is_heard_is_what_is_read(self, tmp_path: Path) -> None:
        """Listening brings messages and note of each ticket asked for, in at most a call each; absent ones are left out."""
        humans = self.cast(tmp_path)
        told, quiet, gone = (humans.create({"summary": s}, by=self.ana) for s in ("told", "quiet", "gone"))
        humans.now += timedelta(minutes=5)
        humans.comment(told, "#ack My name is Dana Reyes.", by=self.dana)
        humans.comment(told, "just between us", by=self.dana)
        humans.delete(gone, by=self.ana)
        adapter = humans.connect()
        if not isinstance(adapter, Listener):
            return
        if adapter.capabilities.note:
            write(adapter, only(adapter, told), WriteNote("step 1 of 5", "aa11", None))
        read = {ref.id: only(adapter, ref) for ref in (told, quiet)}
        before = adapter.calls

        heard = {h.ticket.id: h for h in adapter.listen([told, quiet, gone])}
        calls = adapter.calls - before

        assert {i: (h.messages, h.note) for i, h in heard.items()} == {
            i: (t.messages, t.note) for i, t in read.items()
        }
        assert len(heard[told.id].messages) == adapter.capabilities.messages
        assert (heard[told.id].note is not None) is adapter.capabilities.note
        assert calls <= 3
        assert list(adapter.listen([])) == []
        assert list(adapter.listen([TicketRef("999999", "NONE-1")])) == []

    def test_a_message_after_the_pull_is_heard(self, tmp_path: Path) -> None:
        """A comment moves no ticket where it stands apart: asking is what finds it."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        pulled(adapter)
        if not isinstance(adapter, Listener):
            return
        first = [h.messages for h in adapter.listen([ref])]
        humans.now += timedelta(hours=1)
        humans.comment(ref, "#holding more soon", by=self.dana)

        (heard,) = adapter.listen([ref])

        assert first == [()]
        assert [(m.text.strip(), m.when.at) for m in heard.messages] == [("more soon", humans.now)]
