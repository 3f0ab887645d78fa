"""The command that writes a new adapter: a distribution of its own, whose tests pass as it is."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.session import Session

_FILES = Path(__file__).with_name("skeleton_files")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def new(
    session: Session,
    name: Annotated[
        str, typer.Argument(help="What `adapter:` will say in escsync.yaml, such as linear.", metavar="NAME")
    ],
    dir: Annotated[
        Path | None,
        typer.Option("--dir", help="The folder to make; else ./escsync-NAME.", metavar="DIR"),
    ] = None,
) -> Exit:
    """A new adapter as a package of its own, with its tests, which run and pass before anything is changed."""
    _check(name)
    shown = dir or Path(f"escsync-{name.replace('_', '-')}")
    folder = session.host.directory() / shown
    if folder.exists():
        raise Stop(f"{shown}: exists already and stays as it is; name another folder with --dir")
    files = dict(rendered(name))
    try:
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
    except OSError as error:
        raise Stop(f"{shown}: cannot be written ({error.strerror})") from None
    if session.terminal.as_json:
        session.terminal.document(
            {"schema": 1, "name": name, "directory": str(shown), "files": [str(path) for path in files]}
        )
        return Exit.DONE
    for path in files:
        session.terminal.say(f"{shown / path}: written")
    session.terminal.say(
        f"Now run `pip install -e '{shown}[dev]'` and `pytest {shown}`; {shown / 'README.md'} says what to replace."
    )
    return Exit.DONE


def rendered(name: str) -> Iterator[tuple[Path, str]]:
    """Every file of the skeleton for an adapter of this *name*, by its path in the new folder."""
    words = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "Name": "".join(part.capitalize() for part in name.split("_")),
    }
    for path in sorted(_FILES.rglob("*.txt")):
        place = path.relative_to(_FILES).with_suffix("")
        parts = [f"escsync_{name}" if part == "package" else part for part in place.parts]
        if parts[-1] == "humans.py":
            parts[-1] = f"{name}_humans.py"
        yield Path(*parts), Template(path.read_text("utf-8")).substitute(words)


def _check(name: str) -> None:
    from escsync import registry

    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or len(name) > 40:
        raise Stop(
            f"{name}: not a name for an adapter; write small letters, digits and single _, such as my_tracker"
        )
    if name in registry.names():
        raise Stop(f"{name}: an adapter of this name is installed already; choose another name")
