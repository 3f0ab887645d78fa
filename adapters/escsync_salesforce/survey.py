"""What `escsync doctor` looks at: access, fields, options, statuses, histories; each one line with its fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import FIELDS, FieldKind, Level, Problem, TrackerError, canonical

from . import encode, soql
from .answers import Refusal
from .connection import Connection
from .discovery import Discovery
from .schema import ESSENTIAL, MOST_TRACKED, Column, Schema
from .search import Search
from .setup.blueprint import EVIDENCE

_SCARCE = 0.9


class Survey:
    """One look at everything that the configuration names."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self._search = Search(connection, discovery)

    def look(self) -> Iterator[Problem]:
        """Every line; the first failure to get in at all is the last line."""
        try:
            schema = self._discovery.refresh()
        except TrackerError as error:
            yield Problem(Level.FAIL, "access", error.message, error.remedy)
            return
        for part in (
            self._access,
            self._scope,
            self._fields,
            self._statuses,
            self._histories,
            self._mails,
            self._limits,
        ):
            try:
                yield from part(schema)
            except TrackerError as error:
                yield Problem(Level.FAIL, part.__name__.strip("_"), error.message, error.remedy)

    def _access(self, schema: Schema) -> Iterator[Problem]:
        org = next(iter(self._rows("SELECT Name, IsSandbox, OrganizationType FROM Organization")), {})
        sandbox = org.get("IsSandbox")
        kind = "a sandbox" if sandbox is True else "production" if sandbox is False else "an org"
        edition = f", {org['OrganizationType']}" if isinstance(org.get("OrganizationType"), str) else ""
        me = self._discovery.account
        message = f"{kind}{edition}, API {self._connection.version}, signed in as {me} ({schema.me})"
        yield Problem(Level.OK, "access", message)
        if ".sandbox." in self._connection.url and org.get("IsSandbox") is False:
            yield Problem(
                Level.WARNING,
                "access",
                "the address looks like a sandbox, the org says production",
                "check connection.url",
            )

    def _scope(self, schema: Schema) -> Iterator[Problem]:
        where = self._discovery.settings.scope.where
        answer = self._counted(f"SELECT COUNT() FROM Case WHERE {self._discovery.scope}")
        if isinstance(answer, str):
            yield Problem(Level.FAIL, "scope", f"Salesforce refuses it: {answer}"[:200], "check scope.where")
        elif answer:
            yield Problem(Level.OK, "scope", f"{answer} cases")
        else:
            yield Problem(Level.WARNING, "scope", "no case is in scope", "check record_type, flag and where")
        if word := soql.literal(where):
            message = f"{word} in scope.where counts days in the time zone of escsync's account"
            yield Problem(
                Level.WARNING, "scope.where", message, "write an instant, such as 2026-01-01T00:00:00Z"
            )

    def _counted(self, question: str) -> int | str:
        (answer,) = self._connection.composite(
            [self._search.plain(question)], what="counting the cases in scope"
        )
        if not answer.ok:
            return Refusal.of(answer.body).why() or str(answer.status)
        total = answer.mapping().get("totalSize")
        return total if isinstance(total, int) else 0

    def _fields(self, schema: Schema) -> Iterator[Problem]:
        yield from self._discovery.problems()
        for name, columns in schema.columns.items():
            for column in columns:
                yield from _field(name, column)
                if name == "priority" and name not in {
                    **schema.vocabulary.fields,
                    **schema.vocabulary.options,
                }:
                    continue  # it is shown beside ours, and nobody asked for it
                yield from _options(name, column, schema)

    def _statuses(self, schema: Schema) -> Iterator[Problem]:
        options = tuple((value, label) for value, (label, _) in schema.statuses.items())
        for stage, statuses in schema.vocabulary.stages.items():
            for status in statuses:
                native = encode.spelled(status, options)
                if native is None:
                    message = f"the org has no status {status!r}"
                    yield Problem(Level.FAIL, f"stages.{stage}", message, encode.near(status, options))
                    continue
                ends, closed = stage in ("closed", "rejected", "duplicate"), schema.statuses[native][1]
                if ends and not closed:
                    message = f"{status} does not close a case"
                    yield Problem(
                        Level.WARNING, f"stages.{stage}", message, "tick Closed for it in Setup > Case Status"
                    )
                elif closed and not ends:
                    message = f"{status} closes a case"
                    yield Problem(
                        Level.WARNING, f"stages.{stage}", message, "map a status that leaves it open"
                    )
                else:
                    yield Problem(Level.OK, f"stages.{stage}", status)
        for value, (label, _) in schema.statuses.items():
            if schema.vocabulary.stage_of(value, label) is None:
                yield Problem(
                    Level.WARNING,
                    f"status {value}",
                    "stands for no stage",
                    f"map it: stages: {{...: [{value}]}}",
                )

    def _histories(self, schema: Schema) -> Iterator[Problem]:
        tracked = schema.tracked
        if tracked is None:
            message = "the org does not tell which fields have a history; it is inferred from the rows that there are"
            yield Problem(
                Level.WARNING, "history", message, "give escsync's account View Setup and Configuration"
            )
            return
        for name, columns in schema.columns.items():
            if FIELDS[name].own or name in ("summary", "description", "contact.name"):
                continue
            depends = name in EVIDENCE or name in ESSENTIAL
            for column in columns:
                if not column.own:
                    continue
                if not column.remembered:
                    message = (
                        f"{column.name} is of a type whose history holds no values: known to the poll only"
                    )
                    yield Problem(Level.OK, f"history {name}", message)
                elif tracked.intersection(column.traces()):
                    yield Problem(Level.OK, f"history {name}", f"{column.name} is tracked")
                elif depends:
                    message = (
                        f"{column.name} has no history ({len(tracked)} of {MOST_TRACKED} fields are tracked)"
                    )
                    remedy = "Setup > Object Manager > Case > Fields > Set History Tracking; it starts then"
                    yield Problem(Level.WARNING, f"history {name}", message, remedy)

    def _mails(self, schema: Schema) -> Iterator[Problem]:
        if "EmailMessage" in {held.child.name for held in self._discovery.children}:
            yield Problem(Level.OK, "mails", "sent mails are read as messages")
        elif schema.vocabulary.native:
            yield Problem(
                Level.WARNING,
                "mails",
                "there are no mails on cases here, or escsync's account may not see them",
                "without Email-to-Case, published comments and marked ones are the record",
            )

    def _limits(self, schema: Schema) -> Iterator[Problem]:
        used, most = self._connection.usage
        if not most:
            return
        message = f"{used} of {most} API requests used in the last 24 hours"
        if used > most * _SCARCE:
            yield Problem(Level.WARNING, "limits", message, "run less often, or raise the org's limit")
        else:
            yield Problem(Level.OK, "limits", message)

    def _rows(self, question: str) -> list[dict[str, Any]]:
        (answer,) = self._connection.composite([self._search.plain(question)], what="looking at the org")
        return answer.listing("records") if answer.ok else []


def _field(name: str, column: Column) -> Iterator[Problem]:
    subject, field = f"fields.{name}", FIELDS[name]
    shown = f"{column.label or column.name} ({column.path}, {column.type})"
    if field.kind is FieldKind.INSTANT and column.type == "date":
        yield Problem(
            Level.WARNING,
            subject,
            f"{shown} keeps the day only",
            "map a date-and-time field to keep the hour",
        )
    elif field.own and not column.writable:
        remedy = "give escsync's permission set edit access to it; a formula or a path cannot be written"
        yield Problem(Level.WARNING, subject, f"{shown} cannot be written", remedy)
    elif column.name == "AnnualRevenue":
        message = f"{shown} is what the customer earns, not what he pays you"
        yield Problem(Level.WARNING, subject, message, "map the field that holds the recurring revenue")
    else:
        yield Problem(Level.OK, subject, shown)


def _options(name: str, column: Column, schema: Schema) -> Iterator[Problem]:
    field = FIELDS[name]
    if not column.chosen:
        return
    for value, spellings in schema.vocabulary.options.get(name, {}).items():
        for word in spellings:
            if encode.spelled(word, column.options) is None:
                message = f"{column.name} has no option {word!r}"
                yield Problem(
                    Level.FAIL, f"options.{name}.{value}", message, encode.near(word, column.options)
                )
    if field.kind not in (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.CHECK):
        return
    meant: Mapping[str, str] = {value: schema.choice(name, (value, label)) for value, label in column.options}
    missing = [choice for choice in field.choices if choice not in meant.values()]
    if missing and (field.own or len(missing) == len(field.choices)):
        level = Level.FAIL if field.own else Level.WARNING
        message = f"no option of {column.name} stands for {', '.join(missing)}"
        remedy = f"`escsync provision` adds them or says what to click; or map them: options: {{{name}: {{{missing[0]}: ...}}}}"
        yield Problem(level, f"options.{name}", message, remedy)
    strange = [value for value, told in meant.items() if canonical(field, told) is None]
    if strange and name != "priority":
        message = f"unmapped: {', '.join(strange[:8])}"[:200]
        yield Problem(Level.WARNING, f"options.{name}", message, f"map them under options.{name}")
