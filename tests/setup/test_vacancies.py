"""Steps for which no status stands are told by doctor and by provisioning, with what it means."""

from __future__ import annotations

import pytest

from escsync.adapter import Level, Stage, Vocabulary
from escsync.setup import vacancies

THREE = {
    Stage.INTAKE: ("To Do",),
    Stage.INVESTIGATION: ("In Progress",),
    Stage.CUSTOMER_UPDATE: (),
    Stage.CLOSED: ("Done",),
}
ALL = {stage: (stage.value,) for stage in list(Stage)[:9]}
LACKING = ["stages.solution_design", "stages.customer_update", "stages.resolution_pending"]


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        (THREE, LACKING),
        (ALL, []),
        ({**ALL, Stage.CANDIDATE: (), Stage.REJECTED: (), Stage.DUPLICATE: ()}, []),
        ({**ALL, Stage.CLOSED: ()}, ["stages.closed"]),
        ({}, []),
    ],
)
def test_each_step_without_a_status_is_told_by_both(stages, expected):
    """Side exits need none, and where nothing is mapped at all the adapter has its say."""
    words = Vocabulary(stages=stages)

    warned, lacking = list(vacancies.warnings(words)), list(vacancies.gaps(words))

    assert [line.subject for line in warned] == [gap.subject for gap in lacking] == expected
    assert {line.level for line in warned} <= {Level.WARNING}
    assert all("create a status" in line.remedy and "or leave it" in line.remedy for line in warned)
    assert all(gap.by_hand and not gap.found for gap in lacking)
