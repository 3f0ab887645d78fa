"""The table of wrong configurations: each file of tests/wrong holds a project, and first the lines that it must give."""

import re
from pathlib import Path

import pytest
from e2e.house import House
from jsonschema import Draft202012Validator

from escsync.config import people_schema, policy_file_schema, schema
from escsync.config.document import parse

WRONG = sorted((Path(__file__).parent / "wrong").glob("*.txt"))
SECRETS = ("geheim99", "hush")
"""How every secret in the table is spelt, written out or not."""
PART = re.compile(r"^-- (.+) --\n", re.MULTILINE)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Lays out the files of one case and asks for a plan in their folder."""

    def run(case, *arguments):
        monkeypatch.chdir(tmp_path)
        expected, *parts = PART.split(case.read_text("utf-8"))
        files = dict(zip(parts[::2], parts[1::2], strict=True))
        house = House(tmp_path)
        house.environ = dict(line.split("=", 1) for line in files.pop("environment", "").splitlines())
        for name, text in files.items():
            Path(name).write_text(text, "utf-8")
        return expected.splitlines(), house("plan", *arguments)

    return run


@pytest.mark.parametrize("case", WRONG, ids=[case.stem for case in WRONG])
def test_a_wrong_configuration_gives_exactly_its_lines(project, case):
    """What is wrong, where, why, and what to write instead; nothing secret, no trace, exit 2."""
    expected, answer = project(case)
    said = [line for line in answer.err.splitlines() if not line.startswith("    ")]
    below = [line.strip() for line in answer.err.splitlines() if line.startswith("    ")]

    assert [line.removeprefix("escsync: ") for line in said] == expected
    assert (answer.code, answer.out) == (2, "")
    assert all(re.match(r"[\w.-]+:\d+: \S+: ", line) for line in expected)
    for word in ("why: ", "do:  "):
        assert sum(line.startswith(word) and len(line) > len(word) + 5 for line in below) == len(expected)
    assert not any(secret in answer.err for secret in SECRETS)
    assert "Traceback" not in answer.err


def test_the_table_is_long_enough_to_mean_something():
    """Every file, every section, every tracker."""
    names = [case.stem for case in WRONG]

    assert len(names) >= 150
    for area in (
        "yaml",
        "policy",
        "people",
        "accounts",
        "include",
        "env",
        "jira",
        "salesforce",
        "notion",
        "local",
    ):
        assert sum(name.startswith(area) for name in names) >= 2, area


def test_an_editor_marks_what_one_value_alone_can_show():
    """The schema and the loader are of one mind; only what takes two values, or two files, to see waits for the loader."""
    schemas = {"escsync.yaml": schema(), "people.yaml": people_schema(), "policy.yaml": policy_file_schema()}
    marked, unmarked = 0, []
    for case in WRONG:
        expected, *parts = PART.split(case.read_text("utf-8"))
        file = expected.partition(":")[0]
        if file in schemas and not re.match("yaml-|key-written", case.stem):
            data = parse(dict(zip(parts[::2], parts[1::2], strict=True)).get(file, ""), file).data
            fits = Draft202012Validator(schemas[file]).is_valid(data)
            marked += not fits
            unmarked += [case.stem] if fits else []

    assert marked >= 85, unmarked
    assert marked > 1.5 * len(unmarked)


def test_as_json_each_problem_has_its_column_its_reason_and_its_remedy(project):
    """A program that reads the answer needs no regular expression; the lines stay on stderr."""
    (case,) = (case for case in WRONG if case.stem == "several-mistakes-at-once")

    expected, answer = project(case, "--format", "json")

    told = answer.json["problems"]
    assert [line for line in answer.err.splitlines() if not line.startswith("    ")] == [
        f"escsync: {line}" for line in expected
    ]
    assert [f"{one['file']}:{one['line']}: {one['path']}: {one['message']}" for one in told] == [
        line.partition("; did you mean")[0] for line in expected
    ]
    assert [(one["line"], one["column"], one["suggestion"]) for one in told[:3]] == [
        (2, 11, "Europe/Berlin"), (9, 14, "local"), (2, 3, "ack"),
    ]  # fmt: skip
    assert all(one["reason"] and one["remedy"] for one in told)


def test_the_line_is_shown_with_a_mark_below_the_column(project):
    """A person sees at once what is meant; the mark stands under the very character."""
    (case,) = (case for case in WRONG if case.stem == "mode-misspelt")

    _, answer = project(case)

    lines = answer.err.splitlines()
    assert lines[1:3] == ["    8 |     mode: anotate", "      |           ^ column 11"]
    assert lines[-1] == "    do:  Write `mode: annotate`."


def test_a_line_that_may_hold_a_secret_is_never_shown(project):
    """Whatever is wrong with it."""
    shown = [
        (case.stem, answer.err)
        for case in WRONG
        if "geheim99" in case.read_text("utf-8") and not re.search(r"-two-|several", case.stem)
        for answer in [project(case)[1]]
        if "^ column" in answer.err
    ]

    assert shown == []
