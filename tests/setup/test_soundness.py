"""Soundness: whatever provisioning writes, the configuration loads as it did before."""

import pytest

from escsync.config.document import parse
from escsync.setup.editing.soundness import unsound

FILE = """\
trackers:
  support:
    adapter: jira
    stages: {intake: Open}
    fields:
      priority: customfield_1
      owner: [assignee, customfield_2]
    options: {tone: {public: "10"}}
"""


@pytest.mark.parametrize(
    ("settings", "refused"),
    [
        ({("fields", "tone"): "customfield_3"}, []),
        ({("fields", "computed_priority"): "customfield_1"}, [("fields", "computed_priority")]),
        ({("fields", "health"): "CustomField_2"}, [("fields", "health")]),
        ({("fields", "tone"): "customfield_1"}, []),
        (
            {
                ("fields", "health"): "customfield_3",
                ("fields", "due_at"): "customfield_3",
                ("fields", "tone"): "x",
            },
            [("fields", "due_at")],
        ),
        ({("options", "tone"): {"private": "10", "threat_public": "11"}}, [("options", "tone", "private")]),
        ({("stages", "closed"): "Open"}, [("stages", "closed")]),
        ({("scope", "database"): "x"}, []),
    ],
)
def test_only_what_would_be_wrong_is_refused(settings, refused):
    """What else was made is written all the same; the reason says which entry stands in the way."""
    found = dict(unsound(parse(FILE, "escsync.yaml"), ("trackers", "support"), settings))

    assert list(found) == refused
    assert all("nothing would load the file" in why for why in found.values())


def test_what_was_wrong_before_stops_nothing():
    """Somebody is at work in the file: their mistake is theirs."""
    document = parse(FILE.replace("intake:", "intak:"), "escsync.yaml")

    assert dict(unsound(document, ("trackers", "support"), {("fields", "tone"): "T"})) == {}
    assert dict(unsound(document, ("trackers", "helpdesk"), {("fields", "tone"): "T"})) == {}
