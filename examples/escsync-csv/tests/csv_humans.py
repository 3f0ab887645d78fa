"""People who work on the tracker while escsync looks on: the other side of every test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from escsync_csv.adapter import connect
from escsync_csv.codec import Codec
from escsync_csv.settings import Settings
from escsync_csv.store import Store

from escsync.adapter import FIELDS, Adapter, Binding, PersonKind, PersonRef, Stage, TicketRef, Vocabulary
from escsync.testing import Mishaps

STAGES = {
    Stage.CANDIDATE: "Candidate",
    Stage.INTAKE: "Intake",
    Stage.INVESTIGATION: "Investigation",
    Stage.SOLUTION_DESIGN: "Solution design",
    Stage.CUSTOMER_UPDATE: "Customer update",
    Stage.RESOLUTION_PENDING: "Resolution pending",
    Stage.CLOSED: "Closed",
    Stage.REJECTED: "Rejected",
    Stage.DUPLICATE: "Duplicate",
}
WORDS = Vocabulary(
    stages={stage: (name,) for stage, name in STAGES.items()},
    fields={name: (name,) for name, field in FIELDS.items() if field.own},
)


class CsvHumans(Mishaps):
    """The protocols `Humans`, `Staged` and `Trouble` of escsync.testing."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 3, 9, tzinfo=UTC)
        self.store = Store(folder / "tracker")
        self.store.make(["escalation", *FIELDS])
        self.ignored: set[str] = set()
        self.hire("escsync", "escsync", kind=PersonKind.BOT)

    def connect(self) -> Adapter:
        told = {"connection": {"folder": str(self.store.folder)}, "scope": {"flag": "escalation"}}
        lag = self.lag
        return connect(
            Binding("support", Settings.model_validate(told), WORDS, self.retry(), lambda: self.now + lag)
        )

    def hire(self, user: str, name: str, *, email: str = "", kind: PersonKind = PersonKind.HUMAN) -> str:
        with self.store.changing() as tables:
            row = {"id": user, "name": name, "email": email, "kind": kind.value, "active": "yes"}
            tables["people"].rows.append(row)
        return user

    def dismiss(self, user: str) -> None:
        with self.store.changing() as tables:
            for row in tables["people"].by("id", user):
                row["active"] = "no"

    def create(self, values: Mapping[str, object], *, by: str) -> TicketRef:
        with self.store.changing() as tables:
            number = str(len(tables["tickets"].rows) + 1)
            row = dict.fromkeys(tables["tickets"].columns, "")
            row |= {"id": number, "key": f"T-{number}", "escalation": "yes", "created_by": by}
            row |= {"created_at": self._stamp(), "updated_at": self._stamp(), "stage": STAGES[Stage.INTAKE]}
            for field, value in values.items():
                row |= self._cells(tables, field, value)
            tables["tickets"].rows.append(row)
        return TicketRef(number, f"T-{number}")

    def set(self, ticket: TicketRef, field: str, value: object, *, by: str) -> None:
        with self.store.changing() as tables:
            (row,) = tables["tickets"].by("id", ticket.id)
            row |= {**self._cells(tables, field, value), "updated_at": self._stamp()}

    def move(self, ticket: TicketRef, stage: Stage, *, by: str) -> None:
        self.set(ticket, "stage", STAGES[stage], by=by)

    def comment(self, ticket: TicketRef, text: str, *, by: str) -> str:
        with self.store.changing() as tables:
            rows = tables["comments"].rows
            id_ = str(1 + max((int(row["id"]) for row in rows), default=0))
            made = {"id": id_, "ticket": ticket.id, "author": by, "body": text}
            rows.append({**made, "created_at": self._stamp(), "edited_at": ""})
        return id_

    def edit_comment(self, ticket: TicketRef, comment: str, text: str, *, by: str) -> None:
        with self.store.changing() as tables:
            (row,) = tables["comments"].by("id", comment)
            row |= {"body": text, "edited_at": self._stamp()}

    def delete_comment(self, ticket: TicketRef, comment: str, *, by: str) -> None:
        with self.store.changing() as tables:
            tables["comments"].rows[:] = [r for r in tables["comments"].rows if r["id"] != comment]

    def delete(self, ticket: TicketRef, *, by: str) -> None:
        with self.store.changing() as tables:
            tables["tickets"].rows[:] = [r for r in tables["tickets"].rows if r["id"] != ticket.id]

    # What scenarios need: escsync finds the tracker by its configuration.

    def section(self) -> dict[str, Any]:
        return {
            "adapter": "csv",
            "connection": {"folder": str(self.store.folder)},
            "scope": {"flag": "escalation"},
            "stages": {stage.value: name for stage, name in STAGES.items()},
        }

    def environ(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        pass

    # What can go wrong with the tracker itself; the way to it is `Mishaps`.

    def hide(self) -> None:
        self.store.folder.rename(self.store.folder.with_name("elsewhere"))

    def leave(self, ticket: TicketRef) -> None:
        with self.store.changing() as tables:
            (row,) = tables["tickets"].by("id", ticket.id)
            row["escalation"] = "no"

    def ignore(self, field: str) -> None:
        self.ignored.add(field)

    def spoil(self, ticket: TicketRef) -> None:
        with self.store.changing() as tables:
            (row,) = tables["tickets"].by("id", ticket.id)
            row["created_at"] = "last Tuesday"

    def exchange(self, operation: Callable[[], Any], *, writes: bool) -> Any:
        """Somebody's macro takes back what is written to ignored columns."""
        before = self.store.read()["tickets"] if writes and self.ignored else None
        answer = super().exchange(operation, writes=writes)
        if before is not None:
            with self.store.changing() as tables:
                for row in before.rows:
                    for now in tables["tickets"].by("id", row["id"]):
                        now |= {column: row[column] for column in self.ignored}
        return answer

    def _cells(self, tables: Any, field: str, value: Any) -> dict[str, str]:
        if isinstance(value, tuple) and FIELDS[field].kind.value == "people":
            value = tuple(PersonRef(id=user) for user in value)
        return Codec.over(tables, WORDS, "escalation", "").encode(field, value)

    def _stamp(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
