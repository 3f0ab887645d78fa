"""A story: one escalation told event by event, and the words that its people write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

COMPANY = "Acme"
TITLES = {
    "Dana Reyes": "Support Manager",
    "Lena Fox": "Support Manager",
    "Idris Cole": "Support Director",
    "Tom Beck": "Support Agent",
}


@dataclass(frozen=True, slots=True)
class Put:
    """Somebody fills in fields."""

    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Go:
    """Somebody changes the status."""

    status: str


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody writes a comment."""

    text: str


Act: TypeAlias = Put | Go | Say


@dataclass(frozen=True, slots=True)
class Event:
    """At an instant somebody, by user id, does something."""

    at: datetime
    by: str
    act: Act


@dataclass(frozen=True, slots=True)
class Story:
    """A ticket, opened by *by* at *opened* with *fields*, and what happened to it."""

    opened: datetime
    by: str
    fields: Mapping[str, object]
    events: tuple[Event, ...] = ()


def opening(
    opened: datetime, account: str, summary: str, entry_point: str = "exec_email", **more: object
) -> dict[str, object]:
    """The fields with which an escalation is logged; the complaint itself came twelve minutes earlier."""
    slug = account.split()[0].lower()
    return {
        "summary": summary,
        "account.name": account,
        "entry_point": entry_point,
        "source_url": f"https://mail.acme.example/executive/{slug}-{opened:%m%d}",
        "received_at": opened - timedelta(minutes=12),
        "tone": "private",
        "severity": "other",
        **{name.replace("__", "."): value for name, value in more.items()},
    }


def investigated(findings: str, *, technical: bool = True) -> Put:
    """The whole checklist and the findings."""
    return Put(
        {
            "checklist.history_reviewed": "done",
            "checklist.csm_spoken": "done",
            "checklist.eng_product_consulted": "done" if technical else "na",
            "is_technical": technical,
            "findings_summary": findings,
        }
    )


def ack(name: str, issue: str) -> Say:
    """A first response as the process asks for it."""
    return Say(
        f"#ack My name is {name} and I am the {TITLES[name]} at {COMPANY}. I am personally taking responsibility for "
        f"{issue} and will personally ensure it is resolved."
    )


def update(name: str, understood: str, actions: str, committed: datetime) -> Say:
    """A full account to the customer."""
    return Say(
        f"#update What we understood: {understood}\nWhat we will do: {actions}\n"
        f"Timeline: by {committed:%Y-%m-%d %H:%M} UTC.\n{name}, {TITLES[name]}, {COMPANY}"
    )


def closure(name: str, done: str) -> Say:
    """The message that confirms completion."""
    return Say(f"#closure {done} Thank you for your patience.\n{name}, {TITLES[name]}, {COMPANY}")
