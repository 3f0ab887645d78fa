"""What people have renamed is there: provisioning makes no second one beside it, and drift goes on telling it."""

from __future__ import annotations

import pytest
from e2e.test_first_hour import Admin
from fakes.first_days import FIRST_DAYS, START


def jira(day):
    field = next(one for one in day.world.fields.values() if one.name == "Root cause")
    object.__setattr__(field.options[0], "value", "Prod bug")
    return lambda: [one.value for one in field.options]


def salesforce(day):
    field = day.org.objects["Case"].fields["root_cause__c"]
    object.__setattr__(field.choices[0], "value", "Prod bug")
    object.__setattr__(field.choices[0], "label", "Prod bug")
    return lambda: [one.value for one in field.choices]


def notion(day):
    (database,) = day.world.databases.values()
    cause, status = (database.sources[0].find(name) for name in ("Root cause", "Status"))
    cause.options[0].name, status.options[1].name = "Prod bug", "Looked into"
    return lambda: [one.name for one in (*cause.options, *status.options)]


@pytest.mark.parametrize(
    ("tracker", "rename"), [("jira-cloud", jira), ("salesforce", salesforce), ("notion", notion)]
)
def test_what_was_renamed_is_not_made_a_second_time(tracker, rename, tmp_path):
    """The line says what to write instead, and what drift has to tell stays told."""
    only = [] if tracker == "notion" else ["--field", "root_cause"]
    with FIRST_DAYS[tracker](tmp_path) as day:
        day.later(START)
        admin = Admin(tmp_path, day)
        admin.ok("init", "--tracker", day.adapter, *[f"--set={k}={v}" for k, v in day.answers.items()])
        admin.ok("provision", "--apply", *only)
        admin.ok("drift", "--accept")
        shown = rename(day)
        before, told = shown(), admin("drift")

        again = admin("provision", "--apply", *only)

        assert told.code == 4
        assert shown() == before
        assert "do not make it a second time: " in again.out
        assert "Prod bug" in again.out
        assert admin("drift").out == told.out
