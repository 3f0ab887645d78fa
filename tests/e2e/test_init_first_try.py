"""init as somebody uses it who has read nothing: what is guessed is right, and a slip is said where it happens."""

import io

import pytest
from e2e.house import House
from fakes.jira.empty import empty
from fakes.jira.rig import rig as jira
from fakes.notion.rig import TOKEN
from fakes.notion.rig import rig as notion

from escsync.cli.init.interview import Interview
from escsync.cli.terminal import Terminal
from escsync.config.document import parse


@pytest.fixture
def house(tmp_path):
    """An empty folder on a machine in Berlin."""
    house = House(tmp_path)
    house.environ = {"TZ": "Europe/Berlin"}
    return house


def typed(house, *answers):
    """A machine with a person who types these answers, one a line."""
    return house.host(keyboard=io.StringIO("".join(f"{one}\n" for one in answers)))


def tracker(house):
    """The only tracker of what was written."""
    text = (house.folder / "escsync.yaml").read_text("utf-8")
    (section,) = parse(text, "escsync.yaml").data["trackers"].values()
    return section


SCOPE = {"scope.project": "EXEC", "scope.issue_type": "Escalation"}


def told(house, site, scope=SCOPE):
    """The answers of a Jira that can be given without a terminal; its token is in the environment."""
    credentials = site.credentials()
    house.environ["JIRA_TOKEN"] = credentials.pop("token")
    given = {"connection.url": site.server.url, **scope}
    given |= {f"connection.{name}": value for name, value in credentials.items()}
    return [part for name, value in given.items() for part in ("--set", f"{name}={value}")]


# -- how to reach it


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_nobody_is_asked_which_jira_it_is(house, dialect):
    """The server tells: Enter at the e-mail of a Cloud account is all that an admin of a Data Center needs."""
    with jira(dialect, empty()) as site:
        credentials = site.credentials()
        house.environ["JIRA_TOKEN"] = credentials["token"]
        person = typed(house, site.server.url, credentials.get("email", ""), "", "1", "Acme", "")
        answer = house("init", "--tracker", "jira", host=person)
        # Cloud answers under the old version, too; the document by which requests are judged describes the new one.
        site.server.violations[:] = [one for one in site.server.violations if "/2/serverInfo" not in one]

    assert answer.code == 0, answer.out + answer.err
    assert tracker(house)["connection"] == {
        "url": site.server.url,
        **({"email": credentials["email"]} if dialect == "cloud" else {}),
        "token": "${env:JIRA_TOKEN}",
    }


def test_an_account_of_the_cloud_is_no_account_of_a_server(house):
    """Data Center would only say that the credentials are wrong."""
    with jira("datacenter", empty()) as site:
        house.environ["JIRA_TOKEN"] = site.credentials()["token"]
        person = typed(
            house, site.server.url, "escsync@acme.example", "", "answer again", "", "-", "", "1", "Acme", ""
        )
        answer = house("init", "--tracker", "jira", host=person)

    assert "on Data Center (your own server) leave connection.email out" in answer.out
    assert answer.code == 0, answer.out + answer.err
    assert "email" not in tracker(house)["connection"]


@pytest.mark.parametrize("answer", ["back", "Acme", "escsync@", "@acme.example"])
def test_what_is_no_e_mail_address_is_asked_again(house, answer):
    """Whoever has answered in the wrong order learns it at once."""
    said = house("init", "--tracker", "jira", host=typed(house, "https://acme.atlassian.net", answer))

    assert "must be an e-mail address such as escsync@acme.example" in said.out


def test_in_the_cloud_enter_is_no_answer_to_the_e_mail_question(house):
    """Its address tells that an account is needed: said, and asked again, before anybody signs in."""
    house.environ["JIRA_TOKEN"] = "t0ken-t0ken"

    said = house("init", "--tracker", "jira", host=typed(house, "https://acme.atlassian.net", "", "", ""))

    assert "Jira Cloud needs the email of the account" in said.out
    assert "looking at the tracker" not in said.err


def test_who_has_forgotten_the_secret_gives_it_and_does_the_same_again(house):
    """Nothing of the first try stands in the way."""
    with jira("cloud", empty()) as site:
        arguments = ["init", "--tracker", "jira", *told(house, site)]
        token = house.environ.pop("JIRA_TOKEN")
        first = house(*arguments)
        house.environ["JIRA_TOKEN"] = token
        second = house(*arguments)

    assert (first.code, second.code) == (2, 0)


def test_a_file_that_holds_no_secret_is_said_before_anybody_signs_in(house):
    """Something made up in its place would be sent to the tracker, and refused there."""
    answer = house(
        "init", "--tracker", "jira", "--set", "connection.url=http://127.0.0.1:9",
        "--set", "connection.token=${file:nowhere/token}",
    )  # fmt: skip

    assert answer.code == 2
    assert "--set connection.token: " in answer.err
    assert "nowhere/token" in answer.err


# -- where the tickets are


PLACES = (
    "Executive (EXEC): Escalation",
    "Executive (EXEC): Task",
    "Help (HELP): Escalation",
    "Executives (OPS): Bug",
)


@pytest.mark.parametrize(
    ("answers", "meant"),
    [
        (("EXEC", "Escalation"), 0),
        (("exec escalation",), 0),
        (("task",), 1),
        (("HELP",), 2),
        (("EXEC", "help"), 2),
        (("executive", "bug"), 3),
        (("nowhere", "4"), 3),
        (("EXEC", "2"), 1),
        (("Executive (EXEC): Task",), 1),
        (("cutiv OPS",), 3),
    ],
)
def test_words_narrow_what_is_listed(answers, meant, capsys):
    """Whole words before parts of words; what is not in the list that is shown is looked for in all of it."""
    lines = io.StringIO("".join(f"{one}\n" for one in answers))

    assert Interview(Terminal({}), lines).choose("Which place", PLACES) == meant


def test_places_can_be_copied_from_the_screen(house):
    """What follows a name is settings and nothing else, on a line without a mark of ours."""
    with jira("cloud", empty()) as site:
        given = told(house, site, scope={})
        answer = house("init", "--tracker", "jira", *given)

    assert answer.code == 2
    first, *places = answer.err.splitlines()[1:]
    assert first == "escsync: several places fit; choose one with:"
    assert len(places) == 4
    assert places[0].startswith("    Executive escalations (EXEC): Escalation (")
    assert places[0].endswith(":  --set scope.project=EXEC --set scope.issue_type=Escalation")


@pytest.mark.parametrize(
    "spelled", ["{}", "https://www.notion.so/acme/Escalations-{}?v=0123456789abcdef0123456789abcdef"]
)
def test_a_database_is_as_good_as_its_data_source(house, spelled):
    """By the id or the address that a browser shows; the one data source in it is what is looked at."""
    with notion() as workspace:
        house.environ["NOTION_TOKEN"] = TOKEN
        database = workspace.site.escalations.database.id
        answer = house(
            "init", "--tracker", "notion", "--set", f"connection.url={workspace.server.url}",
            "--set", f"scope.database={spelled.format(database.replace('-', ''))}",
        )  # fmt: skip

    assert answer.code == 0, answer.err
    assert tracker(house)["scope"] == {"database": database}
    assert "severity" in tracker(house)["fields"]


# -- what is there and what is not


def test_a_status_that_a_person_names_and_is_not_there_is_obeyed_and_said(house):
    """In the table, above it, and in the file."""
    with jira("cloud", empty()) as site:
        answer = house(
            "init",
            "--tracker",
            "jira",
            *told(house, site),
            "--set",
            "stages.intake=Opne",
            "--set",
            "fields.tone=duedat",
        )

    said = "you named it, but the tracker has no such status; did you mean 'Open'?"
    assert answer.code == 0, answer.err
    assert f"stages.intake: Opne: {said}" in answer.out
    assert answer.out.count(said) == 2
    assert "you named it, though init sees no such field; did you mean 'duedate'?" in answer.out
    assert said in (house.folder / "escsync.yaml").read_text("utf-8")


def test_several_statuses_may_be_named_for_a_stage(house):
    """In the order in which they were named: the first is the one that is written."""
    house(
        "init",
        "--tracker",
        "local",
        "--set",
        "connection.path=t.db",
        "--set",
        "stages.closed=[Rejected, Closed]",
    )

    assert tracker(house)["stages"]["closed"] == ["Rejected", "Closed"]
    assert "rejected" not in tracker(house)["stages"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("stages.intake=${file:/etc/hostname}", "would be taken for one; write its id"),
        ("fields.tone=${env:HOME}", "would be taken for one; write its id"),
        ("fields.tone=[a, b]", "name one field"),
        ("stages.intake=M\udcfcll", "holds bytes that are no text in UTF-8"),
        ("stages.intake=[]", "name a status, or several as [a, b]"),
    ],
)
def test_what_is_no_name_of_something_in_the_tracker_is_refused(house, setting, said):
    """Nothing that was named is dropped, and nothing is written that means something else."""
    answer = house("init", "--tracker", "local", "--set", "connection.path=t.db", "--set", setting)

    assert answer.code == 2
    assert f"--set {setting.partition('=')[0]}: " in answer.err
    assert said in answer.err


def test_a_step_for_which_no_status_stands_is_said(house):
    """Three of the six cannot be told in a new project's workflow; a person and a program learn which."""
    with jira("cloud", empty(bare=True)) as site:
        arguments = ["init", "--tracker", "jira", *told(house, site)]
        answer = house(*arguments)
        document = house(*arguments, "-o", "-", "--format", "json").json

    lacking = ["solution_design", "customer_update", "resolution_pending"]
    assert f"no status stands for 3 of the 6 steps: {', '.join(lacking)}." in answer.out
    assert "add a status for each to the tracker's workflow, and name it under `stages:`" in answer.out
    assert document["unserved"] == lacking


def test_where_every_step_has_a_status_nothing_is_said_of_it(house):
    """No line without need."""
    with jira("cloud", empty()) as site:
        answer = house("init", "--tracker", "jira", *told(house, site))

    assert "no status stands for" not in answer.out


def test_what_the_file_says_of_missing_fields_stays_true(house):
    """Provisioning adds a line for each below; the list of what init found does not call them missing."""
    house("init", "--tracker", "local", "--set", "connection.path=t.db")
    before = (house.folder / "escsync.yaml").read_text("utf-8")
    house("provision", "--apply")
    after = (house.folder / "escsync.yaml").read_text("utf-8")

    block = "# init found nothing like these; `escsync provision --apply` makes those that\n      # have no line of their own here yet:\n"
    assert block in before
    assert block in after
    assert "\n      due_at: " in after
