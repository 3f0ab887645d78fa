"""What an adapter must do when rights, other people, rules of the tracker or a wrong clock get in the way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from escsync.adapter import Conflict, Denied, Page, PersonRef, Rejected, SetField, Ticket, Vanished

from .bench import OK, START, Bench, change, error_of, only, people, pulled, unowned


class TroubleContract(Bench):
    """Lost rights, moved tickets, ignored writes, edits in between, clocks that are off."""

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
            error_of(lambda: pages.extend(humans.connect().pull(cursor))),
            error_of(lambda: pages.extend(humans.connect().pull(None))),
            error_of(lambda: shown.extend(humans.connect().read(refs))),
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

    def test_a_ticket_that_cannot_be_understood_stops_no_other(self, tmp_path: Path) -> None:
        """It is named, and the others come; asked for by its id it does not pass for one that is gone."""
        humans, trouble = self.troubled(tmp_path, "spoil")
        bad, good = (humans.create({"summary": s}, by=self.ana) for s in ("bad", "good"))
        trouble.spoil(bad)

        adapter = humans.connect()
        pages = list(adapter.pull(None))
        read: list[Ticket] = []
        error = error_of(lambda: read.extend(adapter.read([bad])))

        assert [one.ref.id for page in pages for one in page.unreadable] == [bad.id]
        assert [ticket.id for page in pages for ticket in page.tickets] == [good.id]
        assert [ticket.id for ticket in adapter.read([good])] == [good.id]
        assert isinstance(error, Rejected) or [ticket.id for ticket in read] == [bad.id]

    def test_an_ignored_write_shows_in_what_is_read(self, tmp_path: Path) -> None:
        """Accepted is not done: a rule of the tracker undid it, and nobody pretends otherwise."""
        humans, trouble = self.troubled(tmp_path, "ignore")
        ref = humans.create({"summary": "x"}, by=self.ana)
        trouble.ignore("health")
        adapter = humans.connect()

        (written,) = adapter.write(
            [change(only(adapter, ref), OK, SetField("computed_priority", None, "P1"))]
        )
        shown = only(adapter, ref).values

        assert not written.failures
        assert (shown["health"], shown["computed_priority"]) == (None, "P1")
        assert written.after is None or written.after.values["health"] is None

    def test_a_human_edit_in_between_survives(self, tmp_path: Path) -> None:
        """What somebody sets while we write stays; with compare-and-set our own edit of people's fields is a conflict."""
        humans, trouble = self.troubled(tmp_path, "between")
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = self.warm(humans, ref)
        before = only(adapter, ref)
        humans.now += timedelta(seconds=40)

        def meanwhile() -> None:
            humans.now += timedelta(seconds=40)
            humans.set(ref, "summary", "y", by=self.ana)

        trouble.between(meanwhile)

        wanted = change(before, SetField("owner", None, (PersonRef(self.dana),)))
        (written,) = adapter.write([wanted])
        shown = only(humans.connect(), ref).values

        assert shown["summary"] == "y"
        if adapter.capabilities.compare_and_set:
            assert isinstance(written.failures.get(0), Conflict)
            assert unowned(shown["owner"])
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
