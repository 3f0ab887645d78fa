"""The registry of adapters: entry points of the group `escsync.adapters`, loaded one by one and only when asked."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import BaseModel

from escsync.adapter import API, Adapter, Binding, Plugin
from escsync.offers import Guide

GROUP = "escsync.adapters"


class PluginError(Exception):
    """An adapter that cannot be used: *message* says why, *remedy* what to do, *suggestion* a likely name."""

    def __init__(self, message: str, *, remedy: str = "", suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.suggestion = suggestion

    def __str__(self) -> str:
        hint = f"did you mean {self.suggestion!r}?" if self.suggestion else ""
        return "; ".join(part for part in (self.message, self.remedy, hint) if part)


@dataclass(frozen=True, slots=True)
class Broken:
    """An installed adapter that does not load, and why."""

    name: str
    package: str
    reason: str
    remedy: str = ""


def names() -> tuple[str, ...]:
    """The names of all installed adapters; nothing is loaded."""
    return tuple(sorted({point.name for point in _installed()}))


def plugins() -> Mapping[str, Plugin | Broken]:
    """All installed adapters; one that is broken stands there with its reason and stops no other."""
    found: dict[str, Plugin | Broken] = {}
    for name in names():
        try:
            found[name] = get(name)
        except PluginError as error:
            found[name] = Broken(name, _packages(_points(name)), error.message, error.remedy)
    return found


def get(name: str) -> Plugin:
    """The adapter of this name, loaded; PluginError where there is none or it is broken."""
    points = _points(name)
    if not points:
        near = get_close_matches(name, names(), n=1, cutoff=0.5)
        raise PluginError(
            f"no adapter {name!r} is installed",
            remedy=f"installed: {', '.join(names()) or 'none'}",
            suggestion=near[0] if near else "",
        )
    if len({point.value for point in points}) > 1:
        raise PluginError(
            f"several packages provide an adapter {name!r}: {_packages(points)}",
            remedy="uninstall all but one",
        )
    return _load(points[0])


def settings_model(plugin: Plugin) -> type[BaseModel]:
    """The pydantic model of a tracker's `connection:` and `scope:`."""
    model = _resolve(plugin, plugin.settings)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise PluginError(f"the adapter {plugin.name!r} names no pydantic model as its settings")
    lacking = {"connection", "scope"} - set(model.model_fields)
    if lacking:
        raise PluginError(f"the settings of the adapter {plugin.name!r} lack {' and '.join(sorted(lacking))}")
    return model


def template(plugin: Plugin) -> str:
    """The commented YAML that `escsync init` writes; "" where the adapter has none."""
    return str(_resolve(plugin, plugin.template)) if plugin.template else ""


def guide(plugin: Plugin) -> Guide | None:
    """What `escsync init` and the documentation know of this kind of tracker; None where the adapter has none."""
    found: Guide | None = _resolve(plugin, plugin.guide) if plugin.guide else None
    return found


def connect(plugin: Plugin, binding: Binding) -> Adapter:
    """Open a connection; this is where a tracker's SDK is imported. TrackerError comes through as it is."""
    adapter: Adapter = _resolve(plugin, plugin.connect)(binding)
    return adapter


def _points(name: str) -> list[EntryPoint]:
    return [point for point in _installed() if point.name == name]


def _installed() -> tuple[EntryPoint, ...]:
    return _listed(tuple((place, _changed(place)) for place in sys.path))


@lru_cache(maxsize=1)
def _listed(places: tuple[tuple[str, int], ...]) -> tuple[EntryPoint, ...]:
    # A list means opening a file of every installed package: one is good until a folder that is searched changes.
    return tuple(entry_points(group=GROUP))


def _changed(place: str) -> int:
    try:
        return os.stat(place or ".").st_mtime_ns
    except OSError:
        return 0


def _packages(points: Iterable[EntryPoint]) -> str:
    return ", ".join(sorted({point.dist.name if point.dist else point.value for point in points}))


def _load(point: EntryPoint) -> Plugin:
    # A stranger's module may fail in any way when it is imported; that must cost its own name only.
    try:
        plugin = point.load()
    except Exception as error:
        raise PluginError(
            f"the adapter {point.name!r} ({_packages([point])}) does not load: {_reason(error)}",
            remedy=_remedy(error, ""),
        ) from error
    if not isinstance(plugin, Plugin):
        raise PluginError(f"the adapter {point.name!r} ({_packages([point])}): {point.value} is no Plugin")
    if plugin.api != API:
        older = "the adapter" if plugin.api < API else "escsync"
        raise PluginError(
            f"the adapter {point.name!r} was written for adapter API {plugin.api}; this escsync has {API}",
            remedy=f"upgrade {older}",
        )
    return plugin


def _resolve(plugin: Plugin, reference: str) -> Any:
    module, _, attribute = reference.partition(":")
    try:
        found = import_module(module)
    except ImportError as error:
        raise PluginError(
            f"the adapter {plugin.name!r} cannot be used: {_reason(error)}",
            remedy=_remedy(error, plugin.extra),
        ) from error
    try:
        return getattr(found, attribute)
    except AttributeError:
        raise PluginError(f"the adapter {plugin.name!r} is broken: there is no {reference}") from None


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"the package {error.name} is not installed"
    return f"{type(error).__name__}: {error}"[:200]


def _remedy(error: Exception, extra: str) -> str:
    if not isinstance(error, ModuleNotFoundError):
        return ""
    if not extra:
        return f"pip install {error.name}" if error.name else ""
    # An author may write the bare extra of escsync or a whole requirement of a package of his own.
    wanted = f"escsync[{extra}]" if re.fullmatch(r"[a-z0-9_-]+", extra) else extra
    return f"pip install '{wanted}'"
