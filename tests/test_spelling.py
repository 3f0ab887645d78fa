"""What people write into trackers, read alike by every adapter."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.adapter import PersonRef
from escsync.spelling import number, people, yes


@pytest.mark.parametrize(
    ("word", "said"),
    [("Yes", True), (" y ", True), ("1", True), ("Ja", True), ("sí", True), ("Technical", True),
     ("no", False), ("0", False), ("NEIN", False), ("não", False), ("maybe", None), ("", None)],
)  # fmt: skip
def test_yes_and_no_in_some_languages(word, said):
    """What says neither is no answer."""
    assert yes(word) is said


@pytest.mark.parametrize(
    ("raw", "found"),
    [("1,250.50", "1250.5"), ("180000", "180000"), (180000.0, "180000"), ("-3", "-3"), ("1e3", "1000"),
     ("1,25", None), ("1.250,50", None), ("about 5", None), ("NaN", None), ("Infinity", None), (True, None),
     ("1e999", None), ("9" * 41, None), (None, None), ([], None), ("", None)],
)  # fmt: skip
def test_a_number_is_read_or_is_none(raw, found):
    """Neither a guess nor an attempt to fill the memory."""
    assert number(raw) == (None if found is None else Decimal(found))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_spelled_out_is_that_number_in_one_form(value):
    """Equal numbers are equal texts: no digest differs by trailing zeros."""
    found = number(format(value, "f"))

    assert found == value
    assert str(number(str(found))) == str(found)


@pytest.mark.parametrize(
    ("text", "several", "named"),
    [
        ("Dana / Ana", True, [PersonRef(name="Dana"), PersonRef(name="Ana")]),
        (
            "dana@acme.example, Ana Silva",
            True,
            [PersonRef(email="dana@acme.example"), PersonRef(name="Ana Silva")],
        ),
        ("Dana and Ana; Lena & Idris", True, [PersonRef(name=n) for n in ("Dana", "Ana", "Lena", "Idris")]),
        ("Anders Sandberg", True, [PersonRef(name="Anders Sandberg")]),
        ("Dana / Ana", False, [PersonRef(name="Dana / Ana")]),
        (" / ", True, []),
    ],
)
def test_a_text_names_people(text, several, named):
    """Decision 13: an owner's text may name two, and then there are two."""
    assert list(people(text, several=several)) == named
