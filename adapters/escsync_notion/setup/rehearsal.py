"""A page to try a whole round on: made for it, told apart by its title and its mark, and thrown away after it."""

from __future__ import annotations

from escsync.adapter import Denied, Draft, Rejected, TicketRef, Vanished

from ..connection import Connection
from ..creation import Creation
from .guide import UPDATE_CONTENT

_WHAT = "throwing the test page away"
_BY_HAND = "open the page in Notion: ... > Move to trash"


def scratch(creation: Creation, mark: str) -> TicketRef:
    """A page that *mark* finds, and whose title says what it is."""
    title = f"A test by escsync, which may be deleted ({mark})"
    return creation.create(Draft(mark, {"summary": title}))


def discard(connection: Connection, ref: TicketRef) -> None:
    """To the trash with it; one that is there already, or gone from there as well, is well."""
    try:
        connection.patch(f"pages/{ref.id}", {"in_trash": True}, what=_WHAT, needs=UPDATE_CONTENT)
    except Vanished:
        return
    except Denied as error:
        raise Denied(error.message, remedy=f"{error.remedy}; by hand: {_BY_HAND}") from None
    except Rejected as error:
        if connection.get(f"pages/{ref.id}", what=_WHAT).page().get("in_trash") is not True:
            raise Rejected(error.message, remedy=_BY_HAND) from None
