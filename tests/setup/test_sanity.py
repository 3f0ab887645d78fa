"""Can the process work with these people, these clocks and these limits?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from escsync.adapter import Level, PersonKind, TrackerPerson
from escsync.domain.people import Absence, Directory, Person, Role, Tenure
from escsync.domain.plan import Limits, Mode, letting_through, refusal
from escsync.domain.policy import Policy
from escsync.setup import skew
from escsync.setup.people import sanity

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
MANAGER = (Tenure(Role.SUPPORT_MANAGER),)
AWAY = (Absence(date(2026, 3, 1), date(2026, 3, 9)),)


@pytest.mark.parametrize(
    ("people", "level", "said"),
    [
        ([Person("d", "D", tenures=MANAGER)], Level.OK, "1 may acknowledge (support_manager or support_director"),
        ([], Level.WARNING, "nobody in people.yaml may acknowledge"),
        ([Person("d", "D")], Level.WARNING, "nobody in people.yaml may acknowledge"),
        ([Person("d", "D", tenures=MANAGER, active=False)], Level.WARNING, "nobody"),
        ([Person("d", "D", tenures=MANAGER, kind=PersonKind.BOT)], Level.WARNING, "nobody"),
        ([Person("d", "D", tenures=(Tenure(Role.SUPPORT_MANAGER, NOW + timedelta(1)),))], Level.WARNING, "nobody"),
        ([Person("d", "D", tenures=MANAGER, absences=AWAY)], Level.WARNING, "everybody who may acknowledge is away"),
    ],
)  # fmt: skip
def test_somebody_must_be_able_to_acknowledge(people, level, said):
    """Now, in person."""
    line = sanity.acknowledging(Directory(people), Policy(), NOW)

    assert line.level is level
    assert said in line.message
    assert line.remedy or level is Level.OK


IDRIS = Person("idris", "Idris", ids={"support": "u2"})


@pytest.mark.parametrize(
    ("directory", "accounts", "level", "said"),
    [
        (Directory([IDRIS], "idris"), [TrackerPerson("u2", "Idris H")], Level.OK, "Idris, as Idris H"),
        (Directory([IDRIS], "idris"), None, Level.OK, "is not known"),
        (Directory([IDRIS]), [], Level.WARNING, "names none: an escalation that nobody owns stays"),
        (Directory([IDRIS], "idris"), [], Level.FAIL, "Idris (u2) cannot be assigned on support"),
        (Directory([IDRIS], "idris"), [TrackerPerson("u2", "I", active=False)], Level.FAIL, "cannot be assigned"),
        (Directory([IDRIS], "idris"), [TrackerPerson("u2", "I", kind=PersonKind.QUEUE)], Level.FAIL, "cannot be"),
        (Directory([Person("idris", "Idris")], "idris"), [], Level.WARNING, "has no id on support: an escalation that nobody"),
        (Directory([Person("idris", "Idris", absences=AWAY)], "idris"), [], Level.WARNING, "is away or inactive"),
    ],
)  # fmt: skip
def test_the_fallback_owner_must_be_assignable_where_it_is_used(directory, accounts, level, said):
    """In mode enforce; the others assign nobody."""
    (line,) = sanity.fallback(directory, "support", Mode.ENFORCE, accounts, NOW)

    assert (line.level, line.subject) == (level, "fallback_owner")
    assert said in line.message
    assert line.remedy or level is Level.OK
    assert list(sanity.fallback(directory, "support", Mode.ANNOTATE, accounts, NOW)) == []


@pytest.mark.parametrize(
    ("apart", "said"),
    [(0, ""), (30, ""), (-30, ""), (31, "31 s ahead of"), (-95, "95 s behind"), (7200, "2 h ahead of")],
)
def test_clocks_that_differ_are_a_warning_with_what_it_means(apart, said):
    """Up to half a minute is nothing."""
    there = NOW + timedelta(seconds=apart)

    for line in (skew.tracker(NOW, there), skew.ledger(NOW, there)):
        assert line.level is (Level.WARNING if said else Level.OK)
        assert said in line.message
        assert bool(line.remedy) is bool(said)
    assert "verdict" in skew.tracker(NOW, NOW + timedelta(minutes=9)).message


def test_a_last_pass_in_the_future_refuses_every_pass():
    """Somebody's clock was wrong."""
    line = skew.backwards(NOW, NOW + timedelta(days=2))

    assert line.level is Level.FAIL
    assert "2 d from now" in line.message
    assert skew.backwards(NOW, NOW) is skew.backwards(NOW, None) is None


@pytest.mark.parametrize(
    ("mode", "bare", "warned"),
    [
        (Mode.OBSERVE, 99, False),
        (Mode.ANNOTATE, 25, False),
        (Mode.ANNOTATE, 26, True),
        (Mode.ENFORCE, 99, True),
    ],
)
def test_a_first_pass_that_a_limit_would_refuse_is_foretold(mode, bare, warned):
    """With the flag that lets it through once."""
    line = sanity.first_pass(Limits(), mode, bare, 0, 0)

    assert (line is not None) is warned
    assert line is None or f"--max-writes {bare}" in line.remedy


@pytest.mark.parametrize(
    ("mode", "ownerless", "count", "warned"),
    [
        (Mode.ENFORCE, 20, 22, True),
        (Mode.ENFORCE, 6, 22, False),
        (Mode.ENFORCE, 9, 9, False),
        (Mode.ANNOTATE, 20, 22, False),
    ],
)
def test_so_many_without_an_owner_that_a_limit_would_refuse_the_pass_are_foretold(
    mode, ownerless, count, warned
):
    """Only in the mode that gives them one; the plan knows what else it would do."""
    told = sanity.first_pass(Limits(), mode, 0, ownerless, count)

    assert (told is not None) is warned
    assert (
        told is None or "20 of 22 open escalations have no owner and limits.max_share is 30%" in told.message
    )
    assert told is None or "`escsync plan`" in told.remedy


def test_two_limits_that_would_refuse_a_pass_are_told_at_once():
    """By doctor before it and by the refusal itself: whoever raises the one is not refused by the other."""
    line = sanity.first_pass(Limits(), Mode.ENFORCE, 70, 47, 70)
    refused = refusal(Limits(), 70, writes=70, enforced=47)

    for told in (line.message + line.remedy, refused.message):
        assert "limits.max_writes is 25" in told
        assert "limits.max_share is 30%" in told
        assert "--max-writes 70 --max-share 0.68" in told
    assert refused.reason == "limit:max_writes"


@pytest.mark.parametrize(("enforced", "count"), [(10, 30), (91, 100), (20, 22), (11, 13), (30, 30)])
def test_the_flag_that_a_refusal_names_lets_the_pass_through(enforced, count):
    """Whoever does as the message says is not refused again."""
    share = float(letting_through(enforced, count).removeprefix("--max-share "))

    assert refusal(Limits(), count, writes=0, enforced=enforced) is not None
    assert refusal(Limits(max_share=share), count, writes=0, enforced=enforced) is None
