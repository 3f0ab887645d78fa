"""Relations: what one file says about another: waivers name people, people have ids in trackers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from escsync.domain.people import Directory
from escsync.domain.policy import Policy

from .document import Document
from .problem import About, Path, Problem, nearest
from .trackers import native_form


def waiver_problems(document: Document, at: Path, policy: Policy, people: Directory) -> Iterator[Problem]:
    """Waivers of *policy*, which stands at *at* of *document*, by nobody in *people*."""
    for i, waiver in enumerate(policy.waivers if people.people else ()):
        if waiver.by not in people.people:
            said = f"{waiver.by!r} is the id of nobody in people.yaml"
            yield document.problem((*at, "waivers", i, "by"), said, nearest(waiver.by, people.people))


def id_warnings(document: Document, trackers: Iterable[object]) -> Iterator[Problem]:
    """Ids under a name that is no tracker's but nearly one: a directory may serve several configurations."""
    names = [name for name in trackers if isinstance(name, str)]
    people = document.data.get("people") if isinstance(document.data, dict) else None
    found: dict[str, list[Path]] = {}
    for i, person in enumerate(people if isinstance(people, list) else ()):
        given = person.get("ids") if isinstance(person, dict) else None
        ids: dict[str, Any] = given if isinstance(given, dict) else {}
        for name in ids:
            if name not in names and nearest(name, names) not in ("", *ids):
                found.setdefault(name, []).append(("people", i, "ids", name))
    for name, places in found.items():
        near, more = (
            nearest(name, names),
            f", under which {len(places)} people have an id" if places[1:] else "",
        )
        yield document.problem(
            places[0],
            f"there is no tracker {name!r}{more}",
            near,
            about=About.KEY,
            reason="Without an id, nobody is recognised in a tracker.",
            remedy=f"Write `{near}: ...`, or leave it where another configuration has this tracker.",
        )


def native(people: Directory, trackers: Mapping[str, Any]) -> Directory:
    """Everybody with ids in the one form in which each tracker shows them, where its adapter knows several."""
    for name, raw in trackers.items():
        if isinstance(raw, dict) and any(name in person.ids for person in people.people.values()):
            form = native_form(raw.get("adapter"))
            if form is not None:
                known = (
                    replace(p, ids={**p.ids, name: form(p.ids[name])}) if name in p.ids else p
                    for p in people.people.values()
                )
                people = Directory(known, people.fallback_owner)
    return people
