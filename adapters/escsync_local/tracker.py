"""What people do on a local tracker: open tickets, assign them, move them, talk on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from escsync.adapter import PersonKind

from .store import Store, plain, stamp


class Refused(Exception):
    """The tracker's own rules forbid this; *field* says where they do."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Missing(Exception):
    """There is no such ticket or comment."""


class LocalTracker:
    """The tracker as its users see it; *clock* is its server's clock.

    A ticket is named by its id or its key, a person by a user id. A field is any name with any value that JSON can
    hold; instants, days and numbers may be given as such, people by user id or as mere text.
    """

    def __init__(self, path: Path | str, clock: Callable[[], datetime], *, project: str = "ESC") -> None:
        self.clock = clock
        self.store = Store(Path(path), project=project)

    def add_user(
        self,
        user: str,
        name: str,
        *,
        email: str = "",
        username: str = "",
        kind: PersonKind = PersonKind.HUMAN,
        customer: bool = False,
    ) -> str:
        """Add a colleague, a queue, a bot or a *customer*."""
        with self.store.changing() as link:
            link.execute(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (user, name, email, username, kind.value, customer),
            )
        return user

    def deactivate(self, user: str) -> None:
        """Somebody leaves the company: no ticket changes, but the user is inactive from now on."""
        self._change_user(user, stamp(self.clock()))

    def reactivate(self, user: str) -> None:
        """Somebody is back."""
        self._change_user(user, None)

    def add_status(self, status: str, name: str, *, done: bool = False) -> str:
        """Add a status to the workflow."""
        with self.store.changing() as link:
            link.execute(
                "INSERT INTO statuses SELECT ?, ?, ?, 1 + max(place) FROM statuses", (status, name, done)
            )
        return status

    def create(self, fields: Mapping[str, object], *, by: str, flagged: bool = True) -> str:
        """Open a ticket and return its key; only a *flagged* one is an executive escalation."""
        with self.store.changing():
            return self.open(fields, by=by, flagged=flagged)[1]

    def set(self, ticket: str, fields: Mapping[str, object], *, by: str) -> None:
        """Give fields new values; one that already has the value is no change."""
        with self.store.changing():
            self.put(self.find(ticket), fields, by=by)

    def move(self, ticket: str, status: str, *, by: str) -> None:
        """Change the status, named by id or name."""
        self.set(ticket, {"stage": status}, by=by)

    def flag(self, ticket: str, *, by: str, on: bool = True) -> None:
        """Declare the ticket an executive escalation, or take that back."""
        with self.store.changing() as link:
            number = self.find(ticket)
            self._touch(number)
            link.execute(
                "UPDATE tickets SET flagged = ?, ever_flagged = max(ever_flagged, ?),"
                " entered_at = CASE WHEN ? AND NOT ever_flagged THEN ? ELSE entered_at END WHERE id = ?",
                (on, on, on, stamp(self.clock()), number),
            )

    def comment(self, ticket: str, text: str, *, by: str, public: bool = False) -> str:
        """Write a comment: internal, unless *public* or by a customer; returns its id."""
        with self.store.changing():
            return self.say(self.find(ticket), text, by=by, public=public)

    def edit_comment(self, comment: str, text: str) -> None:
        """Change a comment's text; the tracker stamps that it was edited."""
        with self.store.changing():
            self.rewrite(comment, text)

    def delete_comment(self, comment: str) -> None:
        """Remove a comment without a trace."""
        with self.store.changing() as link:
            self._touch(self._home(comment))
            link.execute("DELETE FROM comments WHERE id = ?", (comment,))

    def delete(self, ticket: str) -> None:
        """Remove a ticket without a trace."""
        with self.store.changing() as link:
            link.execute("DELETE FROM tickets WHERE id = ?", (self.find(ticket),))

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    # What follows happens within a transaction of the caller's.

    def find(self, ticket: str) -> int:
        """A ticket's number by its id or key."""
        row = self.store.row("SELECT id FROM tickets WHERE key = ? OR id = ?", ticket, ticket)
        if row is None:
            raise Missing(f"there is no ticket {ticket}")
        return int(row["id"])

    def open(
        self,
        fields: Mapping[str, object],
        *,
        by: str,
        flagged: bool = True,
        marker: str | None = None,
        parent: int | None = None,
    ) -> tuple[int, str]:
        """Open a ticket; returns its number and its key."""
        now = stamp(self.clock())
        with_status = {"stage": "intake", **fields}
        row = self.store.row(
            "INSERT INTO tickets (key, created_at, updated_at, created_by, revision, flagged, ever_flagged, marker,"
            " parent) VALUES ('', ?, ?, ?, 0, ?, ?, ?, ?) RETURNING id",
            *(now, now, self._user(by), flagged, flagged, marker, parent),
        )
        assert row is not None, "an insert returns its row"
        number = int(row["id"])
        key = f"{self.store.about('project')}-{number}"
        self.store.rows("UPDATE tickets SET key = ? WHERE id = ?", key, number)
        self.put(number, with_status, by=by)
        return number, key

    def put(self, number: int, fields: Mapping[str, object], *, by: str) -> None:
        """Give fields new values and record the change."""
        held = self.values(number)
        fresh = {name: self._checked(name, plain(value)) for name, value in fields.items()}
        fresh = {name: value for name, value in fresh.items() if held.get(name) != value}
        if not fresh and held:
            return
        revision = self._touch(number)
        for name, value in fresh.items():
            self.store.rows(
                "INSERT INTO changes (ticket, revision, field, at, actor, value) VALUES (?, ?, ?, ?, ?, ?)",
                *(number, revision, name, stamp(self.clock()), self._user(by), json.dumps(value)),
            )

    def say(self, number: int, text: str, *, by: str, public: bool = False) -> str:
        """Write a comment; returns its id."""
        self._touch(number)
        row = self.store.row(
            "INSERT INTO comments (ticket, author, created_at, public, body) VALUES (?, ?, ?, ?, ?) RETURNING id",
            *(number, self._user(by), stamp(self.clock()), public, text),
        )
        assert row is not None, "an insert returns its row"
        return str(row["id"])

    def rewrite(self, comment: str, text: str) -> None:
        """Change a comment's text."""
        self._touch(self._home(comment))
        self.store.rows(
            "UPDATE comments SET body = ?, edited_at = ? WHERE id = ?",
            *(text, stamp(self.clock()), comment),
        )

    def unsay(self, comment: str) -> None:
        """Delete a comment; one that is gone already is gone."""
        if self.store.row("SELECT 1 FROM comments WHERE id = ?", comment) is not None:
            self._touch(self._home(comment))
            self.store.rows("DELETE FROM comments WHERE id = ?", comment)

    def values(self, number: int) -> dict[str, Any]:
        """What each field of a ticket holds now."""
        rows = self.store.rows("SELECT field, value FROM changes WHERE ticket = ? ORDER BY id", number)
        return {row["field"]: json.loads(row["value"]) for row in rows}

    def _checked(self, name: str, value: Any) -> Any:
        if name == "stage":
            wanted = str(value)
            row = self.store.row(
                "SELECT id FROM statuses WHERE id = ? OR lower(name) = lower(?)", *[wanted.strip()] * 2
            )
            if row is None:
                raise Refused("there is no such status", name)
            return row["id"]
        if name == "owner":
            for user in value if isinstance(value, list) else [value]:
                row = self.store.row("SELECT inactive_since FROM people WHERE id = ?", str(user))
                if row is not None and row["inactive_since"]:
                    raise Refused(f"user {user} is inactive and cannot be assigned", name)
        return value

    def _touch(self, number: int) -> int:
        revision = self.store.next_revision()
        self.store.rows(
            "UPDATE tickets SET revision = ?, updated_at = ? WHERE id = ?",
            *(revision, stamp(self.clock()), number),
        )
        return revision

    def _user(self, user: str) -> str:
        if self.store.row("SELECT 1 FROM people WHERE id = ?", user) is None:
            raise Refused(f"there is no user {user!r}")
        return user

    def _change_user(self, user: str, inactive_since: str | None) -> None:
        with self.store.changing() as link:
            link.execute(
                "UPDATE people SET inactive_since = ? WHERE id = ?", (inactive_since, self._user(user))
            )

    def _home(self, comment: str) -> int:
        row = self.store.row("SELECT ticket FROM comments WHERE id = ?", comment)
        if row is None:
            raise Missing(f"there is no comment {comment}")
        return int(row["ticket"])
