"""init with an adapter that escsync does not know: its guide says what to ask, and is believed no further than that."""

import io
import sys
import textwrap

import pytest
from e2e.house import House

from escsync.config.document import parse

SOURCE = """
    from pydantic import BaseModel, ConfigDict, SecretStr
    from escsync.adapter import Denied, FieldKind, Plugin
    from escsync.offers import Available, Place, Question, Right, Shape, Step

    class Connection(BaseModel):
        model_config = ConfigDict(extra="forbid")
        url: str
        way: str = "token"
        token: SecretStr = SecretStr("")
        user: str = ""
        team: str = ""

    class Scope(BaseModel):
        model_config = ConfigDict(extra="forbid")
        board: str
        lane: str = ""

    class Settings(BaseModel):
        connection: Connection
        scope: Scope

    TEMPLATE = "    adapter: linear\\n    connection: {url: https://linear.example}\\n    scope: {board: A}\\n"

    class Explorer:
        def __init__(self, connection):
            self.connection = connection
        def places(self):
            boards = {"none": (), "evil": ("${file:/etc/hostname}", "B")}.get(self.connection.team, ("A", "B"))
            for name in boards:
                yield Place(name, f"Board {name}", {"board": name}, "board")
        def shape(self, place):
            if self.connection.team == "secretive":
                raise Denied(f"the token {self.connection.token.get_secret_value()} may not", remedy="grant it")
            fields = (
                Available("f1", "Root cause", "choice", (FieldKind.CHOICE,), {"1": "Bug"}),
                Available("f2", "\\x1b[31mTone\\x1b[0m\\u202e", "choice", (FieldKind.CHOICE,)),
            )
            return Shape(fields, (Step("1", "New"), Step("2", "Done", True)), ("a note for the admin",))
        def close(self):
            open(self.connection.url.removeprefix("file:"), "w").close() if "file:" in self.connection.url else None

    class Guide:
        questions = (
            Question(("connection", "url"), "Where is it"),
            Question(("connection", "way"), "token or user", "token"),
            Question(("connection", "token"), "Which variable", "LINEAR_TOKEN", secret=True, only={("connection", "way"): "token"}),
            Question(("connection", "user"), "Who", only={("connection", "way"): "user"}),
            Question(("connection", "team"), "Which team", optional=True),
            Question(("scope", "lane"), "Which lane", "urgent", optional=True),
        )
        rights = (Right("read boards", "observe", "all"),)
        def explore(self, connection, retry):
            return Explorer(connection)

    GUIDE = Guide()
    plugin = Plugin(name="linear", title="Linear", settings="escsync_test_init:Settings", connect="escsync_test_init:none",
                    template="escsync_test_init:TEMPLATE", guide="escsync_test_init:{guide}")
"""


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """An empty folder on a machine with a stranger's adapter."""
    place = tmp_path / "packages"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))

    def installed(guide="GUIDE"):
        (place / "escsync_test_init.py").write_text(
            textwrap.dedent(SOURCE).replace("{guide}", guide), "utf-8"
        )
        info = place / "escsync_test_init-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: escsync_test_init\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[escsync.adapters]\nlinear = escsync_test_init:plugin\n")
        house = House(tmp_path / "project")
        house.folder.mkdir()
        house.environ = {"TZ": "Europe/Berlin", "LINEAR_TOKEN": "t0p-s3cret-token"}
        return house

    yield installed
    sys.modules.pop("escsync_test_init", None)


def asked(house, *answers):
    """init with a person who answers so."""
    return house(
        "init", "--tracker", "linear", host=house.host(keyboard=io.StringIO("\n".join([*answers, ""])))
    )


def section(house):
    """What was written for the tracker."""
    return parse((house.folder / "escsync.yaml").read_text("utf-8"), "").data["trackers"]["linear"]


def test_only_the_questions_that_apply_are_asked(stranger):
    """Another way to sign in leaves out the token; what is optional may be left empty, and a default be refused."""
    house = stranger()

    answer = asked(house, "https://linear.example", "user", "dana", "", "2", "-", "Acme", "")

    assert answer.code == 0, answer.out + answer.err
    assert "Which variable" not in answer.out
    assert section(house)["connection"] == {"url": "https://linear.example", "way": "user", "user": "dana"}
    assert section(house)["scope"] == {"board": "B"}


def test_who_answers_again_may_sign_in_another_way(stranger):
    """What belonged to the first way is forgotten."""
    house = stranger()

    answer = asked(
        house,
        "https://linear.example",
        "",
        "",
        "none",
        "answer again",
        "",
        "user",
        "dana",
        "-",
        "1",
        "",
        "Acme",
        "",
    )

    assert answer.code == 0, answer.out + answer.err
    assert (
        "the account sees no place where tickets could be kept -> grant it what mode observe needs: read boards"
        in answer.out
    )
    assert section(house)["connection"] == {"url": "https://linear.example", "way": "user", "user": "dana"}
    assert section(house)["scope"] == {"board": "A", "lane": "urgent"}


def test_the_connection_is_given_back(stranger, tmp_path):
    """Whatever comes of the look."""
    house = stranger()

    asked(house, f"file:{tmp_path / 'closed'}", "", "", "none", "stop here")

    assert (tmp_path / "closed").exists()


def test_what_the_tracker_says_is_harmless_and_what_is_secret_stays_so(stranger):
    """No colour, no direction mark, no token: neither on the screen nor in the file."""
    house = stranger()
    refused = asked(house, "https://linear.example", "", "", "secretive", "1", "stop here")

    answer = asked(house, "https://linear.example", "", "", "", "1", "", "Acme", "")

    text = (house.folder / "escsync.yaml").read_text("utf-8")
    assert "the token *** may not -> grant it" in refused.out
    assert answer.code == 0
    assert "a note for the admin" in answer.out
    assert not [ch for ch in "\x1b\u202e" if ch in answer.out + text]
    assert "t0p-s3cret-token" not in refused.out + refused.err + answer.out + text


def test_a_place_that_is_called_like_a_reference_is_no_place(stranger):
    """It would have a file of this machine read."""
    house = stranger()

    answer = house(
        "init", "--tracker", "linear", "--set", "connection.url=https://x", "--set", "connection.team=evil"
    )

    assert answer.code == 0, answer.err
    assert section(house)["scope"]["board"] == "B"


def test_defaults_stand_where_nobody_is_asked(stranger):
    """The usual way to sign in, and the usual variable."""
    house = stranger()

    house("init", "--tracker", "linear", "--set", "connection.url=https://x", "--set", "scope.board=b")

    assert section(house)["connection"] == {"url": "https://x", "token": "${env:LINEAR_TOKEN}"}
    assert section(house)["scope"] == {"board": "B"}
    assert section(house)["options"] == {"root_cause": {"product_bug": "Bug"}}


def test_a_guide_that_does_not_load_leaves_the_template(stranger):
    """With its own section only, the head comes from escsync; who wants to be asked learns what is wrong."""
    house = stranger(guide="GONE")

    refused = asked(house, "x")
    written = house("init", "--tracker", "linear")

    assert refused.code == 2
    assert "the adapter 'linear' is broken: there is no escsync_test_init:GONE" in refused.err
    assert written.code == 0
    assert (
        parse((house.folder / "escsync.yaml").read_text("utf-8"), "").data["trackers"]["support"]["adapter"]
        == "linear"
    )
