"""The laws: what holds for every escalation, sensible or not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from domain.story import WORLD, ack_text, at
from domain.tales import ANYTHING, LAST, instants, stories
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from escsync.domain.assess import assess
from escsync.domain.assessment import Verdict
from escsync.domain.calendar import add, add_days
from escsync.domain.catalogue import CATALOGUE
from escsync.domain.cycles import ordinals
from escsync.domain.draft import draft
from escsync.domain.duration import Duration
from escsync.domain.escalation import Record, escalations
from escsync.domain.evidence import Evidence, instant
from escsync.domain.fields import ENTRY_POINTS, FIELDS, Stage
from escsync.domain.note import render
from escsync.domain.people import PersonRef
from escsync.domain.plan import Mode, Move, SetField, WriteNote
from escsync.domain.policy import AckRule, Clocks, Lifecycle, Policy, UpdateRule, Waiver
from escsync.domain.ticket import Fact, NoteSeen, Status, Ticket

settings.register_profile("domain", deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
settings.load_profile("domain")


def judged(record, now, policy=None):
    """Every escalation of a record, as of *now*."""
    policy = policy or Policy()
    return tuple(assess(found, policy, now) for found in escalations(record, WORLD, policy, now))


def told(assessments):
    """Everything that can be seen of them, the timeline included."""
    return [(a, a.timeline, render(a)) for a in assessments]


def until(record, when):
    """The record as it would have been at *when*, had nothing happened since."""
    ticket = record.ticket
    history = {
        name: tuple(fact for fact in facts if fact.when.at <= when) for name, facts in ticket.history.items()
    }
    values = {name: facts[-1].value if facts else None for name, facts in history.items()}
    messages = tuple(m for m in ticket.messages if m.when.at <= when)
    return replace(record, ticket=replace(ticket, history=history, values=values, messages=messages))


@given(stories(), instants())
def test_the_same_evidence_gives_the_same_answer(story, now):
    """assess is a pure function."""
    record = story.record()

    assert told(judged(record, now)) == told(judged(record, now))


@given(stories(), instants(), st.randoms(use_true_random=False))
def test_the_order_in_which_evidence_comes_does_not_matter(story, now, chance):
    """Facts and messages carry their own instants; their order in the record says nothing."""
    record = story.record()

    def mixed(items):
        return tuple(chance.sample(items, len(items)))

    ticket = replace(
        record.ticket,
        messages=mixed(record.ticket.messages),
        history=dict(mixed([(n, mixed(f)) for n, f in record.ticket.history.items()])),
    )
    assume(all(len({f.when.at for f in facts}) == len(facts) for facts in ticket.history.values()))

    assert told(judged(record, now)) == told(judged(replace(record, ticket=ticket), now))


@given(stories(), instants())
def test_what_happens_later_changes_nothing_that_was_said_before(story, now):
    """Looking back shows what was known then: the rest of the story is invisible."""
    record = story.record()

    assert told(judged(until(record, now), now)) == told(judged(record, now))


@given(stories(), instants(), st.integers(0, 60 * 24 * 20))
def test_identification_only_ever_moves_earlier(story, now, minutes):
    """D3, but for a candidate: nobody has identified it before a person confirms it."""
    record = story.record()
    stages = {f.value.stage for f in record.ticket.history["stage"] if isinstance(f.value, Status)}
    assume(Stage.CANDIDATE not in stages)

    before, after = judged(record, now), judged(record, now + timedelta(minutes=minutes))
    assert all(b.identified_at <= a.identified_at for a, b in zip(before[:1], after[:1], strict=True))


@given(stories(), instants(at("2026-03-03T09:11")), instants())
def test_no_further_or_edited_or_deleted_acknowledgement_moves_a_deadline_later(story, when, now):
    """Once a cycle is acknowledged, nothing that is done to an acknowledgement wins time."""
    before = judged(story.ack("09:10").record(), now)[-1:]
    stopped = {c.cycle for a in before for c in a.clocks if c.name == "ack" and c.met_at and c.met_at < when}
    story.say(when.strftime("%Y-%m-%dT%H:%M"), "idris", ack_text("Idris Cole", "Support Director"))
    record = story.record()
    edited = tuple(replace(m, edited_at=when, text="changed") for m in record.ticket.messages)
    gone = {m.id: Evidence(when) for m in record.ticket.messages}

    for other in (
        record,
        replace(record, ticket=replace(record.ticket, messages=edited)),
        replace(record, gone=gone),
    ):
        after = judged(other, now)[-1:]
        dues = {(c.cycle, c.name): c.due_at for a in after for c in a.clocks}
        was = {(c.cycle, c.name): c.due_at for a in before for c in a.clocks if c.cycle in stopped}
        assert all(dues[key] <= due for key, due in was.items())


@given(stories(), instants())
def test_a_new_policy_leaves_pinned_cycles_alone(story, now):
    """D23: clocks and findings of cycles that began under the old one stay as they are."""
    record, old = story.record(), Policy()
    pinned = replace(record, pins={n: old for n in ordinals(record, old, now)})
    new = Policy(
        timezone="Asia/Tokyo",
        clocks=Clocks(ack=AckRule(within=Duration.parse("30m")), update=UpdateRule(late_ack="capped")),
        lifecycle=Lifecycle(reopen_window=Duration.parse("1d"), slip=Duration.parse("0m1s")),
    )

    was, now_is = judged(pinned, now, old), judged(pinned, now, new)
    assert [(a.id, a.clocks, a.findings, a.stage) for a in was] == [
        (a.id, a.clocks, a.findings, a.stage) for a in now_is
    ]


@given(stories(), instants())
def test_every_entry_point_starts_the_same_clocks(story, now):
    """DEF-3."""
    seen = set()
    for entry_point in ENTRY_POINTS:
        story.history["entry_point"] = [Fact(Evidence(story.created), entry_point)]
        seen.add(repr([a.clocks for a in judged(story.record(), now)]))

    assert len(seen) == 1


@given(stories(), instants())
def test_every_code_is_in_the_catalogue_and_every_clock_makes_sense(story, now):
    """Codes are explained, met clocks say when, and what is met was met in time."""
    for assessment in judged(story.record(), now):
        assert {f.base for f in assessment.findings} <= set(CATALOGUE)
        assert all(f.since <= now for f in assessment.findings)
        assert len({(c.name, c.cycle) for c in assessment.clocks}) == len(assessment.clocks)
        for each in assessment.clocks:
            assert each.verdict is not Verdict.MET or each.met_at is not None
            assert each.verdict is not Verdict.RUNNING or each.due_at >= now
            assert each.segments
            assert each.met_at is None or each.met_at <= now


@given(stories(), instants(), st.integers(0, 3000))
def test_the_note_stands_still_while_nothing_changes(story, now, minutes):
    """Decision 12: the same codes since the same instants, deadlines and verdicts give the same note."""
    record, later = story.record(), now + timedelta(minutes=minutes)
    record = until(record, now)
    before, after = judged(record, now), judged(record, later)
    assume(before)

    def gist(a):
        clocks = [(c.name, c.cycle, c.due_at, c.verdict) for c in a.clocks]
        return [(f.code, f.since) for f in a.findings], clocks

    for a, b in zip(before, after, strict=True):
        if gist(a) == gist(b):
            assert render(a) == render(b)


@given(stories(), instants())
def test_a_ticket_that_shows_everything_gives_no_edit(story, now):
    """Once a plan is applied, the next one is empty."""
    for name, field in FIELDS.items():
        if field.own:
            story.history[name] = [Fact(Evidence(story.created), None)]
    record = story.record()
    stages = {stage: (stage.value,) for stage in Stage}

    def planned(record):
        assessment = judged(record, now)[-1]
        return draft(
            assessment, record, WORLD, mode=Mode.ENFORCE, note=True, fit=lambda n, v: v, stages=stages
        )

    for _ in range(3):
        change = planned(record).change
        if change is None:
            break
        record = applied(record, change, now)
    assert planned(record).change is None


def applied(record, change, now):
    """The record after *change*, as a tracker would show it."""
    ticket, ours = record.ticket, PersonRef("escsync")
    values, history, note = dict(ticket.values), dict(ticket.history), ticket.note
    for edit in change.edits:
        match edit:
            case SetField(field=name, new=new):
                values[name] = new
                history[name] = (*history.get(name, ()), Fact(Evidence(now), new, ours))
            case Move(new=stage):
                values["stage"] = Status(stage, stage, stage)
                history["stage"] = (*history["stage"], Fact(Evidence(now), values["stage"], ours))
            case WriteNote(digest=digest):
                note = NoteSeen("1", digest)
    return replace(record, ticket=replace(ticket, values=values, history=history, note=note))


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), ANYTHING, max_size=12), st.booleans(), instants())
def test_no_value_however_absurd_stops_the_judgement(values, dated, now):
    """Rubbish in a field is a finding; it never stops the others."""
    created = at("2026-03-03T09:00")
    history = {n: (Fact(Evidence(created), v), Fact(Evidence(now), v)) for n, v in values.items()}
    ticket = Ticket("1", "", "", created, values, history=history if dated else {})

    for assessment in judged(Record("t", ticket), now):
        assert render(assessment)
        assert assessment.timeline
    assert ticket.digest()


@pytest.mark.parametrize("created", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("now", [datetime.min.replace(tzinfo=UTC), LAST, datetime.max.replace(tzinfo=UTC)])
def test_no_instant_however_absurd_stops_the_judgement(created, now):
    """The years 1 and 9999 are instants like others."""
    zone = {"account.time_zone": "Pacific/Kiritimati", "owner": (PersonRef("lena"),)}
    ticket = Ticket("1", "ESC-1", "", created, zone, entered_at=Evidence(created))

    for assessment in judged(Record("t", ticket), now):
        assert render(assessment)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)), st.integers(1, 96))  # noqa: DTZ001
def test_hours_are_exact_whatever_the_clock_does(naive, hours):
    """D2: an hour is an hour across a change of the clock."""
    start = instant(naive.replace(tzinfo=UTC))

    due, segments = add(start, Duration(seconds=hours * 3600), "always", {})
    assert due - start == timedelta(hours=hours)
    assert sum((s.end - s.start for s in segments if s.counted), timedelta()) == due - start


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001
    st.integers(1, 40),
    st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Africa/Casablanca")),
)
def test_days_keep_the_wall_clock(naive, days, name):
    """D2: the same local time, some days later; where that time does not exist, the instant after the gap."""
    zone = ZoneInfo(name)
    start = instant(naive.replace(tzinfo=UTC))

    local, due = start.astimezone(zone), add_days(start, Duration(days=days), zone).astimezone(zone)
    assert (due.date() - local.date()).days == days
    assert due.time() == local.time() or _in_a_gap(local, days, zone)


def _in_a_gap(local, days, zone):
    wall = (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone)
    return wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None)


@given(stories(), instants())
def test_a_waiver_changes_no_other_clock(story, now):
    """A deadline waived by name and reason leaves the rest as it is."""
    record = story.record()
    plain = judged(record, now)
    waived = judged(record, now, Policy(waivers=(Waiver("t:1", "update", "idris", "agreed"),)))

    for a, b in zip(plain, waived, strict=True):
        others = [
            (c, d) for c, d in zip(a.clocks, b.clocks, strict=True) if c.name != "update" or c.cycle != 1
        ]
        assert all(c == d for c, d in others)
