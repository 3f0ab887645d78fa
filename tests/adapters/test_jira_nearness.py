"""A name that Jira does not know: what was probably meant comes first, and no right is said to be lost."""

from __future__ import annotations

import pytest
from fakes.jira.provisioning import connected, gaps
from fakes.jira.rig import pull

from escsync.adapter import Level, Rejected, TrackerError

TYPO = {"project": "EXEC", "issue_type": "Escalaton"}
NEAR = "did you mean 'Escalation'? Then correct scope.issue_type"


def test_provisioning_asks_first_whether_another_name_was_meant(jira):
    """Who follows the clicks would make the misspelt thing for good."""
    stages = {"investigation": ("Investigatng",), "closed": ("Something else",)}

    (kind,) = gaps(connected(jira, scope=TYPO), only=("summary",))
    near, far = gaps(connected(jira, stages=stages), only=("summary",))

    assert kind.by_hand.startswith(f"{NEAR}; or else: ")
    assert near.by_hand.startswith(
        "did you mean 'Investigating'? Then correct stages.investigation; or else: "
    )
    assert "did you mean" not in far.by_hand


def test_a_project_that_is_nearly_there_is_named(jira):
    """By provisioning and by a pass alike."""
    scope = {"project": "EXCE", "issue_type": "Escalation"}

    with pytest.raises(Rejected) as provisioning:
        gaps(connected(jira, scope=scope))
    with pytest.raises(TrackerError) as passing:
        pull(jira.connect(scope=scope, fresh=True))

    for raised in (provisioning, passing):
        assert raised.value.remedy.startswith("did you mean 'EXEC'? Then correct scope.project; or else: ")


def test_doctor_and_a_pass_say_which_type_the_project_has_not(jira):
    """In words of ours with what to do, and not as a permission that was lost."""
    adapter = jira.connect(scope=TYPO, fresh=True)

    (scope,) = (one for one in adapter.check() if one.subject == "scope")
    with pytest.raises(TrackerError) as raised:
        pull(adapter)

    assert (scope.level, scope.message) == (Level.FAIL, "the project EXEC has no issue type 'Escalaton'")
    assert scope.remedy.startswith(NEAR)
    assert scope.message in raised.value.message
    assert raised.value.code == "REJECTED"


def test_a_scope_that_jira_does_not_understand_otherwise_has_a_remedy(jira):
    """Whatever its own words are."""
    scope = {"project": "EXEC", "issue_type": "Escalation", "jql": "nonsense = 1"}

    (line,) = (one for one in jira.connect(scope=scope, fresh=True).check() if one.subject == "scope")

    assert line.level is Level.FAIL
    assert "scope" in line.remedy
