"""Provisioning an org: what is lacking, what is made of it, and what is left to people."""

from __future__ import annotations

import pytest
from fakes.salesforce.company import STAGES
from fakes.salesforce.empty import LAYOUT, empty
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.schema import Choice, Field, pick, refer, text

from escsync.adapter import Denied, Level, Rejected, SetField, TrackerError, Vocabulary
from escsync.setup.wishes import wishes


@pytest.fixture
def sf():
    with rig(empty()) as made:
        yield made


def vocabulary(fields, options=None):
    return Vocabulary(fields=fields, options=options or {})


def missing(sf, *only, fields=None, options=None, **how):
    """A connection, and the gaps by their id."""
    adapter = sf.connect(fields=fields or {}, fresh=True, options=options or {}, **how)
    wanted = wishes(vocabulary(fields or {}, options), only=only)
    return adapter, {gap.id: gap for gap in adapter.missing(wanted)}


def provisioned(sf, *only, fields=None, **how):
    """Everything made that can be made; the fields as the configuration has them then."""
    adapter, gaps = missing(sf, *only, fields=fields, **how)
    told = [adapter.provide(gap).settings for gap in gaps.values() if not gap.by_hand]
    found = {key[1]: (value,) for one in told for key, value in one.items() if key[0] == "fields"}
    return (fields or {}) | found


def case(sf):
    return sf.org.objects["Case"]


def kinds(sf):
    return {f.name: f.type for f in case(sf).fields.values() if f.custom}


def setups(sf):
    """The writes of the set-up so far."""
    return [
        c.request.path for c in sf.server.log if c.request.method != "GET" and "sobjects" in c.request.path
    ]


def test_from_nothing_to_an_org_that_doctor_finds_well(sf):
    """Every field is there, seen, and writable where escsync writes it."""
    fields = provisioned(sf)

    adapter = sf.connect(fields=fields, fresh=True)
    failures = [p for p in adapter.check() if p.level is Level.FAIL]

    assert failures == []
    assert len(fields) > 30
    assert kinds(sf)["Root_Cause__c"] == "picklist"


def test_each_kind_of_value_has_its_type(sf):
    """Flags and checks are picklists, so that empty is not the same as no."""
    provisioned(sf)

    told = kinds(sf)
    assert {told[f"{name}__c"] for name in ("Technical", "History_Reviewed", "Tone")} == {"picklist"}
    assert told["Resolution_Types__c"] == "multipicklist"
    assert (told["Findings__c"], told["Exception_Outcome__c"]) == ("textarea", "string")
    assert (told["Committed_At__c"], told["Account_Customer_Since__c"]) == ("datetime", "date")
    assert (told["ARR__c"], told["CSM__c"]) == ("double", "reference")
    assert case(sf).fields["tone__c"].restricted
    assert [c.value for c in case(sf).fields["history_reviewed__c"].choices] == ["Done", "N/A", "Open"]


def test_a_second_run_finds_only_what_people_have_to_do(sf):
    """And makes nothing."""
    fields = provisioned(sf)
    before, written = dict(case(sf).fields), len(setups(sf))

    _, gaps = missing(sf, fields=fields)

    assert set(gaps) == {"history", "layout"}
    assert all(gap.by_hand for gap in gaps.values())
    assert case(sf).fields == before
    assert len(setups(sf)) == written


def test_what_people_did_is_no_gap_any_more(sf):
    """Histories ticked, fields dragged onto a page."""
    fields = provisioned(sf)
    sf.org.track("Status", "OwnerId")
    sf.org.layouts[LAYOUT] |= {api for (api,) in fields.values()}

    assert missing(sf, fields=fields)[1] == {}


def test_the_histories_that_decide_most_are_kept_first(sf):
    """Two of the twenty are left for status and owner, which cannot be ticked from here."""
    _, gaps = missing(sf)
    provisioned(sf)

    tracked = sf.org.tracked["Case"]
    assert len(tracked) == 18
    assert {"Tone__c", "Committed_At__c", "Follow_Up_Held_At__c"} <= tracked
    assert not {"Findings__c", "Resolution_Types__c", "Next_Deadline__c"} & tracked
    assert "history kept (3 of 20)" in gaps["field:tone"].what
    assert gaps["history"].by_hand.endswith("tick Enable Case History; tick Status, Case Owner")


def test_where_the_twenty_are_used_up_the_rest_is_said(sf):
    """Which are left, and that others have to go first."""
    for n in range(17):
        sf.org.add_field("Case", text(f"Other_{n}__c"))
    sf.org.track("Status", *(f"Other_{n}__c" for n in range(17)))

    _, gaps = missing(sf, "tone", "root_cause")
    provisioned(sf, "tone", "root_cause")

    assert "history kept" in gaps["field:tone"].what or "history kept" in gaps["field:root_cause"].what
    assert "untick what nobody needs, then tick" in gaps["history"].by_hand
    assert "Root cause" in gaps["history"].what
    assert len(sf.org.tracked["Case"]) == 19


def test_a_history_that_is_refused_does_not_hold_up_the_field(sf):
    """It may be off for the whole object."""
    sf.org.history_on = False

    provisioned(sf, "tone")

    assert "Tone__c" in kinds(sf)
    assert sf.org.tracked["Case"] == set()


def test_the_history_of_a_custom_field_that_is_there_is_switched_on(sf):
    """Everything else of it stays."""
    choices = (
        Choice("private", "Private!"),
        Choice("threat_public", "Loud"),
        Choice("public", "Public!"),
        Choice("odd", "Odd", active=False),
    )
    sf.org.add_field("Case", pick("Tone__c", choices, restricted=True))
    sf.org.objects["Case"].fields["tone__c"].description = "Ours since 2019"

    adapter, gaps = missing(sf, "tone", fields={"tone": ("Tone__c",)})
    adapter.provide(gaps["track:Tone__c"])

    field = case(sf).fields["tone__c"]
    assert field.choices == choices
    assert field.description == "Ours since 2019"
    assert "Tone__c" in sf.org.tracked["Case"]


def test_values_are_added_and_none_is_lost(sf):
    """Whatever they are called, in whatever order, switched off or not."""
    old = (
        Choice("Billing dispute", "Money"),
        Choice("Data issue", "Data"),
        Choice("Ancient", "Old", active=False),
    )
    sf.org.add_field("Case", pick("Severity__c", old, restricted=True))

    adapter, gaps = missing(sf, "severity", fields={"severity": ("Severity__c",)})
    gap = gaps["options:severity:Severity__c"]
    adapter.provide(gap)
    adapter.provide(gap)

    choices = case(sf).fields["severity__c"].choices
    assert choices[:3] == old
    assert [c.value for c in choices[3:]] == ["Public outage", "UX complaint", "Other", "Unknown"]
    assert gap.what == "Severity__c lacks the values Public outage, UX complaint, Other, Unknown"
    assert (
        "options:severity:Severity__c"
        not in missing(sf, "severity", fields={"severity": ("Severity__c",)})[1]
    )


def test_a_standard_picklist_gets_its_values_by_hand(sf):
    """With what to click, and what to type."""
    _, gaps = missing(sf, "entry_point", fields={"entry_point": ("Origin",)})

    gap = gaps["options:entry_point:Origin"]
    assert gap.by_hand.startswith(
        "Setup > Object Manager > Case > Fields & Relationships > Origin > Values > New: "
    )
    assert "Exec email" in gap.by_hand


def test_a_field_of_our_label_is_found_rather_than_made(sf):
    """Of the account, too; finding it writes nothing."""
    sf.org.add_field("Case", pick("Ursache__c", ("Product bug",), label="root CAUSE"))
    sf.org.add_field("Account", Field("Rev__c", "currency", scale=2, label="ARR"))
    sf.org.add_field("Account", refer("Success__c", "User", label="CSM"))

    adapter, gaps = missing(sf, "root_cause", "account.arr", "account.csm")
    found = {id: adapter.provide(gap) for id, gap in gaps.items() if gap.found}

    assert found["found:root_cause"].settings == {("fields", "root_cause"): "Ursache__c"}
    assert found["found:account.arr"].settings == {("fields", "account.arr"): "Account.Rev__c"}
    assert found["found:account.csm"].settings == {("fields", "account.csm"): "Account.Success__c"}
    assert all(one.kept for one in found.values())
    assert setups(sf) == []


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ((Field("A__c", "boolean", label="Root cause", default=False),), "a field that can hold it"),
        ((pick("A__c", (), label="Root cause"), pick("B__c", (), label="Root cause")), "which of them it is"),
    ],
)
def test_fields_of_our_label_that_do_not_fit_are_a_persons_choice(sf, others, words):
    """One of another type, or several."""
    for field in others:
        sf.org.add_field("Case", field)

    _, gaps = missing(sf, "root_cause")

    assert words in gaps["unclear:root_cause"].by_hand
    assert "field:root_cause" not in gaps


def test_a_mapped_field_that_cannot_hold_it_is_said(sf):
    """And what to do."""
    _, gaps = missing(sf, "root_cause", fields={"root_cause": ("IsEscalated",)})

    assert "cannot hold this" in gaps["fit:root_cause:IsEscalated"].what
    assert "then a field is made" in gaps["fit:root_cause:IsEscalated"].by_hand


def test_a_name_that_somebody_else_uses_is_left_to_him(sf):
    """Ours gets another; the third time a person decides."""
    sf.org.add_field("Case", text("Root_Cause__c", label="Of all evil"))

    fields = provisioned(sf, "root_cause")
    sf.org.add_field("Case", text("Tone__c", label="x"))
    sf.org.add_field("Case", text("Escsync_Tone__c", label="y"))
    _, gaps = missing(sf, "tone")

    assert fields == {"root_cause": ("Escsync_Root_Cause__c",)}
    assert "map fields.tone" in gaps["field:tone"].by_hand


@pytest.mark.parametrize(
    ("spelling", "api", "label"),
    [
        ("Why__c", "Why__c", "Root cause"),
        ("The real reason", "The_Real_Reason__c", "The real reason"),
        ("Why\n\u202e# {x}'", "Why_X__c", "Why # {x}'"),
        ("???", "Escsync__c", "???"),
    ],
)
def test_a_field_that_is_mapped_and_not_there_is_made_under_its_name(sf, spelling, api, label):
    """By API name or by label."""
    fields = provisioned(sf, "root_cause", fields={"root_cause": (spelling,)})

    assert case(sf).fields[api.casefold()].label == label
    assert fields["root_cause"] == (api,)


def test_one_of_several_owners_is_replaced_and_the_others_stay(sf):
    """The list stays a list."""
    adapter, gaps = missing(sf, "owner", fields={"owner": ("OwnerId", "Second pair of eyes")})

    told = adapter.provide(gaps["field:owner:Second_Pair_Of_Eyes"]).settings

    assert told == {("fields", "owner"): ["OwnerId", "Second_Pair_Of_Eyes__c"]}


def test_a_path_that_leads_nowhere_is_a_persons_business(sf):
    """Fields of the account are not escsync's to make."""
    _, gaps = missing(sf, "account.tier", fields={"account.tier": ("Account.Rank__c",)})

    assert "Account" in gaps["path:account.tier:Account.Rank__c"].by_hand


def test_a_field_that_security_hides_is_granted_and_not_made_again(sf):
    """On the case and on the account."""
    sf.org.add_field("Case", pick("Tone__c", ("private", "threat_public", "public")))
    sf.org.add_field("Account", pick("Tier__c", ("Enterprise",)))
    sf.org.guarded |= {("Case", "Tone__c"), ("Account", "Tier__c")}
    sf.org.settle()
    fields = {"tone": ("Tone__c",), "account.tier": ("Account.Tier__c",)}

    adapter, gaps = missing(sf, *fields, fields=fields)
    adapter.provide(gaps["access"])
    lost = [p.subject for p in sf.connect(fields=fields, fresh=True).check() if p.level is Level.FAIL]

    assert [id for id, gap in gaps.items() if not gap.by_hand] == ["access"]
    assert lost == []


def test_the_permission_set_grants_what_is_needed_and_no_more(sf):
    """Reading everything, writing escsync's own; cases can be seen, all of them, and not deleted."""
    provisioned(sf, "tone", "due_at")

    (own,) = [row for row in sf.org.rows["PermissionSet"].values() if row.values["Label"] == "escsync"]
    fields = {
        row.values["Field"]: row.values["PermissionsEdit"] for row in sf.org.rows["FieldPermissions"].values()
    }
    (records,) = [
        row.values
        for row in sf.org.rows["ObjectPermissions"].values()
        if row.values["ParentId"] == own.id and row.values["SobjectType"] == "Case"
    ]
    assert fields == {"Case.Tone__c": False, "Case.Next_Deadline__c": True}
    assert {name: records[f"Permissions{name}"] for name in ("Edit", "ViewAllRecords", "Delete")} == {
        "Edit": True,
        "ViewAllRecords": True,
        "Delete": False,
    }


def test_what_was_made_is_read_and_written_by_a_pass(sf):
    """The whole way round."""
    fields = provisioned(sf)
    made = sf.open("x", Tone__c="Threat public", Technical__c="Yes", Spoken_With_The_CSM__c="N/A")
    adapter = sf.connect(fields=fields)

    (ticket,) = pull(adapter).tickets
    (written,) = sf.write(
        adapter, sf.change(made, SetField("health", None, "due_soon"), version=ticket.version)
    )

    assert ticket.values["tone"] == "threat_public"
    assert ticket.values["is_technical"] is True
    assert ticket.values["checklist.csm_spoken"] == "na"
    assert written.failures == {}
    assert made.values["Escalation_Health__c"] == "Due soon"


def test_a_scope_that_is_not_there_is_made_or_said(sf):
    """A checkbox can be made; a record type and statuses are a person's."""
    adapter, gaps = missing(sf, "tone", scope={"flag": "Executive_Escalation__c"})
    told = adapter.provide(gaps["flag"])
    adapter.provide(gaps["access"])
    stages = STAGES | {"closed": ("Settled",)}
    _, others = missing(sf, "tone", scope={"record_type": "Boardroom"}, stages=stages)

    flagged = sf.connect(fields={}, scope={"flag": "Executive_Escalation__c"})
    kept = list(flagged.provided())
    for one in kept:
        with pytest.raises(Rejected):
            flagged.withdraw(one)

    assert told.settings == {}
    assert [one.id for one in kept] == ["Executive_Escalation__c", "escsync"]
    assert "name another scope first" in kept[0].kept
    assert "Executive_Escalation__c" in sf.org.tracked["Case"]
    assert "Record Types > New: record type name Boardroom" in others["record_type"].by_hand
    assert "tick Closed" in others["status:Settled"].by_hand
    assert list(sf.connect(fields={}, scope={"flag": "Executive_Escalation__c"}).pull(None))


def test_a_record_type_and_a_status_that_are_nearly_there_are_asked_about_first(sf):
    """Who follows the clicks would make the misspelt thing for good; a pass names it, too."""
    stages = STAGES | {"investigation": ("Investigatin",)}
    scope = {"record_type": "Executive_Escalaton"}
    _, others = missing(sf, "tone", scope=scope, stages=stages)

    with pytest.raises(Denied) as raised:
        list(sf.connect(fields={}, scope=scope).pull(None))

    near = "did you mean 'Executive_Escalation'? Then correct scope.record_type; or else: "
    assert others["record_type"].by_hand.startswith(near)
    assert (
        "did you mean 'Investigating'? Then correct stages.investigation"
        in others["status:Investigatin"].by_hand
    )
    assert raised.value.remedy.startswith(near)


def test_an_account_that_may_not_set_up_the_org_is_told_what_to_do(sf):
    """It sees the list all the same, and beside it each right that making it takes, with where it is granted."""
    sf.org.permissions -= {"CustomizeApplication", "ManageProfilesPermissionsets"}
    adapter, gaps = missing(sf, "tone")
    rights = {id: gap.by_hand for id, gap in gaps.items() if id.startswith("right ")}

    with pytest.raises(Denied) as field:
        adapter.provide(gaps["field:tone"])
    with pytest.raises(Denied) as access:
        adapter.provide(gaps["access"])

    assert set(rights) == {"right Customize Application", "right Manage Profiles and Permission Sets"}
    assert all("Setup > Permission Sets" in where for where in rights.values())
    assert "Customize Application" in field.value.remedy
    assert "administrator's session_id" in access.value.remedy
    assert access.value.remedy.endswith("Manage Assignments > escsync@acme.example")
    assert "Tone__c" not in kinds(sf)


def test_what_may_not_be_looked_at_is_no_obstacle_to_the_list(sf):
    """Without View Setup nobody tells hidden fields, layouts or histories."""
    sf.org.permissions.discard("ViewSetup")

    _, gaps = missing(sf, "tone")

    assert "field:tone" in gaps


@pytest.mark.parametrize("key", ["fullName", "valueName"])
def test_either_name_of_a_values_name_is_understood(sf, key):
    """Versions differ."""
    sf.org.value_key = key

    provisioned(sf, "tone")
    sf.org.objects["Case"].fields["tone__c"].choices = (Choice("Private"),)
    provisioned(sf, "tone", fields={"tone": ("Tone__c",)})

    assert [c.value for c in case(sf).fields["tone__c"].choices] == ["Private", "Threat public", "Public"]


def test_in_an_org_with_a_namespace_the_fields_have_its_prefix(sf):
    """As Salesforce gives it."""
    sf.org.namespace = "acme"

    fields = provisioned(sf, "tone", "due_at")

    assert fields == {"tone": ("acme__Tone__c",), "due_at": ("acme__Next_Deadline__c",)}
    assert [g for g in missing(sf, "tone", "due_at", fields=fields)[1].values() if not g.by_hand] == []


def test_what_was_made_is_known_by_its_mark_and_can_be_taken_away(sf):
    """With how many cases hold a value; whatever people made stays."""
    sf.org.add_field("Case", text("Theirs__c"))
    provisioned(sf, "tone", "due_at")
    sf.open("x", Tone__c="Public")
    adapter = sf.connect(fields={}, fresh=True)

    told = {one.id: one for one in adapter.provided()}
    for one in told.values():
        adapter.withdraw(one)

    assert list(told) == ["Tone__c", "Next_Deadline__c", "escsync"]
    assert told["Tone__c"].what == 'the field "Tone"; 1 case holds a value, which goes with it'
    assert told["Tone__c"].settings == {("fields", "tone"): "Tone__c"}
    assert kinds(sf) == {"Theirs__c": "string"}
    assert list(adapter.provided()) == []


def test_what_something_in_the_org_uses_is_not_taken_away(sf):
    """And where to look who uses it."""
    provisioned(sf, "tone")
    sf.org.depended["Tone__c"] = "Flow Escalate"
    adapter = sf.connect(fields={}, fresh=True)
    one = next(one for one in adapter.provided() if one.id == "Tone__c")

    with pytest.raises(Rejected) as refused:
        adapter.withdraw(one)

    assert "Where is this used?" in refused.value.remedy
    assert "Tone__c" in kinds(sf)


def test_what_a_half_done_run_made_is_ours_though_nobody_sees_it(sf):
    """Field-level security keeps it from everybody before the permission set is there."""
    adapter, gaps = missing(sf, "tone")
    adapter.provide(gaps["field:tone"])

    _, later = missing(sf, "tone")
    ours = [one.id for one in sf.connect(fields={}, fresh=True).provided()]

    assert later["found:tone"].found
    assert "field:tone" not in later
    assert "access" in later
    assert ours == ["Tone__c"]


def test_a_gap_that_was_never_told_cannot_be_made(sf):
    """Nor one that takes a person."""
    adapter, gaps = missing(sf)

    with pytest.raises(TrackerError):
        sf.connect(fields={}).provide(gaps["field:tone"])
    with pytest.raises(Rejected) as refused:
        adapter.provide(gaps["history"])

    assert refused.value.remedy == gaps["history"].by_hand


def test_who_may_not_look_at_the_set_up_is_told_so(sf):
    """Without View Setup no field is seen: the permission set alone must not look like all that was made."""
    provisioned(sf, "tone")
    sf.org.permissions.discard("ViewSetup")

    with pytest.raises(Denied) as error:
        list(sf.connect(fresh=True).provided())

    assert "View Setup and Configuration" in error.value.remedy
