"""The outline of an org: each kind of change shows in it, and only as what it is."""

from __future__ import annotations

import pytest
from fakes.http import Fault, Reply
from fakes.salesforce.company import FIELDS, STAGES
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.schema import Choice, flag, pick, text

from escsync.adapter import Denied
from escsync.setup.schema.drift import compare


@pytest.fixture
def sf():
    with rig() as made:
        made.open("x")
        yield made


def outline(sf, **how):
    return {(part.kind, part.id): part for part in sf.connect(fresh=True, **how).outline()}


def field(sf, id, **how):
    return outline(sf, **how)["field", id]


def test_two_looks_tell_the_same(sf):
    """Also over one connection."""
    adapter = sf.connect()

    assert list(adapter.outline()) == list(adapter.outline())


def test_what_was_remembered_is_told_without_asking(sf):
    """However long ago; and nothing where another mapping was remembered."""
    adapter = sf.connect()
    pull(adapter)
    before = list(sf.connect(discovery=adapter.discovery).outline())
    sf.org.clock.advance(days=3)
    calls = len(sf.server.log)

    recalled = list(sf.again(adapter).recalled())
    other = list(sf.again(adapter, fields=FIELDS | {"tone": ("Nothing__c",)}).recalled())

    assert recalled == before
    assert other == []
    assert len(sf.server.log) == calls


@pytest.mark.parametrize("status", [403, 404])
def test_an_object_that_may_not_be_looked_at_any_more_is_no_change_of_its_fields(sf, status):
    """A right that was taken is no other type, and no other name."""
    fields = {name: some for name, some in FIELDS.items() if name != "account.csm"} | {
        "account.id": ("Account.Id",)
    }
    before = list(sf.connect(fresh=True, fields=fields).outline())
    hidden = Fault(lambda r: r.path.endswith("/sobjects/Account/describe"), Reply(status, []), times=99)
    sf.server.faults.append(hidden)

    now = list(sf.connect(fresh=True, fields=fields).outline())

    assert now != before
    assert list(compare(before, now)) == []


def test_every_mapped_thing_is_told_with_the_keys_that_name_it(sf):
    """Fields, statuses, the record type; the defaults as well."""
    parts = outline(sf)

    assert parts["field", "Severity__c"].used == ("fields.severity",)
    assert parts["field", "Severity__c"].options == {
        "Billing dispute": "Billing dispute",
        "Data issue": "Data issue",
        "Public outage": "Public outage",
    }
    assert parts["status", "Done"].used == ("stages.closed",)
    assert (parts["status", "Done"].name, parts["status", "Done"].category) == ("Closed", "done")
    assert parts["status", "New"].category == "open"
    assert parts["field", "Account.Tier__c"].required is None
    assert [part.used for (kind, _), part in parts.items() if kind == "workflow"] == [("scope.record_type",)]
    assert ("status", "Waiting for legal") not in parts


def test_a_renamed_field_keeps_its_id(sf):
    """Its API name; what people read is another."""
    before = field(sf, "Severity__c").name
    sf.org.objects["Case"].fields["severity__c"].label = "How bad"

    assert (before, field(sf, "Severity__c").name) == ("Severity", "How bad")


def test_a_field_that_was_mapped_by_its_label_is_renamed_and_not_gone(sf):
    """As long as it is remembered what the label meant."""
    fields = FIELDS | {"severity": ("Severity",)}
    adapter = sf.connect(fields=fields)
    pull(adapter)
    sf.org.objects["Case"].fields["severity__c"].label = "How bad"

    parts = {p.id: p for p in sf.again(adapter, fields=fields).outline()}

    assert parts["Severity__c"].name == "How bad"
    assert parts["Severity__c"].used == ("fields.severity",)


def test_a_deleted_or_hidden_field_is_left_out(sf):
    """Either way it is not there."""
    sf.org.invisible.add(("Case", "Tone__c"))
    del sf.org.objects["Case"].fields["severity__c"]

    assert not {("field", "Tone__c"), ("field", "Severity__c")} & set(outline(sf))


def test_a_retyped_field_is_told_even_where_it_cannot_hold_the_value(sf):
    """Only then does the change have a name."""
    sf.org.objects["Case"].fields["severity__c"].type = "boolean"
    sf.org.objects["Case"].fields["committed_at__c"].type = "date"

    assert field(sf, "Severity__c").type == "boolean"
    assert field(sf, "Committed_At__c").type == "date"


def test_values_that_come_go_or_are_called_otherwise_show(sf):
    """Those that were switched off are gone."""
    sf.org.choices(
        "Case",
        "Severity__c",
        (Choice("Data issue", "Data"), Choice("Public outage", active=False), Choice("New")),
    )

    assert field(sf, "Severity__c").options == {"Data issue": "Data", "New": "New"}


def test_what_everybody_has_to_fill_in_from_now_on_shows(sf):
    """Mapped or not; what has a default asks nobody."""
    case = sf.org.objects["Case"]
    case.fields["severity__c"].nillable = False
    case.add(text("Region__c", nillable=False), flag("Urgent__c"))
    case.add(pick("Kind__c", (Choice("a", default=True),), nillable=False))

    parts = outline(sf)

    assert parts["field", "Severity__c"].required is True
    assert (parts["field", "Region__c"].required, parts["field", "Region__c"].used) == (True, ())
    assert parts["field", "Tone__c"].required is False
    assert not {("field", "Urgent__c"), ("field", "Kind__c")} & set(parts)


def test_a_history_that_is_switched_off_shows(sf):
    """Evidence is worth less from then on."""
    before = field(sf, "Severity__c").category
    sf.org.tracked["Case"].discard("Severity__c")

    assert (before, field(sf, "Severity__c").category) == ("tracked", "untracked")
    assert field(sf, "Resolution_Types__c").category is None


@pytest.mark.parametrize(
    ("closed", "name", "category"),
    [
        (Choice("Done", "Finished", closed=True), "Finished", "done"),
        (Choice("Done", "Closed"), "Closed", "open"),
    ],
)
def test_a_status_that_is_renamed_or_closes_no_more_shows(sf, closed, name, category):
    """Whether it closes is the org's own word."""
    sf.org.choices("Case", "Status", (Choice("New", default=True), closed))

    part = outline(sf)["status", "Done"]

    assert (part.name, part.category) == (name, category)


def test_a_status_that_was_mapped_by_its_label_is_renamed_and_not_gone(sf):
    """As for fields."""
    stages = STAGES | {"closed": ("Closed",)}
    adapter = sf.connect(stages=stages)
    pull(adapter)
    sf.org.choices("Case", "Status", (Choice("New", default=True), Choice("Done", "Finished", closed=True)))

    parts = {p.id: p for p in sf.again(adapter, stages=stages).outline()}

    assert (parts["Done"].name, parts["Done"].used) == ("Finished", ("stages.closed",))


def test_a_status_that_is_gone_is_left_out(sf):
    """The others stay."""
    sf.org.choices("Case", "Status", (Choice("New", default=True),))

    assert [id for kind, id in outline(sf) if kind == "status"] == ["New"]


def test_the_flag_of_the_scope_is_part_of_it(sf):
    """With the record type, or in its place."""
    parts = outline(sf, scope={"flag": "IsEscalated"})

    assert parts["field", "IsEscalated"].used == ("scope.flag",)


def test_without_its_scope_the_tracker_fails_whole(sf):
    """There is nothing to tell then."""
    with pytest.raises(Denied):
        outline(sf, scope={"record_type": "Gone"})


def test_a_pass_goes_on_with_what_still_holds(sf):
    """Whatever of this happened."""
    case = sf.org.objects["Case"]
    case.fields["severity__c"].type = "boolean"
    del case.fields["root_cause__c"]
    case.fields["tone__c"].label = "Mood"
    sf.org.choices("Case", "Status", (Choice("New", default=True),))

    pulled = pull(sf.connect(fresh=True))

    assert {p.subject for p in pulled.problems} == {"fields.severity", "fields.root_cause"}
    assert pulled.one.values["summary"] == "x"


def _status(org, old, *new):
    choices = org.objects["Case"].fields["status"].choices
    org.choices("Case", "Status", tuple(one for c in choices for one in (new if c.value == old else (c,))))


CHANGES = [
    (
        lambda org: setattr(org.objects["Case"].fields["tone__c"], "label", "Mood"),
        "fields.tone",
        "'Tone' is now called 'Mood'",
    ),
    (lambda org: org.objects["Case"].fields.pop("tone__c"), "fields.tone", "'Tone' (Tone__c) is gone"),
    (lambda org: org.invisible.add(("Case", "Tone__c")), "fields.tone", "'Tone' (Tone__c) is gone"),
    (
        lambda org: setattr(org.objects["Case"].fields["committed_at__c"], "type", "date"),
        "fields.committed_at",
        "was a datetime and is now a date",
    ),
    (
        lambda org: setattr(org.objects["Case"].fields["tone__c"], "nillable", False),
        "fields.tone",
        "has to be filled in now",
    ),
    (
        lambda org: org.add_field("Case", text("Region__c", nillable=False)),
        "field Region",
        "has to be filled in now",
    ),
    (
        lambda org: org.choices("Case", "Tone__c", (Choice("private"), Choice("public"))),
        "fields.tone",
        "threat_public",
    ),
    (
        lambda org: org.choices(
            "Case", "Tone__c", (Choice("private"), Choice("threat_public"), Choice("public"), Choice("loud"))
        ),
        "fields.tone",
        "loud",
    ),
    (
        lambda org: org.choices(
            "Case", "Tone__c", (Choice("private", "Hush"), Choice("threat_public"), Choice("public"))
        ),
        "fields.tone",
        "Hush",
    ),
    (lambda org: _status(org, "Pending"), "stages.resolution_pending", "'Pending' is gone"),
    (
        lambda org: _status(org, "Pending", Choice("Pending", "On hold")),
        "stages.resolution_pending",
        "'Pending' is now called 'On hold'",
    ),
    (lambda org: _status(org, "Rejected", Choice("Rejected")), "stages.rejected", "was done and is now open"),
    (lambda org: org.tracked["Case"].discard("Tone__c"), "fields.tone", "was tracked and is now untracked"),
]


@pytest.mark.parametrize(("change", "subject", "words"), CHANGES)
def test_each_kind_of_change_has_its_one_line(sf, change, subject, words):
    """And a pass goes on with what still holds."""
    adapter = sf.connect()
    pull(adapter)
    change(sf.org)

    later = sf.again(adapter)
    (shift,) = compare(list(later.recalled()), list(later.outline()))

    assert (shift.subject, words in shift.message) == (subject, True), shift
    assert shift.remedy
    assert pull(sf.again(adapter)).one.values["summary"] == "x"
