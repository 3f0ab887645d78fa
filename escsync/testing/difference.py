"""Differences: what a scenario expects and a tracker cannot show, declared with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Difference:
    """An expectation of a scenario that does not hold on this tracker, and why that is right.

    *at* is the step's time as the file has it, *what* the expectation: `clocks.ack`, `found.CODE`, `absent.CODE`,
    `plan`, `counts`, `exit`, `stage`, ... or `second pass`. Both, and *scenario*, may be patterns such as `*`.
    """

    scenario: str
    at: str
    what: str
    reason: str

    def covers(self, scenario: str, at: str, what: str) -> bool:
        """Does it declare this?"""
        pairs = ((scenario, self.scenario), (at, self.at), (what, self.what))
        return all(fnmatchcase(told, pattern) for told, pattern in pairs)


WITHOUT_HISTORY = (
    Difference("G-6d", "09:10", "*", "a poll does not see who reopened it: it is no slip of one person"),
    Difference("P-10", "10:10", "*", "a poll does not see who reopened it: it is no slip of one person"),
    Difference("G-7d", "*", "found.FOLLOW_UP_NOT_BY_CSM", "a poll does not see who booked the follow-up"),
    Difference("P-9", "*", "found.FINDINGS_NOT_BY_OWNER", "a poll does not see who wrote the findings"),
    Difference(
        "P-15b", "13:20", "clocks.investigation", "a poll does not see on which side of the deadline it was"
    ),
)
"""What no tracker can show that records neither its changes nor their authors."""
