"""Deeds: what provisioning can do about something that is lacking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from escsync.offers import Gap, Key, Wish


@dataclass(frozen=True, slots=True)
class Make:
    """Make the field *developer* with *metadata*, marked as ours for the canonical field (or key) *name*."""

    name: str
    developer: str
    metadata: Mapping[str, Any]
    what: str
    wish: Wish | None = None
    spelling: str = ""
    """What the configuration calls it so far."""


@dataclass(frozen=True, slots=True)
class Find:
    """It is there: say so in the configuration."""

    api: str
    what: str
    settings: Mapping[Key, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """Add the values *labels* to the custom picklist *api*."""

    api: str
    labels: tuple[str, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Track:
    """Have the history of the custom field *api* kept."""

    api: str
    what: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Let escsync's account, *whom*, see these fields (`Case.Tone__c`), and write those of *written*."""

    read: tuple[str, ...]
    written: frozenset[str]
    what: str
    whom: str


Deed: TypeAlias = Make | Find | Offer | Track | Grant
Need: TypeAlias = tuple[Gap, Deed | None]
"""A gap, and what can be done about it; None where a person has to."""


def settings(wish: Wish, spelling: str, api: str) -> dict[Key, Any]:
    """What the configuration should say once *wish* is met by *api*, which it calls *spelling* so far."""
    key = ("fields", wish.wanted.name)
    if not wish.named:
        return {key: api}
    if spelling == api:
        return {}
    named = [api if one == spelling else one for one in wish.named]
    return {key: named if len(named) > 1 else named[0]}
