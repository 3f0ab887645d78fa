"""Neighbours: who else of the same configuration uses what is about to be taken away."""

import pytest

from escsync.offers import Provided
from escsync.setup.neighbours import neighbours

TONE = Provided("customfield_7", "field", "the field 'Tone', 3 tickets hold a value")


def tracker(url="https://acme.example", adapter="jira", **more):
    return {"adapter": adapter, "connection": {"url": url}, **more}


@pytest.mark.parametrize(
    ("section", "shared"),
    [
        (tracker(), True),
        (tracker("https://ACME.example/"), True),
        (tracker("https://other.example"), False),
        (tracker("${env:URL}"), True),
        ({"adapter": "jira"}, True),
        (tracker(adapter="notion"), False),
        ("nonsense", False),
    ],
)
def test_a_neighbour_is_kept_in_the_same_place(section, shared):
    """Where it cannot be known, it may be one: what is not removed can be removed later."""
    found = neighbours({"support": tracker(), "helpdesk": section}, "support")

    assert [one.name for one in found] == ["helpdesk"] * shared


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ({"fields": {"tone": "customfield_7"}}, "fields.tone"),
        (
            {"fields": {"checklist.tam_spoken": ["customfield_1", "CustomField_7#Done"]}},
            "fields.checklist.tam_spoken",
        ),
        ({"fields": {"tone": "Tone"}}, "fields.tone"),
        ({"fields": {"tone": "cf[7]"}}, "fields.tone"),
        ({"fields": {"checklist.tam_spoken": ["cf[7]#Done"]}}, "fields.checklist.tam_spoken"),
        ({"fields": {"tone": "cf[77]"}}, ""),
        ({"scope": {"database": "customfield_7"}}, "scope.database"),
        ({"fields": {"tone": "customfield_77", "health": None, "due_at": 7}}, ""),
        ({"fields": "rubbish"}, ""),
        ({}, ""),
    ],
)
def test_a_neighbour_uses_what_it_names(section, key):
    """By its id, by an option of it, or by what it is called."""
    (one,) = neighbours({"support": tracker(), "helpdesk": tracker(**section)}, "support")

    assert one.use(TONE) == key


def test_a_configuration_without_trackers_has_no_neighbours():
    """Somebody took them out a moment ago."""
    assert neighbours(None, "support") == ()
