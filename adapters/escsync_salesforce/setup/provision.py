"""Provisioning: custom fields, picklist values, histories and the permission set, made where they are lacking."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, assert_never

from escsync.adapter import Denied, Level, Rejected, Vocabulary
from escsync.offers import Gap, Provided, Wish
from escsync.web import tidy

from .. import soql
from ..connection import Connection
from ..inquiry import Inquiry
from ..settings import SalesforceSettings
from . import blueprint, definitions, surroundings
from .access import Access
from .deeds import Deed, Find, Grant, Make, Need, Offer, Track, settings
from .definitions import Definitions
from .gaps import Gaps
from .needs import OURS
from .rights import Rights
from .stock import Custom, customs, look

_FIELD, _SET = "field", "permission set"
_MOST_QUERIES = 5
_SEE = "grant View Setup and Configuration: Setup > Permission Sets > escsync's > System Permissions; or use an admin's login"


class Provision:
    """What one org lacks, and the making of it."""

    def __init__(
        self, connection: Connection, configured: SalesforceSettings, vocabulary: Vocabulary
    ) -> None:
        self._connection = connection
        self._scope = configured.scope
        self._vocabulary = vocabulary
        self._inquiry = Inquiry(connection, configured)
        self._definitions = Definitions(connection)
        self._access = Access(connection, lambda: self._inquiry.myself()["id"])
        self._deeds: dict[str, Deed | None] = {}

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """What is lacking, in the order in which it has to be made; what a person has to do comes last."""
        self._deeds.clear()
        stock, me = look(self._connection), self._inquiry.myself()
        who = me["username"] or me["name"] or "escsync's account"
        gaps = Gaps(stock, self._vocabulary, self._scope, self._definitions.metadata, who)
        found = list(gaps.all(wishes))
        found += self._lacking() if any(deed and not isinstance(deed, Find) for _, deed in found) else ()
        found += surroundings.layout(self._connection, gaps.filled)
        for gap, deed in sorted(found, key=lambda need: bool(need[0].by_hand)):
            self._deeds[gap.id] = deed
            yield gap

    def _lacking(self) -> Iterator[Need]:
        """The rights without which nothing of this can be made."""
        for problem in Rights(self._connection, self._inquiry).look("provision"):
            if problem.level is Level.FAIL:
                yield (
                    Gap(
                        problem.subject, "connection", f"{problem.subject}: {problem.message}", problem.remedy
                    ),
                    None,
                )

    def provide(self, gap: Gap) -> Provided:
        """Make one gap good; what is there by now is found."""
        deed = self._deeds.get(gap.id)
        match deed:
            case None:
                raise Rejected(
                    f"{gap.subject}: escsync cannot make this",
                    remedy=gap.by_hand or "look again what is missing",
                )
            case Make():
                custom = self._definitions.make(deed.name, deed.developer, deed.metadata)
                told: dict[Any, Any] = {}
                if deed.wish is not None:
                    told = settings(deed.wish, deed.spelling, custom.api)
                elif custom.api != self._scope.flag:
                    told = {("scope", "flag"): custom.api}
                return Provided(custom.api, _FIELD, deed.what, told)
            case Find():
                return Provided(
                    deed.api, _FIELD, deed.what, deed.settings, "it was there before; escsync only uses it"
                )
            case Offer():
                self._definitions.change(deed.api, definitions.offered(deed.labels))
                return Provided(deed.api, "values", deed.what, {}, _STAYS)
            case Track():
                self._definitions.change(deed.api, definitions.tracked)
                return Provided(deed.api, "history", deed.what, {}, _STAYS)
            case Grant():
                return self._granted(deed)
        assert_never(deed)

    def _granted(self, deed: Grant) -> Provided:
        """Rights on what there is by now: a field that could not be made must not hold up the others."""
        known = self._definitions.all()
        by_name = {f"{one.kind}.{one.developer}__c".casefold(): one for one in known.values()}
        real = {
            name: f"{one.kind}.{one.api}"
            for name in deed.read
            if (one := known.get(name.casefold()) or by_name.get(name.casefold())) is not None
        }
        try:
            self._access.grant(list(real.values()), {real[name] for name in deed.written if name in real})
        except Denied as error:
            click = f"where an administrator has made it: Setup > Permission Sets > {OURS} > Manage Assignments > {deed.whom}"
            raise Denied(error.message, remedy=f"{error.remedy}; {click}") from None
        return Provided(OURS, _SET, deed.what)

    def provided(self) -> Iterator[Provided]:
        """The fields and the permission set that carry our mark."""
        rows = self._connection.tooling(
            "SELECT QualifiedApiName, Label, Description FROM FieldDefinition "
            "WHERE EntityDefinition.QualifiedApiName = 'Case'",
            what="looking for what escsync made",
        )
        if rows is None:
            raise Denied(
                "looking for what escsync made: escsync's account may not look at the set-up", remedy=_SEE
            )
        marked = {
            str(row.get("QualifiedApiName")): (
                blueprint.marked(row.get("Description")),
                str(row.get("Label") or ""),
            )
            for row in rows or ()
            if blueprint.marked(row.get("Description"))
        }
        for custom in self._unlisted({str(row.get("QualifiedApiName")).casefold() for row in rows or ()}):
            told = self._definitions.metadata(custom) or {}
            if name := blueprint.marked(told.get("description")):
                marked[custom.api] = (name, str(told.get("label") or ""))
        held = self._held(list(marked))
        for api, (name, label) in marked.items():
            what = f'the field "{tidy(label)}"{held.get(api, "")}'
            if name == "scope.flag" or api == self._scope.flag:
                kept = _SCOPE if api == self._scope.flag else ""
                yield Provided(api, _FIELD, what, kept=kept)
            else:
                yield Provided(api, _FIELD, what, {("fields", name): api})
        if self._access.find():
            kept = _SCOPE if self._scope.flag in marked else ""
            yield Provided(OURS, _SET, f'permission set "{OURS}", taken from everybody who has it', kept=kept)

    def _unlisted(self, listed: Collection[str]) -> list[Custom]:
        """Custom fields of Case that field-level security keeps from the list: a half-done run may have made them."""
        every = customs(self._connection) or {}
        return [one for one in every.values() if one.kind == "Case" and one.api.casefold() not in listed]

    def _held(self, names: Sequence[str]) -> dict[str, str]:
        """How many cases hold a value, where that may be asked."""
        told = {}
        known = [name for name in names if soql.NAME.fullmatch(name)]
        for at in range(0, len(known), _MOST_QUERIES):
            some = known[at : at + _MOST_QUERIES]
            parts = [
                self._connection.question(f"SELECT COUNT() FROM Case WHERE {name} != null") for name in some
            ]
            for name, answer in zip(
                some, self._connection.composite(parts, what="counting values"), strict=True
            ):
                count = answer.mapping().get("totalSize") if answer.ok else None
                if isinstance(count, int) and count:
                    told[name] = (
                        f"; {count} {'case holds' if count == 1 else 'cases hold'} a value, which goes with it"
                    )
        return told

    def withdraw(self, one: Provided) -> None:
        """Delete what carries our mark: a field goes to Deleted Fields, for 15 days."""
        if one.kind == _SET and one.id == OURS and not one.kept:
            self._access.remove()
        elif one.kind == _FIELD and not one.kept and one.id != self._scope.flag:
            self._definitions.remove(one.id)
        else:
            raise Rejected(
                f"{one.id}: {one.kept or 'escsync did not make it'}",
                remedy="change it in Setup, if it is to go",
            )


_SCOPE = "scope.flag needs it: without it no case would be an escalation; name another scope first"
_STAYS = "values and histories that were added stay: Setup > Object Manager > Case > Fields & Relationships"
