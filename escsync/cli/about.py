"""Commands that need no tracker: init, rule, policy, schema, adapters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli import starter
from escsync.cli.exits import Exit, Stop
from escsync.cli.session import Session, suggestion

if TYPE_CHECKING:
    from escsync.adapter import Plugin


def init(
    session: Session,
    output: Annotated[
        Path, typer.Option("--output", help="Where to write it; - is stdout.", metavar="FILE")
    ] = Path("escsync.yaml"),
) -> Exit:
    """Writes a commented configuration for --tracker NAME, which is jira, salesforce, notion, local or any installed one."""
    from escsync import registry

    if len(session.options.tracker) != 1:
        raise Stop(f"--tracker NAME: which tracker? installed: {', '.join(registry.names())}")
    text = registry.template(_plugin(session.options.tracker[0]))
    if not text:
        raise Stop(f"the adapter {session.options.tracker[0]!r} has no template; read its documentation")
    # An adapter may give the whole file, or only its own section with its indentation.
    text = starter.HEAD + text if text.startswith(" ") else text
    if str(output) == "-":
        session.terminal.raw(text)
        return Exit.DONE
    path = session.host.directory() / output
    if not _write(path, output, text):
        raise Stop(f"{output}: exists already and stays as it is; name another file with --output")
    session.terminal.say(f"{output}: written")
    for name, content in (("people.yaml", starter.PEOPLE), ("escsync.schema.json", _schema())):
        if name in text and _write(path.parent / name, output.parent / name, content):
            session.terminal.say(f"{output.parent / name}: written")
    session.terminal.say("Fill in what they ask for, then run `escsync doctor`.")
    return Exit.DONE


def rule(
    session: Session,
    code: Annotated[
        str, typer.Argument(help="A finding code, such as ACK_BREACHED.", autocompletion=lambda: _codes())
    ],
) -> Exit:
    """What a finding means, where it comes from, how to mend it."""
    from escsync.domain.catalogue import CATALOGUE

    base = code.strip().upper().partition(":")[0]
    entry = CATALOGUE.get(base)
    if entry is None:
        raise Stop(f"{code}: no such finding code{suggestion(base, _codes())}")
    if session.terminal.as_json:
        session.terminal.document(
            {
                "schema": 1,
                "code": entry.code,
                "severity": entry.severity.value,
                "rule": entry.rule,
                "sentence": entry.sentence,
                "remedy": entry.remedy,
                "subject": entry.subject,
            }
        )
        return Exit.DONE
    subject = f":{entry.subject.replace(' ', '-')}" if entry.subject else ""
    session.terminal.say(f"{entry.code}{subject} ({entry.severity.value})")
    session.terminal.say(f"  means   {entry.sentence}")
    session.terminal.say(f"  rule    {entry.rule}")
    session.terminal.say(f"  mend    {entry.remedy}")
    return Exit.DONE


def policy_show(session: Session) -> Exit:
    """The effective policy, every key with its value, as YAML that loads back."""
    from escsync.config import policy_yaml

    policy = session.offline.policy
    if session.terminal.as_json:
        session.terminal.document({"schema": 1, "version": policy.version, "policy": policy.to_json()})
    else:
        session.terminal.raw(policy_yaml(policy))
        session.terminal.note(f"policy version {policy.version}")
    return Exit.DONE


def schema(session: Session) -> Exit:
    """The JSON Schema of escsync.yaml, for editors."""
    session.terminal.raw(_schema())
    return Exit.DONE


def adapters(session: Session) -> Exit:
    """The installed adapters; one that is broken is listed with its reason."""
    from escsync import registry

    rows = []
    for name, plugin in registry.plugins().items():
        if isinstance(plugin, registry.Broken):
            rows.append(
                {"name": name, "title": "", "ok": False, "reason": plugin.reason, "remedy": plugin.remedy}
            )
        else:
            rows.append({"name": name, "title": plugin.title, "ok": True, **_usable(plugin)})
    if session.terminal.as_json:
        session.terminal.document({"schema": 1, "adapters": rows})
        return Exit.DONE
    for row in rows:
        state = row["title"] if not row["reason"] else f"{row['title'] or 'broken'}: {row['reason']}"
        session.terminal.say(
            f"{row['name']:<12} {state}{' -> ' + str(row['remedy']) if row['remedy'] else ''}"
        )
    return Exit.DONE


def _schema() -> str:
    import json

    from escsync.config import schema as described

    return json.dumps(described(), indent=2) + "\n"


def _write(path: Path, shown: Path, text: str) -> bool:
    """Write a new file; False where there is one, which stays as it is."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise Stop(f"{shown}: cannot be written ({error.strerror})") from None
    return True


def _plugin(name: str) -> Plugin:
    from escsync import registry

    try:
        return registry.get(name)
    except registry.PluginError as error:
        raise Stop(str(error)) from None


def _usable(plugin: Plugin) -> dict[str, str]:
    """Why it cannot be used, "" where it can: naming an adapter imports no SDK, using it does."""
    from escsync import registry

    try:
        registry.settings_model(plugin)
    except registry.PluginError as error:
        return {"reason": error.message, "remedy": error.remedy}
    return {"reason": "", "remedy": ""}


def _codes() -> list[str]:
    from escsync.domain.catalogue import CATALOGUE

    return sorted(CATALOGUE)
