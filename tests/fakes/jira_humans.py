"""The people of a Jira site, Cloud or Data Center, as the contract and the scenarios need them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from fakes.http import Face, Fault, Reply, Request
from fakes.jira.cloud import EMAIL, cloud
from fakes.jira.cloud import TOKEN as CLOUD_TOKEN
from fakes.jira.datacenter import TOKEN as DATACENTER_TOKEN
from fakes.jira.datacenter import datacenter
from fakes.jira.schema import Option, Status
from fakes.jira.world import JiraWorld

from escsync import registry
from escsync.adapter import FIELDS, Adapter, Binding, FieldKind, PersonKind, Stage, TicketRef, Vocabulary
from escsync.testing import Stopwatch

STATUSES = {
    Stage.CANDIDATE: ("2", "Proposed", "new"),
    Stage.INTAKE: ("1", "Open", "new"),
    Stage.INVESTIGATION: ("3", "Investigation", "indeterminate"),
    Stage.SOLUTION_DESIGN: ("4", "Designing", "indeterminate"),
    Stage.CUSTOMER_UPDATE: ("5", "Updating", "indeterminate"),
    Stage.RESOLUTION_PENDING: ("7", "Pending", "indeterminate"),
    Stage.CLOSED: ("6", "Closed", "done"),
    Stage.REJECTED: ("8", "Rejected", "done"),
    Stage.DUPLICATE: ("9", "Duplicate", "done"),
}
_SYSTEM = {"summary": "summary", "description": "description", "stage": "status", "priority": "priority"}
_CUSTOM = {
    FieldKind.TEXT: "textfield",
    FieldKind.PEOPLE: "userpicker",
    FieldKind.INSTANT: "datetime",
    FieldKind.DAY: "datepicker",
    FieldKind.NUMBER: "float",
    FieldKind.CHOICE: "select",
    FieldKind.CHOICES: "multiselect",
    FieldKind.FLAG: "select",
    FieldKind.CHECK: "select",
}
_LONG = {"findings_summary", "resolution_links"}
SCOPE = {"project": "EXEC", "issue_type": "Escalation"}


class _Meddled:
    """A dialect with which others meddle: *between* is done right before a write; *ignored* fields are dropped from it."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.world = face.world
        self.between: Callable[[], None] | None = None
        self.ignored: set[str] = set()

    def handle(self, request: Request) -> Reply:
        if request.method in ("PUT", "POST") and "/issue" in request.path and "bulkfetch" not in request.path:
            act, self.between = self.between, None
            if act is not None:
                act()
            for part in ("fields", "update"):
                told = request.body.get(part, {}) if isinstance(request.body, dict) else {}
                for name in self.ignored & set(told):
                    del told[name]
        return self.face.handle(request)


class JiraHumans:
    """Acts on a site of its own, with a field for everything; *days* are fields that hold a mere day."""

    def __init__(self, dialect: str, *, days: Collection[str] = ()) -> None:
        self.dialect = dialect
        self.world = JiraWorld()
        self.world.add_user("escsync", "Escalation Sync", kind="app")
        self.world.statuses = {id_: Status(id_, name, kind) for id_, name, kind in STATUSES.values()}
        self.world.priorities = [Option(str(n), level) for n, level in enumerate(("P0", "P1", "P2"), 1)]
        self.fields: dict[str, tuple[str, ...]] = {}
        for number, (name, field) in enumerate(FIELDS.items(), 10100):
            if name in _SYSTEM:
                continue
            kind = "datepicker" if name in days else _CUSTOM[field.kind]
            options = ("Yes", "No") if field.kind is FieldKind.FLAG else field.choices
            custom = "multiuserpicker" if name == "owner" else "textarea" if name in _LONG else kind
            made = self.world.add_field(number, name.replace(".", " "), custom, options)
            self.fields[name] = ("assignee", made.id) if name == "owner" else (made.id,)
        project = self.world.add_project("EXEC", "Executive escalations", types=("Escalation", "Sub-task"))
        names = [name for _, name, _ in STATUSES.values()]
        self.world.connect(project, *pairwise(names[:7]), *pairwise(reversed(names[1:6])))
        self.world.connect(project, ("Closed", "Open"), ("Open", "Rejected"), ("Open", "Duplicate"))
        self.server = cloud(self.world) if dialect == "cloud" else datacenter(self.world)
        self._meddled = self.server.face = _Meddled(self.server.face)
        self.server.__enter__()
        self.watch = Stopwatch()
        self._lag = timedelta()
        self._discovery: Mapping[str, Any] = {}
        self._open: list[Adapter] = []

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    @now.setter
    def now(self, now: datetime) -> None:
        self.world.clock.set(now)

    def connection(self, token: str = "") -> dict[str, str]:
        """How to sign in; *token* stands in for the real one."""
        if self.dialect == "cloud":
            known = {"deployment": "cloud", "email": EMAIL, "token": token or CLOUD_TOKEN}
        else:
            known = {"deployment": "datacenter", "token": token or DATACENTER_TOKEN}
        return {"url": self.server.url, **known}

    def connect(self) -> Adapter:
        plugin = registry.get("jira")
        settings = registry.settings_model(plugin).model_validate(
            {"connection": self.connection(), "scope": SCOPE}
        )
        words = Vocabulary(
            stages={stage: (name,) for stage, (_, name, _) in STATUSES.items()}, fields=self.fields
        )
        lag = self._lag
        binding = Binding(
            "support", settings, words, self.watch.patience(), lambda: self.now + lag, self._discovery
        )
        adapter = registry.connect(plugin, binding)
        self._open.append(adapter)
        return adapter

    def hire(self, user: str, name: str, *, email: str = "", kind: PersonKind = PersonKind.HUMAN) -> str:
        told = {"email": email} if email else {}
        person = self.world.add_user(
            user, name, kind="app" if kind is PersonKind.BOT else "atlassian", **told
        )
        return person.account if self.dialect == "cloud" else user

    def dismiss(self, user: str) -> None:
        self.world.deactivate(self._handle(user))

    def create(self, values: Mapping[str, object], *, by: str) -> TicketRef:
        summary = str(values.get("summary", ""))
        issue = self.world.create(by=self._handle(by), summary=summary)
        for name, value in values.items():
            if name != "summary":
                issue.values |= self._inner(name, value)
        return TicketRef(issue.id, issue.key)

    def set(self, ticket: TicketRef, field: str, value: object, *, by: str) -> None:
        self.world.issues[ticket.id].change(self._inner(field, value), self._handle(by))

    def move(self, ticket: TicketRef, stage: Stage, *, by: str) -> None:
        self.world.issues[ticket.id].move(STATUSES[stage][1], self._handle(by))

    def comment(self, ticket: TicketRef, text: str, *, by: str) -> str:
        return str(self.world.issues[ticket.id].comment(self._handle(by), text).id)

    def edit_comment(self, ticket: TicketRef, comment: str, text: str, *, by: str) -> None:
        issue = self.world.issues[ticket.id]
        known = next(c for c in issue.comments if str(c.id) == comment)
        issue.edit_comment(known, text, self._handle(by))

    def delete_comment(self, ticket: TicketRef, comment: str, *, by: str) -> None:
        issue = self.world.issues[ticket.id]
        issue.delete_comment(next(c for c in issue.comments if str(c.id) == comment))

    def delete(self, ticket: TicketRef, *, by: str) -> None:
        self.world.issues[ticket.id].delete()

    @property
    def waits(self) -> list[float]:
        return self.watch.waits

    def outage(self, times: int = 1, *, after: bool = False) -> None:
        self.server.faults.append(Fault(lambda request: True, reset=True, after=after, times=times))

    def throttle(self, seconds: float, times: int = 1) -> None:
        refusal = Reply(429, {"errorMessages": ["Rate limit exceeded."]}, {"Retry-After": f"{seconds:.0f}"})
        self.server.faults.append(Fault(lambda request: True, refusal, times=times))

    def hide(self) -> None:
        self.world.blind = True

    def leave(self, ticket: TicketRef) -> None:
        """Another type: no escalation any more."""
        self.world.issues[ticket.id].change({"issuetype": "10101"}, "escsync")

    def ignore(self, field: str) -> None:
        self._meddled.ignored.update(self.fields[field])

    def between(self, act: Callable[[], None]) -> None:
        self._meddled.between = act

    def skew(self, delta: timedelta) -> None:
        self._lag = delta

    def spoil(self, ticket: TicketRef) -> None:
        self.world.issues[ticket.id].show("created", "banana")

    def section(self) -> dict[str, Any]:
        told = {name: list(ids) for name, ids in self.fields.items() if not FIELDS[name].own}
        return {
            "adapter": "jira",
            "connection": self.connection("${env:JIRA_TOKEN}"),
            "scope": SCOPE,
            "stages": {stage.value: name for stage, (_, name, _) in STATUSES.items()},
            "fields": told,
        }

    def environ(self) -> dict[str, str]:
        return {"JIRA_TOKEN": self.connection()["token"]}

    def close(self) -> None:
        """Take the site down."""
        for adapter in self._open:
            adapter.close()
        self.server.__exit__(None, None, None)

    def _handle(self, user: str) -> str:
        account = self.world.account(user)
        return account.handle if account else user

    def _inner(self, name: str, value: Any) -> dict[str, Any]:
        """The site's fields and what they then hold."""
        if name == "owner":
            first, *others = [self._handle(one) for one in value] or [None]
            return {"assignee": first, self.fields["owner"][1]: others}
        field = self.world.field(_SYSTEM.get(name) or self.fields[name][0])
        match FIELDS[name].kind:
            case FieldKind.PEOPLE:
                value = self._handle(value[0]) if value else None
            case FieldKind.FLAG:
                value = "Yes" if value else "No"
            case FieldKind.NUMBER:
                value = float(value) if isinstance(value, Decimal | int | float) else value
            case FieldKind.INSTANT if field.type == "date" and isinstance(value, datetime):
                value = value.date()
        if isinstance(value, date) and not isinstance(value, datetime) and field.type == "datetime":
            raise ValueError(f"{name} holds an instant on this site; name it under `days:`")
        return {field.id: self.world.inner(field, value)}
