"""Writes the reference pages that are made from code: `python docs/generate.py`; a test compares them."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer
from typer.models import ArgumentInfo, OptionInfo

from escsync.cli.app import app
from escsync.cli.everywhere import shared_parameters
from escsync.cli.exits import Exit
from escsync.config import people_schema, schema
from escsync.domain.catalogue import CATALOGUE
from escsync.domain.fields import FIELDS, MAPPED_STAGES, FieldKind
from escsync.domain.findings import Severity

HERE = Path(__file__).parent
MADE = "Made by `python docs/generate.py` from the code"


def findings() -> Iterator[str]:
    """Every finding code."""
    yield "# Finding codes"
    yield ""
    yield f"{MADE}; `escsync rule CODE` prints the same."
    yield "A code may carry its subject after a colon: `FIELD_MISSING:account.arr`."
    for severity in Severity:
        yield ""
        yield f"## {severity.value.capitalize()}s"
        yield ""
        yield "| code | meaning | remedy | rule |"
        yield "|---|---|---|---|"
        for entry in CATALOGUE.values():
            if entry.severity is severity:
                code = f"{entry.code}:…" if entry.subject else entry.code
                yield f"| `{code}` | {entry.sentence} | {entry.remedy} | {entry.rule} |"


def commands() -> Iterator[str]:
    """Every command with its options, and the exit codes."""
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
    for name, callback in _commands(app, ""):
        given = [p for p in inspect.signature(callback).parameters.values() if p.name not in shared]
        arguments = [_metavar(p) for p in given if isinstance(_info(p), ArgumentInfo)]
        yield ""
        yield f"## escsync {' '.join([name, *arguments])}"
        yield ""
        yield inspect.cleandoc(callback.__doc__ or "")
        options = [p for p in given if isinstance(_info(p), OptionInfo)]
        if options:
            yield ""
            yield from _options(options)
    yield ""
    yield "## Exit codes"
    yield ""
    yield "| code | meaning |"
    yield "|---|---|"
    for code in Exit:
        yield f"| {code.value} | {EXITS[code.name]} |"


EXITS = {
    "DONE": "done",
    "FINDINGS": "findings of the severity named by `--fail-on` remain",
    "USAGE": "configuration or usage; trying again without a change is useless",
    "LIMIT": "a limit refused the plan, nothing was written; the message names the way on",
    "PARTIAL": "some records failed, the others were done; trying again is worth it",
    "TRACKER": "a tracker failed whole, the others still ran; trying again is worth it",
    "HELD": "another pass holds the lock",
    "INTERRUPTED": "interrupted",
    "DRIFT": "the tracker's schema changed",
}


def _commands(group: typer.Typer, prefix: str) -> Iterator[tuple[str, Any]]:
    for command in group.registered_commands:
        yield f"{prefix} {command.name}".strip(), command.callback
    for child in group.registered_groups:
        if child.typer_instance is not None:
            yield from _commands(child.typer_instance, f"{prefix} {child.typer_instance.info.name}".strip())


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


FORMS = {
    FieldKind.TEXT: "text",
    FieldKind.PEOPLE: "a user field, or text: a people id, e-mail or full name",
    FieldKind.INSTANT: "a date with time; a bare date counts by the day",
    FieldKind.DAY: "a date",
    FieldKind.NUMBER: "a number",
    FieldKind.CHOICE: "one of",
    FieldKind.CHOICES: "any of",
    FieldKind.FLAG: "yes or no",
    FieldKind.CHECK: "a checkbox, or one of",
    FieldKind.STAGE: "the status; mapped under `stages:`",
}


def fields() -> Iterator[str]:
    """Every canonical field and stage."""
    yield "# Fields and stages"
    yield ""
    yield f"{MADE}. The names on the left are the keys of `fields:`; the values are the tracker's, by id or unique name."
    yield "An option maps by its own name where that equals the canonical value (case, spaces, `-` and `_` aside), else through"
    yield "`options:`."
    for title, own in (
        ("What the tracker tells", False),
        ("What escsync writes, and never reads as evidence", True),
    ):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| field | form |"
        yield "|---|---|"
        for field in FIELDS.values():
            if field.own is own:
                choices = ", ".join(f"`{choice}`" for choice in field.choices)
                yield f"| `{field.name}` | {f'{FORMS[field.kind]} {choices}'.strip()} |"
    yield ""
    yield "## Stages"
    yield ""
    yield "The keys of `stages:`, each with one or more of the tracker's statuses, the first of which is written:"
    yield ", ".join(f"`{stage}`" for stage in MAPPED_STAGES) + "."
    yield "In JSON the stage is derived from evidence; there `closed` appears as `closed_follow_up_due` or `complete`."


def configuration() -> Iterator[str]:
    """Every key of the YAML files."""
    yield "# Configuration"
    yield ""
    yield f"{MADE}; `escsync schema` prints the JSON Schema, which the files in [config/](../config/) name in their first line so"
    yield "that an editor completes and checks them."
    yield ""
    yield "Values may be `${env:NAME}` or `${file:/path}`; a secret written out in the file is refused. Paths are relative to the"
    yield "configuration file. Durations are written `90m`, `2h`, `7d` or in ISO 8601 (`PT2H`, `P7D`)."
    for title, document in (("escsync.yaml", schema()), ("people.yaml", people_schema())):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| key | meaning | default |"
        yield "|---|---|---|"
        yield from _keys(document, document, "", 0)


def _keys(node: Mapping[str, Any], document: Mapping[str, Any], prefix: str, depth: int) -> Iterator[str]:
    node = _resolved(node, document)
    properties = dict(node.get("properties", {}))
    if not properties and isinstance(node.get("additionalProperties"), dict):
        properties = {"NAME": node["additionalProperties"]}
    for name, child in properties.items():
        path = f"{prefix}.{name}" if prefix else name
        told = child.get("description") or _resolved(child, document).get("description") or ""
        default = child.get("default")
        shown = "" if default in (None, {}, []) or isinstance(default, dict | list) else f"`{default}`"
        yield f"| `{path}` | {' '.join(str(told).split()).replace('|', chr(92) + '|')} | {shown} |"
        if depth < 5:
            yield from _keys(_items(child, document), document, path, depth + 1)


def _items(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    node = _resolved(node, document)
    return node["items"] if isinstance(node.get("items"), dict) else node


def _resolved(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """*node* with its reference followed; of alternatives the one that has keys of its own."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    for choice in node.get("anyOf", node.get("oneOf", [])):
        found = _resolved(choice, document)
        if found.get("properties") or isinstance(found.get("additionalProperties"), dict) or "items" in found:
            return found
    return node


PAGES = {
    "findings.md": findings,
    "fields.md": fields,
    "commands.md": commands,
    "configuration.md": configuration,
}


def page(name: str) -> str:
    """A page's whole text."""
    return "\n".join(PAGES[name]()) + "\n"


if __name__ == "__main__":
    for name in PAGES:
        (HERE / name).write_text(page(name), encoding="utf-8")
