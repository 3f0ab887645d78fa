"""A line is quoted with a mark below it, unless it might hold a secret: then only its column is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.config import Problem, excerpt


@pytest.fixture
def quoted(tmp_path):
    """What is shown of the last line of a file."""

    def shown(text, column=1, name="escsync.yaml"):
        (tmp_path / name).write_text(text, "utf-8")
        return excerpt(Problem(str(tmp_path / name), text.count("\n") + 1, (), "", column=column))

    return shown


@pytest.mark.parametrize(
    "line",
    [
        "mode: anotate",
        "token: ${env:JIRA_TOKEN}",
        "api_token: ${file:/run/secrets/jira}  # why",
        'connection: {url: "https://acme.atlassian.net", email: a@b.c, token: "${env:T}", timeout: 30}',
        "ledger: sqlite:///escsync.db",
        "ledger: mysql://host/escsync",
        "ledger: postgresql+psycopg://esc:${env:PW}@db/escsync",
        '- "mailto://${env:MAIL_USER}:${env:MAIL_PASSWORD}@${env:HOST}"',
        "customfield_10042: [a, b]",
        "database: 2f1c",
    ],
)
def test_a_line_that_holds_no_secret_is_quoted(quoted, line):
    """References are no secrets."""
    assert quoted(f"a:\n  {line}", 3) == (f"2 |   {line}"[:104].rstrip(), "  |   ^ column 3")


@pytest.mark.parametrize(
    "text",
    [
        "token: geheim99",
        'password: "geheim99',
        "password geheim99",
        "connection: {user: a, client_secret: geheim99}",
        "url: https://me:geheim99@acme.example",
        "url: 'me:geheim99@acme.example'",
        "ledger: u:geheim99@h/db",
        "url: https://acme.example?key=geheim99",
        "ledger: postgresql+psycopg://esc:geheim99@${env:HOST}/x",
        "- slack://T1JJ3T3L2/geheim99/x",
        "- tgram://geheim99/1",
        "x: ATATT3xFfGF0geheim99abcdefg",
        "token: ${env:A}geheim99",
        "token: |\n  geheim99",
        "private_key: >-\n  geheim99",
        "password:\n  geheim99: x",
    ],
)
def test_a_line_that_may_hold_one_is_not(quoted, text):
    """Its place is said all the same."""
    (line,) = quoted(text, 5)

    assert "geheim" not in line
    assert line.endswith("| column 5; the line is not shown, since it may hold a secret")


def test_nothing_of_a_file_of_variables_is_quoted(quoted):
    """Whatever its names are."""
    assert "geheim" not in "".join(quoted("COLOUR=geheim99", name=".env"))


def test_a_long_line_is_cut_around_the_mark(quoted):
    """The mark stands under the right character."""
    line, mark = quoted("x" * 300 + " here " + "y" * 300, 302)

    assert len(line) < 110
    assert line[mark.index("^")] == "h"


@pytest.mark.parametrize("text", ["", "a: 1\n", "a: 1\n\n"])
def test_where_there_is_no_line_nothing_is_quoted(quoted, text):
    """At the end of a file, or of an empty one."""
    assert quoted(text) == ()


def test_a_file_that_is_gone_or_none_quotes_nothing(tmp_path):
    """`--set` is no file, either."""
    assert excerpt(Problem("--set", 1, (), "")) == ()
    assert excerpt(Problem(str(tmp_path), 1, (), "")) == ()
    assert excerpt(Problem("a\0b", 1, (), "")) == ()


@given(st.text(max_size=200), st.integers(-5, 300))
def test_any_line_and_any_column_are_quoted_harmlessly(tmp_path_factory, text, column):
    """No control character reaches a terminal."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, "utf-8", newline="")

    assert all(line.isprintable() for line in excerpt(Problem(str(path), 1, (), "", column=column)))
