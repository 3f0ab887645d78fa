"""The shape of people.yaml: one person, role and absence, and how their values are written."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field, StrictBool, WithJsonSchema

from escsync.domain.people import Function, Money, PersonKind, Role

from .model import Strict, Text, ZoneName, spelling

_When = TypeVar("_When", bound=date)
_AMOUNT = re.compile(r"(?:([A-Z]{3})\s*)?(\d+(?:\.\d{1,2})?)(?:\s*([A-Z]{3}))?")


def _of_our_time(when: _When) -> _When:
    """Years at the edge of the calendar cannot be moved between time zones; they are typing mistakes anyway."""
    if not 1900 <= when.year <= 2200:
        raise ValueError(f"the year {when.year} is not between 1900 and 2200; what has no limit is left out")
    return when


def day(value: object) -> date:
    """A local day as YAML holds it: text."""
    try:
        found = date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{str(value)!r} is no day; write 2026-03-31") from None
    return _of_our_time(found)


def moment(value: object) -> date | datetime | None:
    """A day, or an instant with its offset (decision 85); nothing stays open."""
    if value is None:
        return None
    text = str(value)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return day(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day or instant; write 2026-03-31 or 2026-03-31T12:00:00Z") from None
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; write 2026-03-31T12:00:00Z")
    return _of_our_time(instant)


def money(value: object) -> Money:
    """An amount with its currency: `5000 EUR`."""
    match = _AMOUNT.fullmatch(str(value).strip())
    if not match or bool(match[1]) == bool(match[3]):
        raise ValueError(f"{str(value)!r} is no amount; write for example '5000 EUR'")
    return Money(Decimal(match[2]), match[1] or match[3])


def _identifier(value: object) -> str:
    text = spelling(value)
    if text is None:
        raise ValueError("expected an id, as text")
    return text


def _role(value: object) -> object:
    return {"role": value} if isinstance(value, str) else value


def _authority(value: object) -> object:
    return {"limit": None} if value is True else None if value is False else value


_DAY = WithJsonSchema({"type": "string", "format": "date"})
_MOMENT = WithJsonSchema(
    {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
)
Identifier = Annotated[
    str,
    BeforeValidator(_identifier),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]}),
]


class RoleYaml(Strict):
    """A role, and when it is held."""

    role: Role = Field(examples=["support_manager"])
    """The role."""
    since: Annotated[date | datetime | None, BeforeValidator(moment), _MOMENT] = Field(
        default=None, alias="from", examples=["2024-01-01"]
    )
    """From this day or instant on, inclusive."""
    until: Annotated[date | datetime | None, BeforeValidator(moment), _MOMENT] = Field(
        default=None, alias="to", examples=["2026-03-01T12:00:00Z"]
    )
    """Until this day or instant, exclusive."""


class AbsenceYaml(Strict):
    """Days away."""

    first: Annotated[date, BeforeValidator(day), _DAY] = Field(alias="from", examples=["2026-06-03"])
    """The first day away."""
    last: Annotated[date, BeforeValidator(day), _DAY] = Field(alias="to", examples=["2026-06-10"])
    """The last day away."""
    fallback: str | None = Field(default=None, examples=["idris"])
    """Who stands in on these days: a people id."""


class AuthorityYaml(Strict):
    """Up to which amount."""

    limit: Annotated[
        Money | None,
        BeforeValidator(lambda value: None if value is None else money(value)),
        WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d{1,2})? [A-Z]{3}$"}),
    ] = Field(default=None, examples=["5000 EUR"])
    """The largest amount that this person may grant; without it there is no limit."""


class PersonYaml(Strict):
    """One person, queue or mailbox."""

    id: Text = Field(examples=["dana"])
    """The name used everywhere in escsync."""
    name: Text = Field(examples=["Dana Reyes"])
    """The full name, as it stands under messages."""
    kind: PersonKind = Field(default=PersonKind.HUMAN, examples=["human"])
    """Only a human can own an escalation or speak for the company."""
    title: str = Field(default="", examples=["Support Manager"])
    """The title, as it stands under messages."""
    email: str = Field(default="", examples=["dana@acme.example"])
    """The e-mail address; by it messages and tracker users are recognised."""
    time_zone: ZoneName | None = Field(default=None, examples=["Europe/Berlin"])
    """Where this person works: an IANA name; without it the policy zone."""
    function: Function | None = Field(default=None, examples=["support"])
    """The part of the company."""
    roles: list[
        Annotated[
            RoleYaml,
            BeforeValidator(_role, json_schema_input_type=Role | RoleYaml),
        ]
    ] = Field(default=[], examples=[[{"role": "support_manager", "from": "2024-01-01"}]])
    """Roles held; a bare name means always."""
    ids: dict[str, Identifier] = Field(default={}, examples=[{"support": "5b10a2844c20165700ede21g"}])
    """Tracker name -> this person's native id there; `escsync doctor` proposes them."""
    absences: list[AbsenceYaml] = Field(
        default=[], examples=[[{"from": "2026-06-03", "to": "2026-06-10", "fallback": "idris"}]]
    )
    """Days away, and who stands in."""
    fallback: str | None = Field(default=None, examples=["idris"])
    """Who stands in where no absence says otherwise: a people id."""
    is_executive: StrictBool = Field(default=False, examples=[False])
    """Is this one of your own executives?"""
    active: StrictBool = Field(default=True, examples=[True])
    """False for somebody who left; entries stay, since old messages need them."""
    may_approve_exceptions: Annotated[
        AuthorityYaml | None,
        BeforeValidator(_authority, json_schema_input_type=bool | AuthorityYaml),
    ] = Field(default=None, examples=[{"limit": "5000 EUR"}])
    """May this person grant policy exceptions, and up to which amount?"""


class PeopleYaml(Strict):
    """people.yaml: who holds which role, and when."""

    people: list[PersonYaml] = Field(examples=[[{"id": "dana", "name": "Dana Reyes"}]])
    """Everybody who takes part, and the queues and mailboxes that trackers show as people."""
    fallback_owner: str | None = Field(default=None, examples=["idris"])
    """Who owns an escalation where nobody else is named: a people id."""
