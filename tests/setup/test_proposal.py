"""What init proposes: which field, status and option means which of ours, how sure that is, and why."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.adapter import FIELDS, FieldKind, Stage
from escsync.offers import Available, Shape, Step
from escsync.setup.mapping.proposal import SURE, SURE_TO_WRITE, propose
from escsync.setup.wishes import label

TEXT, PEOPLE, INSTANT, NUMBER = FieldKind.TEXT, FieldKind.PEOPLE, FieldKind.INSTANT, FieldKind.NUMBER
CHOICE, CHOICES, FLAG, CHECK = FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.FLAG, FieldKind.CHECK
KINDS = {
    "text": (TEXT,),
    "user": (PEOPLE,),
    "datetime": (INSTANT, FieldKind.DAY),
    "number": (NUMBER,),
    "select": (CHOICE, FLAG, CHECK, TEXT),
    "multiselect": (CHOICES, CHOICE),
    "checkbox": (FLAG, CHECK),
    "status": (FieldKind.STAGE,),
}


def there(name, type="text", *options, spelling="", writable=True):
    """A field of a tracker."""
    return Available(
        spelling or f"id of {name}",
        name,
        type,
        KINDS[type],
        {f"{number}": option for number, option in enumerate(options)},
        writable,
    )


def fields(*available):
    """Canonical field -> what is proposed for it."""
    return {match.name: match for match in propose(Shape(tuple(available))).fields}


def stages(*steps):
    """Canonical stage -> the names of the statuses that would be mapped to it."""
    found = {}
    for rung in propose(Shape(steps=steps)).stages:
        if rung.sure:
            found.setdefault(rung.stage.value, []).append(rung.step.name)
    return found


@pytest.mark.parametrize(
    ("name", "type", "meant"),
    [
        ("Root cause", "select", "root_cause"),
        ("root_cause", "select", "root_cause"),
        ("Root_Cause__c", "select", "root_cause"),
        ("Escalation root cause", "select", "root_cause"),
        ("Grundursache", "select", "root_cause"),
        ("Cause racine", "select", "root_cause"),
        ("Causa raíz", "select", "root_cause"),
        ("Causa raiz", "select", "root_cause"),
        ("Root casue", "select", "root_cause"),
        ("Kundenname", "text", "account.name"),
        ("Customer", "text", "account.name"),
        ("Nom du client", "text", "account.name"),
        ("Nome do cliente", "text", "account.name"),
        ("Annual Recurring Revenue", "number", "account.arr"),
        ("ARR", "number", "account.arr"),
        ("Customer Success Manager", "user", "account.csm"),
        ("Schweregrad", "select", "severity"),
        ("Tonalité", "select", "tone"),
        ("Committed at", "datetime", "committed_at"),
        ("Zugesagt bis", "datetime", "committed_at"),
        ("Follow-up date", "datetime", "follow_up.scheduled_for"),
        ("Wiedervorlage", "datetime", "follow_up.scheduled_for"),
        ("Engineering consulted", "checkbox", "checklist.eng_product_consulted"),
        ("CSM spoken", "checkbox", "checklist.csm_spoken"),
        ("Technical", "checkbox", "is_technical"),
        ("Resolution type", "multiselect", "resolution_types"),
        ("Source", "select", "entry_point"),
        ("Source", "text", "source_url"),
        ("Verantwortlich", "user", "owner"),
        ("Assignee", "user", "owner"),
        ("Zusammenfassung", "text", "summary"),
    ],
)
def test_a_field_is_known_by_its_name_in_the_languages_of_trackers(name, type, meant):
    """Whatever its case, accents, dashes, small mistakes and the words that every field has."""
    found = fields(there(name, type))

    assert [match.name for match in found.values() if match.sure] == [meant]
    assert SURE <= found[meant].confidence <= 100
    assert found[meant].reason


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "stage"])
def test_what_provisioning_makes_is_recognised(name):
    """A field that escsync would make under this name is the surest of all."""
    made = Available("x", label(name), "made", (FIELDS[name].kind,), dict(enumerate(FIELDS[name].choices)))

    assert fields(made)[name].confidence >= SURE_TO_WRITE


def test_what_escsync_writes_for_another_project_is_proposed_for_nothing_else():
    """It stands on none of this project's screens, and is called alike; a person's own field is still found."""
    theirs = [
        Available(
            name, label(name), "made", (FIELDS[name].kind,), {c: c for c in FIELDS[name].choices}, False
        )
        for name in ("computed_priority", "health", "escsync_stage", "due_at")
    ]

    assert fields(*theirs) == {}
    assert fields(*theirs, there("Priority", "select"))["priority"].found.name == "Priority"


@pytest.mark.parametrize(
    ("name", "type", "tempting"),
    [
        ("Root cause", "number", "root_cause"),
        ("Committed at", "text", "committed_at"),
        ("Owner", "select", "owner"),
        ("Colour of the sky", "select", ""),
        ("", "text", ""),
        ("2024", "number", ""),
        ("Customer", "select", "account.name"),
    ],
)
def test_what_cannot_hold_it_is_not_proposed(name, type, tempting):
    """The form decides before the name does."""
    assert not [
        match for match in fields(there(name, type)).values() if match.sure and match.name != "account.name"
    ]
    assert tempting == "account.name" or tempting not in fields(there(name, type))


@pytest.mark.parametrize(
    ("name", "type", "options"),
    [
        ("Due date", "datetime", ()),
        ("Fällig am", "datetime", ()),
        ("Health", "select", ("green", "red")),
        ("Priority computed", "select", ("High", "Low")),
        ("Priority", "select", ("High", "Low")),
    ],
)
def test_nobodys_own_field_becomes_one_that_escsync_writes(name, type, options):
    """Where escsync would write, likely is not enough: it is left behind a #."""
    found = fields(there(name, type, *options))

    assert not [match for match in found.values() if match.sure]


def test_a_field_of_escsyncs_must_be_writable():
    """One that nobody may write is no place for a deadline."""
    assert "due_at" not in fields(there("Next deadline", "datetime", writable=False))
    assert fields(there("Next deadline", "datetime"))["due_at"].sure


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (("Billing dispute", "Data issue", "Public outage", "UX complaint"), True),
        (("Billing dispute", "Data issue", "Cafeteria", "Parking"), True),
        (("Red", "Green", "Blue"), False),
    ],
)
def test_options_make_it_surer_or_less_sure(options, more):
    """A severity whose options are colours is not ours."""
    plain, told = (
        fields(there("Severity level", "select")),
        fields(there("Severity level", "select", *options)),
    )

    assert (told.get("severity", plain["severity"]).confidence > plain["severity"].confidence) is more
    assert more or "severity" not in told or told["severity"].confidence < plain["severity"].confidence


def test_a_field_is_known_by_its_options_alone():
    """However it is called; what is not told by its name is less sure."""
    found = fields(there("Feld 7", "select", "Private", "Threat public", "Public"))["tone"]

    assert found.sure
    assert found.confidence < 90
    assert "options" in found.reason


def test_two_fields_that_are_just_as_likely_are_left_to_a_person():
    """Names are not unique in Jira: neither is taken, and both are named."""
    found = fields(
        there("Root cause", "select", spelling="cf_1"), there("Root cause", "select", spelling="cf_2")
    )

    assert not found["root_cause"].sure
    assert {"cf_1", "cf_2"} == {found["root_cause"].found.spelling, *found["root_cause"].reason.split()} & {
        "cf_1",
        "cf_2",
    }


def test_one_field_is_proposed_once():
    """The better name wins it, and the other looks further."""
    found = fields(there("Customer name", "text", spelling="a"), there("Account", "text", spelling="b"))

    assert found["account.name"].found.spelling == "b"
    assert sum(match.found.spelling == "a" for match in found.values()) <= 1


def test_what_a_person_named_is_not_doubted():
    """A field by its id or name, a status by its name; the rest is proposed around it."""
    shape = Shape(
        (there("Root cause", "select", spelling="cf_1"), there("Why", "select", spelling="cf_2")),
        (Step("1", "Offen"), Step("2", "Sonderfall")),
    )

    found = propose(shape, {"root_cause": "Why", "tone": "cf_99"}, {"intake": ["Sonderfall"]}).vocabulary

    assert found.fields == {"root_cause": ("cf_2",), "tone": ("cf_99",)}
    assert found.stages[Stage.INTAKE] == ("2", "1")


@pytest.mark.parametrize(
    ("name", "type", "options", "mapped"),
    [
        ("Root cause", "select", ("Bug", "SLA", "Routing failure"), {"product_bug": "Bug", "sla_breach": "SLA"}),
        ("Root cause", "select", ("Fehler", "Kommunikation"), {"product_bug": "Fehler", "communication_failure": "Kommunikation"}),
        ("Tier", "select", ("Strategic", "Mid-Market", "SMB"), {"enterprise": "Strategic"}),
        ("Tier", "select", ("Großkunde", "Mittelstand", "KMU"), {"enterprise": "Großkunde", "mid_market": "Mittelstand", "smb": "KMU"}),
        ("Severity", "select", ("Billing", "Data", "Outage", "UX"),
         {"billing_dispute": "Billing", "data_issue": "Data", "public_outage": "Outage", "ux_complaint": "UX"}),
        ("Tone", "select", ("private", "threat-public", "PUBLIC"), {}),
        ("Priority", "select", ("Highest", "High", "Medium", "Low"), {}),
        ("Root cause", "select", ("Bug", "bug"), {}),
        ("Resolution", "multiselect", ("Credit", "Bug fix", "Exception"),
         {"billing_credit": "Credit", "engineering_fix": "Bug fix", "policy_exception": "Exception"}),
    ],
)  # fmt: skip
def test_options_of_another_name_are_mapped_where_their_meaning_is_clear(name, type, options, mapped):
    """What reads alike needs no line, and what means something else everywhere gets none."""
    found = fields(there(name, type, *options)).values()

    assert {one.value: one.option for match in found for one in match.options if one.sure} == mapped


@pytest.mark.parametrize(
    ("statuses", "mapped"),
    [
        ("To Do, In Progress, Done!", {"intake": ["To Do"], "investigation": ["In Progress"], "closed": ["Done"]}),
        ("Zu erledigen, In Arbeit, Fertig!", {"intake": ["Zu erledigen"], "investigation": ["In Arbeit"], "closed": ["Fertig"]}),
        ("À faire, En cours, Terminé!", {"intake": ["À faire"], "investigation": ["En cours"], "closed": ["Terminé"]}),
        ("Por hacer, En curso, Listo!", {"intake": ["Por hacer"], "investigation": ["En curso"], "closed": ["Listo"]}),
        ("A fazer, Em andamento, Concluído!", {"intake": ["A fazer"], "investigation": ["Em andamento"], "closed": ["Concluído"]}),
        ("New, Working, Escalated, Closed!", {"intake": ["New"], "investigation": ["Working"], "closed": ["Closed"]}),
        ("Not started, In progress, Done!", {"intake": ["Not started"], "investigation": ["In progress"], "closed": ["Done"]}),
        ("Intake, Solution design, Customer update, Resolution pending, Closed!, Rejected!, Duplicate!",
         {"intake": ["Intake"], "solution_design": ["Solution design"], "customer_update": ["Customer update"],
          "resolution_pending": ["Resolution pending"], "closed": ["Closed"], "rejected": ["Rejected"], "duplicate": ["Duplicate"]}),
        ("Open, Resolved!, Closed!", {"intake": ["Open"], "closed": ["Closed", "Resolved"]}),
        ("Eingang >, Ausgang!", {"intake": ["Eingang >"], "closed": ["Ausgang"]}),
        ("Closed, Open!", {}),
        ("Waiting for legal, Somewhere", {}),
    ],
)  # fmt: skip
def test_a_status_is_known_by_its_name_its_end_and_its_place(statuses, mapped):
    """`!` counts as done in the tracker, `>` is where tickets begin."""
    steps = [
        Step(f"{order}", one.strip().rstrip("!"), one.endswith("!"), one.endswith(">"), order)
        for order, one in enumerate(statuses.split(", "))
    ]

    assert {name: found for name, found in stages(*steps).items() if found} == mapped


def test_a_status_that_stands_for_nothing_is_said():
    """Nobody learns of it from a finding first."""
    found = propose(Shape(steps=(Step("7", "With legal"), Step("1", "Open"))))

    assert [step.name for step in found.unplaced] == ["With legal"]


def test_what_nothing_is_like_is_lacking():
    """The fields that provisioning would make, and none that every tracker has."""
    found = propose(Shape((there("Root cause", "select"),)))

    assert "tone" in found.lacking
    assert "root_cause" not in found.lacking
    assert not {"summary", "owner", "stage"} & set(found.lacking)


def test_the_one_status_field_needs_no_entry():
    """Only where several could be it one is named."""
    assert "stage" not in fields(there("Status", "status"))
    assert fields(there("Status", "status"), there("Phase 2", "status"))["stage"].found.name == "Status"


# -- laws

NAMES = st.one_of(
    st.sampled_from(
        [label(name) for name in FIELDS] + ["Ursache", "Customer", "Bug", "Status", 'x #1: "y"\n']
    ),
    st.text(max_size=12),
)
AVAILABLE = st.builds(
    lambda id, name, type, options, writable: Available(
        f"f{id}", name, type, KINDS[type], dict(enumerate(options)), writable
    ),
    st.integers(0, 30),
    NAMES,
    st.sampled_from(sorted(KINDS)),
    st.lists(NAMES, max_size=4),
    st.booleans(),
)
STEPS = st.builds(
    Step,
    st.integers(0, 9).map(str),
    st.one_of(st.sampled_from(["Open", "Done", "Closed", "In progress", "Fertig"]), st.text(max_size=8)),
    st.booleans(),
    st.booleans(),
    st.integers(0, 9),
)
SHAPES = st.builds(
    lambda fields_, steps: Shape(tuple(fields_), tuple(steps)),
    st.lists(AVAILABLE, max_size=8, unique_by=lambda one: one.spelling),
    st.lists(STEPS, max_size=6, unique_by=lambda one: one.spelling),
)


@given(SHAPES, st.randoms(use_true_random=False))
def test_a_proposal_does_not_hang_on_the_order_of_things(shape, chance: random.Random):
    """Twice the same, and the same from a tracker that lists its things otherwise."""
    mixed = replace(
        shape,
        fields=tuple(chance.sample(shape.fields, len(shape.fields))),
        steps=tuple(chance.sample(shape.steps, len(shape.steps))),
    )

    assert propose(shape) == propose(shape) == propose(mixed)


@given(SHAPES)
def test_a_proposal_can_be_kept(shape):
    """No field and no status stands for two of ours, each fits, and how sure it is lies within 0 and 100."""
    found = propose(shape)
    spellings = [match.found.spelling for match in found.fields]
    statuses = [rung.step.spelling for rung in found.stages]

    assert len(spellings) == len(set(spellings))
    assert len(statuses) == len(set(statuses))
    assert all(FIELDS[match.name].kind in match.found.kinds for match in found.fields)
    assert all(0 <= one.confidence <= 100 for part in (found.fields, found.stages) for one in part)
    for match in found.fields:
        assert len({one.option for one in match.options}) == len(match.options)
        assert {one.option for one in match.options} <= {o.strip() for o in match.found.options.values()}
