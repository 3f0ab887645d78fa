"""One tracker's adapter: found, and given its `connection:` and `scope:`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from escsync import registry
from escsync.adapter import Plugin

from .document import Document
from .problem import Path, Problem
from .wording import explain


def bound(
    document: Document, name: str, tracker: Mapping[str, Any], folder: FilePath, hidden: Collection[Path]
) -> tuple[tuple[Plugin, BaseModel] | None, list[Problem]]:
    """The adapter that *tracker* names with its settings, or all that is wrong with them.

    The settings are validated with `{"folder": folder}` as context: paths are relative to the configuration.
    """
    prefix: Path = ("trackers", name)
    named, content = tracker.get("adapter"), {key: tracker.get(key, {}) for key in ("connection", "scope")}
    if not isinstance(named, str):
        return None, []
    try:
        plugin = registry.get(named)
        kind = registry.settings_model(plugin)
    except registry.PluginError as error:
        said = "; ".join(part for part in (error.message, error.remedy) if part)
        return None, [document.problem((*prefix, "adapter"), said, error.suggestion)]
    if not all(isinstance(each, dict) for each in content.values()):
        return None, []
    try:
        return (plugin, kind.model_validate(content, context={"folder": folder})), []
    except ValidationError as error:
        return None, list(explain(error, document, prefix, content, kind.model_json_schema(), hidden))
