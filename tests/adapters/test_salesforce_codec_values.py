"""Field values: what Salesforce shows in our words, ours in Salesforce's, and what is refused before it is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from escsync_salesforce import encode, values
from escsync_salesforce.schema import Column, Schema

from escsync.adapter import FIELDS, PersonKind, PersonRef, Rejected, Stage, Status, Vocabulary

DANA, QUEUE = "005dM0000000008QAA", "00GdM0000000001UAE"
WORDS = Vocabulary(
    stages={Stage.INTAKE: ("New",), Stage.CLOSED: ("Solved",)},
    options={"severity": {"billing_dispute": ("Bill",)}},
)
STATUSES = {"New": ("New", False), "Closed_2": ("Solved", True), "Closed": ("Closed", False)}


def pick(*pairs, type="picklist", **how):
    return Column("P__c", "P__c", "Pick", type, options=tuple(pairs), **how)


TEXT = Column("T__c", "T__c", "Text", "string", length=20)
LONG = Column("L__c", "L__c", "Long", "textarea", length=32768)
USER = Column("U__c", "U__c", "User", "reference", "U__r", ("User",))
OWNER = Column("OwnerId", "OwnerId", "Owner", "reference", "Owner", ("Group", "User"))
CONTACT = Column("ContactId", "ContactId", "Contact", "reference", "Contact", ("Contact",))
ACCOUNT = Column("AccountId", "AccountId", "Account", "reference", "Account", ("Account",))
DAY = Column("D__c", "D__c", "Day", "date")
MOMENT = Column("M__c", "M__c", "Moment", "datetime")
MONEY = Column("C__c", "C__c", "Money", "currency", scale=2)
BOX = Column("B__c", "B__c", "Box", "boolean")
SEVERITY = pick(("Bill", "Billing dispute"), ("DATA", "Data issue"))
SEVERAL = pick(("Engineering fix", "E"), ("Billing credit", "B"), type="multipicklist")
SEVERAL_AS_ONE = pick(("Engineering fix", "E"), ("Billing credit", "B"))
READ_ONLY = Column("F__c", "F__c", "Formula", "string", writable=False)
ELSEWHERE = Column("ARR__c", "Account.ARR__c", "ARR", "currency", writable=False)


def schema(**how):
    return Schema("https://acme.my.salesforce.com", "", WORDS, statuses=STATUSES, **how)


@pytest.mark.parametrize(
    ("name", "column", "raw", "told"),
    [
        ("summary", TEXT, "  Broken \r\n", "Broken"),
        ("summary", TEXT, "", None),
        ("summary", TEXT, Decimal("12.50"), "12.5"),
        ("summary", TEXT, True, "true"),
        ("summary", TEXT, {"not": "text"}, None),
        ("account.id", ACCOUNT, "001dM00003kRs59", "001dM00003kRs59QAC"),
        ("account.arr", MONEY, Decimal("120000.0"), Decimal(120000)),
        ("account.arr", TEXT, "120,000.50", Decimal("120000.5")),
        ("account.arr", TEXT, "a lot", "a lot"),
        ("account.arr", MONEY, True, "true"),
        ("committed_at", MOMENT, "2026-05-01T07:25:37.000+0000", datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)),
        ("committed_at", DAY, "2026-05-01", date(2026, 5, 1)),
        ("committed_at", TEXT, "soon", "soon"),
        ("account.customer_since", DAY, "2023-01-15", date(2023, 1, 15)),
        ("account.customer_since", MOMENT, "2023-01-15T23:30:00.000+0000", date(2023, 1, 15)),
        ("account.customer_since", DAY, "2023-02-31", "2023-02-31"),
        ("severity", SEVERITY, "Bill", "billing_dispute"),
        ("severity", SEVERITY, "DATA", "data_issue"),
        ("severity", SEVERITY, "Data issue", "data_issue"),
        ("severity", SEVERITY, "Typo", "Typo"),
        ("resolution_types", SEVERAL, "Engineering fix;Billing credit", ("engineering_fix", "billing_credit")),
        ("resolution_types", SEVERAL, None, None),
        ("is_technical", BOX, True, True),
        ("is_technical", BOX, False, False),
        ("is_technical", TEXT, "Yes", True),
        ("is_technical", TEXT, "nein", False),
        ("is_technical", TEXT, "perhaps", "perhaps"),
        ("checklist.csm_spoken", BOX, True, "done"),
        ("checklist.csm_spoken", BOX, False, "open"),
        ("checklist.csm_spoken", pick(("N/A", "Not applicable")), "N/A", "na"),
        ("stage", pick(), "Closed_2", Status("Closed_2", "Solved", Stage.CLOSED, True)),
        ("stage", pick(), "Solved", Status("Closed_2", "Solved", Stage.CLOSED, True)),
        ("stage", pick(), "Closed", Status("Closed", "Closed", None, False)),
        ("owner", TEXT, "Dana / ana@acme.example", (PersonRef(name="Dana"), PersonRef(email="ana@acme.example"))),
        ("account.csm", TEXT, "Dana / Ana", (PersonRef(name="Dana / Ana"),)),
    ],
)  # fmt: skip
def test_a_value_takes_the_form_of_its_kind(name, column, raw, told):
    """Rubbish is handed on as its text."""
    assert values.decode(name, column, raw, schema()) == told


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("raw", [None, "", " ", 7, Decimal("1e60"), [], {}, True, "x" * 5000, "\u202e"])
def test_no_rubbish_is_a_crash(name, raw):
    """Whatever stands in a field of whatever type."""
    for column in (TEXT, LONG, USER, DAY, MOMENT, MONEY, BOX, SEVERITY, SEVERAL):
        values.decode(name, column, raw, schema())


@pytest.mark.parametrize(
    ("row", "kind", "active"),
    [
        (
            {"OwnerId": DANA, "Owner": {"Name": "Dana", "Type": "User", "IsActive": True}},
            PersonKind.HUMAN,
            True,
        ),
        ({"OwnerId": DANA, "Owner": {"Name": "Dana", "IsActive": False}}, PersonKind.HUMAN, False),
        ({"OwnerId": QUEUE, "Owner": {"Name": "Support", "Type": "Queue"}}, PersonKind.QUEUE, None),
        ({"OwnerId": DANA[:15], "Owner": {"Name": "Dana"}}, PersonKind.HUMAN, None),
        ({"OwnerId": "005dM0000000099QAA", "Owner": {"Name": "Hook"}}, PersonKind.BOT, None),
        ({"OwnerId": DANA, "Owner": {"Name": "P", "UserType": "PowerPartner"}}, PersonKind.BOT, None),
    ],
)
def test_an_owner_is_a_person_a_queue_or_neither(row, kind, active):
    """Queues by the id's prefix, automated and portal users by their type (decision 27b)."""
    told = schema(bots={values.ids.long("005dM0000000099"): "Hook"})
    row = {**row, "OwnerId": row["OwnerId"]}

    (ref,) = values.of("owner", (OWNER,), row, told)

    assert len(ref.id) == 18
    assert (ref.kind, ref.active) == (kind, active)


def test_owners_of_several_fields_are_one_set():
    """Somebody named in both is one (decision 13)."""
    row = {"OwnerId": DANA, "Owner": {"Name": "Dana"}, "U__c": "005dM0000000007", "U__r": {"Name": "Idris"}}

    both = values.of("owner", (OWNER, USER), row, schema())
    one = values.of("owner", (OWNER, USER), row | {"U__c": DANA[:15]}, schema())

    assert [ref.name for ref in both] == ["Dana", "Idris"]
    assert [ref.id for ref in one] == [DANA]


def test_a_lookup_is_told_by_its_name():
    """An id says nothing to people."""
    row = {"ContactId": "003dM0000000001AAA", "Contact": {"Name": "Casey Kunde"}}

    assert values.of("contact.name", (CONTACT,), row, schema()) == "Casey Kunde"


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        (TEXT, "  x\r\ny ", "x\ny"),
        (TEXT, "", None),
        (TEXT, "   ", None),
        (MOMENT, datetime(2026, 5, 1, 7, 25, 37, 999, tzinfo=UTC), datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)),
        (DAY, datetime(2026, 5, 1, 23, 30, tzinfo=UTC), date(2026, 5, 2)),
        (MOMENT, date(2026, 5, 1), datetime(2026, 4, 30, 22, 0, tzinfo=UTC)),
        (MONEY, Decimal("10.125"), Decimal("10.12")),
        (MONEY, Decimal("10.00"), Decimal(10)),
        (SEVERAL, (), None),
    ],
)  # fmt: skip
def test_what_will_be_shown_is_foretold(column, value, shown):
    """Trimmed, to the second, to the day of escsync's account, to the number's scale; twice is as once."""
    told = schema(zone=ZoneInfo("Europe/Berlin"))

    assert values.fitted(column, value, told) == shown
    assert values.fitted(column, shown, told) == shown


@pytest.mark.parametrize(
    ("name", "column", "value", "sent"),
    [
        ("summary", TEXT, " x ", "x"),
        ("summary", TEXT, None, None),
        ("due_at", MOMENT, datetime(2026, 5, 1, 7, 0, 0, 5, tzinfo=UTC), "2026-05-01T07:00:00Z"),
        ("due_at", DAY, datetime(2026, 5, 1, 7, 0, tzinfo=UTC), "2026-05-01"),
        ("account.arr", MONEY, Decimal("10.129"), Decimal("10.13")),
        ("account.arr", TEXT, Decimal("10.5"), "10.5"),
        ("owner", OWNER, (PersonRef(DANA[:15]),), DANA),
        ("owner", USER, (), None),
        ("owner", TEXT, (PersonRef(name="Dana"), PersonRef(name="Ana")), "Dana / Ana"),
        ("severity", SEVERITY, "billing_dispute", "Bill"),
        ("severity", SEVERITY, "data_issue", "DATA"),
        (
            "resolution_types",
            SEVERAL,
            ("billing_credit", "engineering_fix"),
            "Billing credit;Engineering fix",
        ),
        ("is_technical", BOX, True, True),
        ("is_technical", BOX, None, False),
        ("checklist.csm_spoken", BOX, "done", True),
        ("health", pick(("due_soon", "Due soon")), "due_soon", "due_soon"),
        ("health", pick(("DS", "Due Soon")), "due_soon", "DS"),
    ],
)
def test_a_value_is_sent_as_its_field_takes_it(name, column, value, sent):
    """Options by their API name, people by id, instants in UTC."""
    assert encode.field(name, column, value, schema()) == sent


@pytest.mark.parametrize(
    ("name", "column", "value", "words"),
    [
        ("summary", TEXT, "x" * 21, "20 characters, not 21"),
        ("summary", READ_ONLY, "x", "cannot be written"),
        ("account.arr", ELSEWHERE, Decimal(1), "another object"),
        ("owner", OWNER, None, "always has an owner"),
        ("owner", OWNER, (PersonRef(name="Dana"),), "no user id"),
        ("severity", SEVERITY, "public_outage", "no option 'public_outage'"),
        ("checklist.csm_spoken", BOX, "na", "checkbox"),
        ("resolution_types", SEVERAL_AS_ONE, ("engineering_fix", "billing_credit"), "one value only"),
        ("stage", TEXT, Status("x", "x"), "by a move"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(name, column, value, words):
    """Before it is sent: Salesforce would store a typo, and cut nothing."""
    with pytest.raises(Rejected) as refused:
        encode.field(name, column, value, schema())

    assert words in refused.value.message
    assert refused.value.field == name


def test_an_option_that_is_missing_names_the_near_one():
    """As a typo of the configuration."""
    words = Vocabulary(options={"severity": {"billing_dispute": ("Billl",)}})

    with pytest.raises(Rejected) as refused:
        encode.field("severity", SEVERITY, "billing_dispute", Schema("", "", words))

    assert "did you mean 'Bill'?" in refused.value.remedy


def test_a_status_is_written_by_its_api_name():
    """However the configuration spells it; one that the org lacks is refused with the near one."""
    assert encode.status(Stage.CLOSED, schema()) == "Closed_2"
    with pytest.raises(Rejected) as refused:
        encode.status(
            Stage.CLOSED, Schema("", "", Vocabulary(stages={Stage.CLOSED: ("Closd",)}), statuses=STATUSES)
        )
    assert "Closed" in refused.value.remedy
    with pytest.raises(Rejected, match="no status stands for"):
        encode.status(Stage.REJECTED, schema())


@pytest.mark.parametrize(
    "text", ["short", "x" * 5000, "漢" * 2000, "😀" * 1500, "", "nul\x00\x07", "\ud800 alone"]
)
def test_a_note_fits_its_bytes_and_keeps_its_last_line(text):
    """4000 bytes, cut between characters."""
    body = encode.note(text, "aa11")

    assert len(body.encode()) <= 4000
    assert body.endswith("\n\nescsync-note aa11")
    assert "\x00" not in body
