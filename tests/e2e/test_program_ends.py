"""With `--format json` whoever reads stdout gets one document, however a command ends."""

import pytest
from e2e.house import House

from escsync.cli.exits import problem
from escsync.cli.terminal import Terminal

KEYS = {"file", "line", "column", "path", "message", "suggestion", "reason", "remedy"}
UNREACHABLE = "postgresql+psycopg://esc@127.0.0.1:1/escsync"


@pytest.fixture
def house(tmp_path):
    """The demo's project."""
    return House(tmp_path).build()


def interrupted():
    raise KeyboardInterrupt


def broken():
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("command", "code", "message", "remedy"),
    [
        (["list", "--config", "nope.yaml"], 2, "nope.yaml: there is no such file", ""),
        (["list", "--at", "yesterday"], 2, "--at yesterday: not an instant", ""),
        (["doctor", "--at", "9999-12-31T23:59:59Z"], 2, "is the year right?", ""),
        (["plan", "--at", "2206-03-03T12:00:00Z"], 2, "is the year right?", ""),
        (["show", "NOPE-1"], 2, "NOPE-1: the ledger knows no such escalation", ""),
        (["apply", "nope.json"], 2, "nope.json: No such file or directory", ""),
        (["drift", "--bogus"], 2, "No such option: --bogus", "`escsync --help`"),
        (["nonsense"], 2, "No such command 'nonsense'", "`escsync --help`"),
        (["list", "--tracker", "nope"], 2, "there is no tracker 'nope'", "Write `--tracker"),
    ],
)
def test_what_ends_a_command_is_a_document(house, command, code, message, remedy):
    """In the shape of the problems of a configuration; the words for people stay on stderr."""
    told, plain = house(*command, "--format", "json"), house(*command)

    (first, *_) = told.json["problems"]
    assert (told.code, plain.code, plain.out) == (code, code, "")
    assert told.err == plain.err
    assert message in first["message"]
    assert remedy in first["remedy"]
    assert set(first) == KEYS


def test_a_ledger_that_cannot_be_reached_is_told_with_its_remedy(house):
    """A program needs no stderr to know why."""
    house.configure("ledger: sqlite:///escsync.db", f"ledger: {UNREACHABLE}")

    answer = house("drift", "--format=json")

    (only,) = answer.json["problems"]
    assert answer.code == 2
    assert (only["file"], only["line"]) == (None, None)
    assert only["message"]
    assert only["remedy"]


@pytest.mark.parametrize(
    ("clock", "code", "message"), [(interrupted, 130, "interrupted"), (broken, 5, "should not have happened")]
)
def test_an_interruption_and_a_surprise_are_documents_too(house, clock, code, message):
    """The exit code is the one that it would be without JSON."""
    answer = house("list", "--format", "json", host=house.host(clock=clock))

    (only,) = answer.json["problems"]
    assert answer.code == code
    assert message in only["message"]
    assert only["remedy"]


def test_a_result_that_is_told_already_is_followed_by_no_other(capsys):
    """What breaks off afterwards is said on stderr only."""
    terminal = Terminal({}, as_json=True)

    terminal.document({"schema": 1})
    terminal.ended([problem("too late")])

    assert capsys.readouterr().out == '{"schema": 1}\n'
