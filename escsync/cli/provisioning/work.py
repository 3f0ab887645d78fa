"""Work: what provisioning does on one tracker, told line by line, with all that went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from escsync.cli.exits import Exit, Stop
from escsync.cli.inspection.lines import line
from escsync.cli.rounds import connected, rested
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import TrackerError
    from escsync.cli.provisioning.pen import Pen
    from escsync.config import TrackerConfig
    from escsync.offers import Provided, Provisioner, Wish


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Named)
_R = TypeVar("_R")
_BY_HAND = "make the fields by hand and name them under `fields:`; `escsync doctor` checks them"
AGAIN = "run the same command again"
_STYLES = {
    "MAKE": "cyan",
    "FOUND": "cyan",
    "REMOVE": "cyan",
    "HAND": "yellow",
    "KEEP": "yellow",
    "MADE": "green",
    "MAPPED": "green",
    "GONE": "green",
    "FAIL": "bold red",
}


class Work:
    """One tracker's part of a command: *things* were found, *done* are those that were made or removed, for *wishes* and
    keys of the configuration, the *subjects*. *known* are the files of the configuration as they were at its beginning."""

    def __init__(self, session: Session, tracker: TrackerConfig, known: Mapping[str, str]) -> None:
        self.session = session
        self.tracker = tracker
        self.known = known
        self.things: list[Any] = []
        self.done: list[Provided] = []
        self.wishes: Sequence[Wish] = ()
        self.subjects: list[str] = []
        self.errors: list[dict[str, str]] = []
        self.unwritten: str | None = None
        self.agreed = False
        """A person was asked, and it shall be done."""
        self.code = Exit.DONE
        self._away = False
        self._said: set[str] = set()

    def run(self, do: Callable[[Provisioner], None], *, alone: bool) -> None:
        """*do* it over a connection that can provision. What fails whole ends this tracker, and no other.

        *alone*: while no pass and no second provisioning works on it, as what is to change it must.
        """
        from escsync.adapter import TrackerError
        from escsync.ledger import Held, LedgerError
        from escsync.offers import Provisioner
        from escsync.registry import PluginError

        session, name = self.session, self.tracker.name
        mark = f"provision-{session.now:%Y%m%dT%H%M%SZ}"
        try:
            rested(session, name, session.now)
            with (
                session.ledger.lease(name, mark) if alone else nullcontext(),
                connected(session, self.tracker, session.now, fresh=True) as adapter,
            ):
                if isinstance(adapter, Provisioner):
                    do(adapter)
                else:
                    self.say(
                        "HAND", "adapter", f"the adapter {self.tracker.adapter} cannot provision", _BY_HAND
                    )
        except TrackerError as error:
            self.failed("", "access", error)
            self.code = Exit.PARTIAL if self.done else Exit.TRACKER
        except Held as error:
            self._broken(Exit.HELD, "lease", "HELD", error.message, error.remedy)
        except Stop as stop:
            self._broken(stop.code, "configuration", "CONFIGURATION", stop.lines[0], AGAIN)
        except LedgerError as error:
            code = Exit.PARTIAL if self.done else Exit.USAGE
            self._broken(code, "ledger", "LEDGER", error.message, error.remedy)
        except PluginError as error:
            self._broken(Exit.TRACKER, "adapter", "ADAPTER", error.message, error.remedy)

    def each(
        self, items: Sequence[_T], act: Callable[[_T], _R], subject: Callable[[_T], str]
    ) -> Iterator[tuple[_T, _R]]:
        """*act* on each of *items*. One that fails stops no other, but a tracker that is not there stops the rest."""
        from escsync.adapter import TrackerError, Unavailable

        for place, item in enumerate(items):
            try:
                outcome = act(item)
            except TrackerError as error:
                self.failed(item.id, subject(item), error)
                left = len(items) - place - 1
                if isinstance(error, Unavailable) and left:
                    self.say("FAIL", "the rest", f"{left} more were not tried", AGAIN)
                    return
            else:
                yield item, outcome

    def say(self, sign: str, subject: str, message: str, remedy: str = "") -> None:
        """One line, unless the result is a document."""
        if not self.session.terminal.as_json:
            about = f"{self.tracker.name}: {subject}"
            self.session.terminal.say(line(self.session, f"{sign:<6}", _STYLES[sign], about, message, remedy))

    def sum(self, *counts: tuple[int, str], none: str = "nothing is missing") -> None:
        """The last line of a tracker; *none* where there is nothing to count."""
        told = ", ".join(f"{count} {what}" for count, what in counts if count)
        if not self.session.terminal.as_json:
            self.session.terminal.say(f"{self.tracker.name}: {told or none}")

    def failed(self, id: str, subject: str, error: TrackerError) -> None:
        """What could not be done; the remedy of the same reason is told once."""
        from escsync.adapter import Ambiguous, Unavailable
        from escsync.sync.outcome import failure_of

        self._away = self._away or isinstance(error, Unavailable)
        told = failure_of(error)
        lost = isinstance(error, Ambiguous | Unavailable) and not error.remedy
        remedy = f"{AGAIN}: it looks first what is there" if lost else told.remedy
        again = told.message in self._said
        self._said.add(told.message)
        self.say("FAIL", subject, told.message, "" if again else remedy)
        self._note(id, subject, told.code, told.message, remedy)
        self.code = Exit.PARTIAL

    def wrote(self, pens: Sequence[Pen], should: str) -> None:
        """Say which files were written, and show what a person must change in them: *should* says how."""
        from escsync.setup.editing.writeback import to_paste

        terminal = self.session.terminal
        for file in dict.fromkeys(file for pen in pens for file in pen.files):
            terminal.note(f"{file}: written")
        if left := [one for pen in pens for one in pen.left]:
            self.code = Exit.PARTIAL
            self.unwritten = to_paste(tuple(left))
            why = "; ".join(dict.fromkeys(str(one.why) for one in left))
            terminal.problem([f"not everything could be written ({why}). Nothing is lost; {should}:"])
            if not terminal.as_json:
                terminal.raw(self.unwritten)

    def broken_off(self, error: BaseException) -> None:
        """The command ends in the middle of this tracker; nothing more is asked of it."""
        from escsync.ledger import LedgerError

        if isinstance(error, KeyboardInterrupt):
            self._note("", "interrupted", "INTERRUPTED", "interrupted; what was done is recorded", AGAIN)
        with suppress(LedgerError):
            self._forget()

    def settle(self) -> None:
        """What was learnt of the tracker before is void; what was made or removed here is no drift."""
        from escsync.adapter import TrackerError
        from escsync.cli.inspection.outlines import settle
        from escsync.ledger import LedgerError
        from escsync.registry import PluginError
        from escsync.setup.schema.settlement import deeds

        if not self.done:
            return
        session, name = self.session, self.tracker.name
        # The configuration as it reads by now, with the names of what was made.
        options = replace(session.options, tracker=(name,), at=session.now.isoformat())
        try:
            if self._away:
                return self._unsettled("it does not answer")
            with closing(Session(session.host, options)) as again:
                tracker = again.config.trackers.get(name)
                if tracker is None:
                    return self._unsettled("it has mode: off by now")
                with connected(again, tracker, again.now, fresh=True) as adapter:
                    settle(again, tracker, adapter, deeds(self.done, self.subjects, self.wishes))
        except Stop as stop:
            self.code = max(self.code, Exit.PARTIAL)
            self._unsettled(stop.lines[0])
        except LedgerError as error:
            self.code = max(self.code, Exit.PARTIAL)
            self._unsettled(error.message)
        except (TrackerError, PluginError) as error:
            self._unsettled(error.message)
        finally:
            with suppress(LedgerError):
                self._forget()

    def _forget(self) -> None:
        if self.done:
            ledger, name = self.session.ledger, self.tracker.name
            ledger.discovered(name, {}, ledger.state(name).ours)

    def _unsettled(self, why: str) -> None:
        self.session.terminal.note(
            f"{self.tracker.name}: the schema was not read again ({self.session.discretion.clean(why)}); "
            "`escsync drift --accept` does it later"
        )

    def _broken(self, code: Exit, subject: str, name: str, message: str, remedy: str) -> None:
        self.say("FAIL", subject, message, remedy)
        self._note("", subject, name, message, remedy)
        self.code = code

    def _note(self, id: str, subject: str, code: str, message: str, remedy: str) -> None:
        clean = self.session.discretion.clean
        self.errors.append(
            {"id": id, "subject": subject, "code": code, "message": clean(message), "remedy": clean(remedy)}
        )


def row(work: Work, one: Provided) -> dict[str, Any]:
    """Something that was made, as JSON has it."""
    from escsync.config.problem import dotted

    clean = work.session.discretion.clean
    settings = {dotted(key): value for key, value in one.settings.items()}
    return {"id": one.id, "kind": one.kind, "what": clean(one.what), "settings": settings, "kept": one.kept}
