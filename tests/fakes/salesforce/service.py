"""An org behind an address: over real HTTP, or without a socket."""

from __future__ import annotations

from fakes.http import FakeServer, FakeService

from .rest import Face
from .world import Org

HOST = "https://acme.my.salesforce.com"


def salesforce(org: Org, run_as: str = "escsync") -> FakeServer:
    """*org* over HTTP on loopback, worked with as the user of this handle."""
    return FakeServer(lambda url: Face(org, url, org.users[run_as]))


def unplugged(org: Org, run_as: str = "escsync", host: str = HOST) -> FakeService:
    """*org* as a service that is reached through `fakes.doors`."""
    return FakeService(host, Face(org, host, org.users[run_as]))
