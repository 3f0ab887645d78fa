"""The program as a process: what it loads, how it ends, what it never shows."""

import json
import subprocess
import sys

import pytest
from e2e.house import PROGRAM, House, program

HEAVY = ("sqlalchemy", "pydantic", "jira", "requests", "ruamel", "alembic", "tenacity")


@pytest.fixture
def house(tmp_path):
    """The demo's project."""
    return House(tmp_path).build()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["sync", "--help"], ["rule", "ACK_BREACHED"], []]
)
def test_help_loads_no_sdk_and_no_database(arguments):
    """Asking for help is fast: nothing heavy is imported."""
    # Typer itself takes pydantic to read the options of a command.
    names = [name for name in HEAVY if name != "pydantic" or len(arguments) < 2]
    code = (
        "import sys; from escsync.cli import main; main(sys.argv[1:]);"
        f"print([name for name in {names!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_every_command_of_this_issue_is_there_and_no_other(tmp_path):
    """Commands that are not built are not announced."""
    text = program("--help", cwd=tmp_path, environ={"COLUMNS": "200"}).stdout
    names = "demo init provision deprovision doctor drift plan apply sync run handover status list show explain draft rule schema adapters policy ledger"

    for name in names.split():
        assert f"│ {name} " in text
    for name in ("intake", "report", "review", "backtest", "worker"):
        assert f"│ {name} " not in text


def test_the_version_is_one_line(tmp_path):
    """`escsync --version`."""
    done = program("--version", cwd=tmp_path)

    assert done.stdout.startswith("escsync ")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "No such command"),
        (["sync", "--max-writes", "many"], "--max-writes"),
        (["sync", "--max-share", "1.5"], "--max-share"),
        (["list", "--format", "xml"], "--format"),
        (["show"], "Missing argument"),
        (["list", "--at", "2026-03-03T12:00:00"], "its offset is missing; write 2026-03-03T12:00:00Z"),
        (["list", "--at", "2026-03-03"], "its offset is missing"),
        (["--at", "noon", "list"], "not an instant"),
        (["list", "--stage", "investigtion"], "did you mean 'investigation'?"),
        (["list", "--csm", "Priya Nar"], "did you mean 'Priya Nair'?"),
        (["list", "--tracker", "suport"], "did you mean 'support'?"),
        (["list", "--config", "other.yaml"], "other.yaml: there is no such file"),
        (["show", "NOPE-1"], "the ledger knows no such escalation"),
        (["explain", "ESC-1", "akc"], "did you mean 'ack'?"),
        (["rule", "ACK_BREACHD"], "did you mean 'ACK_BREACHED'?"),
        (["init", "--tracker", "jiraa"], "did you mean 'jira'?"),
        (["init"], "which tracker?"),
        (["init", "--tracker", "local"], "exists already and stays as it is"),
        (["run", "--every", "soon"], "not a duration"),
        (["run", "--every", "0"], "at least 1s"),
        (["demo", "--dir", "escsync.yaml"], "this is a file"),
        (["demo", "--dir", "."], "not empty and not a demo's"),
        (["ledger", "backup", "people.yaml"], "exists already; a backup overwrites nothing"),
        (["ledger", "backup", "no/where.db"], "its folder does not exist"),
    ],
)
def test_a_mistake_of_the_user_is_one_clear_line_and_exit_2(house, arguments, said):
    """What is wrong and what was meant; no traceback."""
    answer = house(*arguments)

    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert not answer.out


def test_every_configuration_error_is_printed_at_once(house):
    """FILE:LINE: key.path: what is wrong; did you mean 'x'?, all of them, exit 2."""
    house.configure("timezone: Europe/Berlin", "timezone: Europe/Berln").configure(
        "mode: annotate", "mood: annotate"
    )

    answer = house("sync")

    assert answer.code == 2
    assert "escsync.yaml:3: timezone:" in answer.err
    assert "trackers.support.mood" in answer.err


def test_without_a_configuration_it_says_how_to_begin(tmp_path):
    """The first minute of a newcomer."""
    answer = House(tmp_path)("sync")

    assert answer.code == 2
    assert "escsync init" in answer.err
    assert "escsync demo" in answer.err


def test_the_configuration_is_found_by_the_environment(house, tmp_path):
    """--config, else $ESCSYNC_CONFIG, else ./escsync.yaml."""
    elsewhere = House(tmp_path / "elsewhere")
    elsewhere.folder.mkdir()
    elsewhere.environ = {"ESCSYNC_CONFIG": str(house.folder / "escsync.yaml")}

    assert elsewhere("list").code == 0


def test_an_unexpected_error_is_one_line_and_v_shows_the_trace_without_secrets(house):
    """No traceback reaches a user who did not ask; secrets never."""
    house.environ = {"JIRA_TOKEN": "s3cr3t-token"}

    def broken():
        raise RuntimeError("customer text with s3cr3t-token")

    answer = house("list", host=house.host(clock=broken))
    traced = house("list", "-v", host=house.host(clock=broken))

    assert answer.code == traced.code == 5
    assert "this should not have happened: RuntimeError in test_program.py" in answer.err
    assert "customer text" not in answer.err
    assert "Traceback" in traced.err
    assert "s3cr3t" not in answer.err + traced.err


def test_a_reader_who_has_seen_enough_is_no_error(house):
    """`escsync schema | head -1` ends quietly."""
    done = subprocess.run(
        f"{PROGRAM} schema | head -c 10", cwd=house.folder, shell=True, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip

    assert done.stdout == '{\n  "$sche'
    assert done.stderr == ""


def test_closed_and_full_outputs_are_no_surprise(house):
    """Whoever starts a daemon may close its streams; a full disk is said in a line."""
    closed = subprocess.run(
        f"{PROGRAM} adapters >&- 2>&-", cwd=house.folder, shell=True, timeout=60, check=False
    )
    full = subprocess.run(
        f"{PROGRAM} adapters >/dev/full", cwd=house.folder, shell=True, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip

    assert closed.returncode == 0
    assert full.returncode == 5
    assert full.stderr == "escsync: not everything could be written: No space left on device\n"


def test_ctrl_c_is_130(house):
    """Interrupted."""

    def interrupted():
        raise KeyboardInterrupt

    answer = house("list", host=house.host(clock=interrupted))

    assert answer.code == 130
    assert "Traceback" not in answer.err


def test_no_colour_goes_into_a_pipe_and_no_color_is_obeyed(house):
    """Colour on a terminal only."""
    assert "\x1b[" not in house("status").out
    house.environ = {"FORCE_COLOR": "1", "NO_COLOR": "1"}
    assert "\x1b[3" not in house("doctor").out


def test_the_shared_options_stand_before_or_after_the_command(house):
    """Both are accepted, and the later one wins."""
    before = house("--format", "json", "--at", "2026-03-03T13:00:00+01:00", "list")
    after = house("list", "--format", "json", "--at", "2026-03-03T12:00:00Z")
    both = house("--at", "2020-01-01T00:00:00Z", "--format", "text", "list", "--format", "json", "--at",
                 "2026-03-03T12:00:00Z")  # fmt: skip

    assert before.json == after.json == both.json
    assert before.json["at"] == "2026-03-03T12:00:00Z"


def test_completion_is_offered(tmp_path):
    """A shell can complete the commands."""
    # Which shell asks is found out by the processes above: a test has whatever it was started from.
    told = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = program("--show-completion", "bash", cwd=tmp_path, environ=told)

    assert done.returncode == 0, done.stderr
    assert "_ESCSYNC_COMPLETE=complete_bash" in done.stdout


def test_json_on_stdout_is_one_document(house):
    """Whatever else is said goes to stderr."""
    for command in (["list"], ["status"], ["doctor"], ["adapters"], ["policy", "show"], ["schema"],
                    ["rule", "ACK_BREACHED"], ["ledger", "check"], ["ledger", "backup", "copy.db"]):  # fmt: skip
        answer = house(*command, "--format", "json")
        assert answer.code == 0, answer.err
        assert json.loads(answer.out)
