"""The table of what each tracker supports is what its adapter claims when it is connected."""

from __future__ import annotations

import pytest
from fakes.jira_humans import JiraHumans
from fakes.local_humans import LocalHumans
from fakes.notion_humans import NotionHumans
from fakes.salesforce_humans import SalesforceHumans
from reference.trackers import COLUMNS, OFFERS, offered

from escsync import offers, registry
from escsync.registry import Plugin

HUMANS = {
    "jira": lambda folder: JiraHumans("cloud"),
    "salesforce": lambda folder: SalesforceHumans(),
    "notion": lambda folder: NotionHumans(),
    "local": LocalHumans,
}
ACTED_UPON = ("history", "messages", "note", "compare_and_set", "incremental", "apart")


def test_every_adapter_that_is_shipped_has_its_column():
    """A new one is not forgotten."""
    assert {name for name, plugin in registry.plugins().items() if isinstance(plugin, Plugin)} >= set(COLUMNS)
    assert set(COLUMNS) == set(HUMANS)


@pytest.mark.parametrize("name", COLUMNS)
def test_the_table_says_what_the_adapter_claims(name, tmp_path):
    """Connected to a fake of its tracker that grants everything."""
    humans = HUMANS[name](tmp_path)
    try:
        adapter = humans.connect()
        claimed = adapter.capabilities
        kept = {title: isinstance(adapter, protocol) for title, protocol in OFFERS.items()}
    finally:
        getattr(humans, "close", lambda: None)()

    column = COLUMNS[name].can
    assert {n: getattr(column, n) for n in ACTED_UPON} == {n: getattr(claimed, n) for n in ACTED_UPON}
    for title, protocol in OFFERS.items():
        if protocol is not offers.Explorer:  # which is no part of a connection that maps
            assert offered(name, protocol) is kept[title], title
