"""Can the process work with these people and these limits at all?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from escsync.adapter import Level, PersonKind, Problem, TrackerPerson
from escsync.domain.people import Directory
from escsync.domain.plan import Limits, Mode, letting_through, refusal
from escsync.domain.policy import Policy

_UNOWNED = "an escalation that nobody owns stays without an owner"
_REFUSED = "the next pass would be refused whole"


def acknowledging(directory: Directory, policy: Policy, now: datetime) -> Problem:
    """Is there anybody whose message is an acknowledgement?"""
    roles = policy.roles.may_acknowledge
    able = [
        one
        for one in directory.people.values()
        if one.human and one.active and one.roles(now) & frozenset(roles)
    ]
    names = " or ".join(role.value for role in roles)
    if not able:
        return Problem(
            Level.WARNING,
            "people",
            f"nobody in people.yaml may acknowledge: that takes the role {names}",
            f"give it to whoever does: roles: [{roles[0].value}]" if roles else "name a role in the policy",
        )
    away = [one for one in able if one.absence(now) is not None]
    if len(away) == len(able):
        remedy = "give the role to whoever stands in, for these days at least: roles: [{role: ..., from: ..., to: ...}]"
        return Problem(Level.WARNING, "people", "everybody who may acknowledge is away now", remedy)
    return Problem(Level.OK, "people", f"{len(able)} may acknowledge ({names})")


def fallback(
    directory: Directory, tracker: str, mode: Mode, accounts: Iterable[TrackerPerson] | None, now: datetime
) -> Iterator[Problem]:
    """Can an escalation that nobody owns be given to somebody? Only mode enforce does. Without *accounts* none is known."""
    if mode is not Mode.ENFORCE:
        return
    about, person = "fallback_owner", directory.get(directory.fallback_owner)
    if person is None:
        message = f"people.yaml names none: {_UNOWNED}"
        yield Problem(Level.WARNING, about, message, "add to people.yaml: fallback_owner: ID")
        return
    meant = directory.stand_in(None, now)
    if meant is None:
        message = f"{person.name} is away or inactive, and so is who stands in: nobody is assigned now"
        yield Problem(Level.WARNING, about, message, f"name a fallback for {person.id} in people.yaml")
        return
    native, shown = meant.ids.get(tracker), {one.id: one for one in accounts or ()}
    account = shown.get(native or "")
    if native is None:
        message = f"{meant.name} has no id on {tracker}: {_UNOWNED}"
        yield Problem(
            Level.WARNING, about, message, f"add ids: {{{tracker}: ...}} to {meant.id} in people.yaml"
        )
    elif accounts is None:
        message = f"{meant.name} ({native}); whether that account can be assigned is not known"
        yield Problem(Level.OK, about, message)
    elif account is None or not account.active or account.kind is not PersonKind.HUMAN:
        message = f"{meant.name} ({native}) cannot be assigned on {tracker}, which is what this mode is for"
        remedy = f"correct ids.{tracker} of {meant.id} in people.yaml, or give the account access"
        yield Problem(Level.FAIL, about, message, remedy)
    else:
        yield Problem(Level.OK, about, f"{meant.name}, as {account.name}")


def first_pass(limits: Limits, mode: Mode, bare: int, ownerless: int, count: int) -> Problem | None:
    """Would the first pass that writes be refused whole? *bare* open escalations have nothing of escsync's yet, and
    *ownerless* of *count* no owner. What else mode enforce would do there only the plan knows."""
    if mode.rank < Mode.ANNOTATE.rank:
        return None
    enforcing = mode is Mode.ENFORCE
    why, flags = [], []
    if bare > limits.max_writes:
        why.append(f"{bare} open escalations have no note yet and limits.max_writes is {limits.max_writes}")
        flags.append(f"--max-writes {bare}")
    if enforcing and refusal(limits, count, writes=0, enforced=ownerless) is not None:
        share = f"limits.max_share is {limits.max_share:.0%}"
        why.append(f"{ownerless} of {count} open escalations have no owner and {share}")
        flags.append(letting_through(ownerless, count))
    if not why:
        return None
    once = f"run `escsync sync {' '.join(flags)}` once"
    more = (
        ", or with the flags that a refusal names: it counts all that the plan would do" if enforcing else ""
    )
    remedy = f"read it with `escsync plan`, then {once}{more}"
    return Problem(Level.WARNING, "limits", f"{', and '.join(why)}: {_REFUSED}", remedy)
