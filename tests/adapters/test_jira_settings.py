"""The YAML under `connection:` and `scope:` of a Jira tracker: every mistake in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from escsync_jira import plugin
from escsync_jira.settings import Deployment, JiraSettings
from escsync_jira.template import TEMPLATE
from pydantic import ValidationError
from ruamel.yaml import YAML

from escsync.adapter import FIELDS
from escsync.domain.fields import MAPPED_STAGES
from escsync.registry import settings_model

CLOUD = {"url": "https://acme.atlassian.net", "email": "bot@acme.example", "token": "t0ken"}
SCOPE = {"project": "EXEC"}


def settings(connection=None, scope=None):
    return JiraSettings.model_validate({"connection": connection or CLOUD, "scope": scope or SCOPE})


@pytest.mark.parametrize(
    ("connection", "deployment"),
    [
        (CLOUD, Deployment.CLOUD),
        ({"url": "https://api.atlassian.com/ex/jira/4711", "token": "t"}, Deployment.CLOUD),
        ({"url": "https://jira.acme.example/context/", "token": "t"}, None),
        (
            {"url": "https://jira.acme.example", "token": "t", "deployment": "datacenter"},
            Deployment.DATACENTER,
        ),
        ({"url": "https://jira.acme.example", "username": "bot", "password": "p"}, None),
        ({"url": "http://127.0.0.1:8080", "email": "b@c.example", "token": "t"}, None),
        ({"url": "http://localhost:8080", "token": "t"}, None),
        ({"url": "http://[::1]:8080", "token": "t"}, None),
    ],
)
def test_every_way_to_sign_in(connection, deployment):
    """The deployment is known by the address where the address tells."""
    told = settings(connection).connection

    assert told.known is deployment
    assert not told.url.endswith("/")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "acme.atlassian.net"}, "must be an address"),
        ({"url": "ftp://acme.example"}, "must be an address"),
        ({"url": "http://jira.acme.example"}, "use https"),
        ({"url": "http://127.0.0.1.evil.example"}, "use https"),
        ({"url": "https://user:pw@acme.example"}, "keys of their own"),
        ({"url": "https://acme.atlassian.net/jira/software"}, "must be the site alone"),
        ({"url": "https://jira.acme.example?x=1"}, "must end after"),
        ({"token": ""}, "no credentials"),
        ({"token": "t0ken\n"}, "was it copied whole"),
        ({"email": ""}, "needs the email"),
        ({"username": "bot", "password": "p"}, "two ways"),
        ({"token": "", "password": "p"}, "takes no passwords"),
        (
            {"url": "https://jira.acme.example", "email": "", "token": "", "password": "p"},
            "without username",
        ),
        ({"token": "", "email": "", "username": "bot", "password": "p"}, "takes no passwords"),
        ({"url": "https://jira.acme.example", "deployment": "datacenter"}, "remove email"),
        ({"deployment": "clowd"}, "'cloud' or 'datacenter'"),
        ({"timeout": 0}, "greater than 0"),
        ({"passwort": "x"}, "Extra inputs"),
    ],
)
def test_a_mistake_is_told_in_words(change, words):
    """And never with the secret in it."""
    with pytest.raises(ValidationError) as raised:
        settings(CLOUD | change)

    told = "; ".join(error["msg"] for error in raised.value.errors())
    assert words in told
    assert "t0ken" not in told


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({"issue_type": "Escalation"}, "every ticket of the site"),
        ({"project": "EXEC", "labels": ["two words"]}, "hold no spaces"),
        ({"project": "EXEC", "jql": "a = 1) OR (b = 2"}, "closing parenthesis"),
        ({"project": "EXEC", "jql": "(a = 1"}, "never closed"),
        ({"project": "EXEC", "jql": 'a = "1'}, "quotation mark"),
        ({"project": "EXEC", "jql": "a = 1 order  by key"}, "ORDER BY"),
        ({"projekt": "EXEC"}, "Extra inputs"),
    ],
)
def test_a_scope_that_cannot_be_meant(scope, words):
    """A condition can reach no further than its parentheses, and there is always one."""
    with pytest.raises(ValidationError) as raised:
        settings(scope=scope)

    assert words in "; ".join(error["msg"] for error in raised.value.errors())


def test_one_label_or_several():
    """A list, or a single one; a project may be a number."""
    assert settings(scope={"project": "EXEC", "labels": "vip"}).scope.labels == ("vip",)
    assert settings(scope={"project": 4711, "labels": ["a", "b"]}).scope.labels == ("a", "b")


def test_a_quoted_order_by_is_only_text():
    """What stands in quotes is a value."""
    jql = "summary ~ \"order by (\" AND reporter = 'x'"

    assert settings(scope={"project": "EXEC", "jql": f" {jql} "}).scope.jql == jql


def test_secrets_do_not_show():
    """Neither in messages nor in logs."""
    assert "t0ken" not in f"{settings()!r} {settings()}"


def test_a_certificate_file_is_relative_to_the_configuration():
    """As all paths of a configuration are."""
    told = {"connection": CLOUD | {"verify": "ca.pem"}, "scope": SCOPE}

    found = JiraSettings.model_validate(told, context={"folder": "/etc/escsync"})

    assert found.connection.verify == Path("/etc/escsync/ca.pem")


def test_the_template_is_a_sound_configuration():
    """What `escsync init --tracker jira` writes needs only names changed."""
    (tracker,) = YAML(typ="safe").load(TEMPLATE)["trackers"].values()

    told = {"connection": tracker["connection"], "scope": tracker["scope"]}
    settings_model(plugin).model_validate(told)

    assert set(tracker["fields"]) <= set(FIELDS)
    assert set(tracker["stages"]) <= {stage.value for stage in MAPPED_STAGES}
    assert tracker["mode"] == "observe"
