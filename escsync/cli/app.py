"""The commands by name. Each imports what it needs when it runs, so that help and completion stay fast."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Annotated, Any

import typer

from escsync import __version__
from escsync.cli import (
    about,
    daemon,
    demo,
    everywhere,
    letters,
    look,
    passes,
    people,
    rebuild,
    skeleton,
)
from escsync.cli import ledger as care
from escsync.cli.init import init
from escsync.cli.inspection import doctor, drift
from escsync.cli.provisioning import provision


class _Plain(typer.Typer):
    """A group of commands, with the same habits everywhere."""

    def __init__(self, name: str, help: str, epilog: str | None = None) -> None:
        super().__init__(
            name=name,
            help=help,
            epilog=epilog,
            no_args_is_help=True,
            rich_markup_mode="rich",
            context_settings={"help_option_names": ["-h", "--help"]},
        )


app = _Plain(
    name="escsync",
    help="Keeps executive escalations true to a five-step process, inside the tracker the team already uses.",
    epilog="Start with: escsync demo. Exit codes: 0 done, 1 findings (--fail-on), 2 configuration or usage, "
    "3 a limit refused, 4 drift, 5 some records failed, 6 a tracker failed, 7 another pass runs, 130 interrupted.",
)
policy = _Plain("policy", "The policy: every reading of the process as data.")
adapter = _Plain("adapter", "An adapter of your own for another tracker.")
ledger = _Plain("ledger", "The ledger: what escsync has seen, decided and done.")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"escsync {__version__}")
        raise typer.Exit


def _root(ctx: typer.Context, **given: Any) -> None:
    everywhere.root(ctx, **given)


_parameters = [
    inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
    inspect.Parameter(
        "version",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[
            bool,
            typer.Option(
                "--version", callback=_version, is_eager=True, help="The version, and nothing else."
            ),
        ],
    ),
    *everywhere.shared_parameters(),
]
_root.__signature__ = inspect.Signature(_parameters)  # type: ignore[attr-defined]  # what Typer reads
_root.__annotations__ = {parameter.name: parameter.annotation for parameter in _parameters}
app.callback()(_root)

_START, _WORK, _LOOK, _HELP = "Start", "Keep in order", "Look", "Know"
for _name, _command, _panel in (
    ("demo", demo.demo, _START),
    ("init", init, _START),
    ("provision", provision.provision, _START),
    ("deprovision", provision.deprovision, _START),
    ("doctor", doctor.doctor, _START),
    ("drift", drift.drift, _START),
    ("plan", passes.plan, _WORK),
    ("apply", passes.apply, _WORK),
    ("sync", passes.sync, _WORK),
    ("run", daemon.run, _WORK),
    ("handover", people.handover, _WORK),
    ("status", look.status, _LOOK),
    ("list", look.listed, _LOOK),
    ("show", look.show, _LOOK),
    ("explain", look.explain, _LOOK),
    ("draft", people.draft, _LOOK),
    ("rule", about.rule, _HELP),
    ("schema", about.schema, _HELP),
    ("adapters", about.adapters, _HELP),
):
    app.command(_name, rich_help_panel=_panel)(everywhere.everywhere(_command))
policy.command("show")(everywhere.everywhere(about.policy_show))
ledger.command("check")(everywhere.everywhere(care.check))
ledger.command("backup")(everywhere.everywhere(care.backup))
ledger.command("export")(everywhere.everywhere(care.export))
ledger.command("rebuild")(everywhere.everywhere(rebuild.rebuild))
ledger.command("letters")(everywhere.everywhere(letters.letters))
ledger.command("replay")(everywhere.everywhere(letters.replay))
adapter.command("new")(everywhere.everywhere(skeleton.new))
app.add_typer(adapter, rich_help_panel=_HELP)
app.add_typer(policy, rich_help_panel=_HELP)
app.add_typer(ledger, rich_help_panel=_HELP)


@cache
def command() -> Any:
    """All commands as one, ready to be run."""
    return typer.main.get_command(app)
