"""Judging: what each escalation's record means now, and what would have to be written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from escsync.domain.assess import assess
from escsync.domain.assessment import Assessment
from escsync.domain.draft import Drafted, draft
from escsync.domain.effect import EffectState
from escsync.domain.escalation import Escalation, Record, World, escalations
from escsync.domain.fault import place
from escsync.domain.fields import ENDED, Stage
from escsync.domain.findings import Severity
from escsync.domain.letter import SET_ASIDE
from escsync.domain.plan import Change, Create, Edit, Mode, Withheld, WriteNote, enforces
from escsync.domain.rules.merging import mark
from escsync.domain.ticket import Status
from escsync.effects import digest, step
from escsync.ledger.archive import Entry
from escsync.ledger.batches import CHUNK
from escsync.ledger.decisions import Judgement

from .foresight import foreseen
from .letters import Aside
from .outcome import Failure, Pass
from .restoring import outlived


@dataclass(frozen=True, slots=True)
class Judged:
    """One ticket, judged: its escalations' *assessments*, and what is to be *drafted* for the last of them.

    Of most tickets of a pass nothing more is asked than what stands here in single words; they are kept `brief`.
    """

    ticket: str
    key: str
    assessments: tuple[Assessment, ...]
    drafted: Drafted
    judgement: Judgement | None
    """What it means for the ledger, where that is news."""
    heard: bool = True
    """Were its messages ever asked for?"""
    open: bool = True
    """Is anything still owed on it, as far as anybody can see it?"""
    escalations: int = 1
    worst: Severity | None = None
    """The worst finding's."""
    next_wake: datetime | None = None
    stage: Stage = Stage.INTAKE
    closed_at: datetime | None = None
    awaits_message: bool = False
    edits: int = 0
    """How many are to be written."""
    enforced: bool = False
    """Is one of them about what people work with?"""

    @property
    def last(self) -> Assessment:
        """The escalation under way."""
        return self.assessments[-1]

    def brief(self) -> Judged:
        """The same without what only those need who change the ticket or show it."""
        return replace(self, assessments=(), drafted=NOTHING, judgement=None)


NOTHING = Drafted(None)


class Judge:
    """Judges the records of one pass, with what the ledger knows of each account."""

    def __init__(self, one: Pass) -> None:
        self.one = one
        self.world: World = one.world
        self._created: Collection[str] = one.ledger.created(one.tracker)
        self._troubled = one.ledger.troubled(one.tracker)
        self.aside = Aside(one)
        self._news: Collection[str] = ()
        self._settling = {effect.key: effect.not_before for effect in one.ledger.unfinished(one.tracker)}

    def learn(self, ids: Collection[str]) -> None:
        """Find out when the escalations among *ids* were identified: it decides who escalates for the first time."""
        one = self.one
        self._news = ids
        news: list[Judgement] = []
        for entry in one.ledger.entries(one.tracker, ids=ids) if ids else ():
            try:
                found = escalations(entry.record, one.world, one.policy, one.now)
            except Exception:  # noqa: BLE001, S112  it is reported when it is judged
                continue
            account, at, source, gist = _identified(found)
            if found and (account, at, source, gist) != _known(entry):
                news.append(Judgement(entry.id, entry.ended, entry.next_wake, account, at, (), source, gist))
            if len(news) >= CHUNK:
                one.ledger.judged(one.tracker, one.policy, one.now, news)
                news = []
        one.ledger.judged(one.tracker, one.policy, one.now, news)
        self.world = replace(one.world, earlier=one.ledger.earlier(), marks=one.ledger.marks())

    def judge(
        self, entry: Entry, *, foreseeing: Sequence[Edit] | None = None, now: datetime | None = None
    ) -> Judged | Failure | None:
        """*entry* judged as of the pass's instant, or of *now*; a Failure where it cannot be, None where it did not
        exist yet.

        The draft foresees that its own enforced edits come about, unless they failed the last time; or exactly those
        of *foreseeing*.
        """
        record, now = entry.record, now or self.one.now
        try:
            found = escalations(record, self.world, self.one.policy, now)
            if not found:
                return None
            assessed = tuple(assess(escalation, self.one.policy, now) for escalation in found)
            drafted = self._draft(entry, assessed[-1], foreseeing)
        except Exception as error:  # noqa: BLE001  one bad ticket never stops the others
            return Failure(
                record.id,
                record.ticket.key,
                "UNREADABLE",
                f"it could not be judged ({place(error)})",
                "report it; the other escalations are not affected",
            )
        account, at, source, gist = _identified(found)
        last = assessed[-1]
        ended = last.stage in ENDED and drafted.change is None and not self._waits(drafted)
        pins = tuple(sorted({cycle.ordinal for escalation in found for cycle in escalation.cycles}))
        wake = min(filter(None, (last.next_wake, self._certain(drafted))), default=None)
        judgement = Judgement(entry.id, ended, wake, account, at, pins, source, gist)
        known = (entry.ended, entry.next_wake, tuple(sorted(record.pins)), _known(entry))
        news = known != (ended, wake, pins, (account, at, source, gist))
        return Judged(
            entry.id,
            record.ticket.key,
            assessed,
            drafted,
            judgement if news else None,
            heard=record.ticket.heard,
            open=last.stage not in ENDED and record.vanished is None,
            escalations=len(assessed),
            worst=min((f.severity for a in assessed for f in a.findings), key=_rank, default=None),
            next_wake=wake,
            stage=last.stage,
            closed_at=last.closed_at,
            edits=len(drafted.change.edits) if drafted.change else 0,
            enforced=drafted.change is not None and any(map(enforces, drafted.change.edits)),
            awaits_message=self.one.adapter.capabilities.apart and last.awaits_message,
        )

    def _draft(self, entry: Entry, assessment: Assessment, foreseeing: Sequence[Edit] | None) -> Drafted:
        drafted = self._given_back(entry, self._drafted(entry.record, assessment))
        edits = drafted.change.edits if drafted.change else ()
        enforced = [edit for edit in edits if enforces(edit)]
        coming = [
            edit
            for edit in enforced
            if (entry.id, step(edit)) not in self._troubled and not self.aside.holds(entry, edit)
        ]
        if foreseeing is not None:
            coming = list(foreseeing)
        if drafted.change and coming:
            now = assessment.now
            record = foreseen(entry.record, coming, now, self.one.vocabulary.stages)
            then = escalations(record, self.world, self.one.policy, now)
            again = self._drafted(record, assess(then[-1], self.one.policy, now))
            own = [edit for edit in (again.change.edits if again.change else ()) if not enforces(edit)]
            drafted = replace(drafted, change=replace(drafted.change, edits=(*enforced, *own)))
        return self._based(drafted, entry)

    def _given_back(self, entry: Entry, drafted: Drafted) -> Drafted:
        """With what puts back people's values that a late request of ours has overwritten, before anything else."""
        ticket = entry.record.ticket
        if entry.id not in self._news or self.one.mode is not Mode.ENFORCE:
            return drafted
        deeds = self.one.ledger.effects(self.one.tracker, entry.id)
        back = list(outlived(ticket, deeds, self.one.adapter.me)) if deeds else []
        if not back:
            return drafted
        steps = {step(edit) for edit in back}
        change = drafted.change or Change(entry.record.tracker, ticket.ref, "", (), (), ticket.version)
        rest = [edit for edit in change.edits if step(edit) not in steps]
        return replace(drafted, change=replace(change, edits=(*back, *rest)))

    def _drafted(self, record: Record, assessment: Assessment) -> Drafted:
        return draft(
            assessment,
            record,
            self.world,
            mode=self.one.mode,
            note=self.one.adapter.capabilities.note,
            fit=self.one.adapter.fit,
            stages=self.one.vocabulary.stages,
            reminds=self.one.vocabulary.reminds,
        )

    def _based(self, drafted: Drafted, entry: Entry) -> Drafted:
        """The draft on the ticket as the tracker shows it; what would only repeat itself is left out."""
        withheld = [
            replace(held, change=replace(held.change, based_on=entry.digest)) for held in drafted.withheld
        ]
        if drafted.change is None:
            return Drafted(None, tuple(withheld))
        change = replace(drafted.change, based_on=entry.digest)
        edits = []
        for edit in change.edits:
            if isinstance(edit, Create) and edit.draft.key in self._created:
                continue
            if isinstance(edit, Create) and edit.draft.key in self._settling:
                withheld.append(Withheld(replace(change, edits=(edit,)), "settling"))
                continue
            if isinstance(edit, WriteNote) and self._vain(entry, edit):
                withheld.append(Withheld(replace(change, edits=(edit,)), "ignored"))
                continue
            if self.aside.holds(entry, edit):
                withheld.append(Withheld(replace(change, edits=(edit,)), SET_ASIDE))
                continue
            edits.append(edit)
        return Drafted(replace(change, edits=tuple(edits)) if edits else None, tuple(withheld))

    def _waits(self, drafted: Drafted) -> bool:
        """Is there something that is only not done yet because it may have been done, or may work some day?"""
        return any(held.reason in ("settling", SET_ASIDE) for held in drafted.withheld)

    def _certain(self, drafted: Drafted) -> datetime | None:
        """When it will be certain whether what is withheld was done after all."""
        keys = (
            edit.draft.key
            for held in drafted.withheld
            if held.reason == "settling"
            for edit in held.change.edits
            if isinstance(edit, Create)
        )
        return min(filter(None, map(self._settling.get, keys)), default=None)

    def _vain(self, entry: Entry, note: WriteNote) -> bool:
        """Was this very note accepted and never seen? Another try would leave another one behind."""
        last = self._troubled.get((entry.id, step(note)))
        vain = (
            last is not None
            and not note.twins
            and last.state is EffectState.IGNORED
            and last.new == digest(note.digest)
        )
        return vain and not self.aside.replayed(entry, note)


def _rank(severity: Severity) -> int:
    return severity.rank


_NOT_COUNTED = frozenset({Stage.CANDIDATE, Stage.REJECTED, Stage.DUPLICATE})


_Told: TypeAlias = tuple[str, datetime | None, str, str]


def _known(entry: Entry) -> _Told:
    return entry.account, entry.identified_at, entry.source, entry.gist


def _identified(found: Sequence[Escalation]) -> _Told:
    """For which account, when, from which source and about what this counts as an executive escalation."""
    if not found:
        return "", None, "", ""
    first, status = found[0], found[-1].value("stage")
    if isinstance(status, Status) and status.stage in _NOT_COUNTED:
        return "", None, "", ""
    told = mark(first)
    return told.account, told.identified_at, told.source, told.gist
