"""The YAML of a Salesforce tracker: where it is, how to sign in, which cases are executive escalations."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

from escsync.web import loopback, sendable

from . import ids
from .soql import NAME, Unbalanced, balanced

_STRICT = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
_OLDEST = 48
_PEM = re.compile(r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.+-----END \1PRIVATE KEY-----", re.DOTALL)


class Grant(StrEnum):
    """How escsync gets its access token."""

    CLIENT_CREDENTIALS = "client credentials"
    JWT_BEARER = "JWT bearer"
    SESSION = "session id"


class SalesforceConnection(BaseModel):
    """How to reach it."""

    model_config = _STRICT

    url: str = Field(examples=["https://acme.my.salesforce.com"])
    """Your My Domain address, as Setup > My Domain shows it."""
    client_id: str = Field(default="", examples=["${env:SALESFORCE_CLIENT_ID}"])
    """The consumer key of an External Client App (with `client_secret`, or with `username` and `private_key`)."""
    client_secret: SecretStr = SecretStr("")
    """Client credentials flow: the consumer secret; the app's Run As user is escsync's account."""
    username: str = Field(default="", examples=["escsync@acme.example"])
    """JWT bearer flow: the username of escsync's account, authorised for the app beforehand."""
    private_key: SecretStr = SecretStr("")
    """JWT bearer flow: the private key in PEM form, such as ${file:escsync.key}."""
    session_id: SecretStr = SecretStr("")
    """An access token got elsewhere; it cannot be renewed when it expires."""
    api_version: str = Field(default="66.0", examples=["66.0"])
    """The version of the REST API."""
    timeout: float = Field(default=60, gt=0, le=600)
    """Seconds to wait for an answer; a connection must be made within 5."""
    verify: bool | Path = True
    """The file with your own certificate authority; `false` checks no certificate and is for rehearsals."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        if parts.scheme not in ("https", "http") or not host:
            raise ValueError("must be an address such as https://acme.my.salesforce.com")
        if parts.username or parts.password:
            raise ValueError("must not hold a user name or password; use the keys of their own")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError(f"must be the address alone: {parts.scheme}://{parts.netloc}")
        if parts.scheme == "http" and not loopback(host):
            raise ValueError("plain http would send the credentials readable; use https")
        if host.endswith(".lightning.force.com"):
            domain = host.removesuffix(".lightning.force.com")
            raise ValueError(f"is for browsers; the API answers at https://{domain}.my.salesforce.com")
        if host in ("login.salesforce.com", "test.salesforce.com"):
            raise ValueError("must be your own My Domain: https://acme.my.salesforce.com")
        return url.strip().rstrip("/")

    @field_validator("client_id", "username")
    @classmethod
    def _bare(cls, value: str) -> str:
        return value.strip()

    @field_validator("client_secret", "session_id")
    @classmethod
    def _sendable(cls, secret: SecretStr) -> SecretStr:
        sendable(secret.get_secret_value())
        return secret

    @field_validator("private_key")
    @classmethod
    def _key(cls, secret: SecretStr) -> SecretStr:
        value = secret.get_secret_value().strip()
        if value and not _PEM.fullmatch(value):
            raise ValueError("is no private key in PEM form (-----BEGIN PRIVATE KEY-----, several lines)")
        if "ENCRYPTED" in value:
            raise ValueError("is protected by a passphrase; write it without: openssl pkcs8 -in ... -out ...")
        return SecretStr(value)

    @field_validator("api_version", mode="before")
    @classmethod
    def _version(cls, value: Any) -> Any:
        told = str(value).strip().removeprefix("v") if not isinstance(value, bool) else ""
        found = re.fullmatch(r"(\d{2,3})(\.0)?", told)
        if not found:
            raise ValueError('must be a version such as "66.0"')
        if int(found[1]) < _OLDEST:
            raise ValueError(f"{told} is too old: at least {_OLDEST}.0")
        return f"{found[1]}.0"

    @field_validator("verify")
    @classmethod
    def _within_the_folder(cls, verify: bool | Path, info: ValidationInfo) -> bool | Path:
        folder = (info.context or {}).get("folder")
        return Path(folder) / verify if folder and isinstance(verify, Path) else verify

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> SalesforceConnection:
        secret, key, session = (
            bool(one.get_secret_value()) for one in (self.client_secret, self.private_key, self.session_id)
        )
        if secret + key + session > 1:
            raise ValueError("several ways to sign in: keep one of client_secret, private_key and session_id")
        if not (secret or key or session):
            raise ValueError(
                "no credentials: give client_id and client_secret, or client_id, username and private_key, or session_id"
            )
        if (secret or key) and not self.client_id:
            raise ValueError("client_secret and private_key go with client_id")
        if key and not self.username:
            raise ValueError("private_key goes with the username of escsync's account")
        if secret and self.username:
            raise ValueError("with client_secret the app's Run As user signs in: remove username")
        if session and (self.client_id or self.username):
            raise ValueError("session_id stands alone: remove client_id and username")
        return self

    @property
    def grant(self) -> Grant:
        """Which of the ways to sign in is used."""
        if self.client_secret.get_secret_value():
            return Grant.CLIENT_CREDENTIALS
        return Grant.JWT_BEARER if self.private_key.get_secret_value() else Grant.SESSION


class SalesforceScope(BaseModel):
    """Which cases are executive escalations: all that is given must hold."""

    model_config = _STRICT

    record_type: str = Field(default="", examples=["Executive_Escalation"])
    """The record type, by its developer name or id."""
    where: str = Field(default="", examples=["Origin = 'Executive'"])
    """A further condition in SOQL: what stands after WHERE, without ORDER BY and LIMIT."""
    flag: str = Field(default="", examples=["IsEscalated"])
    """A checkbox that makes a case an escalation; where its history is tracked, ticking it dates the identification."""

    @field_validator("where")
    @classmethod
    def _whole(cls, where: str) -> str:
        try:
            return balanced(where)
        except Unbalanced as error:
            raise ValueError(str(error)) from None

    @field_validator("flag", "record_type")
    @classmethod
    def _name(cls, value: str, info: ValidationInfo) -> str:
        if value.strip() and info.field_name == "flag" and not NAME.fullmatch(value.strip()):
            raise ValueError("must be a field's API name, such as IsEscalated or Executive__c")
        return value.strip()

    @model_validator(mode="after")
    def _bounded(self) -> SalesforceScope:
        if not (self.record_type or self.where or self.flag):
            raise ValueError("every case of the org would be in scope: give record_type, flag or where")
        return self


class SalesforceSettings(BaseModel):
    """`connection:` and `scope:` of a tracker with `adapter: salesforce`."""

    model_config = _STRICT

    connection: SalesforceConnection
    """How to reach it."""
    scope: SalesforceScope
    """Which cases are executive escalations."""

    def native_id(self, text: str) -> str:
        """An id as the API tells it: of 18 characters, though reports and old addresses show 15 of them."""
        return ids.long(text.strip()) or text
