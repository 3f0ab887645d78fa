"""What goes into the ledger comes out equal, and nothing of a customer's words goes in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.domain.communication import Element, Message, MessageKind, Reading
from escsync.domain.duration import Duration
from escsync.domain.evidence import Evidence, Grade
from escsync.domain.fields import FIELDS, Stage
from escsync.domain.people import PersonKind, PersonRef
from escsync.domain.policy import (
    AckRule,
    BusinessHours,
    Clocks,
    Comms,
    ContentRule,
    FollowUpRule,
    MoneyRule,
    Policy,
    Waiver,
)
from escsync.domain.ticket import Fact, NoteSeen, Status, Ticket
from escsync.ledger import codec
from escsync.ledger.discretion import discreet, hidden, wordless
from escsync.ledger.policies import from_policy, to_policy

texts = st.text(st.characters(), max_size=20)
instants = st.datetimes(timezones=st.just(UTC))
people = st.builds(
    PersonRef, texts, texts, texts, st.sampled_from(PersonKind), st.sampled_from([None, True, False])
)
values = st.one_of(
    st.none(),
    texts,
    st.booleans(),
    st.decimals(allow_nan=False),
    instants,
    st.dates(),
    st.builds(Status, texts, texts, st.none() | st.sampled_from(Stage), st.booleans()),
    st.lists(people, max_size=3).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
)
evidence = st.builds(Evidence, instants, st.none() | instants, st.sampled_from(Grade), texts)
facts = st.builds(Fact, evidence, values, st.none() | people)
fields = st.sampled_from(sorted(FIELDS))
messages = st.builds(
    Message,
    texts,
    evidence,
    people,
    texts,
    st.none() | st.sampled_from(MessageKind),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | instants,
    texts,
)
readings = st.builds(
    Reading,
    st.frozensets(st.sampled_from(Element)),
    texts,
    st.booleans(),
    st.booleans(),
    st.frozensets(texts, max_size=3),
    st.lists(st.dates(), max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    texts,
)
tickets = st.builds(
    Ticket,
    texts,
    texts,
    texts,
    instants,
    st.dictionaries(fields, values, max_size=5),
    st.none() | instants,
    st.none() | evidence,
    st.booleans(),
    texts,
    st.dictionaries(fields, st.lists(facts, max_size=3).map(tuple), max_size=3),
    st.just(()),
    st.none() | st.builds(NoteSeen, texts, texts),
    st.dictionaries(fields, texts, max_size=2),
)


def through_text(content):
    """As the database gives it back."""
    return json.loads(codec.dumps(content))


@given(values)
def test_every_value_comes_back_equal(value):
    """A value's type survives: a date is no datetime, a number no text."""
    back = codec.to_value(through_text(codec.from_value(value)))

    assert back == value
    assert type(back) is type(value)


@given(tickets)
def test_every_ticket_comes_back_equal(ticket):
    """Values, history, note, scope: nothing is lost or altered, however odd the text."""
    assert codec.to_ticket(through_text(codec.from_ticket(ticket))) == ticket


@given(messages, readings)
def test_messages_and_readings_come_back_equal(message, reading):
    """First sight is kept as it was."""
    assert codec.to_message(through_text(codec.from_message(message))) == message
    assert codec.to_reading(through_text(codec.from_reading(reading))) == reading


@given(tickets)
def test_stored_text_is_plain_ascii(ticket):
    """No database chokes on what somebody pasted: lone surrogates, NUL, emoji."""
    assert codec.dumps(codec.from_ticket(ticket)).isascii()


def test_an_observed_past_does_not_replace_the_trackers_own():
    """What the tracker records is better evidence than what polls saw."""
    at = Evidence(datetime(2026, 1, 1, tzinfo=UTC))
    ticket = Ticket("1", "A-1", "", at.at, {"tone": "public"}, history={"tone": (Fact(at, "public"),)})

    back = codec.to_ticket(
        codec.from_ticket(ticket), observed={"tone": (Fact(at, "private"),), "severity": (Fact(at, None),)}
    )

    assert back.history == {"tone": (Fact(at, "public"),), "severity": (Fact(at, None),)}


@pytest.mark.parametrize("value", ["", "TBD", " n/a ", None, False, "sha256:ab"])
def test_what_says_nothing_of_a_customer_is_not_hidden(value):
    """A placeholder is a finding; it has to stay one."""
    assert hidden(value) == value


def test_private_fields_are_kept_as_hashes_in_the_past_too():
    """Findings, descriptions and contacts are customer text; the rest stays readable."""
    at = Evidence(datetime(2026, 1, 1, tzinfo=UTC))
    values = {
        "findings_summary": "Their invoice was wrong",
        "contact.email": "cfo@alder.example",
        "tone": "public",
    }
    ticket = Ticket(
        "1",
        "A-1",
        "",
        at.at,
        values,
        history={"findings_summary": (Fact(at, None), Fact(at, "Their invoice"))},
    )

    kept = discreet(ticket)

    told = codec.dumps(codec.from_ticket(kept))
    assert "invoice" not in told
    assert "alder" not in told
    assert kept.values["tone"] == "public"
    assert kept.history["findings_summary"][0].value is None
    assert kept.values["findings_summary"].startswith("sha256:")
    assert discreet(kept) == kept


def test_a_message_is_kept_without_words_and_a_customer_without_name():
    """Who of ours wrote is evidence; the customer's name is not needed."""
    at = Evidence(datetime(2026, 1, 1, tzinfo=UTC))
    ours = Message("1", at, PersonRef("u1", "Dana", "dana@acme.example"), "Dear Ms Alder")
    theirs = Message("2", at, PersonRef("", "Ms Alder", "cfo@alder.example"), "I am angry", inbound=True)

    assert wordless(ours) == replace(ours, text="")
    assert "lder" not in codec.dumps(codec.from_message(wordless(theirs)))


POLICIES = [
    Policy(),
    Policy(
        timezone="Europe/Berlin",
        apply_to="all",
        clocks=Clocks(
            ack=AckRule(within=Duration.parse("1h"), anchor="received_at", calendar="ny"),
            follow_up=FollowUpRule(unit="elapsed", within=None),
        ),
        calendars={
            "ny": BusinessHours("America/New_York", {"mon-fri": "09:00-17:00", "sat": ["09:00-10:00"]}, "US"),
            "own": BusinessHours("Europe/Berlin", {"mon": "09:00-17:00"}, [date(2026, 12, 24)]),
        },
        comms=Comms(
            closure=ContentRule((Element.COMPLETION, Element.NAME)), phrases={Element.ACTIONS: ("we shall",)}
        ),
        routing={"sla_breach": "support_ops"},
        money=MoneyRule("EUR", {"2026-03-31": {"USD": Decimal("0.91")}}),
    ),
]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_pinned_policy_comes_back_equal(policy):
    """A verdict is judged by the policy it began under, years later too."""
    back = to_policy(json.loads(from_policy(policy)))

    assert back == policy
    assert back.version == policy.version


def test_waivers_are_no_part_of_a_pinned_policy():
    """They apply whatever policy is pinned."""
    policy = Policy(waivers=(Waiver("1", "ack", "vera", "agreed"),))

    assert to_policy(json.loads(from_policy(policy))) == Policy()


@pytest.mark.parametrize(
    "content", [None, [], "x", {"unheard_of": 1}, {"clocks": {"ack": 3}}, {"evidence": {"min_grade": "Z"}}]
)
def test_a_policy_that_cannot_be_read_is_said_so(content):
    """A damaged or newer policy is an error, never a default."""
    with pytest.raises(ValueError, match="."):
        to_policy(content)
