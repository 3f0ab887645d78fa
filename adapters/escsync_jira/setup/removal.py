"""Taking back what provisioning made: it is known by its mark, and fields that people use are spared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from escsync.adapter import Denied, Rejected
from escsync.offers import Provided

from .. import jql
from ..connection import Connection
from ..discovery import Discovery
from ..forms import Raw, paged
from ..settings import JiraScope, JiraSettings
from .ground import LOOKING, UNGRANTED, administers, look, marked
from .screens import Screens

_KIND = "field"
_COUNTING = "counting the tickets that hold a value"
_REMOVING = "removing a field"
_GRANT = "grant it for this one run (Settings (Administration) > System > Global permissions), or use an admin's token"
_TRASH = "Settings > Issues > Fields > Custom fields > {} > Move to trash"
_LISTS = {True: "field/search", False: "customFields"}
_BY_HAND = "or delete by hand the custom fields in whose description {} stands"
_REACH = "looking where a field is used"


class Removal:
    """The fields that escsync made for one project."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._cloud = discovery.cloud
        self._project = discovery.settings.scope.project
        self._scope = discovery.settings.scope
        self._keys: dict[str, str] = {}
        self._screens: list[Screens] | None = None
        self._along: tuple[JiraScope, ...] = ()
        """Of other trackers of this Jira that are taken back in the same run."""

    def together(self, others: Sequence[JiraSettings]) -> None:
        """What serves the projects of *others* beside, where they are in this Jira, is not kept for them."""
        here = [one.scope for one in others if one.connection.url == self._connection.base]
        self._along, self._screens = tuple(one for one in here if one.project), None

    def provided(self) -> Iterator[Provided]:
        """What is there, the youngest first, with the number of tickets whose values would go with it."""
        if administers(self._connection) == (False, UNGRANTED):
            raise Denied(f"{LOOKING}: {UNGRANTED}", remedy=_GRANT)
        for name, one in reversed(self._marked() if self._project else []):
            id, held = str(one.get("id")), self._held(str(one.get("id")))
            values = "" if held is None else f", {held} ticket{'' if held == 1 else 's'} hold a value"
            yield Provided(
                id,
                _KIND,
                f"the field {str(one.get('name') or id)!r}{values}",
                {("fields", name): id},
                self._spared(one, held),
            )

    def withdraw(self, one: Provided) -> None:
        """Put a field into Jira's trash (Cloud), or delete it where no ticket holds a value (Data Center)."""
        name = next((key[1] for key in one.settings if key[:1] == ("fields",)), "")
        raw = next((raw for _, raw in self._marked(name) if str(raw.get("id")) == one.id), None)
        if raw is None:
            if one.kind == _KIND and one.id.startswith("customfield_") and self._gone(one.id):
                return
            raise Rejected(f"{one.id} no longer bears escsync's mark: it is somebody else's now")
        if spared := self._spared(raw, self._held(one.id)):
            raise Rejected(f"{_REMOVING}: {one.id} is kept", remedy=spared)
        if self._cloud:
            self._connection.post(f"field/{one.id}/trash", None, what=_REMOVING, safe=True, refused=(404,))
        else:
            self._connection.send(
                "DELETE", "customFields", what=_REMOVING, safe=True, params={"ids": one.id}, refused=(404,)
            )

    def _marked(self, name: str = "") -> list[tuple[str, Raw]]:
        found = marked(self._connection, self._project, cloud=self._cloud, name=name)
        if found is None:
            mark = f"[escsync:... {self._project}]"
            raise Rejected(
                f"{LOOKING}: this Jira does not list its custom fields with their descriptions",
                remedy=f"does a proxy keep /rest/api/{self._connection.api}/{_LISTS[self._cloud]} back? Let it through; {_BY_HAND.format(mark)}",
            )
        return found

    def _spared(self, raw: Raw, held: int | None) -> str:
        """Why a field is not escsync's to remove, and what to click."""
        id = str(raw.get("id"))
        if not self._cloud and held != 0:
            count = "an unknown number of" if held is None else held
            return (
                f"{count} tickets hold a value, and Data Center has no trash: if it shall go all the same, "
                f"Administration > Issues > Custom fields > {id} > the cog > Delete"
            )
        elsewhere = self._held(id, beyond=True) if self._cloud and held != 0 else 0
        if elsewhere != 0:
            count = "an unknown number of" if elsewhere is None else elsewhere
            return f"{count} tickets of other projects hold a value: if it shall go all the same, {_TRASH.format(id)}"
        if others := self._others(id) if self._cloud else []:
            return (
                f"it applies to {', '.join(others)} as well: if it shall go all the same, {_TRASH.format(id)}"
            )
        if foreign := self._foreign(id, raw.get("screensCount")):
            screens = "1 screen" if foreign == 1 else f"{foreign} screens"
            named = " and ".join(self._projects)
            return f"it stands on {screens} beyond those of {named}: take it off them, or delete it by hand"
        return ""

    def _foreign(self, id: str, count: object) -> int:
        """On how many screens somebody else has put a field; 0 where nobody tells."""
        if not isinstance(count, int) or not count:
            return 0
        if self._screens is None:
            looked = [
                look(self._connection, scope, cloud=self._cloud).screens
                for scope in (self._scope, *self._along)
            ]
            self._screens = [one for one in looked if one is not None]
        if not self._screens:
            return 0
        ours = {one for some in self._screens for one in some.holding(id)}
        return max(0, count - len(ours))

    @property
    def _projects(self) -> list[str]:
        """Those for which nothing is kept."""
        return list(dict.fromkeys([self._project, *(one.project for one in self._along)]))

    def _others(self, id: str) -> list[str]:
        """The other projects for which a field has a context of theirs."""
        path = f"field/{id}/context/projectmapping"
        told = paged(self._connection, path, what=_REACH, refused=(400, 404))
        ids = {str(one["projectId"]) for one in told if one.get("projectId")}
        named = {one: self._key(one) for one in ids if one != self._project}
        ours = {key.casefold() for key in self._projects}
        return sorted(key for key in named.values() if key.casefold() not in ours)

    def _key(self, project: str) -> str:
        if project not in self._keys:
            answer = self._connection.get(f"project/{project}", what=_REACH, refused=(403, 404))
            key = answer.body.get("key") if isinstance(answer.body, dict) else None
            self._keys[project] = str(key or f"project {project}")
        return self._keys[project]

    def _held(self, id: str, *, beyond: bool = False) -> int | None:
        """How many tickets hold a value, *beyond*: of other projects; None where Jira does not say."""
        number = id.removeprefix("customfield_")
        question = f"cf[{number}] is not EMPTY"
        if beyond:
            question += f" AND project not in ({', '.join(map(jql.quote, self._projects))})"
        if self._cloud:
            answer = self._connection.post(
                "search/approximate-count", {"jql": question}, what=_COUNTING, safe=True, refused=(400, 404)
            )
            told = answer.body.get("count") if isinstance(answer.body, dict) else None
        else:
            answer = self._connection.get(
                "search", what=_COUNTING, refused=(400,), jql=question, maxResults=0, fields="id"
            )
            told = answer.body.get("total") if isinstance(answer.body, dict) else None
        return told if type(told) is int and answer.status < 300 else None

    def _gone(self, id: str) -> bool:
        every = self._connection.get("field", what="reading the list of fields").listing()
        return all(str(one.get("id")) != id for one in every)
