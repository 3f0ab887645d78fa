"""The accounts: accounts.csv read row by row, each mistake with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path as FilePath

from escsync.domain.account import AccountRow, Accounts
from escsync.domain.fields import FIELDS, canonical

from . import glossary
from .person import day
from .problem import Problem, listed, nearest
from .zones import BadZone, zone

COLUMNS = tuple(column.name for column in fields(AccountRow))
_LARGEST = 20_000_000
_QUOTED = 'Write `"Cedar, Oak & Partners"`: a comma in a cell separates nothing where the cell is in quotes.'
_MEANINGS = {
    "account_executive": "The account executive: a people id.",
    "renewal_date": "When the contract ends.",
}
_EXAMPLES = {
    "id": "A-1001",
    "name": "Alder AG",
    "tier": "enterprise",
    "arr": "240000",
    "currency": "EUR",
    "customer_since": "2023-02-01",
    "csm": "lena",
    "time_zone": "Europe/Berlin",
    "account_executive": "nils",
    "renewal_date": "2027-02-01",
}


def accounts(path: FilePath) -> tuple[Accounts, list[Problem]]:
    """The accounts of the file, and all that is wrong with it."""
    file = str(path)
    try:
        if path.stat().st_size > _LARGEST:
            return Accounts(), [_unread(file, f"is larger than {_LARGEST} bytes")]
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Accounts(), [_unread(file, "there is no such file")]
    except OSError as error:
        return Accounts(), [_unread(file, f"cannot be read: {error.strerror}")]
    except ValueError:
        return Accounts(), [_unread(file, "is not UTF-8; save it as `CSV UTF-8`")]
    return _Reader(file).read(text)


def _unread(file: str, said: str) -> Problem:
    reason = "It tells what the trackers do not know about your customers."
    return Problem(file, 1, (), said, reason=reason, remedy="Name a CSV file in UTF-8 that escsync may read.")


class _Reader:
    """Reads one file and remembers what was wrong, and where each account was first."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._seen: dict[tuple[str, str], int] = {}
        self._line = 1
        self._text: list[str] = []
        self._current, self._offsets = 0, dict[str, int]()

    def read(self, text: str) -> tuple[Accounts, list[Problem]]:
        """Every row that is well; the problems tell of the others."""
        # A spreadsheet of a country whose decimal sign is the comma separates columns by semicolons.
        heading = text.partition("\n")[0]
        self._text = text.split("\n")
        delimiter = ";" if ";" in heading and "," not in heading else ","
        found: list[AccountRow] = []
        try:
            rows = self._rows(text, delimiter)
            header = next(rows, (1, []))[1]
            if self._header(header):
                found = [row for line, cells in rows if (row := self._row(line, header, cells)) is not None]
        except csv.Error as error:
            self._add(self._line, "", f"is no CSV: {error}")
        return Accounts(found), self.problems

    def _rows(self, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield self._line, [cell.strip() for cell in cells]
            self._line = reader.line_num + 1

    def _header(self, header: Sequence[str]) -> bool:
        self._current, self._offsets = 1, self._columns(1, header, header)
        for i, name in enumerate(header):
            if name not in COLUMNS:
                near = nearest(name, COLUMNS)
                known = "" if near else f"; known: {listed(COLUMNS)}"
                self._add(1, name or f"column {i + 1}", f"unknown column{known}", near)
            elif name in header[:i]:
                self._add(1, name, "the column stands there twice")
        if not {"id", "name"} & set(header):
            self._add(1, "id", "there is neither a column id nor a column name to join on")
        return not self.problems

    def _row(self, line: int, header: Sequence[str], cells: Sequence[str]) -> AccountRow | None:
        before = len(self.problems)
        self._current, self._offsets = line, self._columns(line, header, cells)
        if len(cells) > len(header):
            self._add(
                line,
                "",
                f"has {len(cells)} cells, the header {len(header)}; quote cells with commas",
                remedy=_QUOTED,
            )
            return None
        row = dict(zip(header, cells, strict=False))
        values = {name: row.get(name, "") for name in COLUMNS}
        self._identity(line, values["id"], values["name"])
        tier = canonical(FIELDS["account.tier"], values["tier"]) if values["tier"] else ""
        if tier is None:
            tiers = FIELDS["account.tier"].choices
            self._add(
                line,
                "tier",
                f"{values['tier']!r} is not one of {listed(tiers)}",
                nearest(values["tier"], tiers),
            )
        self._amount(line, values["arr"])
        currency = values["currency"].upper()
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            self._add(line, "currency", f"{currency!r} is no currency; write EUR or USD")
        self._zone(line, values["time_zone"])
        since, renewal = (self._day(line, name, values[name]) for name in ("customer_since", "renewal_date"))
        if len(self.problems) > before:
            return None
        return AccountRow(
            id=values["id"],
            name=values["name"],
            tier=tier or "",
            arr=values["arr"],
            currency=currency,
            customer_since=since,
            csm=values["csm"],
            time_zone=values["time_zone"],
            account_executive=values["account_executive"],
            renewal_date=renewal,
        )

    def _columns(self, line: int, header: Sequence[str], cells: Sequence[str]) -> dict[str, int]:
        """Where each cell begins in its line; a cell that spans several lines ends what is known."""
        raw, at = self._text[line - 1] if line <= len(self._text) else "", 0
        found: dict[str, int] = {}
        for name, cell in zip(header, cells, strict=False):
            if (at := raw.find(cell, at)) < 0:
                break
            found[name] = at + 1
            at += len(cell)
        return found

    def _identity(self, line: int, account: str, name: str) -> None:
        if not account and not name:
            self._add(line, "id", "the row has neither an id nor a name")
        # Two accounts may well be named alike, as long as their ids tell them apart.
        key = ("id", account) if account else ("name", name.casefold())
        first = self._seen.setdefault(key, line)
        if first != line:
            self._add(
                line,
                key[0],
                f"{account or name!r} stands there twice, first in line {first}",
                remedy="Keep one of the two rows.",
            )

    def _amount(self, line: int, text: str) -> None:
        try:
            amount = Decimal("NaN" if "_" in text else text or "0")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            self._add(line, "arr", f"{text!r} is no number; write 120000 or 120000.50")
        elif amount < 0:
            self._add(line, "arr", f"{text!r} is less than nothing")

    def _zone(self, line: int, text: str) -> None:
        try:
            zone(text or "UTC")
        except BadZone as error:
            self._add(line, "time_zone", str(error), error.suggestion)

    def _day(self, line: int, column: str, text: str) -> date | None:
        try:
            return day(text) if text else None
        except ValueError as error:
            self._add(line, column, str(error))
            return None

    def _add(self, line: int, column: str, message: str, suggestion: str = "", remedy: str = "") -> None:
        about = column if column in COLUMNS else suggestion
        told = glossary.FIELDS.get(f"account.{about}", _MEANINGS.get(about, ""))
        example = _EXAMPLES.get(about, "")
        if remedy:
            pass
        elif suggestion:
            remedy = f"Write `{suggestion}`."
        else:
            remedy = f"Write for example `{example}`." if example else "Mend this row, or remove it."
        self.problems.append(
            Problem(
                self.file,
                line,
                (column,) if column else (),
                message,
                suggestion,
                self._offsets.get(column, 1) if line == self._current else 1,
                f"`{about}`: {told}" if told else "The file is read row by row, joined on id or name.",
                remedy,
            )
        )
