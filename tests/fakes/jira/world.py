"""One Jira site in memory: what the two HTTP faces show, and what tests change as people would."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from .arrangement import Arrangement, Context
from .clock import Clock, moment
from .issue import Issue
from .schema import CUSTOM_TYPES, Field, Option, Project, Status, Transition, User, system_fields


class Index:
    """The search index: it shows what is, until a test stops it."""

    def __init__(self, world: JiraWorld) -> None:
        self._world = world
        self._frozen: dict[str, Issue] | None = None
        self.missing: set[str] = set()

    def stop(self) -> None:
        """From now on searches show the site as it is at this moment."""
        self._frozen = {id_: issue.snapshot() for id_, issue in self._world.issues.items()}

    def catch_up(self) -> None:
        self._frozen = None
        self.missing.clear()

    def issues(self, reconciled: Iterable[str] = ()) -> list[Issue]:
        """What a search looks at; *reconciled* ids come from the database itself."""
        fresh = set(reconciled)
        shown = self._world.issues if self._frozen is None else self._frozen
        found = {i: issue for i, issue in shown.items() if i not in fresh and i not in self.missing}
        found |= {i: issue for i, issue in self._world.issues.items() if i in fresh}
        return [issue for issue in found.values() if not issue.deleted and not issue.hidden]


class JiraWorld:
    """*me* is the account the API is used with; *blind* and *readonly* take its rights away.

    *granted* are the permissions it has, None: all. *trash* holds the fields that were thrown away.
    """

    def __init__(self, clock: Clock | None = None, *, me: str = "escsync") -> None:
        self.clock = clock or Clock()
        self.me = me
        self.blind = False
        self.readonly = False
        self.anonymous = False
        self.assignable: set[str] | None = None
        self.users: dict[str, User] = {}
        self.fields: dict[str, Field] = {field.id: field for field in system_fields()}
        self.statuses: dict[str, Status] = {}
        self.projects: dict[str, Project] = {}
        self.priorities: list[Option] = []
        self.resolutions: list[Option] = []
        self.issues: dict[str, Issue] = {}
        self.index = Index(self)
        self.arrangement = Arrangement(self)
        self.granted: set[str] | None = None
        self.trash: dict[str, Field] = {}
        self._number = 10000

    # -- setting up

    def number(self) -> int:
        self._number += 1
        return self._number

    def add_user(self, handle: str, name: str, **told: Any) -> User:
        self.users[handle] = User(handle, name, **({"email": f"{handle}@acme.example"} | told))
        return self.users[handle]

    def add_field(
        self, number: int, name: str, custom: str, options: Iterable[str] = (), *, scope: str = ""
    ) -> Field:
        kind, items = CUSTOM_TYPES[custom]
        made = [Option(str(number * 10 + place), value) for place, value in enumerate(options)]
        field = Field(f"customfield_{number}", name, kind, items, custom, made, scope=scope)
        # The context of a new field is that of everybody, and has the field's own options.
        field.contexts.append(Context(str(number + 30000), f"Default Configuration Scheme for {name}"))
        field.contexts[0].options = made
        self.fields[field.id] = field
        return field

    def offer(self, name: str, *options: str, context: Context | None = None) -> list[Option]:
        """Further options of a field."""
        field = self.field(name)
        taken = [int(o.id) for c in field.contexts for o in c.options] or [int(field.id[12:]) * 100]
        made = [Option(str(max(taken) + 1 + place), value) for place, value in enumerate(options)]
        (context or field.contexts[0]).options += made
        return made

    def may(self, permission: str) -> bool:
        """Does the account have a permission?"""
        if self.granted is not None:
            return permission in self.granted
        return not self.blind and not (self.readonly and permission != "BROWSE_PROJECTS")

    def add_project(self, key: str, name: str, kind: str = "software", types: Iterable[str] = ()) -> Project:
        project = Project(str(self.number()), key, name, kind)
        project.types = {str(10100 + place): value for place, value in enumerate(types)}
        self.projects[project.id] = project
        return project

    def connect(self, project: Project, *steps: tuple[str | None, str], **screen: bool) -> None:
        """Give *project* transitions (from, to), by the names of statuses."""
        for source, target in steps:
            number = 11 + 10 * len(project.transitions)
            to = self.status(target)
            start = self.status(source).id if source else None
            project.transitions.append(
                Transition(str(number), f"To {to.name.lower()}", start, to.id, dict(screen))
            )

    # -- looking up

    def field(self, name: str) -> Field:
        return self.fields.get(name) or next(f for f in self.fields.values() if f.name == name)

    def status(self, name: str) -> Status:
        return self.statuses.get(name) or next(s for s in self.statuses.values() if s.name == name)

    def project(self, key: str) -> Project:
        return next(p for p in self.projects.values() if key in {p.id, p.key, p.name})

    def find(self, id_or_key: str) -> Issue | None:
        """By id, by key, by a key it once had; deleted and hidden ones are not there."""
        for issue in self.issues.values():
            if id_or_key == issue.id or id_or_key.upper() in {issue.key, *issue.old_keys}:
                return None if issue.deleted or issue.hidden or self.blind else issue
        return None

    def account(self, account: str) -> User | None:
        """By Cloud's account id or Data Center's name."""
        return next((u for u in self.users.values() if account in {u.account, u.handle}), None)

    def deactivate(self, handle: str) -> None:
        self.users[handle].active = False

    # -- people working

    def create(
        self,
        project: str = "EXEC",
        *,
        type_: str = "",
        by: str = "ana",
        summary: str = "An escalation",
        labels: Iterable[str] = (),
        **values: Any,
    ) -> Issue:
        """A new issue with its fields given by id or name; what is there at creation leaves no history."""
        home = self.project(project)
        kind = next((i for i, name in home.types.items() if type_ in {i, name}), next(iter(home.types)))
        issue = Issue(self, self.number(), self.new_key(home), home.id, kind, by)
        issue.values |= {"summary": summary, "labels": list(labels)}
        for name, value in values.items():
            target = self.field(name)
            issue.values[target.id] = self.inner(target, value)
        self.issues[issue.id] = issue
        return issue

    def new_key(self, project: Project) -> str:
        project.counter += 1
        return f"{project.key}-{project.counter}"

    def inner(self, field: Field, value: Any) -> Any:
        """A value as a test writes it, in the form in which it is kept."""
        if value is None:
            return None
        match field.form:
            case "option":
                return self._option(field, value)
            case "array/option":
                return [self._option(field, one) for one in value]
            case "datetime":
                return moment(value)
            case "date":
                return value.isoformat() if isinstance(value, date) else value
            case "number":
                return float(value)
            case "priority":
                return next(p.id for p in self.priorities if value in {p.id, p.value})
            case "resolution":
                return next(r.id for r in self.resolutions if value in {r.id, r.value})
            case "user":
                return self.users[value].handle
            case "array/user" | "array/string":
                return list(value)
        return value

    @staticmethod
    def _option(field: Field, value: str) -> str:
        found = field.option(value)
        if found is None:
            raise ValueError(f"{field.name} has no option {value!r}")
        return found.id
