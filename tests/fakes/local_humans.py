"""The people of a local tracker, as the contract and the scenarios need them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from escsync_local.adapter import connect
from escsync_local.settings import LocalSettings
from escsync_local.store import ACCOUNT
from escsync_local.tracker import LocalTracker

from escsync.adapter import FIELDS, Adapter, Binding, PersonKind, Stage, TicketRef, Vocabulary
from escsync.testing.mishaps import Mishaps

OWN = {name: (name,) for name, field in FIELDS.items() if field.own}
"""escsync's own fields, each under its own name."""


def once(operation: Callable[[], object], *, safe: bool) -> object:
    """No second try: what fails, fails."""
    return operation()


class LocalHumans(Mishaps):
    """Acts on a local tracker through its own public face."""

    def __init__(self, folder: Path, vocabulary: Vocabulary | None = None) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 3, 9, tzinfo=UTC)
        self.path = folder / "tracker.db"
        self.vocabulary = vocabulary or Vocabulary(fields=OWN)
        self.tracker = LocalTracker(self.path, lambda: self.now)

    def connect(self) -> Adapter:
        settings = LocalSettings.model_validate({"connection": {"path": str(self.path)}})
        lag = self.lag
        binding = Binding("local", settings, self.vocabulary, self.retry(), lambda: self.now + lag)
        return connect(binding)

    def hire(self, user: str, name: str, *, email: str = "", kind: PersonKind = PersonKind.HUMAN) -> str:
        return self.tracker.add_user(user, name, email=email, kind=kind)

    def dismiss(self, user: str) -> None:
        self.tracker.deactivate(user)

    def create(self, values: Mapping[str, object], *, by: str) -> TicketRef:
        key = self.tracker.create(values, by=by)
        return TicketRef(key.rpartition("-")[2], key)

    def set(self, ticket: TicketRef, field: str, value: object, *, by: str) -> None:
        self.tracker.set(ticket.id, {field: value}, by=by)

    def move(self, ticket: TicketRef, stage: Stage, *, by: str) -> None:
        self.tracker.move(ticket.id, stage.value.replace("_", "-"), by=by)

    def comment(self, ticket: TicketRef, text: str, *, by: str) -> str:
        return self.tracker.comment(ticket.id, text, by=by)

    def edit_comment(self, ticket: TicketRef, comment: str, text: str, *, by: str) -> None:
        self.tracker.edit_comment(comment, text)

    def delete_comment(self, ticket: TicketRef, comment: str, *, by: str) -> None:
        self.tracker.delete_comment(comment)

    def delete(self, ticket: TicketRef, *, by: str) -> None:
        self.tracker.delete(ticket.id)

    def hide(self) -> None:
        """Somebody has put another file in the tracker's place."""
        for suffix in ("", "-wal", "-shm"):
            held = self.path.with_name(self.path.name + suffix)
            if held.exists():
                held.rename(held.with_suffix(".away" + suffix))
        self.path.write_text("not a tracker" * 100)

    def leave(self, ticket: TicketRef) -> None:
        self.tracker.flag(ticket.id, by=ACCOUNT, on=False)

    def spoil(self, ticket: TicketRef) -> None:
        """Somebody has been in the file with another program."""
        self.tracker.store.rows(f"UPDATE tickets SET created_at = 'banana' WHERE id = {int(ticket.id)}")

    def ignore(self, field: str) -> None:
        """A trigger of the database takes back what escsync writes."""
        (native,) = self.vocabulary.fields.get(field, (field,))
        self.tracker.store.rows(
            f"CREATE TRIGGER ignored AFTER INSERT ON changes WHEN NEW.field = '{native}' AND NEW.actor = '{ACCOUNT}'"
            " BEGIN DELETE FROM changes WHERE id = NEW.id; END"
        )

    def section(self) -> dict[str, Any]:
        return {
            "adapter": "local",
            "connection": {"path": str(self.path)},
            "stages": {
                "candidate": "Candidate",
                "intake": "Intake",
                "investigation": "Investigation",
                "solution_design": "Solution design",
                "customer_update": "Customer update",
                "resolution_pending": "Resolution pending",
                "closed": "Closed",
                "rejected": "Rejected",
                "duplicate": "Duplicate",
            },
        }

    def environ(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        self.tracker.close()
