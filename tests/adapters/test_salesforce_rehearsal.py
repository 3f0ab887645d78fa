"""A case to try everything on, made and deleted again."""

from __future__ import annotations

import pytest
from fakes.http import Fault
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.schema import Field, pick, refer, text

from escsync.adapter import Denied, Rejected, SetField, TicketRef
from escsync.offers import Outlined, Provisioner, Rehearsed, Rightful, Timed


@pytest.fixture
def sf():
    with rig() as made:
        yield made


def test_everything_is_offered(sf):
    """By name."""
    adapter = sf.connect()

    assert all(isinstance(adapter, kind) for kind in (Provisioner, Outlined, Rehearsed, Timed, Rightful))


def test_the_servers_clock_is_known_once_it_answered(sf):
    """Not before."""
    adapter = sf.connect(connection=sf.session())
    before = adapter.time

    pull(adapter)

    assert (before, adapter.time) == (None, sf.org.clock.now())


def test_a_test_case_is_in_scope_says_what_it_is_and_can_be_written(sf):
    """Then it goes, and is nobody's escalation any more."""
    adapter = sf.connect()

    ref = adapter.scratch("probe-1")
    ticket = pull(sf.connect()).one
    (written,) = sf.write(adapter, sf.change(sf.org.row(ref.id), SetField("health", None, "ok")))
    adapter.discard(ref)

    assert ticket.id == ref.id
    assert ticket.values["summary"] == "escsync test, may be deleted (probe-1)"
    assert written.failures == {}
    assert list(adapter.read([ref])) == []
    assert pull(sf.connect()).tickets == []


def test_a_case_that_was_made_is_told_whatever_happens_next(sf):
    """Its number and whether it is in scope may stay unknown; that it exists must not."""
    adapter = sf.connect()
    made = []

    def afterwards(request):
        made.extend([1] if request.method == "POST" and request.path.endswith("/sobjects/Case") else [])
        return bool(made) and (request.method == "GET" or "composite" in request.path)

    sf.server.faults.append(Fault(afterwards, reset=True, times=99))
    ref = adapter.scratch("probe-1")

    assert ref == TicketRef(next(iter(sf.org.rows["Case"].values())).id, "")


def test_a_lost_answer_makes_no_second_case(sf):
    """It is looked for by its mark, and so it is when the first answer never came."""
    adapter = sf.connect()
    sf.server.fail("POST", "/sobjects/Case", after=True, reset=True)

    ref = adapter.scratch("probe-1")

    assert [found.ref.id for found in adapter.find(["probe-1"])] == [ref.id]
    assert len(sf.org.rows["Case"]) == 1


def test_what_must_be_filled_in_is_filled_in(sf):
    """With something that tells nothing."""
    sf.org.objects["Case"].add(
        text("Region__c", 6, nillable=False),
        pick("Kind__c", ("a", "b"), restricted=True, nillable=False),
        Field("Weight__c", "double", nillable=False),
        Field("Day__c", "date", nillable=False),
        Field("At__c", "datetime", nillable=False),
        Field("Mail__c", "email", 80, nillable=False),
    )

    made = sf.org.row(sf.connect().scratch("m").id).values

    assert (made["Region__c"], made["Kind__c"], made["Weight__c"]) == ("escsyn", "a", 0.0)
    assert made["Day__c"] == sf.org.clock.now().date()


def test_what_escsync_cannot_fill_in_is_salesforces_to_say(sf):
    """A lookup to it knows not what."""
    sf.org.objects["Case"].add(refer("Parent_Case__c", "Case", nillable=False))

    with pytest.raises(Rejected) as refused:
        sf.connect().scratch("m")

    assert "REQUIRED_FIELD_MISSING" in refused.value.message


def test_a_test_case_that_the_scope_does_not_find_is_no_test(sf):
    """It is deleted at once."""
    scope = {"record_type": "Executive_Escalation", "where": "Priority = 'High'"}

    with pytest.raises(Rejected) as refused:
        sf.connect(scope=scope).scratch("m")

    assert "scope.where" in refused.value.message
    assert all(row.deleted for row in sf.org.rows["Case"].values())


def test_without_the_right_to_delete_no_case_is_made(sf):
    """It would be left behind; and one that was made before has its number and address told."""
    adapter = sf.connect()
    ref = adapter.scratch("m")
    sf.org.objects["Case"].rights = "cuqr"

    with pytest.raises(Denied) as kept:
        adapter.discard(ref)
    with pytest.raises(Denied) as never:
        adapter.scratch("n")

    assert kept.value.remedy == f"open {sf.server.url}/{ref.id} and delete case {ref.key} by hand"
    assert "Delete on Cases" in never.value.remedy
    assert len(sf.org.rows["Case"]) == 1


def test_what_is_gone_is_discarded(sf):
    """Twice is once; so is what somebody else deleted."""
    adapter = sf.connect()
    ref = adapter.scratch("m")

    adapter.discard(ref)
    adapter.discard(ref)
    adapter.discard(TicketRef("500dM00000000zzQAA"))

    assert sf.org.row(ref.id).deleted


def test_nobody_elses_case_is_discarded(sf):
    """Whatever it is called; nor one of ours that is no test."""
    theirs = sf.open("escsync test, may be deleted (x)", by="ana")
    ours = sf.open("An intake", by="escsync")
    adapter = sf.connect()

    for case in (theirs, ours):
        with pytest.raises(Rejected):
            adapter.discard(sf.ref(case))

    assert not theirs.deleted
