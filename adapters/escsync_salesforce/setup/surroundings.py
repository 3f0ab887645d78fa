"""The surroundings of the fields: record type, statuses, history and page layouts, which are made by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from escsync.adapter import Vocabulary
from escsync.offers import Gap

from .. import encode, ids
from ..connection import Connection
from ..nearness import meant
from ..schema import MOST_TRACKED
from .deeds import Need
from .stock import Stock

FIELDS_PAGE = "Setup > Object Manager > Case > Fields & Relationships"
_MOST_LAYOUTS = 12
_WHAT = "looking at the page layouts of Case"


def record_type(stock: Stock, wanted: str) -> Iterator[Need]:
    """The record type that the scope names, where there is none."""
    told = stock.case.get("recordTypeInfos")
    known = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    names = {str(one.get(key)).casefold() for one in known for key in ("developerName", "name")}
    natives = {ids.long(one.get("recordTypeId")) for one in known}
    if wanted and wanted.casefold() not in names and (ids.long(wanted) or " ") not in natives:
        by_hand = (
            f"Setup > Object Manager > Case > Record Types > New: record type name {wanted}, with a support process that has "
            "your statuses; tick it for the profiles that open escalations and for escsync's"
        )
        developed = [str(one.get("developerName") or "") for one in known]
        hand = meant(wanted, developed, "scope.record_type", by_hand)
        yield Gap("record_type", "scope.record_type", f"Case has no record type {wanted}", hand), None


def statuses(stock: Stock, vocabulary: Vocabulary) -> Iterator[Need]:
    """The statuses that stand for a stage, and are not there."""
    for stage, named in vocabulary.stages.items():
        for status in named:
            if encode.spelled(status, stock.statuses) is None:
                ends = "tick Closed, " if stage in ("closed", "rejected", "duplicate") else ""
                by_hand = (
                    f"{FIELDS_PAGE} > Status > Case Status Picklist Values > New: {status}; {ends}and add it to the support "
                    "process of your record type (Setup > Support Processes)"
                )
                names = [name for pair in stock.statuses for name in pair]
                hand = meant(status, names, f"stages.{stage}", by_hand)
                yield (
                    Gap(f"status:{status}", f"stages.{stage}", f"the org has no status {status}", hand),
                    None,
                )


def history(lacking: Sequence[str], count: int, *, full: bool) -> Need:
    """What should have a history and cannot be given one from here: standard fields, and what there is no room for."""
    ticks = ", ".join(dict.fromkeys(lacking))
    first = "untick what nobody needs, then " if full else ""
    by_hand = f"{FIELDS_PAGE} > Set History Tracking: tick Enable Case History; {first}tick {ticks}"
    what = f"no history is kept of {ticks} ({count} of {MOST_TRACKED} are used)"
    return Gap("history", "fields", what, by_hand), None


def layout(connection: Connection, filled: Sequence[str]) -> Iterator[Need]:
    """The fields that people fill in and that stand on no page layout; nothing where layouts may not be seen."""
    if not filled:
        return
    rows = connection.tooling("SELECT Id, Name FROM Layout WHERE TableEnumOrId = 'Case'", what=_WHAT)
    shown: set[str] = set()
    for row in [row for row in rows or () if ids.is_id(row.get("Id"))][:_MOST_LAYOUTS]:
        answer = connection.get(
            f"tooling/sobjects/Layout/{row.get('Id')}", what=_WHAT, refused=(400, 403, 404)
        )
        shown |= set(_fields(answer.body)) if answer.ok else set()
    lacking = [api for api in filled if api.casefold() not in shown]
    if rows and lacking:
        by_hand = (
            "Setup > Object Manager > Case > Page Layouts > the layout of your escalations: drag them onto the page "
            "(Dynamic Forms: edit the Lightning page, add them to its field section); and give those who fill them in Read and Edit on "
            "them: Setup > Permission Sets > theirs > Object Settings > Cases"
        )
        yield Gap("layout", "fields", f"on no page layout of Case: {', '.join(lacking)}", by_hand), None


def _fields(body: Any) -> Iterator[str]:
    """The names of all fields in a layout's metadata, wherever they stand in it."""
    if isinstance(body, dict):
        if isinstance(body.get("field"), str):
            yield body["field"].casefold()
        for value in body.values():
            yield from _fields(value)
    elif isinstance(body, list):
        for value in body:
            yield from _fields(value)
