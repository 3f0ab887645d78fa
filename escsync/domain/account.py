"""Accounts: the facts about a customer that a tracker may lack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of accounts.csv (decision 17); empty strings and None are missing. *csm* is a people id."""

    id: str = ""
    name: str = ""
    tier: str = ""
    arr: str = ""
    currency: str = ""
    customer_since: date | None = None
    csm: str = ""
    time_zone: str = ""
    account_executive: str = ""
    renewal_date: date | None = None


class Accounts:
    """accounts.csv, joined on the account id where the tracker maps it, else on the name whatever its case."""

    def __init__(self, rows: Iterable[AccountRow] = ()) -> None:
        self.rows = tuple(rows)
        self._by_id = {row.id: row for row in self.rows if row.id}
        self._by_name = {row.name.strip().casefold(): row for row in self.rows if row.name.strip()}

    def find(self, account_id: str | None, name: str | None) -> AccountRow | None:
        """The row of this account, or None."""
        if account_id:
            return self._by_id.get(account_id)
        return self._by_name.get(name.strip().casefold()) if name else None
