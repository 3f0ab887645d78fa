"""Commands that need no tracker: rule, policy, schema, adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.session import Session, suggestion

if TYPE_CHECKING:
    from escsync.adapter import Plugin


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
        alike = [one for one in _codes() if base and one.startswith(base)]
        hint = f"; these begin so: {', '.join(alike)}" if alike else suggestion(base, _codes())
        raise Stop(f"{code}: no such finding code{hint}")
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


def policy_show(
    session: Session,
    changed: Annotated[bool, typer.Option("--changed", help="Only what differs from the defaults.")] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="As if it said so, such as clocks.ack.within=1h.", metavar="KEY=VALUE"),
    ] = None,
) -> Exit:
    """The effective policy, every key with its value and where that comes from, as YAML that loads back."""
    from escsync.config import ConfigError, Origin, policy_yaml, rule, sources, with_settings

    config = session.offline
    try:
        policy = with_settings(config.policy, settings or ())
    except ConfigError as error:
        raise session.misconfigured(error) from None
    given: dict[tuple[str | int, ...], Origin] = {
        tuple(setting.partition("=")[0].strip().split(".")): Origin("--set", number)
        for number, setting in enumerate(settings or (), start=1)
    }
    found = sources(policy, config.policy_origins, given)
    if session.terminal.as_json:
        session.terminal.document(
            {
                "schema": 1,
                "version": policy.version,
                "policy": policy.to_json(),
                "sources": {
                    ".".join(map(str, path)): {"file": at.file, "line": at.line} if at else "default"
                    for path, at in found.items()
                },
                "rules": {".".join(map(str, path)): rule(path) for path in found if rule(path)},
            }
        )
    else:
        session.terminal.raw(policy_yaml(policy, found, changed=changed))
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
