"""Histories: what a field held since when is told by rows that fit together, or it is not told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from escsync_salesforce import history, scope, values
from escsync_salesforce.schema import Column, Schema

from escsync.adapter import Evidence, Grade, Stage, Vocabulary

BORN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
DANA, IDRIS, ANA = "005dM0000000008QAA", "005dM0000000007QAA", "005dM0000000009QAA"
QUEUE = "00GdM000000000AUAQ"
STATUS = Column("Status", "Status", "Status", "picklist", options=(("New", "New"), ("W", "Working")))
OWNER = Column("OwnerId", "OwnerId", "Owner", "reference", "Owner", ("Group", "User"))
CO_OWNER = Column("Co__c", "Co__c", "Co", "reference", "Co__r", ("User",))
LONG = Column("Findings__c", "Findings__c", "Findings", "textarea", length=32768)
SEVERAL = Column("R__c", "R__c", "R", "multipicklist", length=4099)
DAY = Column("D__c", "D__c", "D", "date")


def schema(columns, tracked=("Status", "OwnerId", "Co__c", "D__c", "Findings__c", "R__c"), **how):
    words = Vocabulary(stages={Stage.INTAKE: ("New",), Stage.INVESTIGATION: ("Working",)})
    known = None if tracked is None else frozenset(map(str.casefold, tracked))
    statuses = {"New": ("New", False), "W": ("Working", False), "Done": ("Done", True)}
    return Schema("", ANA, words, columns=columns, statuses=statuses, tracked=known, **how)


def row(minutes, field, old, new, by=IDRIS, id=""):
    at = (BORN + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    actor = {"CreatedById": by, "CreatedBy": {"Name": "Somebody"}}
    return {
        "Id": id or f"017{minutes:012}AAA",
        "Field": field,
        "OldValue": old,
        "NewValue": new,
        "CreatedDate": at,
        **actor,
    }


def past(name, columns, now, rows, told=None):
    """The facts of a field: minute after creation, and value."""
    told = told or schema({name: columns})
    read = history.Rows(rows, told)
    history.learn(read, told)
    whole = history.Past(now, read, Evidence(BORN), None)
    facts = whole.of(name, values.of(name, columns, now, told), told)
    if facts is None:
        return None
    return [(int((f.when.at - BORN).total_seconds() // 60), shown(f.value)) for f in facts]


def shown(value):
    if isinstance(value, tuple):
        return [ref.id or ref.name for ref in value]
    return getattr(value, "id", value)


def test_an_untouched_tracked_field_held_its_value_from_the_start():
    """No row, no change."""
    assert past("stage", (STATUS,), {"Status": "New"}, [row(0, "created", None, None)]) == [(0, "New")]


def test_an_untracked_field_tells_no_past():
    """Then the core's own observations are what there is."""
    told = schema({"stage": (STATUS,)}, tracked=("OwnerId",))

    assert past("stage", (STATUS,), {"Status": "New"}, [], told) is None


def test_the_value_at_creation_is_the_first_rows_old_one():
    """By API name or by label, as the rows have it."""
    rows = [row(5, "Status", "New", "Working"), row(9, "Status", "Working", "Done")]

    assert past("stage", (STATUS,), {"Status": "Done"}, rows) == [(0, "New"), (5, "W"), (9, "Done")]


@pytest.mark.parametrize(
    ("rows", "now"),
    [
        ([row(5, "Status", "New", "W"), row(9, "Status", "Done", "New")], "New"),
        ([row(5, "Status", "New", "W")], "Done"),
        ([row(5, "Status", "New", "W"), row(5, "Status", "New", "Done", id="0")], "Done"),
    ],
)
def test_rows_that_do_not_fit_together_tell_nothing(rows, now):
    """A gap, a row that trails behind the save, two beginnings."""
    assert past("stage", (STATUS,), {"Status": now}, rows) is None


def test_changes_of_one_second_are_put_in_the_order_that_fits():
    """Salesforce promises none."""
    rows = [row(5, "Status", "W", "Done", id="017B"), row(5, "Status", "New", "W", id="017C")]

    assert past("stage", (STATUS,), {"Status": "Done"}, rows) == [(0, "New"), (5, "W"), (5, "Done")]


def test_many_changes_of_one_second_end_in_time():
    """However many there are, they are tried in few orders only."""
    rows = [row(5, "Status", "New", "New", id=f"017{n}") for n in range(400)]

    assert past("stage", (STATUS,), {"Status": "New"}, rows) == [(0, "New")]


def test_an_owners_change_is_two_rows_and_one_change():
    """Of ids and of names: the ids count."""
    rows = [
        row(5, "Owner", "Support Queue", "Dana Reyes", id="017a"),
        row(5, "Owner", QUEUE, DANA[:15], id="017b"),
        row(9, "Owner", DANA, IDRIS, id="017c"),
        row(9, "Owner", "Dana Reyes", "Idris Cole", id="017d"),
    ]

    told = past("owner", (OWNER,), {"OwnerId": IDRIS, "Owner": {"Name": "Idris Cole"}}, rows)

    assert told == [(0, [QUEUE]), (5, [DANA]), (9, [IDRIS])]


def test_names_are_lent_to_the_ids_beside_them():
    """Somebody whom nothing else names is still called something."""
    told = schema({"owner": (OWNER,)})
    rows = [row(5, "Owner", "Support Queue", "Dana Reyes", id="a"), row(5, "Owner", QUEUE, DANA, id="b")]
    now = {"OwnerId": DANA, "Owner": {"Name": "Dana Reyes"}}

    current = values.of("owner", (OWNER,), now, told)
    facts = history.Past(now, history.Rows(rows, told), Evidence(BORN), None).of("owner", current, told)

    assert facts[0].value[0].name == "Support Queue"


def test_an_assignment_by_a_rule_is_a_change_of_the_owner():
    """Under a name of its own."""
    rows = [row(5, "ownerAssignment", QUEUE, DANA)]

    assert past("owner", (OWNER,), {"OwnerId": DANA, "Owner": {}}, rows) == [(0, [QUEUE]), (5, [DANA])]


def test_two_fields_of_owners_have_one_past():
    """Everybody who is named in either, at each moment."""
    columns = (OWNER, CO_OWNER)
    rows = [row(5, "Co__c", None, IDRIS), row(9, "Co__c", IDRIS, None), row(7, "Owner", DANA, ANA)]
    now = {"OwnerId": ANA, "Owner": {}, "Co__c": None, "Co__r": None}

    told = past("owner", columns, now, rows, schema({"owner": columns}))

    assert told == [(0, [DANA]), (5, [DANA, IDRIS]), (7, [ANA, IDRIS]), (9, [ANA])]


UNTRACKED = ("OwnerId",)
LONG_CO_OWNER = Column("Co__c", "Co__c", "Co", "textarea", length=400)


@pytest.mark.parametrize("further", [CO_OWNER, LONG_CO_OWNER])
def test_a_further_field_of_owners_that_is_blank_and_untracked_was_never_filled(further):
    """The first field's past stands."""
    columns = (OWNER, further)
    now = {"OwnerId": DANA, "Owner": {}, "Co__c": None}

    told = past("owner", columns, now, [row(5, "Owner", QUEUE, DANA)], schema({"owner": columns}, UNTRACKED))

    assert told == [(0, [QUEUE]), (5, [DANA])]


def test_a_further_field_that_is_filled_and_untracked_is_a_last_step():
    """What the first field proves stays; when the other was filled is known as an interval."""
    columns = (OWNER, CO_OWNER)
    stamp = (BORN + timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    now = {"OwnerId": DANA, "Co__c": IDRIS, "SystemModstamp": stamp, "LastModifiedById": IDRIS}
    told = schema({"owner": columns}, UNTRACKED)
    rows = history.Rows([row(5, "Owner", QUEUE, DANA)], told)

    facts = history.Past(now, rows, Evidence(BORN), None).of(
        "owner", values.of("owner", columns, now, told), told
    )

    assert [shown(fact.value) for fact in facts] == [[QUEUE], [DANA], [DANA, IDRIS]]
    assert [fact.when.grade for fact in facts] == [Grade.A, Grade.A, Grade.B]
    assert (facts[-1].when.after, facts[-1].when.at) == (BORN, BORN + timedelta(minutes=20))
    assert facts[-1].actor is None


def test_a_further_owner_is_not_dated_anew_by_every_later_change():
    """Whoever touches the case, we among them; somebody else in the field is somebody new."""
    columns = (OWNER, CO_OWNER)
    told = schema({"owner": columns}, UNTRACKED)

    def since(co_owner, minutes):
        stamp = (BORN + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        now = {"Id": "500dM0000000001QAA", "OwnerId": DANA, "Co__c": co_owner, "SystemModstamp": stamp}
        return past("owner", columns, now, [], told)[-1][0]

    found = [since(*one) for one in ((IDRIS, 20), (IDRIS, 40), (ANA, 50), (None, 60), (ANA, 70), (ANA, 80))]

    assert found == [20, 20, 50, 0, 70, 70]


def test_a_further_field_whose_rows_tell_only_when_is_dated_by_them():
    """A long text with names in it."""
    columns = (OWNER, LONG_CO_OWNER)
    now = {"OwnerId": DANA, "Owner": {}, "Co__c": "Idris Cole"}
    rows = [row(5, "Owner", QUEUE, DANA), row(8, "Co__c", None, None)]

    told = past("owner", columns, now, rows, schema({"owner": columns}, UNTRACKED))

    assert told == [(0, [QUEUE]), (5, [DANA]), (8, [DANA, "Idris Cole"])]


@pytest.mark.parametrize(
    ("further", "rows"),
    [(CO_OWNER, [row(8, "Co__c", None, IDRIS)]), (LONG_CO_OWNER, [row(8, "Co__c", None, None)])],
)
def test_a_further_field_that_was_filled_once_tells_nothing_by_being_blank(further, rows):
    """It was not always so, and until when nobody tells."""
    columns = (OWNER, further)
    now = {"OwnerId": DANA, "Owner": {}, "Co__c": None}

    assert past("owner", columns, now, rows, schema({"owner": columns})) is None


@pytest.mark.parametrize("column", [LONG, SEVERAL])
def test_a_field_whose_rows_hold_no_values_tells_no_past(column):
    """Long texts and multiple choices are only known to have changed."""
    name = "findings_summary" if column is LONG else "resolution_types"

    assert past(name, (column,), {column.path: "x"}, [row(5, column.name, None, None)]) is None


def test_a_day_is_a_day_in_its_past_as_well():
    """Without a time."""
    rows = [row(5, "D__c", None, "2026-03-10")]

    told = past("follow_up.scheduled_for", (DAY,), {"D__c": "2026-03-10"}, rows)

    assert [when for when, _ in told] == [0, 5]


@pytest.mark.parametrize(
    ("since", "known"),
    [
        ({}, None),
        ({"status": "2026-03-03T08:00:00+00:00"}, [(0, "New")]),
        ({"status": "2026-03-03T10:00:00+00:00"}, None),
    ],
)
def test_where_nobody_tells_what_is_tracked_only_older_rows_prove_it(since, known):
    """A row of that field from before the case was created."""
    told = schema({"stage": (STATUS,)}, tracked=None, since=dict(since))

    assert past("stage", (STATUS,), {"Status": "New"}, [], told) == known


def test_rows_that_are_whole_prove_themselves():
    """And are remembered for other cases."""
    told = schema({"stage": (STATUS,)}, tracked=None)

    assert past("stage", (STATUS,), {"Status": "W"}, [row(5, "Status", "New", "W")], told) == [
        (0, "New"),
        (5, "W"),
    ]
    assert told.since == {"status": "2026-03-03T09:05:00+00:00"}


FLAG = Column("IsEscalated", "IsEscalated", "Escalated", "boolean")
TYPE = "012dM0000000001QAA"


@pytest.mark.parametrize(
    ("rows", "minute"),
    [
        ([], None),
        ([row(5, "IsEscalated", False, True)], 5),
        ([row(5, "IsEscalated", "false", "true")], 5),
        ([row(5, "IsEscalated", True, False), row(8, "IsEscalated", False, True)], None),
        ([row(5, "RecordType", "Other", "Executive"), row(5, "RecordType", "012dM0000000002QAA", TYPE)], 5),
        ([row(3, "RecordType", "Other", "Executive"), row(7, "IsEscalated", False, True)], 7),
    ],
)
def test_a_case_came_into_scope_when_all_matched(rows, minute):
    """The flag's and the record type's rows date it; None where it was so from the start (decision 70)."""
    told = schema({}, record_type=TYPE, record_type_names=("Executive",), flag=FLAG)
    now = {"IsEscalated": True, "RecordTypeId": TYPE[:15]}

    entered = scope.entered_at(now, history.Rows(rows, told), told)

    assert (None if entered is None else (entered.at - BORN).total_seconds() / 60) == minute
    assert scope.contains(now, told)
    assert not scope.contains(now | {"IsEscalated": False}, told)
