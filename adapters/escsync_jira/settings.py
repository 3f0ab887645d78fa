"""The YAML of a Jira tracker: where it is, how to sign in, which tickets are executive escalations."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

from escsync.web import loopback, sendable

from .jql import Unbalanced, balanced

_STRICT = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
_CLOUD_HOSTS = (".atlassian.net", ".jira-dev.com", ".jira.com", ".atlassian-us-gov-mod.net")
_GATEWAY = "api.atlassian.com"


class Deployment(StrEnum):
    """Which Jira it is."""

    CLOUD = "cloud"
    DATACENTER = "datacenter"


class JiraConnection(BaseModel):
    """How to reach it."""

    model_config = _STRICT

    url: str = Field(examples=["https://acme.atlassian.net"])
    """The site's address, with the context path where a Data Center has one."""
    deployment: Deployment | None = Field(default=None, examples=["cloud"])
    """`cloud` or `datacenter`; found out by the address, else asked."""
    email: str = Field(default="", examples=["escsync@acme.example"])
    """Cloud: the e-mail address of the account that the API token belongs to."""
    token: SecretStr = SecretStr("")
    """Cloud: an API token (with `email`). Data Center: a personal access token (alone)."""
    username: str = Field(default="", examples=["escsync"])
    """Data Center without tokens: the login name."""
    password: SecretStr = SecretStr("")
    """Data Center without tokens: the password."""
    timeout: float = Field(default=30, gt=0, le=600)
    """Seconds to wait for an answer; a connection must be made within 5."""
    verify: bool | Path = True
    """The file with your own certificate authority; `false` checks no certificate and is for rehearsals."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        if parts.scheme not in ("https", "http") or not host:
            raise ValueError("must be an address such as https://acme.atlassian.net")
        if parts.username or parts.password:
            raise ValueError("must not hold a user name or password; use the keys of their own")
        if parts.query or parts.fragment:
            raise ValueError("must end after the site's address: no ?... and no #...")
        if parts.scheme == "http" and not loopback(host):
            raise ValueError("plain http would send the credentials readable; use https")
        if host.endswith(_CLOUD_HOSTS) and parts.path.strip("/"):
            raise ValueError(f"must be the site alone: https://{host}")
        return url.strip().rstrip("/")

    @field_validator("email")
    @classmethod
    def _mailbox(cls, email: str) -> str:
        before, _, after = email.strip().rpartition("@")
        if email.strip() and not (before and after):
            raise ValueError("must be an e-mail address such as escsync@acme.example")
        return email.strip()

    @field_validator("token", "password")
    @classmethod
    def _sendable(cls, secret: SecretStr) -> SecretStr:
        sendable(secret.get_secret_value(), ascii_only=False)
        return secret

    @field_validator("verify")
    @classmethod
    def _within_the_folder(cls, verify: bool | Path, info: ValidationInfo) -> bool | Path:
        folder = (info.context or {}).get("folder")
        return Path(folder) / verify if folder and isinstance(verify, Path) else verify

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> JiraConnection:
        token, password = bool(self.token.get_secret_value()), bool(self.password.get_secret_value())
        if not token and not password:
            raise ValueError(
                "no credentials: Cloud needs email and token; Data Center needs token, or username and password"
            )
        if password and not token and self.known is Deployment.CLOUD and not self.gateway:
            raise ValueError("Jira Cloud takes no passwords: use email and an API token")
        if token and (password or self.username):
            raise ValueError("two ways to sign in: keep either token or username and password")
        if password and not self.username:
            raise ValueError("password without username")
        if password and self.email:
            raise ValueError("email goes with token (Cloud); Data Center signs in with username and password")
        if self.known is Deployment.CLOUD and not self.gateway and not self.email:
            raise ValueError("Jira Cloud needs the email of the account that the token belongs to")
        if self.known is Deployment.DATACENTER and self.email:
            raise ValueError("a Data Center token stands alone: remove email")
        return self

    @property
    def gateway(self) -> bool:
        """Is it Atlassian's API gateway, which takes scoped and OAuth tokens?"""
        return urlsplit(self.url).hostname == _GATEWAY

    @property
    def known(self) -> Deployment | None:
        """The deployment as far as the configuration tells; None: the server must be asked."""
        if self.deployment is not None:
            return self.deployment
        host = urlsplit(self.url).hostname or ""
        return Deployment.CLOUD if host.endswith(_CLOUD_HOSTS) or self.gateway else None


class JiraScope(BaseModel):
    """Which tickets are executive escalations: all that is given must hold."""

    model_config = _STRICT

    project: str = Field(default="", examples=["EXEC"])
    """The project's key."""
    issue_type: str = Field(default="", examples=["Escalation"])
    """The issue type, by name or id."""
    labels: tuple[str, ...] = Field(default=(), examples=[["executive-escalation"]])
    """Labels, all of which a ticket must carry: one, or a list."""
    jql: str = Field(default="", examples=["reporter != currentUser()"])
    """A further condition in JQL, without ORDER BY."""

    @field_validator("project", "issue_type", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("labels", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("labels")
    @classmethod
    def _single_words(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        for label in labels:
            if not label or any(ch.isspace() for ch in label):
                raise ValueError(f"{label!r} cannot be a label: Jira's labels hold no spaces")
        return labels

    @field_validator("jql")
    @classmethod
    def _whole(cls, jql: str) -> str:
        try:
            return balanced(jql)
        except Unbalanced as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _bounded(self) -> JiraScope:
        if not (self.project or self.labels or self.jql):
            raise ValueError("every ticket of the site would be in scope: give project, labels or jql")
        return self


class JiraSettings(BaseModel):
    """`connection:` and `scope:` of a tracker with `adapter: jira`."""

    model_config = _STRICT

    connection: JiraConnection
    """How to reach it."""
    scope: JiraScope
    """Which tickets are executive escalations."""
