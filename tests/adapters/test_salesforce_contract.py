"""The Salesforce adapter keeps the contract; where it says that nobody owns a ticket, a queue does (decision 27b)."""

from __future__ import annotations

from pathlib import Path

from fakes.salesforce.admins import SalesforceAdmins
from fakes.salesforce_humans import SalesforceHumans

from escsync.testing import AdapterContract, Admins, Humans, OffersContract


class TestSalesforce(AdapterContract):
    """An org per test. Salesforce does not say how long it wants to be left alone."""

    tells_waits = False
    always_owned = True

    def humans(self, folder: Path) -> Humans:
        return SalesforceHumans()


class TestSalesforceOffers(OffersContract):
    """An org with a field that has our name and another's meaning, and one that has our label."""

    def humans(self, folder: Path) -> Humans:
        return SalesforceHumans()

    def admins(self, folder: Path) -> Admins:
        return SalesforceAdmins()
