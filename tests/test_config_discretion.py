"""A secret that somebody wrote into a configuration is in no word that escsync says of it, however it is written."""

import pytest
from e2e.house import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

KEYS = ["token", "password", "client_secret", "private_key", "session_id", "api-key", "passphrase", "pwd"]
JIRA = "      url: https://acme.atlassian.net\n      email: a@b.c\n"
WAYS = {
    "block": JIRA + "      KEY: SECRET",
    "in quotes": JIRA + "      'KEY': \"SECRET\"",
    "first of a flow": "      {KEY: SECRET, url: https://jira.acme.example, username: bot}",
    "alone in a flow": "      {KEY: SECRET}",
    "last of a flow": "      {url: https://acme.atlassian.net, 'KEY':'SECRET'}",
    "flow without blanks": '      {"url":"https://acme.atlassian.net","KEY":"SECRET"}',
    "flow over lines": "      {url: https://acme.atlassian.net, KEY:\n      SECRET, x: y}",
    "flow within": "      {auth: {basic: [{KEY: SECRET}]}}",
    "list": JIRA + "      KEY: [SECRET]",
    "mapping": JIRA + "      KEY: {value: SECRET}",
    "as a key": JIRA + "      KEY: {SECRET: 1}",
    "as a lonely key": JIRA + "      KEY: {SECRET}",
    "next line": JIRA + "      KEY:\n        SECRET",
    "next line, then a mistake": JIRA + "      KEY:\n        SECRET: x: y",
    "literal": JIRA + "      KEY: |\n        -----BEGIN-----\n        SECRET",
    "folded": JIRA + "      KEY: >-\n        SECRET\n        end",
    "lines in quotes": JIRA + '      KEY: "begin\n        SECRET\n        end"',
    "explicit key": JIRA + "      ? KEY\n      : SECRET",
    "anchor": JIRA + "      hidden: &a SECRET\n      KEY: *a",
    "anchor elsewhere": "      *a\n    modus: &a {KEY: SECRET}",
    "merged": "      <<: {KEY: SECRET, url: x}\n      urll: y",
    "as an alias": JIRA + "      KEY: *SECRET",
    "as a tag": JIRA + "      KEY: !SECRET",
    "as a strange tag": JIRA + "      KEY: !SECRET!more x",
    "as a comment": JIRA + "      KEY: #SECRET",
    "no blank": "      KEY:SECRET",
    "no blank, below others": JIRA + "      KEY:SECRET",
    "no blank in a flow": "      {url: https://acme.atlassian.net, KEY:SECRET}",
    "no colon": JIRA + "      KEY SECRET",
    "equals": JIRA + "      KEY=SECRET",
    "no key": "      SECRET",
    "no key, below others": JIRA + "      SECRET",
    "no key, above others": "      SECRET\n" + JIRA,
    "no key in a flow": "      {url: https://acme.atlassian.net, SECRET}",
    "no key in a list": "      [SECRET]",
    "key misspelt": JIRA + "      tokn: SECRET",
    "in another section": JIRA + "    scope: {KEY: SECRET}",
    "in no section": JIRA + "    KEY: SECRET",
    "in no section, no blank": JIRA + "    KEY:SECRET",
    "twice": JIRA + "      KEY: SECRET\n      KEY: SECRET",
    "quote not closed": JIRA + '      KEY: "SECRET',
    "quote not closed above": JIRA + '      KEY: "\n      SECRET\n    mode: x',
    "bracket not closed": "      {KEY: SECRET, url: x",
    "tab": JIRA + "\tKEY: SECRET",
    "indented too deep": JIRA + "        KEY: SECRET",
    "in an address": "      url: https://me:SECRET@acme.atlassian.net\n      email: a@b.c",
    "in a wrong address": "      {urll: 'https://me:SECRET@acme.atlassian.net'}",
    "beside a mistake": "      {urll: x, KEY: SECRET, timeout: soon}",
    "in a remark beside a mistake": "      {urll: x}  # KEY: SECRET",
    "in a spoiled address": "      url: https://me:SECRET]?,:@acme.atlassian.net\n      email: a@b.c",
    "in an address without a scheme": "      url: 'me:SECRET@acme.atlassian.net'\n      email: a@b.c",
    "in the ledger's address without one": "      x: 1\nledger: a:SECRET@h/x",
    "as an alias in a flow": "      {url: https://acme.atlassian.net, *SECRET}",
    "merged alias": "      <<: *SECRET",
    "as one quoted key": "      'KEY: SECRET': 1",
    "deep": "      a: {b: {c: [SECRET, {e: SECRET}]}}",
    "where a tracker should be": "      x: 1\n  other: KEY:SECRET",
    "at the top": "      x: 1\nKEY: SECRET",
    "in the ledger's address": "      x: 1\nledger: postgresql://a:SECRET@h/x",
    "in an address of notify": "      x: 1\nnotify: {owner: ['slack://SECRET']}",
    "bare reference": JIRA + "      KEY: ${SECRET}",
    "name of a variable": JIRA + "      KEY: ${env:SECRET}",
    "name of a file": JIRA + "      KEY: ${file:SECRET}",
    "another kind": JIRA + "      KEY: ${vault:SECRET}",
    "glued to a reference": JIRA + "      KEY: ${env:A},SECRET",
}
COMMANDS = [
    ("list",),
    ("plan",),
    ("doctor",),
    ("provision", "--format", "json"),
    ("drift", "--format", "json"),
]
TOP = "version: 1\ntimezone: Europe/Berlin\ncompany: Acme\n"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """What a command says with such a connection in escsync.yaml, or in a file that it includes."""
    folder = tmp_path_factory.mktemp("discretion")

    def run(way, key, secret, command, included):
        section = WAYS[way].replace("KEY", key).replace("SECRET", secret)
        text = f"trackers:\n  desk:\n    adapter: jira\n    connection:\n{section}\n    mode: anotate\n"
        (folder / "base.yaml").write_text(TOP + text, "utf-8")
        (folder / "escsync.yaml").write_text(
            "version: 1\ninclude: base.yaml\n" if included else TOP + text, "utf-8"
        )
        return House(folder)(*command)

    return run


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(KEYS),
    st.from_regex(r"[a-z0-9][A-Za-z0-9_+/-]{6,20}[a-z0-9]", fullmatch=True),
    st.sampled_from(COMMANDS),
    st.booleans(),
)
def test_a_secret_that_is_written_out_is_never_repeated(asked, way, key, secret, command, included):
    """Neither by the message, nor by the line that it shows, nor by a hint, in words and as JSON."""
    answer = asked(way, key, secret, command, included)

    assert answer.code == 2
    assert secret not in answer.out + answer.err
