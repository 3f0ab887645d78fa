"""What is set aside, in words and as rows of a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from escsync.domain.evidence import iso
from escsync.domain.letter import JUDGE, READ, Letter
from escsync.report import words
from escsync.report.display import shown

_STEPS = {READ: "cannot be read", JUDGE: "cannot be judged", "move": "stage", "note": "note"}
_MOST = 10


def summary(letters: Iterable[Letter]) -> str:
    """`2 set aside: EXEC-42 (support:10042) owner, note`, empty where nothing is."""
    by_ticket: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        by_ticket[letter.of].append(letter)
    if not by_ticket:
        return ""
    told = [
        f"{_ticket(some[0])} {', '.join(dict.fromkeys(map(step, some)))}"
        for some in list(by_ticket.values())[:_MOST]
    ]
    more = f" and {len(by_ticket) - _MOST:,} more tickets" if len(by_ticket) > _MOST else ""
    return f"{sum(map(len, by_ticket.values())):,} set aside: {'; '.join(told)}{more}"


def told(letters: Sequence[Letter], zone: ZoneInfo) -> Iterator[Text]:
    """Each letter: what failed, why, what to do, and when it is tried again."""
    for one in letters:
        tries = f"{one.attempts} {'try' if one.attempts == 1 else 'tries'}"
        since = f"since {words.when(one.since, zone)}, {tries}"
        yield Text(f"{one.id}  {shown(one.key)} {step(one)}: {since}", style="bold")
        remedy = f" -> {shown(one.remedy)}" if one.remedy else ""
        yield Text(f"  {one.code}: {shown(one.message)}{remedy}")
        yield Text(f"  {_again(one, zone)}")


def row(letter: Letter) -> dict[str, Any]:
    """A letter as programs read it; *again_at* is null where no time, but a change or a person, brings another try."""
    return {
        "id": letter.id,
        "tracker": letter.tracker,
        "ticket": letter.of,
        "key": letter.key,
        "step": letter.step,
        "code": letter.code,
        "message": letter.message,
        "remedy": letter.remedy,
        "since": iso(letter.since),
        "last_at": iso(letter.last_at),
        "attempts": letter.attempts,
        "aside": letter.aside,
        "replayed": not letter.basis,
        "again_at": iso(letter.again_at) if letter.aside and letter.basis else None,
    }


def step(letter: Letter) -> str:
    """What failed, in a word or three."""
    if letter.step.startswith("set:"):
        return shown(letter.step.removeprefix("set:"))
    return _STEPS.get(letter.step, "a record to create")


def _ticket(letter: Letter) -> str:
    return f"{shown(letter.key)} ({shown(letter.of)})" if letter.key else shown(letter.of)


def _again(letter: Letter, zone: ZoneInfo) -> str:
    if not letter.basis:
        return "tried again by the next pass"
    if not letter.aside:
        return "not set aside yet: tried again by each pass"
    changes = "when the ticket, the value or the configuration changes"
    latest = letter.again_at
    return f"tried again {changes}" + (
        f", at the latest {words.when(latest, zone)}" if latest else "; only then"
    )
