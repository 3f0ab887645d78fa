"""Names in a query, resolved: which column of which row, as far as the API's user may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .record import Row
from .schema import Field, SObject
from .soql_tree import Path
from .soql_words import no_column, no_relation, no_type

if TYPE_CHECKING:
    from .world import Org

DEEPEST = 5


@dataclass(frozen=True)
class Column:
    """*get* takes the row of the query's object; *hops* are the references on the way, *names* what they are called."""

    field: Field
    get: Callable[[Row], Any]
    names: tuple[str, ...] = ()


class Fields:
    """The names of one query's text over *org*."""

    def __init__(self, org: Org, text: str) -> None:
        self.org = org
        self.text = text

    def object(self, name: str, at: int) -> SObject:
        """By its name, whatever its case; one that the user may not read is none."""
        for known, sobject in self.org.objects.items():
            if known.casefold() == name.casefold() and known not in self.org.lost and "q" in sobject.rights:
                return sobject
        raise no_type(self.text, at, name)

    def readable(self, sobject: SObject) -> Iterator[Field]:
        hidden = {name for kind, name in self.org.invisible if kind == sobject.name}
        yield from (field for field in sobject.fields.values() if field.name not in hidden)

    def column(self, sobject: SObject, parts: Sequence[str], at: int, alias: str = "") -> Column:
        """The column that a dotted path names."""
        if len(parts) > 1 and parts[0].casefold() in {alias.casefold(), sobject.name.casefold()} - {""}:
            parts = parts[1:]
        *way, last = parts
        if len(way) > DEEPEST:
            raise no_relation(self.text, at, way[DEEPEST])
        hops: list[Field] = []
        here = sobject
        for part in way:
            here, hop = self.step(here, part, at)
            hops.append(hop)
        field = here.field(last)
        if field is None or (here.name, field.name) in self.org.invisible:
            raise no_column(self.text, at, last, here.name)
        names = tuple(hop.relationship for hop in hops)
        get = self.getter(hops, field.name)
        if here.name == "Name" and field.name == "Type":
            get = self.getter(hops, "", lambda row: "Queue" if row.type == "Group" else row.type)
        if here.name == "Name" and field.type == "boolean":
            # Whether a queue is active is nobody's question, and so the answer is no.
            get = self.getter(hops, "", lambda row: bool(row.get(field.name)))
        return Column(field, get, names)

    def step(self, here: SObject, part: str, at: int) -> tuple[SObject, Field]:
        """From an object to what one of its references points to; where that can be several kinds, to its name."""
        hop = here.relation(part)
        if hop is None or (here.name, hop.name) in self.org.invisible:
            raise no_relation(self.text, at, part)
        target = "Name" if hop.polymorphic else hop.refers[0]
        if target in self.org.lost:
            raise no_relation(self.text, at, part)
        return self.org.objects[target], hop

    def getter(
        self, hops: Sequence[Field], name: str, then: Callable[[Row], Any] | None = None
    ) -> Callable[[Row], Any]:
        """How to get from a row, along *hops*, to a value; None where the way ends early."""
        final = then or (lambda row: row.get(name))
        if not hops:
            return final
        links = [hop.name for hop in hops]

        def get(row: Row) -> Any:
            found: Row | None = row
            for link in links:
                found = None if found is None else self.org.peek(found.get(link))
            return None if found is None else final(found)

        return get

    def spread(self, sobject: SObject, kind: str, at: int) -> list[Path]:
        """What FIELDS(ALL), FIELDS(STANDARD) and FIELDS(CUSTOM) stand for."""
        wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[kind]
        return [Path((field.name,), at) for field in self.readable(sobject) if field.custom in wanted]
