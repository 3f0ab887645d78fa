"""A record: all that is known of one ticket, and of the world around it, before anybody judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .account import Accounts
from .communication import Reading
from .evidence import Evidence
from .people import Directory
from .policy import Policy
from .ticket import Ticket
from .twins import Marks


@dataclass(frozen=True, slots=True)
class Record:
    """All that the ledger knows of one ticket.

    *ticket* is the ticket as last seen, its history complete: grade A where the tracker records changes, grade
    B where polls saw them, its messages as first seen and without text unless `store_text` is on. *readings* has
    one entry per message id. *gone* are messages seen to be deleted, *vanished* the ticket itself. *inactive*
    says since when native ids are seen deactivated. *pins* is the policy per cycle, counted over the ticket's
    whole life. *ours* is the native id of escsync's own account.
    """

    tracker: str
    ticket: Ticket
    readings: Mapping[str, Reading] = field(default_factory=dict)
    gone: Mapping[str, Evidence] = field(default_factory=dict)
    vanished: Evidence | None = None
    inactive: Mapping[str, Evidence] = field(default_factory=dict)
    pins: Mapping[int, Policy] = field(default_factory=dict)
    ours: str = ""
    first_seen: datetime | None = None
    left: Evidence | None = None
    """When the ticket was seen to have left the scope, None where it is in it or nobody knows."""

    @property
    def id(self) -> str:
        """The escalation's id: tracker name and native id."""
        return f"{self.tracker}:{self.ticket.id}"


@dataclass(frozen=True, slots=True)
class World:
    """What the configuration knows beside the tickets: people, accounts and the company's name.

    *earlier* holds, per account, when its other executive escalations were identified, each with its id.
    """

    directory: Directory
    accounts: Accounts = field(default_factory=Accounts)
    company: str = ""
    earlier: Mapping[str, tuple[tuple[datetime, str], ...]] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    """All known escalations, for telling which of them are one complaint."""
