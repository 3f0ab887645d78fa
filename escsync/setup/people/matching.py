"""Which account of a tracker belongs to which person of people.yaml: proposed with the reason, and never decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from escsync.adapter import Level, PersonKind, Problem, TrackerPerson
from escsync.domain.people import Directory, Person
from escsync.setup.editing.entries import spelled

EMAIL, USERNAME, NAME = "e-mail", "username", "full name"
_QUOTED = '"'
"""Ids stand in quotes, whether they need them or not."""


@dataclass(frozen=True, slots=True)
class Match:
    """The *accounts* that may be *person*'s, *by* what they have in common. *shared*: another person may have one of them."""

    person: Person
    accounts: tuple[TrackerPerson, ...] = ()
    by: str = ""
    shared: bool = False

    @property
    def sure(self) -> bool:
        """One account, and more than a name speaks for it."""
        return len(self.accounts) == 1 and self.by != NAME and not self.shared


def matches(directory: Directory, tracker: str, accounts: Iterable[TrackerPerson]) -> tuple[Match, ...]:
    """Every human of people.yaml without an id on *tracker*, with the accounts that nobody has yet and that may be theirs."""
    taken = {one.ids[tracker] for one in directory.people.values() if tracker in one.ids}
    free = [one for one in accounts if one.kind is PersonKind.HUMAN and one.id not in taken]
    names = Counter(_plain(one.name) for one in free)
    namesakes = Counter(_plain(one.name) for one in directory.people.values())
    found = []
    for person in directory.people.values():
        if person.human and person.active and tracker not in person.ids:
            unique = names[_plain(person.name)] == namesakes[_plain(person.name)] == 1
            found.append(_match(person, free, by_name=unique))
    claims = Counter(account.id for match in found for account in match.accounts)
    return tuple(replace(one, shared=any(claims[each.id] > 1 for each in one.accounts)) for one in found)


def _match(person: Person, free: Collection[TrackerPerson], *, by_name: bool) -> Match:
    email = person.email.strip().casefold()
    logins = {person.id.casefold(), email, email.partition("@")[0]} - {""}
    name = _plain(person.name)
    ways: tuple[tuple[str, Callable[[TrackerPerson], bool]], ...] = (
        (EMAIL, lambda one: bool(email) and one.email.strip().casefold() == email),
        (USERNAME, lambda one: one.username.casefold() in logins),
        (NAME, lambda one: by_name and _plain(one.name) == name),
    )
    for by, fits in ways:
        some = [one for one in free if fits(one)]
        # Who left is proposed only where nobody who is there fits.
        some = [one for one in some if one.active] or some
        if some:
            return Match(person, tuple(some), by)
    return Match(person)


def proposals(tracker: str, found: Iterable[Match]) -> Iterator[Problem]:
    """One line for each, with the line to add to people.yaml."""
    for match in found:
        person = match.person
        if len(match.accounts) == 1:
            (account,) = match.accounts
            message = f"no id yet; {account.name} has the same {match.by}"
            if match.by == NAME:
                message += ", which is a weak sign"
            if match.shared:
                message += ", and so may be somebody else's"
            line = f"ids: {{{spelled(tracker)}: {spelled(account.id, like=_QUOTED)}}}"
            remedy = f"if that is {person.name}, add under {person.id} in people.yaml: {line}"
        elif match.accounts:
            message = f"no id yet; several accounts match: {listed(match.accounts)}"
            remedy = f"choose one and add it in people.yaml: ids: {{{spelled(tracker)}: ...}}"
        else:
            message = "no id, and no account has this e-mail or username, or this name alone"
            remedy = (
                f"add ids: {{{spelled(tracker)}: ...}} in people.yaml, unless this person does not work there"
            )
        yield Problem(Level.WARNING, f"person {person.id}", message, remedy)


def known(directory: Directory, tracker: str, accounts: Iterable[TrackerPerson]) -> Iterator[Problem]:
    """One line for each person whose id on *tracker* people.yaml names: is that somebody who can own an escalation?"""
    shown = {one.id: one for one in accounts}
    for person in directory.people.values():
        native = person.ids.get(tracker)
        if native is None or not person.human or not person.active:
            continue
        about, account = f"person {person.id}", shown.get(native)
        if account is None:
            message = f"the tracker shows no assignable account {native}"
            remedy = f"correct ids.{tracker} in people.yaml, or give the account access"
            yield Problem(Level.WARNING, about, message, remedy)
        elif account.kind is not PersonKind.HUMAN:
            message = f"{account.name} is a {account.kind.value} there, and can own nothing"
            yield Problem(Level.WARNING, about, message, f"correct ids.{tracker} in people.yaml")
        elif not account.active:
            remedy = "name a fallback for this person, or say `active: false` in people.yaml"
            yield Problem(Level.WARNING, about, f"{account.name} is deactivated", remedy)
        else:
            yield Problem(Level.OK, about, account.name)


def listed(accounts: Iterable[TrackerPerson]) -> str:
    """Names with their ids."""
    return ", ".join(f"{one.name} ({one.id})" for one in accounts)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
