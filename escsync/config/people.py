"""The directory: people.yaml checked person by person and against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from escsync.domain.people import Absence, Directory, Person, Tenure, local_midnight

from .document import Document
from .model import spelling
from .person import PeopleYaml, PersonYaml, moment
from .problem import Path, Problem, nearest
from .wording import explain

_ONE = "Keep it with the one whose it is, and take it away from the other."
_ELSE = "Write the id of another person, one who is there when this one is not."
_UTC = ZoneInfo("UTC")


def directory(document: Document, policy_zone: ZoneInfo) -> tuple[Directory, list[Problem]]:
    """The people of *document*, and all that is wrong with them."""
    raw = _without_empty(document.data)
    try:
        model = PeopleYaml.model_validate(raw)
    except ValidationError as error:
        schema = PeopleYaml.model_json_schema()
        problems = list(explain(error, document, (), raw, schema))
        return Directory(), [*problems, *_clashes(document, _entries(raw))]
    people = [_person(each, policy_zone) for each in model.people]
    return Directory(people, model.fallback_owner), list(_clashes(document, _entries(raw)))


def _without_empty(raw: Any) -> Any:
    """Keys with nothing behind them are as if they were not there."""
    if isinstance(raw, dict):
        return {
            key: [_without_empty(each) for each in value]
            if key == "people" and isinstance(value, list)
            else value
            for key, value in raw.items()
            if value is not None
        }
    return raw


def _entries(raw: object) -> list[Mapping[str, Any]]:
    """The persons as they stand there, whatever is wrong with them; {} keeps the place of what is none."""
    listed = raw.get("people") if isinstance(raw, dict) else None
    return [each if isinstance(each, dict) else {} for each in listed] if isinstance(listed, list) else []


def _clashes(document: Document, entries: list[Mapping[str, Any]]) -> Iterator[Problem]:
    ids: dict[object, int] = {}
    emails: dict[str, object] = {}
    native: dict[tuple[str, str], object] = {}
    for i, entry in enumerate(entries):
        own = entry.get("id")
        if isinstance(own, str) and ids.setdefault(own, i) != i:
            yield document.problem(
                ("people", i, "id"),
                f"{own!r} is the id of two people",
                remedy="Give each an id of their own.",
            )
        email = entry.get("email")
        if isinstance(email, str) and email:
            first = emails.setdefault(email.strip().casefold(), own)
            if first != own:
                yield document.problem(
                    ("people", i, "email"), f"{email!r} is already the e-mail of {first}", remedy=_ONE
                )
        given = entry.get("ids")
        for tracker, value in given.items() if isinstance(given, dict) else ():
            text = spelling(value)
            if text and native.setdefault((tracker, text), own) != own:
                holder = native[tracker, text]
                yield document.problem(
                    ("people", i, "ids", tracker), f"{text!r} already belongs to {holder}", remedy=_ONE
                )
    yield from _spans(document, entries)
    yield from _fallbacks(document, entries, [str(known) for known in ids])


def _fallbacks(document: Document, entries: list[Mapping[str, Any]], ids: list[str]) -> Iterator[Problem]:
    humans = {str(e.get("id")) for e in entries if e.get("kind", "human") == "human"}

    def named(path: Path, value: object, own: object = None) -> Iterator[Problem]:
        if not isinstance(value, str):
            return
        if value not in ids:
            near = nearest(value, ids)
            yield document.problem(path, f"{value!r} is the id of nobody in this file", near)
        elif value == own:
            yield document.problem(path, "is the same person; name somebody else", remedy=_ELSE)
        elif value not in humans:
            yield document.problem(path, f"{value!r} is no human and can own nothing", remedy=_ELSE)

    for i, entry in enumerate(entries):
        own = entry.get("id")
        yield from named(("people", i, "fallback"), entry.get("fallback"), own)
        absences = entry.get("absences")
        for j, absence in enumerate(absences if isinstance(absences, list) else ()):
            if isinstance(absence, dict):
                yield from named(("people", i, "absences", j, "fallback"), absence.get("fallback"), own)
    if isinstance(document.data, dict):
        yield from named(("fallback_owner",), document.data.get("fallback_owner"))


def _spans(document: Document, entries: list[Mapping[str, Any]]) -> Iterator[Problem]:
    for i, entry in enumerate(entries):
        for key, said in (
            ("roles", "ends before it begins: `from` must lie before `to`"),
            ("absences", "ends before it begins: `from` lies after `to`"),
        ):
            spans = entry.get(key)
            for j, span in enumerate(spans if isinstance(spans, list) else ()):
                if isinstance(span, dict) and _reversed(span, touching=key == "roles"):
                    yield document.problem(
                        ("people", i, key, j), said, remedy="Write the earlier day behind `from`."
                    )


def _reversed(span: Mapping[str, Any], *, touching: bool) -> bool:
    """Does it end before it begins? Where the end is exclusive, ends that touch leave nothing between them."""
    try:
        first, last = (moment(span.get(key)) for key in ("from", "to"))
    except ValueError:
        return False
    if first is None or last is None:
        return False
    start, end = (_edge(each, _UTC) or datetime.max.replace(tzinfo=UTC) for each in (first, last))
    return start > end or (touching and start == end)


def _person(yaml: PersonYaml, policy_zone: ZoneInfo) -> Person:
    home = ZoneInfo(yaml.time_zone) if yaml.time_zone else policy_zone
    authority = yaml.may_approve_exceptions
    return Person(
        id=yaml.id,
        name=yaml.name,
        kind=yaml.kind,
        title=yaml.title,
        email=yaml.email,
        zone=home,
        function=yaml.function,
        tenures=tuple(Tenure(r.role, _edge(r.since, home), _edge(r.until, home)) for r in yaml.roles),
        ids=dict(yaml.ids),
        absences=tuple(Absence(each.first, each.last, each.fallback) for each in yaml.absences),
        fallback=yaml.fallback,
        is_executive=yaml.is_executive,
        active=yaml.active,
        may_approve_exceptions=authority is not None,
        approve_limit=authority.limit if authority else None,
    )


def _edge(at: date | datetime | None, home: ZoneInfo) -> datetime | None:
    """A day begins at 00:00 where the person works (decision 84)."""
    return at if at is None or isinstance(at, datetime) else local_midnight(at, home)
