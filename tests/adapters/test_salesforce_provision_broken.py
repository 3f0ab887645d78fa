"""Provisioning that breaks off: whichever write fails, the next run goes on, and nothing is there twice or less than before."""

from __future__ import annotations

from collections import Counter

import pytest
from fakes.http import Fault
from fakes.salesforce.admins import writes
from fakes.salesforce.empty import LAYOUT, empty
from fakes.salesforce.rig import rig
from fakes.salesforce.schema import Choice, pick, text
from fakes.salesforce.trouble import broken, exhausted

from escsync.adapter import Ambiguous, TrackerError, Unavailable, Vocabulary
from escsync.retry import Budget
from escsync.setup.wishes import wishes

FIELDS = {"tone": ("Tone__c",)}
ONLY = ("tone", "severity", "committed_at", "health")
OLD = (Choice("private", "Hush"), Choice("ancient", "Old", active=False))


def org():
    """Two fields that are there, one with values missing and no history, one not mapped yet; the rest is not."""
    made = empty()
    made.add_field("Case", pick("Tone__c", OLD, restricted=True))
    whole = next(wish.choices.values() for wish in wishes(Vocabulary(), only=("severity",)))
    made.add_field("Case", pick("Grade__c", whole, restricted=True, label="severity"))
    made.add_field("Case", text("Theirs__c"))
    made.layouts[LAYOUT] |= {"Tone__c", "Grade__c", "Committed_At__c"}
    made.track("Status", "OwnerId", "Grade__c")
    return made


def run(sf, fields):
    """One run, as the command makes it: what fails is told, the others go on."""
    adapter = sf.connect(fields=fields, fresh=True, budget=Budget(attempts=1))
    errors, found = [], dict(fields)
    for gap in list(adapter.missing(wishes(Vocabulary(fields=fields), only=ONLY))):
        try:
            told = adapter.provide(gap).settings if not gap.by_hand else {}
        except TrackerError as error:
            errors.append(error)
            continue
        found |= {key[1]: (value,) for key, value in told.items()}
    return found, errors


def state(sf):
    """Everything that provisioning may touch."""
    fields = {
        f.name: (f.label, f.type, [(c.value, c.label, c.active) for c in f.choices])
        for f in sf.org.objects["Case"].fields.values()
        if f.custom
    }
    grants = [
        (row.type, row.values.get("Field") or row.values.get("SobjectType") or row.values.get("Name"))
        for kind in ("PermissionSet", "FieldPermissions", "ObjectPermissions", "PermissionSetAssignment")
        for row in sf.org.rows[kind].values()
        if not row.deleted
    ]
    return fields, Counter(grants), set(sf.org.tracked["Case"])


@pytest.fixture(scope="module")
def whole():
    """What an undisturbed run leaves, and how many writes it takes."""
    with rig(org()) as sf:
        fields, errors = run(sf, FIELDS)
        assert errors == []
        return fields, state(sf), sum(map(writes, (call.request for call in sf.server.log)))


@pytest.mark.parametrize(
    "how",
    [{"reply": broken()}, {"reset": True, "after": True}],
    ids=["not done", "answer lost"],
)
def test_whichever_write_breaks_off_the_next_run_goes_on(whole, how):
    """To the very state of an undisturbed one."""
    fields, after, count = whole
    assert count == 10
    for place in range(count):
        with rig(org()) as sf:
            passed = iter(range(count + 1))
            sf.server.faults.append(Fault(lambda r, p=place, n=passed: writes(r) and next(n) == p, **how))
            first, errors = run(sf, FIELDS)
            found, again = run(sf, FIELDS | first)

            assert all(isinstance(error, Ambiguous | Unavailable) for error in errors), errors
            assert again == []
            assert found == fields
            assert state(sf) == after, f"write {place}"


def test_what_was_there_is_as_it_was(whole):
    """But for the values that came."""
    fields, _, tracked = whole[1]

    assert fields["Tone__c"][2][0] == ("private", "Hush", True)
    assert ("ancient", "Old", False) in fields["Tone__c"][2]
    assert fields["Grade__c"][:2] == ("severity", "picklist")
    assert fields["Theirs__c"] == ("Theirs", "string", [])
    assert {"Tone__c", "Grade__c"} <= tracked


def test_when_the_days_calls_are_used_up_the_run_says_so():
    """Nothing half of a field is left, and the next day goes on."""
    with rig(org()) as sf:
        sf.server.faults.append(Fault(lambda r: r.path.endswith("/CustomField"), exhausted(), times=99))

        _, errors = run(sf, FIELDS)

    assert all(isinstance(error, Unavailable) for error in errors)
    assert "daily limit" in errors[0].message
