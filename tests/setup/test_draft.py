"""What init writes: it loads back exactly as it was meant, whatever a tracker calls its things."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escsync.adapter import FIELDS, FieldKind
from escsync.cli.init import starter
from escsync.config import load
from escsync.config.document import parse
from escsync.config.vocabulary import build
from escsync.offers import Available, Shape, Step
from escsync.setup.mapping import draft
from escsync.setup.mapping.proposal import propose

HOSTILE = (
    "plain", "two words", "it's", 'say "so"', "a: b", "# no comment", "x #1", "- item", "[list]", "{map}", "*alias", "&anchor",
    "!tag", "%percent", "@at", "`tick`", "yes", "No", "null", "~", "true", "1", "1.5", "007", "0x1f", "1e5", "2026-01-01",
    "12:30:45", "line\nbreak", "tab\there", "a\u2028b", "\u202egnp", "a\u00a0b", "naïve", "größe", "日本語", "🙂", "\x07bell",
    "\\n", "back\\slash", "trailing:", "?", "|", ">", "<<", "=", "...", "---", "\ufeffbom", "a" * 300, "#",
)  # fmt: skip
REFERENCES = ("${env:HOME}", "x ${file:/etc/passwd} y", "${", "${oops}", "half \ud800")
WORDS = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=20)).filter(str.strip)


@dataclass
class Whole:
    """A draft, written and read again."""

    text: str

    @property
    def tracker(self):
        """The tracker's section."""
        (section,) = parse(self.text, "escsync.yaml").data["trackers"].values()
        return {key: value or {} for key, value in section.items()}


def written(shape=None, scope=None, company="Acme", **answers):
    """The file for a tracker of this shape."""
    connection = {"url": "https://acme.example/jira", "token": "${env:JIRA_TOKEN}"}
    section = draft.Section("support", "jira", connection, scope or {}, propose(shape or Shape()), **answers)
    return Whole(starter.head(draft.quoted(company)) + draft.section(section))


@pytest.mark.parametrize("word", HOSTILE)
def test_a_hostile_name_comes_back_as_it_was(word):
    """In the scope, as a field, a status, an option and the company; no name ends a line or begins a key."""
    shape = Shape(
        (Available(word, "Root cause", word, (FieldKind.CHOICE,), {"1": "Bug"}),),
        (Step(word, f"Open {word}"), Step(f"{word} 2", "Closed", True)),
    )

    found = written(shape, {"project": word, "labels": [word, word]}, company=word)

    assert parse(found.text, "x").data["company"] == word
    assert found.tracker["scope"] == {"project": word, "labels": [word, word]}
    assert found.tracker["fields"] == {"root_cause": word.strip()}
    assert found.tracker["stages"]["closed"] == f"{word} 2"
    assert found.tracker["options"] == {"root_cause": {"product_bug": "Bug"}}
    assert found.tracker["mode"] == "observe"


@pytest.mark.parametrize("word", REFERENCES)
def test_a_name_that_would_be_read_otherwise_is_left_to_a_person(word):
    """A tracker's admin shall not have a file of this machine read: what looks like a reference never becomes a value."""
    fields = (Available(word, "Root cause", "select", (FieldKind.CHOICE,), {"1": word}),)
    found = written(Shape(fields, (Step(word, "Open"),)))

    assert found.tracker["fields"] == {}
    assert found.tracker["stages"] == {}
    assert "its name cannot stand here" in found.text
    lines = [line.strip() for line in found.text.splitlines() if word in line]
    assert [line for line in lines if not line.startswith("#")] in ([], ["token: ${env:JIRA_TOKEN}"])


@given(
    st.lists(st.tuples(WORDS, WORDS, st.sampled_from(sorted(FIELDS))), max_size=5),
    st.lists(WORDS, max_size=4),
)
def test_a_draft_holds_what_was_proposed_and_nothing_else(named, statuses):
    """Read back it is the proposal's vocabulary, and every line of it is a known key or a comment."""
    fields = [
        Available(spelling, f"{meant} {name}", name, (FIELDS[meant].kind,), {"1": name, "2": "Bug"})
        for spelling, name, meant in named
    ]
    shape = Shape(tuple(fields), tuple(Step(one, f"Open {one}") for one in statuses))
    proposal = propose(shape)

    whole = written(shape)
    found = whole.tracker

    assert found["fields"] == {
        name: spelled for name, (spelled,) in proposal.vocabulary.fields.items() if draft.writable(spelled)
    }
    spelled = {
        stage.value: [one for one in many if draft.writable(one)]
        for stage, many in proposal.vocabulary.stages.items()
    }
    assert found["stages"] == {
        stage: many[0] if len(many) == 1 else many for stage, many in spelled.items() if many
    }
    assert set(found) <= {"adapter", "mode", "connection", "stages", "fields", "options"}
    _, problems = build(parse(whole.text, ""), ("trackers", "support"), found)
    assert problems == []


def test_a_draft_of_a_tracker_that_was_not_looked_at_says_what_to_fill_in():
    """Every field that the process wants and every step, behind a #; it is a configuration already."""
    found = written(looked=False)

    assert "# closed:" in found.text
    assert "# init did not look for these; `escsync provision --apply` makes those that\n" in found.text
    assert "root_cause" in found.text
    assert found.tracker["fields"] == {}


def test_a_draft_looks_like_the_examples():
    """Remarks stand in one column, and how sure a line is stands beside it."""
    shape = Shape(
        (Available("customfield_1", "Root cause", "select", (FieldKind.CHOICE,)),), (Step("3", "Open"),)
    )

    lines = written(shape, {"project": "EXEC"}).text.splitlines()

    assert "      root_cause: customfield_1            # Root cause, select: 95 %, the same name" in lines
    assert '      intake: "3"                          # Open: 88 %, a usual name' in lines
    assert {line.index(" # ") for line in lines if " # " in line and not line.strip().startswith("#")} == {42}


def test_a_draft_is_a_configuration(tmp_path):
    """It loads as it is, with the people beside it."""
    text = written(Shape((), (Step("3", "Open"),)), {"project": "EXEC"}).text
    (tmp_path / "escsync.yaml").write_text(
        text.replace("token:", "email: a@b.example\n      token:"), "utf-8"
    )
    (tmp_path / "people.yaml").write_text(starter.people(), "utf-8")

    config = load(tmp_path / "escsync.yaml", environ={"JIRA_TOKEN": "t0ken"})

    assert config.trackers["support"].mode.value == "observe"
    assert config.company == "Acme"
