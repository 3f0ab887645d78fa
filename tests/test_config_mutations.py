"""Files with random mistakes are loaded or refused in words. ESCSYNC_MUTATIONS=all tries 5,000, the suite a part of them."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escsync.config import Config, ConfigError, excerpt, load

CONFIG = Path(__file__).parents[1] / "config"
ALL = os.environ.get("ESCSYNC_MUTATIONS") == "all"
EXAMPLES = 5_000 if ALL else 200
SECRET = "hush-hush-4711"
NAMES = ("JIRA_TOKEN", "NOTION_TOKEN", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET", "X_TOKEN")
ENV = "\n".join(f"{name}={SECRET}" for name in NAMES).encode() + b"\n# why\nexport Q='a b'\n"


def short(name):
    """An example file without what only explains it: what is mutated is then what is read."""
    lines = (CONFIG / name).read_text("utf-8").splitlines()
    return (
        "\n".join(re.sub(r"\s+# .*", "", line) for line in lines if not line.lstrip().startswith("#")) + "\n"
    )


TRACKERS = ("local.yaml", "jira-cloud.yaml", "jira-datacenter.yaml", "salesforce.yaml", "notion.yaml")
MAINS = {name: short(name) for name in TRACKERS}
POLICY = """\
clocks:
  ack: {within: 2h, calendar: ny, due_soon: 25%, anchor: identified_at}
  follow_up: &check {within: P7D, unit: calendar_day}
calendars:
  ny:
    timezone: America/New_York
    hours: {mon-fri: "09:00-17:00", sat: ["09:00-12:00"]}
    holidays: [2026-07-03]
comms: {phrases: {commitment: [i swear]}, closure: {must_contain: [completion]}}
priority: {long_tenure: P24M, severe: [data_issue]}
analytics: {fiscal_start_month: 4, threshold: 5}
routing: {sla_breach: support_ops}
money: {reporting_currency: USD, rates: {"2026-03-31": {EUR: "1.10"}}}
waivers:
  - {id: EXEC-42, clock: update, by: dana, reason: Asked for silence.}
"""
BASE = "include: []\nlimits: {max_writes: 5}\nnotify: {owner: ['mailto://u:${env:X_TOKEN}@acme.example']}\n"
BESIDE = {
    "policy.yaml": POLICY.encode(),
    "people.yaml": short("people.yaml").encode(),
    "accounts.csv": (CONFIG / "accounts.csv").read_bytes(),
    "base.yaml": BASE.encode(),
    ".env": ENV,
}
ODD = [
    "", " ", "\t", "\n", ":", ": ", "- ", "- - ", "? ", "#", "&a ", "*a", "*check", "<<: *check\n", "!!python/name:os.system ", "!x ",
    "{", "}", "[", "]", ",", '"', "'", "|\n", ">-\n", "---\n", "...\n", "%YAML 1.1\n", "\ufeff", "\u2028", "\x85", "\x07", "\x7f",
    '"\\0"', '"\\ud800"', "${env:X_TOKEN}", "${env:NONE}", "${file:.}", "${file:/etc}", "${", "~", "null", "true", "yes", "007", "1e999",
    "-1", "9" * 30, "0x1F", "2026-02-30", "P999999Y", "24:00", "x" * 5000, "../..", "/", ".", "escsync.yaml", "base.yaml", "é", "名",
    "[" * 60, "{a: " * 60, "dana", "always", "UTC+1", "Europe/Berlin", "include: escsync.yaml\n", "trackers:\n", "people: policy.yaml\n",
]  # fmt: skip


@st.composite
def mutated(draw, data):
    """*data* with one to four mistakes: bytes, lines, keys and values."""
    for _ in range(draw(st.integers(1, 4))):
        data = once(draw, data)
    return data


def once(draw, data):
    """*data* with one mistake."""
    lines = data.split(b"\n")
    i, j = (draw(st.integers(0, len(lines) - 1)) for _ in "ij")
    at = draw(st.integers(0, len(data)))
    odd = draw(st.sampled_from(ODD)).encode()
    match draw(st.integers(0, 12)):
        case 0:
            return data[:at] + draw(st.binary(min_size=1, max_size=3)) + data[at:]
        case 1:
            return data[:at] + data[at + draw(st.integers(1, 9)) :]
        case 2:
            return data[:at]
        case 3:
            return data[:at] + odd + data[at:]
        case 4:
            return data.replace(b"\n", b"\r\n")
        case 5:
            del lines[i]
        case 6:
            lines.insert(i, lines[j])
        case 7:
            lines[i], lines[j] = lines[j], lines[i]
        case 8:
            lines[i] = b"  " + lines[i] if at % 2 else lines[i].lstrip()
        case 9:
            lines[i] = re.sub(rb":.*", lambda _: b": " + odd, lines[i])
        case 10:
            lines[i] = re.sub(rb"(\w)(\w)(?=\w*:)", rb"\2\1", lines[i], count=1)
        case 11:
            values = [*re.findall(rb"(?<=[:,\[] )[^,\]}\n]+", data), odd]
            lines[i] = re.sub(rb"(?<=: ).*", lambda _: values[j % len(values)], lines[i])
        case _:
            lines[i] = odd + lines[i]
    return b"\n".join(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the files of one example after the other lie."""
    return tmp_path_factory.mktemp("mutations")


@settings(
    deadline=None,
    max_examples=EXAMPLES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(st.data())
def test_a_file_with_mistakes_is_loaded_or_refused_in_words(folder, data):
    """No trace, no third way: a configuration, or problems with a line, a reason and a remedy, and no secret."""
    name = data.draw(st.sampled_from([*TRACKERS, *TRACKERS, *BESIDE]))
    main = MAINS.get(name, MAINS["local.yaml"]).encode()
    files = {**BESIDE, "escsync.yaml": b"include: base.yaml\n" + main}
    mutant = "escsync.yaml" if name in MAINS else name
    files[mutant] = data.draw(mutated(files[mutant]))
    for each, content in files.items():
        (folder / each).write_bytes(content)

    problems = refused(folder / "escsync.yaml")

    for problem in problems:
        text = files.get(Path(problem.file).name, b"")
        assert 1 <= problem.line <= 1 + len(re.split(rb"\r\n|[\n\r]|\xc2\x85|\xe2\x80[\xa8\xa9]", text))
        assert problem.column >= 1
        assert (problem.reason and problem.remedy) != "", problem
        assert SECRET not in "".join([str(problem), *excerpt(problem), *map(str, problem.to_json().values())])


def refused(path):
    """The problems of the configuration, or none where it is one."""
    try:
        found = load(path, environ={"X_TOKEN": SECRET})
    except ConfigError as error:
        return error.found or pytest.fail("refused without a word")
    assert isinstance(found, Config)
    return ()
