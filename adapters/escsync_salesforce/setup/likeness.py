"""Likeness: which fields that are there may be the one that is wished for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from escsync.offers import Wish
from escsync.web import tidy

from ..describe import Unknown, column
from ..schema import Column
from . import blueprint
from .stock import Custom, Stock


def alike(stock: Stock, wish: Wish) -> Iterator[tuple[str, Column]]:
    """Fields with the wished label: of Case, and of the account for what is the account's."""
    name = wish.wanted.name
    places = [("", stock.labelled(wish.label))]
    if name.startswith("account.") and "Account" in stock.described:
        labels = {wish.label.casefold(), wish.label.removeprefix("Account ").casefold()}
        there = stock.described["Account"].get("fields")
        told = [one for one in there if isinstance(one, dict)] if isinstance(there, list) else []
        places.append(("Account.", [one for one in told if str(one.get("label")).casefold() in labels]))
    for prefix, fields in places:
        for raw in fields:
            spelling = f"{prefix}{raw.get('name')}"
            found = stock.column(name, spelling)
            if found is not None and not (wish.wanted.own and (prefix or raw.get("calculated") is True)):
                yield spelling, found


def hidden(stock: Stock, wish: Wish, detail: Callable[[Custom], Mapping[str, Any] | None]) -> Custom | None:
    """A field of ours that a half-done run has made, and that nobody may see yet."""
    short = blueprint.developer_name(wish.label)
    for developer in (short, second(short)):
        custom = stock.developed(developer)
        if custom is not None and custom.api not in stock.seen:
            told = detail(custom) or {}
            if blueprint.marked(told.get("description")) == wish.wanted.name:
                return custom
    return None


def second(short: str) -> str:
    """The developer name to take where the first is somebody else's."""
    return f"Escsync_{short}"[: blueprint.MOST_LABEL].rstrip("_")


def why(stock: Stock, name: str, spelling: str) -> str:
    """Why *spelling* means nothing."""
    try:
        column(name, spelling, stock.case, stock.described.get)
    except Unknown as error:
        return tidy(str(error))
    return f"{spelling} is not seen"
