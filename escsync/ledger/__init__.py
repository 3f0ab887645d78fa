"""The ledger: what escsync has seen, decided and done. Importing this loads no database library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import Held, LedgerError, LookBack, LostLease

if TYPE_CHECKING:
    from .store import Ledger

__all__ = ["Held", "Ledger", "LedgerError", "LookBack", "LostLease"]


def __getattr__(name: str) -> Any:
    if name == "Ledger":
        from .store import Ledger

        return Ledger
    raise AttributeError(name)
