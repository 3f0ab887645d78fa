"""Questions and ids: what stands in a query, and what can never get into one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from escsync_salesforce import ids, instants, soql
from fakes.salesforce.rig import pull, rig
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "'plain'"),
        ("O'Hara", "'O\\'Hara'"),
        ("back\\slash", "'back\\\\slash'"),
        ("two\nlines\r\t", "'two\\nlines\\r\\t'"),
        ("nul\x00 bell\x07", "'nul\\u0000 bell\\u0007'"),
        ("' OR Id != null --", "'\\' OR Id != null --'"),
        ("漢字 😀", "'漢字 😀'"),
    ],
)
def test_no_value_ends_its_string(value, written):
    """Quotes and backslashes are escaped, unprintable characters spelled out."""
    assert soql.quote(value) == written


@given(st.text(max_size=60))
def test_a_quoted_text_is_one_literal(text):
    """Whatever it holds, its only bare quotation marks are the first and the last character."""
    inner = soql.quote(text)[1:-1]

    assert "'" not in inner.replace("\\\\", "").replace("\\'", "")
    assert not inner.replace("\\\\", "").endswith("\\")


def test_a_name_of_a_customer_is_only_a_text_to_the_server():
    """An account called like a condition is found by nobody else's."""
    with rig() as sf:
        hostile = "x' OR Name != null OR Name = '"
        account = sf.org.create("Account", by="ana", Name=hostile)
        case = sf.open("one", AccountId=account.id)
        sf.open("two")
        where = f"Account.Name = {soql.quote(hostile)}"

        pulled = pull(sf.connect(scope={"where": where}))

        assert [ticket.id for ticket in pulled.tickets] == [case.id]
        assert pulled.one.values["account.name"] == hostile


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001dM00003kRs59", "001dM00003kRs59QAC"),
        ("005dM00000awSFJ", "005dM00000awSFJQA2"),
        ("012000000000000", "012000000000000AAA"),
    ],
)
def test_ids_of_15_and_18_characters_are_one(short, long):
    """As recorded: the checksum tells the case of the first fifteen."""
    assert ids.long(short) == long
    assert ids.long(long) == long
    assert short.isdigit() or ids.long(short.swapcase()) != long


@pytest.mark.parametrize("raw", [None, 5, "", "500", "not an id at all", "500dM0000000001' OR"])
def test_what_is_no_id_is_none(raw):
    """And never reaches a query."""
    assert ids.long(raw) == ""


def test_instants_are_told_and_written_in_utc():
    """Salesforce's offset has no colon; its literals have no quotes."""
    at = datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)

    assert instants.moment("2026-05-01T07:25:37.000+0000") == at
    assert instants.moment("2026-05-01T09:25:37.999+0200") == at
    assert instants.moment("yesterday") is None
    assert soql.moment(at.astimezone(timezone(timedelta(hours=5)))) == "2026-05-01T07:25:37Z"
    assert instants.header(at) == "Fri, 01 May 2026 07:25:37 GMT"


def test_no_question_holds_a_date_literal_or_a_local_time():
    """Days begin where the API user lives: only instants are asked by."""
    with rig() as sf:
        sf.open("x")
        adapter = sf.connect()
        cursor = pull(adapter).cursor
        pull(sf.again(adapter), cursor)

        asked = [
            part["url"]
            for request in sf.server.calls("POST", "/composite")
            for part in request.body["compositeRequest"]
        ]

        assert not [url for url in asked if soql.literal(url)]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("CreatedDate = TODAY", "TODAY"),
        ("CreatedDate > LAST_N_DAYS:30", "LAST_N_DAYS:30"),
        ("Last_Contact__c = null", ""),
        ("Subject = 'TODAY'", ""),
    ],
)
def test_date_literals_are_known(condition, found):
    """Doctor points at them; fields and texts that look alike are none."""
    assert soql.literal(condition) == found
