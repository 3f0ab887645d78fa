"""A saved plan holds everything that apply needs, and refuses what is no plan."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.domain.fields import FIELDS, FieldKind, Stage
from escsync.domain.people import PersonKind, PersonRef
from escsync.domain.plan import Change, Create, Draft, Move, Plan, SetField, Withheld, WriteNote
from escsync.domain.ticket import TicketRef
from escsync.report.saved_plan import NotAPlan, load, planned

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
DANA = PersonRef("u1", "Dana Reyes", "dana@acme.example", active=True)
EDITS = (
    SetField("owner", (PersonRef("q", "Escalations", kind=PersonKind.QUEUE),), (DANA,)),
    SetField("ack_due_at", None, AT),
    SetField("due_at", date(2026, 3, 4), AT),
    SetField("account.arr", "rubbish", Decimal("12.50")),
    SetField("is_technical", None, True),
    SetField("resolution_types", None, ("billing_credit", "other")),
    Move("In Progress", Stage.INVESTIGATION),
    WriteNote("escsync: step 1\n東京", "abc", None),
    WriteNote("newer", "def", "abc"),
    Create(
        Draft(
            "key-1",
            {"summary": "Check-in", "owner": (DANA,), "follow_up.scheduled_for": AT},
            TicketRef("7", "E-7"),
        )
    ),
    Create(Draft("key-2", {"summary": "alone"})),
)


def change(*edits, tracker="support", native="10042"):
    """A change of one ticket."""
    return Change(tracker, TicketRef(native, "EXEC-42"), "digest", edits, ("OWNER_MISSING",), "v1")


def through_json(*plans):
    """What a file would give back."""
    return load(json.dumps(planned(plans, AT)))


def test_every_kind_of_edit_comes_back_as_it_was():
    """Saved and loaded, a plan is equal to itself."""
    made, plans = through_json(Plan((change(*EDITS),)), Plan((change(EDITS[1], tracker="crm"),)))

    assert made == AT
    assert plans == {"support": Plan((change(*EDITS),)), "crm": Plan((change(EDITS[1], tracker="crm"),))}


def values(kind):
    """Values as a tracker of ours would hand them over."""
    instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001  # zoned just below
        lambda at: at.replace(microsecond=0, tzinfo=UTC)
    )
    refs = st.builds(
        PersonRef,
        st.text(),
        st.text(),
        st.text(),
        st.sampled_from(PersonKind),
        st.sampled_from([None, True, False]),
    )
    return st.none() | {
        FieldKind.INSTANT: instants | st.dates(),
        FieldKind.DAY: st.dates(),
        FieldKind.NUMBER: st.decimals(allow_nan=False, allow_infinity=False),
        FieldKind.PEOPLE: st.lists(refs).map(tuple),
        FieldKind.CHOICES: st.lists(st.text()).map(tuple),
        FieldKind.FLAG: st.booleans(),
    }.get(kind, st.text())


@given(st.data())
def test_any_value_of_any_field_survives(data):
    """The law: load(save(plan)) == plan."""
    name = data.draw(st.sampled_from([f.name for f in FIELDS.values() if f.kind is not FieldKind.STAGE]))
    old, new = data.draw(values(FIELDS[name].kind)), data.draw(values(FIELDS[name].kind))
    plan = Plan((change(SetField(name, old, new)),))

    assert through_json(plan)[1]["support"].changes == plan.changes


def test_the_document_has_the_published_shape():
    """changes and withheld, each with its edits, old and new; withheld ones with their reason."""
    plan = Plan((change(EDITS[6]),), (Withheld(change(EDITS[0]), "mode:observe"),))

    told = planned([plan], AT)

    assert told["schema"] == 1
    (one,) = told["changes"]
    assert {"id", "key", "tracker", "based_on", "edits", "because"} <= set(one)
    assert one["id"] == "support:10042"
    assert one["edits"] == [{"kind": "move", "field": "stage", "old": "In Progress", "new": "investigation"}]
    (held,) = told["withheld"]
    assert held["reason"] == "mode:observe"
    assert held["edits"][0]["new"] == ["u1"]


def broken(**changes):
    """A saved plan with something wrong in its only change."""
    document = planned([Plan((change(EDITS[0]),))], AT)
    document["changes"][0].update(changes)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "no list of changes"),
        ('{"schema": 1}', "no list of changes"),
        ('{"schema": 2, "at": "2026-03-03T09:00:00Z", "changes": []}', "schema is 2"),
        ('{"schema": 1, "changes": []}', "when the plan was made"),
        ('{"schema": 1, "at": "2026-03-03T09:00:00", "changes": []}', "when the plan was made"),
        ('{"schema": 1, "at": "2026-03-03T09:00:00Z", "changes": [7]}', "changes[0] is not an object"),
        (broken(id="crm:10042"), 'changes[0].id must be "support:"'),
        (broken(edits=[]), "at least one edit"),
        (broken(edits=[{"kind": "delete"}]), "'delete'; known are set, move, note and create"),
        (broken(edits=[{"kind": "set", "field": "colour"}]), "'colour' is no canonical field"),
        (broken(edits=[{"kind": "move", "old": "x", "new": "nowhere"}]), "'nowhere' is no stage"),
        (broken(edits=[{"kind": "note", "new": 5}]), "changes[0].edits[0].new must be a text"),
        (broken(because=[1]), "because must be a list of finding codes"),
        (broken(based_on=None), "changes[0].based_on must be a text"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_words(text, said):
    """The text says what was found where."""
    with pytest.raises(NotAPlan) as refused:
        load(text)

    assert said in str(refused.value)
