"""Sources: where each value of the policy comes from, a line of a file or the process itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from escsync.domain.policy import Policy

from .problem import Origin, Path

_RULES: Mapping[str, str] = {
    "apply_to": "D23",
    "clocks.ack.within": "ACK-1",
    "clocks.ack.anchor": "D3",
    "clocks.immediate": "PRI-8, D12",
    "clocks.owner": "INT-6, D11",
    "clocks.investigation.within": "INV-1",
    "clocks.investigation": "D7",
    "clocks.authorization": "SOL-8, D12",
    "clocks.update.within": "UPD-1",
    "clocks.update": "D9",
    "clocks.commitment": "UPD-7, D11",
    "clocks.closure_comm": "CLO-2, D11",
    "clocks.follow_up_schedule": "CLO-3, D16",
    "clocks.follow_up.within": "CLO-4",
    "clocks.follow_up.unit": "D2",
    "clocks.follow_up": "D16",
    "calendars": "D1",
    "evidence": "D25",
    "roles": "ACK-2, D4",
    "comms.first_response": "ACK-4 to ACK-6, D5",
    "comms.customer_update": "UPD-3 to UPD-5",
    "comms.closure": "CLO-2",
    "comms.handover_required": "ACK-8, D6",
    "comms.allowed_before_investigation": "INV-6, D8",
    "comms.phrases": "D5",
    "comms.substance": "D8",
    "comms.lexicon": "ENT-5b",
    "priority.immediate_response": "PRI-8, D12",
    "priority.long_tenure": "PRI-7, D13",
    "priority.first_time_lookback": "PRI-7, D14",
    "priority.highest_tier": "PRI-1, D15",
    "priority.severe": "PRI-2 to PRI-4, D15",
    "priority.urgent_tones": "PRI-8, D15",
    "solution": "SOL-8, D12",
    "root_cause": "LRN-3, D17",
    "lifecycle": "D21",
    "duplicates": "ENT-8",
    "analytics.threshold": "LRN-12",
    "analytics": "D18",
    "routing": "D19",
    "money": "D24",
}
"""The rule of the process, or the reading of it (D...), that a key's default follows; the longest name that fits holds."""


def rule(path: Path) -> str:
    """The number of the rule behind the default at *path*, "" where it is escsync's own."""
    if path[:1] == ("clocks",) and path[2:] == ("calendar",):
        return "D1"
    if path[:1] == ("clocks",) and path[2:] == ("due_soon",):
        return ""
    for depth in range(len(path), 0, -1):
        if (found := _RULES.get(".".join(map(str, path[:depth])))) is not None:
            return found
    return ""


def values(policy: Policy) -> Iterator[tuple[Path, Any]]:
    """Every value of *policy* by its path; a list is one value."""
    yield from _below(policy, ())


def sources(
    policy: Policy, origins: Mapping[Path, Origin], given: Mapping[Path, Origin] | None = None
) -> dict[Path, Origin | None]:
    """Where each value comes from: a file, or what the command line has *given* with all below it; None is the process."""
    return {
        path: next((at for key, at in (given or {}).items() if path[: len(key)] == key), origins.get(path))
        for path, _ in values(policy)
    }


def _below(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if is_dataclass(value) and not hasattr(value, "elapsed"):
        for each in fields(value):
            inner = getattr(value, each.name)
            if not (each.name == "within" and inner is None):
                yield from _below(inner, (*path, each.name))
    elif isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _below(each, (*path, str(key)))
    else:
        yield path, value
