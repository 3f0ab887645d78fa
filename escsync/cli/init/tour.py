"""A tour of a tracker that nothing is known of yet: sign in, choose where the tickets are, look, propose."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from escsync.cli.exits import Exit, Stop
from escsync.cli.faults import remedied
from escsync.cli.init.answers import PARTS, Answers, Unfit, reference, variable
from escsync.cli.init.places import Lost, chosen
from escsync.report.display import shown

if TYPE_CHECKING:
    from escsync.cli.init.interview import Interview
    from escsync.cli.session import Session
    from escsync.offers import Guide, Key, Question
    from escsync.setup.mapping.draft import Section
    from escsync.setup.mapping.proposal import Proposal

HEADING = "Next:"
_ATTEMPTS, _SECONDS = 3, 20.0
"""A person waits: what does not answer by then is said to be away."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the answers and the look came to; *looked* is False where only the answers are known."""

    connection: Mapping[str, Any]
    scope: Mapping[str, Any]
    proposal: Proposal
    looked: bool = True
    open: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    """Per part, what a person has yet to fill in: an example of it and what it is."""

    def section(self, name: str, adapter: str) -> Section:
        """It as a section of escsync.yaml."""
        from escsync.setup.mapping.draft import Section

        return Section(
            name, adapter, self.connection, self.scope, self.proposal, looked=self.looked, open=self.open
        )


class Tour:
    """Asks *person* what *answers* lack; where that is None nobody is asked."""

    def __init__(self, session: Session, guide: Guide, answers: Answers, person: Interview | None) -> None:
        self._session = session
        self._guide = guide
        self._answers = answers
        self._person = person

    def go(self, *, offline: bool) -> Found:
        """The whole tour; Unfit where what was answered cannot be used and nobody is there to ask again."""
        given = [
            (key, self._answers.wrong(key))
            for key in self._answers.values
            if len(key) == 2 and key[0] in PARTS
        ]
        if unfit := tuple((key, said) for key, said in given if said):
            raise Unfit(unfit)
        while True:
            for question in self._guide.questions:
                if question.key[0] == "connection" and self._applies(question):
                    self._answer(question)
                elif question.key[0] == "connection" and self._person is not None:
                    self._answers.values.pop(question.key, None)  # of another way to sign in, answered before
            ready = False if offline else self._ready()
            if ready is None:
                continue
            if not ready:
                return self._unlooked()
            try:
                return self._look()
            except Unfit as error:
                if self._person is None or any(key[0] == "scope" for key, _ in error.problems):
                    raise
                for key, said in error.problems:
                    self._person.say(f"{'.'.join(key)}: {said}", "yellow")
            except Lost as lost:
                if self._person is None:
                    raise Stop(
                        lost.said,
                        "nothing was written; --offline writes the file without a look",
                        code=Exit.TRACKER,
                    ) from None
                self._person.say(lost.said, "red")
                what = ("answer again", "write the file without a look at the tracker", "stop here")
                match self._person.choose("What now", what):
                    case 1:
                        return self._unlooked()
                    case 2:
                        raise Stop("nothing was written") from None
            # Everything is asked again, with the answers of before to be taken over.

    def hints(self, file: Path) -> list[str]:
        """What to do next."""
        where = "" if str(file) in ("escsync.yaml", "-") else f" --config {quote(str(file))}"
        return [
            HEADING,
            *(f"  {line}" for line in self._exports()),
            f"  escsync provision{where}    lists what the tracker still lacks; --apply makes it",
            f"  escsync doctor{where}       says what is not well yet, and when all is ready",
            f"  escsync plan{where}         shows what the first pass would do; in mode observe nothing is written",
        ]

    def _exports(self) -> list[str]:
        return [
            f"export {name}=... (or write it into a file .env beside the configuration)"
            for name in self._answers.unset()
        ]

    def _others(self) -> list[str]:
        """The variables of those secrets of which one is enough, where there is none of them."""
        some = [one for one in self._guide.questions if one.secret and one.optional]
        return [one.default for one in some if not any(two.key in self._answers.values for two in some)]

    def _applies(self, question: Question) -> bool:
        return self._answers.asked(question, self._guide.questions, defaults=self._person is None)

    def _answer(self, question: Question) -> None:
        """One question, to the person or to what is known without."""
        before = self._answers.values.get(question.key)
        if self._person is None:
            if before is None and (question.secret or question.key in self._missing()) and question.default:
                if question.optional and question.default not in self._answers.environ:
                    return
                self._answers.values[question.key] = (
                    reference(question.default) if question.secret else question.default
                )
            return
        if question.secret:
            self._variable(question, str(before or question.default))
            return

        def wrong(answer: str) -> str:
            if not answer:
                self._answers.values.pop(question.key, None)
                return ""
            self._answers.values[question.key] = answer
            return self._answers.wrong(question.key)

        self._person.until(question.asks, wrong, str(before or question.default), empty=question.optional)

    def _variable(self, question: Question, default: str) -> None:
        assert self._person is not None
        plain = default[6:-1] if default.startswith("${env:") else default
        self._person.say(
            "A secret is never typed in here: escsync reads it from the environment or from a file .env."
        )
        name = self._person.until(question.asks, _unless_empty(question), plain, empty=question.optional)
        self._answers.values.pop(question.key, None)
        if name:
            self._answers.values[question.key] = reference(name)

    def _missing(self) -> set[Key]:
        try:
            self._answers.model("connection")
        except Unfit as error:
            return {key for key, _ in error.problems}
        return set()

    def _ready(self) -> bool | None:
        """Are the secrets there? A person may bring them now; None: it wants to answer again."""
        while unset := self._answers.unset():
            where = self._answers.folder / ".env"
            if self._person is None:
                others = self._others()
                beside = f", nor {' or '.join(others)}" if others else ""
                raise Stop(
                    f"{', '.join(unset)} is not set{beside}, so the tracker cannot be looked at; nothing was written",
                    notes=[
                        [
                            *self._exports(),
                            *(f"{'or' if n else 'and'} export {name}=..." for n, name in enumerate(others)),
                            "then run this again; --offline writes the file without a look",
                        ]
                    ],
                )
            self._person.say(
                f"{', '.join(unset)} is not set. Write the line {unset[0]}=... into {where} (chmod 600).",
                "yellow",
            )
            answer = self._person.ask(
                "Enter looks again, `back` asks again, `skip` goes on without a look", empty=True
            )
            if answer.casefold() in ("skip", "back"):
                return False if answer.casefold() == "skip" else None
            self._answers.environ = surroundings(self._session, self._answers.folder)
        if astray := self._answers.astray():
            if self._person is None:
                raise Stop(f"--set {astray}; nothing was written")
            self._person.say(astray, "yellow")
        return None if astray else True

    def _unlooked(self) -> Found:
        """Only what was answered; everything else is left to be filled in."""
        from escsync.offers import Shape
        from escsync.setup.mapping.proposal import propose

        return Found(
            self._answers.section("connection"),
            self._answers.section("scope"),
            propose(Shape(), *self._given()),
            looked=False,
            open={name: self._answers.unanswered(name) for name in PARTS},
        )

    def _given(self) -> tuple[dict[str, str], dict[str, list[str]]]:
        """The fields, and the statuses of each stage, that were named."""
        named = {key: value for key, value in self._answers.values.items() if len(key) == 2}
        return (
            {key[1]: str(value) for key, value in named.items() if key[0] == "fields"},
            {
                key[1]: value if isinstance(value, list) else [value]
                for key, value in named.items()
                if key[0] == "stages"
            },
        )

    def _look(self) -> Found:
        from escsync.adapter import TrackerError
        from escsync.retry import Budget, Patience
        from escsync.setup.mapping.proposal import propose

        host, session = self._session.host, self._session
        settings: Any = self._answers.model("connection")
        session.discretion.keep(self._answers.secrets())
        budget = Budget(attempts=_ATTEMPTS, seconds=_SECONDS)
        patience = Patience(sleep=host.sleep, clock=host.monotonic, random=host.random, budget=budget)
        session.terminal.note("looking at the tracker ...")
        try:
            with closing(self._guide.explore(settings, patience)) as explorer:
                place = chosen(explorer, self._guide, self._answers, self._person)
                session.terminal.note(shown(f"looking at {place.name} ..."))
                shape = explorer.shape(place)
        except TrackerError as error:
            raise Lost(session.discretion.clean(remedied(error.message, error.remedy))) from None
        self._answers.values |= {("scope", key): value for key, value in place.scope.items()}
        for question in self._guide.questions:
            new = question.key[0] == "scope" and question.key not in self._answers.values
            if new and self._applies(question):
                self._answer(question)
        if not place.empty:
            self._answers.model("scope")
        proposal = propose(shape, *self._given())
        return Found(self._answers.section("connection"), self._answers.section("scope"), proposal)


def surroundings(session: Session, folder: Path) -> Mapping[str, str]:
    """The variables that a configuration in *folder* may name, those of its `.env` included."""
    from escsync.config.environment import environment

    known = environment(folder, session.host.environ)
    if known.problems:
        raise Stop(*map(str, known.problems))
    session.discretion.keep(known.secrets)
    return known.values


def _unless_empty(question: Question) -> Any:
    return lambda answer: "" if question.optional and not answer else variable(answer)
