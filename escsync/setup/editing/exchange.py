"""The exchange of a file's text for another one: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

_SIGN, _END = ".escsync-", ".tmp"
_DEAD = 5.0
"""Seconds after which nobody is at work any more on a text that was never put in its place."""


class Changed(Exception):
    """The file is not what it was when it was read."""


def read(path: Path) -> str:
    """The file as it is, its line endings included."""
    return path.read_bytes().decode("utf-8")


def save(path: Path, before: str, text: str) -> None:
    """Put *text* in the place of *before*: whole or not at all, with the same owner and rights; Changed where somebody else
    wrote the file meanwhile."""
    path = Path(os.path.realpath(path))
    state = path.stat()
    if not os.access(path, os.W_OK):
        raise PermissionError(13, "it is read-only", str(path))
    prefix = f".{path.name}{_SIGN}"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=_END)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, state.st_mode & 0o7777)
        made = os.stat(name)
        if (made.st_uid, made.st_gid) != (state.st_uid, state.st_gid):
            os.chown(name, state.st_uid, state.st_gid)
        if read(path) != before:
            raise Changed(str(path))
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    _sweep(path.parent, prefix, made.st_mtime - _DEAD)


def _sweep(folder: Path, prefix: str, since: float) -> None:
    """Take away what a program left that was killed at work; the folder's own clock tells how long ago."""
    with suppress(OSError), os.scandir(folder) as found:
        for one in found:
            left = one.name.startswith(prefix) and one.name.endswith(_END)
            if (
                left
                and one.is_file(follow_symlinks=False)
                and one.stat(follow_symlinks=False).st_mtime < since
            ):
                os.unlink(one.path)
