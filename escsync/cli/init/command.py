"""The command that writes a first configuration: from the live tracker where it may look, else from a template."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.init import proposals, starter
from escsync.cli.init.answers import Answers, Unfit, reference
from escsync.cli.init.heading import heading
from escsync.cli.init.interview import Interview
from escsync.cli.init.target import Target, extend, target_of, write
from escsync.cli.init.tour import HEADING, Tour, surroundings
from escsync.cli.session import Session
from escsync.report.display import shown

if TYPE_CHECKING:
    from escsync.adapter import Plugin
    from escsync.offers import Guide

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def init(
    session: Session,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write it; - is stdout.", metavar="FILE")
    ] = Path("escsync.yaml"),
    name: Annotated[
        str | None, typer.Option("--name", help="What the tracker is called in it; else as the adapter.")
    ] = None,
    set: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="An answer, such as connection.url=https://acme.atlassian.net; may be given again. With it nothing is "
            "asked, and the tracker is looked at.",
            metavar="KEY=VALUE",
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody and look at no tracker.")] = False,
    add: Annotated[
        bool, typer.Option("--add", help="Add the tracker to a configuration that is there.")
    ] = False,
) -> Exit:
    """Writes a commented configuration for the adapter --tracker NAME: jira, salesforce, notion, local or any installed one.

    On a terminal it asks, looks at the tracker and proposes which field and status means what, with how sure that is.
    """
    from escsync import registry

    person = _person(session) if not (offline or set) else None
    if person is not None:
        target_of(session, output, add=add)  # said before anything is asked
    plugin = _plugin(session, person)
    target = target_of(session, output, add=add)
    if set and not plugin.guide:
        raise Stop(
            f"the adapter {plugin.name!r} has no guide: --set answers nothing; leave it out for a template"
        )
    guide = registry.guide(plugin) if set or person else None
    if guide is None:
        return _template(session, plugin, target, name)
    return _guided(session, plugin, guide, target, name, set or [], person, offline=offline)


def _person(session: Session) -> Interview | None:
    """The person at the terminal; None where there is nobody to ask."""
    keyboard, terminal = session.host.keyboard, session.terminal
    watched = sys.stdin is not None and sys.stdin.isatty() and terminal.out.is_terminal
    return Interview(terminal, keyboard) if (keyboard or watched) and not terminal.as_json else None


def _plugin(session: Session, person: Interview | None) -> Plugin:
    from escsync import registry

    named = session.options.tracker
    if len(named) != 1 and (person is None or named):
        raise Stop(f"--tracker NAME: which tracker? installed: {', '.join(registry.names())}")
    if named:
        try:
            return registry.get(named[0])
        except registry.PluginError as error:
            raise Stop(str(error)) from None
    assert person is not None
    found = [one for one in registry.plugins().values() if not isinstance(one, registry.Broken)]
    person.say("Where does the team keep its escalations?")
    return found[person.choose("Which tracker", [f"{one.name}: {one.title}" for one in found])]


def _template(session: Session, plugin: Plugin, target: Target, name: str | None) -> Exit:
    """The adapter's own example, which a person fills in."""
    from escsync import registry

    text = registry.template(plugin)
    if not text:
        raise Stop(f"the adapter {plugin.name!r} has no template; read its documentation")
    if target.add:
        raise Stop("--add needs answers: run it on a terminal, or give --set KEY=VALUE")
    # An adapter may give the whole file, or only its own section with its indentation.
    text = starter.head() + starter.NAMED + text if text.startswith(" ") else text
    if name:
        text = re.sub(
            r"(?m)^  [\w.-]+:( *)(?=#|$)", lambda found: f"  {_named(name)}:{found[1] or ''}", text, count=1
        )
    hints, first = ["Fill in what they ask for, then run `escsync doctor`."], None
    # An example needs no SDK; the way to a better one is told where there is one.
    with suppress(registry.PluginError):
        guide = registry.guide(plugin)
        first = guide.questions[0] if guide else None
    if first is not None:
        answer = f"{'.'.join(first.key)}={reference(first.default) if first.secret else '...'}"
        hints.append(
            "Or run it on a terminal, or with answers, and it looks at the tracker and fills them in itself: "
            f"escsync init --tracker {plugin.name} -o other.yaml --set '{answer}'"
        )
    return _end(session, target, text, _about(plugin.name, plugin.name), hints)


def _guided(
    session: Session,
    plugin: Plugin,
    guide: Guide,
    target: Target,
    name: str | None,
    settings: list[str],
    person: Interview | None,
    *,
    offline: bool,
) -> Exit:
    """Answers first, then a look at the tracker, then the draft."""
    from escsync import registry
    from escsync.setup.mapping import draft

    folder = (target.path.parent if target.path else session.host.directory()).absolute()
    answers = Answers(registry.settings_model(plugin), folder, surroundings(session, folder))
    answers.take(settings)
    called = _named(name or plugin.name)
    if target.add:
        _room(target, called)
        if head := next((key[0] for key in answers.values if len(key) == 1), ""):
            raise Stop(
                f"--set {head}: it stands at the head of {target.shown}, for all trackers in it, and --add leaves that as "
                "it is: change it there, and leave it out here"
            )
    tour = Tour(session, guide, answers, person)
    try:
        found = tour.go(offline=offline)
        section = found.section(called, plugin.name)
        if found.looked and not session.terminal.as_json:
            proposals.tabled(session, section.proposal, aside=target.path is None)
        words = ("", "") if target.add else heading(answers, person, session.host.environ)
    except Unfit as error:
        raise Stop(*(f"--set {'.'.join(key)}: {said}" for key, said in error.problems)) from None
    except KeyboardInterrupt:
        raise Stop("interrupted; nothing was written", code=Exit.INTERRUPTED) from None
    text = draft.section(section)
    if not target.add:
        text = starter.head(*map(draft.quoted, words)) + text
    return _end(session, target, text, proposals.document(section), tour.hints(target.shown), called)


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Stop(f"--name {name}: use letters, digits, `-`, `_` and `.`")
    return name


def _room(target: Target, name: str) -> None:
    """Stop where there is no room for another tracker; said before anybody is asked anything."""
    from escsync.setup.editing import addition, exchange

    if target.path is None:
        raise Stop("--add needs a file; leave it out to see the configuration on stdout")
    try:
        addition.added(exchange.read(target.path), name, f"  {name}:\n    adapter: none\n")
    except addition.Unsuited as error:
        raise Stop(f"{target.shown}: {error}") from None
    except UnicodeDecodeError:
        raise Stop(f"{target.shown}: is not UTF-8 text; save it as such first") from None


def _about(name: str, adapter: str) -> dict[str, Any]:
    return {"tracker": {"name": name, "adapter": adapter}, "looked": False}


def _end(
    session: Session, target: Target, text: str, about: dict[str, Any], hints: list[str], called: str = ""
) -> Exit:
    """Write what there is to write, and say what comes next."""
    written: list[str] = []
    if target.path is not None:
        written = (
            extend(target.path, target.shown, called, text)
            if target.add
            else write(target.path, target.shown, text)
        )
    if session.terminal.as_json:
        steps = [line.strip() for line in hints if line != HEADING]
        whole = {"schema": 1, **about, "written": written, "text": "" if written else text, "next": steps}
        session.terminal.document(whole)
    elif target.path is None:
        session.terminal.raw(text)
    else:
        for one in written:
            session.terminal.say(f"{one}: {f'the tracker {called} was added' if target.add else 'written'}")
        session.terminal.tell(_unfinished(session, target))
        session.terminal.tell(hints)
    return Exit.DONE


def _unfinished(session: Session, target: Target) -> list[str]:
    """What a person has to fill in before the configuration can be used, each with its line; secrets are not asked for."""
    from escsync.config import ConfigError, load

    folder = session.host.directory()
    try:
        load(
            target.shown if folder == Path.cwd() else folder / target.shown,
            environ=session.host.environ,
            offline=True,
        )
    except ConfigError as error:
        return ["To be filled in or corrected first:", *(f"  {shown(one)}" for one in error.problems)]
    return []
