"""The Jira adapter keeps the contract, on Cloud and on Data Center."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.jira_humans import JiraHumans

from escsync.testing import AdapterContract, Humans


class _OnASite(AdapterContract):
    """A site per test, taken down after it."""

    dialect: str

    @pytest.fixture(autouse=True)
    def _site(self):
        self._sites = []
        yield
        for site in self._sites:
            site.close()

    def humans(self, folder: Path) -> Humans:
        self._sites.append(JiraHumans(self.dialect))
        return self._sites[-1]


class TestCloud(_OnASite):
    """REST v3."""

    dialect = "cloud"


class TestDataCenter(_OnASite):
    """REST v2, whose users do not say whether they are bots."""

    dialect = "datacenter"
    tells_bots = False
