"""What Jira offers beside the contract keeps what the kit asks of every adapter, on Cloud and on Data Center."""

from __future__ import annotations

from pathlib import Path

from fakes.jira.admins import JiraAdmins
from fakes.jira_humans import JiraHumans

from escsync.testing import Admins, Humans, OffersContract


class TestCloud(OffersContract):
    """A company-managed project."""

    def humans(self, folder: Path) -> Humans:
        return JiraHumans("cloud")

    def admins(self, folder: Path) -> Admins:
        return JiraAdmins("cloud")


class TestDataCenter(OffersContract):
    """A server, whose options are made by hand."""

    def humans(self, folder: Path) -> Humans:
        return JiraHumans("datacenter")

    def admins(self, folder: Path) -> Admins:
        return JiraAdmins("datacenter")
