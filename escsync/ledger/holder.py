"""Holders: which process has a lease, told apart from every other that there was."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Holder:
    """A pass in its process. *boot* and *space* say in which system *pid* counts (its boot, its pid namespace), *start*
    when the process began there: a number is given again, the whole never. They are empty where nobody can tell."""

    pass_id: str
    pid: int
    host: str = ""
    boot: str = ""
    space: str = ""
    start: str = ""

    def __str__(self) -> str:
        return f"{self.pass_id}, process {self.pid} of {self.host}"

    def written(self) -> str:
        """The form that the ledger keeps."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def dead(self) -> bool:
        """Is it certain that this process is no more? It never is of another machine's or container's."""
        if not all(astuple(self)) or self._place != here("", self.pid)._place:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            pass  # somebody else's process now, or still
        state, start = _stat(self.pid)
        return state in ("Z", "X") or (start != "" and start != self.start)

    @property
    def _place(self) -> tuple[str, str, str]:
        return self.host, self.boot, self.space


def here(pass_id: str, pid: int) -> Holder:
    """The holder that the process *pid* of this machine is."""
    return Holder(
        pass_id=pass_id,
        pid=pid,
        host=socket.gethostname(),
        boot=_text(_PROC / "sys/kernel/random/boot_id"),
        space=_space(),
        start=_stat(pid)[1],
    )


def known(written: str) -> Holder | None:
    """The holder that the ledger tells of; None where it was written by another version, or is nobody."""
    try:
        return Holder(**json.loads(written))
    except (ValueError, TypeError):
        return None


def _space() -> str:
    try:
        return os.readlink(_PROC / "self/ns/pid")
    except OSError:
        return ""


def _stat(pid: int) -> tuple[str, str]:
    """A process's state, and when it began in ticks since the boot; the name before them may hold anything."""
    parts = _text(_PROC / str(pid) / "stat").rpartition(")")[2].split()
    return (parts[0], parts[19]) if len(parts) > 19 else ("", "")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
