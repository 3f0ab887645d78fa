"""Jira in both dialects, for the tests that both must pass."""

from __future__ import annotations

import pytest
from fakes.jira.empty import empty
from fakes.jira.rig import DIALECTS, rig
from fakes.jira.site import site


@pytest.fixture(params=DIALECTS)
def jira(request):
    """A plain project, on Cloud and on Data Center."""
    with rig(request.param) as made:
        yield made


@pytest.fixture
def cloud():
    """A Cloud site on its first day."""
    with rig("cloud", empty()) as made:
        yield made


@pytest.fixture
def server():
    """A Data Center on its first day."""
    with rig("datacenter", empty()) as made:
        yield made


@pytest.fixture(params=DIALECTS)
def desk(request):
    """A service project, on Cloud and on Data Center."""
    with rig(request.param, site("service_desk")) as made:
        yield made
