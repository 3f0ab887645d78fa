"""One more tracker in a configuration that is there: nothing else of it changes."""

import pytest

from escsync.config.document import parse
from escsync.setup.editing.addition import Unsuited, added

SECTION = """\
  second:  # named
    adapter: local
    # fields:
    connection:
      path: "a: b"
"""
FILES = {
    "two spaces": "version: 1\ntrackers:\n  first:\n    adapter: jira\n",
    "four spaces": "trackers:\n    first:\n        adapter: jira\n",
    "one space": "trackers:\n first:\n  adapter: jira\n",
    "no newline at the end": "trackers:\n  first:\n    adapter: jira",
    "keys after it": "trackers:\n  first:\n    adapter: jira\n    # fields:\n\n# limits\nlimits: {max_writes: 1}\n",
    "comments at its end": "trackers:\n  first:\n    adapter: jira\n    # fields:\n    #   tone: x\n\n# the end\n",
    "CRLF": "version: 1\r\ntrackers:\r\n  first:\r\n    adapter: jira\r\ncompany: Acme\r\n",
    "an anchor": "trackers:\n  first: &one\n    adapter: jira\n  third:\n    <<: *one\n    mode: off\n",
    "a tracker in braces": "trackers:\n  first: {adapter: jira}\n",
    "a document's marks": "---\ntrackers:\n  first:\n    adapter: jira\n...\n",
}


@pytest.mark.parametrize("name", FILES)
def test_a_tracker_stands_below_the_others_and_every_line_stays(name):
    """In the file's own indentation and line ends; what follows the trackers still follows them."""
    before = FILES[name]

    after = added(before, "second", SECTION)

    old, new = parse(before, "").data, parse(after, "").data
    assert list(new["trackers"]) == [*old["trackers"], "second"]
    assert new == {
        **old,
        "trackers": {**old["trackers"], "second": {"adapter": "local", "connection": {"path": "a: b"}}},
    }
    kept = after.splitlines(keepends=True)
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    assert ("\r\n" in before) is all(line.endswith("\r\n") for line in kept)
    assert parse(after, "").data["trackers"]["first"] == old["trackers"]["first"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trackers: {first: {adapter: jira}}\n", "between braces"),
        ("version: 1\n", "it has no `trackers:`"),
        ("trackers:\n", "it has no `trackers:`"),
        ("- a\n", "it has no `trackers:`"),
        ("trackers:\n  second:\n    adapter: jira\n", "a tracker 'second' already"),
        ("trackers:\n  first: [\n", "is no YAML"),
        ("trackers:\n  first:\n    a: 1\n  first:\n    a: 2\n", "is written twice"),
    ],
)
def test_a_file_that_cannot_take_it_in_says_why(text, said):
    """Rather than a guess where it might go."""
    with pytest.raises(Unsuited, match=said):
        added(text, "second", SECTION)
