"""What real orgs answered, read by the codec: recordings that are kept beside the project and never in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from escsync_salesforce import answers, codec, describe, ids
from escsync_salesforce.answers import Answer, Refusal
from escsync_salesforce.schema import DEFAULTS, Schema

from escsync.adapter import PersonKind, Stage, Vanished, Vocabulary

RECORDED = Path(__file__).parents[3] / "shared" / "api" / "salesforce"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="needs ../shared/api/salesforce")


def recorded(name):
    """The last exchange of a recording."""
    told = json.loads((RECORDED / name).read_text(encoding="utf-8"), parse_float=Decimal)
    return told[-1] if isinstance(told, list) and told and "request" in told[-1] else told


def body(name):
    told = recorded(name)
    return told["body"] if isinstance(told, dict) and "body" in told else told


def case():
    return body("cumulusci/describe_Case.json")


def test_every_default_field_is_in_a_real_describe():
    """Only the account's name stands elsewhere."""
    account = body("cumulusci/describe_Account.json")

    found = {
        name: describe.column(name, spelling, case(), lambda _: account)
        for name, (spelling,) in DEFAULTS.items()
    }

    assert {name: column.type for name, column in found.items()} == {
        "summary": "string",
        "description": "textarea",
        "owner": "reference",
        "stage": "picklist",
        "priority": "picklist",
        "account.name": "string",
        "contact.name": "reference",
    }
    assert found["owner"].relation == "Owner"
    assert not found["account.name"].writable
    assert not found["stage"].restricted
    assert [value for value, _ in found["stage"].options] == ["New", "Working", "Escalated", "Closed"]


@pytest.mark.parametrize(
    ("spelling", "path"),
    [
        ("isescalated", "IsEscalated"),
        ("Escalated", "IsEscalated"),
        ("Account.Owner.Name", "Account.OwnerId"),
        ("account.annualrevenue", "Account.AnnualRevenue"),
        ("Owner.Email", "OwnerId"),
    ],
)
def test_a_field_is_found_by_name_label_or_path(spelling, path):
    """Whatever its case; a path that ends in a person is that person."""
    account = body("cumulusci/describe_Account.json")

    found = describe.column("owner", spelling, case(), lambda name: account if name == "Account" else None)

    assert found.path == path


@pytest.mark.parametrize("spelling", ["Nothing__c", "Account.Nothing__c", "Nowhere.Name"])
def test_a_field_that_is_not_there_says_where(spelling):
    """Fields that are hidden look the same."""
    account = body("cumulusci/describe_Account.json")

    with pytest.raises(describe.Unknown, match="may not see it"):
        describe.column("summary", spelling, case(), lambda _: account)


def test_children_are_found_in_a_real_describe():
    """By object and field: mails have two relationships."""
    found = describe.children_of(case())

    assert found["CaseComment.ParentId"] == "CaseComments"
    assert found["EmailMessage.ParentId"] == "EmailMessages"
    assert found["CaseHistory.CaseId"] == "Histories"
    assert found["Task.WhatId"] == "Tasks"


def test_rows_of_a_real_query_become_tickets():
    """Closed is what the row says, whatever the status is called."""
    rows = body("nango/query_case_26_rows.json")["records"]
    columns = {
        name: tuple(describe.column(name, one, case(), lambda _: None) for one in some)
        for name, some in DEFAULTS.items()
        if name in ("summary", "stage", "priority")
    }
    words = Vocabulary(stages={Stage.CLOSED: ("Closed",), Stage.INTAKE: ("New",)})
    schema = Schema("https://acme.my.salesforce.com", "005dM00000awSFJQA2", words, columns=columns)

    tickets = [codec.ticket(row, {}, schema) for row in rows]

    assert len(tickets) == len(rows) == 26
    assert all(
        ticket.status.done is (row["IsClosed"] is True) for ticket, row in zip(tickets, rows, strict=True)
    )
    assert all(ticket.version == row["SystemModstamp"] for ticket, row in zip(tickets, rows, strict=True))
    assert all(ticket.created_at.tzinfo is UTC for ticket in tickets)
    assert {ticket.status.stage for ticket in tickets if ticket.status.done} == {Stage.CLOSED}
    assert all(not ticket.history for ticket in tickets)


def test_users_of_a_real_query_are_told_apart():
    """Automated users are no people."""
    rows = body("nango/query_users_profile_name.json")["records"]
    schema = Schema("https://x", "", Vocabulary())

    kinds = {row["Name"]: schema.kind(ids.long(row["Id"]), row) for row in rows if row.get("UserType")}

    assert all(
        (kind is PersonKind.HUMAN) is (row["UserType"] == "Standard")
        for row in rows
        if row.get("UserType")
        for kind in [kinds[row["Name"]]]
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nango/collections_update_error.json", "INVALID_CROSS_REFERENCE_KEY"),
        ("nango/collections_upsert_error.json", "JSON_PARSER_ERROR"),
        ("restforce/auth_error_response.json", "invalid_grant"),
        ("restforce/expired_session_response.json", "INVALID_SESSION_ID"),
        ("restforce/write_error_response.json", "INVALID_FIELD"),
        ("restforce/upsert_error_response.json", "NOT_FOUND"),
    ],
)
def test_a_recorded_refusal_is_understood(name, code):
    """Lists, objects of collections and of the token endpoint."""
    told = body(name)
    told = told[0] if isinstance(told, list) and told and "errors" in told[0] else told

    assert Refusal.of(told).code == code


def test_a_halted_composite_tells_what_halted_it():
    """The others were only rolled back."""
    parts = recorded("other/composite_failure_halted.json")["compositeResponse"]

    assert [Refusal.of(part["body"]).code for part in parts] == ["PROCESSING_HALTED", "INVALID_FIELD"]


def test_parts_of_a_composite_answer_are_judged_each():
    """An outer 200 says nothing of them."""
    told = recorded("cumulusci/composite_subrequest_404.json")
    (part,) = told.get("body", told)["compositeResponse"]
    answer = Answer(part["httpStatusCode"], part["httpHeaders"], part["body"])

    assert not answer.ok
    assert isinstance(answers.of_record(answer, what="x"), Vanished)


def test_a_date_of_a_recording_is_read():
    """`+0000` without a colon."""
    row = body("nango/row_account_full_with_etag.json")

    assert codec.instants.moment(row["SystemModstamp"]) <= datetime(2026, 11, 25, tzinfo=UTC)
