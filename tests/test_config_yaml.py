"""YAML is read with its lines, as version 1.2, and whatever a file holds, in bounded time."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.config.document import parse, read, scalar
from escsync.config.problem import ConfigError


def test_values_are_those_of_yaml_1_2():
    """`off`, `yes` and dates are text; only true and false are flags; keys are always text."""
    document = parse("mode: off\nyes: no\nday: 2026-03-01\nn: 5\nf: 0.5\nflag: true\n10: 007\nnone: ~\n", "f")

    assert document.data == {
        "mode": "off", "yes": "no", "day": "2026-03-01", "n": 5, "f": 0.5, "flag": True, "10": "007", "none": None,
    }  # fmt: skip


def test_a_character_that_json_wrote_as_two_halves_is_one():
    """YAML 1.2 reads JSON, and `json.dumps` writes an emoji so."""
    found = parse('{"gl\\ud83d\\ude00": ["\\ud83d\\ude00", "\\u00e9"]}', "x").data

    assert found == {"gl\N{GRINNING FACE}": ["\N{GRINNING FACE}", "\u00e9"]}


@pytest.mark.parametrize("text", ['a: "\\ud83d"', 'a: ["\\ude00\\ud83d"]', '{"\\ud83d": 1}'])
def test_half_a_character_is_an_error_with_its_line(text):
    """No ledger and no tracker could take it."""
    with pytest.raises(ConfigError, match=r"x:2: .*: holds half of a character"):
        parse(f"# a remark\n{text}", "x")


def test_every_key_and_item_knows_its_line():
    """Errors point to where a person looks."""
    document = parse("a:\n  b:\n    - x\n    - {c: 1}\n", "f")

    assert document.line(("a", "b")) == 2
    assert document.line(("a", "b", 1)) == 4
    assert document.line(("a", "b", 1, "c")) == 4
    assert document.line(("a", "missing", "deeper")) == 1


def test_a_key_written_twice_is_an_error_with_both_lines():
    """Otherwise the first one would silently be lost."""
    with pytest.raises(ConfigError) as caught:
        parse("a: 1\nb: {c: 1,\n    c: 2}\na: 2\n", "f.yaml")

    assert caught.value.problems == (
        "f.yaml:3: b.c: is written twice, first in line 2",
        "f.yaml:4: a: is written twice, first in line 1",
    )


def test_anchors_and_merges_work():
    """What is repeated keeps the lines of where it is written out."""
    document = parse("base: &b\n  x: 1\n  y: 2\nother:\n  <<: *b\n  y: 3\nsame: *b\n", "f")

    assert document.data["other"] == {"x": 1, "y": 3}
    assert document.data["same"] == {"x": 1, "y": 2}
    assert document.line(("same", "x")) == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: [1,\nb: 2", 1, "is no YAML"),
        ('a: "b\nc: 1\nd: 2\n', 1, "is no YAML"),
        ("a: 1\nbc:d\ne: 2\n", 2, "is no YAML"),
        ("a:\n\tb: 1", 2, "indent with spaces"),
        ("a: 1\n---\nb: 2\n", 2, "more than one document"),
        ("a: !!python/object/apply:os.system [ls]", 1, "has a tag"),
        ("? [a, b]\n: c", 1, "a key must be plain text"),
        ("a: &x [*x]", 1, "refers to no anchor"),
        ("a: *nobody", 1, "refers to no anchor"),
        ("a: \x07", 1, "is no YAML"),
        ("<<: 5", 1, "merges no mapping"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(text, line, said):
    """No tag makes an object, and no mistake makes a traceback."""
    with pytest.raises(ConfigError) as caught:
        parse(text, "f")

    assert caught.value.problems[0].startswith(f"f:{line}: ")
    assert said in caught.value.problems[0]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 300_000,
        "{a: " * 100_000,
        "- " * 200_000,
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"b{i}: &b{i} [{','.join(['*' + (f'b{i - 1}' if i else 'a')] * 9)}]\n" for i in range(12)),
    ],
    ids=["flow", "mappings", "lists", "aliases"],
)
def test_a_hostile_file_is_refused_at_once(text):
    """Nesting and aliases are bounded before anything is built."""
    began = time.perf_counter()

    with pytest.raises(ConfigError, match="nested deeper|entries"):
        parse(text, "f")

    assert time.perf_counter() - began < 10


def test_a_file_of_5_mb_is_refused_unread(tmp_path):
    """It is no configuration."""
    (tmp_path / "big.yaml").write_text("a: b\n" * 1_000_000)

    with pytest.raises(ConfigError, match="is larger than 1000000 bytes"):
        read(tmp_path / "big.yaml")


@pytest.mark.parametrize(
    ("name", "said"),
    [("none.yaml", "there is no such file; make one"), ("folder", "cannot be read"), ("latin", "not UTF-8")],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, said):
    """Each is an error of the configuration, not of the program."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin").write_bytes("a: é".encode("latin-1"))

    with pytest.raises(ConfigError, match=said):
        read(tmp_path / name, missing="make one")


@given(st.text())
def test_any_text_is_read_or_refused(text):
    """There is no text that ends in another error."""
    with suppress(ConfigError):
        assert parse(text, "f").line(()) >= 1


@given(st.from_regex(r"[0-9.eE+-]{1,12}", fullmatch=True))
def test_a_number_is_written_back_as_it_was(text):
    """An identifier of digits survives: what would change when written again stays text."""
    value = scalar(text)

    assert str(value) == text or (isinstance(value, float) and float(text) == value)
