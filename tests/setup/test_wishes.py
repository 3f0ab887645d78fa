"""What is wished of a tracker: the fields of the process, called as people would call them."""

from __future__ import annotations

import pytest

from escsync.adapter import FIELDS, FieldKind, Vocabulary, canonical
from escsync.setup.wishes import FROM_ACCOUNTS, NATIVE, OPTIONAL, choices, label, wishes
from escsync.spelling import yes


@pytest.mark.parametrize("name", FIELDS)
def test_an_option_reads_back_as_the_value_that_it_is_made_for(name):
    """Whatever it is called, no `options:` is needed: its name folds to the canonical value."""
    field = FIELDS[name]

    made = choices(field, {})

    if field.kind is FieldKind.FLAG:
        assert {value: yes(shown) for value, shown in made.items()} == {"yes": True, "no": False}
    else:
        assert [canonical(field, shown) for shown in made.values()] == list(field.choices)
    assert all(shown[0].isupper() for shown in made.values())


def test_what_people_abbreviate_is_written_as_they_do():
    """An option is read by executives: SLA, not Sla."""
    spoken = {shown for field in FIELDS.values() for shown in choices(field, {}).values()}

    assert spoken >= {
        "AE escalation",
        "CSM escalation",
        "Exec CC",
        "Exec LinkedIn",
        "Knowledge base gap",
        "N/A",
        "SLA breach",
        "SMB",
        "Tier 1",
        "UX complaint",
    }


def test_labels_are_different_and_plain():
    """No two fields are made under one name, and none holds a character that a tracker forbids in names."""
    labels = [label(name) for name in FIELDS]

    assert len({one.casefold() for one in labels}) == len(labels)
    assert all(len(one) <= 40 and one.replace("-", "").replace(" ", "").isalpha() for one in labels)


def test_the_standard_fields_are_wished_for():
    """All but what every tracker has, and what nobody owes."""
    wished = {wish.wanted.name for wish in wishes(Vocabulary())}

    assert wished == set(FIELDS) - set(NATIVE) - set(OPTIONAL)


@pytest.mark.parametrize(
    ("given", "gone", "come"),
    [
        pytest.param({"accounts": True}, set(FROM_ACCOUNTS), set(), id="accounts.csv tells them"),
        pytest.param({"leave_out": ("tone", "health")}, {"tone", "health"}, set(), id="left out by the team"),
    ],
)
def test_what_is_not_needed_is_not_wished_for(given, gone, come):
    """What another source tells or a team does without is not made."""
    usual = {wish.wanted.name for wish in wishes(Vocabulary())}

    wished = {wish.wanted.name for wish in wishes(Vocabulary(), **given)}

    assert (usual - wished, wished - usual) == (gone, come)


def test_what_is_mapped_is_wished_for_whatever_it_is():
    """A key of `fields:` names what must exist, left out or not."""
    vocabulary = Vocabulary(
        fields={"contact.email": ("Mail",), "tone": ("T",)}, options={"tone": {"public": ("Loud", "x")}}
    )

    wished = {wish.wanted.name: wish for wish in wishes(vocabulary, leave_out=("tone",))}

    assert wished["contact.email"].named == ("Mail",)
    assert wished["tone"].choices == {
        "private": "Private",
        "threat_public": "Threat public",
        "public": "Loud",
    }


def test_only_what_is_named_is_looked_at():
    """--field asks for one thing, even one that nobody owes."""
    assert [w.wanted.name for w in wishes(Vocabulary(), only=("identified_by", "tone"))] == [
        "identified_by",
        "tone",
    ]


def test_a_mapped_answer_keeps_its_name():
    """`options:` maps a yes-or-no question under true and false."""
    assert choices(FIELDS["is_technical"], {"true": ("Ja",)}) == {"yes": "Ja", "no": "No"}
