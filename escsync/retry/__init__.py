"""Trying again: how long to wait, how often, and when to give up, for every call to a tracker.

What became of a request decides what may follow (docs/retry.md has the table, one test holds every adapter to it):
surely not executed (`Unavailable.executed` False): repeated, whatever it was; unknown (None) or executed (True): repeated
only where twice is the same as once, else Ambiguous; answered with any other error: never repeated.
"""

from __future__ import annotations

from .budget import Budget
from .circuit import Withheld
from .patience import Patience, Pause

__all__ = ["Budget", "Patience", "Pause", "Withheld"]
