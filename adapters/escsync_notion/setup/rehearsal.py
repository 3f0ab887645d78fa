"""A page to try a whole round on: made for it, told apart by its title and its mark, and thrown away after it."""

from __future__ import annotations

from escsync.adapter import Denied, Draft, Rejected, TicketRef, Vanished

from ..connection import Connection
from ..creation import Creation
from .explorer import title
from .guide import UPDATE_CONTENT

_WHAT = "throwing the test page away"
_BY_HAND = "open the page in Notion: ... > Move to trash"
_TITLE = "A test by escsync, which may be deleted"


def scratch(creation: Creation, mark: str) -> TicketRef:
    """A page that *mark* finds, and whose title says what it is; one that is there already is taken."""
    found = next(creation.find([mark]), None)
    return found.ref if found else creation.create(Draft(mark, {"summary": f"{_TITLE} ({mark})"}))


def discard(connection: Connection, ref: TicketRef, me: str) -> None:
    """To the trash with it, if it is a test that our own account made; one that is gone already is well."""
    try:
        raw = connection.get(f"pages/{ref.id}", what=_WHAT).page()
        if raw.get("in_trash") is True:
            return
        maker = raw.get("created_by")
        if not title(raw).startswith(_TITLE) or not isinstance(maker, dict) or maker.get("id") != me:
            raise Rejected(
                f"{_WHAT}: {ref.key or ref.id} is no test that escsync made", remedy="look at it in Notion"
            )
        connection.patch(f"pages/{ref.id}", {"in_trash": True}, what=_WHAT, needs=UPDATE_CONTENT)
    except Vanished:
        return
    except Denied as error:
        raise Denied(error.message, remedy=f"{error.remedy}; by hand: {_BY_HAND}") from None
