"""The place: in which project, record type or database the tickets are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from shlex import quote
from typing import TYPE_CHECKING, Any

from escsync.cli.exits import Stop
from escsync.cli.init.answers import Answers, Unfit

if TYPE_CHECKING:
    from escsync.cli.init.interview import Interview
    from escsync.offers import Explorer, Guide, Place

_MOST = 2000
_LISTED = 15


class Lost(Exception):
    """The tracker could not be looked at; *said* is why and what to do."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def chosen(explorer: Explorer, guide: Guide, answers: Answers, person: Interview | None) -> Place:
    """Where the tickets are: as the scope answers say, else as the person chooses."""
    # What looks like a reference in a name of a tracker must never be taken for one.
    places = [place for place in islice(explorer.places(), _MOST) if not _refers(place)]
    if not places:
        needed = ", ".join(right.name for right in guide.rights if right.mode == "observe")
        raise Lost(
            f"the account sees no place where tickets could be kept -> grant it what mode observe needs: {needed}"
        )
    given = answers.section("scope")
    found = _fitting(places, given)
    if len(found) == 1:
        return found[0]
    if given and found and _suffices(answers, found[0]):
        return replace(found[0], scope={key: found[0].scope.get(key, value) for key, value in given.items()})
    if person is None:
        head = (
            "several places fit; choose one with" if found else "nothing that the account sees fits; there is"
        )
        lines = [f"  {_settings(place)}    {place.name}" for place in (found or places)[:_LISTED]]
        raise Stop(f"{head}:", *lines, *(["  ..."] if len(found or places) > _LISTED else []))
    if given and not found:
        person.say("Nothing that the account sees fits the scope that was given.", "yellow")
    offered = found or places
    person.say("Where are the executive escalations?")
    named = [f"{place.name} ({place.kind})" if place.kind else place.name for place in offered]
    return offered[person.choose("Which place", named)]


def _fitting(places: list[Place], given: Mapping[str, Any]) -> list[Place]:
    """The places that agree with what was given, as far as places are told apart by it."""
    telling = {key for place in places for key in place.scope} & set(given)
    return [place for place in places if all(_means(str(given[key]), key, place) for key in telling)]


def _means(given: str, key: str, place: Place) -> bool:
    if key not in place.scope:
        return False
    wanted, bare = given.casefold(), place.id.replace("-", "").casefold()
    spelled = {str(place.scope[key]).casefold(), place.id.casefold(), place.name.casefold()}
    # An address may end in the id.
    return wanted in spelled or (len(bare) >= 32 and bare in wanted.replace("-", ""))


def _suffices(answers: Answers, likeliest: Place) -> bool:
    """Is what was given a scope by itself, and a condition on top of a place rather than the address of another one?"""
    narrower = Answers(answers.kind, answers.folder, answers.environ, dict(answers.values))
    narrower.values |= {("scope", key): value for key, value in likeliest.scope.items()}
    try:
        answers.model("scope")
        narrower.model("scope")
    except Unfit:
        return False
    return True


def _refers(place: Place) -> bool:
    return any("${" in str(value) for value in place.scope.values())


def _settings(place: Place) -> str:
    return " ".join(f"--set {quote(f'scope.{key}={value}')}" for key, value in place.scope.items())
