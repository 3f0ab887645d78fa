"""Provisioning that somebody ends in the middle: what was made is written down and told."""

import signal

import pytest
from e2e.office import Office

from escsync.cli.everywhere import Options
from escsync.cli.provisioning.pen import Pen, files
from escsync.cli.session import Session
from escsync.ledger import Ledger, LedgerError
from escsync.offers import Provided
from escsync.setup.editing.writeback import written

ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def attended():
    """The signals mean what a terminal makes of them, even where the tests themselves run under `nohup`."""
    before = {number: signal.getsignal(number) for number in ENDS}
    for number in ENDS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.tracker.close()


def rings(office, *numbers, operation="provide", at=4):
    """With the request *at* its place the program gets these signals."""
    seen = []

    def hook(asked, when):
        if (asked, when) == (operation, "after"):
            seen.append(asked)
            for number in numbers if len(seen) == at else ():
                assert signal.getsignal(number) is not signal.SIG_DFL, "the program would die here"
                signal.raise_signal(number)

    office.tracker.hook = hook


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("number", ENDS)
def test_whoever_ends_it_what_was_made_stands_in_the_file(office, number, form):
    """Ctrl-C, the service manager, a closed terminal: 130, one document, and the next run goes on."""
    rings(office, number)

    ended = office("provision", "--apply", "--format", form)
    between = office.text
    office.tracker.hook = None
    finished = office("provision", "--apply")

    assert ended.code == 130
    assert "interrupted" in ended.err
    assert "tone: f2" in between
    assert finished.code == 0
    assert office.names == ["Escalation health", "Next deadline", "Root cause", "Severity", "Tone"]
    if form == "json":
        support = ended.json["trackers"]["support"]
        assert [one["id"] for one in support["made"]] == ["f1", "f2"]
        assert [one["code"] for one in support["errors"]] == ["INTERRUPTED"]


def test_an_end_in_the_middle_of_the_last_write_comes_after_it(office):
    """Everything is made by then, and nothing of it written down yet."""
    begun = []

    def edit(*about):
        begun.append(about)
        if len(begun) == 1:
            raise KeyboardInterrupt
        return written(*about)

    session = Session(office.host(), Options(config=office.path))
    with pytest.raises(KeyboardInterrupt), Pen(session, "support", edit, files(session)) as pen:
        pen.note(Provided("f9", "field", "a field", {("fields", "tone"): "f9"}))
    session.close()

    assert "tone: f9" in office.text
    assert pen.left == []


def test_deprovision_ends_as_orderly(office):
    """What was removed is taken out of the file and told."""
    office("provision", "--apply")
    rings(office, signal.SIGTERM, operation="withdraw", at=3)

    ended = office("deprovision", "--apply", "--format", "json")

    assert ended.code == 130
    assert ended.json["trackers"]["support"]["removed"] == ["f2", "f3"]
    assert "tone:" not in office.text
    assert "health: f5" in office.text


def test_what_the_shell_has_it_ignore_stays_ignored(office):
    """`nohup` means that a terminal may close."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    rings(office, signal.SIGHUP)
    try:
        answer = office("provision", "--apply")
    finally:
        left = signal.signal(signal.SIGHUP, before)

    assert (answer.code, left) == (0, signal.SIG_IGN)


def test_signals_mean_afterwards_what_they_meant_before(office):
    """The handling ends with the command."""
    before = [signal.getsignal(number) for number in ENDS]

    office("provision", "--apply")

    assert [signal.getsignal(number) for number in ENDS] == before


def test_what_was_learnt_before_is_void_after_an_interruption_too(office):
    """The next pass looks which fields there are by now."""
    url = f"sqlite:///{office.folder}/escsync.db"
    with Ledger.open(url) as ledger:
        ledger.discovered("support", {"columns": {}}, "")
    rings(office, signal.SIGTERM)

    office("provision", "--apply")
    with Ledger.open(url) as ledger:
        left = ledger.discovery("support")

    assert left == {}


@pytest.mark.parametrize("error", [LedgerError("the disk is full", remedy="make room"), RuntimeError("odd")])
def test_a_document_says_what_was_done_whatever_happens(office, error):
    """A program that asked for JSON gets one document, beside the line for people."""
    made = []

    def hook(asked, when):
        if (asked, when) == ("provide", "after"):
            made.append(asked)
            if len(made) == 4:
                raise error

    office.tracker.hook = hook

    answer = office("provision", "--apply", "--format", "json")

    assert answer.code not in (0, 130)
    assert [one["id"] for one in answer.json["trackers"]["support"]["made"]] == ["f1", "f2"]
