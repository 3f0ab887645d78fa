"""What one command works with: its instant, the configuration, the ledger and what the ledger tells."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from escsync.cli.everywhere import Format, Options
from escsync.cli.exits import Exit, Stop
from escsync.cli.faults import Discretion, told
from escsync.cli.host import Host
from escsync.cli.terminal import Terminal

if TYPE_CHECKING:
    from escsync.config import Config, ConfigError, TrackerConfig
    from escsync.domain.assessment import Assessment
    from escsync.domain.escalation import Record, World
    from escsync.domain.people import Person
    from escsync.ledger import Ledger


class Session:
    """Opens only what the command asks for, and closes it at the end."""

    def __init__(self, host: Host, options: Options) -> None:
        self.host = host
        self.options = options
        self.terminal = Terminal(host.environ, as_json=options.format is Format.JSON)
        self.discretion = Discretion(host.environ)
        self.unjudged = 0
        self._ledger: Ledger | None = None
        if options.verbose:
            # Our own log only: an SDK's would show headers.
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
            log = logging.getLogger("escsync")
            log.handlers, log.propagate = [handler], False
            log.setLevel(logging.DEBUG)

    @cached_property
    def now(self) -> datetime:
        """The command's only instant: --at, else the machine's clock, once."""
        return self._at or self._real()

    def later(self) -> datetime:
        """The present of a command that stays: --at moves on with the machine's clock."""
        begun = self._begun
        return self.now + (self._real() - begun)

    def _real(self) -> datetime:
        from escsync.domain.evidence import instant

        return instant(self.host.clock())

    @cached_property
    def _begun(self) -> datetime:
        return self._real() if self._at else self.now

    @cached_property
    def _at(self) -> datetime | None:
        """--at, which must say its offset: a local time would mean something else on another machine."""
        from escsync.domain.evidence import instant, moment

        text = self.options.at
        if text is None:
            return None
        try:
            at = datetime.fromisoformat(text.strip())
            if at.tzinfo is None:
                raise Stop(f"--at {text}: its offset is missing; write 2026-03-03T12:00:00Z or ...+01:00")
            if moment(at) is None:
                raise Stop(f"--at {text}: is the year right? It must be after 1899 and before 2200")
            return instant(at)
        except (ValueError, OverflowError):
            raise Stop(f"--at {text}: not an instant; write 2026-03-03T12:00:00Z") from None

    @cached_property
    def path(self) -> Path:
        """The configuration file's path, as the user knows it."""
        named = self.options.config or self.host.environ.get("ESCSYNC_CONFIG") or None
        path = Path(named or "escsync.yaml")
        if not (self.host.directory() / path).is_file():
            raise Stop(
                f"{named or './escsync.yaml'}: there is no such file; `escsync init --tracker jira` writes one, "
                "`escsync demo` shows everything without one, --config FILE names another"
            )
        return path if self.host.directory() == Path.cwd() else self.host.directory() / path

    @cached_property
    def config(self) -> Config:
        """The configuration, with the trackers asked for."""
        return self._load(offline=False)

    @cached_property
    def offline(self) -> Config:
        """The configuration without any tracker's secrets, for looking at the ledger."""
        return self.__dict__.get("config") or self._load(offline=True)

    def _load(self, *, offline: bool) -> Config:
        from escsync.config import ConfigError, load

        try:
            found = load(self.path, environ=self.host.environ, only=self.options.tracker, offline=offline)
            self.discretion.keep(found.secrets)
            return found
        except ConfigError as error:
            raise self.misconfigured(error) from None

    def misconfigured(self, error: ConfigError) -> Stop:
        """The end of a command whose configuration is wrong: each problem with its line, the reason and the remedy."""
        from escsync.config import excerpt

        clean = self.discretion.clean
        notes = [
            [clean(line) for line in (*excerpt(one), f"why: {one.reason}", f"do:  {one.remedy}")]
            for one in error.found
        ]
        problems = [
            {key: clean(value) if isinstance(value, str) else value for key, value in one.to_json().items()}
            for one in error.found
        ]
        return Stop(*map(clean, error.problems), notes=notes, problems=problems)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which instants are shown beside UTC."""
        return self.offline.policy.zone

    @property
    def ledger(self) -> Ledger:
        """What escsync has seen."""
        if self._ledger is None:
            from escsync.ledger import Ledger

            self._ledger = Ledger.open(
                self.offline.ledger, text=self.offline.store_text, clock=self.host.monotonic
            )
        return self._ledger

    @property
    def existing(self) -> Ledger:
        """The same for a command that asks about the ledger itself: one that is not there is not made."""
        from sqlalchemy import make_url

        url = make_url(self.offline.ledger)
        file = url.database if url.get_backend_name() == "sqlite" else None
        if file and file != ":memory:" and not file.startswith("file:") and not Path(file).exists():
            raise Stop(
                f"there is no ledger at {file} yet; `escsync sync` makes one. If there was one: restore a backup, or run "
                "`escsync ledger rebuild`"
            )
        return self.ledger

    def world(self) -> World:
        """People, accounts and earlier escalations."""
        from escsync.domain.escalation import World

        config = self.offline
        return World(
            config.directory, config.accounts, config.company, self.ledger.earlier(), self.ledger.marks()
        )

    def chosen(self) -> list[TrackerConfig]:
        """The trackers to work on: those of --tracker, else all that are not switched off."""
        if not self.config.trackers:
            raise Stop("every tracker asked for has mode: off; there is nothing to do")
        return list(self.config.trackers.values())

    def records(self, named: str = "") -> Iterator[Record]:
        """What the ledger knows of the trackers asked for; only of the ticket *named*, where there is one."""
        for name in self.options.tracker or tuple(self.offline.modes):
            refs = self.ledger.refs(name, open_only=False) if named else []
            ids = [ref.id for ref in refs if means(named, name, ref.id, ref.key)]
            if ids or not named:
                yield from self.ledger.records(name, ids=ids or None)

    def assessments(self, named: str = "") -> list[Assessment]:
        """Escalations of the ledger as of now, all or those of one ticket; no tracker is asked.

        A bad record stops no other.
        """
        from escsync.domain.assess import assess
        from escsync.domain.escalation import escalations
        from escsync.domain.fault import place

        _ = self.offline.trackers  # an unknown --tracker is said before anything else
        world, policy = self.world(), self.offline.policy
        found: list[Assessment] = []
        for record in self.records(named):
            try:
                found += [
                    assess(one, policy, self.now) for one in escalations(record, world, policy, self.now)
                ]
            except Exception as error:  # noqa: BLE001  # one bad record stops no other
                self.unjudged += 1
                self.terminal.problem([f"{record.id} cannot be judged: {place(error)}"])
        return found

    def person(self, option: str, name: str) -> Person:
        """The person of people.yaml that *name* means by id, e-mail or full name."""
        directory = self.offline.directory
        found = directory.named(name)
        if found is None:
            known = [text for one in directory.people.values() for text in (one.id, one.name)]
            raise Stop(f"{option} {name}: people.yaml knows nobody of this name{suggestion(name, known)}")
        return found

    def over(self, ledger: Ledger) -> Session:
        """The same over another *ledger*, which stays whoever's it is."""
        session = Session(self.host, replace(self.options, at=self.now.isoformat()))
        session.__dict__["config"] = self.config
        session._ledger = ledger
        return session

    def at(self, path: Path) -> Session:
        """The same for another configuration, at the same instant."""
        options = replace(self.options, config=path, tracker=(), at=self.now.isoformat())
        return Session(self.host, options)

    def unexpected(self, error: Exception) -> Exit:
        """Say what happened, whatever it is, and how to end."""
        return told(error, self.terminal, self.discretion, trace=self.options.verbose)

    def close(self) -> None:
        """Give back what was opened."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None


def means(wanted: str, tracker: str, native: str, key: str) -> bool:
    """Does *wanted* name this ticket by its id, its key or its native id? (decision 73)"""
    folded = wanted.strip().casefold().partition("~")[0]
    return folded in (f"{tracker}:{native}".casefold(), key.casefold(), native.casefold())


def suggestion(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` where something is near."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
