"""What adapter authors test with: a tracker in memory, the contract, and the scenarios, as tests to inherit.

class TestMine(AdapterContract, ScenarioContract):
    def humans(self, folder: Path) -> Humans:
        return MyHumans(folder)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .contract import AdapterContract
from .contract_offers import OffersContract
from .difference import WITHOUT_HISTORY, Difference
from .humans import Admins, Humans, Losing, Staged, Trouble
from .memory import MemoryAdapter
from .mishaps import Mishaps
from .moment import Moment
from .stopwatch import Stopwatch
from .tracker import Hook, MemoryTracker

if TYPE_CHECKING:
    from .contract_scenarios import ScenarioContract
    from .player import Player
    from .program import Program
    from .scenario import Scenario, scenarios

__all__ = [
    "WITHOUT_HISTORY", "AdapterContract", "Admins", "Difference", "Hook", "Humans", "Losing", "MemoryAdapter", "MemoryTracker", "Mishaps", "Moment",
    "OffersContract", "Player", "Program", "Scenario", "ScenarioContract", "Staged", "Stopwatch", "Trouble", "scenarios",
]  # fmt: skip

_LATER = {
    "Player": "player",
    "Program": "program",
    "Scenario": "scenario",
    "ScenarioContract": "contract_scenarios",
    "scenarios": "scenario",
}
"""What brings the command line with it is loaded only when it is asked for."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
