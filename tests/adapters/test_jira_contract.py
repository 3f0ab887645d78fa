"""The Jira adapter keeps the contract, on Cloud and on Data Center."""

from __future__ import annotations

from pathlib import Path

from fakes.jira_humans import JiraHumans

from escsync.testing import AdapterContract, Humans


class TestCloud(AdapterContract):
    """REST v3; a site per test."""

    def humans(self, folder: Path) -> Humans:
        return JiraHumans("cloud")


class TestDataCenter(AdapterContract):
    """REST v2, whose users do not say whether they are bots."""

    tells_bots = False

    def humans(self, folder: Path) -> Humans:
        return JiraHumans("datacenter")
