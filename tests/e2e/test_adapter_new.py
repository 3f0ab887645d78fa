"""`escsync adapter new`: a stranger's adapter begins as a package that works, with its tests."""

from __future__ import annotations

import sys

import pytest
from e2e.house import House
from fakes.packages import installed, run

from escsync import registry


@pytest.fixture
def house(tmp_path):
    """An empty folder."""
    return House(tmp_path)


def texts(folder):
    """Every file below *folder* by its path."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_its_tests_pass_before_anything_is_changed(house, tmp_path):
    """The contract whole, and scenarios through the command line: installed, it is an adapter like any other."""
    made = house("adapter", "new", "night_shift")
    chosen = "not scenario or G-1 or G-3a or G-8"
    tests = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-k",
        chosen,
        str(tmp_path / "escsync-night-shift"),
    ]

    done = run(tmp_path / "escsync-night-shift", tmp_path / "installed", *tests)

    assert made.code == 0
    assert "pip install -e 'escsync-night-shift[dev]'" in made.out
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout
    assert int(done.stdout.rpartition(" passed")[0].split()[-1]) > 45


def test_what_it_writes_speaks_of_nobody_else(house, tmp_path):
    """Package, distribution, entry point, class and template bear the new name, and no placeholder is left."""
    house("adapter", "new", "night_shift", "--dir", "mine")

    written = texts(tmp_path / "mine")
    told = "".join(written.values())

    assert {
        "README.md",
        "pyproject.toml",
        "escsync_night_shift/adapter.py",
        "tests/night_shift_humans.py",
    } <= set(written)
    assert 'night_shift = "escsync_night_shift:plugin"' in written["pyproject.toml"]
    assert 'name = "escsync-night-shift"' in written["pyproject.toml"]
    assert "class TestNightShift(" in written["tests/test_contract.py"]
    assert "    adapter: night_shift\n" in written["escsync_night_shift/template.py"]
    assert not [trace for trace in ("$name", "$Name", "${name", "escsync_csv", "Csv") if trace in told]


def test_an_admin_finds_it_and_starts_from_its_template(house, tmp_path, monkeypatch):
    """`escsync adapters`, `init` and `doctor` need no change for it."""
    house("adapter", "new", "linear")
    for place in installed(tmp_path / "escsync-linear", tmp_path / "installed"):
        monkeypatch.syspath_prepend(place)

    listed = house("adapters")
    written = house("init", "--tracker", "linear")
    checked = house("doctor")

    for name in [name for name in sys.modules if name.startswith("escsync_linear")]:
        monkeypatch.delitem(sys.modules, name)
    assert "linear" in listed.out
    assert written.code == 0, written.err
    assert "tracker: cannot be used" in checked.out + checked.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Linear", "not a name"),
        ("my-tracker", "such as my_tracker"),
        ("9lives", "not a name"),
        ("class", "not a name"),
        ("../away", "not a name"),
        ("a__b", "not a name"),
        ("x" * 41, "not a name"),
        ("", "not a name"),
        ("jira", "installed already"),
        ("local", "installed already"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(name, said, house, tmp_path):
    """Before anything is written, with the reason."""
    answer = house("adapter", "new", name)

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_stays_as_it_is(house, tmp_path):
    """Nothing of anybody's is overwritten, not even an empty folder filled."""
    (tmp_path / "escsync-linear").mkdir()
    (tmp_path / "a file").write_text("mine")

    taken, file = (
        house("adapter", "new", "linear"),
        house("adapter", "new", "linear", "--dir", "a file/below"),
    )

    assert (taken.code, file.code) == (2, 2)
    assert "name another folder with --dir" in taken.err
    assert "cannot be written" in file.err
    assert list((tmp_path / "escsync-linear").iterdir()) == []


def test_programs_are_told_what_was_written(house, tmp_path):
    """One document on stdout."""
    told = house("adapter", "new", "linear", "--format", "json").json

    assert (told["schema"], told["name"], told["directory"]) == (1, "linear", "escsync-linear")
    assert set(told["files"]) == set(texts(tmp_path / "escsync-linear"))


def test_making_one_installs_nothing(house):
    """The list of adapters is the same as before."""
    before = registry.names()

    house("adapter", "new", "linear")

    assert registry.names() == before
