"""An org that was changed under our feet: fields that go, come back, or become something else (decision 78)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from escsync_salesforce import kinds
from escsync_salesforce.schema import Column
from fakes.http import Fault, Reply
from fakes.salesforce.company import FIELDS
from fakes.salesforce.rig import pull, rig

from escsync.adapter import Move, Rejected, SetField, Stage, Vocabulary

OWN = (SetField("health", None, "ok"), SetField("computed_priority", None, "P1"))
RETYPED = [
    ("severity", "Severity__c", "boolean", True),
    ("committed_at", "Committed_At__c", "boolean", False),
    ("committed_at", "Committed_At__c", "double", 3.0),
    ("findings_summary", "Findings__c", "boolean", True),
]


@pytest.fixture
def sf():
    with rig() as made:
        yield made


def retype(sf, name, type, value):
    """An administrator changes a field's type; what it held is converted, and nobody's stamp moves."""
    sf.org.objects["Case"].fields[name.casefold()].type = type
    for case in sf.org.rows["Case"].values():
        case.values[name] = value


def drift(pulled):
    return [problem.subject for problem in pulled.problems if problem.code == "DRIFT"]


def calls(sf, since):
    return [c.request.path for c in sf.server.log[since:] if "oauth2/token" not in c.request.path]


# -- what cannot hold a value is lost


@pytest.mark.parametrize(("name", "api", "type", "value"), RETYPED)
def test_a_field_of_another_type_is_unknown_and_not_misread(sf, name, api, type, value):
    """With the reason on each ticket, and what type would do."""
    sf.open("x")
    retype(sf, api, type, value)

    pulled = pull(sf.connect())

    assert drift(pulled) == [f"fields.{name}"]
    assert name not in pulled.one.values
    assert f"({api}, {type}) cannot hold this" in pulled.one.unreadable[name]


@pytest.mark.parametrize(("name", "api", "type", "value"), RETYPED)
def test_a_retyping_since_the_last_look_is_noticed_where_an_answer_shows_it(sf, name, api, type, value):
    """Not a day later."""
    case = sf.open("x", Severity__c="Data issue")
    adapter = sf.connect()
    cursor = pull(adapter).cursor
    retype(sf, api, type, value)
    sf.org.clock.advance(minutes=1)
    sf.org.edit(case, by="dana", Subject="changed")

    pulled = pull(sf.again(adapter), cursor)

    assert drift(pulled) == [f"fields.{name}"]
    assert name in pulled.one.unreadable
    assert pulled.one.values["summary"] == "changed"


def test_a_type_that_holds_the_value_as_well_is_no_drift(sf):
    """A checkbox that became a picklist."""
    case = sf.open("x")
    adapter = sf.connect()
    cursor = pull(adapter).cursor
    retype(sf, "History_Reviewed__c", "picklist", "done")
    sf.org.edit(case, by="dana", Subject="changed")

    pulled = pull(sf.again(adapter), cursor)

    assert drift(pulled) == []
    assert pulled.one.values["checklist.history_reviewed"] == "done"


def test_a_mapping_that_never_fitted_is_drift_as_well(sf):
    """And one option spelled `true` makes a checkbox fit."""
    fields = FIELDS | {"tone": ("Technical__c",)}
    sf.open("x", Technical__c=True)

    wrong = pull(sf.connect(fields=fields))
    right = pull(sf.connect(fields=fields, options={"tone": {"public": ("true",), "private": ("false",)}}))

    assert drift(wrong) == ["fields.tone"]
    assert right.one.values["tone"] == "public"


def test_a_default_that_does_not_fit_is_left_alone(sf):
    """Nobody asked for it."""
    sf.open("x")
    retype(sf, "Subject", "boolean", True)

    pulled = pull(sf.connect(fields={}))

    assert drift(pulled) == []
    assert "summary" not in pulled.one.values


@pytest.mark.parametrize(
    ("type", "raw", "shows"),
    [
        ("picklist", "x", False),
        ("picklist", True, True),
        ("datetime", Decimal(3), True),
        ("boolean", "true", True),
        ("boolean", False, False),
        ("double", Decimal("1.5"), False),
        ("double", False, True),
        ("double", "1.5", True),
        ("string", None, False),
        ("string", {}, False),
    ],
)
def test_what_an_answer_shows_of_a_type(type, raw, shows):
    """Salesforce has one form for each: words, numbers, true or false."""
    assert kinds.retyped(Column("X__c", "X__c", type=type), raw) is shows


@pytest.mark.parametrize(
    ("name", "type", "fits"),
    [
        ("follow_up.scheduled_for", "date", True),
        ("account.customer_since", "boolean", False),
        ("account.arr", "currency", True),
        ("account.arr", "datetime", False),
        ("root_cause", "double", False),
        ("checklist.csm_spoken", "datetime", False),
        ("summary", "address", False),
        ("account.id", "double", True),
    ],
)
def test_which_types_hold_which_values(name, type, fits):
    """The doctor's table and drift's are one."""
    assert (kinds.misfit(name, Column("X__c", "X__c", type=type), Vocabulary()) == "") is fits


# -- writing


@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize(("type", "value"), [("boolean", False), ("double", 0.0)])
def test_a_retyped_field_of_ours_drags_no_other_down(sf, type, value, conditional):
    """The org is described once, that edit fails, the rest of every case is written."""
    cases = [sf.open(f"n{n}") for n in range(3)]
    adapter = sf.connect()
    tickets = list(adapter.read([sf.ref(case) for case in cases]))
    again = sf.again(adapter)
    retype(sf, "Health__c", type, value)
    before = len(sf.server.log)
    edits = (*OWN, Move("New", Stage.INVESTIGATION)) if conditional else OWN

    outcomes = sf.write(
        again, *(sf.change(c, *edits, version=t.version) for c, t in zip(cases, tickets, strict=True))
    )

    assert [one.failures.keys() for one in outcomes] == [{0}] * 3
    assert all(
        isinstance(one.failures[0], Rejected) and "cannot hold this" in one.failures[0].message
        for one in outcomes
    )
    assert {case.values["Computed_Priority__c"] for case in cases} == {"P1"}
    assert calls(sf, before).count("/services/data/v66.0/sobjects/Case/describe") == 1
    assert drift(pull(sf.again(again))) == ["fields.health"]


def test_a_call_that_is_refused_whole_for_one_value_is_made_again(sf):
    """Cases that have no such value are in it as well."""
    cases = [sf.open(f"n{n}") for n in range(2)]
    adapter = sf.connect()
    assert adapter.me
    again = sf.again(adapter)
    retype(sf, "Health__c", "boolean", False)
    whole = [{"errorCode": "JSON_PARSER_ERROR", "message": "Cannot deserialize instance of boolean"}]
    sf.server.faults.append(Fault(lambda r: r.method == "PATCH", Reply(400, whole)))

    first, second = sf.write(again, sf.change(cases[0], *OWN), sf.change(cases[1], OWN[1]))

    assert (first.failures.keys(), second.failures.keys()) == ({0}, set())
    assert {case.values["Computed_Priority__c"] for case in cases} == {"P1"}


def test_a_value_is_made_anew_for_the_type_that_a_field_has_now(sf):
    """A day where it was an instant."""
    case = sf.open("x")
    adapter = sf.connect()
    assert adapter.me
    again = sf.again(adapter)
    retype(sf, "Ack_Due__c", "date", None)

    (one,) = sf.write(again, sf.change(case, SetField("ack_due_at", None, sf.org.clock.now())))

    assert not one.failures
    assert case.values["Ack_Due__c"] == sf.org.clock.now().date()


def test_a_refusal_that_nothing_explains_is_said_and_not_repeated(sf):
    """The org is asked once, and tells what it told before."""
    case = sf.open("x")
    adapter = sf.connect()
    assert adapter.me
    again = sf.again(adapter)
    whole = [{"errorCode": "JSON_PARSER_ERROR", "message": "Cannot deserialize"}]
    sf.server.faults.append(Fault(lambda r: r.method == "PATCH", Reply(400, whole), times=9))

    (one,) = sf.write(again, sf.change(case, *OWN))

    assert {type(error) for error in one.failures.values()} == {Rejected}
    assert len([c for c in sf.server.log if c.request.method == "PATCH"]) == 1


def test_an_org_that_does_not_answer_is_asked_once_for_all(sf):
    """Every case fails for it, and none is left without an outcome."""
    cases = [sf.open(f"n{n}") for n in range(3)]
    adapter = sf.connect()
    assert adapter.me
    again = sf.again(adapter)
    retype(sf, "Health__c", "boolean", False)
    sf.server.faults.append(Fault(lambda r: r.path.endswith("/describe"), Reply(503), times=99))
    before = len(sf.server.log)

    outcomes = sf.write(again, *(sf.change(case, *OWN) for case in cases))

    assert [one.failures.keys() for one in outcomes] == [{0, 1}] * 3
    assert sum(path.endswith("/describe") for path in calls(sf, before)) == 3  # patience's attempts


# -- coming back


def tones(pulled):
    """The value of each ticket as last told; it may come twice."""
    return list({ticket.id: ticket.values.get("tone") for ticket in pulled.tickets}.values())


def lost(sf, count=2):
    """An adapter to which a field was lost since, and the cursor after that pass."""
    cases = [sf.open(f"n{n}", Tone__c="public") for n in range(count)]
    adapter = sf.connect()
    cursor = pull(adapter).cursor
    sf.org.invisible.add(("Case", "Tone__c"))
    sf.org.clock.advance(hours=1)
    for case in cases:
        sf.org.edit(case, by="dana", Subject="changed")
    adapter = sf.again(adapter)
    pulled = pull(adapter, cursor)
    assert drift(pulled) == ["fields.tone"]
    return adapter, pulled.cursor


def test_drift_lasts_as_long_as_the_loss(sf):
    """Said in every pass, be it an idle one; the look costs one call more."""
    adapter, cursor = lost(sf)
    sf.org.clock.advance(hours=1)
    before = len(sf.server.log)

    pulled = pull(sf.again(adapter), cursor)
    first, *_, last = calls(sf, before)

    assert drift(pulled) == ["fields.tone"]
    assert first.endswith("/Case/describe")
    assert last.endswith("/composite")


def test_a_field_that_is_back_ends_the_drift_with_the_next_pass(sf):
    """On all cases, those included that nobody has changed since; after that a pass is one call again."""
    adapter, cursor = lost(sf)
    sf.org.clock.advance(hours=1)
    sf.org.invisible.clear()

    adapter = sf.again(adapter)
    back = pull(adapter, cursor)
    before = len(sf.server.log)
    idle = pull(sf.again(adapter), back.cursor)

    assert drift(back) == []
    assert tones(back) == ["public", "public"]
    assert idle.tickets == []
    assert len(calls(sf, before)) == 1


def test_a_field_that_came_back_unseen_is_read_of_all_cases_as_well(sf):
    """A day went by, so that everything was asked anew."""
    adapter, cursor = lost(sf)
    sf.org.clock.advance(hours=30)
    sf.org.invisible.clear()

    back = pull(sf.again(adapter), cursor)

    assert tones(back) == ["public", "public"]


def test_what_was_deleted_meanwhile_is_gone_though_all_is_read(sf):
    """The look back takes nothing from an ordinary pull."""
    adapter, cursor = lost(sf)
    sf.org.clock.advance(hours=1)
    sf.org.invisible.clear()
    first = next(iter(sf.org.rows["Case"].values()))
    sf.org.delete(first)

    back = pull(sf.again(adapter), cursor)

    assert [ref.id for page in back.pages for ref in page.gone] == [first.id]
    assert tones(back) == ["public"]


def test_a_full_sweep_asks_for_everything_anew(sf):
    """Whatever an earlier connection learnt."""
    sf.open("x")
    adapter = sf.connect()
    pull(adapter)
    sf.org.invisible.add(("Case", "Tone__c"))

    assert drift(pull(sf.again(adapter))) == ["fields.tone"]


def test_drift_is_on_every_page(sf):
    """From the first on."""
    for n in range(6):
        sf.open(f"n{n}")
    sf.face.cursors.page = 2
    sf.org.invisible.add(("Case", "Tone__c"))

    pages = list(sf.connect().pull(None))

    assert len(pages) > 2
    assert all([problem.code for problem in page.problems] == ["DRIFT"] for page in pages)
