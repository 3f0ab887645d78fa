"""The people of a Salesforce org, as the contract and the scenarios need them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fakes.http import Fault, Request, spoilt
from fakes.jira.rig import named
from fakes.salesforce.company import RECORD_TYPE, record_type
from fakes.salesforce.everything import ACCOUNT, STATUSES, apis, furnish
from fakes.salesforce.record import Row
from fakes.salesforce.service import salesforce
from fakes.salesforce.signin import CLIENT_ID, SECRET
from fakes.salesforce.trouble import crowded
from fakes.salesforce.world import Org

from escsync.adapter import FIELDS, Adapter, Binding, FieldKind, PersonKind, Stage, TicketRef, Vocabulary
from escsync.retry import Budget, Patience

SCOPE = {"record_type": RECORD_TYPE}


class SalesforceHumans:
    """Acts on an org of its own, with a field for everything; *days* are fields that hold a mere day."""

    def __init__(self, *, days: Collection[str] = ()) -> None:
        self.org = Org()
        self.days = frozenset(days)
        self.waits: list[float] = []
        self.org.moderator = True
        self.fields = furnish(self.org, days)
        self.nobody = self.org.add_queue("nobody", "Unassigned", serves=("Case", "Task"))
        self.server = salesforce(self.org)
        self.server.__enter__()
        self._skew = timedelta()
        self._open: list[Adapter] = []

    # -- the protocol Humans

    @property
    def now(self) -> datetime:
        return self.org.clock.now()

    @now.setter
    def now(self, now: datetime) -> None:
        self.org.clock.set(now)

    def connection(self, token: str = "") -> dict[str, str]:
        """How to sign in; *token* stands in for the real secret."""
        return {"url": self.server.url, "client_id": CLIENT_ID, "client_secret": token or SECRET}

    def connect(self) -> Adapter:
        plugin = named("escsync_salesforce:plugin")
        settings = named(plugin.settings).model_validate({"connection": self.connection(), "scope": SCOPE})
        words = Vocabulary(
            stages={stage: (choice.value,) for stage, choice in STATUSES.items()}, fields=self.fields
        )
        patience = Patience(
            sleep=self.waits.append,
            clock=lambda: sum(self.waits),
            random=lambda: 0.0,
            budget=Budget(seconds=100_000),
        )
        skew = self._skew
        adapter: Adapter = named(plugin.connect)(
            Binding("support", settings, words, patience, lambda: self.now + skew)
        )
        self._open.append(adapter)
        return adapter

    def hire(self, user: str, name: str, *, email: str = "", kind: PersonKind = PersonKind.HUMAN) -> str:
        if kind in {PersonKind.QUEUE, PersonKind.GROUP}:
            queue = kind is PersonKind.QUEUE
            type_, serves = ("Queue", ("Case",)) if queue else ("Regular", ())
            return self.org.add_queue(user, name, type_=type_, serves=serves)
        told = {"Email": email} if email else {}
        type_ = "AutomatedProcess" if kind is PersonKind.BOT else "Standard"
        return self.org.hire(user, name, UserType=type_, **told)

    def dismiss(self, user: str) -> None:
        self.org.dismiss(user)

    def create(self, values: Mapping[str, object], *, by: str) -> TicketRef:
        held: dict[str, Any] = {"RecordTypeId": record_type(self.org), "OwnerId": self.nobody}
        customer: dict[str, Any] = {}
        for name, value in values.items():
            (customer if name in ACCOUNT else held).update(self._inner(name, value))
        if customer:
            held["AccountId"] = self.org.create("Account", by=by, **customer).id
        case = self.org.create("Case", by=by, **held)
        return TicketRef(case.id, case.values["CaseNumber"])

    def set(self, ticket: TicketRef, field: str, value: object, *, by: str) -> None:
        case, told = self._case(ticket), self._inner(field, value)
        account = self.org.peek(case.values.get("AccountId"))
        if field not in ACCOUNT:
            self.org.edit(case, by=by, **told)
        elif account is not None:
            self.org.edit(account, by=by, **told)
        else:
            self.org.edit(case, by=by, AccountId=self.org.create("Account", by=by, **told).id)

    def move(self, ticket: TicketRef, stage: Stage, *, by: str) -> None:
        self.org.edit(self._case(ticket), by=by, Status=STATUSES[stage].value)

    def comment(self, ticket: TicketRef, text: str, *, by: str) -> str:
        return self.org.say(self._case(ticket), text, by=by).id

    def edit_comment(self, ticket: TicketRef, comment: str, text: str, *, by: str) -> None:
        self.org.edit(self.org.row(comment), by=by, CommentBody=text)

    def delete_comment(self, ticket: TicketRef, comment: str, *, by: str) -> None:
        self.org.delete(self.org.row(comment), by=by)

    def delete(self, ticket: TicketRef, *, by: str) -> None:
        self.org.delete(self._case(ticket), by=by)

    # -- what people do on Salesforce besides

    def publish(self, ticket: TicketRef, text: str, *, by: str) -> str:
        """A comment for the customer's eyes."""
        return self.org.say(self._case(ticket), text, by=by, published=True).id

    def email_out(self, ticket: TicketRef, text: str, *, by: str, **told: Any) -> str:
        """A mail to the customer; *told* are fields of EmailMessage, such as Status="5" for a mere draft."""
        return self.org.mail(self._case(ticket), text, by=by, **told).id

    def email_in(self, ticket: TicketRef, text: str, *, sender: str = "casey@customer.example") -> str:
        """A mail from the customer, filed by the org's own automaton."""
        case = self._case(ticket)
        return self.org.mail(case, text, by="autoproc", incoming=True, FromAddress=sender).id

    # -- the protocols Staged and Trouble

    def section(self) -> dict[str, Any]:
        told = {name: list(apis) for name, apis in self.fields.items() if not FIELDS[name].own}
        return {
            "adapter": "salesforce",
            "connection": self.connection("${env:SALESFORCE_SECRET}"),
            "scope": SCOPE,
            "stages": {stage.value: choice.value for stage, choice in STATUSES.items()},
            "fields": told,
        }

    def environ(self) -> dict[str, str]:
        return {"SALESFORCE_SECRET": SECRET}

    def close(self) -> None:
        """Take the org down."""
        for adapter in self._open:
            adapter.close()
        self.server.__exit__(None, None, None)

    def outage(self, times: int = 1, *, after: bool = False) -> None:
        self.server.faults.append(Fault(lambda request: True, after=after, reset=True, times=times))

    def throttle(self, seconds: float, times: int = 1) -> None:
        """Salesforce cannot say how long to wait."""

        def counted(request: Request) -> bool:
            return "/services/data/" in request.path

        self.server.faults.append(Fault(counted, crowded(), times=times))

    def hide(self) -> None:
        self.org.blind = True

    def leave(self, ticket: TicketRef) -> None:
        other = record_type(self.org, "Standard_Case")
        self.org.edit(self._case(ticket), by=next(iter(self.org.users)), RecordTypeId=other)

    def ignore(self, field: str) -> None:
        self.org.stubborn |= {("Case", api) for api in apis(field, self.fields)}

    def spoil(self, ticket: TicketRef) -> None:
        self.server.faults.append(
            Fault(
                lambda r: True, alter=lambda body: spoilt(body, ticket.id, CreatedDate="banana"), times=9999
            )
        )

    def between(self, act: Callable[[], None]) -> None:
        self.org.before_write.append(act)

    def skew(self, delta: timedelta) -> None:
        self._skew = delta

    # -- our words in the org's

    def _case(self, ticket: TicketRef) -> Row:
        return self.org.row(ticket.id)

    def _inner(self, name: str, value: Any) -> dict[str, Any]:
        """The org's fields and what they then hold."""
        if name == "owner":
            first, second = [*value, None, None][:2]
            return {"OwnerId": first or self.nobody, "Co_Owner__c": second}
        (api, *_) = (ACCOUNT[name],) if name in ACCOUNT else apis(name, self.fields)
        match FIELDS[name].kind:
            case FieldKind.PEOPLE:
                value = value[0] if value else None
            case FieldKind.FLAG if isinstance(value, bool):
                value = "Yes" if value else "No"
            case FieldKind.NUMBER if not isinstance(value, Decimal | int | float | None):
                raise ValueError(f"{name} holds a number in this org")
            case FieldKind.INSTANT if not isinstance(value, datetime | None) and name not in self.days:
                raise ValueError(f"{name} holds an instant in this org; name it under `days:`")
            case FieldKind.INSTANT if isinstance(value, datetime) and name in self.days:
                value = value.date()
            case FieldKind.DAY if isinstance(value, date):
                value = value.isoformat()
        return {api: value}
