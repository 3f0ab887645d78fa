"""What a person has to click where escsync cannot make something itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .blueprint import Build


@dataclass(frozen=True, slots=True)
class Clicks:
    """The words of one Jira: its deployment, and the project and issue type in question."""

    cloud: bool
    team: bool
    project: str
    kind: str

    def field(self, name: str, build: Build, options: Sequence[str]) -> str:
        """How to make a field with its options where tickets of the type show it."""
        listed = f", with the options {_quoted(options)}" if options else ""
        if self.team:
            return f"{self._settings()} > drag {build.team!r} into the fields > name it {name!r}{listed} > Save changes"
        kind = build.called(cloud=self.cloud, team=False)
        return (
            f"{self._fields()} > {'Create new field' if self.cloud else 'Add custom field'} > {kind!r} > "
            f"name it {name!r}{listed} > Create > tick the screens of {self.kind} in {self.project} > Update"
        )

    def options(self, name: str, options: Sequence[str]) -> str:
        """How to add options to a field."""
        if self.team:
            return f"{self._settings()} > {name!r} > add the options {_quoted(options)} > Save changes"
        last = "Contexts > Edit options" if self.cloud else "the cog > Configure > Edit Options"
        return f"{self._fields()} > {name!r} > {last} > add {_quoted(options)}"

    def screen(self, name: str) -> str:
        """How to show a field to people."""
        if self.team:
            return f"{self._settings()} > add the field {name!r} > Save changes"
        return f"{self._fields()} > {name!r} > {'Screens' if self.cloud else 'the cog > Screens'} > tick the screens of {self.kind} in {self.project} > Update"

    def issue_type(self) -> str:
        """How to make the issue type."""
        if self.team:
            return (
                f"Project settings of {self.project} > Work types (issue types) > Add > name it {self.kind!r}"
            )
        place = "Settings > Issues" if self.cloud else "Administration > Issues"
        return (
            f"{place} > Issue types > Add, named {self.kind!r}; then Project settings of {self.project} > "
            f"Issue types > add it to the project's scheme; then the same project's Workflows and Screens"
        )

    def status(self, name: str) -> str:
        """How to make a status."""
        if self.team:
            return f"{self._settings()} > Edit workflow > Add status {name!r}, with transitions > Update workflow"
        place = "Settings > Issues" if self.cloud else "Administration > Issues"
        return (
            f"{place} > Workflows > the one of {self.kind or 'the issue type'} in {self.project} > Edit > "
            f"Add status {name!r}, with transitions to and from it > Publish; or map another status of the project"
        )

    def _settings(self) -> str:
        return f"Project settings of {self.project} > Work types (issue types) > {self.kind}"

    def _fields(self) -> str:
        return f"{'Settings > Issues > Fields' if self.cloud else 'Administration > Issues'} > Custom fields"


def _quoted(options: Sequence[str]) -> str:
    return ", ".join(repr(one) for one in options)
