"""The shape of escsync.yaml: every key with its meaning, an example and its default."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    WithJsonSchema,
)

from escsync.domain.fields import FIELDS
from escsync.domain.plan import Limits, Mode

from . import bounds
from .problem import listed, nearest
from .zones import zone

_SPELLING = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
_SPELLINGS = {"anyOf": [*_SPELLING["anyOf"], {"type": "array", "items": _SPELLING, "minItems": 1}]}
_TRACKER = re.compile(bounds.TRACKER)


class Strict(BaseModel):
    """A mapping in which only the keys that are named here may stand."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def spelling(value: object) -> str | None:
    """A tracker's id or name as text, whether YAML took it for a number or not; None where it is neither."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def spellings(value: object) -> tuple[str, ...]:
    """One spelling, or a list of them."""
    values = value if isinstance(value, list) else [value]
    found = [spelling(each) for each in values]
    if not found or None in found:
        raise ValueError("expected an id or a name, or a list of them")
    return tuple(dict.fromkeys(text for text in found if text))


def _zone(value: str) -> str:
    return zone(value).key


def _named(value: str) -> str:
    if not _TRACKER.fullmatch(value):
        raise ValueError(f"{value!r} is no name; use letters, digits, `-`, `_` and `.`")
    return value


class UnknownWord(ValueError):
    """A word that is none of ours; *suggestion* is the one that was probably meant."""

    def __init__(self, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.suggestion = suggestion


def _canonical(value: str) -> str:
    if value in FIELDS:
        return value
    near = nearest(value, FIELDS)
    raise UnknownWord(
        f"{value!r} is no canonical field" + ("" if near else f"; known: {listed(FIELDS)}"), near
    )


def _one_or_many(value: object) -> object:
    return () if value is None else (value,) if isinstance(value, str) else value


CanonicalName = Annotated[
    StrictStr,
    AfterValidator(_canonical),
    WithJsonSchema({"enum": list(FIELDS)}),
]
Spellings = Annotated[tuple[str, ...], BeforeValidator(spellings), WithJsonSchema(_SPELLINGS)]
ZoneName = Annotated[
    StrictStr,
    AfterValidator(_zone),
    WithJsonSchema({"type": "string", "pattern": bounds.ZONE, "minLength": 1}),
]
Text = Annotated[StrictStr, Field(min_length=1)]


class LimitsYaml(Strict):
    """What one pass may do at most."""

    max_writes: Annotated[StrictInt, Field(ge=0)] = Field(default=Limits().max_writes, examples=[25])
    """At most so many tickets are written in a pass; a larger plan is refused whole."""
    max_share: Annotated[
        StrictFloat | StrictInt,
        Field(ge=0, le=1),
        WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
    ] = Field(default=Limits().max_share, examples=[0.3])
    """At most this share of the open escalations is enforced upon (owner, stage, new records); 0 to 1. It counts from
    10 open ones on: of fewer, one is soon a third."""


Address = Annotated[
    StrictStr, Field(min_length=1), WithJsonSchema({"type": "string", "pattern": bounds.ADDRESS})
]


class NotifyYaml(Strict):
    """Lists of Apprise URLs."""

    owner: list[Address] = Field(
        default=[], examples=[["mailto://${env:MAIL_USER}:${env:MAIL_PASSWORD}@acme.example"]]
    )
    """Where the owner of an escalation is told."""
    leadership: list[Address] = Field(default=[], examples=[["slack://${env:SLACK_HOOK}"]])
    """Where the leadership is told."""


class FollowUpYaml(Strict):
    """Where a follow-up stands."""

    native: Literal["task"] | None = Field(default=None, examples=["task"])
    """`task`: in the tracker's own tasks and events (Salesforce), those whose subject contains "follow-up"."""
    create: StrictBool = Field(default=False, examples=[True])
    """With mode: enforce, create a task for the CSM where nobody has scheduled the check-in in time: a sub-task of the
    Jira ticket, a Salesforce task, a Notion page beside it. It is a reminder: only a person's booking counts."""


class CommunicationsYaml(Strict):
    """What makes a comment the record of a message."""

    markers: dict[str, Spellings] = Field(default={}, examples=[{"acknowledgement": "#ack"}])
    """Per kind of message, what a comment begins with that records one; kinds left out keep theirs."""
    native: StrictBool = Field(default=True, examples=[True])
    """Do the tracker's own customer-visible messages count, too?"""
    follow_up: FollowUpYaml | None = Field(default=None, examples=[{"native": "task", "create": True}])
    """Where the check-in stands, and whether escsync reminds of it; without it, it is read from fields only."""


class ProvisionYaml(Strict):
    """What `escsync provision` asks of this tracker."""

    leave_out: Annotated[tuple[CanonicalName, ...], BeforeValidator(_one_or_many)] = Field(
        default=(), examples=[["brand_exposure", "resolution_links"]]
    )
    """Canonical fields that the team does without: they are neither missed nor made."""


class TrackerYaml(Strict):
    """One tracker."""

    adapter: Text = Field(examples=["jira"])
    """Which adapter: jira, salesforce, notion, local, or an installed plug-in; `escsync adapters` lists them."""
    mode: Mode = Field(default=Mode.OBSERVE, examples=["observe"])
    """`off`: not looked at. `observe`: nothing is written. `annotate`: only escsync's own fields and its one
    internal note. `enforce`: also the fallback owner, the undoing of an illegal jump and follow-up records."""
    connection: dict[str, Any] = Field(default={}, examples=[{"url": "https://acme.atlassian.net"}])
    """How to reach it."""
    scope: dict[str, Any] = Field(default={}, examples=[{"project": "EXEC"}])
    """Which tickets are executive escalations."""
    stages: dict[str, Spellings] = Field(default={}, examples=[{"closed": ["Done", "Cancelled"]}])
    """Our stages -> its statuses, by id or name; of a list, the first is the one written."""
    fields: dict[str, Spellings] = Field(default={}, examples=[{"root_cause": "customfield_10042"}])
    """Our fields -> its fields, by id (better) or by a name that is unique."""
    options: dict[str, dict[str, Spellings]] = Field(
        default={}, examples=[{"root_cause": {"product_bug": "Bug"}}]
    )
    """Per field, our values -> its options, where they are not named alike."""
    follow_up: FollowUpYaml | None = Field(default=None, examples=[{"native": "task", "create": True}])
    """Where the check-in stands, and whether escsync reminds of it; without it, it is read from fields only."""
    communications: CommunicationsYaml = Field(default=CommunicationsYaml(), examples=[{"native": True}])
    """How messages to the customer are recognised."""
    provision: ProvisionYaml = Field(default=ProvisionYaml(), examples=[{"leave_out": ["brand_exposure"]}])
    """What `escsync provision` leaves alone."""


class EscsyncYaml(Strict):
    """escsync.yaml: what escsync looks at, and how far it may go."""

    version: Literal[1] = Field(examples=[1])
    """The version of this format."""
    include: Annotated[
        tuple[Text, ...],
        BeforeValidator(_one_or_many),
        WithJsonSchema(
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string", "minLength": 1}}]}
        ),
    ] = Field(default=(), examples=[["base.yaml"]])
    """Files of the same form that this one is laid over, relative to it: mappings are merged key by key; of lists and
    single values the one of this file holds, else that of the file named last."""
    timezone: ZoneName = Field(examples=["Europe/Berlin"])
    """The policy zone: an IANA name; offsets and abbreviations are refused."""
    company: Text = Field(examples=["Acme"])
    """Your company's name as it stands in messages to customers."""
    policy: Text | dict[str, Any] | None = Field(default=None, examples=["policy.yaml"])
    """The policy: a file, or its keys here. Without it the process's own numbers hold."""
    people: Text | None = Field(default=None, examples=["people.yaml"])
    """The file that says who holds which role, and when."""
    accounts: Text | None = Field(default=None, examples=["accounts.csv"])
    """A CSV file of account facts that the tracker lacks, joined on the account's id or name."""
    ledger: Annotated[Text, WithJsonSchema({"type": "string", "pattern": bounds.LEDGER})] = Field(
        default="sqlite:///escsync.db", examples=["sqlite:///escsync.db"]
    )
    """Where escsync keeps what it has seen and done: SQLite, or postgresql+psycopg://..."""
    store_text: StrictBool = Field(default=False, examples=[False])
    """Keep the text of messages and tickets, too? Otherwise only hashes and what was read from it."""
    limits: LimitsYaml = Field(default=LimitsYaml(), examples=[{"max_writes": 25, "max_share": 0.3}])
    """The safety valve of every pass."""
    notify: NotifyYaml = Field(default=NotifyYaml(), examples=[{"leadership": ["slack://${env:SLACK_HOOK}"]}])
    """Apprise URLs, by who hears it."""
    trackers: dict[Annotated[str, AfterValidator(_named)], TrackerYaml] = Field(
        min_length=1, examples=[{"support": {"adapter": "local", "connection": {"path": "tracker.db"}}}]
    )
    """The trackers, each under a name of your choosing."""
