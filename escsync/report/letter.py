"""Personal texts for an owner to finish and send: acknowledgement, update and closure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from escsync.domain.communication import MessageKind
from escsync.report.display import shown

if TYPE_CHECKING:
    from escsync.domain.assessment import Assessment
    from escsync.domain.people import Person
    from escsync.domain.policy import Policy

_SLOT = re.compile(r"\[[^\[\]\n]+\]")


class LetterKind(StrEnum):
    """Which message is drafted."""

    ACK = "ack"
    UPDATE = "update"
    CLOSURE = "closure"

    @property
    def message(self) -> MessageKind:
        """The kind that the process knows it by."""
        return {
            LetterKind.ACK: MessageKind.ACKNOWLEDGEMENT,
            LetterKind.UPDATE: MessageKind.CUSTOMER_UPDATE,
            LetterKind.CLOSURE: MessageKind.CLOSURE,
        }[self]


@dataclass(frozen=True, slots=True)
class Letter:
    """A text, the slots that are still to be filled, and what to mind before it is sent."""

    kind: LetterKind
    text: str
    slots: tuple[str, ...]
    warnings: tuple[str, ...]


def letter(
    kind: LetterKind,
    found: Assessment,
    sender: Person | None,
    *,
    company: str,
    policy: Policy,
    markers: Mapping[MessageKind, Sequence[str]],
) -> Letter:
    """The draft of *kind* in *sender*'s name, beginning with the tracker's marker."""
    issue = shown(found.summary, 120) or "[the issue, in the customer's words]"
    name = shown(sender.name) if sender else "[your name]"
    title = shown(sender.title) if sender and sender.title else "[your title]"
    firm = shown(company) or "[company]"
    body = {LetterKind.ACK: _ack, LetterKind.UPDATE: _update, LetterKind.CLOSURE: _closure}[kind](
        issue, name, title, firm
    )
    marker = next(iter(markers.get(kind.message, ())), "")
    text = "\n".join(
        [*([marker] if marker else []), "Dear [customer's name],", "", *body, "", name, title, firm]
    )
    slots = tuple(dict.fromkeys(_SLOT.findall(text)))
    return Letter(kind, text, slots, tuple(_warnings(kind, found, sender, policy, slots)))


def _ack(issue: str, name: str, title: str, firm: str) -> list[str]:
    return [
        f"I am {name}, {title} at {firm}, and your message has reached me in person.",
        f"I am personally taking responsibility for this: {issue}.",
        "I will personally ensure it is resolved. My next step is [what you do first], and you will hear",
        "from me, by name, no later than [day and time].",
        "You can reach me directly at [your phone number or address].",
    ]


def _update(issue: str, name: str, title: str, firm: str) -> list[str]:
    return [
        f"I promised you a full account of {issue}.",
        "",
        "What we understood:",
        "[what happened, and why, in plain words]",
        "",
        "What we will do:",
        "[each action, and who does it]",
        "",
        "Timeline:",
        "By [date, written as 2026-03-31]: [what will be finished]",
        "",
        "I remain responsible for this in person until it is finished.",
    ]


def _closure(issue: str, name: str, title: str, firm: str) -> list[str]:
    return [
        f"What we agreed on about {issue} is implemented: [what was done, and when].",
        "[how you checked that it works for the customer]",
        "",
        "[your customer success manager] will speak with you by [date] to hear whether your experience has",
        "improved. If anything is not as it should be, please write to me directly.",
    ]


def _warnings(
    kind: LetterKind, found: Assessment, sender: Person | None, policy: Policy, slots: Sequence[str]
) -> list[str]:
    told = []
    if slots:
        told.append(
            f"Fill every [slot] before you send it ({len(slots)} left): a message with a slot in it is refused "
            "as TEMPLATE_PLACEHOLDER and stops no clock."
        )
    if sender is None:
        told.append("Nobody owns this escalation: name who will sign with --by PERSON, and assign an owner.")
        return told
    if not sender.title:
        told.append(f"{sender.name} has no title in people.yaml: the text must name one.")
    if kind is LetterKind.ACK and not sender.roles(found.now) & set(policy.roles.may_acknowledge):
        wanted = " or ".join(role.value.replace("_", " ") for role in policy.roles.may_acknowledge)
        told.append(f"An acknowledgement counts only from a {wanted}; {sender.name} is none of these.")
    if found.owner is not None and found.owner.id != sender.id:
        told.append(f"The owner is {shown(found.owner.name)}; an update counts only from the owner.")
    if kind is LetterKind.UPDATE and any(
        clock.name == "investigation" and clock.cycle == found.cycle and clock.met_at is None
        for clock in found.clocks
    ):
        told.append("The investigation is not complete: an update now would come too early.")
    return told
