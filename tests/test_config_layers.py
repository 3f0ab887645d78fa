"""Several files are one configuration by one rule, and every mistake is told where it really stands."""

import pytest

from escsync.config import ConfigError, Origin, load

MAIN = """\
version: 1
include: [base.yaml]
company: Acme
trackers:
  desk:
    mode: annotate
    stages: {closed: [Done]}
"""
BASE = """\
timezone: Europe/Berlin
company: Someone
limits: {max_writes: 5}
trackers:
  desk:
    adapter: local
    connection: {path: tracker.db}
    stages: {intake: New, closed: [Shut, Over]}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Writes files and loads escsync.yaml by its relative name."""
    monkeypatch.chdir(tmp_path)

    def loaded(**files):
        for name, text in {"escsync": MAIN, "base": BASE, **files}.items():
            path = tmp_path / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        return load(tmp_path.joinpath("escsync.yaml").relative_to(tmp_path), environ={})

    return loaded


def problems(project, **files):
    """What is wrong."""
    with pytest.raises(ConfigError) as caught:
        project(**files)
    return caught.value.problems


def test_mappings_are_merged_and_lists_and_values_replaced(project):
    """The including file wins."""
    config = project()
    desk = config.trackers["desk"]

    assert (config.company, config.timezone, config.limits.max_writes) == ("Acme", "Europe/Berlin", 5)
    assert (desk.adapter, desk.mode.value) == ("local", "annotate")
    assert {stage.value: names for stage, names in desk.vocabulary.stages.items()} == {
        "intake": ("New",),
        "closed": ("Done",),
    }


def test_of_two_included_files_the_later_one_is_stronger(project):
    """As with every tool that lays files over each other."""
    main = MAIN.replace("[base.yaml]", "[base.yaml, more.yaml]").replace("company: Acme\n", "")

    assert project(escsync=main, more="company: Later\n").company == "Later"


def test_a_single_file_needs_no_list_and_an_included_one_may_include(project):
    """Paths of included files are relative to the file that names them."""
    main = MAIN.replace("[base.yaml]", "shared/middle.yaml")

    config = project(
        escsync=main, shared__middle="include: ground.yaml\nlimits: {max_writes: 7}\n", shared__ground=BASE
    )

    assert (config.limits.max_writes, config.timezone) == (7, "Europe/Berlin")


def test_an_empty_section_covers_nothing(project):
    """Its keys are all commented out: what is below holds, and is found there."""
    config = project(escsync=MAIN.replace("company: Acme", "company:\nlimits:"))

    assert (config.company, config.limits.max_writes) == ("Someone", 5)
    assert config.origin(("company",)) == Origin("base.yaml", 2, 10, 1)


def test_every_value_knows_its_file(project):
    """Whoever writes an id back must write it where it stands."""
    config = project()

    told = {
        path: (config.origin(path).file, config.origin(path).line)
        for path in (
            ("trackers", "desk", "mode"),
            ("trackers", "desk", "stages", "intake"),
            ("trackers", "desk", "stages", "closed"),
            ("trackers", "desk", "fields"),
        )
    }
    assert list(told.values()) == [
        ("escsync.yaml", 6),
        ("base.yaml", 8),
        ("escsync.yaml", 7),
        ("escsync.yaml", 5),
    ]


def test_a_mistake_is_told_where_it_stands(project):
    """Not where it is included."""
    found = problems(project, base=BASE.replace("Europe/Berlin", "CET").replace("intake", "intak"))

    assert [line.split(": ")[0] for line in found] == ["base.yaml:1", "base.yaml:8"]
    assert "did you mean 'intake'?" in found[1]


def test_a_secret_written_out_in_an_included_file_is_told_even_where_it_is_covered(project):
    """It lies there all the same."""
    found = problems(
        project,
        escsync=MAIN.replace("mode: annotate", "mode: annotate\n    connection: {password: '${env:X}'}"),
        base=BASE.replace("{path: tracker.db}", "{path: tracker.db, password: abcdefgh}"),
    )

    assert any(
        line.startswith("base.yaml:7: trackers.desk.connection.password: is a secret") for line in found
    )
    assert "abcdefgh" not in "".join(found)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"escsync": MAIN.replace("base.", "bse.")}, "escsync.yaml:2: include[0]: there is no such file: bse.yaml; did you mean 'base.yaml'?"),
        ({"base": "include: base.yaml\n"}, "base.yaml:1: include: includes itself: base.yaml -> base.yaml"),
        ({"base": "include: [b.yaml]\n", "b": "include:\n  - escsync.yaml\n"}, "b.yaml:2: include[0]: includes itself: escsync.yaml -> base.yaml -> b.yaml -> escsync.yaml"),
        ({"base": "- a\n"}, "base.yaml:1: (file): holds no keys; an included file is written like escsync.yaml"),
        ({"base": "a: [\n"}, "base.yaml:2: (file): is no YAML"),
        ({"escsync": MAIN.replace("[base.yaml]", "'${env:BASE}'")}, "escsync.yaml:2: include: is read before references are; write the path itself"),
        ({"escsync": MAIN.replace("[base.yaml]", "[base.yaml, 5]")}, "escsync.yaml:2: include[1]: expected text, found the number 5"),
        ({"base": BASE + "compny: x\n"}, "base.yaml:9: compny: unknown key; did you mean 'company'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_included_is_told_with_its_place(project, files, said):
    """One line, and no other that only follows from it."""
    found = problems(project, **files)

    assert len(found) == 1, found
    assert found[0].startswith(said)


def test_a_file_may_be_reached_by_two_ways(project):
    """Only a circle is refused."""
    main = MAIN.replace("[base.yaml]", "[base.yaml, other.yaml]")

    assert project(escsync=main, other="include: base.yaml\n").timezone == "Europe/Berlin"
