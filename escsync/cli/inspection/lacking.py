"""What doctor says of a tracker that was not provisioned: what the process asks for and nothing stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Adapter, Problem
    from escsync.config import TrackerConfig
    from escsync.offers import Gap

_MOST = 8


def lacking(session: Session, tracker: TrackerConfig, adapter: Adapter) -> Iterator[Problem]:
    """The steps without a status, each a line; the fields that are mapped to nothing, all in one, and those that are not ready for use in another."""
    from escsync.adapter import Denied, Level, Problem, Rejected
    from escsync.offers import Provisioner
    from escsync.setup import vacancies
    from escsync.setup.wishes import wishes

    yield from vacancies.warnings(tracker.vocabulary)
    if not isinstance(adapter, Provisioner):
        return
    accounts = bool(session.config.accounts.rows)
    try:
        gaps = list(
            adapter.missing(wishes(tracker.vocabulary, accounts=accounts, leave_out=tracker.leave_out))
        )
    except (Denied, Rejected) as error:
        message = f"which of them are missing is not known: {session.discretion.clean(error.message)}"
        yield Problem(Level.WARNING, "fields", message, error.remedy or "`escsync provision` says more")
        return
    wanting = {gap.subject[7:]: gap for gap in gaps if gap.subject.startswith("fields.") and not gap.optional}
    absent = {name: gap for name, gap in wanting.items() if name not in tracker.vocabulary.fields}
    poor = {name: gap for name, gap in wanting.items() if name not in absent}
    if absent:
        told = ("field that the process asks for is", "fields that the process asks for are")
        yield _line(absent, told, "mapped to nothing", "; `provision.leave_out` names what you do without")
    if poor:
        told = ("mapped field lacks", "mapped fields lack")
        yield _line(poor, told, "something there (a screen, an option, a right)")


def _line(some: Mapping[str, Gap], told: tuple[str, str], what: str, more: str = "") -> Problem:
    from escsync.adapter import Level, Problem

    names = list(some)
    others = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    message = f"{len(names)} {told[len(names) > 1]} {what}: {', '.join(names[:_MOST])}{others}"
    by_hand = all(gap.by_hand for gap in some.values())
    remedy = "`escsync provision` lists them, and --apply makes them"
    if by_hand:
        remedy = "`escsync provision` says what to click for each"
    return Problem(Level.WARNING, "fields", message, remedy + more)
