"""The Salesforce adapter keeps the contract; where it says that nobody owns a ticket, a queue does (decision 27b)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fakes.salesforce_humans import SalesforceHumans

from escsync.adapter import Change, Conflict, PersonKind, PersonRef, Rejected, SetField
from escsync.testing import AdapterContract, Humans
from escsync.testing.bench import only, people


def queues(value) -> bool:
    """Does nobody but a queue own it?"""
    return bool(value) and all(ref.kind is PersonKind.QUEUE for ref in value)


class TestSalesforce(AdapterContract):
    """An org per test. Salesforce does not say how long it wants to be left alone."""

    tells_waits = False

    def humans(self, folder: Path) -> Humans:
        return SalesforceHumans()

    def test_an_empty_ticket_is_no_crash(self, tmp_path: Path) -> None:
        """What nobody filled in is None; a case always has an owner, and a queue is one."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)

        ticket = only(humans.connect(), ref)

        assert queues(ticket.values["owner"])
        assert ticket.values["account.name"] is None

    def test_a_field_can_be_emptied(self, tmp_path: Path) -> None:
        """None clears it; but for the owner, who is never nobody, and that alone is refused."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x", "owner": (self.ana,), "health": "ok"}, by=self.ana)
        adapter = humans.connect()

        change = self._change(
            only(adapter, ref), SetField("owner", None, None), SetField("health", "ok", None)
        )
        (written,) = adapter.write([change])
        shown = only(adapter, ref).values

        assert isinstance(written.failures.pop(0), Rejected)
        assert not written.failures
        assert people(shown["owner"]) == [self.ana]
        assert shown["health"] is None

    def test_a_version_guards_where_it_can(self, tmp_path: Path) -> None:
        """A stale write of a field that is people's is a conflict and changes nothing."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        planned = only(adapter, ref)
        humans.now += timedelta(seconds=40)
        humans.set(ref, "summary", "y", by=self.ana)

        (written,) = adapter.write([self._change(planned, SetField("owner", None, (PersonRef(self.dana),)))])
        shown = only(adapter, ref).values

        assert isinstance(written.failures.get(0), Conflict)
        assert shown["summary"] == "y"
        assert queues(shown["owner"])

    def test_a_human_edit_in_between_survives(self, tmp_path: Path) -> None:
        """What somebody changes in the last moment stays, and is a conflict."""
        humans = self.cast(tmp_path)
        ref = humans.create({"summary": "x"}, by=self.ana)
        adapter = humans.connect()
        before = only(adapter, ref)
        humans.now += timedelta(seconds=40)
        humans.between(lambda: humans.set(ref, "summary", "y", by=self.ana))

        (written,) = adapter.write([self._change(before, SetField("owner", None, (PersonRef(self.dana),)))])
        shown = only(humans.connect(), ref).values

        assert isinstance(written.failures.get(0), Conflict)
        assert shown["summary"] == "y"
        assert queues(shown["owner"])

    @staticmethod
    def _change(ticket, *edits):
        return Change("t", ticket.ref, ticket.digest(), edits, ("TEST",), ticket.version)
