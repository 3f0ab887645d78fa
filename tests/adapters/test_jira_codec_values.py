"""Raw values of Jira, one by one: every form that a field may have, and rubbish in each of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from escsync_jira import changelog, encode, values
from escsync_jira.schema import Column, Schema
from hypothesis import given
from hypothesis import strategies as st

from escsync.adapter import FIELDS, PersonKind, PersonRef, Rejected, Vocabulary

CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"
DANA = {"accountId": "5b10", "displayName": "Dana Reyes", "active": True, "accountType": "atlassian"}
TEXT = Column("cf1", "Text", "string", "", CUSTOM + "textfield")
AREA = Column("cf2", "Area", "string", "", CUSTOM + "textarea")
SELECT = Column("cf3", "Choice", "option", "", CUSTOM + "select")
BOXES = Column("cf4", "Checklist", "array", "option", CUSTOM + "multicheckboxes")
BOX = Column("cf4", "Checklist", "array", "option", CUSTOM + "multicheckboxes", "CSM spoken")
USER = Column("cf5", "CSM", "user", "", CUSTOM + "userpicker")
USERS = Column("cf6", "Co-owners", "array", "user", CUSTOM + "multiuserpicker")
WHEN = Column("cf7", "When", "datetime", "", CUSTOM + "datetime")
DAY = Column("cf8", "Day", "date", "", CUSTOM + "datepicker")
NUMBER = Column("cf9", "ARR", "number", "", CUSTOM + "float")
LABELS = Column("labels", "Labels", "array", "string")
GROUP = Column("cf10", "Team", "group", "", CUSTOM + "grouppicker")


def schema(*, cloud=True, zone=UTC, **vocabulary):
    return Schema("https://acme.atlassian.net", cloud, "me", Vocabulary(**vocabulary), zone)


def decode(name, column, raw, **how):
    return values.decode(name, column, raw, schema(**how))


@pytest.mark.parametrize(
    ("name", "column", "raw", "expected"),
    [
        ("summary", TEXT, "Globex is down", "Globex is down"),
        ("summary", TEXT, "", None),
        ("account.name", SELECT, {"id": "1", "value": "Globex"}, "Globex"),
        ("account.name", USER, DANA, "Dana Reyes"),
        ("account.id", NUMBER, 4711.0, "4711"),
        ("account.name", LABELS, ["a", "b"], "a, b"),
        ("description", AREA, {"type": "doc", "content": []}, None),
        ("account.tier", SELECT, {"id": "1", "value": "Mid Market"}, "mid_market"),
        ("account.tier", SELECT, {"id": "1", "value": "Platinum"}, "Platinum"),
        ("account.tier", SELECT, [{"value": "SMB"}], "smb"),
        ("account.tier", TEXT, " enterprise ", "enterprise"),
        ("account.tier", SELECT, None, None),
        ("priority", SELECT, {"id": "3", "name": "P1"}, "P1"),
        (
            "resolution_types",
            BOXES,
            [{"value": "Engineering fix"}, {"value": "Other"}],
            ("engineering_fix", "other"),
        ),
        ("resolution_types", SELECT, {"value": "Billing credit"}, ("billing_credit",)),
        ("resolution_types", TEXT, "billing credit; other", ("billing_credit", "other")),
        ("resolution_types", BOXES, [], None),
        ("account.arr", NUMBER, 120000.0, Decimal(120000)),
        ("account.arr", NUMBER, 0.1, Decimal("0.1")),
        ("account.arr", NUMBER, 0, Decimal(0)),
        ("account.arr", TEXT, "1,250,000.50", Decimal("1250000.5")),
        ("account.arr", TEXT, "a lot", "a lot"),
        ("account.arr", TEXT, "1e999999", "1e999999"),
        ("account.arr", NUMBER, None, None),
        ("account.customer_since", DAY, "2019-05-01", date(2019, 5, 1)),
        ("account.customer_since", TEXT, "long ago", "long ago"),
        ("committed_at", WHEN, "2026-03-03T10:00:00.999+0100", datetime(2026, 3, 3, 9, tzinfo=UTC)),
        ("committed_at", DAY, "2026-03-03", date(2026, 3, 3)),
        ("committed_at", TEXT, "2026-03-03T10:00:00Z", datetime(2026, 3, 3, 10, tzinfo=UTC)),
        ("committed_at", TEXT, "soon", "soon"),
        ("committed_at", WHEN, "9999-12-31T23:59:59.000-1200", "9999-12-31T23:59:59.000-1200"),
        ("is_technical", SELECT, {"value": "Yes"}, True),
        ("is_technical", SELECT, {"value": "No"}, False),
        ("is_technical", SELECT, {"value": "Perhaps"}, "Perhaps"),
        ("is_technical", BOXES, [], None),
        ("is_technical", BOX, [{"value": "CSM spoken"}], True),
        ("is_technical", TEXT, True, True),
        ("checklist.csm_spoken", BOX, [{"id": "9", "value": "csm spoken"}], "done"),
        ("checklist.csm_spoken", BOX, [{"value": "Other box"}], "open"),
        ("checklist.csm_spoken", BOX, None, "open"),
        ("checklist.csm_spoken", SELECT, {"value": "N/A"}, "na"),
        ("checklist.csm_spoken", SELECT, {"value": "Done"}, "done"),
        ("checklist.csm_spoken", SELECT, None, None),
        ("checklist.csm_spoken", BOXES, [{"value": "We spoke"}], "done"),
        ("checklist.csm_spoken", BOXES, None, "open"),
        ("checklist.csm_spoken", TEXT, False, "open"),
    ],
)
def test_every_form_of_a_value(name, column, raw, expected):
    """A field decodes by its kind and by what Jira sent; rubbish is handed on as its text."""
    assert decode(name, column, raw) == expected


def test_an_option_may_have_another_name_or_be_named_by_its_id():
    """`options:` names what the tracker calls ours."""
    options = {"account.tier": {"enterprise": ("Strategic", "10022")}}

    assert decode("account.tier", SELECT, {"id": "1", "value": "strategic"}, options=options) == "enterprise"
    assert decode("account.tier", SELECT, {"id": "10022", "value": "Gold"}, options=options) == "enterprise"


def test_a_cascading_choice_counts_by_either_half():
    """Parent and child are both spellings of the choice."""
    raw = {"id": "1", "value": "Product", "child": {"id": "2", "value": "Product bug"}}

    assert decode("root_cause", SELECT, raw) == "product_bug"


@pytest.mark.parametrize(
    ("raw", "column", "expected"),
    [
        (DANA, USER, [("5b10", "Dana Reyes")]),
        ([DANA, DANA], USERS, [("5b10", "Dana Reyes")]),
        (
            "Dana / Ana & Idris, Bo; Cy and Di",
            TEXT,
            [("", n) for n in ("Dana", "Ana", "Idris", "Bo", "Cy", "Di")],
        ),
        ("Sandy Anders", TEXT, [("", "Sandy Anders")]),
        ({"value": "Dana / Ana"}, SELECT, [("", "Dana"), ("", "Ana")]),
        ([], USERS, None),
        (None, USER, None),
        ("  ", TEXT, None),
        (17, NUMBER, None),
    ],
)
def test_owners(raw, column, expected):
    """Users by id, texts by name: several of them where the text names several (decision 13)."""
    found = decode("owner", column, raw)

    assert expected == (None if found is None else [(ref.id, ref.name) for ref in found])


def test_only_an_owners_text_names_several():
    """A CSM called "Reyes, Dana" is one person."""
    assert decode("account.csm", TEXT, "Reyes, Dana") == (PersonRef(name="Reyes, Dana"),)
    assert decode("account.csm", TEXT, "dana@acme.example") == (PersonRef(email="dana@acme.example"),)


def test_apps_and_groups_are_told_from_people():
    """An app account is a bot; a group picker names no person."""
    (bot,) = decode("owner", USER, {"accountId": "app1", "displayName": "Bot", "accountType": "app"})
    (group,) = decode("owner", GROUP, {"name": "tier-2", "groupId": "g1"})

    assert (bot.kind, group.kind, group.id) == (PersonKind.BOT, PersonKind.GROUP, "g1")


def test_the_same_number_is_always_the_same_text():
    """Jira sends 5 as 5.0 at times: a digest must not change with it."""
    one, other = decode("account.arr", NUMBER, 559600), decode("account.arr", NUMBER, 559600.0)

    assert format(one, "f") == format(other, "f") == "559600"


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "value", "name", "accountId", "type", "content", "child", "displayName", "text"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(name=st.sampled_from(sorted(FIELDS)), raw=HOSTILE, column=st.sampled_from([
    TEXT, AREA, SELECT, BOXES, BOX, USER, USERS, WHEN, DAY, NUMBER, LABELS, GROUP,
]))  # fmt: skip
def test_no_value_is_a_crash(name, raw, column):
    """Whatever a field holds, it decodes to something."""
    decode(name, column, raw)


@given(told=st.tuples(st.text(max_size=30), st.text(max_size=30)), name=st.sampled_from(sorted(FIELDS)), column=st.sampled_from([
    TEXT, AREA, SELECT, BOXES, BOX, USER, USERS, WHEN, DAY, NUMBER, LABELS, GROUP,
]))  # fmt: skip
def test_no_change_is_a_crash(name, told, column):
    """Whatever a changelog says a field held, it decodes to something."""
    changelog.side(name, column, told, schema())


@pytest.mark.parametrize(
    ("name", "column", "value", "expected"),
    [
        ("due_at", WHEN, datetime(2026, 3, 3, 11, tzinfo=UTC), "2026-03-03T11:00:00.000+0000"),
        ("due_at", DAY, datetime(2026, 3, 3, 23, 30, tzinfo=UTC), "2026-03-04"),
        ("due_at", DAY, date(2026, 3, 3), "2026-03-03"),
        ("due_at", TEXT, datetime(2026, 3, 3, 11, tzinfo=UTC), "2026-03-03T11:00:00Z"),
        ("health", SELECT, "due_soon", {"value": "Due soon"}),
        ("computed_priority", TEXT, "P0", "P0"),
        ("owner", USER, (PersonRef("5b10"),), {"accountId": "5b10"}),
        ("owner", USERS, (PersonRef("5b10"),), [{"accountId": "5b10"}]),
        ("owner", TEXT, (PersonRef("", "Dana"),), "Dana"),
        ("owner", USER, (), None),
        ("owner", USERS, None, []),
        ("account.arr", NUMBER, Decimal("12.5"), 12.5),
        ("resolution_types", BOXES, ("other",), [{"value": "other"}]),
    ],
)
def test_values_are_written_as_the_field_takes_them(name, column, value, expected):
    """The same value in the many forms of Jira's fields."""
    told = schema(zone=ZoneInfo("Europe/Berlin"), options={"health": {"due_soon": ("Due soon",)}})

    assert encode.field(name, column, value, told) == expected


def test_data_center_knows_people_by_name():
    """`{"name": ...}`, never an accountId."""
    assert encode.field("owner", USER, (PersonRef("dana"),), schema(cloud=False)) == {"name": "dana"}


def test_somebody_without_an_id_cannot_be_assigned():
    """Never a guess by name: the refusal names people.yaml."""
    with pytest.raises(Rejected, match="no user id") as raised:
        encode.field("owner", USER, (PersonRef(name="Dana"),), schema())

    assert raised.value.field == "owner"
    assert "people.yaml" in raised.value.remedy


@given(
    when=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    column=st.sampled_from([WHEN, DAY, TEXT]),
    zone=st.sampled_from(["UTC", "Asia/Kolkata", "America/Los_Angeles"]),
)
def test_what_was_written_reads_as_it_was_fitted(when, column, zone):
    """So a second pass finds nothing to write, whatever the field rounds to."""
    told = schema(zone=ZoneInfo(zone))
    fitted = encode.fit(column, when, told)

    raw = encode.field("due_at", column, fitted, told)

    assert values.decode("due_at", column, raw, told) == fitted
    assert encode.fit(column, fitted, told) == fitted
