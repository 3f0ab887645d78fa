"""Whatever Salesforce answers, in whatever form: only the contract's errors leave the adapter."""

from __future__ import annotations

import contextlib

import pytest
from fakes.http import Fault, Reply
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.steps import HTML, data, refusal
from requests.exceptions import RequestException
from simple_salesforce.exceptions import SalesforceError

from escsync.adapter import (
    Create,
    Draft,
    Move,
    SetField,
    Stage,
    TicketRef,
    TrackerError,
    WriteNote,
)
from escsync.retry import Budget


@pytest.fixture
def sf():
    with rig() as made:
        yield made


BODIES = {
    "error list": Reply(0, refusal("SOMETHING_NEW", "x", ["Status"])),
    "error object": Reply(0, {"error": "x", "error_description": "y"}),
    "no errors": Reply(0, []),
    "object": Reply(0, {"unexpected": True}),
    "wrong types": Reply(
        0,
        {
            "compositeResponse": [{"httpStatusCode": "200", "body": 5, "httpHeaders": 7}],
            "records": 5,
            "fields": 1,
        },
    ),
    "numbers": Reply(0, [1, None, "x", [], {"errorCode": 5, "message": None, "fields": "x"}]),
    "null": Reply(0, raw=b"null"),
    "html": Reply(0, raw=HTML, content="text/html"),
    "empty": Reply(0, raw=b""),
    "truncated": Reply(0, raw=b'{"compositeResponse":[{"body":'),
    "not utf-8": Reply(0, raw=b"\xff\xfe{"),
}


STATUSES = (
    200,
    201,
    204,
    206,
    300,
    302,
    304,
    400,
    401,
    403,
    404,
    405,
    406,
    409,
    410,
    412,
    414,
    415,
    420,
    429,
    431,
    500,
    502,
    503,
    504,
)


REF = TicketRef("500dM000000000CQAQ", "00001000")


def verbs(adapter, change):
    return {
        "pull": lambda: list(adapter.pull(None)),
        "read": lambda: list(adapter.read([REF])),
        "write": lambda: [e for w in adapter.write([change]) for e in w.failures.values()],
        "create": lambda: adapter.create(Draft("k", {"summary": "x"})),
        "find": lambda: list(adapter.find(["k"])),
        "people": lambda: list(adapter.people()),
        "check": lambda: list(adapter.check()),
    }


@pytest.fixture(scope="module")
def learnt():
    with rig() as made:
        made.open("x")
        adapter = made.connect(connection=made.session())
        pull(adapter)
        yield made, dict(adapter.discovery)


@pytest.mark.parametrize("verb", ["pull", "read", "write", "create", "find", "people", "check"])
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_only_our_errors_leave(learnt, verb, known):
    """Every status with every body, for every verb: neither the SDK's nor the HTTP client's nor Python's own."""
    sf, discovery = learnt
    edits = (
        SetField("health", None, "ok"),
        Move("New", Stage.INVESTIGATION),
        WriteNote("x", "a", None),
        Create(Draft("k", {"summary": "x"}, REF)),
    )
    change = sf.change(sf.org.row(REF.id), *edits, version="2026-03-03T09:00:00.000+0000")
    for status in STATUSES:
        how = sf.secret() if status == 401 else sf.session()
        adapter = sf.connect(discovery=discovery if known else {}, connection=how, budget=Budget(attempts=1))
        for name, reply in BODIES.items():
            answer = Reply(status, reply.body, {}, reply.raw, reply.content)
            sf.server.faults[:] = [Fault(data, answer, times=99)]
            try:
                found = verbs(adapter, change)[verb]()
            except TrackerError:
                continue
            except (SalesforceError, RequestException) as error:
                pytest.fail(f"{verb} {status} {name}: {type(error).__name__} leaves the adapter")
            errors = [e for e in (found if isinstance(found, list) else []) if isinstance(e, Exception)]
            assert all(isinstance(error, TrackerError) for error in errors)
        adapter.close()
    sf.server.faults.clear()


@pytest.mark.parametrize("altered", ["body", "records", "status", "row", "children"])
@pytest.mark.parametrize("verb", ["pull", "read", "write", "find", "people", "check"])
def test_only_our_errors_leave_whatever_a_part_holds(learnt, verb, altered):
    """An outer 200 with rubbish inside."""
    sf, discovery = learnt
    rubbish = [None, 5, "x", [], {}, [None], {"records": [None, 5, {}]}, True]
    adapter = sf.connect(discovery=discovery, connection=sf.session(), budget=Budget(attempts=1))
    version = "2026-03-03T09:00:00.000+0000"
    change = sf.change(
        sf.org.row(REF.id), Move("New", Stage.INVESTIGATION), WriteNote("x", "a", None), version=version
    )
    for junk in rubbish:
        spoilt = Fault(
            lambda r: r.path.endswith("/composite"),
            alter=lambda body, junk=junk: _spoilt(body, altered, junk),
            times=99,
        )
        sf.server.faults[:] = [spoilt]
        with contextlib.suppress(TrackerError):
            verbs(adapter, change)[verb]()
    sf.server.faults.clear()


def _spoilt(body, altered, junk):
    for part in body["compositeResponse"]:
        inner = part["body"]
        match altered:
            case "body":
                part["body"] = junk
            case "status":
                part["httpStatusCode"] = junk
            case "records" if isinstance(inner, dict):
                inner["records"] = junk
            case "row" if isinstance(inner, dict):
                inner["records"] = [dict.fromkeys(row, junk) for row in inner["records"]]
            case "children" if isinstance(inner, dict):
                for row in inner["records"]:
                    row |= {
                        name: junk
                        for name in row
                        if name in ("CaseComments", "Histories", "EmailMessages", "Owner", "CreatedBy")
                    }
    return body
