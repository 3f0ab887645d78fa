"""The screens of an issue type: which they are, what stands on them, and putting a field on them."""

from __future__ import annotations

from collections.abc import Sequence

from escsync.adapter import Ambiguous, Conflict, Rejected

from ..connection import Connection
from ..forms import entries, paged

_DEFAULT = "default"
_WHAT = "looking at the screens"
_PUTTING = "putting a field on a screen"
_REFUSED = (400, 403, 404, 405)


class Screens:
    """Screens by id, with the ids of the fields on them; fields are added, never moved or taken away."""

    def __init__(self, connection: Connection, found: dict[str, tuple[str, ...]]) -> None:
        self._connection = connection
        self.ids = tuple(found)
        """Every screen of the issue type."""
        self.editing = tuple(id for id, uses in found.items() if "edit" in uses)
        """Those on which a ticket is edited."""
        self._fields: dict[str, dict[str, str]] = {}

    @classmethod
    def on_cloud(cls, connection: Connection, project: str, types: Sequence[str]) -> Screens:
        """By the schemes of a company-managed project; none where it has none."""
        scheme = next(
            (
                one["issueTypeScreenScheme"]
                for one in paged(connection, "issuetypescreenscheme/project", what=_WHAT, projectId=project)
                if isinstance(one.get("issueTypeScreenScheme"), dict)
            ),
            None,
        )
        if scheme is None:
            return cls(connection, {})
        path, id = "issuetypescreenscheme/mapping", str(scheme.get("id"))
        mapping = {
            str(one.get("issueTypeId")): str(one.get("screenSchemeId"))
            for one in paged(connection, path, what=_WHAT, issueTypeScreenSchemeId=id)
        }
        chosen = {mapping.get(one) or mapping.get(_DEFAULT) for one in types} - {None}
        found: dict[str, tuple[str, ...]] = {}
        for one in (
            paged(connection, "screenscheme", what=_WHAT, id=sorted(map(str, chosen))) if chosen else ()
        ):
            told = one.get("screens")
            screens = told if isinstance(told, dict) else {}
            for use in ("create", "edit", "view"):
                if screen := screens.get(use) or screens.get(_DEFAULT):
                    found[str(screen)] = (*found.get(str(screen), ()), use)
        return cls(connection, found)

    @classmethod
    def on_server(cls, connection: Connection, project: str) -> Screens:
        """Data Center tells no schemes: a project's own screens are known by their name, else the default one."""
        answer = connection.get("screens", what=_WHAT, refused=_REFUSED)
        told = answer.body if isinstance(answer.body, list) else entries(answer.body, "values")
        named = {str(one.get("id")): str(one.get("name") or "") for one in told if isinstance(one, dict)}
        own = [id for id, name in named.items() if name.startswith(f"{project}:")]
        chosen = own or [id for id, name in named.items() if name == "Default Screen"]
        return cls(connection, {id: ("create", "edit") for id in chosen})

    def lacking(self, field: str, *, everywhere: bool) -> tuple[str, ...]:
        """The screens that lack a field: of those for editing where it is on none of them, or of all."""
        wanted = self.ids if everywhere else self.editing
        lacking = tuple(id for id in wanted if field not in self._on(id))
        return lacking if everywhere or len(lacking) == len(wanted) else ()

    def holding(self, field: str) -> tuple[str, ...]:
        """The screens on which a field is."""
        return tuple(id for id in self.ids if field in self._on(id))

    def put(self, screen: str, field: str) -> None:
        """Put a field on a screen's first tab; where it stands on any tab, it stays there."""
        if field in self._on(screen):
            return
        path = f"screens/{screen}/tabs"
        tabs = self._connection.get(path, what=_WHAT).listing()
        if not tabs:
            raise Rejected(f"{_PUTTING}: the screen {screen} has no tab", remedy="add a tab to it in Jira")
        try:
            answer = self._connection.post(
                f"{path}/{tabs[0].get('id')}/fields",
                {"fieldId": field},
                what=_PUTTING,
                safe=False,
                refused=_REFUSED,
            )
        except (Ambiguous, Conflict):
            if field in self._on(screen, fresh=True):
                return
            raise
        if answer.status >= 300 and field not in self._on(screen, fresh=True):
            raise Rejected(
                f"{_PUTTING}: Jira refuses it ({answer.status})",
                remedy=f"put {field} on the screen by hand: Settings > Issues > Screens",
            )
        self._fields.pop(screen, None)

    def _on(self, screen: str, *, fresh: bool = False) -> dict[str, str]:
        """The fields on a screen, each with its tab."""
        if fresh or screen not in self._fields:
            path = f"screens/{screen}/tabs"
            tabs = [str(one.get("id")) for one in self._connection.get(path, what=_WHAT).listing()]
            self._fields[screen] = {
                str(one.get("id")): tab
                for tab in tabs
                for one in self._connection.get(f"{path}/{tab}/fields", what=_WHAT).listing()
            }
        return self._fields[screen]
