"""The demo shows every kind of trouble, whenever it is played."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from escsync.adapter import MessageKind
from escsync.config import load
from escsync.demo import build
from escsync.testing import Program

NOWS = [
    datetime(2026, 11, 23, 15, 50, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, 59, tzinfo=UTC),
]


@pytest.fixture(params=NOWS, ids=str)
def project(request, tmp_path):
    """The folder as the demo leaves it, and the instant at which it was played."""
    build(tmp_path, request.param)
    return tmp_path, request.param


def test_it_is_a_project_like_any_other(project):
    """Its files load without a complaint, and everybody in them is in the tracker."""
    folder, _ = project

    config = load(folder / "escsync.yaml", environ={})

    assert set(config.trackers) == {"support"}
    assert all("support" in person.ids for person in config.directory.people.values())
    assert config.trackers["support"].vocabulary.markers[MessageKind.ACKNOWLEDGEMENT]
    assert sorted(path.name for path in folder.iterdir()) == [
        "accounts.csv",
        "escsync.yaml",
        "people.yaml",
        "tracker.db",
    ]


def test_every_kind_of_trouble_is_on_the_board(project):
    """Breached, due soon, ownerless, a queue's, Tier 1's, a raw template, reopened, waiting, complete and more."""
    folder, now = project
    program = Program(folder)

    first = program("sync", at=now)
    board = program("list", at=now).json["escalations"]
    second = program("sync", at=now)

    codes = {finding["code"] for one in board for finding in one["findings"]}
    stages = {one["stage"] for one in board}
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert len(board) >= 12
    assert stages >= {
        "candidate",
        "intake",
        "investigation",
        "solution_design",
        "customer_update",
        "resolution_pending",
        "closed_follow_up_due",
        "complete",
        "duplicate",
    }
    assert codes >= {
        "ACK_BREACHED",
        "ACK_BY_TIER1",
        "ACK_DUE_SOON",
        "AUTHORIZATION_PENDING",
        "AUTO_REPLY_ONLY",
        "CHURN_SIGNAL",
        "CLOSED_WITHOUT_ROOT_CAUSE",
        "IMMEDIATE_RESPONSE_DUE",
        "INVESTIGATION_DUE_SOON",
        "OWNER_IS_QUEUE",
        "OWNER_MISSING",
        "STEP_SKIPPED:investigation",
        "TEMPLATE_PLACEHOLDER",
        "UPDATE_DUE_SOON",
    }
    assert {one["cycle"] for one in board} == {1, 2}
    assert {one["priority"] for one in board} == {"P0", "P1", "P2"}
    applied, again = (answer.json["trackers"]["support"] for answer in (first, second))
    assert applied["applied"] == applied["planned"] > 20
    assert again["planned"] == again["applied"] == 0
