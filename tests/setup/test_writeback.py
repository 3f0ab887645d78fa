"""Writing into a YAML file: one entry changes, and every other byte stays."""

from __future__ import annotations

import os
import textwrap
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escsync.config.document import parse
from escsync.setup.editing.exchange import Changed, read, save
from escsync.setup.editing.writeback import Left, struck, to_paste, written

AT = ("trackers", "support")
FILE = """\
# yaml-language-server: $schema=escsync.schema.json
version: 1
company:   "Acme"          # as it stands in messages
x-ids: &ids {tone: T1}

trackers:
    support:               # a name of your choosing
        adapter: jira
        stages: {intake: Open, closed: [Done, 'Won''t do']}
        fields:            # our field -> the field
            entry_point: customfield_10010   # select
            # the account
            account.tier: 'Tier'             # by its name
            owner:
            - assignee
            - customfield_10050
            # written by escsync:
            due_at: ${env:DUE_FIELD}
            health:        # not yet
        options:
        # only where an option is named otherwise
            # severity: {billing_dispute: Invoice wrong}
        communications: {native: true}

    other: {adapter: notion, fields: {}}
limits: {max_writes: 5}    # the end"""


def change(settings, text=FILE, at=AT):
    """The lines that a write-back takes away and puts in."""
    new = written(text, at, settings)
    before, after = text.splitlines(), new.text.splitlines()
    return [x for x in before if x not in after], [x.strip() for x in after if x not in before], new.left


@pytest.mark.parametrize(
    ("settings", "gone", "come"),
    [
        pytest.param(
            {("fields", "tone"): "customfield_1"}, [], ["tone: customfield_1"], id="a new entry of a section"
        ),
        pytest.param(
            {("fields", "entry_point"): "customfield_10010"}, [], [], id="what stands there already"
        ),
        pytest.param(
            {("fields", "entry_point"): "customfield_9"},
            ["            entry_point: customfield_10010   # select"],
            ["entry_point: customfield_9   # select"],
            id="another value beside a comment",
        ),
        pytest.param(
            {("fields", "account.tier"): "It's #1: new"},
            ["            account.tier: 'Tier'             # by its name"],
            ["account.tier: 'It''s #1: new'             # by its name"],
            id="a key with a dot, and its quotes",
        ),
        pytest.param(
            {("fields", "health"): "007"},
            ["            health:        # not yet"],
            ['health: "007"        # not yet'],
            id="a key without a value, and a text of digits",
        ),
        pytest.param(
            {("fields", "owner"): ["assignee", "customfield_7"]},
            ["            owner:", "            - assignee", "            - customfield_10050"],
            ["owner: [assignee, customfield_7]"],
            id="a list of several lines",
        ),
        pytest.param(
            {("options", "tone", "private"): "10001", ("options", "tone", "public"): "10002"},
            [],
            ["tone:", 'private: "10001"', 'public: "10002"'],
            id="an empty section with comments in it",
        ),
        pytest.param(
            {("stages", "rejected"): "No"},
            ["        stages: {intake: Open, closed: [Done, 'Won''t do']}"],
            ["stages: {intake: Open, closed: [Done, 'Won''t do'], rejected: \"No\"}"],
            id="a section in one line",
        ),
        pytest.param(
            {("scope", "database"): "a1b2", ("scope", "page"): "no: \u200b\ttrap"},
            [],
            ["scope:", "database: a1b2", 'page: "no: \\U0000200b\\U00000009trap"'],
            id="a section that is not there",
        ),
    ],
)
def test_only_the_entry_changes(settings, gone, come):
    """Comments, order, quotes and indentation stay; a new entry takes the file's own form."""
    assert change(settings) == (gone, come, ())


def test_a_new_entry_stands_where_it_usually_does():
    """Fields in the order of the process, sections in the order of the templates."""
    new = written(
        FILE, AT, {("fields", "tone"): "T", ("fields", "source_url"): "U", ("scope", "project"): "EXEC"}
    )
    lines = [line.split(":")[0].strip() for line in new.text.splitlines()]

    assert lines[lines.index("entry_point") + 1] == "source_url"
    assert lines[lines.index("account.tier") + 1] == "tone"
    assert lines[lines.index("adapter") + 1 : lines.index("stages")] == ["scope", "project"]


def test_what_escsync_writes_stands_together():
    """Below the heading that people gave it, whatever stands above it."""
    text = textwrap.dedent("""\
        trackers:
          support:
            fields:
              tone: T
              # written by escsync:
              health: H
        """)

    new = written(
        text, AT, {("fields", "due_at"): "D", ("fields", "root_cause"): "R", ("fields", "escsync_stage"): "S"}
    )

    assert new.text == textwrap.dedent("""\
        trackers:
          support:
            fields:
              tone: T
              root_cause: R
              # written by escsync:
              due_at: D
              health: H
              escsync_stage: S
        """)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("source_url", "            source_url: T                    # escsync: 'Tone' (select) # 2"),
        ("account.name", "            account.name: T                  # escsync: 'Tone' (select) # 2"),
        ("tone", "            tone: T                          # escsync: 'Tone' (select) # 2"),
        ("computed_priority", "            computed_priority: T  # escsync: 'Tone' (select) # 2"),
        ("health", "            health: T        # not yet"),
        ("due_at", ""),
    ],
)
def test_an_id_is_written_with_what_it_is(key, line):
    """In the column of its neighbour's comment; where one stands already, that one stays. It goes with the entry."""
    settings = {("fields", key): "T"}

    new = written(FILE, AT, settings, {("fields", key): "'Tone' (select) # 2"})
    back = struck(new.text, AT, settings)

    assert [one for one in new.text.splitlines() if one not in FILE.splitlines()] == [line] * bool(line)
    assert back.text == FILE or key == "health"


def test_several_ids_have_their_words_in_one_column():
    """However long the names of the fields are, a person reads down the column."""
    settings = {("fields", "tone"): "f1", ("fields", "exception.authorizer"): "f2", ("scope", "page"): "p"}

    new = written("trackers:\n  support:\n    adapter: jira\n", AT, settings, dict.fromkeys(settings, "x"))

    assert new.text == textwrap.dedent("""\
        trackers:
          support:
            adapter: jira
            scope:
              page: p                   # escsync: x
            fields:
              tone: f1                  # escsync: x
              exception.authorizer: f2  # escsync: x
        """)


def test_a_tracker_in_one_line_stays_in_one_line():
    """Flow style is kept, and what is empty is filled."""
    _, come, left = change({("fields", "tone"): "T", ("scope", "page"): "p"}, at=("trackers", "other"))

    assert come == ["other: {adapter: notion, scope: {page: p}, fields: {tone: T}}"]
    assert left == ()


def test_a_reference_is_not_overwritten():
    """What comes from the environment is changed there: it is said, and the rest is written."""
    _, come, left = change({("fields", "due_at"): "customfield_60", ("fields", "tone"): "T"})

    assert come == ["tone: T"]
    assert [(one.path, one.value) for one in left] == [((*AT, "fields", "due_at"), "customfield_60")]
    assert "reference" in left[0].why


def test_a_name_that_would_be_read_as_a_reference_is_left_to_a_person():
    """Whoever names a field in the tracker must not name a secret of ours."""
    _, come, left = change({("fields", "tone"): "${env:JIRA_TOKEN}"})

    assert come == []
    assert len(left) == 1


@pytest.mark.parametrize(
    "text",
    [
        "trackers: {support: &s {fields: &f {tone: A}}, other: {fields: *f}}\n",
        "base: &b\n  fields: {tone: A, health: H}\ntrackers:\n  support:\n    <<: *b\n",
        "trackers:\n  support:\n    fields: [a]\n",
        "trackers:\n  support:\n    fields:\n      tone: # why\n      - A # first\n      - B\n",
        "- trackers\n",
    ],
)
def test_what_cannot_be_written_without_touching_something_else_is_left(text):
    """An anchor that others use, a merged section, a list with comments: the file stays as it is, and it is said."""
    new = written(text, AT, {("fields", "tone"): "B"})

    assert new.text == text
    assert [one.path[-1] for one in new.left] == ["tone"]


def test_an_alias_is_replaced_and_its_anchor_stays():
    """Only the place that was meant changes."""
    text = "trackers: {a: {fields: {tone: &t T1}}, support: {fields: {tone: *t, health: H}}}\n"

    new = written(text, AT, {("fields", "tone"): "T2"})

    assert new.text == text.replace("*t", "T2")


def test_what_was_removed_is_struck_and_its_comment_stays():
    """Only entries that say exactly what was removed; an option's mapping goes with its last entry."""
    text = textwrap.dedent("""\
        trackers:
          support:
            fields:
              root_cause: customfield_1   # why it happened
              tone: customfield_2
              severity: customfield_9     # our own
            options: {tone: {public: "1"}, severity: {other: x}}
        """)
    settings = {
        ("fields", "root_cause"): "customfield_1",
        ("fields", "tone"): "customfield_2",
        ("fields", "severity"): "customfield_3",
        ("options", "tone"): {"public": "1"},
        ("fields", "health"): "customfield_4",
    }

    new = struck(text, AT, settings)

    assert new.left == ()
    assert new.text == textwrap.dedent("""\
        trackers:
          support:
            fields:
              # why it happened
              severity: customfield_9     # our own
            options: {severity: {other: x}}
        """)


def test_the_last_entry_of_a_section_leaves_the_section():
    """An empty section says nothing, and what is written into it later finds its place again."""
    text = "trackers:\n  support:\n    fields:\n      tone: T\n    mode: observe\n"

    empty = struck(text, AT, {("fields", "tone"): "T"}).text
    again = written(empty, AT, {("fields", "tone"): "T"}).text

    assert empty == "trackers:\n  support:\n    fields:\n    mode: observe\n"
    assert again == text


def test_what_is_left_can_be_pasted():
    """Nested once, in the order given."""
    left = (
        Left((*AT, "fields", "account.tier"), "customfield_1", ""),
        Left((*AT, "fields", "owner"), ("assignee", "x: y"), ""),
        Left((*AT, "options", "tone", "public"), "10", ""),
    )

    pasted = to_paste(left)

    assert pasted == textwrap.dedent("""\
        trackers:
          support:
            fields:
              account.tier: customfield_1
              owner: [assignee, "x: y"]
            options:
              tone:
                public: "10\"""")
    assert parse(pasted, "x").data["trackers"]["support"]["fields"]["owner"] == ["assignee", "x: y"]


def test_a_file_is_replaced_whole_with_its_rights(tmp_path):
    """Through a link, too: the file that it names is written."""
    file, link = tmp_path / "real.yaml", tmp_path / "escsync.yaml"
    file.write_bytes(b"a: 1\r\n")
    file.chmod(0o640)
    link.symlink_to(file)

    save(link, read(link), "a: 2\r\n")

    assert file.read_bytes() == b"a: 2\r\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["escsync.yaml", "real.yaml"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path):
    """Somebody has it open in an editor: the newer text wins, and nothing is left lying about."""
    file = tmp_path / "escsync.yaml"
    file.write_text("a: 1\n")
    before = read(file)
    file.write_text("a: 1 # mine\n")

    with pytest.raises(Changed):
        save(file, before, "a: 2\n")

    assert file.read_text() == "a: 1 # mine\n"
    assert os.listdir(tmp_path) == ["escsync.yaml"]


def test_what_a_killed_program_left_is_taken_away(tmp_path):
    """By the next one that writes the file, after some seconds; what people keep beside it stays."""
    file, dead, busy, theirs = (
        tmp_path / name
        for name in (
            "escsync.yaml",
            ".escsync.yaml.escsync-dead.tmp",
            ".escsync.yaml.escsync-busy.tmp",
            ".escsync.yaml.original",
        )
    )
    for one in (file, dead, busy, theirs):
        one.write_text("a: 1\n")
    for one in (dead, theirs):
        os.utime(one, (1e9, 1e9))

    save(file, "a: 1\n", "a: 2\n")

    assert sorted(os.listdir(tmp_path)) == sorted(one.name for one in (file, busy, theirs))


@pytest.mark.parametrize(
    ("known", "held", "said"),
    [
        ("", "tone: theirs", "tone: theirs"),
        ("tone: Tone", "tone: theirs", "tone: theirs"),
        ("tone: Tone", "", ""),
        ("tone: Tone", "tone: Tone", "tone: ours"),
        ("", "health: theirs", "tone: ours, health: theirs"),
        ("tone: Tone", "tone: ours", "tone: ours"),
    ],
)
def test_what_somebody_wrote_meanwhile_is_their_decision(known, held, said):
    """An entry that reads otherwise than when its value was decided on stays, and is said."""
    text = "trackers: {support: {adapter: jira, fields: {%s}}}\n"

    new = written(text % held, AT, {("fields", "tone"): "ours"}, None, text % known)

    assert new.text == text % said
    assert [one.path[-1] for one in new.left] == ["tone"] * ("ours" not in said)


def test_a_section_that_is_gone_is_not_made_again():
    """Somebody gave the tracker another name: a section without an adapter would be no configuration any more."""
    text = "trackers:\n  helpdesk:\n    adapter: jira\n"

    new = written(text, AT, {("fields", "tone"): "T"})

    assert new.text == text
    assert [one.why for one in new.left] == ["there is no trackers.support in it any more"]


names = st.sampled_from(["tone", "account.tier", "due_at", "x y", "7", "é", "#odd", "a: b"])
scalars = st.one_of(
    st.sampled_from(["T", "yes", "no", "on", "12", "1e3", "~", "- x", "'", '"', "{", "%a", "", " "]),
    st.text(max_size=8),
)
values = st.one_of(scalars, st.lists(scalars, min_size=1, max_size=3))


@st.composite
def files(draw):
    """A file with a tracker in it, written in any of the ways in which people write YAML."""
    newline, step = draw(st.sampled_from(["\n", "\r\n"])), " " * draw(st.sampled_from([1, 2, 4]))
    fields = draw(st.dictionaries(names, scalars.filter(lambda text: text.isprintable()), max_size=4))
    quoted = draw(st.sampled_from(["'", '"']))
    lines = [
        "# top",
        "a: &a [1,  2]   # a list",
        "trackers:",
        f"{step}support:  # it",
        f"{step * 2}adapter: jira",
    ]
    said = {k: _quoted(k, '"') + ": " + _quoted(v, quoted) for k, v in fields.items()}
    match draw(st.sampled_from(["block", "flow", "tall", "none"])):
        case "block":
            lines += [f"{step * 2}fields:   # ours", f"{step * 3}# first"]
            lines += [f"{step * 3}{one}   # {n}{newline}" for n, one in enumerate(said.values())]
        case "flow":
            lines += [f"{step * 2}fields: {{{', '.join(said.values())}}}  # ours"]
        case "tall":
            lines += [
                f"{step * 2}fields: {{ # ours",
                *(f"{step * 3}{one}, # {n}" for n, one in enumerate(said.values())),
            ]
            lines += [f"{step * 2}}}"]
        case _:
            fields = {}
    lines += ["  # an odd place", f"{step}other:", f"{step * 2}same: *a", "# the end"]
    return newline.join(lines) + draw(st.sampled_from(["", newline])), fields


def _quoted(text, mark):
    if mark == "'":
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def comments(text):
    return sorted(
        "#" + line.partition(" #")[2] for line in text.splitlines() if " #" in line or line[:1] == "#"
    )


@settings(max_examples=60, deadline=None)
@given(files(), names, values)
def test_a_file_says_what_it_said_and_the_new_entry(file, name, value):
    """Read again, the file differs by the entry alone; every comment is there, and taking it out gives the old meaning."""
    text, fields = file
    before = parse(text, "x").data

    new = written(text, AT, {("fields", name): value}, {("fields", name): "note: [1] # {"})
    expected = deepcopy(before)
    expected["trackers"]["support"]["fields"] = {**fields, name: value}
    back = struck(new.text, AT, {("fields", name): value})

    if not new.left:
        assert parse(new.text, "x").data == expected
        assert [c for c in comments(new.text) if "# escsync: " not in c] == comments(text)
        assert new.text.count("\r\n") == new.text.count("\n") * ("\r\n" in text)
        assert written(new.text, AT, {("fields", name): value}).text == new.text
        if name not in fields:
            kept = {
                k: v for k, v in (parse(back.text, "x").data["trackers"]["support"]["fields"] or {}).items()
            }
            assert kept == fields
    assert new.left == () or "${" in str(value)
