"""A proposal: which field, status and option of a tracker means which of ours, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from escsync.adapter import FIELDS, Field, FieldKind, Stage, Vocabulary
from escsync.domain.fields import OWN_FIELDS
from escsync.offers import Available, Shape, Step
from escsync.setup.wishes import NATIVE, label, wishes

from . import stages as ladder
from .likeness import Likeness, likeness, same
from .options import Choice, choices, telling, understood
from .synonyms import FIELDS as TERMS

SURE = 70
"""From here on a proposal stands in the configuration; below it is a comment for a person to decide."""
SURE_TO_WRITE = 95
"""What escsync itself would write to must be meant for it: nobody's own field is overwritten on a guess."""
WORTH_SAYING = 40
_ALIKE = 2
_UNDECIDED = 60
_CATEGORIES = (FieldKind.CHOICE, FieldKind.CHOICES)
_OURS = [label(name) for name in OWN_FIELDS]
"""What the fields that escsync writes are called where it made them."""


@dataclass(frozen=True, slots=True)
class Match:
    """One canonical field and the tracker's field that it is proposed to be."""

    name: str
    found: Available
    confidence: int
    reason: str
    options: tuple[Choice, ...] = ()

    @property
    def sure(self) -> bool:
        """Does it stand in the configuration, or is it left to a person?"""
        return self.confidence >= (SURE_TO_WRITE if FIELDS[self.name].own else SURE)


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage and one status that it is proposed to be; of several, the first is the one written."""

    stage: Stage
    step: Step
    confidence: int
    reason: str

    @property
    def sure(self) -> bool:
        """Does it stand in the configuration, or is it left to a person?"""
        return self.confidence >= SURE

    @property
    def doubtful(self) -> bool:
        """Did a person name it, and is it not there as named?"""
        return self.reason.startswith(f"{ladder.NAMED},")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a place of a tracker is, in our words: in the order of our fields and stages."""

    fields: tuple[Match, ...] = ()
    stages: tuple[Rung, ...] = ()
    lacking: tuple[str, ...] = ()
    """Fields that the process wants and nothing there is like: provisioning makes them."""
    unserved: tuple[Stage, ...] = ()
    """Steps of the process for which no status stands."""
    unplaced: tuple[Step, ...] = ()
    """Statuses that stand for no stage."""
    notes: tuple[str, ...] = field(default=())

    @property
    def vocabulary(self) -> Vocabulary:
        """What of it stands in the configuration."""
        statuses: dict[Stage, tuple[str, ...]] = {}
        for rung in self.stages:
            if rung.sure:
                statuses[rung.stage] = (*statuses.get(rung.stage, ()), rung.step.spelling)
        return Vocabulary(
            stages=statuses,
            fields={match.name: (match.found.spelling,) for match in self.fields if match.sure},
            options={
                match.name: options
                for match in self.fields
                if match.sure and (options := {c.value: (c.option,) for c in match.options if c.sure})
            },
        )


def propose(
    shape: Shape, given: Mapping[str, str] | None = None, stages: Mapping[str, Sequence[str]] | None = None
) -> Proposal:
    """What the fields and statuses of *shape* mean. *given* and *stages* are what a person named already.

    The order in which a tracker lists things makes no difference, and no field of it is proposed twice.
    """
    available = _distinct(shape.fields)
    matches = _told(available, given or {})
    taken = {match.found.spelling.casefold() for match in matches}
    free = [one for one in available if one.spelling.casefold() not in taken]
    matches += _best(free, leave_out={match.name for match in matches})
    order = list(FIELDS)
    found = tuple(sorted(matches, key=lambda match: order.index(match.name)))
    told, unplaced = ladder.proposed(shape.steps, stages or {})
    rungs = tuple(Rung(*one) for one in told)
    served = {rung.stage for rung in rungs if rung.sure}
    return Proposal(
        fields=found,
        stages=rungs,
        lacking=_lacking(found),
        unserved=tuple(stage for stage in ladder.NEEDED if stage not in served) if shape.steps else (),
        unplaced=unplaced,
        notes=(*shape.notes, *_doubts(rungs)),
    )


def _doubts(rungs: Iterable[Rung]) -> tuple[str, ...]:
    """What a person named and is not there as named: obeyed, and said."""
    return tuple(
        f"stages.{rung.stage}: {rung.step.spelling}: {rung.reason}" for rung in rungs if rung.doubtful
    )


def judged(wanted: Field, found: Available) -> Likeness:
    """How sure *found* is our field *wanted*: by its name, its form and its options."""
    if wanted.kind not in found.kinds or (wanted.own and not found.writable):
        return Likeness()
    if not wanted.own and same(found.name, _OURS):
        # What escsync writes, for another project of the same tracker say, tells it nothing.
        return Likeness()
    own, others = (wanted.name, label(wanted.name)), TERMS.get(wanted.name, ())
    by_name = max(
        (likeness(name, own, others) for name in (found.name, _bare(found.spelling))),
        key=lambda one: one.confidence,
    )
    if by_name.confidence < WORTH_SAYING:
        if wanted.own or wanted.kind not in _CATEGORIES or not telling(wanted, found.options.values()):
            return Likeness()
        by_name = Likeness(72, f"its options are those of {wanted.name}")
    told = understood(wanted, found.options.values())
    confidence, reason = by_name.confidence, by_name.reason
    if found.options and wanted.choices:
        confidence += 12 if told.share == 1 else 6 if told.share >= 0.5 else -20 if told.known else -30
        reason += f", {told.known} of its {told.of} options known" if told.share < 1 else ""
    rank = found.kinds.index(wanted.kind)
    if rank:
        confidence -= min(4 * rank, 12)
        reason += f", kept as {found.type}"
    return Likeness(max(0, confidence), reason)  # beyond 100, too: of two that are sure, one is surer


def _told(available: Sequence[Available], given: Mapping[str, str]) -> list[Match]:
    """What a person named is not doubted; where the tracker shows no such field it is taken as written."""
    found = []
    for name, spelling in given.items():
        wanted = FIELDS[name]
        named = [one for one in available if one.spelling.casefold() == spelling.casefold()]
        named = named or [one for one in available if same(one.name, [spelling])]
        one = named[0] if len(named) == 1 else Available(spelling, spelling, "", (wanted.kind,))
        found.append(Match(name, one, 100, _named(spelling, available, named), choices(wanted, one.options)))
    return found


def _named(spelling: str, available: Sequence[Available], found: Sequence[Available]) -> str:
    """Why a field is taken that a person named. Not every field is shown beforehand, so that one is not there is no error."""
    if found or not available:
        return ladder.NAMED
    names = {name.casefold(): name for one in available for name in (one.spelling, one.name)}
    near = get_close_matches(spelling.casefold(), names, n=1, cutoff=0.75)
    meant = f"; did you mean {names[near[0]]!r}?" if near else ""
    return f"{ladder.NAMED}, though init sees no such field{meant}"


def _best(available: Sequence[Available], leave_out: set[str]) -> list[Match]:
    """Pairs such that no two would both rather have each other; who is liked alike by two is left to a person."""
    pairs: list[tuple[Field, Available, Likeness]] = []
    statuses = [one for one in available if FieldKind.STAGE in one.kinds]
    plain = len(statuses) == 1 and statuses[0].kinds[0] is FieldKind.STAGE
    for wanted in FIELDS.values():
        if wanted.name in leave_out or (wanted.kind is FieldKind.STAGE and plain):
            continue  # the one status that there is needs no entry
        for one in available:
            like = judged(wanted, one)
            if like.confidence >= (SURE if wanted.name in NATIVE else WORTH_SAYING):
                pairs.append((wanted, one, like))
    order = list(FIELDS)
    pairs.sort(key=lambda p: (-p[2].confidence, order.index(p[0].name), p[1].spelling))
    chosen: dict[str, tuple[Field, Available, Likeness]] = {}
    taken: set[str] = set()
    for wanted, one, like in pairs:
        if wanted.name not in chosen and one.spelling not in taken:
            chosen[wanted.name] = (wanted, one, like)
            taken.add(one.spelling)
    return [
        _match(wanted, one, like, _rivals(wanted, one, like, pairs, taken))
        for wanted, one, like in chosen.values()
    ]


def _rivals(
    wanted: Field,
    one: Available,
    like: Likeness,
    pairs: Iterable[tuple[Field, Available, Likeness]],
    taken: set[str],
) -> list[Available]:
    return [
        other
        for field_, other, liked in pairs
        if field_ is wanted
        and other is not one
        and other.spelling not in taken
        and liked.confidence >= like.confidence - _ALIKE
    ]


def _match(wanted: Field, one: Available, like: Likeness, rivals: Sequence[Available]) -> Match:
    if rivals:
        named = ", ".join(rival.spelling for rival in rivals[:3])
        like = Likeness(min(like.confidence, _UNDECIDED), f"{like.reason}, but {named} is just as likely")
    return Match(wanted.name, one, min(like.confidence, 100), like.reason, choices(wanted, one.options))


def _distinct(available: Iterable[Available]) -> list[Available]:
    """Each spelling once, in an order of their own: what is to be said must not hang on the tracker's."""
    found: dict[str, Available] = {}
    for one in sorted(available, key=lambda a: (a.spelling, a.name, a.type)):
        if one.spelling.strip():
            found.setdefault(one.spelling.strip().casefold(), replace(one, spelling=one.spelling.strip()))
    return list(found.values())


def _lacking(found: Iterable[Match]) -> tuple[str, ...]:
    there = {match.name for match in found}
    return tuple(wish.wanted.name for wish in wishes(Vocabulary()) if wish.wanted.name not in there)


def _bare(spelling: str) -> str:
    """What an id says by itself: `Account.Tier__c` much, `customfield_10010` nothing."""
    return "" if any(ch.isdigit() for ch in spelling) else spelling
