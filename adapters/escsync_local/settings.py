"""The YAML of a local tracker: where its file is."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator


class LocalConnection(BaseModel):
    """How to reach it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    path: Path = Field(examples=["tracker.db"])
    """The SQLite file, relative to the configuration file; made on first use."""

    @field_validator("path")
    @classmethod
    def _within_the_folder(cls, path: Path, info: ValidationInfo) -> Path:
        # The configuration hands its own folder on, so that a project can be moved or run from elsewhere.
        folder = (info.context or {}).get("folder")
        return Path(folder) / path if folder else path


class LocalScope(BaseModel):
    """Every flagged ticket of the file is in scope: there is nothing to choose."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LocalSettings(BaseModel):
    """`connection:` and `scope:` of a tracker with `adapter: local`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    connection: LocalConnection
    """How to reach it."""
    scope: LocalScope = LocalScope()
    """Nothing to choose."""
