"""A tracker in memory, with its people: what they do, the adapter beside it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias

from escsync.adapter import (
    FIELDS,
    Adapter,
    Capabilities,
    EffectKey,
    Evidence,
    Fact,
    FieldKind,
    Message,
    NoteSeen,
    PersonKind,
    PersonRef,
    Stage,
    Status,
    Ticket,
    TicketRef,
    TrackerPerson,
    Value,
    Vocabulary,
    instant,
)

from .schema import MemorySchema

Hook: TypeAlias = Callable[[str, Literal["before", "after"]], None]
"""Called around each operation ("pull", "read", "write", "create", "find"): a place for a human's edit in between, or for
an error to be raised as if the tracker had failed before or after it did the work."""

_DONE = {Stage.CLOSED, Stage.REJECTED, Stage.DUPLICATE}


@dataclass(slots=True)
class _Comment:
    id: str
    author: str
    at: datetime
    text: str
    edited_at: datetime | None = None


@dataclass(slots=True)
class Held:
    """A ticket as the tracker holds it."""

    number: int
    created_at: datetime
    creator: str
    revision: int = 0
    updated_at: datetime | None = None
    history: dict[str, list[Fact]] = field(default_factory=dict)
    comments: list[_Comment] = field(default_factory=list)
    note: tuple[str, str, str] | None = None
    """Its id, text and digest."""
    twins: list[str] = field(default_factory=list)
    """The ids of further notes of escsync's, as a request that lands late leaves them."""
    key: EffectKey = ""
    in_scope: bool = True


class MemoryTracker(MemorySchema):
    """A tracker and the people who work on it (the protocols `Humans`, `Admins` and `Trouble`).

    *stubborn* are fields whose writes are accepted and change nothing; *forbidden* those it refuses. *capabilities*
    are what its adapter claims and, where one is off, cannot do. *answers*: a write is answered by the ticket as it
    then stands. *mourns*: a pull names what was deleted.
    """

    def __init__(
        self,
        now: datetime,
        *,
        capabilities: Capabilities | None = None,
        vocabulary: Vocabulary | None = None,
        stubborn: Sequence[str] = (),
        forbidden: Sequence[str] = (),
        answers: bool = False,
        mourns: bool = False,
    ) -> None:
        super().__init__()
        self.now = now
        self.capabilities = capabilities or Capabilities(compare_and_set=True)
        self.vocabulary = vocabulary or Vocabulary()
        self.stubborn = set(stubborn)
        self.forbidden = frozenset(forbidden)
        self.answers = answers
        self.mourns = mourns
        self.gone: dict[int, TicketRef] = {}
        self.hook: Hook | None = None
        self.held: dict[str, Held] = {}
        self.hidden = False
        self.spoilt: set[str] = set()
        self.users: dict[str, TrackerPerson] = {}
        self.revision = 0
        self._opened = self._said = 0
        self.hire("escsync", "escsync", kind=PersonKind.BOT)

    def connect(self) -> Adapter:
        """A new connection."""
        from .memory import MemoryAdapter, MemoryListener  # the adapter is written over this module

        return MemoryListener(self) if self.capabilities.apart else MemoryAdapter(self)

    def hire(self, user: str, name: str, *, email: str = "", kind: PersonKind = PersonKind.HUMAN) -> str:
        """Add a user, queue or bot."""
        self.users[user] = TrackerPerson(user, name, email, user, kind)
        return user

    def dismiss(self, user: str) -> None:
        """Deactivate a user; no ticket changes by that."""
        person = self.users[user]
        self.users[user] = replace(person, active=False)

    def create(self, values: Mapping[str, object], *, by: str) -> TicketRef:
        """Open a ticket."""
        self._opened += 1
        number = self._opened
        held = self.held[str(number)] = Held(number, instant(self.now), by)
        for name in FIELDS:
            self._record(held, name, values.get(name, Stage.INTAKE if name == "stage" else None), by)
        self.touch(held)
        return TicketRef(str(number), f"MEM-{number}")

    def set(self, ticket: TicketRef, field: str, value: object, *, by: str) -> None:
        """Change a field."""
        self._record(self.at(ticket), field, value, by)
        self.touch(self.at(ticket))

    def move(self, ticket: TicketRef, stage: Stage, *, by: str) -> None:
        """Change the status."""
        self.set(ticket, "stage", stage, by=by)

    def comment(self, ticket: TicketRef, text: str, *, by: str) -> str:
        """Write a comment."""
        held = self.at(ticket)
        self.spoken(held)
        self._said += 1
        held.comments.append(_Comment(f"{held.number}.{self._said}", by, instant(self.now), text))
        return held.comments[-1].id

    def edit_comment(self, ticket: TicketRef, comment: str, text: str, *, by: str) -> None:
        """Change a comment's text."""
        held = self.at(ticket)
        self.spoken(held)
        found = next(c for c in held.comments if c.id == comment)
        found.text, found.edited_at = text, instant(self.now)

    def delete_comment(self, ticket: TicketRef, comment: str, *, by: str) -> None:
        """Remove a comment."""
        held = self.at(ticket)
        self.spoken(held)
        held.comments = [c for c in held.comments if c.id != comment]

    def delete(self, ticket: TicketRef, *, by: str) -> None:
        """Remove a ticket."""
        held = self.held.pop(ticket.id)
        self.touch(held)
        if self.mourns:
            self.gone[held.revision] = ticket

    def leave(self, ticket: TicketRef) -> None:
        """Move a ticket out of scope."""
        self.at(ticket).in_scope = False
        self.touch(self.at(ticket))

    def hide(self) -> None:
        """escsync's account sees nothing any more."""
        self.hidden = True

    def ignore(self, field: str) -> None:
        """Writes of this field change nothing from now on."""
        self.stubborn.add(field)

    def spoil(self, ticket: TicketRef) -> None:
        """Nobody can make anything of this ticket any more."""
        self.spoilt.add(ticket.id)

    @property
    def visible(self) -> Mapping[str, Held]:
        """The tickets that escsync's account can see, by id."""
        return {} if self.hidden else self.held

    def at(self, ticket: TicketRef) -> Held:
        """The ticket held under this id; KeyError where there is none."""
        return self.held[ticket.id]

    def duplicate_note(self, ref: TicketRef) -> None:
        """A request of escsync's that everybody gave up lands after all: its note stands there twice."""
        held = self.at(ref)
        held.twins.append(f"note:{held.number}.{len(held.twins) + 2}")
        self.spoken(held)

    def seen(self, held: Held) -> Ticket:
        """A ticket as the adapter shows it."""
        history = {name: tuple(self._fresh(fact) for fact in past) for name, past in held.history.items()}
        return Ticket(
            id=str(held.number),
            key=f"MEM-{held.number}",
            url=f"memory:{held.number}",
            created_at=held.created_at,
            updated_at=held.updated_at,
            in_scope=held.in_scope,
            version=str(held.revision),
            values={name: past[-1].value for name, past in history.items()},
            history=history if self.capabilities.history else {},
            messages=tuple(self._messages(held)) if self.capabilities.messages else (),
            note=NoteSeen(held.note[0], held.note[2], tuple(held.twins)) if held.note else None,
            apart=self.capabilities.apart,
        )

    def _messages(self, held: Held) -> Iterator[Message]:
        for comment in held.comments:
            kind, text = self.vocabulary.marker(comment.text)
            if kind is not None and comment.author != "escsync":
                sender = self._ref(comment.author)
                yield Message(
                    id=comment.id,
                    when=Evidence(comment.at, source=f"comment:{comment.id}"),
                    sender=sender,
                    text=text,
                    marker=kind,
                    automated=sender.kind is PersonKind.BOT,
                    edited_at=comment.edited_at,
                )

    def _record(self, held: Held, name: str, value: object, by: str) -> None:
        when = Evidence(instant(self.now), source=f"change:{self.revision + 1}")
        held.history.setdefault(name, []).append(Fact(when, self.value(name, value), self._ref(by)))

    def value(self, name: str, value: Any) -> Value:
        """*value* as the tracker holds it: instants by the second, people as it knows them."""
        match FIELDS[name].kind:
            case FieldKind.PEOPLE:
                named = (value,) if isinstance(value, str | PersonRef) else value or ()
                return tuple(self._ref(one) for one in named) or None
            case FieldKind.STAGE:
                stage = Stage(value)
                return Status(stage, stage.replace("_", " ").title(), stage, stage in _DONE)
            case FieldKind.CHOICES:
                return tuple(value) if value else None
            case _:
                return instant(value) if isinstance(value, datetime) else None if value == "" else value

    def _fresh(self, fact: Fact) -> Fact:
        """The fact with its people as they are now: who left since is inactive."""
        if isinstance(fact.value, tuple) and any(isinstance(item, PersonRef) for item in fact.value):
            refs = (item for item in fact.value if isinstance(item, PersonRef))
            return Fact(fact.when, tuple(map(self._ref, refs)), fact.actor)
        return fact

    def _ref(self, user: str | PersonRef) -> PersonRef:
        person = self.users.get(user if isinstance(user, str) else user.id)
        if person is None:
            return user if isinstance(user, PersonRef) else PersonRef(name=user)
        return PersonRef(person.id, person.name, person.email, person.kind, person.active)

    def spoken(self, held: Held) -> None:
        """Something was said on the ticket, which moves it only where messages come with it."""
        if not self.capabilities.apart:
            self.touch(held)

    def touch(self, held: Held) -> None:
        """Give the ticket a revision that no change had before."""
        self.revision += 1
        held.revision, held.updated_at = self.revision, instant(self.now)
