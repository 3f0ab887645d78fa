"""Effects: what escsync does to trackers, each recorded before it is tried and settled by what is seen after it."""

from __future__ import annotations

from .recovery import recover
from .sending import Order, Sent, outcome, send
from .traces import after, digest, same, shown, shows, step

__all__ = ["Order", "Sent", "after", "digest", "outcome", "recover", "same", "send", "shown", "shows", "step"]
