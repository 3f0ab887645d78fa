"""What JQL calls the fields of a site, and what their values are to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .adf import flat
from .issue import Issue

if TYPE_CHECKING:
    from .world import JiraWorld

ALIASES = {
    "key": "key", "issuekey": "key", "issue": "key", "id": "key", "type": "issuetype",
    "statuscategory": "statusCategory", "due": "duedate", "text": "text",
}  # fmt: skip


class Fields:
    """What JQL calls the fields, and the values an issue shows it."""

    def __init__(self, world: JiraWorld) -> None:
        self._world = world

    def id(self, name: str) -> str | None:
        lower = name.lower()
        if lower in ALIASES:
            return ALIASES[lower]
        match = re.fullmatch(r"cf\[(\d+)\]", lower)
        wanted = f"customfield_{match[1]}" if match else lower
        for field in self._world.fields.values():
            if wanted == field.id.lower() or lower == field.name.lower():
                return field.id
        return None

    def dated(self, field: str) -> bool:
        return field in {"created", "updated"}

    def text(self, issue: Issue, field: str) -> str:
        values = issue.values.values() if field == "text" else [issue.values.get(field)]
        return " ".join(flat(v) or str(v) for v in values if v).casefold()

    def shown(self, issue: Issue, field: str) -> set[str]:
        """The values of an issue in comparable form; {""} where there is none."""
        if field == "key":
            return {issue.id}
        if field == "statusCategory":
            return {self._world.statuses[issue.values["status"]].category}
        value = issue.values.get(field)
        if isinstance(value, list):
            return {str(one).casefold() if field == "labels" else str(one) for one in value} or {""}
        return {"" if value is None else str(value)}

    def operand(self, field: str, text: str) -> set[str] | None:
        """What *text* means for a field, None where no such thing exists."""
        world = self._world
        lower = text.casefold()
        match field:
            case "key":
                issue = world.find(text)
                return {issue.id} if issue else None
            case "project":
                if world.blind:
                    return None
                return {
                    p.id for p in world.projects.values() if lower in {p.id, p.key.lower(), p.name.lower()}
                } or None
            case "issuetype":
                pairs = [pair for p in world.projects.values() for pair in p.types.items()]
                return {i for i, name in pairs if lower in {i, name.casefold()}} or None
            case "status":
                return {s.id for s in world.statuses.values() if lower in {s.id, s.name.casefold()}} or None
            case "statusCategory":
                names = {"to do": "new", "in progress": "indeterminate", "done": "done"}
                key = names.get(lower, lower)
                return {key} if key in names.values() else None
            case "labels":
                return {lower}
            case "assignee" | "reporter" | "creator":
                user = world.account(text)
                return {user.handle} if user else None
        known = world.fields.get(field)
        if known is not None and known.options:
            option = known.option(text)
            return {option.id} if option else None
        return {text}
