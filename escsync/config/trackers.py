"""One tracker's adapter: found, and given its `connection:` and `scope:`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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
) -> tuple[Plugin | None, BaseModel | None, list[Problem]]:
    """The adapter that *tracker* names and its settings, as far as they are well, and all that is wrong.

    The settings are validated with `{"folder": folder}` as context: paths are relative to the configuration.
    """
    prefix: Path = ("trackers", name)
    named, content = tracker.get("adapter"), {key: tracker.get(key, {}) for key in ("connection", "scope")}
    if not isinstance(named, str):
        return None, None, []
    try:
        plugin = registry.get(named)
        kind = registry.settings_model(plugin)
    except registry.PluginError as error:
        said = "; ".join(part for part in (error.message, error.remedy) if part)
        return None, None, [document.problem((*prefix, "adapter"), said, error.suggestion)]
    if not all(isinstance(each, dict) for each in content.values()):
        return plugin, None, []
    try:
        return plugin, kind.model_validate(content, context={"folder": folder}), []
    except ValidationError as error:
        schema = kind.model_json_schema()
        return plugin, None, list(explain(error, document, prefix, content, schema, hidden))


def native_form(adapter: object) -> Callable[[str], str] | None:
    """How the adapter of this name writes an id; None where an id has one form only, or there is no such adapter.

    Its settings model may have a method `native_id(text) -> str`.
    """
    try:
        kind = registry.settings_model(registry.get(adapter)) if isinstance(adapter, str) else None
    except registry.PluginError:
        return None
    form: Callable[[str], str] | None = getattr(kind.model_construct(), "native_id", None) if kind else None
    return form
