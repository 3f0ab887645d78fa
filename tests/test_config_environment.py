"""A `.env` beside the configuration gives variables that are not set; what stands in it is shown nowhere."""

import pytest

from escsync.config import ConfigError, environment, load

FILE = """\
version: 1
timezone: UTC
company: Acme
ledger: postgresql+psycopg://esc:${env:LEDGER_PASSWORD}@db/escsync
trackers:
  desk:
    adapter: jira
    connection: {url: "${env:SITE}", token: "${env:JIRA_TOKEN}", email: a@b.c}
    scope: {project: EXEC}
"""
ENV = "SITE=https://acme.atlassian.net\nexport JIRA_TOKEN='hush 1'  # why\nLEDGER_PASSWORD=\"a#b\"\n"


@pytest.fixture
def folder(tmp_path):
    """A project with a `.env` that only its owner reads."""
    (tmp_path / "escsync.yaml").write_text(FILE, "utf-8")
    (tmp_path / ".env").write_text(ENV, "utf-8")
    (tmp_path / ".env").chmod(0o600)
    return tmp_path


def test_a_reference_finds_what_stands_in_the_file(folder):
    """Quotes, `export` and comments as python-dotenv reads them."""
    config = load(folder / "escsync.yaml", environ={})

    assert config.trackers["desk"].settings.connection.token.get_secret_value() == "hush 1"
    assert config.ledger == "postgresql+psycopg://esc:a%23b@db/escsync"
    assert {"hush 1", "a#b"} <= set(config.secrets)
    assert config.warnings == ()


def test_a_variable_that_is_set_is_stronger(folder):
    """An operator overrides a file, never the other way round."""
    config = load(folder / "escsync.yaml", environ={"JIRA_TOKEN": "from the process"})

    assert config.trackers["desk"].settings.connection.token.get_secret_value() == "from the process"


def test_nothing_in_the_file_is_expanded(tmp_path):
    """A password may hold a dollar sign."""
    (tmp_path / ".env").write_text("A=1\nB=${A}\nC='$A'\n")

    assert environment(tmp_path, {}).values == {"A": "1", "B": "${A}", "C": "$A"}


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path):
    """Editors leave them behind."""
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfA=1\r\nB=2\r\n")

    assert environment(tmp_path, {}).values == {"A": "1", "B": "2"}


def test_no_file_and_a_folder_of_that_name_change_nothing(tmp_path):
    """Some call their virtual environment so."""
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / ".env").mkdir()

    assert environment(tmp_path, {"A": "1"}).values == {"A": "1"}
    assert environment(tmp_path / "venv", {"A": "1"}).values == {"A": "1"}


def test_a_line_that_is_none_is_told_without_its_content(folder):
    """By its line, and all of them at once."""
    (folder / ".env").write_text(ENV + "\n\nhush hush\nX='hush\n", "utf-8")

    with pytest.raises(ConfigError) as caught:
        load(folder / "escsync.yaml", environ={})

    assert [line.removeprefix(f"{folder}/") for line in caught.value.problems] == [
        ".env:6: (file): is no `NAME=value`",
        ".env:7: (file): is no `NAME=value`",
    ]
    assert "hush" not in repr(caught.value.found)


def test_what_is_not_text_is_told(tmp_path):
    """A key file was saved under the wrong name."""
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")

    assert [problem.message for problem in environment(tmp_path, {}).problems] == ["is not UTF-8 text"]


def test_a_file_that_everybody_may_read_is_a_warning(folder):
    """It works, and `escsync doctor` says how to mend it."""
    (folder / ".env").chmod(0o644)

    (warning,) = load(folder / "escsync.yaml", environ={}).warnings

    assert warning.message == "can be read by every user of this machine"
    assert warning.remedy == f"chmod 600 {folder / '.env'}"


def test_a_variable_of_neither_is_told_with_the_nearest(folder):
    """The names of the file are known, too."""
    (folder / "escsync.yaml").write_text(FILE.replace("JIRA_TOKEN", "JIRA_TOKN"), "utf-8")

    with pytest.raises(ConfigError, match=r"JIRA_TOKN is not set; did you mean '\$\{env:JIRA_TOKEN\}'"):
        load(folder / "escsync.yaml", environ={})


def test_a_secret_in_the_place_of_a_path_is_not_shown(folder):
    """Not even as the name of a file that is not there; a folder from outside is shown."""
    text = FILE + "people: ${env:JIRA_TOKEN}/people.yaml\npolicy: ${env:FOLDER}/policy.yaml\n"
    (folder / "escsync.yaml").write_text(text, "utf-8")

    with pytest.raises(ConfigError) as caught:
        load(folder / "escsync.yaml", environ={"FOLDER": "elsewhere"})

    assert "hush" not in repr(caught.value.found)
    assert "elsewhere/policy.yaml:1: (file): there is no such file" in str(caught.value)
