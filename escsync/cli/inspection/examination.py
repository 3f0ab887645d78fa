"""One tracker looked at: everything that can be asked of it, one line each."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from escsync.cli.inspection.outlines import compared
from escsync.cli.rounds import connected, rested
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Adapter, PersonRef, Problem, TrackerError, TrackerPerson
    from escsync.config import TrackerConfig
    from escsync.setup.people.matching import Match

_MODES = {
    "observe": "observe: nothing is ever written",
    "annotate": "annotate: writes its own fields and one internal note per ticket",
    "enforce": "enforce: may also assign the fallback owner and undo an illegal jump once",
    "off": "off",
}


class Examination:
    """A look at one tracker; *accounts* are None as long as nobody told them."""

    def __init__(self, session: Session, tracker: TrackerConfig) -> None:
        self.name = tracker.name
        self.accounts: list[TrackerPerson] | None = None
        self.matches: Sequence[Match] = ()
        self._session = session
        self._tracker = tracker
        self._failed = False

    def lines(self) -> Iterator[Problem]:
        """Everything that can be asked; TrackerError ends it, not the other trackers."""
        for problem in self._lines():
            self._failed |= problem.level.value == "fail"
            yield problem

    def mode(self) -> Problem:
        """What a pass may do."""
        from escsync.adapter import Level, Problem

        return Problem(Level.OK, "mode", _MODES[self._tracker.mode.value])

    def rehearse(self, say: Callable[[Problem], None]) -> None:
        """The write test; only where all else is well."""
        from escsync.adapter import Level, Problem, TrackerError
        from escsync.cli.inspection import rehearsal
        from escsync.domain.plan import Mode
        from escsync.ledger import Held

        session, tracker = self._session, self._tracker
        if tracker.mode is Mode.OBSERVE:
            say(rehearsal.untried(tracker.mode))
            return
        if self._failed:
            say(Problem(Level.WARNING, "write test", "not tried", "mend the lines that say FAIL first"))
            return
        # The same each time: a test that was killed left a ticket behind, and the next one finds it and deletes it.
        mark = f"escsync-test-{hashlib.sha256(tracker.name.encode()).hexdigest()[:12]}"
        name = f"doctor-{session.now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        try:
            # Nobody else's pass shall take the ticket for an escalation while it is there.
            with (
                session.ledger.lease(tracker.name, name),
                connected(session, tracker, session.now) as adapter,
            ):
                self._play(adapter, mark, say)
        except Held as error:
            say(
                Problem(
                    Level.FAIL, "write test", error.message, "run it again when that pass is over", "HELD"
                )
            )
        except TrackerError as error:
            say(self._lost(error))

    def _play(self, adapter: Adapter, mark: str, say: Callable[[Problem], None]) -> None:
        from escsync.adapter import Level, Problem
        from escsync.cli.inspection.rehearsal import Rehearsal
        from escsync.cli.inspection.trials import Trials
        from escsync.offers import Rehearsed

        if not isinstance(adapter, Rehearsed):
            message = f"the adapter {self._tracker.adapter} cannot make a ticket for it"
            say(
                Problem(
                    Level.WARNING, "write test", message, "read the plan of the first pass: `escsync plan`"
                )
            )
            return
        tracker = self._tracker
        trials = Trials(tracker.name, adapter, tracker.vocabulary, self._fallback(), self._session.now, say)
        Rehearsal(tracker.mode, adapter, mark, trials).play()

    def _fallback(self) -> PersonRef | None:
        from escsync.adapter import PersonRef

        person = self._session.config.directory.stand_in(None, self._session.now)
        native = person.ids.get(self.name) if person else None
        return PersonRef(native, person.name, person.email, active=True) if person and native else None

    def _lines(self) -> Iterator[Problem]:
        from escsync.adapter import Denied, Level, Problem, TrackerError
        from escsync.cli.inspection.lacking import lacking
        from escsync.registry import PluginError
        from escsync.setup.people import matching, sanity

        session, tracker = self._session, self._tracker
        directory = session.config.directory
        try:
            rested(session, tracker.name, session.now)
            with connected(session, tracker, session.now, fresh=True) as adapter:
                for problem in self._asked(adapter):
                    yield problem
                    if problem.code == "UNREACHABLE":
                        return
                if not self._failed:
                    yield from lacking(session, tracker, adapter)
                yield from self._clocks(adapter)
                try:
                    self.accounts = list(adapter.people())
                except Denied as error:
                    told = session.discretion.clean(error.message)
                    message = f"nobody can be matched with people.yaml: {told}"
                    yield Problem(Level.WARNING, "people", message, error.remedy)
                yield from self._schema(adapter)
            if self.accounts is not None:
                self.matches = matching.matches(directory, tracker.name, self.accounts)
                yield from matching.known(directory, tracker.name, self.accounts)
                yield from matching.proposals(tracker.name, self.matches)
            yield from sanity.fallback(directory, tracker.name, tracker.mode, self.accounts, session.now)
            yield from self._limits()
        except TrackerError as error:
            yield self._lost(error)
        except PluginError as error:
            yield Problem(Level.FAIL, "adapter", error.message, error.remedy, "UNREACHABLE")

    def _asked(self, adapter: Adapter) -> Iterator[Problem]:
        """What the adapter itself looks at; a line about a right takes the place of a check's of the same subject."""
        from escsync.adapter import Level, TrackerError
        from escsync.offers import Rightful

        checked: list[Problem] = []
        error: TrackerError | None = None
        rights: list[Problem] = []
        try:
            for problem in adapter.check():
                if problem.level is Level.FAIL and problem.subject == "access":
                    yield replace(problem, code="UNREACHABLE")
                    return
                checked.append(problem)
            if isinstance(adapter, Rightful):
                rights += adapter.rights(self._tracker.mode.value)
        except TrackerError as caught:
            error = caught
        told = {problem.subject for problem in rights}
        yield from (problem for problem in checked if problem.subject not in told)
        yield from rights
        if error is not None:
            yield self._lost(error)

    def _clocks(self, adapter: Adapter) -> Iterator[Problem]:
        from escsync.offers import Timed
        from escsync.setup import skew

        session = self._session
        wrong = skew.backwards(session.now, session.ledger.last_pass(self.name))
        if wrong is not None:
            yield wrong
        # A rehearsal with --at means another instant, and no clock is wrong because of that.
        if isinstance(adapter, Timed) and adapter.time is not None and session.options.at is None:
            yield skew.tracker(session.later(), adapter.time)

    def _schema(self, adapter: Adapter) -> Iterator[Problem]:
        """Is the tracker still what it was when somebody accepted it? What was learnt just now counts from here on."""
        from escsync.adapter import Level, Problem, TrackerError
        from escsync.domain.evidence import iso

        try:
            look = compared(self._session, self._tracker, self.accounts)
        except TrackerError as error:
            message = f"cannot be compared: {self._session.discretion.clean(error.message)}"
            yield Problem(Level.WARNING, "schema", message, error.remedy)
        else:
            since = iso(look.since) if look.since else ""
            if look.shifts:
                count = f"{len(look.shifts)} {'change' if len(look.shifts) == 1 else 'changes'} since {since}"
                remedy = "`escsync drift` says which, and the fix of each"
                yield Problem(Level.WARNING, "schema", count, remedy, "DRIFT")
            elif look.outlined:
                yield Problem(Level.OK, "schema", f"nothing changed since {since}")
        try:
            me = adapter.me
        except TrackerError:
            return  # the check has said why
        self._session.ledger.discovered(self.name, adapter.discovery, me)

    def _limits(self) -> Iterator[Problem]:
        from escsync.setup.people import sanity

        limits, mode, ledger = self._session.config.limits, self._tracker.mode, self._session.ledger
        ids = [ref.id for ref in ledger.refs(self.name)]
        written = {ticket for ticket, _ in ledger.counted(self.name, ids)}
        bare = len(set(ids) - written)
        counts = self._ownerless() if self._fallback() and len(ids) >= limits.min_open else (0, 0)
        if (line := sanity.first_pass(limits, mode, bare, *counts)) is not None:
            yield line

    def _ownerless(self) -> tuple[int, int]:
        """How many open escalations would be given to the fallback owner, of how many."""
        from escsync.domain.draft import REPLACED
        from escsync.domain.plan import Mode
        from escsync.report.board import is_open

        if self._tracker.mode is not Mode.ENFORCE:
            return 0, 0
        some = [one for one in self._session.assessments() if one.tracker == self.name and is_open(one)]
        bare = [one for one in some if any(f.base in REPLACED and f.cycle == one.cycle for f in one.findings)]
        return len(bare), len(some)

    def _lost(self, error: TrackerError) -> Problem:
        from escsync.adapter import Level, Problem

        message = self._session.discretion.clean(error.message)
        return Problem(Level.FAIL, "access", message, error.remedy, "UNREACHABLE")
