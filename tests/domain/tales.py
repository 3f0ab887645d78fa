"""Random escalations for the laws: stories of a few dozen events in any order, sensible or not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.story import CLOSURE_TEXT, UPDATE_TEXT, Story, ack_text, at
from hypothesis import strategies as st

from escsync.domain.fields import FIELDS, MAPPED_STAGES
from escsync.domain.people import PersonKind, PersonRef
from escsync.domain.ticket import Status

BEGIN = at("2026-03-03T09:00")
LAST = BEGIN + timedelta(days=80)
STAFF = ("tom", "dana", "lena", "idris", "priya", "omar", "ana", "queue", "robot", "stranger", "escsync")
TEXTS = (
    "We are looking into it.",
    ack_text(),
    ack_text("Idris Cole", "Support Director"),
    UPDATE_TEXT,
    UPDATE_TEXT.replace("2026-03-05", "2026-03-20"),
    CLOSURE_TEXT,
    "My name is [Name] and I am the [Title] at Acme.",
    "We will credit you. The Support Team",
    "Dana Reyes takes over from here.",
)
MARKERS = ("acknowledgement", "holding", "handover", "customer_update", "closure", None)


def instants(first=BEGIN, last=LAST):
    """An instant to the minute."""
    minutes = int((last - first).total_seconds() // 60)
    near = st.integers(0, min(minutes, 1500))
    return st.one_of(near, st.integers(0, minutes)).map(lambda n: first + timedelta(minutes=n))


def choices(name):
    """A value of a choice field, or rubbish."""
    return st.sampled_from((*FIELDS[name].choices, "rubbish", None))


SENSIBLE = {
    "owner": st.lists(st.sampled_from(STAFF).map(PersonRef), max_size=2).map(tuple),
    "tone": choices("tone"),
    "severity": choices("severity"),
    "brand_exposure": choices("brand_exposure"),
    "account.tier": choices("account.tier"),
    "account.csm": st.sampled_from(((), (PersonRef("priya"),), (PersonRef(name="TBD"),))),
    "checklist.history_reviewed": choices("checklist.history_reviewed"),
    "checklist.csm_spoken": choices("checklist.csm_spoken"),
    "checklist.eng_product_consulted": choices("checklist.eng_product_consulted"),
    "findings_summary": st.sampled_from((None, "TBD", "Lines were counted twice.")),
    "is_technical": st.sampled_from((True, False, None)),
    "resolution_types": st.sampled_from(
        ((), ("engineering_fix",), ("billing_credit", "policy_exception"), ("other",))
    ),
    "resolution_links": st.sampled_from((None, "ENG-12 with Eli Park", "billing_credit: EUR 1,250.50")),
    "root_cause": choices("root_cause"),
    "breakdown_point": choices("breakdown_point"),
    "follow_up.outcome": choices("follow_up.outcome"),
    "follow_up.scheduled_by": st.sampled_from(((), (PersonRef("priya"),), (PersonRef("dana"),))),
    **{
        name: st.one_of(instants(), st.none(), instants().map(lambda when: when.date()))
        for name in (
            "identified_at",
            "received_at",
            "committed_at",
            "implemented_at",
            "exception.requested_at",
            "exception.decided_at",
            "follow_up.scheduled_for",
            "follow_up.held_at",
        )
    },
}


@st.composite
def stories(draw, most=24):
    """A story of up to *most* events."""
    told = Story()
    for when in sorted(draw(st.lists(instants(), max_size=most, unique=True))):
        stamp = when.strftime("%Y-%m-%dT%H:%M")
        match draw(st.sampled_from(("set", "set", "set", "say", "move", "own"))):
            case "set":
                name = draw(st.sampled_from(sorted(SENSIBLE)))
                value, by = draw(SENSIBLE[name]), draw(st.sampled_from(STAFF))
                told.set(stamp, name, value, by)
            case "say":
                marker = draw(st.sampled_from(MARKERS))
                automated = draw(st.booleans()) and draw(st.booleans())
                text, by = draw(st.sampled_from(TEXTS)), draw(st.sampled_from(STAFF))
                told.say(stamp, by, text, marker, native=marker is None, automated=automated)
            case "move":
                stage = draw(st.sampled_from((*MAPPED_STAGES, "closed", "closed", "intake")))
                told.move(stamp, stage, draw(st.sampled_from(STAFF)))
            case "own":
                told.own(stamp, draw(st.sampled_from(STAFF)))
    return told


ODD = datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(2026, 3, 3)  # noqa: DTZ001
ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(("TBD", "\ud800", "Europe/", "../../etc/passwd", "x" * 5_000_000, "9" * 5000 + " EUR")),
    st.booleans(),
    st.decimals(),
    st.sampled_from((Decimal("1e999999"), Decimal("sNaN"), Decimal("-Infinity"))),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(),
    st.sampled_from(ODD),
    st.dates(),
    st.sampled_from((date.min, date.max)),
    st.builds(Status, st.text(max_size=4), st.text(max_size=4), st.sampled_from((None, *MAPPED_STAGES)), st.booleans()),
    st.lists(
        st.builds(PersonRef, st.sampled_from(("", *STAFF)), st.text(max_size=4), kind=st.sampled_from(PersonKind)),
        max_size=3,
    ).map(tuple),
    st.lists(st.text(max_size=8), max_size=3).map(tuple),
)  # fmt: skip
"""A value of any form, for any field."""
