"""Answers: what `escsync init` was told, by key, checked by the adapter's own models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escsync.cli.exits import Stop
from escsync.cli.session import suggestion

if TYPE_CHECKING:
    from pydantic import BaseModel

    from escsync.offers import Key, Question

PARTS = ("connection", "scope")
"""The parts of a tracker's section that the adapter's models know."""
NAMES = ("stages", "fields")
"""The parts that name things of the tracker."""
_REFERENCE = re.compile(r"\$\{(env|file):[^{}]+\}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,59}")
_STAND_IN = "stand-in-only@acme.example"
"""What a secret that is not there yet is taken to be, where only the other answers are looked at."""


@dataclass
class Answers:
    """What was answered so far. *kind* is the plug-in's settings model, *folder* where the configuration will stand."""

    kind: type[BaseModel]
    folder: Path
    environ: Mapping[str, str] = field(repr=False)
    values: dict[Key, Any] = field(default_factory=dict)

    def take(self, settings: Iterable[str]) -> None:
        """The KEY=VALUE of the command line; Stop says what is wrong with one."""
        for setting in settings:
            name, sign, value = setting.partition("=")
            key, known = _key(name.strip()), list(self._known())
            if not sign:
                raise Stop(f"--set {name}: write KEY=VALUE, such as --set scope.project=EXEC")
            loose = key[0] in PARTS and len(key) == 2 and not self._part(key[0]).model_fields
            if key not in known and not loose:
                names = [".".join(each) for each in known]
                near = suggestion(name.strip(), names)
                raise Stop(
                    f"--set {name.strip()}: there is no such key{near or '; known: ' + ', '.join(names[:14])}"
                )
            if not value.strip():
                raise Stop(f"--set {name.strip()}: the value is missing after the =")
            if not value.isprintable() and any("\ud800" <= ch <= "\udfff" for ch in value):
                raise Stop(
                    f"--set {name.strip()}: holds bytes that are no text in UTF-8; write it in that encoding"
                )
            if key in self.secret and not _REFERENCE.fullmatch(value.strip()):
                raise Stop(
                    f"--set {name.strip()}: is a secret and may not be written out; name the variable that holds it, as "
                    f"in --set '{name.strip()}=${{env:NAME}}'"
                )
            if key[0] in NAMES and (wrong := _unnamable(key, value.strip())):
                raise Stop(f"--set {name.strip()}: {wrong}")
            typed = key[0] in PARTS or (key[0] == "stages" and _many(value))
            self.values[key] = _value(value.strip()) if typed else value.strip()

    @property
    def secret(self) -> set[Key]:
        """The keys of a connection that hold something confidential."""
        return {
            ("connection", name)
            for name, one in self._part("connection").model_fields.items()
            if "Secret" in str(one.annotation)
        }

    def section(self, name: str) -> dict[str, Any]:
        """What was answered for `connection:` or `scope:`."""
        return {key[1]: value for key, value in self.values.items() if key[0] == name and len(key) == 2}

    def model(self, name: str) -> BaseModel:
        """The section as the adapter understands it; Unfit says all that is wrong with it."""
        from pydantic import ValidationError

        resolved = {key: self._resolved(value) for key, value in self.section(name).items()}
        try:
            return self._part(name).model_validate(resolved, context={"folder": self.folder})
        except ValidationError as error:
            # What comes from outside the file is not shown, and not judged before it is there.
            outside = {key for key, value in self.values.items() if "${" in str(value)} | self.secret
            raise Unfit(tuple(_explained(error, name, resolved, self._part(name), outside))) from None

    def wrong(self, key: Key) -> str:
        """What is wrong with this one answer, whatever is still missing beside it; "" where nothing is."""
        if any(name in str(self.values.get(key)) for name in self.unset()):
            return ""
        try:
            self.model(key[0])
        except Unfit as error:
            return "; ".join(said for where, said in error.problems if where == key)
        return ""

    def unanswered(self, name: str) -> dict[str, tuple[str, str]]:
        """The keys of a section that were not answered, with an example and what each is; none where all is well."""
        try:
            self.model(name)
        except Unfit:
            left = {
                key: one
                for key, one in self._part(name).model_fields.items()
                if (name, key) not in self.values
            }
            return {
                key: (str((one.examples or [""])[0]), (one.description or "").partition("\n")[0])
                for key, one in left.items()
            }
        return {}

    def unset(self) -> list[str]:
        """The environment variables that the answers refer to and that are not set."""
        names = [m for value in self.values.values() for m in re.findall(r"\$\{env:([^{}]+)\}", str(value))]
        return [name for name in dict.fromkeys(names) if not self.environ.get(name, "").strip()]

    def astray(self) -> str:
        """What is wrong with a reference that leads nowhere, a variable that is not set apart; "" where all lead on."""
        from escsync.secrets import Unresolved, refers, resolve

        for key, value in self.values.items():
            try:
                if refers(str(value)):
                    resolve(str(value), environ=self.environ, folder=self.folder)
            except Unresolved as error:
                if not any(name in str(value) for name in self.unset()):
                    return f"{'.'.join(key)}: {error.message}"
        return ""

    def secrets(self) -> list[str]:
        """What the references lead to, to be kept in confidence."""
        return [self._resolved(value) for key, value in self.values.items() if key in self.secret]

    def asked(self, question: Question, questions: Iterable[Question], *, defaults: bool) -> bool:
        """Is *question* to be asked after these answers? *defaults*: what nobody was asked for is as it usually is."""
        usual = {one.key: one.default for one in questions if defaults and not one.secret}
        return all(
            str(self.values.get(key, usual.get(key, ""))).casefold() == wanted.casefold()
            for key, wanted in question.only.items()
        )

    def _resolved(self, value: Any) -> Any:
        from escsync.secrets import Unresolved, refers, resolve

        if not isinstance(value, str) or not refers(value):
            return value
        try:
            return resolve(value, environ=self.environ, folder=self.folder).text
        except Unresolved:
            return _STAND_IN

    def _part(self, name: str) -> type[BaseModel]:
        """The model of a part; one that takes everything where the adapter has none for it."""
        from pydantic import BaseModel, ConfigDict, create_model

        part: Any = self.kind.model_fields[name].annotation
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
        return create_model(name, __config__=ConfigDict(extra="allow"))

    def _known(self) -> Iterator[Key]:
        from escsync.adapter import FIELDS
        from escsync.domain.fields import MAPPED_STAGES

        yield from (("company",), ("timezone",))
        for name in PARTS:
            yield from ((name, key) for key in self._part(name).model_fields)
        yield from (("stages", stage.value) for stage in MAPPED_STAGES)
        yield from (("fields", name) for name in FIELDS)


class Unfit(Exception):
    """Answers that the adapter does not accept: *problems* are the keys and what is wrong with each."""

    def __init__(self, problems: tuple[tuple[Key, str], ...]) -> None:
        super().__init__(problems)
        self.problems = problems


def variable(answer: str) -> str:
    """What is wrong with *answer* as the name of an environment variable; a secret typed in is not repeated."""
    if _VARIABLE.fullmatch(answer) or _REFERENCE.fullmatch(answer):
        return ""
    return (
        "That is no name of an environment variable, such as MY_TOKEN. If it was the secret itself: it was kept nowhere, "
        "but it is on your screen now; better make a new one."
    )


def reference(answer: str) -> str:
    """How the configuration names what the variable *answer* holds."""
    return answer if _REFERENCE.fullmatch(answer) else f"${{env:{answer}}}"


def _key(name: str) -> Key:
    section, dot, rest = name.partition(".")
    return (section, rest) if dot else (section,)


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return [part.strip() for part in text[1:-1].split(",") if part.strip()] if _many(text) else text


def _many(text: str) -> bool:
    return text.strip().startswith("[") and text.strip().endswith("]")


def _unnamable(key: Key, text: str) -> str:
    """What is wrong with *text* as the name of something of the tracker; "" where nothing is."""
    if "${" in text:
        return "a name of the tracker that looks like a reference would be taken for one; write its id"
    if key[0] == "fields" and _many(text):
        return "name one field"
    return "" if not _many(text) or _value(text) else "name a status, or several as [a, b]"


def _explained(
    error: Any, name: str, content: Mapping[str, Any], part: type[BaseModel], outside: set[Key]
) -> Iterator[tuple[Key, str]]:
    from escsync.config.document import Document
    from escsync.config.wording import explain

    hidden: Any = outside
    for problem in explain(error, Document("", content), (name,), content, part.model_json_schema(), hidden):
        hint = f"; did you mean {problem.suggestion!r}?" if problem.suggestion else ""
        yield tuple(str(step) for step in problem.path[:2]), f"{problem.message}{hint}"
