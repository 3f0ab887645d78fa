"""The contract of an adapter, as tests that every adapter inherits."""

from __future__ import annotations

from pathlib import Path

from .contract_listening import ListeningContract
from .contract_outage import OutageContract
from .contract_reading import ReadingContract
from .contract_trouble import TroubleContract
from .contract_writing import WritingContract
from .humans import Humans


class AdapterContract(ReadingContract, ListeningContract, WritingContract, OutageContract, TroubleContract):
    """Inherit this in a test class and say how people reach your tracker; pytest does the rest.

    Each capability is tested both ways: what is claimed must work, what is not claimed must be refused or absent.
    """

    def humans(self, folder: Path) -> Humans:
        """The people of a new, empty tracker; *folder* is free for its files."""
        raise NotImplementedError("say how people reach your tracker: def humans(self, folder): ...")
