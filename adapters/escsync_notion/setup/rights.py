"""Which capabilities the connection holds: Notion lists them nowhere, so each is tried on a page that does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import Denied, Level, Problem, Rejected, TrackerError, Vanished

from ..connection import Connection
from ..conversation import NOBODY
from ..discovery import Discovery
from ..drift import unheard
from ..settings import dashes
from .explorer import found, is_plain, title
from .guide import (
    FOR_PROVISIONING,
    INSERT_COMMENTS,
    INSERT_CONTENT,
    NEEDED,
    READ_COMMENTS,
    READ_USERS,
    UPDATE_CONTENT,
    needs,
)

EXCESS = "EXCESS"
_LINE = {"rich_text": [{"type": "text", "text": {"content": "escsync"}}]}
_TRIES: Mapping[str, tuple[str, str, dict[str, str], dict[str, Any] | None]] = {
    READ_COMMENTS: ("GET", "comments", {"block_id": NOBODY}, None),
    INSERT_COMMENTS: ("POST", "comments", {}, {"parent": {"page_id": NOBODY}, **_LINE}),
    UPDATE_CONTENT: ("PATCH", f"pages/{NOBODY}", {}, {"properties": {}}),
    READ_USERS: ("GET", f"users/{NOBODY}", {}, None),
    INSERT_CONTENT: ("POST", "pages", {}, {"parent": {"page_id": NOBODY}, "properties": {}}),
}
_LEARNT = {READ_COMMENTS: "read", READ_USERS: "users"}
_LOSSES = {
    INSERT_COMMENTS: "no note can be written",
    UPDATE_CONTENT: "escsync's own properties cannot be written (modes annotate and enforce)",
    READ_USERS: "people have no names, and one who left is not told from one who may not be seen",
    INSERT_CONTENT: "no page can be made: neither follow-ups nor the test page of `doctor --write-test`",
}
_FATAL = {
    "observe": (READ_COMMENTS,),
    "annotate": (UPDATE_CONTENT,),
    "provision": (UPDATE_CONTENT, INSERT_CONTENT),
}
"""Without these the mode that needs them first can do nothing."""
_SHOWN = 3
_WHERE = "Settings > Connections > the connection > Capabilities"


class Rights:
    """What the connection may do; each capability is tried once per connection."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self._tried: dict[str, bool] = {}

    def has(self, name: str) -> bool:
        """Does the connection hold this capability?"""
        if name not in self._tried:
            self._tried[name] = self._is_allowed(name)
        return self._tried[name]

    def judged(self, mode: str) -> Iterator[Problem]:
        """One line per capability as *mode* needs it or not, and what else the connection may see."""
        for name in NEEDED:
            try:
                yield self._judged(name, mode)
            except TrackerError as error:
                yield Problem(Level.FAIL, "rights", error.message, error.remedy)
                return
        for part in (self._emails, self._beyond):
            try:
                yield from part()
            except TrackerError as error:
                yield Problem(Level.WARNING, "rights", error.message, error.remedy)

    def _judged(self, name: str, mode: str) -> Problem:
        subject, needed = f"capability {name}", needs(name, mode)
        # Somebody who has yet to provision needs both.
        needed = needed or (self._discovery.settings.scope.unmade and name in FOR_PROVISIONING)
        if self.has(name):
            if needed:
                return Problem(Level.OK, subject, "granted")
            again = " and while `escsync provision --apply` runs" if name in FOR_PROVISIONING else ""
            remedy = f"switch off {name!r} ({_WHERE}); it is needed from mode {NEEDED[name]} on{again}"
            return Problem(Level.WARNING, subject, f"granted, and not needed in mode {mode}", remedy, EXCESS)
        if not needed:
            return Problem(Level.OK, subject, f"not granted, and not needed in mode {mode}")
        told = unheard().message if name == READ_COMMENTS else f"missing: {_LOSSES[name]}"
        remedy = f"give the connection the capability {name!r} ({_WHERE})"
        fatal = name in (*_FATAL["observe"], *_FATAL["annotate"], *_FATAL.get(mode, ()))
        return Problem(Level.FAIL if fatal else Level.WARNING, subject, told, remedy)

    def _is_allowed(self, name: str) -> bool:
        method, path, query, body = _TRIES[name]
        allowed = True
        try:
            self._connection.send(method, path, what="trying a capability", query=query, body=body, safe=True)
        except Denied:
            if self._connection.shut is not None:
                raise
            allowed = False
        except (Vanished, Rejected):
            pass
        if name in _LEARNT:
            self._discovery.learn(_LEARNT[name], allowed=allowed)
        return allowed

    def _emails(self) -> Iterator[Problem]:
        """Is any person shown with an e-mail address?"""
        if not self.has(READ_USERS):
            return
        pages = self._connection.listed("users", what="reading the users", needs=READ_USERS)
        people = [raw["person"] for raw in next(pages, []) if isinstance(raw.get("person"), dict)]
        subject = "capability e-mail addresses"
        if people and not any(one.get("email") for one in people):
            told = "missing: people cannot be matched by their e-mail addresses, only by their names"
            remedy = f"choose 'Read user information including email addresses' ({_WHERE})"
            yield Problem(Level.WARNING, subject, told, remedy)
        elif people:
            yield Problem(Level.OK, subject, "granted")

    def _beyond(self) -> Iterator[Problem]:
        """What is shared with the connection besides the database, and what the mapped relations lead to."""
        try:
            ours, around = self._needed()
        except TrackerError:
            return  # what is in scope cannot be told, and `check` says why
        sources = [raw for raw in found(self._connection, "data_source", 1) if not raw.get("in_trash")]
        others = [title(raw) for raw in sources if not _is_within(raw, ours, around)]
        plain = [raw for raw in found(self._connection, "page", 1) if is_plain(raw)]
        pages = [title(raw) for raw in plain if not _is_at(raw, around)]
        for names, what in ((others, "databases"), (pages, "pages")):
            if names:
                shown = ", ".join(repr(name) for name in names[:_SHOWN])
                more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
                yield Problem(
                    Level.WARNING,
                    f"shared {what}",
                    f"more is shared with the connection than is needed: {shown}{more}",
                    "take them away: open each, ... > Connections > the connection > Disconnect",
                    EXCESS,
                )
        if not others and not pages:
            yield Problem(Level.OK, "shared", "nothing but what is needed")

    def _needed(self) -> tuple[set[str], set[str]]:
        """The data sources that are in use, and the page that is there for provisioning."""
        scope = self._discovery.settings.scope
        around = {scope.page} - {""}
        if scope.unmade:
            return set(), around
        schema = self._discovery.schema
        beyond = {dashes(column.source) for column in schema.every() if column.via and column.source}
        return {schema.source, *beyond}, around


def _is_within(raw: Mapping[str, Any], ours: set[str], around: set[str]) -> bool:
    """Is it one of these data sources, or in a database right below one of these pages?"""
    above = raw.get("database_parent")
    page = above.get("page_id") if isinstance(above, dict) else ""
    return dashes(str(raw.get("id"))) in ours or dashes(str(page or "")) in around


def _is_at(raw: Mapping[str, Any], around: set[str]) -> bool:
    """Is it one of these pages, or right below one?"""
    parent = raw.get("parent")
    above = parent.get("page_id") if isinstance(parent, dict) else ""
    return bool({dashes(str(raw.get("id"))), dashes(str(above or ""))} & around)
