"""The outline that is kept: as it was, and silent about what the configuration itself changed."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given, settings
from setup.test_drift import ALL, CAUSE, DANA, DUE, FLOW, INTAKE, NAMES, TEAM, parts

from escsync.adapter import PersonKind, TrackerPerson, Vocabulary
from escsync.domain.people import Directory, Person
from escsync.setup.schema.drift import Kind, compare
from escsync.setup.schema.outline import by_id, expected, first, kept, known, meant, missing, people, spelled

NOBODY = Directory()


@settings(max_examples=80, deadline=None)
@given(parts)
def test_what_is_kept_comes_back_equal(some):
    """Through JSON, whatever the names are."""
    names = {}

    back = known(json.loads(json.dumps(kept(some, names))), names)

    assert compare(some, back) == compare(back, some) == ()
    assert len(back) == len(some)


@settings(max_examples=80, deadline=None)
@given(parts, parts)
def test_a_first_outline_says_what_the_memory_would_have_said(recalled, now):
    """Today and, because it is kept, every day until somebody accepts it; about nothing else."""
    outline = first(recalled, now)

    assert compare(outline, now) == compare(recalled, now)
    assert first((), now) == tuple(outline) if not recalled else True


def test_without_a_memory_the_present_is_what_is_compared_with():
    """Later changes are seen, what is there is not one."""
    outline = first((), ALL)

    assert compare(outline, ALL) == ()
    assert [one.kind for one in compare(outline, [one for one in ALL if one is not TEAM])] == [Kind.OPTIONAL]


def test_a_first_outline_keeps_what_the_memory_did_not_know():
    """A workflow that the memory knows nothing of is there from now on."""
    outline = first([replace(CAUSE, type=None, required=None, name="Old")], ALL)

    later = compare(outline, [replace(one, steps=()) if one is FLOW else one for one in ALL])
    assert [one.kind for one in later] == [Kind.RENAMED, Kind.MOVES]


def test_what_the_configuration_names_otherwise_today_is_no_drift():
    """A field that is mapped anew, a person with another id: the outline says nothing of what they were before."""
    dana = Person("dana", "Dana Reyes", ids={"support": "u1"})
    then = spelled(Vocabulary(fields={"root_cause": ("f1",)}), Directory([dana]), "support")
    now = spelled(
        Vocabulary(fields={"root_cause": ("f5",)}),
        Directory([replace(dana, ids={"support": "u5"})]),
        "support",
    )

    content = kept([CAUSE, DANA], then)

    assert len(known(content, then)) == 2
    assert known(content, now) == ()


def test_rubbish_is_left_out():
    """Whatever somebody wrote into the ledger."""
    assert known([7, None, {}, {"kind": "field"}, {**kept([CAUSE], {})[0], "used": 5}], {}) == ()


def test_people_are_parts_by_their_ids():
    """Only who has one and is shown there; the global fallback says so."""
    directory = Directory(
        [
            Person("dana", "Dana Reyes", ids={"support": "u1"}),
            Person("idris", "Idris", ids={"support": "u2"}),
            Person("gone", "Gone", ids={"support": "u9"}),
            Person("else", "Elsewhere", ids={"crm": "u1"}),
            Person("queue", "Queue", kind=PersonKind.QUEUE, ids={"support": "q"}),
        ],
        "idris",
    )
    accounts = [
        TrackerPerson("u1", "Dana R"),
        TrackerPerson("u2", "Idris", active=False),
        TrackerPerson("q", "Q"),
    ]

    found = list(people(directory, "support", accounts))

    assert [(part.id, part.used, part.category) for part in found] == [
        ("u1", ("people.dana",), "active"),
        ("u2", ("people.idris", "fallback_owner"), "inactive"),
    ]


def test_before_anything_was_accepted_people_are_expected_to_be_as_people_yaml_says():
    """Who left since is seen on the first day, unless people.yaml knows it already."""
    directory = Directory(
        [
            Person("dana", "Dana", ids={"support": "u1"}),
            Person("lena", "Lena", active=False, ids={"support": "u2"}),
        ]
    )
    accounts = [TrackerPerson("u1", "Dana", active=False), TrackerPerson("u2", "Lena", active=False)]

    found = compare(
        list(expected(directory, "support", accounts)), list(people(directory, "support", accounts))
    )

    assert [(one.kind, one.subject) for one in found] == [(Kind.DEACTIVATED, "people.dana")]


def test_what_a_name_meant_is_looked_for_by_its_id():
    """Where nothing has the name any more; what is mapped by its id is surely gone."""
    now = [one for one in ALL if one not in (CAUSE, DUE, INTAKE)]

    lost = missing(ALL, now, NAMES)

    words = by_id(NAMES, lost)
    assert {part.id for part in lost} == {"f1", "s1"}
    assert words.fields == {"root_cause": ("f1",), "due_at": ("f2",)}
    assert list(words.stages.values()) == [("s1",), ("s2",)]


def test_what_goes_by_a_name_that_it_no_longer_has_is_not_meant_any_more():
    """By its id, by its name, as a part of a path, or because nothing says otherwise it is."""
    names = {
        "fields.root_cause": ("Account.Root cause",),
        "fields.due_at": ("f2",),
        "stages.intake": ("Inbox",),
    }

    assert [part.id for part in ALL if not meant(part, names)] == ["s1"]
