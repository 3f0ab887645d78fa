"""The gaps: what an org lacks for the fields that are wished for, in the order in which it has to be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from escsync.adapter import FieldKind, Vocabulary
from escsync.offers import Gap, Wish
from escsync.web import tidy

from .. import encode, kinds
from ..schema import DEFAULTS, MOST_TRACKED, Column
from ..settings import SalesforceScope
from . import blueprint, likeness, surroundings
from .deeds import Find, Grant, Make, Need, Offer, Track, settings
from .stock import Custom, Stock
from .surroundings import FIELDS_PAGE

_UNTOUCHED = ("priority", "stage", "owner")
"""Their values are the org's own business."""
_FIRST = {"Status": "Status", "OwnerId": "Case Owner"}
"""The standard fields whose history everything hangs on, and what the page for it calls them."""


class Gaps:
    """One look at the *stock*. *detail* tells a custom field's metadata, None where it may not be seen."""

    def __init__(
        self,
        stock: Stock,
        vocabulary: Vocabulary,
        scope: SalesforceScope,
        detail: Callable[[Custom], Mapping[str, Any] | None],
        account: str,
    ) -> None:
        self._stock = stock
        self._vocabulary = vocabulary
        self._scope = scope
        self._detail = detail
        self._account = account
        self._taken = {f"case.{api}".casefold() for api in stock.seen} | set(stock.customs or ())
        untracked = [] if stock.tracked is None else [n for n in _FIRST if n.casefold() not in stock.tracked]
        self._by_hand = [_FIRST[name] for name in untracked]
        self._reserved = len(untracked)
        self._room = max(0, MOST_TRACKED - stock.count - len(untracked))
        self._read: dict[str, bool] = {}
        """Custom fields that escsync needs -> does it write them?"""
        self._lacking = False
        self.filled: list[str] = []
        """The custom fields that people fill in."""

    def all(self, wishes: Sequence[Wish]) -> Iterator[Need]:
        """Every gap but that of page layouts."""
        order = {name: place for place, name in enumerate(blueprint.EVIDENCE)}
        mapped = {one for wish in wishes for one in wish.named}
        by_weight = sorted(wishes, key=lambda wish: order.get(wish.wanted.name, len(order)))
        yield from self._flag()
        needs = {wish.wanted.name: list(self._field(wish, mapped)) for wish in by_weight}
        for wish in wishes:
            yield from needs[wish.wanted.name]
        if self._lacking:
            yield self._access()
        yield from surroundings.record_type(self._stock, self._scope.record_type)
        yield from surroundings.statuses(self._stock, self._vocabulary)
        if self._by_hand:
            full = len(self._by_hand) > self._reserved
            yield surroundings.history(self._by_hand, self._count - self._reserved, full=full)

    def _field(self, wish: Wish, mapped: set[str]) -> Iterator[Need]:
        name = wish.wanted.name
        for spelling in wish.named or DEFAULTS.get(name, ()):
            found = self._stock.column(name, spelling)
            if found is not None:
                yield from self._fitting(wish, found, spelling)
            elif not self._concealed(wish, spelling):
                yield from self._named(wish, spelling)
        if not wish.named and name not in DEFAULTS:
            yield from self._unnamed(wish, mapped)

    # -- a field that is there

    def _fitting(self, wish: Wish, found: Column, spelling: str) -> Iterator[Need]:
        name, subject = wish.wanted.name, f"fields.{wish.wanted.name}"
        if reason := kinds.misfit(name, found, self._vocabulary):
            by_hand = (
                f"map {subject} to a field of type {blueprint.kind(wish.wanted)}, or take the line out of the configuration: "
                "then a field is made"
            )
            yield Gap(f"fit:{name}:{found.name}", subject, reason, by_hand), None
            return
        if found.own:
            raw = self._stock.seen.get(found.name, {})
            if raw.get("custom") is True:
                self._uses(found.name, wish, seen=found.writable or raw.get("calculated") is True)
            yield from self._options(wish, found)
            yield from self._tracked(wish, found)

    def _options(self, wish: Wish, found: Column) -> Iterator[Need]:
        name = wish.wanted.name
        if not found.chosen or name in _UNTOUCHED:
            return
        meant = {self._vocabulary.choice(name, value, label) for value, label in found.options}
        lacking = tuple(
            label
            for value, label in wish.choices.items()
            if value not in meant and encode.spelled(label, found.options) is None
        )
        if not lacking:
            return
        shown = ", ".join(lacking)
        what = f"{found.name} lacks the {'value' if len(lacking) == 1 else 'values'} {shown}"
        by_hand = "" if self._extensible(found) else f"{FIELDS_PAGE} > {found.label} > Values > New: {shown}"
        gap = Gap(f"options:{name}:{found.name}", f"options.{name}", what, by_hand)
        yield gap, None if by_hand else Offer(found.name, lacking, f"{found.name}: {shown}")

    def _extensible(self, found: Column) -> bool:
        custom = self._stock.custom(found.name)
        if custom is None:
            return self._stock.customs is None and blueprint.is_api_name(found.name)
        told = (self._detail(custom) or {}).get("valueSet")
        return isinstance(told, dict) and not told.get("valueSetName")

    def _tracked(self, wish: Wish, found: Column) -> Iterator[Need]:
        tracked = self._stock.tracked
        if tracked is None or not blueprint.tracks(wish.wanted) or not found.remembered:
            return
        if tracked.intersection(found.traces()):
            return
        if not self._stock.custom(found.name) or not self._track():
            self._by_hand.append(found.label or found.name)
            return
        what = f"{found.name}: its history is not kept ({self._count} of {MOST_TRACKED} fields would be)"
        yield Gap(f"track:{found.name}", f"fields.{wish.wanted.name}", what), Track(found.name, what)

    # -- a field that is not there

    def _concealed(self, wish: Wish, spelling: str) -> bool:
        """Is it there, and only not to be seen by escsync's account?"""
        parent, _, last = spelling.rpartition(".")
        if parent not in ("", "Account"):
            return False
        custom = self._stock.custom(last.strip(), parent or "Case")
        if custom is not None:
            self._uses(custom.api, wish, seen=False, kind=custom.kind)
        return custom is not None

    def _named(self, wish: Wish, spelling: str) -> Iterator[Need]:
        name, subject = wish.wanted.name, f"fields.{wish.wanted.name}"
        if "." in spelling:
            why = likeness.why(self._stock, name, spelling)
            by_hand = (
                f"make it (Setup > Object Manager > {spelling.split('.')[0]}), or let escsync's permission set see it, or take the line of {subject} "
                "out of the configuration: then a field of Case is made"
            )
            yield Gap(f"path:{name}:{spelling}", subject, why, by_hand), None
            return
        said = " ".join(tidy(spelling).split())
        label = wish.label if blueprint.is_api_name(spelling) or not said else said
        yield self._made(wish, label, blueprint.developer_name(spelling), spelling)

    def _unnamed(self, wish: Wish, mapped: set[str]) -> Iterator[Need]:
        name, subject = wish.wanted.name, f"fields.{wish.wanted.name}"
        ours = next((api for api, told in self._stock.marks.items() if blueprint.marked(told) == name), "")
        custom = self._stock.custom(ours) if ours else likeness.hidden(self._stock, wish, self._detail)
        if custom is not None:
            seen = self._stock.column(name, custom.api)
            yield self._found(wish, custom.api, f'{custom.api} is there, made for "{wish.label}"')
            if seen is None:
                self._uses(custom.api, wish, seen=False)
            else:
                yield from self._fitting(wish, seen, custom.api)
            return
        alike = {
            spelling: one for spelling, one in likeness.alike(self._stock, wish) if spelling not in mapped
        }
        fitting = {s: one for s, one in alike.items() if not kinds.misfit(name, one, self._vocabulary)}
        if len(fitting) == 1:
            ((spelling, one),) = fitting.items()
            yield self._found(wish, spelling, f'{spelling} is called "{tidy(one.label)}"')
            yield from self._fitting(wish, one, spelling)
        elif alike:
            shown = ", ".join(f"{spelling} ({one.type})" for spelling, one in alike.items())
            which = (
                "which of them it is" if len(fitting) > 1 else "a field that can hold it, or rename this one"
            )
            by_hand = f"say under fields: {which}; it has to be of type {blueprint.kind(wish.wanted)}"
            yield Gap(f"unclear:{name}", subject, f'called "{wish.label}": {shown}', by_hand), None
        else:
            yield self._made(wish, wish.label, blueprint.developer_name(wish.label), "")

    def _found(self, wish: Wish, api: str, what: str) -> Need:
        gap = Gap(f"found:{wish.wanted.name}", f"fields.{wish.wanted.name}", what, found=True)
        return gap, Find(api, what, settings(wish, "", api))

    def _made(self, wish: Wish, label: str, short: str, spelling: str) -> Need:
        name = wish.wanted.name
        free = (
            one for one in (short, likeness.second(short)) if f"case.{one}__c".casefold() not in self._taken
        )
        developer = next(free, "")
        subject = f"fields.{name}"
        if not developer:
            by_hand = f"{FIELDS_PAGE} > New: {blueprint.kind(wish.wanted)}; then map {subject} to it"
            return Gap(f"field:{name}", subject, f'{short}__c is another field than "{label}"', by_hand), None
        self._taken.add(f"case.{developer}__c".casefold())
        tracked = blueprint.tracks(wish.wanted) and self._track()
        if blueprint.tracks(wish.wanted) and not tracked:
            self._by_hand.append(label)
        self._uses(f"{developer}__c", wish, seen=False)
        what = f'{developer}__c "{label}", {blueprint.kind(wish.wanted)}'
        if wish.choices and wish.wanted.kind is not FieldKind.TEXT:
            what += f" of {len(wish.choices)} values"
        if tracked:
            what += f", history kept ({self._count} of {MOST_TRACKED})"
        made = blueprint.metadata(wish, label, developer, tracked=tracked)
        key = f"field:{name}:{developer}" if spelling else f"field:{name}"
        return Gap(key, subject, what), Make(name, developer, made, what, wish, spelling)

    # -- everything around

    def _flag(self) -> Iterator[Need]:
        flag = self._scope.flag
        if not flag or self._stock.column("is_technical", flag) is not None:
            return
        if (custom := self._stock.hidden(flag)) is not None:
            self._read[f"Case.{custom.api}"] = True
            self._lacking = True
        elif blueprint.is_api_name(flag):
            short = blueprint.developer_name(flag)
            what = f"{flag}, the checkbox that makes a case an escalation"
            self._read[f"Case.{short}__c"] = True
            self._lacking = True
            made = blueprint.flag(short.replace("_", " "), tracked=self._track())
            yield Gap("flag", "scope.flag", what), Make("scope.flag", short, made, what)
        else:
            by_hand = f"{FIELDS_PAGE} > New > Checkbox; then write its API name under scope.flag"
            yield Gap("flag", "scope.flag", f"Case has no field {flag}", by_hand), None

    def _access(self) -> Need:
        written = frozenset(name for name, writes in self._read.items() if writes)
        what = (
            f'permission set "escsync" for {self._account}: read, create and edit on cases with View All, '
            f"{len(self._read)} fields to read, {len(written)} of them to write"
        )
        return Gap("access", "fields", what), Grant(tuple(self._read), written, what, self._account)

    def _uses(self, api: str, wish: Wish, *, seen: bool, kind: str = "Case") -> None:
        """escsync needs this custom field; *seen* says that it has all rights on it already."""
        own = wish.wanted.own
        visible = kind == "Case" and api in self._stock.seen
        self._read[f"{kind}.{api}"] = own
        self._lacking = self._lacking or not (seen or (visible and not own))
        if not own and kind == "Case":
            self.filled.append(api)

    def _track(self) -> bool:
        if self._room == 0:
            return False
        self._room -= 1
        return True

    @property
    def _count(self) -> int:
        return MOST_TRACKED - self._room
