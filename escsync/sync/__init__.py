"""A pass over one tracker: pull, assess, plan, apply, record. It prints nothing and reads no clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType

from escsync.adapter import Ticket
from escsync.domain.plan import Change, Mode, Plan, edits_of, enforces
from escsync.ledger.batches import CHUNK
from escsync.ledger.decisions import Judgement

from .docket import Docket
from .gathering import Gathered, gather
from .judging import Judge
from .listening import listen
from .outcome import Counts, Failure, Outcome, Pass
from .recovering import look
from .writing import Writer

__all__ = ["Counts", "Failure", "Outcome", "Pass", "apply", "plan", "sync"]


def sync(one: Pass, *, full: bool = False) -> Outcome:
    """One pass: pull what changed (*full*: everything), judge, and write what the mode and the limits allow."""

    def work(outcome: Outcome) -> None:
        gathered = gather(one, full=full)
        judge, docket = _judged(one, gathered, outcome)
        if outcome.lost:
            return
        outcome.refused = docket.refusal(one.limits)
        if outcome.refused is not None:
            outcome.counts.planned = outcome.counts.refused = docket.edits
            return
        _write(one, judge, docket, outcome, live=gathered.live)

    return _passed(one, "sync", work)


def plan(one: Pass, *, full: bool = False) -> Outcome:
    """What *sync* would do: the same, but nothing is written to the tracker."""

    def work(outcome: Outcome) -> None:
        _, docket = _judged(one, gather(one, full=full), outcome, whole=True)
        outcome.counts.planned = docket.edits
        outcome.refused = docket.refusal(one.limits)

    return _passed(one, "plan", work)


def apply(one: Pass, saved: Plan) -> Outcome:
    """Exactly the *saved* plan: what people changed since is left alone, and nothing is done besides."""

    def work(outcome: Outcome) -> None:
        look(one)
        judge, docket = _judged(one, Gathered(), outcome)
        outcome.plan = Plan(tuple(change for change in saved.changes if change.tracker == one.tracker))
        too_much = [change for change in outcome.plan.changes if not _allowed(one.mode, change)]
        if too_much:
            outcome.counts.planned = outcome.counts.refused = edits_of(outcome.plan.changes)
            outcome.errors += tuple(_beyond(one.mode, change) for change in too_much)
            return
        outcome.refused = outcome.plan.guard(one.limits, sum(found.open for found in docket.judged.values()))
        if outcome.refused is not None:
            outcome.counts.planned = outcome.counts.refused = edits_of(outcome.plan.changes)
            return
        _write(one, judge, docket, outcome, exactly=True)

    return _passed(one, "apply", work)


def _passed(one: Pass, kind: str, work: Callable[[Outcome], None]) -> Outcome:
    """Do *work* alone on the tracker, and record what came of it."""
    outcome = Outcome(one.tracker)
    with one.ledger.lease(one.tracker, one.pass_id):
        one.ledger.begin(one.tracker, one.pass_id, kind, one.now)
        work(outcome)
        outcome.counts.api_calls = one.adapter.calls
        outcome.errors = tuple(
            replace(f, message=one.clean(f.message), remedy=one.clean(f.remedy)) for f in outcome.errors
        )
        one.ledger.finish(
            one.tracker,
            one.pass_id,
            ok=not outcome.lost,
            counts=asdict(outcome.counts),
            errors=[asdict(failure) for failure in outcome.errors],
        )
    return outcome


def _judged(one: Pass, gathered: Gathered, outcome: Outcome, *, whole: bool = False) -> tuple[Judge, Docket]:
    """Judge every open escalation and what was pulled; the changes and what is withheld make the plan."""
    counts = outcome.counts
    outcome.lost = gathered.lost
    judge = Judge(one)
    docket = Docket(whole, one.limits.max_writes, judge.aside.tickets)
    unjudged: list[Failure] = []
    errors = tuple(gathered.errors)
    if not gathered.lost:
        judge.aside.reread(gathered)
        judge.learn(gathered.pulled)
        unjudged = _judge(one, judge, docket, gathered, gathered.pulled, open_only=True)
        news = listen(one, gathered, docket.judged)
        if news:
            gathered.pulled |= news
            _judge(one, judge, docket, gathered, news, open_only=False)
        errors = judge.aside.settle(gathered, unjudged, docket.judged)
        gathered.close(one)
        counts.pulled = len(gathered.pulled | gathered.unreadable)
        counts.unreadable = len(gathered.unreadable | gathered.unseen) + len(unjudged)
        counts.assessed = docket.escalations
    counts.seen = counts.assessed + counts.unreadable
    outcome.errors = errors
    outcome.plan = docket.plan()
    _conclude(outcome, docket)
    return judge, docket


def _judge(
    one: Pass,
    judge: Judge,
    docket: Docket,
    gathered: Gathered,
    ids: Collection[str],
    *,
    open_only: bool,
) -> list[Failure]:
    """Judge the tickets of *ids*, and with *open_only* every open one besides; what cannot be judged is a failure."""
    failures: list[Failure] = []
    news: list[Judgement] = []
    blind = judge.aside.unreadable - gathered.pulled
    for entry in one.ledger.entries(one.tracker, ids=ids, open_only=open_only):
        if entry.id in gathered.unreadable:
            continue
        if entry.id in blind:
            gathered.unseen.add(entry.id)
            continue
        found = judge.judge(entry)
        if isinstance(found, Failure):
            failures.append(found)
        elif found is not None:
            docket.add(found)
            news += [found.judgement] if found.judgement else []
        if len(news) >= CHUNK:
            one.ledger.judged(one.tracker, one.policy, one.now, news)
            news = []
        one.progress("judging", len(docket.judged))
    one.ledger.judged(one.tracker, one.policy, one.now, news)
    return failures


def _write(
    one: Pass,
    judge: Judge,
    docket: Docket,
    outcome: Outcome,
    *,
    live: Mapping[str, Ticket] = MappingProxyType({}),
    exactly: bool = False,
) -> None:
    """Carry out the plan."""
    writer = Writer(one, judge, live, exactly=exactly)
    written = writer.carry_out(outcome.plan.changes)
    if written.judged:
        # What was written must be known to the next pass: a search index may show it as it was for a while.
        one.ledger.discovered(one.tracker, one.adapter.discovery, one.adapter.me)
    written.count(outcome.counts)
    outcome.stale = written.stale
    outcome.errors = (*outcome.errors, *written.failures.values())
    judge.aside.written(written, docket.judged | written.judged, outcome.plan)
    news = [found.judgement for found in written.judged.values() if found.judgement]
    one.ledger.judged(one.tracker, one.policy, one.now, news)
    docket.whole = True
    for found in written.judged.values():
        docket.add(found)
    _conclude(outcome, docket)


def _conclude(outcome: Outcome, docket: Docket) -> None:
    """What there is to say of all tickets together."""
    outcome.worst, outcome.next_wake = docket.worst, docket.next_wake
    outcome.assessments = tuple(docket.assessments())


def _allowed(mode: Mode, change: Change) -> bool:
    needed = Mode.ENFORCE if any(map(enforces, change.edits)) else Mode.ANNOTATE
    return mode.rank >= needed.rank


def _beyond(mode: Mode, change: Change) -> Failure:
    """A saved plan grants nothing that the configuration does not."""
    message = f"the plan wants more than mode: {mode} allows; nothing of it was written"
    return Failure(change.id, change.ticket.key, "MODE", message, "raise the mode, or make the plan anew")
