"""What every command shares: the options accepted before and after it, and how it ends."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from escsync.cli.exits import Exit, Stop, problem
from escsync.cli.host import Host


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"


class FailOn(StrEnum):
    """The least severe findings that make a command exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_PANEL = "Everywhere"
_Config: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="The configuration; else $ESCSYNC_CONFIG, else ./escsync.yaml.",
        metavar="FILE",
        rich_help_panel=_PANEL,
    ),
]
_Tracker: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--tracker", help="Only this tracker; may be given again.", metavar="NAME", rich_help_panel=_PANEL
    ),
]
_Format: TypeAlias = Annotated[
    Format | None, typer.Option("--format", help="How results are written.", rich_help_panel=_PANEL)
]
_At: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--at",
        help="Evaluate as of this instant, such as 2026-03-03T12:00:00Z.",
        metavar="INSTANT",
        rich_help_panel=_PANEL,
    ),
]
_FailOn: TypeAlias = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on", help="Exit with 1 where findings this severe, or worse, remain.", rich_help_panel=_PANEL
    ),
]
_Verbose: TypeAlias = Annotated[
    bool,
    typer.Option(
        "-v", "--verbose", help="Say more on stderr; show the trace of an error.", rich_help_panel=_PANEL
    ),
]
_SHARED: dict[str, tuple[Any, Any]] = {
    "config": (_Config, None),
    "tracker": (_Tracker, None),
    "format": (_Format, None),
    "at": (_At, None),
    "fail_on": (_FailOn, None),
    "verbose": (_Verbose, False),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The shared options as given."""

    config: Path | None = None
    tracker: tuple[str, ...] = ()
    format: Format = Format.TEXT
    at: str | None = None
    fail_on: FailOn | None = None
    verbose: bool = False

    def overlaid(self, given: dict[str, Any]) -> Options:
        """These, replaced by what was *given* later on the command line."""
        found = {name: value for name, value in given.items() if value not in (None, False, [], ())}
        if "tracker" in found:
            found["tracker"] = tuple(found["tracker"])
        return replace(self, **found)


@dataclass(frozen=True, slots=True)
class Call:
    """One run of the program: the machine and the options given so far."""

    host: Host
    options: Options = Options()


Command: TypeAlias = Callable[..., "Exit | None"]


def everywhere(command: Command) -> Callable[..., None]:
    """*command* with the shared options added; it is handed a Session and answers how to exit."""
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]

    def run(ctx: typer.Context, **given: Any) -> None:
        shared = {name: given.pop(name) for name in _SHARED}
        call: Call = ctx.obj
        code = perform(command, Call(call.host, call.options.overlaid(shared)), given)
        raise typer.Exit(int(code))

    parameters = [
        inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own),
        *(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in _SHARED.items()
        ),
    ]
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what Typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def root(ctx: typer.Context, **given: Any) -> None:
    """Keep the options that stand before the command."""
    call = ctx.obj if isinstance(ctx.obj, Call) else Call(Host())
    ctx.obj = Call(call.host, call.options.overlaid({name: given[name] for name in _SHARED}))


def shared_parameters() -> list[inspect.Parameter]:
    """The shared options as parameters of the root command."""
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _SHARED.items()
    ]


def perform(command: Command, call: Call, given: dict[str, Any]) -> Exit:
    """Run *command*; whatever happens, a person gets a clear line and the right exit code."""
    from escsync.cli.session import Session

    session = Session(call.host, call.options)
    try:
        _ = session.now  # a mistake in --at is said before anything is done
        code = command(session, **given) or Exit.DONE
        sys.stdout.flush()
        return code
    except Stop as stop:
        session.terminal.problem(stop.lines, stop.notes)
        session.terminal.ended(stop.problems or [problem(line) for line in stop.lines])
        return stop.code
    except KeyboardInterrupt:
        said = "interrupted; what was done so far is recorded"
        session.terminal.note(f"escsync: {said}")
        session.terminal.ended([problem(f"{said} -> Run the same command again.")])
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough; nothing must be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except Exception as error:  # noqa: BLE001  # no trace ever reaches a user who did not ask
        return session.unexpected(error)
    finally:
        session.close()


assert set(_SHARED) == {field.name for field in fields(Options)}
