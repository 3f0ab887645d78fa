"""Text from trackers is shown without its power over the terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.report.display import lines, shown


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("line\r\nbreak\tand  spaces ", "line break and spaces"),
        ("\u202eevil\u2066 order", "evil order"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\x9b31mC1", "31mC1"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("Grüße 東京 👩\u200d💻", "Grüße 東京 👩\u200d💻"),
        ("[bold]no markup[/bold] :smile:", "[bold]no markup[/bold] :smile:"),
        (None, "None"),
    ],
)
def test_hostile_text_is_made_harmless(raw, expected):
    """Control, colour and direction characters go; letters of every script stay."""
    assert shown(raw) == expected


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(raw):
    """Whatever came, no control, format or surrogate character is shown, and it is one line."""
    left = {unicodedata.category(ch) for ch in shown(raw) if ch not in "\u200c\u200d"}

    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "\n" not in shown(raw)


@given(st.text(), st.integers(2, 40))
def test_a_limit_is_kept(raw, limit):
    """A text is cut to its limit, and says so."""
    assert len(shown(raw, limit)) <= limit


def test_five_megabytes_are_cut_without_being_read():
    """Only what can be seen is looked at."""
    assert shown("x" * 5_000_000, 10) == "xxxxxxxxx…"


def test_lines_keep_their_indentation():
    """A text of several lines stays one; each line is harmless."""
    assert lines("a\n  b\x1b[0m\tc\r\n") == ["a", "  b [0m c", ""]
