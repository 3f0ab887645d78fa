"""The YAML under `connection:` and `scope:` of a Salesforce tracker: every mistake in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from escsync_salesforce import plugin
from escsync_salesforce.settings import Grant, SalesforceSettings
from escsync_salesforce.template import TEMPLATE
from fakes.salesforce.signin import private_key
from pydantic import ValidationError
from ruamel.yaml import YAML

from escsync.adapter import FIELDS
from escsync.config import load
from escsync.domain.fields import MAPPED_STAGES
from escsync.registry import settings_model

URL = "https://acme.my.salesforce.com"
SECRET = {"url": URL, "client_id": "3MVG", "client_secret": "s3cret"}
SCOPE = {"record_type": "Executive_Escalation"}
CONFIG = Path(__file__).parents[2] / "config"


def settings(connection=None, scope=None, context=None):
    told = {"connection": connection or SECRET, "scope": scope or SCOPE}
    return SalesforceSettings.model_validate(told, context=context)


def key():
    return {"url": URL, "client_id": "3MVG", "username": "bot@acme.example", "private_key": private_key()}


@pytest.mark.parametrize(
    ("connection", "grant"),
    [
        (SECRET, Grant.CLIENT_CREDENTIALS),
        ({"url": URL, "session_id": "00D!AQ"}, Grant.SESSION),
        ({"url": "http://127.0.0.1:8080/", "session_id": "00D!AQ"}, Grant.SESSION),
        ({"url": "http://[::1]:8080", "session_id": "00D!AQ"}, Grant.SESSION),
        (SECRET | {"url": "https://acme--uat.sandbox.my.salesforce.com"}, Grant.CLIENT_CREDENTIALS),
    ],
)
def test_every_way_to_sign_in(connection, grant):
    """The credentials that are given say how."""
    told = settings(connection).connection

    assert told.grant is grant
    assert not told.url.endswith("/")


def test_a_key_is_a_way_to_sign_in_as_well():
    """With the name of the user whom it stands for."""
    assert settings(key()).connection.grant is Grant.JWT_BEARER


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        (SECRET | {"url": "acme.my.salesforce.com"}, "must be an address"),
        (SECRET | {"url": "http://acme.my.salesforce.com"}, "use https"),
        (SECRET | {"url": "http://127.0.0.1.evil.example"}, "use https"),
        (SECRET | {"url": "https://a:b@acme.my.salesforce.com"}, "keys of their own"),
        (SECRET | {"url": f"{URL}/lightning/page"}, "must be the address alone"),
        (SECRET | {"url": "https://acme.lightning.force.com"}, "https://acme.my.salesforce.com"),
        (SECRET | {"url": "https://login.salesforce.com"}, "your own My Domain"),
        (SECRET | {"url": "https://test.salesforce.com"}, "your own My Domain"),
        ({"url": URL}, "no credentials"),
        ({"url": URL, "client_id": "3MVG"}, "no credentials"),
        ({"url": URL, "client_secret": "s"}, "go with client_id"),
        (SECRET | {"session_id": "00D"}, "several ways"),
        (SECRET | {"username": "bot@acme.example"}, "remove username"),
        ({"url": URL, "session_id": "00D", "client_id": "3MVG"}, "stands alone"),
        (SECRET | {"client_secret": " s3cret"}, "white space"),
        (SECRET | {"client_secret": "s3\ncret"}, "white space"),
        ({"url": URL, "session_id": "00Dé"}, "white space"),
        ({"url": URL, "client_id": "3MVG", "username": "b", "private_key": "abc"}, "PEM"),
        (
            {
                "url": URL,
                "client_id": "3MVG",
                "private_key": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
            },
            "username",
        ),
        (
            {
                "url": URL,
                "client_id": "3MVG",
                "username": "b",
                "private_key": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n-----END ENCRYPTED PRIVATE KEY-----",
            },
            "passphrase",
        ),
        (SECRET | {"api_version": "latest"}, "must be a version"),
        (SECRET | {"api_version": "30.0"}, "too old"),
        (SECRET | {"api_version": True}, "must be a version"),
        (SECRET | {"timeout": 0}, "greater than 0"),
        (SECRET | {"passwort": "x"}, "Extra inputs"),
    ],
)
def test_a_connection_that_cannot_be_meant(connection, words):
    """The message says what is wrong, and holds no secret."""
    with pytest.raises(ValidationError) as wrong:
        settings(connection)

    assert words in str(wrong.value)
    assert "s3cret" not in "".join(error["msg"] for error in wrong.value.errors())


@pytest.mark.parametrize("raw", ["66.0", 66.0, 66, "v66.0", "66"])
def test_a_version_in_any_spelling(raw):
    """YAML makes numbers of them."""
    assert settings(SECRET | {"api_version": raw}).connection.api_version == "66.0"


@pytest.mark.parametrize(
    "scope",
    [
        SCOPE,
        {"flag": "IsEscalated"},
        {"where": "Origin = 'Executive' AND (Priority = 'High' OR Type != null)"},
        {"where": "Subject LIKE '%;--%' AND Reason = 'order by (limit'"},
        {"where": "AccountId IN (SELECT Id FROM Account WHERE Type = 'Customer' LIMIT 5)"},
        {"where": "Reason = 'O\\'Hara'"},
    ],
)
def test_a_scope_that_is_whole(scope):
    """Any of the three will do; quotations and inner questions hold what they like."""
    assert settings(scope=scope).scope.model_dump().items() >= scope.items()


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({"where": ""}, "every case of the org"),
        ({"where": "Origin = 'x') OR (Id != null"}, "no opening one"),
        ({"where": "(Origin = 'x'"}, "never closed"),
        ({"where": "Origin = 'x"}, "quotation mark"),
        ({"where": 'Origin = "x"'}, "SOQL quotes with '"),
        ({"where": "Origin = 'x' ORDER BY Id"}, "ORDER BY"),
        ({"where": "Origin = 'x' LIMIT 5"}, "LIMIT"),
        ({"where": "Origin = 'x' FOR UPDATE"}, "FOR UPDATE"),
        ({"where": "Origin = 'x' ALL ROWS"}, "ALL ROWS"),
        ({"where": "Origin = 'x' -- rest"}, "--"),
        ({"flag": "Is Escalated"}, "API name"),
        ({"flag": "IsEscalated = TRUE OR Id != null"}, "API name"),
        ({"jql": "x"}, "Extra inputs"),
    ],
)
def test_a_scope_that_cannot_be_meant(scope, words):
    """Nothing in it reaches beyond its parentheses."""
    with pytest.raises(ValidationError) as wrong:
        settings(scope=scope)

    assert words in str(wrong.value)


def test_a_certificate_authority_is_found_beside_the_file(tmp_path):
    """Relative to the folder of the configuration."""
    told = settings(SECRET | {"verify": "ca.pem"}, context={"folder": tmp_path}).connection

    assert told.verify == tmp_path / "ca.pem"


def test_the_plugin_says_where_its_settings_are():
    """Without importing the SDK."""
    assert settings_model(plugin) is SalesforceSettings


def test_the_template_maps_what_there_is():
    """Every word of it is known."""
    tracker = YAML(typ="safe").load(TEMPLATE)["trackers"]["salesforce"]

    settings_model(plugin).model_validate({"connection": tracker["connection"], "scope": tracker["scope"]})
    assert set(tracker["fields"]) <= set(FIELDS)
    assert set(tracker["stages"]) <= {stage.value for stage in MAPPED_STAGES}


def test_the_example_loads_as_it_is(tmp_path):
    """An admin who copies config/salesforce.yaml starts from something that works, in observe mode."""
    for path in CONFIG.iterdir():
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")

    known = {"SALESFORCE_CLIENT_ID": "3MVG", "SALESFORCE_CLIENT_SECRET": "hush"}
    config = load(tmp_path / "salesforce.yaml", environ=known)

    assert {mode.value for mode in config.modes.values()} == {"observe"}


@pytest.mark.parametrize(
    ("told", "native"),
    [
        ("005dM0000000008", "005dM0000000008QAA"),
        (" 005dM0000000008 ", "005dM0000000008QAA"),
        ("005dM0000000008QAA", "005dM0000000008QAA"),
        ("dana@acme.example", "dana@acme.example"),
        ("", ""),
    ],
)
def test_an_id_of_fifteen_characters_is_the_one_of_eighteen(told, native):
    """As people copy it from an address; anything else stays as it is."""
    assert settings().native_id(told) == native
