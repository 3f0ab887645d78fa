"""The local tracker keeps the contract."""

from __future__ import annotations

from pathlib import Path

from fakes.local_humans import LocalHumans

from escsync.testing import AdapterContract, Humans


class TestLocal(AdapterContract):
    """One SQLite file per test."""

    def humans(self, folder: Path) -> Humans:
        return LocalHumans(folder)
