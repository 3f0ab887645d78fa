"""What adapter authors test with: a tracker in memory, and the contract as tests to inherit.

class TestMine(AdapterContract):
    def humans(self, folder: Path) -> Humans:
        return MyHumans(folder)
"""

from .contract import AdapterContract
from .humans import Humans
from .memory import MemoryAdapter
from .tracker import Hook, MemoryTracker

__all__ = ["AdapterContract", "Hook", "Humans", "MemoryAdapter", "MemoryTracker"]
