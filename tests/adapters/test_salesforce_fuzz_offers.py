"""Whatever Salesforce tells of its set-up, in whatever form: only the contract's errors leave what is offered."""

from __future__ import annotations

import contextlib

import pytest
from escsync_salesforce.settings import SalesforceConnection
from escsync_salesforce.setup.guide import GUIDE
from fakes.http import Fault, Reply
from fakes.salesforce.empty import empty
from fakes.salesforce.rig import rig
from fakes.salesforce.schema import pick
from fakes.salesforce.steps import HTML, data, refusal

from escsync.adapter import TicketRef, TrackerError, Vocabulary
from escsync.offers import Provided
from escsync.retry import Budget, Patience
from escsync.setup.wishes import wishes

REF = TicketRef("500dM000000000CQAQ", "00001000")
BODIES = (
    Reply(0, refusal("SOMETHING_NEW", "x", ["Status"])),
    Reply(0, {"unexpected": True, "fields": 5, "records": {}}),
    Reply(0, [1, None, "x", [], {"errorCode": 5, "message": None}]),
    Reply(0, raw=b"null"),
    Reply(0, raw=HTML, content="text/html"),
)
JUNK = (None, 5, "x", [], {}, [None, 5], {"records": [None]}, True)
KEYS = (
    *("records", "fields", "recordTypeInfos", "picklistValues", "Metadata", "valueSet", "layoutSections"),
    *(
        "label",
        "type",
        "name",
        "Id",
        "Description",
        "DeveloperName",
        "QualifiedApiName",
        "SortOrder",
        "user_id",
    ),
)


@pytest.fixture(scope="module")
def sf():
    org = empty()
    org.add_field("Case", pick("Tone__c", ("private",), restricted=True))
    org.add_field("Account", pick("Tier__c", ("SMB",), label="Tier"))
    with rig(org) as made:
        made.open("x")
        yield made


def explored(sf):
    patience = Patience(sleep=sf.sleep, clock=lambda: 0.0, random=lambda: 0.0, budget=Budget(attempts=1))
    found = GUIDE.explore(
        SalesforceConnection.model_validate({"url": sf.server.url, **sf.session()}), patience
    )
    for place in found.places():
        found.shape(place)
    found.close()


def provided(adapter):
    for gap in adapter.missing(wishes(Vocabulary(), only=("tone", "due_at"))):
        with contextlib.suppress(TrackerError):
            adapter.provide(gap)
    list(adapter.provided())


VERBS = {
    "explore": lambda sf, adapter: explored(sf),
    "rights": lambda sf, adapter: list(adapter.rights("enforce")),
    "provide": lambda sf, adapter: provided(adapter),
    "withdraw": lambda sf, adapter: adapter.withdraw(Provided("Nothing__c", "field", "")),
    "outline": lambda sf, adapter: list(adapter.outline()),
    "scratch": lambda sf, adapter: adapter.scratch("m"),
    "discard": lambda sf, adapter: adapter.discard(REF),
}


def tried(sf, verb, fault):
    sf.server.faults[:] = [fault]
    adapter = sf.connect(connection=sf.session(), fields={"tone": ("Tone__c",)}, budget=Budget(attempts=1))
    with contextlib.suppress(TrackerError):
        VERBS[verb](sf, adapter)
    sf.server.faults.clear()
    adapter.close()


@pytest.mark.parametrize("verb", VERBS)
def test_only_our_errors_leave_whatever_is_answered(sf, verb):
    """Neither the HTTP client's nor Python's own."""
    for status in (200, 400, 403):
        for body in BODIES:
            answer = Reply(status, body.body, {}, body.raw, body.content)
            tried(sf, verb, Fault(data, answer, times=99))


@pytest.mark.parametrize("verb", VERBS)
def test_only_our_errors_leave_whatever_a_part_holds(sf, verb):
    """An answer that is well but for one key, wherever that stands."""
    for place, key in enumerate(KEYS):
        # Each verb and key with another one; all of them would take a quarter of a minute.
        for junk in (JUNK[(place + len(verb)) % len(JUNK)],):
            tried(
                sf,
                verb,
                Fault(lambda r: True, alter=lambda body, k=key, j=junk: spoilt(body, k, j), times=999),
            )


def spoilt(body, key, junk):
    match body:
        case dict():
            return {name: junk if name == key else spoilt(value, key, junk) for name, value in body.items()}
        case list():
            return [spoilt(one, key, junk) for one in body]
    return body
