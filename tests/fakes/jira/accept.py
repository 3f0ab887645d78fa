"""What a write may hold: raw JSON of a request to a change, or the refusal that Jira would send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .adf import fault, flat
from .issue import READ_ONLY, Issue
from .schema import Field

if TYPE_CHECKING:
    from .world import JiraWorld

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,3}[+-]\d{4}")
LONGEST = 32767


class Refused(Exception):
    """Jira's answer to a request that it does not carry out."""

    def __init__(self, status: int, *messages: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(status, messages)
        self.status = status
        self.body = {"errorMessages": list(messages), "errors": dict(errors or {})}


class Unfit(Exception):
    """A value that a field does not take, in Jira's words."""


@dataclass
class Accepted:
    """All that one request asks of an issue, checked whole before any of it happens."""

    values: dict[str, Any] = field(default_factory=dict)
    comments: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


class Reader:
    """Reads writes in the dialect of a face."""

    def __init__(self, world: JiraWorld, *, cloud: bool) -> None:
        self.world = world
        self.cloud = cloud

    def details(self, body: Any, issue: Issue | None, screen: set[str] | None = None) -> Accepted:
        """`fields` and `update` of a request; *screen* limits what may be set (None: the edit screen)."""
        if not isinstance(body, dict):
            raise Refused(400, "Invalid request payload. Refer to the REST API documentation and try again.")
        accepted = Accepted()
        for name, raw in (body.get("fields") or {}).items():
            self._one(accepted, issue, name, lambda target, raw=raw: self.value(target, raw), screen)
        for name, operations in (body.get("update") or {}).items():
            if name in (body.get("fields") or {}):
                accepted.errors[name] = f"Field '{name}' cannot appear in both 'fields' and 'update'"
            elif name == "comment":
                for operation in operations:
                    self._comment(accepted, operation)
            else:
                self._one(
                    accepted,
                    issue,
                    name,
                    lambda target, todo=operations: self._operations(target, issue, todo),
                    screen,
                )
        if accepted.errors:
            raise Refused(400, errors=accepted.errors)
        return accepted

    def _one(self, accepted: Accepted, issue: Issue | None, name: str, read: Any, screen: Any) -> None:
        target = self.world.fields.get(name)
        hidden = screen is not None and name not in screen
        if issue is not None:
            project = self.world.projects[issue.values["project"]]
            hidden = name in project.uneditable or hidden
            if screen is None:
                visible = self.world.arrangement.visible(project, issue.values["issuetype"], "edit")
                hidden = name in READ_ONLY or name not in visible
        if target is None or hidden:
            accepted.errors[name] = (
                f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            )
            return
        try:
            accepted.values[name] = read(target)
        except Unfit as error:
            accepted.errors[name] = str(error)

    def _operations(self, target: Field, issue: Issue | None, operations: Any) -> Any:
        now = issue.values.get(target.id) if issue else None
        for operation in operations:
            for verb, raw in operation.items():
                match verb:
                    case "set":
                        now = self.value(target, raw)
                    case "add":
                        (one,) = self.value(target, [raw])
                        now = [*(now or []), *([one] if one not in (now or []) else [])]
                    case "remove":
                        gone = self.value(target, [raw])
                        now = [kept for kept in now or [] if kept not in gone]
                    case _:
                        raise Unfit(f"Operation '{verb}' is not supported")
        return now

    def _comment(self, accepted: Accepted, operation: Any) -> None:
        for verb, raw in operation.items():
            if verb not in {"add", "edit", "remove"} or (verb != "add" and "id" not in raw):
                accepted.errors["comment"] = "Comment operation is not valid"
            elif verb != "remove" and (told := self.body_fault(raw.get("body"))):
                accepted.errors["comment"] = told
            accepted.comments.append((verb, raw))

    def body_fault(self, body: Any) -> str | None:
        """Why a comment's text is refused."""
        if self.cloud:
            if told := fault(body):
                return told
            text = flat(body)
        elif not isinstance(body, str):
            return "Comment body is not valid!"
        else:
            text = body
        if not text.strip():
            return "Comment body can not be empty!"
        if len(text) > LONGEST:
            return "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
        return None

    def value(self, target: Field, raw: Any) -> Any:
        """A raw value as it is kept, or Unfit with Jira's words."""
        if target.rich:
            return self._rich(raw)
        if raw is None or raw == []:
            return None if target.type != "array" else []
        match target.form:
            case "string":
                return self._line(target, raw)
            case "number":
                if isinstance(raw, bool) or not isinstance(raw, int | float):
                    raise Unfit("Operation value must be a number")
                return float(raw)
            case "date":
                if not isinstance(raw, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", raw):
                    raise Unfit("Error parsing date string: " + str(raw))
                return raw
            case "datetime":
                if not isinstance(raw, str) or not INSTANT.fullmatch(raw):
                    raise Unfit("Error parsing time. Use yyyy-MM-dd'T'HH:mm:ss.SSSZ")
                return datetime.strptime(raw, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(
                    self.world.clock.now().tzinfo
                )
            case "user":
                return self._user(target, raw)
            case "array/user":
                return [self._user(target, one) for one in raw]
            case "option":
                return self._option(target, raw)
            case "array/option":
                return [self._option(target, one) for one in raw]
            case "array/string":
                for label in raw:
                    if not isinstance(label, str) or " " in label:
                        raise Unfit(f"The label '{label}' contains spaces which is invalid.")
                return list(dict.fromkeys(raw))
            case "priority" | "resolution":
                known = self.world.priorities if target.form == "priority" else self.world.resolutions
                for option in known:
                    if isinstance(raw, dict) and (
                        raw.get("id") == option.id or raw.get("name") == option.value
                    ):
                        return option.id
                raise Unfit(f"The {target.form} selected is invalid.")
        return raw

    def _rich(self, raw: Any) -> Any:
        if raw is None:
            return None
        if self.cloud:
            if told := fault(raw):
                raise Unfit(told)
            return raw if flat(raw).strip() else None
        if not isinstance(raw, str):
            raise Unfit("Operation value must be a string")
        return raw.rstrip() or None

    @staticmethod
    def _line(target: Field, raw: Any) -> str | None:
        if not isinstance(raw, str):
            raise Unfit("Operation value must be a string")
        if "\n" in raw or "\r" in raw:
            raise Unfit(f"The {target.id} is invalid because it contains newline characters.")
        if len(raw) > 255:
            raise Unfit("The entered text is too long. It exceeds the allowed limit of 255 characters.")
        return raw.strip() or None

    def _user(self, target: Field, raw: Any) -> str:
        key = "accountId" if self.cloud else "name"
        if not isinstance(raw, dict) or not isinstance(raw.get(key), str):
            raise Unfit(f"expected an object with '{key}'")
        found = self.world.account(raw[key])
        wanted = found and (found.account if self.cloud else found.handle)
        if found is None or wanted != raw[key]:
            raise Unfit(f"User '{raw[key]}' does not exist.")
        refused = self.world.assignable is not None and found.handle not in self.world.assignable
        if target.id == "assignee" and (refused or not found.active):
            raise Unfit(f"User '{raw[key]}' cannot be assigned issues.")
        return found.handle

    @staticmethod
    def _option(target: Field, raw: Any) -> str:
        if not isinstance(raw, dict):
            raise Unfit("Specify a valid 'id' or 'name' for " + target.name)
        for option in target.options:
            if raw.get("id") == option.id or ("id" not in raw and raw.get("value") == option.value):
                return option.id
        raise Unfit(f"Option id '{raw.get('id') or raw.get('value')}' is not valid")
