"""The policy as commented YAML: what `escsync policy show` prints, and what config/policy.yaml is."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from escsync.domain.policy import Policy

from .document import scalar
from .schema import descriptions

_WIDTH = 110
_PLAIN = re.compile(r"[^\W\d_][\w/ .+%'-]*|\d+%|P[0-9A-Z]+", re.UNICODE)
_EXAMPLES: Mapping[str, str] = {
    "calendars": """\
ny:
  timezone: America/New_York
  hours: {mon-fri: "09:00-17:00"}
  holidays: US""",
    "routing": """\
sla_breach: support_ops             # capacity and queues; the process leaves it open
communication_failure: support      # standards and coaching; the process leaves it open""",
    "money.rates": """\
"2026-03-31": {EUR: "1.10", GBP: "1.27"}    # USD per unit; the newest table of a period is used""",
    "waivers": """\
- {id: EXEC-42, clock: update, by: dana, reason: The customer asked for silence until Monday.}""",
}
"""What an empty section could hold, shown as a comment."""


def policy_yaml(policy: Policy) -> str:
    """*policy* with every key, its meaning and its value; it loads back to an equal policy."""
    lines = [
        "# yaml-language-server: $schema=policy.schema.json",
        "# The policy: every reading of the process as data. A key left out keeps its default.",
        "# Durations: 90m, 2h, 7d, or ISO 8601 such as PT2H, P7D (days are calendar days).",
        *_mapping(policy, "", ()),
    ]
    return "\n".join(lines) + "\n"


def _mapping(rule: Any, indent: str, path: tuple[str, ...]) -> Iterator[str]:
    told = descriptions()[type(rule).__name__]
    for each in fields(rule):
        value, name = getattr(rule, each.name), each.name
        comment = _comment(told[name])
        if not path:
            yield ""
        if (*path, name) == ("timezone",) and value == Policy.timezone:
            # Written out, it would overrule the zone of escsync.yaml in every copy of this file.
            yield from _above(comment, indent)
            yield f"{indent}# {name}: {value}"
            continue
        if name == "within" and value is None:
            continue
        example = "" if value else _EXAMPLES.get(".".join((*path, name)), "")
        # Nothing at all after the key, where an example follows: uncommenting it is enough then.
        text = "" if example else _inline(value)
        if text is not None and len(f"{indent}{name}: {text}  # {comment}") <= _WIDTH:
            yield f"{indent}{name}: {text}  # {comment}" if text else f"{indent}{name}:  # {comment}"
        else:
            yield from _above(comment, indent)
            yield f"{indent}{name}: {text}" if text is not None else f"{indent}{name}:"
            yield from _block(value, indent + "  ", (*path, name)) if text is None else ()
        yield from textwrap.indent(example, f"{indent}#   ").splitlines()


def _block(value: Any, indent: str, path: tuple[str, ...]) -> Iterator[str]:
    if is_dataclass(value):
        yield from _mapping(value, indent, path)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            text = _inline(each)
            yield f"{indent}{_word(key)}: {text}" if text is not None else f"{indent}{_word(key)}:"
            if text is None:
                yield from _block(each, indent + "  ", (*path, str(key)))
    elif value and isinstance(value[0], date):
        for year in sorted({day.year for day in value}):
            yield f"{indent}# {year}"
            yield from (f"{indent}- {day}" for day in value if day.year == year)
    else:
        for each in value:
            yield f"{indent}- {_inline(each) or _flow(each)}"


def _inline(value: Any) -> str | None:
    """*value* on one line, or None where it needs several."""
    if is_dataclass(value) and not hasattr(value, "elapsed"):
        return None
    if isinstance(value, Mapping):
        return None if value else "{}"
    if isinstance(value, (list, tuple)):
        text = f"[{', '.join(_inline(each) or _flow(each) for each in value)}]"
        return text if len(text) <= 80 and not any(is_dataclass(each) for each in value) else None
    return _word(value)


def _flow(value: Any) -> str:
    inner = (f"{each.name}: {_inline(getattr(value, each.name))}" for each in fields(value))
    return "{" + ", ".join(inner) + "}"


def _word(value: Any) -> str:
    """A scalar, in quotes wherever YAML would read something else."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    text = str(value.value) if isinstance(value, Enum) else str(value)
    plain = _PLAIN.fullmatch(text) and text == text.strip() and isinstance(scalar(text), str)
    if plain:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(ch if ch.isprintable() else f"\\U{ord(ch):08x}" for ch in quoted)


def _comment(told: Mapping[str, Any]) -> str:
    words = " ".join(str(told.get("description", "")).split())
    return f"{words} ({' | '.join(map(str, told['enum']))})" if "enum" in told else words


def _above(comment: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in textwrap.wrap(comment, _WIDTH - len(indent) - 2)]
