"""What escsync learnt of one org, kept from connection to connection so that an idle pass need not ask again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from escsync.adapter import Binding, Denied, Level, Problem, Vocabulary

from . import schema as looks
from .connection import Connection
from .inquiry import Inquiry, in_scope
from .objects import CHILDREN, Held
from .schema import Column, Schema
from .settings import SalesforceSettings

_FORMAT = 2
_GOOD_FOR = timedelta(days=1)
_KEPT = ("since", "senders", "beside", "missed")
"""What stays true when the rest is asked for again."""
_MOST_SENDERS = 500
_MOST_BESIDE = 500


@dataclass(frozen=True, slots=True)
class Form:
    """How questions may be put to this org: *nested* children, *joined* scopes, *deleted* rows, people *described*."""

    nested: bool = True
    joined: bool = True
    deleted: bool = True
    described: bool = True


class Discovery:
    """The memory of one connection: plain JSON inside, a Schema outside."""

    def __init__(self, connection: Connection, binding: Binding) -> None:
        self.settings: SalesforceSettings = binding.settings
        self._connection = connection
        self._binding = binding
        self._known: dict[str, Any] = dict(binding.discovery) if self._usable(binding.discovery) else {}
        self._schema: Schema | None = None
        self.asked = False
        """Was the org asked in this connection?"""
        if not self._known and binding.discovery.get("for") == self._digest():
            self._known = {key: binding.discovery[key] for key in _KEPT if key in binding.discovery}

    def _usable(self, told: Mapping[str, Any]) -> bool:
        if self._binding.fresh or told.get("format") != _FORMAT or told.get("for") != self._digest():
            return False
        try:
            return abs(self._binding.clock() - datetime.fromisoformat(told["at"])) < _GOOD_FOR
        except (KeyError, TypeError, ValueError):
            return False

    def _digest(self) -> str:
        """A hash of what the answers depend on: another address, account or mapping makes them worthless."""
        connection, scope = self.settings.connection, self.settings.scope
        told = [connection.url, connection.client_id, connection.username, connection.api_version]
        told += [scope.record_type, scope.flag, self._binding.vocabulary.follow_up]
        mapping = sorted(looks.spelled(self._binding.vocabulary).items())
        return hashlib.sha256(json.dumps([told, mapping]).encode()).hexdigest()[:16]

    @property
    def schema(self) -> Schema:
        """The org as the codec needs to know it."""
        if self._schema is None:
            lost = self._known.get("lost", {})
            if "columns" not in self._known or (
                not self.asked and any(name in lost for name in looks.ESSENTIAL)
            ):
                self._ask()
            self._schema = self._built()
        return self._schema

    def refresh(self) -> Schema:
        """Ask again, for something no longer fits."""
        self._keep()
        self._known = {key: self._known[key] for key in _KEPT if key in self._known}
        self._schema = None
        return self.schema

    def look_again(self, *, whole: bool) -> None:
        """Before a pull: a *whole* one asks everything anew; where something is lost, each looks whether it came back."""
        if self.asked or "columns" not in self._known:
            return
        lost = self._known["lost"]
        if whole or (lost and self.inquiry().fields(self._binding.vocabulary)[1] != lost):
            self.refresh()

    @property
    def regained(self) -> bool:
        """Is a field back of which the tickets that did not change since know nothing?"""
        return not set(self._known.get("missed", ())) <= self.schema.lost.keys()

    def swept(self) -> None:
        """All tickets were read: what is back is known of all of them."""
        self._known["missed"] = sorted(self.schema.lost)

    @property
    def notes_stay(self) -> bool:
        """Does the org let nobody change a comment, as far as is known?"""
        return self._known.get("notes_stay") is True

    def keeps_notes(self) -> None:
        """Remember that comments cannot be changed here."""
        self._known["notes_stay"] = True

    @property
    def vocabulary(self) -> Vocabulary:
        """How the configuration maps our words."""
        return self._binding.vocabulary

    @property
    def known(self) -> Mapping[str, Any]:
        """Everything that is known now, asked for where it was not yet."""
        _ = self.schema
        return self._known

    @property
    def recalled(self) -> Mapping[str, Any]:
        """What an earlier connection learnt of this mapping, however long ago; empty where there was none."""
        told = self._binding.discovery
        known = told.get("format") == _FORMAT and told.get("for") == self._digest() and "columns" in told
        return told if known else {}

    @property
    def account(self) -> str:
        """The username, or else the name, of escsync's account."""
        _ = self.schema
        me: Mapping[str, str] = self._known["me"]
        return me["username"] or me["name"] or "somebody"

    @property
    def scope(self) -> str:
        """The scope as a condition."""
        return in_scope(self.settings, self.schema.record_type)

    @property
    def children(self) -> tuple[Held, ...]:
        """The kinds of records under a case that are read here."""
        _ = self.schema
        told: Mapping[str, Any] = self._known["children"]
        absent = self._known.get("absent", ())
        return tuple(
            Held(CHILDREN[name], relation, tuple(fields))
            for name, (relation, fields) in told.items()
            if name in CHILDREN and name not in absent
        )

    @property
    def roots(self) -> tuple[str, ...]:
        """Relations to objects whose changes show on a case and do not touch it."""
        _ = self.schema
        return tuple(root for root in self._known["roots"] if root not in self._known.get("overlooked", ()))

    @property
    def form(self) -> Form:
        """How questions may be put."""
        told = self._known.get("form")
        return Form(**told) if isinstance(told, dict) else Form()

    def learn(self, form: Form) -> None:
        """Remember how this org understands a question."""
        if form != self.form:
            self._known["form"] = asdict(form)

    def lacks(self, child: str) -> None:
        """Remember that this org has no such object, or that escsync's account may not see it."""
        self._known["absent"] = sorted({*self._known.get("absent", ()), child})

    def overlooks(self, root: str) -> None:
        """Remember that changes of what *root* leads to cannot be asked for."""
        self._known["overlooked"] = sorted({*self._known.get("overlooked", ()), root})

    def problems(self) -> tuple[Problem, ...]:
        """What the configuration maps and the org no longer has, or hides."""
        return tuple(
            Problem(
                Level.FAIL,
                f"fields.{name}",
                reason,
                "map it anew, undo the change, or give escsync's account the right",
                "DRIFT",
            )
            for name, reason in self.schema.lost.items()
        )

    def told(self) -> Mapping[str, Any]:
        """Everything, as plain JSON."""
        self._keep()
        return self._known

    def _keep(self) -> None:
        if self._schema is not None:
            self._known["since"] = dict(self._schema.since)
            self._known["senders"] = dict(list(self._schema.senders.items())[-_MOST_SENDERS:])
            beside = list(self._schema.beside.items())[-_MOST_BESIDE:]
            self._known["beside"] = {place: list(told) for place, told in beside}

    def inquiry(self) -> Inquiry:
        """A new round of questions: nothing of an earlier one is remembered in it."""
        return Inquiry(self._connection, self.settings)

    def _ask(self) -> None:
        self._known |= self.inquiry().everything(self._binding.vocabulary)
        self._known |= {
            "missed": sorted({*self._known.get("missed", ()), *self._known["lost"]}),
            "notes_stay": False,
            "format": _FORMAT,
            "for": self._digest(),
            "at": self._binding.clock().astimezone(UTC).isoformat(),
            "absent": [],
            "overlooked": [],
        }
        self.asked = True

    def _built(self) -> Schema:
        known = self._known
        columns = {name: tuple(map(Column.told, some)) for name, some in known["columns"].items()}
        lost: dict[str, str] = known["lost"]
        for name in looks.ESSENTIAL:
            if name in lost:
                raise Denied(
                    f"fields.{name}: {lost[name]}",
                    remedy=f"give escsync's account the right to see it, or map it anew: without {name} nothing works",
                )
        record_type, *names = known["record_type"] or [""]
        return Schema(
            base=self.settings.connection.url,
            me=known["me"]["id"],
            vocabulary=self._binding.vocabulary,
            zone=_zone(known["me"]["zone"]),
            columns=columns,
            lost=dict(lost),
            statuses={name: (label, closed) for name, (label, closed) in known["statuses"].items()},
            record_type=record_type,
            record_type_names=tuple(names),
            flag=Column.told(known["flag"]) if known["flag"] else None,
            tracked=None if known["tracked"] is None else frozenset(map(str.casefold, known["tracked"])),
            since=dict(known.get("since", {})),
            bots=dict(known["bots"]),
            senders=dict(known.get("senders", {})),
            beside={place: (word, at) for place, (word, at) in known.get("beside", {}).items()},
        )


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
