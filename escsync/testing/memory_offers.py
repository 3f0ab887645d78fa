"""What the adapter of a tracker in memory offers beside the contract: provisioning, an outline, and a rehearsal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from escsync.adapter import Ambiguous, Denied, Draft, FieldKind, Rejected, TicketRef, Vanished, canonical
from escsync.offers import Gap, Part, Provided, Wish

from .schema import Column
from .tracker import MemoryTracker

_MARK = "escsync:"
_TEST = "escsync's own test, may be deleted"


class MemoryOffers:
    """Makes a field in two requests, the field and its options, as many a tracker wants it."""

    _tracker: MemoryTracker
    _wished: dict[str, Wish]

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """A gap per field that is not there, or only not mapped, and one for the options that it lacks."""
        self._wished = {}
        columns = self._ask("look", lambda: list(self._tracker.columns.values()))
        for wish in wishes:
            name, column = wish.wanted.name, _meant(wish, columns)
            subject = f"fields.{name}"
            self._wished[name] = wish
            if column is None and name in self._tracker.unmakeable:
                yield Gap(
                    name,
                    subject,
                    f'the field "{wish.label}"',
                    f'Admin > Fields > New: name it "{wish.label}"',
                )
            elif column is None:
                yield Gap(name, subject, f'the {wish.wanted.kind.value} field "{wish.label}"')
            elif not wish.named:
                yield Gap(name, subject, f'the field "{column.name}" ({column.id})', found=True)
            elif lack := _lacking(wish, column):
                yield Gap(name, subject, f'options of "{column.name}": {", ".join(lack.values())}')

    def provide(self, gap: Gap) -> Provided:
        """The field, found by its mark where an answer was lost, and then its options."""
        wish = self._wished[gap.id]
        columns = self._ask("look", lambda: list(self._tracker.columns.values()))
        column = _meant(wish, columns) or self._made(wish)
        if lack := _lacking(wish, column):
            self._ask("provide", partial(column.options.update, lack), safe=True)
        return _told(column, wish.wanted.name)

    def provided(self) -> Iterator[Provided]:
        """Every field whose description says that escsync made it."""
        for column in self._ask("look", lambda: list(self._tracker.columns.values())):
            if column.description.startswith(_MARK):
                yield _told(column, column.description.removeprefix(_MARK))

    def withdraw(self, one: Provided) -> None:
        """Delete the field, where it carries our mark."""
        column = self._tracker.columns.get(one.id)
        if column is None:
            raise Vanished("it is not there any more")
        if not column.description.startswith(_MARK):
            raise Rejected("escsync did not make this", remedy="delete it by hand, if nobody needs it")
        self._ask("withdraw", partial(self._tracker.columns.pop, one.id, None))

    def outline(self) -> Iterator[Part]:
        """The fields to which ours are mapped."""
        columns = self._ask("look", lambda: list(self._tracker.columns.values()))
        for column in columns:
            used = tuple(
                f"fields.{n}" for n, ids in self._tracker.vocabulary.fields.items() if column.id in ids
            )
            if used:
                yield Part("field", column.id, column.name, used, column.kind.value, dict(column.options))

    def recalled(self) -> Iterator[Part]:
        """Nothing is remembered in memory."""
        return iter(())

    def scratch(self, mark: str) -> TicketRef:
        """A ticket that says what it is, found again by its mark."""
        for held in self._tracker.visible.values():
            if held.key == mark:
                return self._tracker.seen(held).ref
        return self.create(Draft(mark, {"summary": f"{_TEST} ({mark})"}))

    def discard(self, ref: TicketRef) -> None:
        """Delete it, if it is ours."""
        held = self._tracker.visible.get(ref.id)
        if held is None:
            return
        if not str(self._tracker.seen(held).values.get("summary")).startswith(_TEST):
            raise Rejected("this is no test of escsync's", remedy="it stays as it is")
        self._ask("discard", partial(self._tracker.delete, ref, by="escsync"))

    def create(self, draft: Draft) -> TicketRef:
        """The adapter's own."""
        raise NotImplementedError

    def _ask(self, name: str, work: Callable[[], Any], *, safe: bool = True) -> Any:
        raise NotImplementedError

    def _made(self, wish: Wish) -> Column:
        name = wish.wanted.name
        if name in self._tracker.denied:
            raise Denied("escsync may not make fields here", remedy="grant it: Admin > Rights > Make fields")
        make = partial(self._tracker.column, wish.label, wish.wanted.kind, f"{_MARK}{name}")
        try:
            made: Column = self._ask("provide", make, safe=False)
        except Ambiguous:
            columns = self._ask("look", lambda: list(self._tracker.columns.values()))
            for column in columns:
                if isinstance(column, Column) and column.description == f"{_MARK}{name}":
                    return column
            raise
        return made


def _meant(wish: Wish, columns: Sequence[Column]) -> Column | None:
    """The field that *wish* is mapped to, else the one that was made for it, else the only one that is called alike."""
    if wish.named:
        named = [c for c in columns if c.id in wish.named or c.name in wish.named]
        return named[0] if named else None
    marked = [c for c in columns if c.description == f"{_MARK}{wish.wanted.name}"]
    alike = [c for c in columns if c.name == wish.label and c.kind is wish.wanted.kind]
    found = marked or (alike if len(alike) == 1 else [])
    return found[0] if found else None


def _lacking(wish: Wish, column: Column) -> dict[str, str]:
    if column.kind not in (FieldKind.CHOICE, FieldKind.CHOICES):
        return {}
    there = {canonical(wish.wanted, name) for name in column.options.values()}
    return {value: name for value, name in wish.choices.items() if value not in there}


def _told(column: Column, field: str) -> Provided:
    what = f'the {column.kind.value} field "{column.name}"'
    return Provided(column.id, "field", what, {("fields", field): column.id})
