"""The place: in which project, record type or database the tickets are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from shlex import quote
from typing import TYPE_CHECKING, Any

from escsync.cli.exits import Stop
from escsync.cli.init.answers import Answers, Unfit
from escsync.report.display import shown

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
    places = [place for place in islice(explorer.places(), _MOST) if _writable(place)]
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
        # The name first: what is copied up to the end of the line must be settings alone.
        lines = [f"{shown(_called(place))}:  {_settings(place)}" for place in (found or places)[:_LISTED]]
        raise Stop(f"{head}:", notes=[[*lines, *(["..."] if len(found or places) > _LISTED else [])]])
    if given and not found:
        person.say("Nothing that the account sees fits the scope that was given.", "yellow")
    offered = found or places
    person.say("Where are the executive escalations?")
    return offered[person.choose("Which place", [_called(place) for place in offered])]


def _fitting(places: list[Place], given: Mapping[str, Any]) -> list[Place]:
    """The places that agree with what was given, as far as places are told apart by it, with the scope that does."""
    telling = {key for place in places for scope in _scopes(place) for key in scope} & set(given)
    return [
        replace(place, scope=scope)
        for place in places
        for scope in [_agreeing(place, {key: str(given[key]) for key in telling})]
        if scope is not None
    ]


def _scopes(place: Place) -> tuple[Mapping[str, Any], ...]:
    return (place.scope, *place.also)


def _agreeing(place: Place, given: Mapping[str, str]) -> Mapping[str, Any] | None:
    """In which of its words *place* is what was given; None in none."""
    fitting = (
        scope
        for scope in _scopes(place)
        if all(key in scope and _means(value, str(scope[key]), place) for key, value in given.items())
    )
    return next(fitting, None)


def _means(given: str, spelled: str, place: Place) -> bool:
    wanted, bare = given.casefold(), spelled.replace("-", "").casefold()
    known = {spelled.casefold(), place.id.casefold(), place.name.casefold()}
    # An address may hold the id.
    return wanted in known or (len(bare) >= 32 and bare in wanted.replace("-", ""))


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


def _writable(place: Place) -> bool:
    from escsync.setup.mapping.draft import writable

    return all(writable(str(value)) for scope in _scopes(place) for value in scope.values())


def _called(place: Place) -> str:
    return f"{place.name} ({place.kind})" if place.kind else place.name


def _settings(place: Place) -> str:
    return " ".join(f"--set {quote(f'scope.{key}={value}')}" for key, value in place.scope.items())
