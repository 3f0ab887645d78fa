"""`policy show` says of every value where it comes from, and is a policy file all the same."""

import json
import re
from pathlib import Path

import pytest
from e2e.house import House

from escsync.config import policy_from, policy_yaml, rule, sources
from escsync.config.document import parse
from escsync.config.sources import values
from escsync.domain.policy import Policy

CONFIG = Path(__file__).parents[1] / "config"
POLICY = """\
clocks:
  ack: &quick
    within: 1h
  closure_comm: {<<: *quick, calendar: ny}
calendars:
  ny: {timezone: America/New_York, hours: {mon-fri: "09:00-17:00"}}
comms: {phrases: {commitment: [i swear]}}
analytics:
"""


@pytest.fixture
def house(tmp_path):
    """A project whose policy is in a file of its own."""
    text = (CONFIG / "local.yaml").read_text("utf-8")
    (tmp_path / "escsync.yaml").write_text(
        text.replace("people: people.yaml", "").replace("accounts: acc", "# acc"), "utf-8"
    )
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    return House(tmp_path)


def test_every_value_names_its_line_or_the_rule_of_the_process(house):
    """An admin sees at once whether a number was chosen here."""
    lines = (house.folder / "escsync.yaml").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if text.startswith("timezone:"))

    told = house("policy", "show", "--format", "json").json

    where = {
        key: Path(at["file"]).name + f":{at['line']}"
        for key, at in told["sources"].items()
        if at != "default"
    }
    assert where == {
        "timezone": f"escsync.yaml:{line}",
        "clocks.ack.within": "policy.yaml:3",
        "clocks.closure_comm.within": "policy.yaml:3",
        "clocks.closure_comm.calendar": "policy.yaml:4",
        "calendars.ny.timezone": "policy.yaml:6",
        "calendars.ny.hours.mon-fri": "policy.yaml:6",
        "comms.phrases.commitment": "policy.yaml:7",
    }
    assert told["sources"]["clocks.update.within"] == "default"
    assert told["rules"]["clocks.update.within"] == "UPD-1"


def test_the_text_says_so_behind_every_value_and_loads_back(house):
    """What is printed may be kept as policy.yaml."""
    answer = house("policy", "show")
    told = house("policy", "show", "--format", "json").json

    assert f"<- {house.folder}/policy.yaml:3\n" in re.sub(r"\n +# ", " ", answer.out)
    assert "within: PT8H  # How long it may take. <- default (UPD-1)\n" in answer.out
    assert policy_from(parse(answer.out, "p").data, timezone="Europe/Berlin").version == told["version"]


def test_only_what_was_changed_is_shown_and_loads_back_to_the_same(house):
    """The shortest file that says the same."""
    answer = house("policy", "show", "--changed")
    version = house("policy", "show", "--format", "json").json["version"]

    data = parse(answer.out, "p").data
    assert list(data) == ["timezone", "clocks", "calendars", "comms"]
    assert data["clocks"] == {"ack": {"within": "PT1H"}, "closure_comm": {"within": "PT1H", "calendar": "ny"}}
    assert policy_from(data, timezone="Europe/Berlin").version == version


def test_nothing_changed_is_said(house):
    """An empty answer would leave one guessing."""
    house.configure("Europe/Berlin ", "UTC ").configure("policy: policy.yaml", "# ")

    assert "# Nothing differs from the defaults." in house("policy", "show", "--changed").out


def test_a_setting_of_the_command_line_is_shown_as_such(house):
    """One can look at a change before it is made."""
    told = house(
        "policy",
        "show",
        "--set",
        "clocks.ack.within=3h",
        "--set",
        "comms.closure={must_contain: [name]}",
        "--format",
        "json",
    ).json

    assert told["policy"]["comms"]["closure"]["must_contain"] == ["name"]
    assert told["sources"]["clocks.ack.within"] == {"file": "--set", "line": 1}
    assert told["sources"]["comms.closure.must_contain"] == {"file": "--set", "line": 2}


def test_a_setting_that_is_none_ends_with_the_lines_of_a_file(house):
    """Line n is the nth setting."""
    answer = house("policy", "show", "--set", "clocks.ack.wthin=3h")

    assert answer.code == 2
    assert "--set:1: clocks.ack.wthin: unknown key; did you mean 'within'?" in answer.err


def test_every_default_but_the_tool_s_own_names_its_rule():
    """What has no number in the process is marked by having none here either."""
    lacking = {".".join(map(str, path[:2])) for path, _ in values(Policy()) if not rule(path)}

    assert {key for key in lacking if not key.startswith("clocks.")} == {"timezone", "waivers"}
    assert all(
        path[-1] == "due_soon" for path, _ in values(Policy()) if path[0] == "clocks" and not rule(path)
    )


def test_a_hostile_name_in_a_source_stays_a_comment():
    """A file may be called anything."""
    from escsync.config import Origin

    text = policy_yaml(Policy(), sources(Policy(), {("apply_to",): Origin("a\nclocks: 5\n", 1)}))

    assert policy_from(parse(text, "p").data) == Policy()
    assert json.dumps(parse(text, "p").data["clocks"]["ack"])
