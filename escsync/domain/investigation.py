"""The investigation: which of its items are done when (INV-1..INV-5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .case import Case
from .evidence import Evidence
from .fields import CHECKLIST
from .missing import blank, lacks
from .ticket import Fact, Value

FINDINGS = "findings_summary"
_CSM = "account.csm"
_FIELDS = (*(f"checklist.{item}" for item in CHECKLIST), FINDINGS, "is_technical", _CSM)


@dataclass(frozen=True, slots=True)
class Investigation:
    """*met* is when everything applicable was first true at once; *lacking* is what is open now."""

    met: Evidence | None
    lacking: tuple[str, ...]


def investigate(case: Case) -> Investigation:
    """How far the owner has understood the facts. Unticking later does not undo a met verdict (decision 42)."""
    changes = [(fact, name) for name in _FIELDS for fact in case.facts(name)]
    changes.sort(key=_when)
    told = _always(case)
    met = None
    for i, (fact, name) in enumerate(changes):
        told[name] = fact.value
        at = fact.when.at
        more = i + 1 < len(changes) and changes[i + 1][0].when.at == at
        before = case.renewed and at < case.start
        if met is None and not more and not before and not _open(case, told):
            met = fact.when if at >= case.start else Evidence(at, None, fact.when.grade)
    return Investigation(met, _lacking(case, told, met is not None))


def lacking(case: Case, when: datetime) -> tuple[str, ...]:
    """What is open at *when*: checklist items, and `findings_summary`."""
    told = _always(case)
    for name in _FIELDS:
        for fact in case.facts(name):
            if fact.when.at > when:
                break
            told[name] = fact.value
    return _open(case, told)


def _always(case: Case) -> dict[str, Value]:
    """What counts from the beginning: a CSM who was first seen late was not absent before."""
    facts = case.facts(_CSM)
    return {_CSM: facts[0].value} if facts else {}


def _when(change: tuple[Fact, str]) -> tuple[datetime, str]:
    return change[0].when.at, change[0].when.source


def _lacking(case: Case, told: Mapping[str, Value], met: bool) -> tuple[str, ...]:
    # Complete, but all of it dates from before the reopening: the findings have to be written anew.
    return _open(case, told) or (() if met else (FINDINGS,))


def _open(case: Case, told: Mapping[str, Value]) -> tuple[str, ...]:
    """What is not done.

    Engineering or Product counts as needed until *is_technical* is set to no (decision 40); an account known to
    have no CSM waives the talk with one (INV-3).
    """
    history, csm, technical = (told.get(f"checklist.{item}") for item in CHECKLIST)
    found = []
    if history not in ("done", "na"):
        found.append(CHECKLIST[0])
    if csm not in ("done", "na") and not (case.csm_may_be_absent and _no_csm(case, told)):
        found.append(CHECKLIST[1])
    if technical != "done" and told.get("is_technical") is not False:
        found.append(CHECKLIST[2])
    if blank(told.get(FINDINGS)):
        found.append(FINDINGS)
    return tuple(found)


def _no_csm(case: Case, told: Mapping[str, Value]) -> bool:
    """Is the account known to have none? Where the tracker tells, only what it told counts."""
    return lacks(_CSM, told.get(_CSM)) and (_CSM in told or not case.escalation.mapped(_CSM))
