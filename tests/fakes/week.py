"""A week as a script of plain JSON: what people did, when escsync looked, and what failed; played once without the
failures and once with them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Mapping
from contextlib import closing, nullcontext
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import ndiff
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

from fakes.faults import KINDS
from fakes.week_office import START, Office

from escsync.adapter import FIELDS, FieldKind, Stage

Script: TypeAlias = Mapping[str, Any]
"""`tracker`; `passes`: minutes since START; `acts`: who does what to which ticket, so many minutes `before` a pass or
right before its `call` of this number; `faults`: (pass, call, kind); `lags`: passes that do not see what people did in
the four minutes before; `missing`: (pass, ticket) that a search does not find just then."""
LAG = 4
TAIL = (61, 68)
"""Minutes after the last pass of the script at which escsync looks again, with all being well."""
SHM = Path("/dev/shm")


class Played:
    """What one play of a week came to. *looked* are the passes that saw everything there was to see, *idle* says that
    there is nothing left to do."""

    def __init__(self, office: Office, looked: set[int], idle: bool) -> None:
        self.looked = looked
        self.idle = idle
        number = {ref.id: n for n, ref in enumerate(office.tickets)}
        self.listing = dict(_told(one, number) for one in office.listing())
        self.fields = {number[native]: fields for native, fields in office.own_fields().items()}
        self.notes = {n: office.notes(ref) for n, ref in enumerate(office.tickets)}
        self.struck = list(office.weather.struck)
        self.calls = office.weather.total
        self.unsettled = office.session.ledger.unfinished("support")


def _told(one: dict[str, Any], number: Mapping[str, int]) -> tuple[str, dict[str, Any]]:
    """What is said of an escalation, by the ticket's number and without what is the tracker's own choice."""
    native, mark, later = str(one["id"]).partition(":")[2].partition("~")
    return f"{number[native]}{mark}{later}", {n: v for n, v in one.items() if n not in {"id", "key", "url"}}


def play(script: Script, *, fair: bool) -> Played:
    """Play *script* on a tracker of its own; *fair*: nothing fails and nothing lags."""
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder:
        slow = not fair and any("timeout" in kind for _, _, kind in script["faults"])
        end = minute(script["passes"][-1] + TAIL[-1])
        office = Office(script["tracker"], Path(folder), end=end, timeout=1 if slow else 20)
        with closing(office):
            looked = {
                number
                for number, at in enumerate(script["passes"])
                if _pass(office, script, number, minute(at), fair=fair)
            }
            office.weather.clear()
            last = script["passes"][-1]
            outcomes = [office.look(minute(last + later)) for later in (*TAIL, TAIL[-1])]
            assert not any(one.lost or one.errors for one in outcomes[1:]), outcomes[-1].errors
            return Played(office, looked, outcomes[-1].counts.planned == 0)


def minute(since: int) -> datetime:
    """The instant so many minutes after the week's beginning."""
    return START + timedelta(minutes=since)


def _pass(office: Office, script: Script, number: int, at: datetime, *, fair: bool) -> bool:
    """What people do until this pass and during it, and the pass: did it see everything?"""
    acts = [act for act in script["acts"] if act["pass"] == number]
    before = sorted((act for act in acts if "before" in act), key=lambda act: -act["before"])
    lagging = not fair and number in script["lags"]
    for act in before:
        if not lagging or act["before"] >= LAG:
            do(office, act, at - timedelta(minutes=act["before"]))
    office.turn(at - timedelta(minutes=LAG))
    with office.lagging() if lagging else nullcontext(lambda: None) as sealed:
        for act in before:
            if lagging and act["before"] < LAG:
                do(office, act, at - timedelta(minutes=act["before"]))
        sealed()
        during: dict[int, list[Any]] = {}
        for act in acts:
            if "call" in act:
                during.setdefault(999 if fair else act["call"], []).append(partial(do, office, act, at))
        known = {kind.name: kind for kind in KINDS[office.tracker]}
        faults = {} if fair else {n: known[kind] for k, n, kind in script["faults"] if k == number}
        gone = [office.tickets[n] for k, n in script["missing"] if k == number and n < len(office.tickets)]
        office.weather.begin(faults, during)
        with nullcontext() if fair else office.missing(gone):
            outcome = office.look(at)
    return not (outcome.lost or outcome.errors or lagging)


def do(office: Office, act: Mapping[str, Any], at: datetime) -> None:
    """Somebody does something to a ticket."""
    office.turn(at)
    stage, by = office.stage, office.native[act["by"]]
    if act["do"] == "open":
        told = {**office.cast["ticket"], "source_url": f"https://mail.acme.example/{act['ticket']}"}
        told["account.name"] = f"Alder {act['ticket']}"
        office.tickets.append(stage.create({n: _value(office, n, v) for n, v in told.items()}, by=by))
        return
    ref = office.tickets[act["ticket"]]
    for verb, told in DEEDS[act["do"]].items():
        match verb:
            case "say":
                stage.comment(ref, _said(office, told, act["by"]), by=by)
            case "move":
                stage.move(ref, Stage(told), by=by)
            case _:
                stage.set(ref, verb, _value(office, verb, _dated(told, act["by"], at)), by=by)


DEEDS: Mapping[str, Mapping[str, Any]] = {
    "open": {},
    "take": {"owner": "{me}"},
    "let go": {"owner": ()},
    "hand to ana": {"owner": "ana"},
    "answer as tier 1": {"say": "#ack {tier1}"},
    "acknowledge": {"say": "#ack {ack}"},
    "chat": {"say": "Who knows this customer?"},
    "check history": {"checklist.history_reviewed": "done", "is_technical": True},
    "check csm": {"checklist.csm_spoken": "done"},
    "check engineering": {"checklist.eng_product_consulted": "done"},
    "find": {"findings_summary": "Contract lines were counted twice."},
    "design": {
        "resolution_types": ["engineering_fix"],
        "resolution_links": "engineering_fix: ENG-12, Eli Park",
    },
    "commit": {"committed_at": "{+2 days}"},
    "update": {"say": "#update {update}"},
    "update vaguely": {"say": "#update {vague}"},
    "implement": {"implemented_at": "{now}"},
    "confirm": {"say": "#closure {closure}"},
    "name cause": {"root_cause": "product_bug", "breakdown_point": "product"},
    "close": {"move": "closed"},
    "reopen": {"move": "investigation"},
    "book follow-up": {"follow_up.scheduled_for": "{+5 days}"},
    "hold follow-up": {"follow_up.held_at": "{now}", "follow_up.outcome": "improved"},
    "threaten": {"tone": "public"},
    "rename": {"summary": "Invoices doubled, and again after the correction"},
}
"""Everything that people do, in our vocabulary."""


def _dated(told: Any, who: str, at: datetime) -> Any:
    match told:
        case "{me}":
            return who
        case "{now}":
            return at.isoformat()
        case "{+2 days}" | "{+5 days}":
            return (at + timedelta(days=int(told[2]))).isoformat()
    return told


def _said(office: Office, text: str, who: str) -> str:
    speaker = next(person for person in office.cast["people"] if person["id"] == who)
    for name, words in office.cast["texts"].items():
        text = text.replace("{" + name + "}", words)
    return text.replace("{name}", speaker["name"]).replace("{title}", speaker.get("title", ""))


def _value(office: Office, name: str, raw: Any) -> object:
    match FIELDS[name].kind:
        case FieldKind.PEOPLE:
            return tuple(office.native[one] for one in ([raw] if isinstance(raw, str) else raw))
        case FieldKind.INSTANT:
            return datetime.fromisoformat(raw)
        case FieldKind.DAY:
            return date.fromisoformat(raw)
        case FieldKind.CHOICES:
            return tuple(raw)
        case FieldKind.NUMBER:
            return Decimal(raw)
        case _:
            return raw


def replay(script: Script | str) -> tuple[Played, Played]:
    """A fair week and this one, of a script or its JSON text; fails where they end differently."""
    told = json.loads(script) if isinstance(script, str) else script
    fair, foul = play(told, fair=True), play(told, fair=False)
    wrong = differences(told, fair, foul)
    if wrong:
        raise AssertionError(
            "\n".join([*wrong, "replay it: fakes.week.replay('''" + json.dumps(told) + "''')"])
        )
    return fair, foul


def differences(script: Script, fair: Played, foul: Played) -> list[str]:
    """What must be equal and is not.

    Where a tracker keeps no history, an edit is dated by the look that first showed it: of a ticket on which such a
    look failed between two edits only the present is compared, not the dates, and what hangs on them.
    """
    wrong = [f"effects left open: {foul.unsettled}"] if foul.unsettled else []
    if not foul.idle:
        wrong.append("there is still something to write")
    if fair.listing.keys() != foul.listing.keys() and blurred(script, foul) == set():
        wrong.append(f"there are {sorted(foul.listing)}, not {sorted(fair.listing)}")
    for ticket, notes in foul.notes.items():
        blur = ticket in blurred(script, foul)
        if len(notes) > 1:
            wrong.append(f"{ticket} has {len(notes)} notes")
        if notes != fair.notes[ticket] and not blur:
            wrong += (
                f"{ticket}: {line}"
                for line in ndiff(*map(_lines, (fair.notes[ticket], notes)))
                if line[0] in "+-"
            )
        names = [f"{ticket}", f"{ticket}~2"]
        for name in names if not blur else names[:1]:
            said, told = foul.listing.get(name, {}), fair.listing.get(name, {})
            wrong += _different(name, said, told, [what for what in told if what in PRESENT or not blur])
        said, told = foul.fields[ticket], fair.fields[ticket]
        wrong += _different(str(ticket), said, told, [what for what in told if not blur])
    return wrong


PRESENT = {"owner", "tracker_status", "summary", "account", "entry_point"}
"""What the ticket shows as it stands, whenever it was seen."""
REMEMBERS = {"local", "memory", "jira-cloud", "jira-datacenter"}
"""Trackers that keep a history of everything: there it is no matter when escsync looked."""


def _different(
    name: str, said: Mapping[str, Any], told: Mapping[str, Any], whats: Collection[str]
) -> list[str]:
    found = []
    for what in whats:
        one, other = told[what], said.get(what)
        if isinstance(one, list) and isinstance(other, list):
            one, other = [x for x in one if x not in other], [x for x in other if x not in one]
        if one != other:
            found.append(f"{name} {what}: {other!r}, not {one!r}")
    return found


def _lines(notes: Collection[str]) -> list[str]:
    return [line for note in notes for line in note.splitlines()]


def blurred(script: Script, foul: Played) -> set[int]:
    """The tickets whose edits a fair week may date otherwise: two that were first seen together, one in the very
    minute of a look, or one that a look missed since the tracker lagged behind."""
    if script["tracker"] in REMEMBERS:
        return set()
    found = set()
    for ticket in foul.notes:
        edits = [a for a in script["acts"] if a["ticket"] == ticket and "say" not in DEEDS[a["do"]]]
        apart = (
            (one["pass"], other["pass"]) for one, other in pairwise(edits) if one["pass"] != other["pass"]
        )
        together = any(not foul.looked & set(range(first, second)) for first, second in apart)
        unseen = any(a["pass"] in script["lags"] and a.get("before", LAG) < LAG for a in edits)
        if together or unseen or any("call" in edit for edit in edits):
            found.add(ticket)
    return found
