"""The investigation: which of its items are done when (INV-1..INV-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .case import Case
from .evidence import Evidence
from .fields import CHECKLIST
from .missing import blank
from .ticket import Fact, Value

FINDINGS = "findings_summary"


@dataclass(frozen=True, slots=True)
class Investigation:
    """*met* is when everything applicable was first true at once; *lacking* is what is open now."""

    met: Evidence | None
    lacking: tuple[str, ...]


def investigate(case: Case) -> Investigation:
    """How far the owner has understood the facts. Unticking later does not undo a met verdict (decision 42)."""
    changes = sorted(
        (fact for name in _fields() for fact in case.facts(name)), key=lambda f: (f.when.at, f.when.source)
    )
    met = None
    for i, fact in enumerate(changes):
        if i + 1 < len(changes) and changes[i + 1].when.at == fact.when.at:
            continue
        if fact.when.at < case.start and case.renewed:
            continue
        if not lacking(case, fact.when.at):
            met = fact.when if fact.when.at >= case.start else Evidence(fact.when.at, None, fact.when.grade)
            break
    missing = lacking(case, case.now)
    if met is None and not missing:  # all of it dates from before the reopening
        missing = (FINDINGS,)
    return Investigation(met, missing)


def _fields() -> tuple[str, ...]:
    return (*(f"checklist.{item}" for item in CHECKLIST), FINDINGS, "is_technical")


def lacking(case: Case, when: datetime) -> tuple[str, ...]:
    """What is open at *when*: checklist items, and `findings_summary`.

    Engineering or Product counts as needed until *is_technical* is set to no (decision 40); an account known to
    have no CSM waives the talk with one (INV-3).
    """
    open_items = [item for item in CHECKLIST if not _done(case, item, when)]
    if blank(_at(case, FINDINGS, when)):
        open_items.append(FINDINGS)
    return tuple(open_items)


def _done(case: Case, item: str, when: datetime) -> bool:
    state = _at(case, f"checklist.{item}", when)
    if item == "eng_product_consulted":
        return state == "done" or _at(case, "is_technical", when) is False
    if item == "csm_spoken" and case.csm_known_absent(when):
        return True
    return state in ("done", "na")


def _at(case: Case, name: str, when: datetime) -> Value:
    found: Fact | None = None
    for fact in case.facts(name):
        if fact.when.at <= when:
            found = fact
    return None if found is None else found.value
