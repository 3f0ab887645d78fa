"""What `escsync init` learns of an org before anything is mapped."""

from __future__ import annotations

import pytest
from escsync_salesforce.settings import SalesforceConnection
from escsync_salesforce.setup.guide import GUIDE
from fakes.salesforce.empty import empty
from fakes.salesforce.rig import rig
from fakes.salesforce.schema import Choice, Field, flag, pick, refer

from escsync.adapter import Denied, FieldKind
from escsync.offers import Explorer
from escsync.retry import Budget, Patience


@pytest.fixture
def sf():
    with rig(empty()) as made:
        yield made


def explorer(sf, **how):
    patience = Patience(sleep=sf.sleep, clock=lambda: 0.0, random=lambda: 0.0, budget=Budget(attempts=2))
    told = {"url": sf.server.url, **(how or sf.secret())}
    return GUIDE.explore(SalesforceConnection.model_validate(told), patience)


def shape(sf, which=0):
    found = explorer(sf)
    return found.shape(list(found.places())[which])


def field(sf, spelling):
    return next(one for one in shape(sf).fields if one.spelling == spelling)


def test_record_types_and_checkboxes_are_places_the_likeliest_first(sf):
    """And one that has yet to be made: nothing else may tell escalations apart."""
    sf.org.add_field("Case", flag("VIP__c"))

    places = list(explorer(sf).places())

    assert [(place.id, place.kind, place.empty) for place in places] == [
        ("Executive_Escalation", "record type", False),
        ("VIP__c", "checkbox", False),
        ("IsEscalated", "checkbox", False),
        ("Standard_Case", "record type", False),
        ("Executive_Escalation__c", "checkbox", True),
    ]
    assert places[0].scope == {"record_type": "Executive_Escalation"}
    assert places[1].scope == {"flag": "VIP__c"}


def test_signing_in_works_either_way(sf):
    """An explorer has no clock; the server has."""
    assert list(explorer(sf, **sf.key()).places())
    assert isinstance(explorer(sf), Explorer)


def test_fields_are_told_with_what_they_can_hold(sf):
    """The best form first; values by their API name."""
    sf.org.add_field("Case", pick("Tone__c", (Choice("a", "Alpha"), Choice("b", active=False))))
    sf.org.add_field("Case", Field("Due__c", "datetime"))
    sf.org.add_field("Account", refer("CSM__c", "User"))

    assert field(sf, "Tone__c").kinds[0] is FieldKind.CHOICE
    assert field(sf, "Tone__c").options == {"a": "Alpha"}
    assert field(sf, "Due__c").kinds[0] is FieldKind.INSTANT
    assert field(sf, "OwnerId").kinds[0] is FieldKind.PEOPLE
    assert FieldKind.TEXT in field(sf, "Subject").kinds
    assert FieldKind.CHECK in field(sf, "IsEscalated").kinds
    assert field(sf, "Account.CSM__c").kinds[0] is FieldKind.PEOPLE
    assert not field(sf, "Account.CSM__c").writable


def test_lookups_that_name_nobody_are_no_fields_of_ours(sf):
    """Nor what only the server keeps."""
    names = {one.spelling for one in shape(sf).fields}

    assert not {"AccountId", "ParentId", "Id", "IsDeleted"} & names


def test_statuses_come_in_their_order_with_which_of_them_close(sf):
    """By API name, which no renaming changes."""
    steps = shape(sf).steps

    assert [step.spelling for step in steps[:2]] == ["New", "Investigating"]
    assert [step.order for step in steps] == sorted(step.order for step in steps)
    assert {step.spelling for step in steps if step.done} == {"Done", "Rejected", "Duplicate"}
    assert [step.spelling for step in steps if step.initial] == ["New"]
    assert next(step.name for step in steps if step.spelling == "Done") == "Closed"


def test_what_the_admin_should_know_is_noted(sf):
    """Histories, mails, support processes."""
    sf.org.lost.add("EmailMessage")

    notes = " ".join(shape(sf).notes)

    assert "0 of 20 fields of Case have their history tracked" in notes
    assert "no e-mails on cases" in notes
    assert "support process" in notes


def test_where_little_may_be_looked_at_little_is_told(sf):
    """And why."""
    sf.org.lost |= {"FieldDefinition", "CaseStatus", "Account"}

    found = shape(sf)

    assert [step.spelling for step in found.steps[:2]] == ["New", "Investigating"]
    assert "View Setup and Configuration" in " ".join(found.notes)


def test_without_cases_there_is_nothing_to_explore(sf):
    """What is missing is a right."""
    sf.org.lost.add("Case")

    with pytest.raises(Denied) as refused:
        list(explorer(sf).places())

    assert "Read on Case" in refused.value.remedy


def test_what_is_asked_makes_a_connection(sf):
    """Each answer stands where the settings have it; secrets are the names of variables."""
    fields = SalesforceConnection.model_fields

    assert all(question.key[0] == "connection" and question.key[1] in fields for question in GUIDE.questions)
    assert all(question.default.isupper() for question in GUIDE.questions if question.secret)
