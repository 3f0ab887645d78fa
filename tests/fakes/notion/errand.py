"""An admin's errand on Notion: what is missing is made, and what a workspace is made of is written down before and after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fakes.http import Fault, Request

from escsync.adapter import Stage, TrackerError, Vocabulary
from escsync.offers import Gap
from escsync.setup.wishes import wishes

from .rig import Rig
from .world import Workspace


@dataclass
class Errand:
    """*settings* is what the configuration says by now, *gaps* what was missing, *failures* what could not be made."""

    notion: Rig
    settings: dict[tuple[str, ...], Any] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    failures: list[TrackerError] = field(default_factory=list)

    @property
    def how(self) -> dict[str, Any]:
        """What `connect` is told."""
        part = {name: self._part(name) for name in ("scope", "fields", "stages")}
        some = {name: (v if isinstance(v, list | tuple) else (v,)) for name, v in part["fields"].items()}
        stages = {name: v if isinstance(v, tuple) else (v,) for name, v in part["stages"].items()}
        return {"scope": part["scope"], "fields": some, "stages": stages}

    def _part(self, name: str) -> dict[str, Any]:
        return {key[1]: value for key, value in self.settings.items() if key[0] == name}

    def look(self, only: Collection[str] = (), **how: Any) -> list[Gap]:
        """What is missing now."""
        self.adapter = self.notion.connect(**self.how, **how)
        told = self.how
        words = Vocabulary(
            stages={Stage(name): some for name, some in told["stages"].items()},
            fields=told["fields"],
            **how,
        )
        self.gaps = list(self.adapter.missing(wishes(words, only=only)))  # type: ignore[attr-defined]
        return self.gaps

    def apply(self, only: Collection[str] = (), **how: Any) -> Errand:
        """Make it, and write down what to write; a gap that cannot be made stops no other."""
        self.failures = []
        for gap in self.look(only, **how):
            if gap.by_hand:
                continue
            try:
                self.settings |= self.adapter.provide(gap).settings  # type: ignore[attr-defined]
            except TrackerError as error:
                self.failures.append(error)
        return self


def errand(notion: Rig, **settings: Mapping[str, Any]) -> Errand:
    """One that starts from these sections of a configuration, or from the scope alone."""
    told = {"scope": notion.site.scope, **settings}
    return Errand(notion, {(name, key): value for name, part in told.items() for key, value in part.items()})


def writes(notion: Rig) -> Sequence[Request]:
    """The requests that change something, in their order."""
    return [r for r in notion.server.calls() if is_write(r)]


def is_write(request: Request) -> bool:
    """Does it change something?"""
    return request.method != "GET" and not request.path.endswith(("/search", "/query"))


def nth(number: int, **how: Any) -> Fault:
    """What befalls the write of this number, counted from nought."""
    seen = iter(range(10_000))
    return Fault(lambda r: is_write(r) and next(seen) == number, **how)


def inventory(world: Workspace) -> dict[str, Any]:
    """All that administrators set up and people entered."""
    return {
        "databases": {
            one.id: (one.title, str(one.description), one.in_trash, [v.id for v in one.views])
            for one in world.databases.values()
        },
        "properties": {
            (source.id, held.id): (
                held.name,
                held.type,
                held.description,
                [(o.id, o.name, o.color, o.group, o.description) for o in held.options],
            )
            for source in world.sources.values()
            for held in source.properties.values()
        },
        "pages": {page.id: (dict(page.values), page.in_trash) for page in world.pages.values()},
    }
