"""A rehearsal on a local tracker: one ticket to try everything on, and whether the file lets escsync work at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from escsync.adapter import Level, Problem, Rejected, TicketRef

from .link import Link
from .store import ACCOUNT

_TEST = "escsync's own test, may be deleted"


class Rehearsal(Link):
    """Makes a ticket for a test and takes it away; says what the file's rights allow."""

    def scratch(self, mark: str) -> TicketRef:
        """A flagged ticket; the same one where this mark has one."""

        def made() -> TicketRef:
            with self._store.changing():
                row = self._store.row("SELECT id, key FROM tickets WHERE marker = ?", mark)
                if row is not None:
                    return TicketRef(str(row["id"]), str(row["key"]))
                number, key = self._tracker.open({"summary": f"{_TEST} ({mark})"}, by=ACCOUNT, marker=mark)
                return TicketRef(str(number), key)

        return self._call(made, safe=True)

    def discard(self, ref: TicketRef) -> None:
        """Delete it; a ticket that is no test of ours is left alone."""

        def gone() -> None:
            with self._store.changing():
                row = self._store.row("SELECT id, created_by FROM tickets WHERE id = ?", ref.id)
                if row is None:
                    return
                summary = str(self._tracker.values(int(row["id"])).get("summary", ""))
                if row["created_by"] != ACCOUNT or not summary.startswith(_TEST):
                    raise Rejected(f"{ref.key or ref.id} is no test of escsync's", remedy="it stays as it is")
                self._store.rows("DELETE FROM tickets WHERE id = ?", row["id"])

        self._call(partial(gone), safe=True)

    def rights(self, mode: str) -> Iterator[Problem]:
        """The file and its folder must be writable, even to be read: SQLite keeps its own notes beside the file."""
        path = self.path
        if not path.exists():
            yield Problem(
                Level.WARNING,
                "right to the file",
                f"there is no {path.name} yet",
                "`escsync provision --apply` makes it; so does the first pass",
            )
            return
        refused = [one for one in (path, path.parent) if not os.access(one, os.R_OK | os.W_OK)]
        for one in refused:
            yield Problem(
                Level.FAIL,
                "right to the file",
                f"{one} cannot be read and written by the account that runs escsync",
                f"chown or chmod {one}",
                "RIGHT",
            )
        if not refused:
            yield Problem(Level.OK, "right to the file", f"{path.name} can be read and written")
        if path.stat().st_mode & 0o002:
            yield Problem(
                Level.WARNING,
                "right to the file",
                f"everybody on this machine may write {path.name}: more than is needed",
                f"chmod o-w {path}",
                "EXCESS",
            )
