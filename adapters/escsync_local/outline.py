"""A local tracker's schema, as it is and as it was when a pass last looked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import FieldKind
from escsync.offers import Part

from .admin import Declared, StatusRow
from .link import Link


class Outlining(Link):
    """Tells the declared fields and the statuses that the configuration leans on."""

    _seen: Mapping[str, Any] | None = None

    @property
    def discovery(self) -> Mapping[str, Any]:
        """The schema as far as this connection has looked, else what was handed to it."""
        return self._binding.discovery if self._seen is None else self._seen

    def outline(self) -> Iterator[Part]:
        """Every declared field and status that is mapped."""
        yield from self._parts(*self._call(self._look, safe=True))

    def recalled(self) -> Iterator[Part]:
        """The same as the discovery that was handed over has it."""
        yield from self._parts(*_schema(self._binding.discovery))

    def _look(self) -> tuple[dict[str, Declared], dict[str, StatusRow]]:
        """The schema, to be remembered by what connects next."""
        admin = self._admin
        fields, statuses = admin.fields(), admin.statuses()
        self._seen = {
            "fields": {f.id: [f.name, f.kind.value, dict(f.options)] for f in fields.values()},
            "statuses": {s.id: [s.name, s.done] for s in statuses.values()},
        }
        return fields, statuses

    def _parts(self, fields: Mapping[str, Declared], statuses: Mapping[str, StatusRow]) -> Iterator[Part]:
        codec = self._codec()
        for declared in fields.values():
            used = tuple(f"fields.{name}" for name in codec.mapped if declared.id in codec.native(name))
            if used:
                yield Part(
                    "field",
                    declared.id,
                    declared.name,
                    used,
                    declared.kind.value,
                    dict(declared.options),
                    False,
                )
        before = _schema(self._binding.discovery)[1]
        for status in statuses.values():
            # A status that is mapped by its name and was renamed since is known by the name that it had.
            words = {status.id, status.name, before[status.id].name if status.id in before else status.name}
            folded = {word.strip().casefold() for word in words}
            used = tuple(
                f"stages.{stage}"
                for stage, names in codec.vocabulary.stages.items()
                if any(name.strip().casefold() in folded for name in names)
            )
            if used:
                category = "done" if status.done else "open"
                yield Part("status", status.id, status.name, used, category=category)


def _schema(told: Mapping[str, Any]) -> tuple[dict[str, Declared], dict[str, StatusRow]]:
    return (
        {
            i: Declared(i, name, FieldKind(kind), options)
            for i, (name, kind, options) in told.get("fields", {}).items()
        },
        {i: StatusRow(i, name, done) for i, (name, done) in told.get("statuses", {}).items()},
    )
