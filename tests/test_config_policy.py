"""The policy is data: read strictly, printed whole, read back equal, and changed key by key."""

import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escsync.config import ConfigError, policy_from, policy_yaml, with_settings
from escsync.config.closures import holidays
from escsync.config.document import parse
from escsync.domain.communication import Element
from escsync.domain.duration import Duration
from escsync.domain.phrases import DEFAULT_PHRASES
from escsync.domain.policy import BusinessHours, Policy, Waiver


def read(text):
    """The policy that *text* describes."""
    return policy_from(parse(text, "policy.yaml").data)


def problems(text):
    """What is wrong with *text*."""
    with pytest.raises(ConfigError) as caught:
        read(text)
    return caught.value.problems


def test_an_empty_policy_is_the_default_in_the_zone_given():
    """A key left out keeps the process's own number."""
    assert policy_from({}) == Policy()
    assert policy_from({"clocks": None}, timezone="Europe/Berlin") == Policy(timezone="Europe/Berlin")


def test_the_policy_s_own_zone_wins():
    """A policy that is shared by several configurations may fix it."""
    assert policy_from({"timezone": "Asia/Tokyo"}, timezone="Europe/Berlin").timezone == "Asia/Tokyo"


@pytest.mark.parametrize("text", ["PT1H30M", "90m", "1h30m", "1h 30min"])
def test_durations_are_written_as_people_say_them(text):
    """ISO 8601 or short."""
    assert read(f"clocks: {{ack: {{within: {text}}}}}").clocks.ack.within == Duration(seconds=5400)


def test_phrases_for_one_element_keep_those_of_the_others():
    """Who adds a phrase does not mean to switch the other elements off."""
    phrases = read("comms: {phrases: {commitment: [i swear]}}").comms.phrases

    assert phrases[Element.COMMITMENT] == ("i swear",)
    assert phrases[Element.ACTIONS] == DEFAULT_PHRASES[Element.ACTIONS]


CALENDAR = 'calendars: {ny: {timezone: America/New_York, hours: {mon-fri: "09:00-17:00"}, holidays: US}}\n'


def test_a_country_s_holidays_become_days():
    """The domain needs no package for them, and a pinned policy does not change with one."""
    calendar = read(CALENDAR + "clocks: {ack: {calendar: ny}}").calendars["ny"]

    assert date(2026, 7, 3) in calendar.holidays
    assert date(2026, 12, 25) in calendar.holidays
    assert (calendar.holidays[0].year, calendar.holidays[-1].year) == (2015, 2040)


def test_a_region_has_its_own_holidays():
    """Epiphany is one in Bavaria and not in Berlin."""
    assert date(2026, 1, 6) in holidays("DE-BY")
    assert date(2026, 1, 6) not in holidays("DE-BE")


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    """Holidays that are silently missing would move deadlines (decision 88)."""
    monkeypatch.setitem(sys.modules, "holidays", None)

    said = (
        "the holidays of a country need one more package: pip install 'escsync[holidays]', or list the days"
    )

    assert problems(CALENDAR) == (f"policy:1: calendars.ny.holidays: {said}",)


def test_listed_holidays_need_no_package(monkeypatch):
    """Days are days."""
    monkeypatch.setitem(sys.modules, "holidays", None)

    assert read(CALENDAR.replace("US", "[2026-07-03]")).calendars["ny"].holidays == [date(2026, 7, 3)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clocks: {ack: {wthin: 1h}}", "clocks.ack.wthin: unknown key; did you mean 'within'?"),
        ("clock: {}", "clock: unknown key; did you mean 'clocks'?"),
        ("clocks: {ack: {within: 2}}", "'2' is not a duration; write 2h"),
        ("clocks: {ack: {within: 0h}}", "clocks.ack.within: must be longer than nothing"),
        ("clocks: {ack: {within: null}}", "clocks.ack.within: must be longer than nothing"),
        ("clocks: {ack: {within: P900Y}}", "is longer than a hundred years"),
        (
            "clocks: {ack: {anchor: recieved_at}}",
            "'recieved_at' is not one of identified_at, received_at; did you mean",
        ),
        ("clocks: {ack: {calendar: ny}}", "clocks.ack.calendar: 'ny' is not defined; known: always"),
        ("clocks: {ack: {due_soon: often}}", "'often' is neither a share such as 25% nor a duration"),
        ("clocks: {ack: {due_soon: 400%}}", "'400%' is neither a share such as 25% nor a duration"),
        ("clocks: {owner: {within: 1h}}", "has no effect: this clock's time is clocks.ack.within"),
        ("clocks: [ack]", "clocks: expected a mapping (keys with values below it), found a list"),
        (CALENDAR + "clocks: {ack: {calendar: ny, within: 1d}}", "with the calendar 'ny' write hours"),
        (CALENDAR.replace("mon-fri", "mo-fr"), "calendars.ny.hours: 'mo-fr' are no weekdays"),
        (CALENDAR.replace("17:00", "25:00"), "does not end after it starts"),
        (CALENDAR.replace("17:00", "5pm"), "'09:00-5pm' are no hours; write 09:00-17:00"),
        (CALENDAR.replace("America/New_York", "EST"), "'EST' is an abbreviation"),
        (CALENDAR.replace("US", "USA"), "'USA' is no country; write a code such as US or DE-BY"),
        (CALENDAR.replace("US", "US-XX"), "US has no region 'XX'; known:"),
        (
            CALENDAR.replace("US", "5"),
            "calendars.ny.holidays: expected text or a list, found the number 5",
        ),
        (CALENDAR.replace("US", "[2026-13-01]"), "calendars.ny.holidays"),
        (CALENDAR.replace("ny:", "always:"), "is the name of the calendar that never closes"),
        ("roles: {may_acknowledge: [tier1]}", "roles.may_acknowledge[0]: 'tier1' is not one of"),
        ("comms: {phrases: {nmae: [a]}}", "comms.phrases.nmae: 'nmae' is not one of"),
        ("comms: {phrases: {name: [a]}}", "comms.phrases.name: is not recognised by phrases"),
        ("priority: {highest_tier: gold}", "priority.highest_tier: 'gold' is not one of enterprise"),
        ("priority: {severe: [data]}", "priority.severe[0]: 'data' is not one of billing_dispute"),
        ("priority: {long_tenure: 730d}", "must be whole months or years, such as P24M"),
        ("priority: {first_time_lookback: ever}", "'ever' is neither `all` nor a duration"),
        ("analytics: {fiscal_start_month: 13}", "is no month; write 1 to 12"),
        ("analytics: {threshold: many}", "analytics.threshold: expected a whole number, found 'many'"),
        ("analytics: {timezone: CET}", "analytics.timezone: 'CET' is an abbreviation"),
        ("routing: {sla_breech: support}", "'sla_breech' is not one of product_bug"),
        ("routing: {sla_breach: ops}", "routing.sla_breach: 'ops' is not one of support, support_ops"),
        ("money: {rates: {soon: {EUR: 1.1}}}", "money.rates.soon: 'soon' is no day"),
        ("money: {rates: {2026-03-31: {EUR: 0}}}", "money.rates.2026-03-31.EUR: must be more than nothing"),
        ("money: {rates: {2026-03-31: {EUR: x}}}", "expected a number, found 'x'"),
        ("waivers: [{id: A, clock: ack, by: d}]", "waivers[0].reason: is missing"),
        ("waivers: [{id: A, clock: akc, by: d, reason: x}]", "waivers[0].clock: 'akc' is not one of ack"),
        ("5", "(file): expected a mapping (keys with values below it), found the number 5"),
    ],
)
def test_a_mistake_in_the_policy_is_told(text, said):
    """What would be ignored, or mean nothing, is an error."""
    assert said in "\n".join(problems(text))


def test_what_is_well_is_checked_beside_what_is_not():
    """A wrong value does not hide the others."""
    found = problems("clocks: {ack: {within: soon, calendar: ny}}\ntimezone: EST")

    assert len(found) == 3


ODD = replace(
    read(CALENDAR + 'money: {rates: {"2026-03-31": {EUR: "1.10"}}}\nrouting: {sla_breach: support_ops}\n'),
    timezone="Europe/Berlin",
    waivers=(
        Waiver("EXEC-1", "ack", "dana", 'he said: "no" # really'),
        Waiver("2", "update", "mei", "no", 2),
    ),
)


@pytest.mark.parametrize("policy", [Policy(), ODD], ids=["default", "everything"])
def test_a_printed_policy_reads_back_equal(policy):
    """`policy show` prints what holds, and its output is a policy file."""
    again = read(policy_yaml(policy))

    assert again == policy
    assert again.version == policy.version


def test_stored_policies_read_back_equal():
    """The ledger keeps the policy that each cycle began under."""
    assert policy_from(ODD.to_json()) == ODD


def test_a_printed_default_leaves_the_zone_to_the_configuration():
    """A copy of the file must not overrule escsync.yaml unasked."""
    text = policy_yaml(Policy())

    assert policy_from(parse(text, "p").data, timezone="Europe/Berlin").timezone == "Europe/Berlin"


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.text(min_size=1), max_size=3).map(tuple),
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name != "always"),
        st.sampled_from([{"mon-fri": "09:00-17:00"}, {"sat": ["08:00-12:00", "13:00-14:00"]}]),
        max_size=2,
    ),
    st.integers(1, 3_000_000).map(lambda n: Duration(seconds=n)),
)
def test_any_policy_reads_back_equal(phrases, hours, within):
    """Whatever phrases, names and durations somebody chooses."""
    calendars = {name: BusinessHours("UTC", week) for name, week in hours.items()}
    policy = replace(Policy(), comms=replace(Policy().comms, substance=phrases), calendars=calendars)
    policy = replace(policy, clocks=replace(policy.clocks, ack=replace(policy.clocks.ack, within=within)))

    assert read(policy_yaml(policy)) == policy


def test_settings_change_one_key_each():
    """What `backtest --set` compares."""
    changed = with_settings(ODD, ["clocks.ack.within=1h", "roles.may_acknowledge=[support_manager]"])

    assert changed.clocks.ack.within == Duration(seconds=3600)
    assert len(changed.roles.may_acknowledge) == 1
    assert replace(changed, clocks=ODD.clocks, roles=ODD.roles) == ODD
    assert with_settings(ODD, []) == ODD


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("clocks.ack.wthin=1h", "--set:1: clocks.ack.wthin: unknown key; did you mean 'within'?"),
        ("clocks.ack.within=soon", "--set:1: clocks.ack.within: 'soon' is not a duration"),
        ("clocks.ack.within.x=1h", "--set:1: clocks.ack.within.x: "),
        ("clocks.ack.within", "'clocks.ack.within' sets nothing; write key.path=value"),
        ("clocks..ack=1", "sets nothing"),
        ("clocks.ack.within=[", "--set:1: clocks.ack.within: is no YAML"),
    ],
)
def test_a_setting_that_is_none_is_told(setting, said):
    """The same errors as in a file."""
    with pytest.raises(ConfigError) as caught:
        with_settings(Policy(), [setting])

    assert said in "\n".join(caught.value.problems)
