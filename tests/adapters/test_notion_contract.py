"""The Notion adapter keeps the contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.notion.admins import NotionAdmins
from fakes.notion_humans import NotionHumans

from escsync.testing import AdapterContract, Admins, Humans, OffersContract


class _InAWorkspace:
    """A workspace per test, taken down after it."""

    @pytest.fixture(autouse=True)
    def _workspace(self):
        self._open = []
        yield
        for workspace in self._open:
            workspace.close()

    def humans(self, folder: Path) -> Humans:
        self._open.append(self.workspace())
        return self._open[-1]

    def workspace(self) -> NotionHumans:
        return NotionHumans()


class TestNotion(_InAWorkspace, AdapterContract):
    """One database, everything in it."""


class TestNotionWithAccountsBesideIt(_InAWorkspace, AdapterContract):
    """The account's facts stand in a database of their own."""

    def workspace(self) -> NotionHumans:
        return NotionHumans(related=True)


class TestNotionOffers(_InAWorkspace, OffersContract):
    """A database that people have set up, without our fields."""

    def admins(self, folder: Path) -> Admins:
        self._open.append(NotionAdmins())
        return self._open[-1]
