"""The page of what each tracker supports, whose table is in the README as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, get_type_hints

from escsync import offers, registry
from escsync.adapter import Capabilities

from .made import MADE


@dataclass(frozen=True, slots=True)
class Column:
    """One tracker: its *title*, its *page*, and what it *can* do when everything is granted."""

    title: str
    page: str
    can: Capabilities


COLUMNS: Mapping[str, Column] = {
    "jira": Column("Jira Cloud, Data Center", "jira.md", Capabilities()),
    "salesforce": Column("Salesforce Case", "salesforce.md", Capabilities(compare_and_set=True)),
    "notion": Column("Notion", "notion.md", Capabilities(history=False, apart=True)),
    "local": Column("local", "tutorial.md", Capabilities(compare_and_set=True)),
}
"""The adapters that are shipped; tests/docs/test_support.py compares what they can do with live connections to fakes."""
OFFERS = {
    "`escsync init` discovers fields and statuses": offers.Explorer,
    "`escsync provision` makes what is missing": offers.Provisioner,
    "`escsync drift` knows its schema": offers.Outlined,
    "`escsync doctor` checks each right": offers.Rightful,
    "`escsync doctor --write-test`": offers.Rehearsed,
}


def trackers() -> Iterator[str]:
    """What each tracker supports, in words."""
    yield "# What each tracker supports"
    yield ""
    yield f"{MADE}."
    yield ""
    yield from support("")
    yield ""
    yield "- **Who changed which field, when**: with a history of its own, the first pass reconstructs the past; without one it is known from"
    yield "  escsync's own looks. [Evidence](evidence.md) says what that means for a verdict."
    yield "- **Customer messages of its own**: in trackers without them a comment that begins with a marker (`#ack`) is the record of a message."
    yield "- **Internal note**: one per ticket, kept up to date, and never visible to a customer; where that cannot be proven it is not written."
    yield "- **Conditional writes**: the tracker itself refuses to write to a ticket that somebody has changed since it was read. Elsewhere"
    yield "  escsync reads right before and after: [People have the last word](safety.md#people-have-the-last-word)."
    yield "- **Calls of an idle pass**: how much a pass asks where nothing has happened."
    yield ""
    yield "Findings, deadlines and verdicts are the same on all of them: [parity](parity.md)."


def support(folder: str = "docs/") -> Iterator[str]:
    """The table; links go to *folder*."""
    columns = COLUMNS.items()
    yield f"| | {' | '.join(f'[{one.title}]({folder}{one.page})' for _, one in columns)} |"
    yield f"|---|{'---|' * len(COLUMNS)}"
    for name, cells in ROWS.items():
        yield f"| {name} | {' | '.join(cells(column.can) for column in COLUMNS.values())} |"
    yield f"| customer messages of its own | {' | '.join(NATIVE.values())} |"
    yield f"| calls of an idle pass | {' | '.join(IDLE.values())} |"
    for name, protocol in OFFERS.items():
        yield f"| {name} | {' | '.join('yes' if offered(plugin, protocol) else 'no' for plugin in COLUMNS)} |"


ROWS = {
    "who changed which field, when": lambda can: (
        "its own record" if can.history else "seen by escsync's looks"
    ),
    "messages as evidence": lambda can: "yes" if can.messages else "no",
    "internal note on the ticket": lambda can: "yes" if can.note else "no",
    "conditional writes": lambda can: "yes" if can.compare_and_set else "read before and after",
}
NATIVE = {
    "jira": "service projects",
    "salesforce": "e-mails, published comments",
    "notion": "no: marked comments",
    "local": "public comments",
}
IDLE = {"jira": "1", "salesforce": "1", "notion": "1, and 1 per page that waits for a message", "local": "1"}


def offered(name: str, protocol: Any) -> bool:
    """Does the adapter *name* offer *protocol*? Told by its classes; nothing is connected."""
    plugin = registry.get(name)
    if protocol is offers.Explorer:
        return registry.guide(plugin) is not None
    module, function = plugin.connect.split(":")
    connect = getattr(import_module(module), function)
    adapter = get_type_hints(connect)["return"]
    members = [
        member for member in vars(protocol) if not member.startswith("_") and callable(vars(protocol)[member])
    ]
    return all(hasattr(adapter, member) for member in members)
