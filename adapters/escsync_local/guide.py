"""What `escsync init` and the documentation know of local trackers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from escsync.adapter import FIELDS, Denied, Retry
from escsync.offers import Available, Explorer, Place, Question, Right, Shape, Step

from .admin import NEW, Admin
from .link import our_errors
from .store import Store


class LocalGuide:
    """One question: where the file is."""

    questions = (
        Question(
            ("connection", "path"),
            "Where is the tracker's file? It is made where there is none",
            "tracker.db",
        ),
    )
    rights = (
        Right("read and write the file", "observe", "SQLite keeps its own notes beside it, even to read", "chmod u+rw FILE"),
        Right("write the folder", "observe", "the file's journal stands beside it", "chmod u+rwx FOLDER"),
    )  # fmt: skip

    def explore(self, connection: Any, retry: Retry) -> Explorer:
        """Look at the file, where there is one; none is made."""
        return LocalExplorer(connection.path)


class LocalExplorer:
    """What a file holds, before anything is mapped."""

    def __init__(self, path: Path) -> None:
        if not path.parent.is_dir():
            raise Denied(f"{path}: the folder does not exist", remedy="create it, or correct connection.path")
        self._path = path
        self._store: Store | None = None
        if path.exists():
            with our_errors(path.name):
                self._store = Store(path)

    def places(self) -> Iterator[Place]:
        """The whole file is one place."""
        yield Place("file", self._path.name, {}, "file", empty=self._store is None)

    def shape(self, place: Place) -> Shape:
        """The declared fields, those that tickets hold without being declared, and the statuses."""
        if self._store is None:
            return Shape(
                steps=tuple(_steps(NEW)), notes=(f"{self._path.name} is made when it is first used.",)
            )
        with our_errors(self._path.name):
            admin = Admin(self._store)
            declared, statuses = admin.fields(), admin.statuses()
            held = [
                row["field"] for row in self._store.rows("SELECT DISTINCT field FROM changes ORDER BY field")
            ]
        known = [Available(f.id, f.name, f.kind.value, (f.kind,), dict(f.options)) for f in declared.values()]
        loose = [name for name in held if name not in declared and name != "stage"]
        plain = [
            Available(name, name, "any", (FIELDS[name].kind,) if name in FIELDS else ()) for name in loose
        ]
        notes = (
            "Fields in use that are not declared are read as they are; `escsync provision` declares them.",
        )
        return Shape((*known, *plain), tuple(_steps(statuses.values())), notes if plain else ())

    def close(self) -> None:
        """Close the file."""
        if self._store is not None:
            self._store.close()


def _steps(statuses: Any) -> Iterator[Step]:
    for order, status in enumerate(statuses):
        yield Step(status.name, status.name, status.done, status.id == "intake", order)


GUIDE = LocalGuide()
