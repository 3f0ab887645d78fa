"""How a face shows the site as JSON: Cloud with account ids and ADF, Data Center with names and wiki text."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .adf import document, flat
from .issue import Comment, History, Issue, Item
from .schema import CATEGORIES, Field, Project, User

if TYPE_CHECKING:
    from .world import JiraWorld


class Renderer:
    """*cloud* decides which of the two dialects is spoken; *field_ids*: do changelogs carry `fieldId`?"""

    def __init__(self, world: JiraWorld, base: str, *, cloud: bool) -> None:
        self.world = world
        self.cloud = cloud
        self.field_ids = cloud
        self.api = f"{base}/rest/api/{3 if cloud else 2}"

    def instant(self, at: datetime, millis: bool = True) -> str:
        """In the zone of the account that asks, the offset without a colon."""
        local = at.astimezone(ZoneInfo(self.world.users[self.world.me].zone))
        fraction = f".{local.microsecond // 1000:03d}" if millis else ""
        return local.strftime("%Y-%m-%dT%H:%M:%S") + fraction + local.strftime("%z")

    def user_id(self, handle: str) -> str:
        """How a changelog names a person."""
        user = self.world.users[handle]
        return user.account if self.cloud else user.key

    def user(self, handle: str | None) -> dict[str, Any] | None:
        if handle is None:
            return None
        user: User = self.world.users[handle]
        size = {f"{n}x{n}": f"{self.api}/avatar/{n}" for n in (16, 24, 32, 48)}
        told: dict[str, Any] = {"avatarUrls": size, "displayName": user.name, "active": user.active}
        if self.cloud:
            told |= {
                "self": f"{self.api}/user?accountId={user.account}",
                "accountId": user.account,
                "accountType": user.kind,
                "timeZone": user.zone,
            }
            return told | ({"emailAddress": user.email} if user.email_visible else {})
        return told | {
            "self": f"{self.api}/user?username={handle}",
            "name": handle,
            "key": user.key,
            "emailAddress": user.email if user.email_visible else "",
            "timeZone": user.zone,
        }

    def status(self, status_id: str) -> dict[str, Any]:
        status = self.world.statuses[status_id]
        number, color, name = CATEGORIES[status.category]
        return {
            "self": f"{self.api}/status/{status.id}",
            "description": "",
            "iconUrl": f"{self.api}/icon",
            "name": status.name,
            "id": status.id,
            "statusCategory": {
                "self": f"{self.api}/statuscategory/{number}",
                "id": number,
                "key": status.category,
                "colorName": color,
                "name": name,
            },
        }

    def project(self, project: Project) -> dict[str, Any]:
        return {
            "self": f"{self.api}/project/{project.id}",
            "id": project.id,
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.kind,
            **(
                {"simplified": project.team, "style": "next-gen" if project.team else "classic"}
                if self.cloud
                else {}
            ),
        }

    def type(self, project: Project, type_id: str) -> dict[str, Any]:
        name = project.types[type_id]
        told = {"self": f"{self.api}/issuetype/{type_id}", "id": type_id, "name": name}
        return told | {"subtask": name == "Sub-task", "description": ""}

    def option(self, field: Field, option_id: str) -> dict[str, Any]:
        found = field.option(option_id)
        assert found is not None
        return {"self": f"{self.api}/customFieldOption/{found.id}", "value": found.value, "id": found.id}

    def value(self, issue: Issue, field: Field) -> Any:
        """A field's value as the API shows it."""
        if field.id in issue.raw:
            return issue.raw[field.id]
        if field.id in {"created", "updated"}:
            return self.instant(getattr(issue, field.id))
        value = issue.values.get(field.id)
        if value is None:
            return None
        if field.rich:
            return self.rich(value)
        project = self.world.projects[issue.values["project"]]
        match field.form:
            case "user":
                return self.user(value)
            case "array/user":
                return [self.user(one) for one in value]
            case "option":
                return self.option(field, value)
            case "array/option":
                return [self.option(field, one) for one in value]
            case "datetime":
                return self.instant(value)
            case "status":
                return self.status(value)
            case "project":
                return self.project(project)
            case "issuetype":
                return self.type(project, value)
            case "priority" | "resolution":
                known = self.world.priorities if field.form == "priority" else self.world.resolutions
                name = next(o.value for o in known if o.id == value)
                return {"self": f"{self.api}/{field.form}/{value}", "name": name, "id": value}
        return value

    def rich(self, value: Any) -> Any:
        """A text as this dialect stores it."""
        if self.cloud:
            return document(value) if isinstance(value, str) else value
        return flat(value) if isinstance(value, dict) else value

    def comment(self, comment: Comment, *, service: bool, properties: bool = False) -> dict[str, Any]:
        told: dict[str, Any] = {
            "self": f"{self.api}/comment/{comment.id}",
            "id": str(comment.id),
            "body": comment.adf if self.cloud else comment.text,
            "created": self.instant(comment.created),
            "updated": self.instant(comment.updated),
        }
        if comment.author is not None:
            told |= {"author": self.user(comment.author), "updateAuthor": self.user(comment.editor)}
        if comment.visibility:
            told["visibility"] = comment.visibility
        if self.cloud:
            told["jsdPublic"] = not (service and comment.internal)
        if properties:
            told["properties"] = [{"key": k, "value": v} for k, v in comment.properties.items()]
        return told

    def history(self, history: History) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": str(history.id),
            "created": self.instant(history.created),
            "items": [self.item(item) for item in history.items],
        }
        if history.author is not None:
            told["author"] = self.user(history.author)
        if history.metadata:
            told["historyMetadata"] = dict(history.metadata)
        return told

    def item(self, item: Item) -> dict[str, Any]:
        if item.raw is not None:
            return dict(item.raw)
        if item.field == "Key":
            names = {"from": None, "fromString": item.old, "to": None, "toString": item.new}
            return {"field": "Key", "fieldtype": "jira"} | names
        field = self.world.fields[item.field]
        told: dict[str, Any] = {
            "field": field.shown or (field.name if field.custom else field.id),
            "fieldtype": "custom" if field.custom else "jira",
        }
        if self.field_ids:
            told["fieldId"] = field.id
        (told["from"], told["fromString"]) = self.change(field, item.old)
        (told["to"], told["toString"]) = self.change(field, item.new)
        return told

    def change(self, field: Field, value: Any) -> tuple[str | None, str | None]:
        """A value as a changelog holds it: its id, and what people read."""
        if value is None or value == []:
            return ("", "") if field.type == "array" else (None, None)
        match field.form:
            case "user":
                return self.user_id(value), self.world.users[value].name
            case "array/user":
                ids, names = [self.user_id(v) for v in value], [self.world.users[v].name for v in value]
                return f"[{', '.join(ids)}]", f"[{', '.join(names)}]"
            case "option":
                return value, self.option(field, value)["value"]
            case "array/option":
                return f"[{', '.join(value)}]", ",".join(self.option(field, v)["value"] for v in value)
            case "array/string":
                return "", " ".join(value)
            case "datetime":
                return self.instant(value, millis=False), value.strftime("%d/%b/%y %I:%M %p")
            case "date":
                return value, f"{value} 00:00:00.0" if field.id == "duedate" else value
            case "status":
                return value, self.world.statuses[value].name
            case "project":
                return value, self.world.projects[value].name
            case "priority" | "resolution":
                known = self.world.priorities if field.form == "priority" else self.world.resolutions
                return value, next(o.value for o in known if o.id == value)
            case "number":
                return None, str(int(value)) if value == int(value) else str(value)
        return None, flat_text(value)


def flat_text(value: Any) -> str:
    """What a changelog shows of a text, ADF flattened."""
    return flat(value).strip("\n") if isinstance(value, dict) else str(value)
