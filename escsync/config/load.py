"""Loading: escsync.yaml with all that it names, every mistake in one go."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, cast
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from escsync.domain.account import Accounts
from escsync.domain.people import Directory
from escsync.domain.plan import Limits, Mode
from escsync.domain.policy import Policy
from escsync.secrets import scrub

from . import vocabulary
from .accounts import accounts
from .addresses import ledger_problems, ledger_url, notify_problems
from .confidence import confided, without
from .configuration import Config, TrackerConfig
from .document import Document, read
from .environment import environment
from .exposure import exposed
from .layers import Layers, empty, layers, without_empty
from .manual import Manual
from .model import EscsyncYaml
from .people import directory
from .policy import read_policy
from .problem import ConfigError, Origin, Path, Problem, listed, nearest
from .references import References
from .relations import id_warnings, native, waiver_problems
from .shape import shape_of
from .trackers import bound
from .wording import explain
from .zones import zone_or_utc


def load(
    path: FilePath, *, environ: Mapping[str, str], only: Collection[str] = (), offline: bool = False
) -> Config:
    """The configuration at *path*; ConfigError tells everything that is wrong with it at once.

    Trackers that are off, or not in *only* where that is given, are left alone: their adapters are not loaded
    and their secrets not asked for. *offline* reads nothing from outside for a connection, and the settings that
    lack it are None: whoever only looks at the ledger needs no password.
    """
    found = layers(path, missing="escsync init writes one")
    if not isinstance(found.whole.data, dict):
        reason, remedy = (
            "Without a tracker there is nothing to do.",
            "Write one with `escsync init --tracker NAME`.",
        )
        raise ConfigError(
            [
                found.whole.problem(
                    (), "holds no keys; escsync init writes an example", reason=reason, remedy=remedy
                )
            ]
        )
    return _Loader(path, found, environ, only, offline).load()


class _Loader:
    """Reads the parts one after the other and goes on after each mistake."""

    def __init__(
        self,
        path: FilePath,
        found: Layers,
        environ: Mapping[str, str],
        only: Collection[str],
        offline: bool,
    ) -> None:
        self.path = path
        self.files = found.files
        self.document = found.whole
        self.environment = environment(path.parent, environ)
        self.only = only
        self.folder = FilePath(os.path.abspath(path)).parent
        self.references = References(self.document, self.environment, self.folder, offline=offline)
        self.problems: list[Problem] = [*self.environment.problems]
        self.warnings: list[Problem] = []
        self.manual = Manual(self.document)
        self.policy_document, self.policy_at = self.document, cast(Path, ("policy",))

    def load(self) -> Config:
        """The whole."""
        for file in self.files:
            self.problems += exposed(file, file.data) if isinstance(file.data, dict) else ()
        data, modes = self._chosen(without_empty(self.document.data))
        data = self.references.replaced(data)
        self.problems += self.references.problems
        model = self._model(data)
        timezone = model.timezone if model else zone_or_utc(data.get("timezone"))
        policy = self._policy(data.get("policy"), timezone)
        sections = data.get("trackers")
        people = native(
            self._directory(data.get("people"), timezone), sections if isinstance(sections, dict) else {}
        )
        rows = self._accounts(data.get("accounts"))
        if policy is not None:
            self.problems += waiver_problems(self.policy_document, self.policy_at, policy, people)
        if isinstance(data.get("ledger"), str):
            self._add(ledger_problems(self.document, data["ledger"]))
        self._add(notify_problems(self.document, data.get("notify")))
        trackers = dict(self._trackers(sections, model))
        if self.problems or model is None or policy is None:
            raise ConfigError(self._sorted())
        return Config(
            path=self.path,
            timezone=model.timezone,
            company=model.company,
            policy=policy,
            directory=people,
            accounts=rows,
            ledger=ledger_url(model.ledger, self.folder),
            store_text=model.store_text,
            limits=Limits(model.limits.max_writes, float(model.limits.max_share)),
            notify={
                who: urls
                for who, urls in (
                    ("owner", tuple(model.notify.owner)),
                    ("leadership", tuple(model.notify.leadership)),
                )
                if urls
            },
            trackers=trackers,
            modes=modes,
            secrets=tuple(sorted({*self.references.confidential, *self.environment.secrets})),
            origins=self.document.origins,
            policy_origins=self._policy_origins(),
            warnings=(*self.environment.warnings, *self.warnings),
        )

    def _sorted(self) -> list[Problem]:
        """By file in the order in which they are read, then by line; each said once, without a secret."""
        first = [self.document.file, *(file.file for file in self.files)]
        files = list(dict.fromkeys([*first, *(p.file for p in self.problems)]))
        ordered = sorted(self.problems, key=lambda p: (files.index(p.file), p.line, p.column))
        return list(dict.fromkeys(self._discreet(self.manual.advised(problem)) for problem in ordered))

    def _discreet(self, problem: Problem) -> Problem:
        """*problem* without what came from outside; of a file's name, only without what is secret."""
        secrets = {*self.environment.secrets, *self.references.confidential}
        message = scrub(problem.message, self.references.secrets)
        written = [text for file in self.files for text in confided(file.data)]
        return replace(
            problem,
            file=scrub(problem.file, secrets),
            message=without(message, written),
            suggestion=without(problem.suggestion, written),
            remedy=without(problem.remedy, written),
        )

    def _chosen(self, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Mode]]:
        """*data* without the trackers that are left alone, and the mode of every tracker."""
        trackers = data.get("trackers")
        if not isinstance(trackers, dict):
            return data, {}
        for name in self.only:
            if name not in trackers:
                near = nearest(name, trackers)
                self.problems.append(
                    self.document.problem(
                        ("trackers",),
                        f"there is no tracker {name!r}; known: {listed(trackers)}",
                        near,
                        reason="`--tracker` takes the name that a tracker bears in this file.",
                        remedy=f"Write `--tracker {near or next(iter(trackers), 'NAME')}`.",
                    )
                )
        modes = {
            name: Mode(mode)
            for name, tracker in trackers.items()
            if (mode := without_empty(tracker).get("mode", "observe") if isinstance(tracker, dict) else "")
            in list(Mode)
        }
        kept = {
            name: without_empty(tracker)
            for name, tracker in trackers.items()
            if modes.get(name) is not Mode.OFF and (not self.only or name in self.only)
        }
        if not kept and trackers:
            return {key: value for key, value in data.items() if key != "trackers"}, modes
        return {**data, "trackers": kept}, modes

    def _model(self, data: dict[str, Any]) -> EscsyncYaml | None:
        # With every tracker off there is nothing to check under `trackers:`, and nothing is missing either.
        idle = "trackers" not in data and bool(self.document.data.get("trackers"))
        whole = {**data, "trackers": {"idle": {"adapter": "none"}}} if idle else data
        try:
            return EscsyncYaml.model_validate(whole)
        except ValidationError as error:
            schema = shape_of(EscsyncYaml)
            self._add(explain(error, self.document, (), whole, schema, self.references.hidden))
            return None

    def _policy(self, given: object, timezone: str) -> Policy | None:
        if isinstance(given, str):
            document = self._file(given)
            if document is None:
                return None
            self.policy_document, self.policy_at, given = document, (), document.data
            self.manual.policy = document.file
        policy, problems = read_policy(self.policy_document, self.policy_at, given, timezone)
        self._add(problems)
        return policy

    def _directory(self, given: object, timezone: str) -> Directory:
        document = self._file(given) if isinstance(given, str) else None
        if document is None:
            return Directory()
        self.manual.people = document.file
        sections = self.document.data.get("trackers")
        self.warnings += id_warnings(document, sections if isinstance(sections, dict) else ())
        people, problems = directory(document, ZoneInfo(timezone))
        self.problems += problems
        return people

    def _accounts(self, given: object) -> Accounts:
        if not isinstance(given, str):
            return Accounts()
        rows, problems = accounts(self.path.parent / given)
        self.problems += [self.manual.named(problem, self.path.parent / given) for problem in problems]
        return rows

    def _file(self, name: str) -> Document | None:
        try:
            return read(self.path.parent / name)
        except ConfigError as error:
            self.problems += [self.manual.named(problem, self.path.parent / name) for problem in error.found]
            return None

    def _trackers(self, section: object, model: EscsyncYaml | None) -> Iterator[tuple[str, TrackerConfig]]:
        for name, raw in section.items() if isinstance(section, dict) else ():
            if not isinstance(raw, dict):
                continue
            words, wrong = vocabulary.build(self.document, ("trackers", name), raw)
            better = {problem.path for problem in wrong}
            self.problems = [p for p in self.problems if p.path not in better] + wrong
            plugin, settings, unfit = bound(self.document, name, raw, self.folder, self.references.hidden)
            self._add(unfit)
            if plugin is not None and model is not None:
                tracker = model.trackers[name]
                absent = tracker.provision.leave_out
                yield (
                    name,
                    TrackerConfig(name, tracker.adapter, tracker.mode, settings, words, plugin, absent),
                )

    def _policy_origins(self) -> dict[Path, Origin]:
        """Where each key of the policy stands, the zone of escsync.yaml among them."""
        origins, depth = self.policy_document.origins, len(self.policy_at)
        zone_ = self.document.origin(("timezone",))
        data = self.policy_document.data
        within = {
            path[depth:]: at
            for path, at in origins.items()
            if path[:depth] == self.policy_at and not empty(data, path)
        }
        return {("timezone",): zone_, **within}

    def _add(self, problems: Iterable[Problem]) -> None:
        """Take *problems* in, save those of values that could not be had in the first place."""
        self.problems += self.references.known(problems)
