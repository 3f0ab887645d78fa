"""escsync.yaml is loaded strictly: every mistake at once, with its file, line, key and remedy."""

from pathlib import Path

import pytest

from escsync.config import ConfigError, load
from escsync.domain.communication import MessageKind
from escsync.domain.fields import Stage
from escsync.domain.plan import Limits, Mode

WHOLE = """\
version: 1
timezone: Europe/Berlin
company: Acme
trackers:
  support:
    adapter: jira
    mode: annotate
    connection:
      url: https://acme.atlassian.net
      email: escsync@acme.example
      token: ${env:TOKEN}
    scope: {project: EXEC}
    stages: {intake: [10001, Open], closed: Done}
    fields:
      owner: [assignee, customfield_10050]
      root_cause: 10042
    options: {root_cause: {product bug: Bug}, is_technical: {yes: Ja}}
    communications: {markers: {acknowledgement: ["#ack", "#bestätigt"]}}
"""
ENVIRON = {"TOKEN": "hush-hush-4711"}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Writes the file in the working directory and loads it by its relative name."""
    monkeypatch.chdir(tmp_path)

    def loaded(text, environ=ENVIRON, **options):
        Path("escsync.yaml").write_text(text, encoding="utf-8")
        return load(Path("escsync.yaml"), environ=environ, **options)

    return loaded


def problems(project, text, **options):
    """What is wrong with *text*."""
    with pytest.raises(ConfigError) as caught:
        project(text, **options)
    return caught.value.problems


def test_a_whole_file_is_read_into_our_words(project):
    """Ids that YAML takes for numbers are text; lists and single words are alike."""
    config = project(WHOLE)
    tracker = config.trackers["support"]

    assert (config.timezone, config.company, config.policy.timezone) == (
        "Europe/Berlin",
        "Acme",
        "Europe/Berlin",
    )
    assert (tracker.adapter, tracker.mode, tracker.plugin.name) == ("jira", Mode.ANNOTATE, "jira")
    assert tracker.settings.scope.project == "EXEC"
    assert tracker.vocabulary.stages == {Stage.INTAKE: ("10001", "Open"), Stage.CLOSED: ("Done",)}
    assert tracker.vocabulary.fields == {"owner": ("assignee", "customfield_10050"), "root_cause": ("10042",)}
    assert tracker.vocabulary.options == {
        "root_cause": {"product_bug": ("Bug",)},
        "is_technical": {"true": ("Ja",)},
    }
    assert tracker.vocabulary.markers[MessageKind.ACKNOWLEDGEMENT] == ("#ack", "#bestätigt")
    assert tracker.vocabulary.markers[MessageKind.CLOSURE] == ("#closure",)


def test_what_is_left_out_has_the_safe_default(project):
    """Nothing is written, little may be, and no customer's words are kept."""
    config = project(WHOLE.replace("    mode: annotate\n", ""))

    assert config.trackers["support"].mode is Mode.OBSERVE
    assert config.limits == Limits(25, 0.3)
    assert config.store_text is False
    assert config.notify == {}


def test_paths_are_relative_to_the_configuration_file(project, tmp_path):
    """A job may run from anywhere."""
    config = project(
        WHOLE.replace("adapter: jira", "adapter: local").replace(
            WHOLE[WHOLE.index("      url:") : WHOLE.index("    stages")], "      path: data/tracker.db\n"
        )
    )

    assert config.ledger == f"sqlite:///{tmp_path}/escsync.db"
    assert config.trackers["support"].settings.connection.path == tmp_path / "data/tracker.db"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("sqlite:///../state/e.db?timeout=5", "sqlite:///{parent}/state/e.db?timeout=5"),
        ("sqlite:////var/lib/e.db", "sqlite:////var/lib/e.db"),
        ('"sqlite:///:memory:"', "sqlite:///:memory:"),
        ("postgresql+psycopg://esc@db/escsync", "postgresql+psycopg://esc@db/escsync"),
        ("postgresql+psycopg://esc:${env:TOKEN}@db/e", "postgresql+psycopg://esc:hush-hush-4711@db/e"),
    ],
)
def test_the_ledger_is_an_absolute_address(project, tmp_path, given, expected):
    """Only SQLite files are moved; what is absolute stays."""
    assert project(WHOLE + f"ledger: {given}\n").ledger == expected.format(parent=tmp_path.parent)


MISTAKES = {
    "no version": ("version: 1\n", "", ":1: version: is missing"),
    "another version": ("version: 1", "version: 2", ":1: version: must be 1, found the number 2"),
    "a typing mistake": ("company", "compny", ":3: compny: unknown key; did you mean 'company'?"),
    "a number for text": ("Acme", "5", ":3: company: expected text, found the number 5"),
    "nothing": ("company: Acme", "company:", ":3: company: is missing"),
    "an offset": ("Europe/Berlin", '"+01:00"', ":2: timezone: '+01:00' is an offset"),
    "UTC and an offset": ("Europe/Berlin", "UTC+1", ":2: timezone: 'UTC+1' is an offset"),
    "an Etc offset": ("Europe/Berlin", "Etc/GMT+1", ":2: timezone: 'Etc/GMT+1' is an offset"),
    "an abbreviation": ("Europe/Berlin", "EST5EDT", "is an abbreviation; write an IANA zone such as Europe/Berlin; did you mean 'America/New_York'?"),
    "a city": ("Europe/Berlin", "berlin", ":2: timezone: 'berlin' is no IANA time zone; did you mean 'Europe/Berlin'?"),
    "a misspelt zone": ("Europe/Berlin", "Europe/Belrin", "did you mean 'Europe/Berlin'?"),
    "an unknown adapter": ("adapter: jira", "adapter: jria", ":6: trackers.support.adapter: no adapter 'jria' is installed; installed: jira, local, notion, salesforce; did you mean 'jira'?"),
    "no adapter": ("    adapter: jira\n", "", ":5: trackers.support.adapter: is missing"),
    "an unknown mode": ("annotate", "anotate", ":7: trackers.support.mode: 'anotate' is not one of off, observe, annotate, enforce; did you mean 'annotate'?"),
    "fileds": ("    fields:", "    fileds:", ":14: trackers.support.fileds: unknown key; did you mean 'fields'?"),
    "filter": ("    scope:", "    filter: x\n    scope:", ":12: trackers.support.filter: unknown key; did you mean 'scope'?"),
    "custom_fields": ("    fields:", "    custom_fields:", "unknown key; did you mean 'fields'?"),
    "an adapter's key": ("token:", "api_token:", ":11: trackers.support.connection.api_token: unknown key; did you mean 'token'?"),
    "plain http": ("https://acme.atlassian.net", "http://jira.acme.example", ":9: trackers.support.connection.url: plain http would send the credentials readable; use https"),
    "a variable not set": ("TOKEN", "TOKN", ":11: trackers.support.connection.token: the environment variable TOKN is not set; did you mean '${env:TOKEN}'?"),
    "a file not there": ("${env:TOKEN}", "${file:keys/jira}", ":11: trackers.support.connection.token: the file keys/jira cannot be read (No such file or directory)"),
    "an unknown stage": ("closed: Done", "closd: Done", ":13: trackers.support.stages.closd: 'closd' is no stage; did you mean 'closed'?"),
    "a derived stage": ("closed: Done", "complete: Done", "'complete' is no stage; known: candidate, intake"),
    "one status for two stages": ("closed: Done", "closed: open", ":13: trackers.support.stages.closed: the status 'open' already stands for intake"),
    "an unknown field": ("root_cause: 10042", "rootcause: 10042", ":16: trackers.support.fields.rootcause: 'rootcause' is no canonical field; did you mean 'root_cause'?"),
    "a nested field": ("root_cause: 10042", "account: {arr: x}", ":16: trackers.support.fields.account: is no mapping; write the whole name in one line, as account.arr: ..."),
    "two fields for one": ("root_cause: 10042", "root_cause: [a, b]", "takes one field; only owner may have several"),
    "stage mapped twice": ("root_cause: 10042", "stage: [a, b]", ":16: trackers.support.fields.stage: may not be mapped twice: one field holds the status"),
    "an own field over a human's": ("root_cause: 10042", "due_at: x\n      committed_at: X", ":16: trackers.support.fields.due_at: would overwrite committed_at: both are the field 'X'"),
    "an empty field": ("root_cause: 10042", "root_cause:", ":16: trackers.support.fields.root_cause: expected an id or a name, or a list of them"),
    "an unknown option": ("product bug: Bug", "bug: Bug", ":17: trackers.support.options.root_cause.bug: 'bug' is no value of this field"),
    "one option for two values": ("product bug: Bug", "product_bug: B, sla_breach: b", "the option 'b' already stands for product_bug"),
    "options of a free field": ("{root_cause: {product bug: Bug}", "{summary: {a: b}", "has no options: it holds free values"),
    "an unknown kind": ("acknowledgement:", "acknowledgment:", ":18: trackers.support.communications.markers.acknowledgment: 'acknowledgment' is no kind of message; did you mean 'acknowledgement'?"),
    "one marker for two kinds": ('["#ack", "#bestätigt"]', '"#Holding"', "the marker '#Holding' already stands for holding"),
    "a name with a colon": ("  support:", '  "sup:port":', "is no name; use letters, digits"),
    "no trackers": (WHOLE[WHOLE.index("  support") :], "  {}\n", ":4: trackers: is empty"),
    "a list for a mapping": ("scope: {project: EXEC}", "scope: [a]", ":12: trackers.support.scope: expected a mapping (keys with values below it), found a list"),
    "yes for true": ("trackers:", "store_text: yes\ntrackers:", ":4: store_text: expected true or false, found 'yes'"),
    "a share of 30": ("trackers:", "limits: {max_share: 30}\ntrackers:", ":4: limits.max_share: must be at most 1, found the number 30"),
    "a number in quotes": ("trackers:", 'limits: {max_writes: "9"}\ntrackers:', "expected a whole number, found '9'"),
    "a ledger of another make": ("trackers:", "ledger: mysql://h/d\ntrackers:", "is neither sqlite:///FILE nor"),
    "postgres": ("trackers:", "ledger: postgres://h/d\ntrackers:", "did you mean 'postgresql+psycopg://...'?"),
    "two slashes": ("trackers:", "ledger: sqlite://e.db\ntrackers:", "names no file; write sqlite:///escsync.db"),
    "a notify address that is none": ("trackers:", "notify: {owner: [me]}\ntrackers:", ":4: notify.owner[0]: is no Apprise URL"),
    "a policy that is not there": ("trackers:", "policy: p.yaml\ntrackers:", "p.yaml:1: (file): there is no such file"),
    "people not there": ("trackers:", "people: p.yaml\ntrackers:", "p.yaml:1: (file): there is no such file"),
    "accounts not there": ("trackers:", "accounts: a.csv\ntrackers:", "a.csv:1: (file): there is no such file"),
    "an inline policy": ("trackers:", "policy:\n  clocks: {ack: {within: soon}}\ntrackers:", "escsync.yaml:5: policy.clocks.ack.within: 'soon' is not a duration"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_place_and_its_remedy(project, old, new, said):
    """One mistake makes one problem, on the line where it stands."""
    assert old in WHOLE

    found = problems(project, WHOLE.replace(old, new, 1))

    assert len(found) == 1, found
    assert said in found[0]
    assert not said.startswith(":") or found[0].startswith(f"escsync.yaml{said}")


def test_all_mistakes_are_told_at_once_by_file_and_line(project):
    """Nobody has to come back for each next one."""
    Path("p.yaml").write_text("people: [{id: a}]\nfallback_owner: b\n")
    Path("r.yaml").write_text("clocks:\n  akc: {}\ntimezone: EST\n")
    text = (
        WHOLE.replace("Acme", "5\npolicy: r.yaml\npeople: p.yaml")
        .replace("jira", "jria")
        .replace("Open", "Done")
    )

    found = problems(project, text)

    assert [problem.split(" ")[0] for problem in found] == [
        "escsync.yaml:3:", "escsync.yaml:8:", "escsync.yaml:15:", "r.yaml:2:", "r.yaml:3:", "p.yaml:1:", "p.yaml:2:",
    ]  # fmt: skip


SECRETS = {
    "a token": ("${env:TOKEN}", "abcdefgh"),
    "a token of digits": ("${env:TOKEN}", "1234567"),
    "half a token": ("${env:TOKEN}", "abc${env:TOKEN}"),
    "a password": ("token: ${env:TOKEN}", "password: abcdefgh"),
    "a client secret": ("scope: {project: EXEC}", "scope: {project: EXEC}\n    # x", "client_secret: abcdefgh"),
    "an address with a password": ("https://acme", "https://me:abcdefgh@acme"),
    "a ledger's password": ("trackers:", "ledger: postgresql+psycopg://u:abcdefgh@h/d\ntrackers:"),
    "a ledger's parameter": ("trackers:", "ledger: postgresql+psycopg://u@h/d?password=abcdefgh\ntrackers:"),
    "a mail password": ("trackers:", 'notify: {owner: ["mailto://u:abcdefgh@x.y"]}\ntrackers:'),
    "a slack hook": ("trackers:", 'notify: {owner: ["slack://T1JJ3T3L2/A1BRTD4JD/abcdefghAlazkcOXrIdevi7F"]}\ntrackers:'),
    "a telegram token": ("trackers:", 'notify: {owner: ["tgram://123456789:abcdefghAAbcd_efghijk-lmno/1"]}\ntrackers:'),
}  # fmt: skip


@pytest.mark.parametrize("case", SECRETS.values(), ids=SECRETS)
def test_a_secret_written_out_is_refused_and_not_repeated(project, case):
    """It would end up in a repository; the message must not carry it further."""
    old, *new = case
    text = WHOLE.replace(old, new[0], 1)
    text = text.replace("email:", f"{new[1]}\n      email:") if len(new) > 1 else text

    found = problems(project, text)

    assert any(
        "in plain sight; write ${env:NAME}" in p or "may not be written out; write" in p for p in found
    )
    assert "abcdefgh" not in "".join(found)


def test_credentials_from_outside_are_accepted_in_addresses(project):
    """The same addresses with references are well."""
    config = project(
        WHOLE + 'notify: {owner: ["mailto://u:${env:TOKEN}@x.y", "slack://${env:TOKEN}/#ops"]}\n'
    )

    assert config.notify["owner"] == ("mailto://u:hush-hush-4711@x.y", "slack://hush-hush-4711/#ops")


def test_no_secret_shows_in_the_configuration_or_in_an_error(project):
    """Neither printed whole nor quoted by a message of the adapter."""
    shown = repr(project(WHOLE + "ledger: postgresql+psycopg://esc:${env:TOKEN}@db/e\n"))
    wrong = problems(
        project, WHOLE.replace("https://acme.atlassian.net", "${env:TOKEN}").replace("EXEC", "5 5\n")
    )

    assert "hush" not in shown
    assert "hush" not in "".join(wrong)


def test_a_token_of_digits_stays_text(project):
    """Coerced to a number it would lose its zeros."""
    config = project(WHOLE, environ={"TOKEN": "0012"})

    assert config.trackers["support"].settings.connection.token.get_secret_value() == "0012"


def test_a_tracker_that_is_off_is_left_alone(project):
    """It may be half-written, its adapter not installed, its secrets not there."""
    other = (
        "  crm: {adapter: salesfarce, mode: off, connection: {client_secret: '${env:NONE}'}, stagess: 1}\n"
    )

    config = project(WHOLE + other)

    assert set(config.trackers) == {"support"}
    assert config.modes == {"support": Mode.ANNOTATE, "crm": Mode.OFF}


def test_a_mode_left_blank_is_the_safe_default(project):
    """Otherwise the tracker would be synced and shown nowhere."""
    config = project(WHOLE.replace("mode: annotate", "mode:"))

    assert config.modes == {"support": Mode.OBSERVE}
    assert config.trackers["support"].mode is Mode.OBSERVE


def test_only_the_trackers_asked_for_are_loaded(project):
    """One tracker can be worked on while another one's configuration is broken."""
    broken = "  crm: {adapter: salesfarce, connection: {client_secret: '${env:NONE}'}}\n"

    assert set(project(WHOLE + broken, only=["support"]).trackers) == {"support"}
    assert "no adapter 'salesfarce'" in "".join(problems(project, WHOLE + broken))


def test_offline_nothing_is_read_from_outside_for_a_connection(project):
    """`list` and `report` run where no password is, and mistakes are told all the same."""
    text = WHOLE.replace("https://acme.atlassian.net", "${env:URL}")

    config = project(text, environ={}, offline=True)

    assert config.trackers["support"].settings is None
    assert config.trackers["support"].vocabulary.fields["root_cause"] == ("10042",)
    assert len(problems(project, text.replace("email:", "emial:"), environ={}, offline=True)) == 1


def test_with_every_tracker_off_the_file_still_loads(project):
    """The ledger can be looked at while nothing is being pulled."""
    config = project(WHOLE.replace("annotate", "off"))

    assert config.trackers == {}
    assert config.company == "Acme"


def test_an_unknown_tracker_is_answered_with_those_there(project):
    """`--tracker` is typed by hand."""
    assert problems(project, WHOLE, only=["suport"]) == (
        "escsync.yaml:4: trackers: there is no tracker 'suport'; known: support; did you mean 'support'?",
    )


def test_sections_whose_keys_are_commented_out_are_empty(project):
    """That is what is left of a template."""
    config = project(
        WHOLE.replace("options: {", "# options: {").replace("scope:", "options:\n    scope:") + "notify:\n"
    )

    assert config.trackers["support"].vocabulary.options == {}


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "5\n"])
def test_a_file_without_keys_is_refused(project, text):
    """With the command that writes one."""
    assert "escsync init writes" in problems(project, text)[0]


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path):
    """The first thing that happens to everybody."""
    with pytest.raises(ConfigError, match="there is no such file; escsync init writes one"):
        load(tmp_path / "escsync.yaml", environ={})


def test_what_an_address_to_notify_holds_is_kept_in_confidence(project):
    """A hook is a login, whatever its variable is called."""
    config = project(
        WHOLE + 'notify: {owner: ["slack://${env:HOOK}"]}\n', environ={**ENVIRON, "HOOK": "T1/B2/c3d4"}
    )

    assert "T1/B2/c3d4" in config.secrets
