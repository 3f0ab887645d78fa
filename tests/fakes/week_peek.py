"""Peeking: what a ticket holds on the tracker itself, without a call, and what is heard there; for tests that watch a
pass from call to call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fakes.notion.texts import plain as words
from fakes.week_office import Office

from escsync.adapter import TicketRef
from escsync.domain.ticket import plain

Held = Mapping[str, Any]
"""`owner`, `stage` and `summary`, as the tracker keeps them."""


def peek(office: Office, ref: TicketRef) -> Held | None:
    """What people would see of a ticket now, everybody whom its owner fields name together; None where it is deleted."""
    held = _held(office, ref)
    return (
        None
        if held is None
        else {"owner": sorted(_people(held)), "stage": held["stage"], "summary": held["summary"]}
    )


def _people(held: Held) -> Iterator[str]:
    for name in ("owner", "owner 2"):
        told = held.get(name)
        for one in told if isinstance(told, list) else [told] if told else ():
            yield str(one["id"]) if isinstance(one, dict) else str(one)


def _held(office: Office, ref: TicketRef) -> Held | None:
    stage: Any = office.stage
    match office.tracker:
        case "local":
            held = stage.tracker.values(int(ref.id))
            return {n: held.get(n) for n in ("owner", "stage", "summary")} if held else None
        case "memory":
            if ref.id not in stage.held:
                return None
            past = stage.held[ref.id].history
            return {n: plain(past[n][-1].value) for n in ("owner", "stage", "summary")}
        case "salesforce":
            row = stage.org.row(ref.id)
            names = {"owner": "OwnerId", "owner 2": "Co_Owner__c", "stage": "Status", "summary": "Subject"}
            return None if row.deleted else {name: row.values.get(api) for name, api in names.items()}
        case "notion":
            page = stage.world.pages[ref.id]
            held = {n: page.values[stage._plain(n)] for n in ("owner", "stage", "summary")}
            return None if page.in_trash else {**held, "summary": words(held["summary"])}
        case _:
            issue = stage.world.issues[ref.id]
            names = {
                "owner": "assignee",
                "owner 2": stage.fields["owner"][1],
                "stage": "status",
                "summary": "summary",
            }
            return (
                None if issue.deleted else {name: issue.values.get(id) or None for name, id in names.items()}
            )


def join(office: Office, ref: TicketRef, who: str) -> None:
    """Somebody is named in the second field of the owner alone, where there is one; else in the only one."""
    by = office.native[who]
    match office.tracker:
        case "salesforce":
            office.stage.org.edit(office.stage.org.row(ref.id), by=by, Co_Owner__c=by)
        case "jira-cloud" | "jira-datacenter":
            field = office.stage.fields["owner"][1]
            office.stage.world.issues[ref.id].change({field: [who]}, who)
        case _:
            office.stage.set(ref, "owner", (by,), by=by)
