"""The YAML of this tracker: `connection:` and `scope:`, every key described."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator


class Connection(BaseModel):
    """How to reach it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    folder: Path = Field(examples=["tracker"])
    """The folder of the CSV files, relative to the configuration file."""

    @field_validator("folder")
    @classmethod
    def _beside_the_configuration(cls, folder: Path, info: ValidationInfo) -> Path:
        # escsync hands the configuration's own folder on as context.
        root = (info.context or {}).get("folder")
        return Path(root) / folder if root else folder


class Scope(BaseModel):
    """Which tickets are executive escalations."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    flag: str = ""
    """The column that says yes for them; without it every ticket is one."""


class Settings(BaseModel):
    """What stands under the tracker's name in escsync.yaml, besides what all trackers have."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    connection: Connection
    """How to reach it."""
    scope: Scope = Scope()
    """Which tickets are executive escalations."""
