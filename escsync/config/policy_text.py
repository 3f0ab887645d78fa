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
from .problem import Origin, Path
from .schema import descriptions
from .sources import rule

SETTING = "--set"
"""What stands in place of a file for a value that the command line gave."""

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


def policy_yaml(
    policy: Policy, sources: Mapping[Path, Origin | None] | None = None, *, changed: bool = False
) -> str:
    """*policy* with every key, its meaning and its value; it loads back to an equal policy.

    With *sources*, each value says where it comes from. *changed*: only what differs from the defaults.
    """
    body = list(_Writer(sources, changed).mapping(policy, Policy(), "", ()))
    lines = [
        "# yaml-language-server: $schema=policy.schema.json",
        "# The policy: every reading of the process as data. A key left out keeps its default.",
        "# Durations: 90m, 2h, 7d, or ISO 8601 such as PT2H, P7D (days are calendar days).",
        *(body or ["", "# Nothing differs from the defaults."]),
    ]
    return "\n".join(lines) + "\n"


class _Writer:
    """Writes one key after the other, as far as it is wanted, with its meaning and its source."""

    def __init__(self, sources: Mapping[Path, Origin | None] | None, changed: bool) -> None:
        self._sources = sources
        self._changed = changed

    def mapping(self, rule: Any, default: Any, indent: str, path: tuple[str, ...]) -> Iterator[str]:
        """A rule with its keys; *default* is the same of the process's own."""
        told = descriptions()[type(rule).__name__]
        for each in fields(rule):
            value, name = getattr(rule, each.name), each.name
            usual = getattr(default, name, None)
            if (name == "within" and value is None) or (self._changed and value == usual):
                continue
            if not path:
                yield ""
            yield from self._key(value, usual, _comment(told[name]), indent, (*path, name))

    def _key(self, value: Any, usual: Any, comment: str, indent: str, path: tuple[str, ...]) -> Iterator[str]:
        name = path[-1]
        if path == ("timezone",) and value == Policy.timezone:
            # Written out, it would overrule the zone of escsync.yaml in every copy of this file.
            yield from _above(comment, indent)
            yield f"{indent}# {name}: {value}"
            return
        example = "" if value else _EXAMPLES.get(".".join(path), "")
        # Nothing at all after the key, where an example follows: uncommenting it is enough then.
        text = "" if example else _inline(value)
        comment = " ".join(part for part in (comment, self._source(path)) if part)
        if text is not None and len(f"{indent}{name}: {text}  # {comment}") <= _WIDTH:
            yield f"{indent}{name}: {text}  # {comment}" if text else f"{indent}{name}:  # {comment}"
        else:
            yield from _above(comment, indent)
            yield f"{indent}{name}: {text}" if text is not None else f"{indent}{name}:"
            yield from self._block(value, usual, indent + "  ", path) if text is None else ()
        yield from textwrap.indent(example, f"{indent}#   ").splitlines()

    def _block(self, value: Any, usual: Any, indent: str, path: tuple[str, ...]) -> Iterator[str]:
        if is_dataclass(value):
            yield from self.mapping(value, usual, indent, path)
        elif isinstance(value, Mapping):
            for key, each in value.items():
                before = usual.get(key) if isinstance(usual, Mapping) else None
                if self._changed and each == before:
                    continue
                text, source = _inline(each), self._source((*path, str(key)))
                source = f"  # {source}" if source else ""
                yield (
                    f"{indent}{_word(key)}: {text}{source}"
                    if text is not None
                    else f"{indent}{_word(key)}:{source}"
                )
                if text is None:
                    yield from self._block(each, before, indent + "  ", (*path, str(key)))
        elif value and isinstance(value[0], date):
            for year in sorted({day.year for day in value}):
                yield f"{indent}# {year}"
                yield from (f"{indent}- {day}" for day in value if day.year == year)
        else:
            for each in value:
                yield f"{indent}- {_inline(each) or _flow(each)}"

    def _source(self, path: tuple[str, ...]) -> str:
        """`<- policy.yaml:17`, or `<- default (ACK-1)`."""
        if self._sources is None or path not in self._sources:
            return ""
        at = self._sources[path]
        if at is not None:
            return f"<- {_said(at)}"
        number = rule(path)
        return f"<- default ({number})" if number else "<- default"


def _said(at: Origin) -> str:
    place = at.file if at.file == SETTING else f"{at.file}:{at.line}"
    return "".join(ch if ch.isprintable() else "?" for ch in place)


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
    # A path is never cut in two.
    wrapped = textwrap.wrap(comment, _WIDTH - len(indent) - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}# {line}" for line in wrapped]
