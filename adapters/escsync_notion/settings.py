"""The YAML of a Notion tracker: how to sign in, which database holds the executive escalations."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from escsync.web import loopback, sendable

_STRICT = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
_PUBLIC = "https://api.notion.com"
_ID = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{32}(?![0-9a-fA-F])")
_DASHED = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_HOSTS = ("notion.so", "notion.com", "notion.site")


class NotionConnection(BaseModel):
    """How to reach it."""

    model_config = _STRICT

    token: SecretStr = Field(examples=["${env:NOTION_TOKEN}"])
    """The access token of a connection (an internal integration) that the database is shared with."""
    url: str = _PUBLIC
    """Another address than the public API's, for rehearsals."""
    version: Literal["2026-03-11", "2025-09-03"] = "2026-03-11"
    """The version of Notion's API that is asked for; escsync works the same on both."""
    timeout: float = Field(default=60, gt=0, le=600)
    """Seconds to wait for an answer; Notion itself gives up after 60."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        if parts.scheme not in ("https", "http") or not host:
            raise ValueError(f"must be an address such as {_PUBLIC}")
        if parts.username or parts.password:
            raise ValueError("must not hold a user name or password; the token has a key of its own")
        if parts.query or parts.fragment:
            raise ValueError("must end after the address: no ?... and no #...")
        if parts.scheme == "http" and not loopback(host):
            raise ValueError("plain http would send the token readable; use https")
        return url.strip().rstrip("/").removesuffix("/v1")

    @field_validator("token")
    @classmethod
    def _sendable(cls, secret: SecretStr) -> SecretStr:
        value = secret.get_secret_value()
        if not value:
            raise ValueError("no token: make a connection at https://www.notion.so/profile/integrations")
        sendable(value)
        return secret


class NotionScope(BaseModel):
    """Which pages are executive escalations: all of one database's."""

    model_config = _STRICT

    database: str = Field(default="", examples=["https://app.notion.com/p/Escalations-2f1c..."])
    """The database, by its id or its address as the browser shows it."""
    data_source: str = Field(default="", examples=["2f1c0a5e-8d3b-4c6f-9a7e-1b2c3d4e5f60"])
    """The data source, by its id: needed where the database has several."""
    page: str = Field(
        default="", examples=["https://www.notion.so/acme/Support-2f1c0a5e8d3b4c6f9a7e1b2c3d4e5f60"]
    )
    """The page below which `escsync provision --apply` makes the database where there is none yet, by its id or address."""
    key_property: str = Field(default="", examples=["escsync key"])
    """A text property for the mark by which a page that escsync creates is found again; else it stands in the page."""

    @field_validator("database", "data_source", "page")
    @classmethod
    def _id(cls, told: str) -> str:
        if not told.strip():
            return ""
        found = identified(told)
        if not found:
            raise ValueError("must be an id of 32 hexadecimal digits, or the address that ends in one")
        return found

    @model_validator(mode="after")
    def _exactly_one(self) -> NotionScope:
        if (self.database and self.data_source) or not (self.database or self.data_source or self.page):
            raise ValueError(
                "give exactly one of database and data_source, or a page to make the database below"
            )
        return self

    @property
    def unmade(self) -> bool:
        """Has the database yet to be made, as far as the configuration tells?"""
        return not self.database and not self.data_source


class NotionSettings(BaseModel):
    """A Notion tracker."""

    model_config = _STRICT

    connection: NotionConnection
    """How to reach it."""
    scope: NotionScope
    """Which pages are executive escalations."""


def identified(told: str) -> str:
    """The dashed id in *told*: an id with or without dashes, or an address that holds one; "" where there is none."""
    text = told.strip()
    parts = urlsplit(text)
    if parts.scheme in ("https", "http"):
        host = parts.hostname or ""
        if not any(host == known or host.endswith(f".{known}") for known in _HOSTS):
            return ""
        # What stands behind `?v=` is a view.
        text = parts.path.rstrip("/").rpartition("/")[2]
    text = text.removeprefix("collection://")
    dashed, bare = _DASHED.findall(text), _ID.findall(text)
    found = dashed[-1] if dashed else bare[-1] if bare else ""
    whole = parts.scheme in ("https", "http") or len(text) == len(found)
    return dashes(found) if found and whole else ""


def dashes(id: str) -> str:
    """An id in the one spelling that is compared: lower case, with dashes."""
    bare = id.replace("-", "").lower()
    return "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))
