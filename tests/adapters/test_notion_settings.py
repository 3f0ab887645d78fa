"""The YAML under `connection:` and `scope:` of a Notion tracker: every mistake in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from escsync_notion import plugin
from escsync_notion.settings import NotionSettings, identified
from escsync_notion.template import TEMPLATE
from pydantic import ValidationError
from ruamel.yaml import YAML

from escsync.adapter import FIELDS
from escsync.domain.fields import MAPPED_STAGES
from escsync.registry import settings_model

ID = "2f1c8a6e-9b7d-4c3f-a1e2-d3c4b5a69788"
BARE = ID.replace("-", "")
CONFIG = Path(__file__).parents[2] / "config"


def settings(connection=None, scope=None):
    told = {"connection": {"token": "ntn_x"} | (connection or {}), "scope": scope or {"database": ID}}
    return NotionSettings.model_validate(told)


@pytest.mark.parametrize(
    "told",
    [
        ID,
        BARE,
        BARE.upper(),
        f" {ID} ",
        f"https://app.notion.com/p/Executive-escalations-{BARE}",
        f"https://app.notion.com/p/{BARE}?v=00000000000000000000000000000000",
        f"https://www.notion.so/acme/{BARE}?v=00000000000000000000000000000000&pvs=4",
        f"https://www.notion.so/Executive-escalations-{ID}",
        f"https://acme.notion.site/{BARE}",
        f"collection://{ID}",
    ],
)
def test_a_database_is_named_by_id_or_address(told):
    """As the browser shows it, on either host, with or without dashes; a view's id is not mistaken for it."""
    assert settings(scope={"database": told}).scope.database == ID
    assert settings(scope={"data_source": told}).scope.data_source == ID


@pytest.mark.parametrize(
    "told", ["Escalations", "", "1234", f"https://evil.example/{BARE}", f"{BARE}0", "../" + BARE]
)
def test_what_is_no_id_is_none(told):
    """Nothing is guessed, and nothing of it gets into a path."""
    assert identified(told) == ""


@pytest.mark.parametrize(
    ("connection", "scope", "words"),
    [
        ({"token": ""}, None, "no token"),
        ({"token": " ntn_x"}, None, "copied whole"),
        ({"token": "ntn_ü"}, None, "copied whole"),
        ({"url": "api.notion.com"}, None, "must be an address"),
        ({"url": "http://api.notion.com"}, None, "use https"),
        ({"url": "http://127.0.0.1.evil.example"}, None, "use https"),
        ({"url": "https://user:pw@api.notion.com"}, None, "user name"),
        ({"url": "https://api.notion.com?x=1"}, None, "must end after"),
        ({"version": "2022-06-28"}, None, "2026-03-11"),
        ({"timeout": 0}, None, "greater than 0"),
        ({"tokn": "x"}, None, "Extra inputs"),
        (None, {"database": "Escalations"}, "32 hexadecimal digits"),
        (None, {"database": ID, "data_source": ID}, "exactly one"),
        (None, {"database": ID, "data_source": ID, "page": ID}, "exactly one"),
        (None, {"key_property": "x"}, "exactly one"),
        (None, {"page": "Escalations"}, "32 hexadecimal digits"),
    ],
)
def test_every_mistake_is_told_in_words(connection, scope, words):
    """And before anything is asked of Notion."""
    with pytest.raises(ValidationError) as raised:
        settings(connection, scope)

    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("scope", "unmade"),
    [({"page": ID}, True), ({"page": ID, "database": BARE}, False), ({"page": ID, "data_source": ID}, False)],
)
def test_a_page_stands_for_a_database_that_is_yet_to_be_made(scope, unmade):
    """And may stay beside it afterwards."""
    assert settings(scope=scope).scope.unmade is unmade


@pytest.mark.parametrize("url", ["http://127.0.0.1:8803", "http://localhost:8803/", "http://[::1]:8803/v1"])
def test_plain_http_is_for_rehearsals_on_this_machine(url):
    """The client adds the version of the path itself."""
    told = settings({"url": url}).connection.url

    assert not told.endswith(("/", "/v1"))


def test_a_token_is_never_shown():
    """Not in a print-out of the settings."""
    assert "hush" not in repr(settings({"token": "hush"}))


def test_the_template_is_a_sound_configuration():
    """What `escsync init --tracker notion` writes needs only names changed."""
    _sound(YAML(typ="safe").load(TEMPLATE))


def test_the_example_file_is_a_sound_configuration():
    """So does config/notion.yaml."""
    _sound(YAML(typ="safe").load((CONFIG / "notion.yaml").read_text(encoding="utf-8")))


def _sound(told):
    (tracker,) = told["trackers"].values()
    settings_model(plugin).model_validate({"connection": tracker["connection"], "scope": tracker["scope"]})
    assert set(tracker["fields"]) <= set(FIELDS)
    assert set(tracker["stages"]) <= {stage.value for stage in MAPPED_STAGES}
    assert set(tracker["options"]) <= set(FIELDS)
    assert tracker["mode"] == "observe"
