"""The policy: read from YAML, completed with the defaults, and checked for what would have no effect."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from escsync.domain.duration import Duration
from escsync.domain.phrases import DEFAULT_PHRASES
from escsync.domain.policy import BusinessHours, Policy

from .closures import NoHolidays, holidays
from .document import Document, parse
from .manual import advised_of_policy
from .policy_checks import checks
from .problem import ConfigError, Origin, Path, Problem
from .wording import explain

_SET = "Write for example `--set clocks.ack.within=1h`."


def policy_from(data: Mapping[str, Any], *, timezone: str = "UTC") -> Policy:
    """The policy that *data* describes; ConfigError where it is none. *timezone* holds unless it names one."""
    return _sure(*read_policy(Document("policy", data), (), data, timezone))


def with_settings(policy: Policy, settings: Sequence[str]) -> Policy:
    """*policy* with some keys set otherwise, each given as `clocks.ack.within=1h`."""
    data = _plain(asdict(policy))
    origins: dict[Path, Origin] = {}
    problems: list[Problem] = []
    for number, setting in enumerate(settings, start=1):
        name, equals, text = setting.partition("=")
        path: Path = tuple(name.strip().split("."))
        if not equals or not all(path):
            problems.append(
                Problem("--set", number, (), f"{setting!r} sets nothing; write key.path=value", remedy=_SET)
            )
            continue
        try:
            value = parse(text.strip(), "--set").data
        except ConfigError as error:
            problems += [replace(found, line=number, path=path) for found in error.found]
            continue
        target = data
        for part in path[:-1]:
            target = target.setdefault(part, {}) if isinstance(target, dict) else target
        if isinstance(target, dict):
            target[path[-1]] = value
            at = Origin("--set", number)
            origins |= {path[:depth]: at for depth in range(1, len(path) + 1)}
        else:
            problems.append(
                Problem("--set", number, path, "takes a value and has no keys below it", remedy=_SET)
            )
    document = Document("--set", data, origins)
    found, wrong = read_policy(document, (), data, policy.timezone)
    return _sure(found, [*problems, *wrong])


def read_policy(
    document: Document, prefix: Path, data: object, timezone: str
) -> tuple[Policy | None, list[Problem]]:
    """The policy that stands at *prefix* of *document*, and all that is wrong with it."""
    completed = _completed(data, timezone)
    try:
        policy = _adapter().validate_python(completed)
        problems: list[Problem] = []
    except ValidationError as error:
        problems = list(explain(error, document, prefix, completed, policy_schema()))
        # What is well is checked all the same, so that nobody has to come back for each next mistake.
        rest = _without(completed, {problem.path[len(prefix) :] for problem in problems})
        try:
            policy = _adapter().validate_python(rest)
        except ValidationError:
            return None, problems
    for path, message, suggestion, *remedy in checks(policy):
        problems.append(document.problem((*prefix, *path), message, suggestion, remedy="".join(remedy)))
    calendars: dict[str, BusinessHours] = {}
    for name, calendar in policy.calendars.items():
        try:
            closed = holidays(calendar.holidays) if isinstance(calendar.holidays, str) else calendar.holidays
        except NoHolidays as error:
            where: Path = (*prefix, "calendars", name, "holidays")
            problems.append(document.problem(where, str(error), error.suggestion))
            continue
        calendars[name] = replace(calendar, holidays=closed)
    return (None if problems else replace(policy, calendars=calendars)), problems


@cache
def policy_schema() -> dict[str, Any]:
    """What pydantic knows of the policy's shape."""
    return _adapter().json_schema()


@cache
def _adapter() -> TypeAdapter[Policy]:
    return TypeAdapter(Policy)


def _completed(data: object, timezone: str) -> object:
    if data is None:
        return {"timezone": timezone}
    if not isinstance(data, Mapping):
        return data
    # A section whose keys are all commented out is empty in YAML, and means its defaults.
    content = {key: value for key, value in _plain(data).items() if value is not None}
    for section in ("clocks", "comms", "money"):
        if isinstance(content.get(section), dict):
            content[section] = {k: v for k, v in content[section].items() if v is not None}
    comms = content.get("comms")
    if isinstance(comms, dict) and isinstance(comms.get("phrases"), dict):
        # Who adds phrases for one element does not mean to lose those of the others.
        defaults = {element.value: phrases for element, phrases in DEFAULT_PHRASES.items()}
        content["comms"] = {**comms, "phrases": {**defaults, **comms["phrases"]}}
    return {"timezone": timezone, **content}


def _without(value: Any, wrong: Collection[Path], path: Path = ()) -> Any:
    """*value* without what stands at the *wrong* paths."""
    if isinstance(value, dict):
        return {k: _without(v, wrong, (*path, k)) for k, v in value.items() if (*path, k) not in wrong}
    if isinstance(value, list):
        return [_without(v, wrong, (*path, i)) for i, v in enumerate(value) if (*path, i) not in wrong]
    return value


def _plain(value: Any) -> Any:
    """A copy of *value* in which durations that were taken apart are whole again."""
    if isinstance(value, Mapping):
        if value and value.keys() == {"months", "days", "seconds"}:
            return Duration(**value)
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def _sure(policy: Policy | None, problems: Sequence[Problem]) -> Policy:
    if policy is None or problems:
        raise ConfigError(sorted(map(advised_of_policy, problems), key=lambda p: p.line))
    return policy
