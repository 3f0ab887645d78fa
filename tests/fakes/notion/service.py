"""The API over a workspace, by HTTP on loopback or without a socket."""

from __future__ import annotations

from fakes.http import FakeServer, FakeService

from .judge import judge
from .views import ViewRoutes
from .world import Workspace

TOKEN = "ntn_00000000000fakeTokenOfTheTests"


class Api(ViewRoutes):
    """All that the fake serves."""


def notion(world: Workspace) -> FakeServer:
    """A server; what the official document does not allow fails the test, where the document is here."""
    return FakeServer(lambda base: Api(world, base, {TOKEN}), judge())


def socketless(world: Workspace) -> FakeService:
    """The same under a made-up address, for a door that needs no socket."""
    url = "http://127.0.0.1:1"
    return FakeService(url, Api(world, url, {TOKEN}), judge())
