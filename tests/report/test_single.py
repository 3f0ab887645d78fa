"""One escalation in words."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from domain.story import Story, clock

from escsync.domain.effect import Effect, EffectState, Purpose
from escsync.domain.evidence import instant
from escsync.report import single

BERLIN = ZoneInfo("Europe/Berlin")


def text(lines):
    """As printed."""
    return "\n".join(line.plain for line in lines)


def late():
    """Acknowledged an hour and a quarter late."""
    return Story().own("09:10", "dana").ack("12:15").judge("13:00")


def test_a_story_tells_facts_deadlines_findings_and_what_happened():
    """Times in the policy zone and in UTC."""
    told = text(single.story(late(), BERLIN))

    assert "ESC-1  Invoices doubled after migration" in told
    assert "Alder AG, enterprise, ARR unknown, customer since 2023-01-15, CSM Priya Nair" in told
    assert "identified      2026-03-03 10:00 CET (09:00Z)" in told
    assert "ACK                       due 2026-03-03 12:00 CET (11:00Z)  breached, late by 1 h 15 min" in told
    assert "error   ACK_BREACHED since" in told
    assert "-> Acknowledge now" in told
    assert "Timeline" in told


def test_a_derived_deadline_is_marked():
    """Nobody mistakes our number for the process's own."""
    told = text(single.reckoning(late(), [clock(late(), "owner"), clock(late(), "ack")], BERLIN))

    assert "owner [owner] (derived: not a number of the process itself)" in told
    assert "ACK [ack]\n" in told


def test_the_arithmetic_can_be_followed():
    """Started, counted, due, met, verdict, policy."""
    found = late()
    told = text(single.reckoning(found, [clock(found, "ack")], BERLIN))

    assert "started   2026-03-03 10:00 CET (09:00Z)" in told
    assert "counted   2026-03-03 10:00 CET (09:00Z) to 2026-03-03 12:00 CET (11:00Z)  2 h" in told
    assert "due       2026-03-03 12:00 CET (11:00Z)" in told
    assert "met       2026-03-03 13:15 CET (12:15Z)" in told
    assert "breached, late by 1 h 15 min" in told
    assert f"policy    {found.policy_version}" in told


def test_hostile_words_stay_words():
    """A summary cannot forge a line of ours or colour the screen."""
    found = replace(late(), summary="x\nverdict met\x1b[32m\u202e", url="https://x/\x07")

    told = text(single.story(found, BERLIN)) + text(single.reckoning(found, found.clocks, BERLIN))

    assert "\nverdict met" not in told
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "\x07" not in told


def write(**changes):
    """A note that was written, the second time it was tried."""
    purpose = Purpose("support", "1", 1, "annotate", "note")
    made = Effect(
        "k", purpose, 1, EffectState.DONE, "a" * 64, "b" * 64, ("ACK_BREACHED", "NO_CSM"), "p1", 2,
        pass_id="pass-7", at=instant(late().now),
    )  # fmt: skip
    return replace(made, **changes)


def test_a_story_ends_with_what_escsync_wrote():
    """When, what, with which result, why, in which pass and by which policy; values as hashes."""
    told = text(single.story(late(), BERLIN, [write(), write(state=EffectState.REJECTED, error="Rejected")]))

    assert "Writes  (values as hashes: old -> new)" in told
    assert "2026-03-03 14:00 CET (13:00Z)  pass pass-7, policy p1" in told
    assert told.count("because ACK_BREACHED NO_CSM") == 1
    assert "note: done  aaaaaaaa -> bbbbbbbb, attempt 2" in told
    assert "note: rejected (Rejected)" in told


def test_where_nothing_was_written_nothing_is_said_of_it():
    """Observe mode writes nothing."""
    assert "Writes" not in text(single.story(late(), BERLIN))
