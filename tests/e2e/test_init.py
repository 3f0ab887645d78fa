"""The first command: it asks what matters, looks at the tracker, and writes what it found so that it can be used."""

import io
import os
import pty
import re
import select

import pytest
from e2e.house import PROGRAM, House
from fakes.jira.empty import empty
from fakes.jira.rig import rig as jira
from fakes.jira.schema import Status
from fakes.notion.rig import TOKEN
from fakes.notion.rig import rig as notion
from fakes.salesforce.rig import rig as salesforce

from escsync.cli.init import starter
from escsync.config.document import parse

SECRETS = {
    "jira": ["JIRA_TOKEN"],
    "salesforce": ["SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"],
    "notion": ["NOTION_TOKEN"],
}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def house(tmp_path):
    """An empty folder on a machine in Berlin."""
    house = House(tmp_path)
    house.environ = {"TZ": "Europe/Berlin"}
    return house


@pytest.fixture(scope="module")
def org():
    """A Salesforce org with everything that escalations need."""
    with salesforce() as rig:
        yield rig


@pytest.fixture(scope="module")
def workspace():
    """A Notion workspace with a database of escalations."""
    with notion() as rig:
        yield rig


def typed(house, *answers):
    """A machine with a person who types these answers, one a line."""
    return house.host(keyboard=io.StringIO("".join(f"{one}\n" for one in answers)))


def signed_in(house, org):
    """The secrets of the org are in the environment."""
    house.environ |= {f"SALESFORCE_{name.upper()}": value for name, value in org.secret().items()}


def tracker(house, name="escsync.yaml"):
    """The only tracker of what was written."""
    (section,) = parse((house.folder / name).read_text("utf-8"), name).data["trackers"].values()
    return section


def files(house):
    """What lies in the folder."""
    return {path.name for path in house.folder.iterdir()}


# -- without a terminal, and without an answer: the adapter's template


def test_what_init_writes_for_the_local_tracker_is_ready(house):
    """init, doctor, and the next step is the plan."""
    written = house("init", "--tracker", "local")
    checked = house("doctor")

    assert written.code == 0
    assert files(house) >= {"escsync.yaml", "people.yaml", "escsync.schema.json"}
    assert checked.code == 0, checked.out
    assert checked.out.splitlines()[-1].startswith("ready; next: `escsync plan`")


@pytest.mark.parametrize("tracker", SECRETS)
def test_a_template_asks_only_for_what_it_cannot_know(house, tracker):
    """A whole file that loads once the secrets are there, and the way to have it filled in."""
    written = house("init", "--tracker", tracker)
    lacking, missing = house("list"), house("sync")
    house.environ = dict.fromkeys(SECRETS[tracker], "t0ken-t0ken")

    assert written.code == 0
    assert f"init --tracker {tracker} -o other.yaml --set 'connection." in written.out
    assert lacking.code == 0, lacking.err
    assert missing.code == 2
    assert all(f"{name} is not set" in missing.err for name in SECRETS[tracker])
    assert house("policy", "show").code == 0


def test_a_template_may_have_a_name_of_its_own(house):
    """`--name` is what people.yaml refers to."""
    house("init", "--tracker", "jira", "--name", "desk")

    assert '# ids: {desk: "..."}' in (house.folder / "people.yaml").read_text("utf-8")
    assert list(parse((house.folder / "escsync.yaml").read_text(), "").data["trackers"]) == ["desk"]
    assert house("init", "--tracker", "jira", "--name", "a b", "-o", "x.yaml").code == 2


def test_init_writes_over_nothing(house):
    """A people.yaml that is there stays, and a configuration more so."""
    (house.folder / "people.yaml").write_text("people: []\n", "utf-8")

    house("init", "--tracker", "local", "--output", "mine.yaml")
    again = house("init", "--tracker", "local", "--output", "mine.yaml")

    assert (house.folder / "people.yaml").read_text("utf-8") == "people: []\n"
    assert again.code == 2
    assert "mine.yaml: exists already and stays as it is" in again.err
    assert "--add" in again.err
    assert house("init", "--tracker", "local", "--output", "-").out.startswith("# yaml-language-server")


def test_a_folder_that_is_not_there_is_said(house):
    """Nothing is made on the way."""
    answer = house("init", "--tracker", "local", "--output", "nowhere/escsync.yaml")

    assert answer.code == 2
    assert "nowhere/escsync.yaml: the folder does not exist" in answer.err


# -- with answers on the command line


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_with_answers_the_tracker_is_looked_at(house, workspace, where):
    """Fields by id with how sure each is; the secret comes from the environment or a file .env, and is written nowhere."""
    if where == ".env":
        (house.folder / ".env").write_text(f'NOTION_TOKEN="{TOKEN}"\n', "utf-8")
        (house.folder / ".env").chmod(0o600)
    else:
        house.environ["NOTION_TOKEN"] = TOKEN
    url = f"connection.url={workspace.server.url}"

    offered = house("init", "--tracker", "notion", "--set", url)
    scope = re.search(
        r"(?<=Escalations \(database\):  --set )scope\.data_source=\S+$", offered.err, re.MULTILINE
    )[0]
    written = house(
        "init", "--tracker", "notion", "--set", url, "--set", scope, "--set", "company=Acme: Tools"
    )
    checked = house("doctor")

    assert offered.code == 2
    assert written.code == 0, written.err
    assert re.search(r"fields\.severity +Severity +100 % +the same name", written.out)
    assert "escsync provision" in written.out
    found = tracker(house)
    assert found["mode"] == "observe"
    assert found["connection"]["token"] == "${env:NOTION_TOKEN}"
    assert found["stages"]["intake"] == "Open"
    assert "severity" in found["fields"]
    assert "due_at" not in found["fields"]
    assert TOKEN not in written.out + written.err + (house.folder / "escsync.yaml").read_text("utf-8")
    assert 'company: "Acme: Tools"' in (house.folder / "escsync.yaml").read_text("utf-8")
    assert checked.code == 0, checked.out
    assert "fields.severity: Severity" in checked.out


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_an_empty_jira_is_found_as_it_is(house, dialect):
    """Its statuses are mapped, and its due date is not taken; what is lacking is listed, and doctor knows the file."""
    with jira(dialect, empty()) as site:
        told = site.credentials()
        house.environ["JIRA_TOKEN"] = told.pop("token")
        answers = [f"connection.{name}={value}" for name, value in {"url": site.server.url, **told}.items()]
        given = [
            part
            for one in [*answers, "scope.project=exec", "scope.issue_type=Escalation"]
            for part in ("--set", one)
        ]

        answer = house("init", "--tracker", "jira", *given)
        checked = house("doctor")

    assert answer.code == 0, answer.err
    assert tracker(house)["scope"] == {"project": "EXEC", "issue_type": "Escalation"}
    assert tracker(house)["stages"]["resolution_pending"] == "Resolution Pending"
    assert tracker(house)["fields"] is None
    assert "not there yet: " in answer.out
    assert checked.code == 0, checked.out


def test_a_status_that_is_called_like_a_reference_reads_no_file(house):
    """Whoever may name a status in Jira must not have a file of this machine read."""
    world = empty()
    world.statuses["1"] = Status("1", "${file:/etc/hostname}", "new")
    with jira("cloud", world) as site:
        house.environ["JIRA_TOKEN"] = site.credentials()["token"]
        answer = house(
            "init", "--tracker", "jira", "--set", f"connection.url={site.server.url}", "--set", "connection.deployment=cloud",
            "--set", f"connection.email={site.credentials()['email']}", "--set", "scope.issue_type=Escalation",
            "--set", "scope.project=EXEC",
        )  # fmt: skip

    assert answer.code == 0, answer.err
    assert "intake" not in tracker(house)["stages"]
    assert house("list").code == 0


def test_answers_may_name_fields_and_statuses(house, org):
    """What a person named is not doubted."""
    signed_in(house, org)

    house(
        "init", "--tracker", "salesforce", "--set", f"connection.url={org.server.url}",
        "--set", "scope.record_type=executive_escalation", "--set", "fields.due_at=Ack_Due__c",
        "--set", "stages.investigation=Waiting for legal",
    )  # fmt: skip

    assert tracker(house)["fields"]["due_at"] == "Ack_Due__c"
    assert tracker(house)["stages"]["investigation"] == ["Waiting for legal", "Investigating"]
    assert tracker(house)["scope"] == {"record_type": "Executive_Escalation"}


def test_a_proposal_can_be_read_by_a_program(house, org):
    """Every line of it with its confidence, and the text where it goes to no file."""
    signed_in(house, org)
    arguments = ["init", "--tracker", "salesforce", "--set", f"connection.url={org.server.url}",
                 "--set", "scope.record_type=Executive_Escalation", "--format", "json"]  # fmt: skip

    written, printed = house(*arguments), house(*arguments, "-o", "-")

    severity = next(one for one in written.json["fields"] if one["field"] == "severity")
    assert severity == {
        "field": "severity", "to": "Severity__c", "name": "Severity", "type": "picklist", "confidence": 100,
        "reason": "the same name", "mapped": True, "options": [],
    }  # fmt: skip
    assert written.json["written"] == ["escsync.yaml", "people.yaml", "escsync.schema.json"]
    assert printed.json["written"] == []
    assert printed.json["text"] == (house.folder / "escsync.yaml").read_text("utf-8")


def test_stdout_holds_the_configuration_alone(house, org):
    """`-o -` can be redirected: the table stands beside it."""
    signed_in(house, org)

    answer = house(
        "init", "--tracker", "salesforce", "--set", f"connection.url={org.server.url}",
        "--set", "scope.record_type=Executive_Escalation", "-o", "-",
    )  # fmt: skip

    assert answer.code == 0
    assert parse(answer.out, "").data["trackers"]["salesforce"]["fields"]["severity"] == "Severity__c"
    assert "fields.severity" in answer.err
    assert files(house) == set()


def test_a_narrow_terminal_gets_lines_in_place_of_a_table(house):
    """A table that is folded letter by letter helps nobody."""
    house.environ["COLUMNS"] = "50"

    answer = house("init", "--tracker", "local", "--set", "connection.path=t.db")

    assert "stages.intake: Intake (95 %: the same name)\n" in answer.out


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("connection.url", "--set connection.url: write KEY=VALUE, such as --set scope.project=EXEC"),
        ("connection.url=", "--set connection.url: the value is missing after the ="),
        ("connection.urll=x", "--set connection.urll: there is no such key; did you mean 'connection.url'?"),
        ("zebra=x", "--set zebra: there is no such key; known: company, timezone, connection.url"),
        ("connection.token=s3cret-s3cret", "--set connection.token: is a secret and may not be written out"),
        (
            "connection.url=ftp://acme",
            "--set connection.url: must be an address such as https://acme.atlassian.net",
        ),
        ("connection.timeout=soon", "--set connection.timeout: expected a number, found 'soon'"),
        ("timezone=CET", "did you mean 'Europe/Berlin'?"),
        ("scope.labels=a b", "--set scope.labels: 'a b' cannot be a label"),
        ("fields.root_kause=x", "did you mean 'fields.root_cause'?"),
    ],
)
def test_an_answer_that_cannot_be_used_is_said(house, setting, said):
    """What is wrong, where, and what to write; a secret is not repeated, and nothing is written."""
    house.environ["JIRA_TOKEN"] = "t0ken-t0ken"
    rest = [] if setting.startswith("connection.url") else ["--set", f"connection.url={NOWHERE}"]

    answer = house("init", "--tracker", "jira", "--offline", "--set", setting, *rest)

    assert answer.code == 2
    assert said in answer.err
    assert "s3cret" not in answer.err
    assert files(house) == set()


def test_without_the_secret_nothing_is_written_unless_no_look_is_wanted(house):
    """Half a file would stand in the way of the next try; `--offline` puts what was not answered behind a #."""
    given = ["init", "--tracker", "jira", "--set", f"connection.url={NOWHERE}"]

    refused, left = house(*given), files(house)
    answer = house(*given, "--offline")

    assert (refused.code, refused.out, left) == (2, "", set())
    assert "JIRA_TOKEN is not set, so the tracker cannot be looked at; nothing was written" in refused.err
    assert "    export JIRA_TOKEN=..." in refused.err
    assert answer.code == 0
    assert "  export JIRA_TOKEN=..." in answer.out
    text = (house.folder / "escsync.yaml").read_text("utf-8")
    assert tracker(house)["connection"] == {"url": NOWHERE, "token": "${env:JIRA_TOKEN}"}
    assert re.search(r"# project: EXEC +# The project's key", text)
    assert "# intake:" in text
    assert "To be filled in or corrected first:\n  " in answer.out
    assert "trackers.jira.scope: every ticket of the site would be in scope" in answer.out


def test_all_secrets_that_are_missing_are_named_at_once(house):
    """Of two ways to sign in both: one is enough, but whoever is told of none would be refused again."""
    url = "connection.url=https://acme.my.salesforce.com"

    refused = house("init", "--tracker", "salesforce", "--set", url)

    assert (refused.code, files(house)) == (2, set())
    others = "nor SALESFORCE_CLIENT_SECRET or SALESFORCE_PRIVATE_KEY"
    assert f"SALESFORCE_CLIENT_ID is not set, {others}, so the tracker cannot be looked at" in refused.err
    assert (
        "    and export SALESFORCE_CLIENT_SECRET=...\n    or export SALESFORCE_PRIVATE_KEY=..." in refused.err
    )


def test_a_tracker_that_is_not_there_is_exit_6_and_nothing_is_written(house):
    """The reason, and the way to have the file all the same."""
    house.environ["NOTION_TOKEN"] = TOKEN

    answer = house("init", "--tracker", "notion", "--set", f"connection.url={NOWHERE}")
    offline = house("init", "--tracker", "notion", "--set", f"connection.url={NOWHERE}", "--offline")

    assert answer.code == 6
    assert "--offline writes the file without a look" in answer.err
    assert offline.code == 0


def test_a_place_that_nobody_sees_is_said_with_those_that_are_there(house, org):
    """As the settings to give."""
    signed_in(house, org)

    answer = house(
        "init",
        "--tracker",
        "salesforce",
        "--set",
        f"connection.url={org.server.url}",
        "--set",
        "scope.record_type=Nope",
    )

    assert answer.code == 2
    assert "nothing that the account sees fits; there is:" in answer.err
    assert "--set scope.record_type=Executive_Escalation" in answer.err
    assert files(house) == set()


@pytest.mark.parametrize("scope", ["where=Origin = 'Phone'", "record_type=executive_escalation"])
def test_a_scope_that_says_enough_is_taken_as_it_is(house, org, scope):
    """A condition of one's own is not narrowed by the place that is looked at."""
    signed_in(house, org)

    answer = house(
        "init",
        "--tracker",
        "salesforce",
        "--set",
        f"connection.url={org.server.url}",
        "--set",
        f"scope.{scope}",
    )

    key, _, value = scope.partition("=")
    assert answer.code == 0, answer.err
    assert {name: said.casefold() for name, said in tracker(house)["scope"].items()} == {
        key: value.casefold()
    }
    assert "severity" in tracker(house)["fields"]


def test_the_address_of_another_place_is_no_condition(house, workspace):
    """A database that nobody sees is not looked at through another one."""
    house.environ["NOTION_TOKEN"] = TOKEN

    answer = house(
        "init", "--tracker", "notion", "--set", f"connection.url={workspace.server.url}",
        "--set", "scope.database=0123456789abcdef0123456789abcdef",
    )  # fmt: skip

    assert answer.code == 2
    assert files(house) == set()


@pytest.mark.parametrize(
    ("machine", "written"), [("Etc/UTC", "UTC"), (":Europe/Rome", "Europe/Rome"), ("EST", "UTC")]
)
def test_the_time_zone_is_the_machines(house, machine, written):
    """As far as it has a name that holds all the year."""
    house.environ["TZ"] = machine

    house("init", "--tracker", "local", "--set", "connection.path=t.db")

    assert parse((house.folder / "escsync.yaml").read_text("utf-8"), "").data["timezone"] == written


# -- on a terminal


def test_a_person_is_asked_what_matters_and_again_where_it_cannot_be(house, org):
    """Which tracker, how to reach it, where the tickets are, the company and the zone; each mistake with its reason."""
    signed_in(house, org)
    person = typed(
        house, "sales", "ftp://acme", org.server.url, "0F1E2D3C4B5A-mistyped", "", "", "nowhere at all", "executive", "1",
        "", "Acme", "CET", "",
    )  # fmt: skip

    answer = house("init", host=person)

    assert answer.code == 0, answer.out + answer.err
    assert "must be an address such as" in answer.out
    assert "That is no name of an environment variable" in answer.out
    assert "mistyped" not in answer.out
    assert "Nothing of the list is called 'nowhere at all'" in answer.out
    assert "An answer is needed here" in answer.out
    assert "'CET' is an abbreviation" in answer.out
    assert "escsync provision" in answer.out
    assert tracker(house)["scope"] == {"record_type": "Executive_Escalation"}
    text = (house.folder / "escsync.yaml").read_text("utf-8")
    assert "timezone: Europe/Berlin" in text
    assert "company: Acme " in text


def test_a_person_may_bring_the_secret_while_init_waits(house, org):
    """It is written into .env meanwhile, and looked for again; `skip` goes on without a look."""

    class Person(io.StringIO):
        """Somebody who writes the file before pressing Enter."""

        def readline(self, *size):
            line = super().readline(*size)
            if line.startswith("now"):
                secrets = (f"SALESFORCE_{name.upper()}={value}\n" for name, value in org.secret().items())
                (house.folder / ".env").write_text("".join(secrets), "utf-8")
            return line

    answers = [org.server.url, "", "", "now", "1", "Acme", ""]
    found = house(
        "init", "--tracker", "salesforce", host=house.host(keyboard=Person("\n".join(answers) + "\n"))
    )
    (house.folder / ".env").unlink()
    skipped = house(
        "init",
        "--tracker",
        "salesforce",
        "-o",
        "b.yaml",
        host=typed(house, org.server.url, "MISTYPED", "", "back", "", "", "", "skip", "Acme", ""),
    )

    assert "SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET is not set" in found.out
    assert found.code == skipped.code == 0, found.err + skipped.err
    assert "severity" in tracker(house)["fields"]
    assert tracker(house, "b.yaml")["fields"] is None


def test_a_person_learns_why_the_tracker_does_not_answer_and_chooses(house):
    """Other answers, the file without a look, or nothing."""
    house.environ |= {"SALESFORCE_CLIENT_ID": "client-id", "SALESFORCE_CLIENT_SECRET": "cl1ent-secret"}
    stopped = house("init", "--tracker", "salesforce", host=typed(house, NOWHERE, "", "", "stop here"))
    before = files(house)
    written = house(
        "init", "--tracker", "salesforce",
        host=typed(house, NOWHERE, "", "", "answer again", "", "", "", "without a look", "Acme", ""),
    )  # fmt: skip

    assert stopped.code == 2
    assert before == set()
    assert written.code == 0, written.err
    assert "cl1ent-secret" not in written.out + written.err
    assert tracker(house)["connection"]["url"] == NOWHERE


class _Hand(io.StringIO):
    """A person who presses Ctrl-C instead of the last answer."""

    def readline(self, *size):
        line = super().readline(*size)
        if not line:
            raise KeyboardInterrupt
        return line


@pytest.mark.parametrize(("keyboard", "code"), [(_Hand, 130), (io.StringIO, 2)])
@pytest.mark.parametrize("answers", range(4))
def test_who_stops_answering_leaves_nothing_behind(house, keyboard, code, answers):
    """Ctrl-C or the end of the input, at any question: no file, no half of one."""
    given = "\n".join(["local", "tracker.db", "Acme", ""][:answers])

    answer = house("init", host=house.host(keyboard=keyboard(given + "\n" if answers else "")))

    assert answer.code == code
    assert files(house) == set()


def test_on_a_real_terminal(house):
    """The program itself, a keyboard and a screen."""
    leader, follower = pty.openpty()
    child = os.fork()
    if child == 0:  # pragma: no cover  # the program's own process
        os.close(leader)
        os.login_tty(follower) if hasattr(os, "login_tty") else _session(follower)
        os.chdir(house.folder)
        os.execve(PROGRAM, [str(PROGRAM), "init"], {**os.environ, "TZ": "Europe/Berlin", "TERM": "xterm"})
    os.close(follower)
    seen = ""
    for question, answer in (
        ("Which tracker", "local"),
        ("file", ""),
        ("company", "Acme"),
        ("time zone", ""),
    ):
        seen = _until(leader, question)
        os.write(leader, f"{answer}\n".encode())
    seen = _until(leader, "escsync plan")
    _, status = os.waitpid(child, 0)
    os.close(leader)

    assert os.waitstatus_to_exitcode(status) == 0, seen
    assert "timezone: Europe/Berlin" in (house.folder / "escsync.yaml").read_text("utf-8")
    assert house("doctor").code == 0


def _session(follower):  # pragma: no cover  # the program's own process
    os.setsid()
    for number in range(3):
        os.dup2(follower, number)


def _until(leader, wanted):
    """What the screen shows until *wanted* is on it."""
    seen = ""
    while wanted not in seen:
        ready, _, _ = select.select([leader], [], [], 30)
        assert ready, seen
        try:
            seen += os.read(leader, 65_536).decode("utf-8", "replace")
        except OSError:
            break  # the program has ended
    return seen


def test_a_file_that_is_there_is_said_before_anything_is_asked(house):
    """Nobody answers in vain."""
    (house.folder / "escsync.yaml").write_text("version: 1\n", "utf-8")

    answer = house("init", host=typed(house))

    assert answer.code == 2
    assert "escsync.yaml: exists already" in answer.err
    assert "Which tracker" not in answer.out


# -- one more tracker


def test_a_tracker_is_added_to_what_is_there(house):
    """Every line and comment stays, and both are looked at."""
    house("init", "--tracker", "local")
    before = (house.folder / "escsync.yaml").read_text("utf-8")

    added = house(
        "init", "--tracker", "local", "--add", "--name", "second", "--set", "connection.path=second.db"
    )
    again = house(
        "init", "--tracker", "local", "--add", "--name", "second", "--set", "connection.path=third.db"
    )

    after = (house.folder / "escsync.yaml").read_text("utf-8")
    assert added.code == 0, added.err
    assert after.startswith(before.rstrip("\n"))
    assert list(parse(after, "").data["trackers"]) == ["local", "second"]
    assert again.code == 2
    assert "it has a tracker 'second' already; name the new one with --name" in again.err
    assert house("doctor").code == 0


@pytest.mark.parametrize("head", ["company=Beta", "timezone=Europe/Rome"])
def test_what_an_addition_cannot_change_is_not_taken(house, head):
    """The head of the file is for all its trackers: an answer that would be dropped is refused."""
    house("init", "--tracker", "local")
    before = (house.folder / "escsync.yaml").read_text("utf-8")

    answer = house(
        "init",
        "--tracker",
        "local",
        "--add",
        "--name",
        "second",
        "--set",
        "connection.path=2.db",
        "--set",
        head,
    )

    assert answer.code == 2
    assert f"--set {head.partition('=')[0]}: it stands at the head of escsync.yaml" in answer.err
    assert (house.folder / "escsync.yaml").read_text("utf-8") == before


def test_nothing_is_added_to_a_file_that_is_not_there(house):
    """It is said before anything is asked."""
    answer = house("init", "--tracker", "local", "--add", "--set", "connection.path=x.db")

    assert answer.code == 2
    assert "escsync.yaml: there is no such file to add to" in answer.err


def test_the_head_is_the_same_for_all():
    """Its remarks stand in the column of every example."""
    assert {line.index(" # ") for line in starter.head().splitlines()[2:8] if " # " in line[2:]} <= {42}
