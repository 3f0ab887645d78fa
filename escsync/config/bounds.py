"""Bounds: what the schema can tell of a value beyond its type, so that an editor completes it and marks a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escsync.domain.assessment import CLOCK_NAMES
from escsync.domain.fields import ROOT_CAUSES, SEVERITIES, TIERS, TONES
from escsync.domain.people import Function

DURATION = (
    r"^(P(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?|(\d+ ?([wdhsWDHS]|[mM]([iI][nN])?) ?)+)$"
)
SHARE = r"^\d+(\.\d+)?%$"
ZONE = r"^(\$\{(env|file):[^{}]+\}|[A-Za-z_]+(/[A-Za-z0-9_+-]+)*)$"
"""How an IANA name looks, or a reference to one; whether there is such a zone, the loader knows."""
LEDGER = r"^(sqlite:///.+|postgresql\+psycopg://.+|\$\{(env|file):.+)$"
ADDRESS = r"^([A-Za-z][A-Za-z0-9+.-]*://|\$\{(env|file):)"
TRACKER = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
_CURRENCY = r"^[A-Z]{3}$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_HOURS = {"type": "string", "pattern": r"^(\s*\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}\s*(,|$))+$"}
_WEEKDAYS = r"^\s*(([mM]on|[tT]ue|[wW]ed|[tT]hu|[fF]ri|[sS]at|[sS]un)[a-z]*\s*([-,]\s*|$))+$"

POLICY: Mapping[str, Mapping[str, Any]] = {
    "Analytics.fiscal_start_month": {"minimum": 1, "maximum": 12},
    "Analytics.threshold": {"minimum": 1},
    "Duplicates.similarity": {"minimum": 0, "maximum": 100},
    "BusinessHours.hours": {
        "propertyNames": {"pattern": _WEEKDAYS},
        "additionalProperties": {"anyOf": [_HOURS, {"type": "array", "items": _HOURS}]},
    },
    "MoneyRule.reporting_currency": {"pattern": _CURRENCY},
    "MoneyRule.rates": {
        "propertyNames": {"pattern": _DAY},
        "additionalProperties": {
            "type": "object",
            "propertyNames": {"pattern": _CURRENCY},
            "additionalProperties": {"type": ["number", "string"]},
        },
    },
    "Policy.routing": {
        "propertyNames": {"enum": list(ROOT_CAUSES)},
        "additionalProperties": {"enum": [each.value for each in Function]},
    },
    "PriorityRule.highest_tier": {"enum": list(TIERS)},
    "PriorityRule.severe": {"items": {"enum": list(SEVERITIES)}},
    "PriorityRule.urgent_tones": {"items": {"enum": list(TONES)}},
    "Waiver.clock": {"enum": list(CLOCK_NAMES)},
    "Waiver.cycle": {"minimum": 1},
    "Waiver.reason": {"minLength": 1},
}
"""Per class and key of the policy."""
