"""The board: how all escalations stand, in one line and one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from rich import box
from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from escsync.domain.assessment import Assessment
from escsync.domain.fields import ENDED
from escsync.domain.people import Money
from escsync.domain.policy import MoneyRule
from escsync.report import words
from escsync.report.display import shown

_UNOWNED = frozenset({"OWNER_MISSING", "OWNER_IS_QUEUE", "OWNER_AMBIGUOUS"})
_SOON = timedelta(minutes=60)
_ROOM = 130
"""Columns that the table needs to be read at a glance."""
_INDENT = 11
_LEAST = 30
"""Columns that an account and its summary need to be told from others."""
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Yearly revenue of the accounts with an open escalation, each account counted once (D24).

    *missing* are the accounts whose revenue or exchange rate is not known: they are named, never taken as 0.
    """

    total: Money
    accounts: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The open escalations, the next deadline first, and what leadership asks about them."""

    rows: tuple[Assessment, ...]
    breached: int
    due_soon: int
    ownerless: int
    at_risk: AtRisk


def is_open(found: Assessment) -> bool:
    """Is anything still owed?"""
    return found.stage not in ENDED


def by_deadline(found: Iterable[Assessment]) -> list[Assessment]:
    """The nearest or longest overdue deadline first; what has none last, the most important first."""
    return sorted(found, key=lambda one: (one.next_due or _LAST, one.priority, one.identified_at, one.id))


def at_risk(found: Iterable[Assessment], money: MoneyRule, now: datetime) -> AtRisk:
    """The revenue at risk, at the newest rate table that is not later than *now*."""
    accounts: dict[str, Assessment] = {}
    for one in found:
        name = (one.account.id or one.account.name or "").strip().casefold()
        held = accounts.get(name or one.id)
        # Two escalations of one account may differ in what is known: the one with an amount tells.
        if held is None or held.account.arr is None:
            accounts[name or one.id] = one
    day = now.date().isoformat()
    table: Mapping[str, Decimal] = {}
    for date in sorted(money.rates):
        if date <= day:
            table = money.rates[date]
    total, missing = Decimal(0), []
    for one in accounts.values():
        arr = one.account.arr
        rate = None if arr is None else _rate(arr.currency, money, table)
        if arr is None or rate is None:
            missing.append(one.account.name or one.account.id or one.key)
        else:
            total += arr.amount * rate
    return AtRisk(Money(total, money.reporting_currency), len(accounts), tuple(sorted(missing)))


def board(found: Sequence[Assessment], money: MoneyRule, now: datetime) -> Board:
    """Count and sort the open ones among *found*."""
    rows = [one for one in found if is_open(one)]
    return Board(
        rows=tuple(by_deadline(rows)),
        breached=sum(one.health == "breached" for one in rows),
        due_soon=sum(any(now <= c.due_at < now + _SOON for c in one.running) for one in rows),
        ownerless=sum(any(f.base in _UNOWNED for f in one.findings) for one in rows),
        at_risk=at_risk(rows, money, now),
    )


def headline(shown_board: Board) -> str:
    """`Open 6 | breached 1 | due < 60 min 2 | ownerless 1 | ARR at risk USD 641,200 (4 accounts, 0 missing)`."""
    risk = shown_board.at_risk
    return (
        f"Open {len(shown_board.rows)} | breached {shown_board.breached} | due < 60 min {shown_board.due_soon} | "
        f"ownerless {shown_board.ownerless} | ARR at risk {risk.total.currency} {risk.total.amount:,.0f} "
        f"({risk.accounts} {'account' if risk.accounts == 1 else 'accounts'}, {len(risk.missing)} missing)"
    )


def unknown(risk: AtRisk, most: int = 10) -> str:
    """The accounts whose revenue is not known, *most* by name and the rest counted."""
    names = [shown(name, 30) for name in risk.missing[:most]]
    more = len(risk.missing) - most
    return ", ".join(names) + (f" and {more:,} more" if more > 0 else "")


def drawn(rows: Iterable[Assessment], width: int) -> Iterator[Table | Text | Padding]:
    """The board as a table where *width* has room for it, else two lines for each."""
    if width >= _ROOM:
        yield _table(rows)
        return
    for one in rows:
        head = Text(f"{shown(one.key):<10} {one.priority}  ", style="bold")
        yield head.append(words.next_deadline(one), style=f"not bold {words.STYLES[one.health]}")
        lacking = words.missing(one)
        about = f"{words.account(one)}, {words.step(one.stage)}, {words.owner(one)}"
        yield Padding(Text(f"{about}{': ' + lacking if lacking else ''}"), (0, 0, 0, _INDENT))


def _table(rows: Iterable[Assessment]) -> Table:
    """Red where a deadline is breached."""
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in ("Key", "Prio", "Account", "Stage", "Owner", "Next deadline", "What is missing"):
        drawn.add_column(name, no_wrap=name in {"Key", "Prio"}, overflow="fold")
    for one in rows:
        style = words.STYLES[one.health]
        drawn.add_row(
            Text(shown(one.key), style=f"link {one.url}" if _linkable(one.url) else ""),
            one.priority,
            words.account(one),
            words.step(one.stage),
            words.owner(one),
            Text(words.next_deadline(one), style=style),
            words.missing(one),
        )
    return drawn


def listed(rows: Iterable[Assessment], width: int) -> Iterator[Text]:
    """One line per escalation, columns aligned. Where *width* is short, the summary is cut and then owner and
    stage are left out; never the key, by which everything else is asked for."""
    table = [_cells(one) for one in rows]
    widths = [max(map(cell_len, map(str, column))) for column in zip(*table, strict=True)]
    left_out: set[int] = set()
    for column in (_OWNER, _STAGE):
        if _room(widths, left_out, width) < _LEAST:
            left_out.add(column)
    room = max(_room(widths, left_out, width), _LEAST // 2)
    for cells in table:
        line = Text()
        for column, cell in enumerate(cells[:-1]):
            if column not in left_out:
                line.append_text(cell).append(" " * (widths[column] - cell.cell_len + 2))
        cells[-1].truncate(room, overflow="ellipsis")
        yield line.append_text(cells[-1])


_STAGE, _OWNER = 3, 4


def _cells(one: Assessment) -> tuple[Text, ...]:
    return (
        Text(shown(one.key)),
        Text(one.priority),
        Text(one.health.replace("_", " "), style=words.STYLES[one.health]),
        Text(words.step(one.stage)),
        Text(words.owner(one)),
        Text(words.next_deadline(one)),
        Text(f"{words.account(one)}: {shown(one.summary, 60)}"),
    )


def _room(widths: Sequence[int], left_out: set[int], width: int) -> int:
    """Columns that remain for the last cell."""
    return width - sum(w + 2 for column, w in enumerate(widths[:-1]) if column not in left_out)


def _rate(currency: str, money: MoneyRule, table: Mapping[str, Decimal]) -> Decimal | None:
    return Decimal(1) if currency == money.reporting_currency else table.get(currency)


def _linkable(url: str) -> bool:
    return url.startswith(("http://", "https://")) and url.isascii() and url.isprintable() and " " not in url
