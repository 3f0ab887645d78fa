"""An error is told by its place, never by its words."""

from escsync.domain.fault import place


def test_an_error_names_its_place_and_keeps_its_text_to_itself():
    """What customers wrote may stand in an error's text."""
    try:
        int("a customer's secret")
    except ValueError as error:
        told = place(error)

    assert told.startswith("ValueError in test_fault.py:")
    assert "secret" not in told


def test_an_error_that_was_never_raised_has_no_place():
    """Only its kind is known."""
    assert place(KeyError("x")) == "KeyError"
