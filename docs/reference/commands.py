"""The page of commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import typer
from typer.models import ArgumentInfo, OptionInfo

from escsync.cli.app import app
from escsync.cli.everywhere import shared_parameters

from .made import MADE


def commands() -> Iterator[str]:
    """Every command with its options."""
    shared = {parameter.name for parameter in shared_parameters()}
    yield "# Commands"
    yield ""
    yield f"{MADE}; `escsync COMMAND --help` prints the same."
    yield ""
    yield "## Everywhere"
    yield ""
    yield "These stand before or after the command. Text goes to stdout, progress and logs to stderr; colour only on a"
    yield "terminal, and `NO_COLOR` is obeyed."
    yield ""
    yield from _options(shared_parameters())
    before = ""
    for panel, name, callback in _commands(app, "", ""):
        if panel != before:
            yield ""
            yield f"## {panel}"
        before = panel
        given = [p for p in inspect.signature(callback).parameters.values() if p.name not in shared]
        arguments = [_metavar(p) for p in given if isinstance(_info(p), ArgumentInfo)]
        yield ""
        yield f"### escsync {' '.join([name, *arguments])}"
        yield ""
        yield inspect.cleandoc(callback.__doc__ or "")
        options = [p for p in given if isinstance(_info(p), OptionInfo)]
        if options:
            yield ""
            yield from _options(options)
    yield ""
    yield "What each command exits with: [exit codes](exits.md)."


def _commands(group: typer.Typer, prefix: str, panel: str) -> Iterator[tuple[str, str, Any]]:
    """Each command under the heading that `escsync --help` gives it."""
    for command in group.registered_commands:
        yield panel or str(command.rich_help_panel), f"{prefix} {command.name}".strip(), command.callback
    for child in group.registered_groups:
        if child.typer_instance is not None:
            name = f"{prefix} {child.typer_instance.info.name}".strip()
            yield from _commands(child.typer_instance, name, panel or str(child.rich_help_panel))


def _info(parameter: inspect.Parameter) -> Any:
    return next(iter(getattr(parameter.annotation, "__metadata__", ())), None)


def _metavar(parameter: inspect.Parameter) -> str:
    return _info(parameter).metavar or parameter.name.upper()


def _options(parameters: Iterable[inspect.Parameter]) -> Iterator[str]:
    yield "| option | meaning |"
    yield "|---|---|"
    for parameter in parameters:
        info = _info(parameter)
        # In Annotated[...] Typer keeps the first name of an option where its default would stand.
        names = [
            name
            for name in (info.default, *info.param_decls)
            if isinstance(name, str) and name.startswith("-")
        ]
        flag = parameter.annotation.__origin__ is bool
        value = "" if flag else f" {_metavar(parameter)}"
        yield f"| `{', '.join(names)}{value}` | {info.help} |"
