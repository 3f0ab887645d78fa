"""Findings: what is missing, who owes it, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is (decision 31)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return _RANKS[self]


_RANKS = {severity: n for n, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, missing or worth knowing.

    *code* may carry a subject after a colon (`FIELD_MISSING:account.arr`). *since* is when the obligation
    began, or when the event happened. *detail* is one sentence for this escalation, *remedy* what to do next.
    """

    code: str
    severity: Severity
    cycle: int
    since: datetime
    detail: str
    remedy: str

    @property
    def base(self) -> str:
        """The code without its subject."""
        return self.code.partition(":")[0]
