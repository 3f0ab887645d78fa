"""Provisioning a local tracker: its file, the statuses that `stages:` names, and the fields of the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from escsync.adapter import Binding, Field, FieldKind, Rejected, Stage, Vanished
from escsync.offers import Gap, Key, Provided, Wish

from .admin import NEW, Declared, Made, StatusRow
from .link import Link

_KINDS = {
    FieldKind.TEXT: "text",
    FieldKind.PEOPLE: "person",
    FieldKind.INSTANT: "date and time",
    FieldKind.DAY: "date",
    FieldKind.NUMBER: "number",
    FieldKind.CHOICE: "choice",
    FieldKind.CHOICES: "several choices",
    FieldKind.FLAG: "yes or no",
    FieldKind.CHECK: "done or not",
    FieldKind.STAGE: "status",
}
"""What people call our kinds of fields."""
_ENDED = {Stage.CLOSED, Stage.REJECTED, Stage.DUPLICATE}


class Provisioning(Link):
    """Declares what escsync reads and writes, so that it has names and options, and can be watched."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding)
        self._ways: dict[str, Callable[[], Provided]] = {}

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """The file, then statuses, then fields and options; nothing is made, not even the file."""
        there = self.path.exists()
        statuses = self._call(self._admin.statuses, safe=True) if there else {row.id: row for row in NEW}
        fields = self._call(self._admin.fields, safe=True) if there else {}
        self._ways = {}
        if not there:
            yield self._gap(
                Gap("file", "connection.path", f"the file {self.path.name} with its statuses"), self._file
            )
        known = {_bare(word) for row in statuses.values() for word in (row.id, row.name)}
        for stage, names in self._binding.vocabulary.stages.items():
            for name in names:
                if _bare(name) not in known:
                    known.add(_bare(name))
                    row = StatusRow(_bare(name) or name, name, stage in _ENDED)
                    gap = Gap(f"status:{row.id}", f"stages.{stage}", f'the status "{name}"')
                    yield self._gap(gap, partial(self._status, row, stage))
        for wish in wishes:
            if wish.wanted.kind is not FieldKind.STAGE:
                yield from self._lacking(wish, fields)

    def provide(self, gap: Gap) -> Provided:
        """Make it; what is there by now stays as it is."""
        way = self._ways.get(gap.id)
        if way is None:
            raise Rejected(f"{gap.what}: nobody has asked what is missing", remedy="ask again, then make it")
        return way()

    def provided(self) -> Iterator[Provided]:
        """What carries our mark: options first, then fields, then statuses; the file is its owner's."""
        if not self.path.exists():
            return
        for made in self._call(self._admin.made, safe=True):
            yield self._told(made)
        yield Provided(
            "file",
            "file",
            f"the file {self.path.name}",
            kept="it holds the tickets; delete it where nobody needs them",
        )

    def withdraw(self, one: Provided) -> None:
        """Declare it no more; Rejected where it is not ours, or where tickets stand in a status."""
        made = next((m for m in self._call(self._admin.made, safe=True) if _name(m) == one.id), None)
        if made is None:
            raise Vanished("escsync made nothing of this name that is still there")
        kept = self._kept(made)
        if kept:
            raise Rejected(f"{one.what} is needed", remedy=kept)
        admin = self._admin
        match made.kind:
            case "status":
                self._call(partial(admin.remove_status, made.id), safe=True)
            case "option":
                self._call(partial(admin.remove_option, *made.id.split("#", 1)), safe=True)
            case _:
                self._call(partial(admin.remove_field, made.id), safe=True)

    def _gap(self, gap: Gap, way: Callable[[], Provided]) -> Gap:
        self._ways[gap.id] = way
        return gap

    def _lacking(self, wish: Wish, fields: dict[str, Declared]) -> Iterator[Gap]:
        """What is lacking of one field: it itself, its options, or only the line that maps it."""
        name, subject = wish.wanted.name, f"fields.{wish.wanted.name}"
        for id in wish.named or (name,):
            declared = fields.get(id)
            alike = [
                f
                for f in fields.values()
                if _bare(f.name) == _bare(wish.label) and f.kind is wish.wanted.kind
            ]
            if declared is None and not wish.named and len(alike) == 1:
                declared = alike[0]
            if declared is None:
                new = Declared(id, wish.label if id == name else id, wish.wanted.kind, _options(wish))
                gap = Gap(
                    f"field:{id}", subject, _described(new), optional=bool(wish.named) or not wish.wanted.own
                )
                yield self._gap(gap, partial(self._field, new, wish.wanted))
                continue
            if not wish.named and (wish.wanted.own or declared.id != name):
                gap = Gap(f"map:{name}", subject, f'the field "{declared.name}" ({declared.id})', found=True)
                yield self._gap(gap, partial(self._mapped, declared, wish.wanted))
            spelt = {_bare(word) for pair in declared.options.items() for word in pair}
            lack = {k: v for k, v in _options(wish).items() if not {_bare(k), _bare(v)} & spelt}
            if lack and declared.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
                words = ", ".join(lack.values())
                gap = Gap(f"options:{declared.id}", subject, f'options of "{declared.name}": {words}')
                yield self._gap(gap, partial(self._options, declared, lack, name))

    def _file(self) -> Provided:
        self._call(lambda: self._store.about("tracker"), safe=True)
        return Provided("file", "file", f"the file {self.path.name}")

    def _status(self, row: StatusRow, stage: Stage) -> Provided:
        self._call(partial(self._admin.add_status, row, f"stages.{stage}"), safe=True)
        return self._told(Made("status", row.id, f"stages.{stage}"))

    def _field(self, new: Declared, wanted: Field) -> Provided:
        self._call(partial(self._admin.add_field, new, wanted.name), safe=True)
        return self._mapped(new, wanted)

    def _options(self, declared: Declared, lack: dict[str, str], name: str) -> Provided:
        self._call(partial(self._admin.add_options, declared.id, lack, name), safe=True)
        return Provided(f"{declared.id}#{','.join(lack)}", "option", f'options of "{declared.name}"')

    def _mapped(self, declared: Declared, wanted: Field) -> Provided:
        return Provided(
            declared.id, "field", _described(declared), _settings(declared.id, wanted.name, wanted.own)
        )

    def _told(self, made: Made) -> Provided:
        what = f'the {made.kind} "{made.id}"'
        settings: dict[Key, Any] = {}
        if made.kind == "field":
            fields = self._call(self._admin.fields, safe=True)
            what = _described(fields[made.id]) if made.id in fields else what
            settings = {("fields", made.mark): made.id}
        return Provided(_name(made), made.kind, what, settings, self._kept(made))

    def _kept(self, made: Made) -> str:
        count = self._call(partial(self._admin.in_use, made.id), safe=True) if made.kind == "status" else 0
        return f"{_counted(count, 'ticket')} of the file stood in it; it would lose its name" if count else ""


def _bare(word: str) -> str:
    """How names are compared: case, spaces, `-` and `_` make no difference."""
    return "".join(ch for ch in word.casefold() if ch not in " -_")


def _name(made: Made) -> str:
    return made.id if made.kind != "status" else f"status {made.id}"


def _settings(id: str, name: str, own: bool) -> dict[Key, Any]:
    """A field under our own name needs no line, unless escsync is to write it."""
    return {("fields", name): id} if own or id != name else {}


def _options(wish: Wish) -> dict[str, str]:
    """Option id -> name: a ticket holds our value, or the word to which `options:` maps it."""
    if wish.wanted.kind in (FieldKind.FLAG, FieldKind.CHECK):
        return {}  # yes and no, done and open are no options here
    return {value if _bare(value) == _bare(shown) else shown: shown for value, shown in wish.choices.items()}


def _described(declared: Declared) -> str:
    options = f" with {_counted(len(declared.options), 'option')}" if declared.options else ""
    return f'the {_KINDS[declared.kind]} field "{declared.name}"{options}'


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
