"""Provisioning: what Jira lacks for a configuration is told, made where Jira lets it be made, and taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from escsync.adapter import Ambiguous, Binding, Rejected
from escsync.offers import Gap, Key, Provided, Wish
from escsync.web import tidy

from ..answers import Refusal
from ..connection import Connection
from ..discovery import Discovery
from ..forms import entries
from ..nearness import meant
from . import blueprint
from .ground import Ground, look, marked
from .lacks import Lack, Wanting
from .removal import Removal

_MAKING = "making a field"
_OFFERING = "offering a field to the project"
_REFUSED = (400, 403, 404, 405)
_UNKNOWN = (*_REFUSED, 409, 410, 412)


class Provision:
    """One run of provisioning. Everything is looked for in Jira; nothing is kept between runs."""

    def __init__(self, connection: Connection, discovery: Discovery, binding: Binding) -> None:
        self._connection = connection
        self._cloud = discovery.cloud
        self._scope = discovery.settings.scope
        self._vocabulary = binding.vocabulary
        self._before = binding.discovery
        self._ground: Ground | None = None
        self._lacks: dict[str, Lack] = {}
        self._made: dict[str, str] = {}
        self.removal = Removal(connection, discovery)

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """What is lacking, in the order in which it has to be made."""
        ground = self._ground = look(self._connection, self._scope, cloud=self._cloud)
        self._lacks, self._made = {}, {}
        if first := list(self._issue_type(ground)):
            # On which screens a field belongs, and with which statuses, shows when there is one.
            yield from first
            return
        found: list[Gap] = []
        wanting = Wanting(self._connection, ground, self._vocabulary)
        for wish in wishes:
            for lack in wanting.of(wish):
                found += [lack] if isinstance(lack, Gap) else list(self._gaps(lack, ground))
        found += self._statuses(ground)
        if not ground.admin and any(gap.by_hand and gap.id.startswith("field:") for gap in found):
            yield self._why(ground)
        yield from found

    def provide(self, gap: Gap) -> Provided:
        """Make good one gap of the last `missing`."""
        lack, ground = self._lacks.get(gap.id), self._ground
        if lack is None or ground is None:
            raise Rejected(f"{gap.subject}: this has to be done by hand", remedy=gap.by_hand)
        id = lack.column.id if lack.column is not None else self._field(lack, ground)
        if ground.contexts is not None:
            if lack.column is None or lack.screens or lack.offer:
                self._offer(id, ground, needed=lack.offer)
            if lack.column is not None and (lack.screens or lack.offer):
                ground.contexts.apply(id)
            if lack.options:
                ground.contexts.add(id, lack.options)
        for screen in lack.screens:
            if ground.screens is not None:
                ground.screens.put(screen, id)
        return Provided(id, "field", gap.what, self._settings(lack, id))

    def _gaps(self, lack: Lack, ground: Ground) -> Iterator[Gap]:
        clicks, shown, id = ground.clicks, f"{lack.name!r}", lack.column.id if lack.column else ""
        new = f"a field {shown}, {lack.build.called(cloud=ground.cloud, team=ground.team)}"
        if lack.column is None and not ground.admin:
            what = ", ".join(filter(None, [new, _counted(lack.options)]))
            yield Gap(lack.id, lack.subject, what, clicks.field(lack.name, lack.build, lack.options))
            return
        by_hand = lack.options if ground.contexts is None else ()
        parts = [new if lack.column is None else f"for {shown} ({id})"]
        if lack.options and not by_hand:
            parts.append(
                f"{'the ' if id else ''}option{'s' if len(lack.options) > 1 else ''} {', '.join(lack.options)}"
            )
        if lack.screens:
            parts.append(
                f"on {len(lack.screens)} screen{'s' if len(lack.screens) > 1 else ''} of {clicks.kind}"
            )
        if lack.offer:
            parts.append(f"offered to the project {ground.key}, which does not show it")
        work = lack.column is None or len(parts) > 1
        if work or not lack.settled:
            self._lacks[lack.id] = lack
            exists = f"{shown} ({id}) exists and only has to be mapped"
            yield Gap(lack.id, lack.subject, ", ".join(parts) if work else exists, found=not work)
        name = lack.wish.wanted.name
        if by_hand:
            what = f"{_counted(by_hand)} of {shown}"
            yield Gap(f"options:{name}", f"options.{name}", what, clicks.options(lack.name, by_hand))
        if lack.hidden:
            what = f"{shown} on the screens of {clicks.kind}: nobody can fill it in"
            yield Gap(f"screen:{name}", lack.subject, what, clicks.screen(lack.name))

    def _why(self, ground: Ground) -> Gap:
        by_hand = (
            "make what is listed here by hand, then run `escsync provision --apply`: it finds and maps it"
        )
        if ground.team:
            what = f"the project {ground.key} is team-managed: its fields are made in its own settings"
            return Gap("rights", "connection", what, by_hand)
        what = f"fields cannot be made by escsync: {ground.why}"
        grant = "grant it for this one run (Settings (Administration) > System > Global permissions), or "
        return Gap("rights", "connection", what, f"{grant if ground.granting else ''}{by_hand}")

    def _issue_type(self, ground: Ground) -> Iterator[Gap]:
        if self._scope.issue_type and not ground.kind:
            what = f"the issue type {self._scope.issue_type!r} in the project {ground.key}"
            names = [str(one.get("name") or "") for one in entries(ground.project, "issueTypes")]
            clicks = f"{ground.clicks.issue_type()}; then `escsync provision` goes on"
            by_hand = meant(self._scope.issue_type, names, "scope.issue_type", clicks)
            yield Gap("issue_type", "scope.issue_type", what, by_hand)

    def _statuses(self, ground: Ground) -> Iterator[Gap]:
        if ground.statuses is None:
            return
        here = {one.strip().casefold() for one in (*ground.statuses, *ground.statuses.values())}
        for stage, statuses in self._vocabulary.stages.items():
            for status in statuses:
                if status.strip().casefold() not in here:
                    here.add(status.strip().casefold())
                    what = f"the status {status!r} in the workflow of {ground.clicks.kind}"
                    names, clicks = ground.statuses.values(), ground.clicks.status(status)
                    by_hand = meant(status, names, f"stages.{stage}", clicks)
                    if id := self._renamed(status, ground.statuses):
                        now = tidy(ground.statuses[id])[:80]
                        by_hand = f"it was renamed: it is called {now!r} now; write that, or its id {id!r}, in stages.{stage}"
                    yield Gap(f"status:{status}", f"stages.{stage}", what, by_hand)

    def _renamed(self, status: str, here: Mapping[str, str]) -> str:
        """The id of the status that had this name when escsync last looked, where it is still there."""
        told = self._before.get("statuses")
        before = told if isinstance(told, dict) else {}
        wanted = status.strip().casefold()
        return next((id for id, (name, _) in before.items() if id in here and name.casefold() == wanted), "")

    def _field(self, lack: Lack, ground: Ground) -> str:
        """The field that a lack asks for: made by an earlier, interrupted run, or now."""
        word = lack.name.casefold()
        if word in self._made:
            return self._made[word]
        found = self._there(lack, ground) or self._create(lack, ground)
        self._made[word] = found
        return found

    def _there(self, lack: Lack, ground: Ground) -> str:
        named = lack.wish.wanted.name
        every = marked(self._connection, ground.key, cloud=self._cloud, name=named, label=lack.name)
        return next((str(one.get("id")) for _, one in every or ()), "")

    def _create(self, lack: Lack, ground: Ground) -> str:
        build = lack.build
        body = {
            "name": lack.name,
            "description": blueprint.description(lack.wish.wanted, ground.key),
            "type": blueprint.FAMILY + build.type,
            "searcherKey": blueprint.FAMILY + build.searcher,
        }
        try:
            answer = self._connection.post("field", body, what=_MAKING, safe=False, refused=_REFUSED)
        except Ambiguous as error:
            if found := self._there(lack, ground):
                return found
            again = "run `escsync provision --apply` again: it looks first whether the field was made"
            raise Ambiguous(error.message, remedy=again) from None
        if answer.status >= 300:
            said = Refusal.of(answer.body).words
            raise Rejected(
                f"{_MAKING}: {lack.name!r} was refused ({answer.status}){': ' if said else ''}{said}"[:200],
                remedy=f"by hand: {ground.clicks.field(lack.name, build, lack.options)}",
            )
        return str(answer.mapping().get("id") or "")

    def _offer(self, id: str, ground: Ground, *, needed: bool) -> None:
        """Sites with field schemes offer a new field to no project by itself; others do not know the question."""
        project = str(ground.project.get("id"))
        number = int(project) if project.isdecimal() else project
        body = {
            "associationContexts": [{"identifier": number, "type": "PROJECT_ID"}],
            "fields": [{"identifier": id, "type": "FIELD_ID"}],
        }
        answer = self._connection.put("field/association", body, what=_OFFERING, safe=True, refused=_UNKNOWN)
        if needed and answer.status >= 300:
            raise Rejected(
                f"{_OFFERING}: {id} was refused ({answer.status})",
                remedy=f"show it in the field scheme or field configuration of {ground.key}: Settings > Issues > Fields",
            )

    def _settings(self, lack: Lack, id: str) -> Mapping[Key, Any]:
        if lack.settled:
            return {}
        key, written = ("fields", lack.wish.wanted.name), f"{id}#{lack.box}" if lack.box else id
        if len(lack.wish.named) < 2:
            return {key: written}
        several = list(lack.wish.named)
        for place, spelling in enumerate(several):
            made = self._made.get(spelling.casefold())
            several[place] = written if place == lack.place else made or spelling
        return {key: several}


def _counted(options: Sequence[str]) -> str:
    """So many options."""
    return f"{len(options)} option{'s' if len(options) > 1 else ''}" if options else ""
