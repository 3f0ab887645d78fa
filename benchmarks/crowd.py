"""A tracker with as many open tickets as one likes, made as they are asked for: what a pass over them needs is its own."""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from escsync.adapter import (
    Capabilities,
    Evidence,
    Fact,
    Page,
    PersonRef,
    Status,
    Ticket,
    TicketRef,
    Vocabulary,
)
from escsync.domain.escalation import World
from escsync.domain.fields import Stage
from escsync.domain.people import Directory, Person, Role, Tenure
from escsync.domain.plan import Limits, Mode
from escsync.domain.policy import Policy
from escsync.ledger import Ledger
from escsync.sync import Pass, sync

START = datetime(2026, 3, 3, 9, tzinfo=UTC)
PAGE = 100
DANA = Person(
    "dana",
    "Dana Reyes",
    title="Support Manager",
    tenures=(Tenure(Role.SUPPORT_MANAGER),),
    ids={"crowd": "dana"},
)
STATUS = Status("1", "Investigation", Stage.INVESTIGATION)


def ticket(number: int) -> Ticket:
    """An open escalation, owned and not yet acknowledged, with a short past."""
    born = START - timedelta(minutes=number % 600)
    owner = (PersonRef("dana", "Dana Reyes", active=True),)
    values = {
        "summary": f"Invoice {number} is wrong",
        "description": "The customer was billed twice. " * 8,
        "stage": STATUS,
        "owner": owner,
        "account.name": f"Account {number}",
        "entry_point": "exec_email",
    }
    history = {
        name: (
            Fact(Evidence(born), None),
            Fact(Evidence(born + timedelta(minutes=5)), values[name], owner[0]),
        )
        for name in ("stage", "owner")
    }
    return Ticket(
        str(number),
        f"EXEC-{number}",
        f"https://crowd.example/{number}",
        born,
        values,
        updated_at=born,
        history=history,
    )


class Crowd:
    """The adapter of such a tracker."""

    me = "escsync"
    capabilities = Capabilities()

    def __init__(self, size: int) -> None:
        self.size = size
        self.calls = 0
        self.discovery: dict[str, object] = {}

    def pull(self, cursor: object, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        numbers = range(self.size) if cursor is None else ()
        for start in range(0, len(numbers), PAGE):
            self.calls += 1
            yield Page(tuple(map(ticket, numbers[start : start + PAGE])), {"at": 1})
        self.calls += 1
        yield Page((), {"at": 1})

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        yield from (ticket(int(ref.id)) for ref in refs)

    def find(self, keys: Sequence[str]) -> Iterator[object]:
        return iter(())

    def fit(self, field: str, value: object) -> object:
        return value

    def check(self) -> Iterator[object]:
        return iter(())


def passed(ledger: Ledger, size: int, at: datetime, mode: Mode) -> dict[str, int]:
    """One pass over *size* tickets."""
    outcome = sync(
        Pass(
            tracker="crowd",
            mode=mode,
            adapter=Crowd(size),  # type: ignore[arg-type]
            vocabulary=Vocabulary(stages={Stage.INVESTIGATION: ("Investigation",)}),
            ledger=ledger,
            world=World(Directory((DANA,), "dana"), company="Acme"),
            policy=Policy(),
            limits=Limits(),
            now=at,
            pass_id=f"{at:%H%M}",
        )
    )
    return {"seen": outcome.counts.seen, "pulled": outcome.counts.pulled, "calls": outcome.counts.api_calls}


def main() -> None:
    """Print what one pass counted, and the most memory that the process had (MB)."""
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("size", type=int)
    words.add_argument("minutes", type=int)
    words.add_argument("--mode", default="observe")
    told = words.parse_args()
    with Ledger.open(f"sqlite:///{told.folder}/ledger.db") as ledger:
        counts = passed(ledger, told.size, START + timedelta(minutes=told.minutes), Mode(told.mode))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024**2
    )
    print({**counts, "megabytes": round(peak)})  # noqa: T201


if __name__ == "__main__":
    main()
