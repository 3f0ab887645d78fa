"""The people of a Notion workspace, as the contract and the scenarios need them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from fakes.http import Fault, spoilt
from fakes.jira.rig import named
from fakes.notion.page import Comment, Page
from fakes.notion.service import TOKEN, notion
from fakes.notion.trouble import limited
from fakes.notion.world import Workspace

from escsync.adapter import FIELDS, Adapter, Binding, FieldKind, PersonKind, Stage, TicketRef, Vocabulary
from escsync.retry import Budget, Patience

STATUSES = {
    Stage.CANDIDATE: "Proposed:To-do",
    Stage.INTAKE: "Open:To-do",
    Stage.INVESTIGATION: "Investigation:In progress",
    Stage.SOLUTION_DESIGN: "Designing:In progress",
    Stage.CUSTOMER_UPDATE: "Updating:In progress",
    Stage.RESOLUTION_PENDING: "Pending:In progress",
    Stage.CLOSED: "Closed:Complete",
    Stage.REJECTED: "Rejected:Complete",
    Stage.DUPLICATE: "Duplicate:Complete",
}
"""Canonical stage -> the status option and its group."""
_TYPES = {
    FieldKind.TEXT: "rich_text",
    FieldKind.PEOPLE: "people",
    FieldKind.INSTANT: "date",
    FieldKind.DAY: "date",
    FieldKind.NUMBER: "number",
    FieldKind.CHOICE: "select",
    FieldKind.CHOICES: "multi_select",
    FieldKind.FLAG: "select",
    FieldKind.CHECK: "select",
    FieldKind.STAGE: "status",
}
_SPECIAL = {"summary": "title", "source_url": "url", "contact.email": "email"}
_KINDS = {
    PersonKind.HUMAN: "person",
    PersonKind.BOT: "bot",
    PersonKind.QUEUE: "group",
    PersonKind.GROUP: "group",
    PersonKind.SHARED_MAILBOX: "person",
}
_RELATED = ("account.tier", "account.arr", "account.currency", "account.customer_since", "account.time_zone")
"""What stands on an account's own page where accounts have a table of their own."""


class NotionHumans:
    """Acts on a workspace of its own, with a property for everything.

    *days* are fields in which people leave a mere day. *related*: facts of the account stand in a table of
    accounts, which the escalations relate to.
    """

    def __init__(self, *, days: Collection[str] = (), related: bool = False) -> None:
        self.world = Workspace()
        self.days = frozenset(days)
        self.waits: list[float] = []
        self.accounts = self.world.add_database("Accounts").sources[0]
        self.table = self.world.add_database("Escalations").sources[0]
        self.elsewhere = self.world.add_database("Other work").sources[0]
        self.world.add_property(self.table, "Key", "unique_id", prefix="ESC")
        self._relation = self.world.add_property(
            self.table, "Account", "relation", data_source_id=self.accounts.id
        )
        self._related = frozenset(_RELATED if related else ())
        self._own = {name: self._property(name) for name in FIELDS}
        self.fields: dict[str, tuple[str, ...]] = {name: (key,) for name, key in self._own.items()}
        self._skew = timedelta()
        self._open: list[Adapter] = []
        self._discovery: Mapping[str, Any] = {}
        self.server = notion(self.world)
        self.server.__enter__()

    def _property(self, name: str) -> str:
        """A property for a canonical field; what a configuration calls it."""
        if name == "summary":
            return "title"
        field = FIELDS[name]
        options = ("Yes", "No") if field.kind is FieldKind.FLAG else field.choices
        if name == "stage":
            first = STATUSES[Stage.INTAKE]
            options = (first, *(told for told in STATUSES.values() if told != first))
        table = self.accounts if name in self._related else self.table
        type_ = _SPECIAL.get(name) or _TYPES[field.kind]
        made = self.world.add_property(table, name.replace(".", " "), type_, options)
        return f"{self._relation.key}.{made.key}" if name in self._related else made.key

    # -- the protocol Humans

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    @now.setter
    def now(self, now: datetime) -> None:
        self.world.clock.set(now)

    @property
    def scope(self) -> dict[str, str]:
        return {"data_source": self.table.id}

    @property
    def stages(self) -> dict[Stage, str]:
        """Canonical stage -> the name of its status."""
        return {stage: told.partition(":")[0] for stage, told in STATUSES.items()}

    def connection(self, token: str = "") -> dict[str, str]:
        """How to sign in; *token* stands in for the real one."""
        return {"url": self.server.url, "token": token or TOKEN}

    def connect(self) -> Adapter:
        plugin = named("escsync_notion:plugin")
        settings = named(plugin.settings).model_validate(
            {"connection": self.connection(), "scope": self.scope}
        )
        words = Vocabulary(stages={stage: (name,) for stage, name in self.stages.items()}, fields=self.fields)
        patience = Patience(
            sleep=self.waits.append,
            clock=lambda: sum(self.waits),
            random=lambda: 0.0,
            budget=Budget(seconds=100_000),
        )
        skew = self._skew
        binding = Binding("support", settings, words, patience, lambda: self.now + skew, self._discovery)
        adapter: Adapter = named(plugin.connect)(binding)
        self._open.append(adapter)
        return adapter

    def hire(self, user: str, name: str, *, email: str = "", kind: PersonKind = PersonKind.HUMAN) -> str:
        told = {"email": email} if email else {}
        return self.world.add_user(user, name, kind=_KINDS[kind], **told).id

    def dismiss(self, user: str) -> None:
        self.world.users[user].removed = True

    def create(self, values: Mapping[str, object], *, by: str) -> TicketRef:
        page = self.world.open(self.table, {}, by)
        for name, value in values.items():
            self._fill(page, name, value, by)
        return TicketRef(page.id, page.key)

    def set(self, ticket: TicketRef, field: str, value: object, *, by: str) -> None:
        self._fill(self._page(ticket), field, value, by)

    def move(self, ticket: TicketRef, stage: Stage, *, by: str) -> None:
        self._fill(self._page(ticket), "stage", stage, by)

    def comment(self, ticket: TicketRef, text: str, *, by: str) -> str:
        return self.world.say(self._page(ticket), text, by).id

    def edit_comment(self, ticket: TicketRef, comment: str, text: str, *, by: str) -> None:
        self.world.rewrite(self._comment(comment), text)

    def delete_comment(self, ticket: TicketRef, comment: str, *, by: str) -> None:
        self.world.retract(self._comment(comment))

    def delete(self, ticket: TicketRef, *, by: str) -> None:
        self.world.trash(self._page(ticket), by)

    # -- the protocol Trouble

    def outage(self, times: int = 1, *, after: bool = False) -> None:
        self.server.faults.append(Fault(lambda request: True, reset=True, after=after, times=times))

    def throttle(self, seconds: float, times: int = 1) -> None:
        self.server.faults.append(Fault(lambda request: True, limited(ceil(seconds)), times=times))

    def hide(self) -> None:
        self.world.blind = True

    def leave(self, ticket: TicketRef) -> None:
        """Move it to another table, which was copied from this one: ids of properties and all."""
        self.elsewhere.properties = dict(self.table.properties)
        author = next(user.id for user in self.world.users.values() if user.kind == "person")
        self.world.move(self._page(ticket), self.elsewhere, author)

    def ignore(self, field: str) -> None:
        self.world.deaf.add(self._plain(field))

    def spoil(self, ticket: TicketRef) -> None:
        self.server.faults.append(
            Fault(
                lambda r: True, alter=lambda body: spoilt(body, ticket.id, created_time="banana"), times=9999
            )
        )

    def between(self, act: Callable[[], None]) -> None:
        self.world.before_write.append(act)

    def skew(self, delta: timedelta) -> None:
        self._skew = delta

    # -- the scenario's stage

    def section(self) -> dict[str, Any]:
        """The tracker's part of escsync.yaml, without its mode."""
        return {
            "adapter": "notion",
            "connection": self.connection("${env:NOTION_TOKEN}"),
            "scope": self.scope,
            "stages": {stage.value: name for stage, name in self.stages.items()},
            "fields": {n: list(ids) for n, ids in self.fields.items() if not FIELDS[n].own},
        }

    def environ(self) -> dict[str, str]:
        return {"NOTION_TOKEN": TOKEN}

    def close(self) -> None:
        """Take the workspace down."""
        for adapter in self._open:
            adapter.close()
        self.server.__exit__(None, None, None)

    # -- within

    def _page(self, ticket: TicketRef) -> Page:
        return self.world.pages[ticket.id]

    def _comment(self, id_: str) -> Comment:
        return next(c for c in self.world.comments if c.id == id_)

    def _plain(self, field: str) -> str:
        """The plain id of a field's property."""
        found = self.table.find(self._own[field])
        if found is None:
            raise ValueError(f"{field} is no property of the escalations")
        return found.id

    def _fill(self, page: Page, name: str, value: Any, by: str) -> None:
        if name in self._related:
            account = self._account(page, by)
            self.world.edit(account, {self._own[name].partition(".")[2]: self._inner(name, value)}, by)
        else:
            self.world.edit(page, {self._own[name]: self._inner(name, value)}, by)

    def _account(self, page: Page, by: str) -> Page:
        """The account's page that the escalation relates to; a new one where there is none."""
        related = page.values[self._relation.id]
        if not related:
            related.append(self.world.open(self.accounts, {}, by).id)
        return self.world.pages[related[0]]

    def _inner(self, name: str, value: Any) -> Any:
        """A canonical value as people would enter it."""
        match FIELDS[name].kind:
            case FieldKind.STAGE:
                return self.stages[Stage(value)]
            case FieldKind.PEOPLE:
                return list(value or ())
            case FieldKind.FLAG:
                return None if value is None else "Yes" if value else "No"
            case FieldKind.NUMBER if isinstance(value, Decimal):
                return int(value) if value == int(value) else float(value)
            case FieldKind.INSTANT if name in self.days and isinstance(value, datetime):
                return value.date()
            case FieldKind.INSTANT | FieldKind.DAY:
                return value if isinstance(value, date) else None
            case FieldKind.CHOICES:
                return list(value or ())
        return value or None
