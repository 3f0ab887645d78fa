"""Whatever stands in a configuration, it is loaded or refused in words; there is no third way."""

import copy
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escsync.config import ConfigError, load
from escsync.config.document import read

CONFIG = Path(__file__).parents[1] / "config"
RUBBISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["P7D", "2h", "${env:X}", "${file:.}", "2026-02-30", "UTC", "dana", "always", "10%", "x.y", "-"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


def places(value, path=()):
    """Every path in *value*."""
    yield path
    for key, each in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(each, (*path, key))


WHOLE = {
    "escsync.yaml": read(CONFIG / "jira-cloud.yaml").data,
    "people.yaml": read(CONFIG / "people.yaml").data,
    "policy.yaml": read(CONFIG / "policy.yaml").data,
}
PLACES = [(file, path) for file, data in WHOLE.items() for path in places(data) if path]


@pytest.fixture
def project(tmp_path):
    """A folder with the shipped files."""
    for name in ("people.yaml", "policy.yaml", "accounts.csv"):
        (tmp_path / name).write_bytes((CONFIG / name).read_bytes())
    return tmp_path


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), RUBBISH)
def test_rubbish_anywhere_is_loaded_or_refused_in_words(project, place, rubbish):
    """One value of a good configuration is replaced by anything at all."""
    file, path = place
    written = copy.deepcopy(WHOLE)
    target = written[file]
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = rubbish
    for name, data in written.items():
        (project / name).write_text(json.dumps(data), encoding="utf-8")

    with suppress(ConfigError):
        assert load(project / "escsync.yaml", environ={"JIRA_TOKEN": "hush", "X": "hush"}).company
