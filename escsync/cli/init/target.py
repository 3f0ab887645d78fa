"""The target: the file that `escsync init` writes, which never takes the place of another."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from escsync.cli.exits import Stop
from escsync.cli.init import starter
from escsync.cli.session import Session

_STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the configuration goes: as it is said, and as it is opened; None is stdout."""

    shown: Path
    path: Path | None
    add: bool = False


def target_of(session: Session, output: Path, *, add: bool) -> Target:
    """Where *output* is; Stop where nothing can go there."""
    if str(output) == _STDOUT:
        return Target(output, None, add)
    path = session.host.directory() / output
    if add and not path.is_file():
        raise Stop(f"{output}: there is no such file to add to; leave --add out to write a new one")
    if not add and path.exists():
        raise Stop(
            f"{output}: exists already and stays as it is; name another file with --output, or add this tracker to it "
            "with --add"
        )
    if not path.parent.is_dir():
        raise Stop(f"{output}: the folder does not exist; make it first, or name another file with --output")
    return Target(output, path, add)


def write(path: Path, shown: Path, text: str) -> list[str]:
    """Write the configuration, and beside it what it names, as far as that is not there; answers what was written."""
    written = [str(shown)] if _write(path, shown, text) else []
    if not written:
        raise Stop(f"{shown}: exists already and stays as it is; name another file with --output")
    for name, content in (
        ("people.yaml", starter.people(*_tracker(text))),
        ("escsync.schema.json", _schema()),
    ):
        if name in text and _write(path.parent / name, shown.parent / name, content):
            written.append(str(shown.parent / name))
    return written


def extend(path: Path, shown: Path, name: str, section: str) -> list[str]:
    """The tracker *name* below those that are there; nothing else in the file changes."""
    from escsync.setup.editing import addition, exchange

    try:
        before = exchange.read(path)
        exchange.save(path, before, addition.added(before, name, section))
    except addition.Unsuited as error:
        raise Stop(f"{shown}: {error}") from None
    except exchange.Changed:
        raise Stop(f"{shown}: somebody changed it meanwhile, so it stays as it is; run this again") from None
    return [str(shown)]


def _write(path: Path, shown: Path, text: str) -> bool:
    """Write a new file whole or not at all; False where there is one, which stays as it is."""
    half = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with half.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        _put(half, path, text)
    except FileExistsError:
        return False
    except OSError as error:
        raise Stop(f"{shown}: cannot be written ({error.strerror})") from None
    finally:
        half.unlink(missing_ok=True)
    return True


def _put(half: Path, path: Path, text: str) -> None:
    """*half* in its place, where nothing may be yet; a file system without links gets it written there."""
    try:
        os.link(half, path)
    except FileExistsError:
        raise
    except OSError:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)


def _tracker(text: str) -> list[str]:
    """What the first tracker of a configuration is called."""
    return re.findall(r"(?m)^trackers:\n(?: *#.*\n)*  ([\w.-]+):", text)[:1]


def _schema() -> str:
    import json

    from escsync.config import schema as described

    return json.dumps(described(), indent=2) + "\n"
