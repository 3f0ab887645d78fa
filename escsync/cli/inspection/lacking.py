"""What doctor says of a tracker that was not provisioned: what the process asks for and nothing stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Adapter, Problem
    from escsync.config import TrackerConfig
    from escsync.offers import Gap

_MOST = 8


def lacking(session: Session, tracker: TrackerConfig, adapter: Adapter) -> Iterator[Problem]:
    """The steps without a status, each a line; the fields that are mapped to nothing, all in one."""
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
    absent = {
        gap.subject: gap
        for gap in gaps
        if gap.subject.startswith("fields.")
        and gap.subject[7:] not in tracker.vocabulary.fields
        and not gap.optional
    }
    if absent:
        yield _unmapped(absent)


def _unmapped(absent: dict[str, Gap]) -> Problem:
    from escsync.adapter import Level, Problem

    names = [subject[7:] for subject in absent]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    count = f"{len(names)} field{' that' if len(names) == 1 else 's that'} the process asks for"
    told = f"{count} {'is' if len(names) == 1 else 'are'} mapped to nothing: {', '.join(names[:_MOST])}{more}"
    by_hand = all(gap.by_hand for gap in absent.values())
    remedy = (
        "`escsync provision` says what to click for each"
        if by_hand
        else "`escsync provision` lists them, and --apply makes them"
    )
    return Problem(
        Level.WARNING, "fields", told, f"{remedy}; `provision.leave_out` names what you do without"
    )
