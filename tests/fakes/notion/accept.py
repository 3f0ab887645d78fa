"""What a request may write into a page: each value in the form in which it is kept, or the refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .dates import stored
from .ids import proper
from .page import Page
from .refusal import Refused, invalid, surplus
from .schema import LONE_TITLE, READ_ONLY, Property
from .texts import accepted, length
from .world import Workspace

MOST = 100
_LONGEST = {"url": 2000, "email": 200, "phone_number": 200}
_UNWRITABLE = READ_ONLY | {"verification", "unsupported"}


class Reader:
    """Reads the properties of one request; what they ask of the schema is done by *commit*."""

    def __init__(self, world: Workspace) -> None:
        self.world = world
        self._offers: list[tuple[Property, str, str]] = []
        self.values: dict[str, Any] = {}

    def read(self, page: Page, raw: Any) -> None:
        if not isinstance(raw, dict):
            raise invalid("body.properties", "an object", raw)
        for name, value in raw.items():
            held = page.source.find(name) if page.source else self._lone(name)
            if held is None:
                raise Refused(400, f"{name} is not a property that exists.")
            self.values[held.id] = self._value(held, value, f"body.properties.{name}")

    def commit(self, page: Page) -> None:
        """Options that do not exist yet come into being; then the values are kept."""
        for held, name, color in self._offers:
            if held.option(name) is None:
                held.offer(name, color)
        for id_, value in self.values.items():
            if id_ in self.world.deaf:
                continue
            held = page.source.find(id_) if page.source else None
            if held is not None and held.type == "relation":
                self.world.relate(page, held, value)
            else:
                page.values[id_] = value(page) if callable(value) else value

    @staticmethod
    def _lone(name: str) -> Property | None:
        """A page outside of tables has a title and nothing else."""
        return LONE_TITLE if name == "title" else None

    def _value(self, held: Property, value: Any, where: str) -> Any:
        if isinstance(value, list) and held.type == "title":
            value = {"title": value}
        if not isinstance(value, dict):
            raise invalid(where, "an object", value)
        given = value.keys() - {"type", "id"}
        if held.type not in given:
            if len(given) == 1:
                raise Refused(400, f"{held.name} is expected to be {held.type}.")
            raise invalid(f"{where}.{held.type}", "defined")
        for key in given - {held.type, "has_more"}:
            raise surplus(f"{where}.{key}", value[key])
        if held.type in _UNWRITABLE:
            raise Refused(400, f"{held.name} is of type {held.type} and cannot be updated.")
        return self._content(held, value[held.type], f"{where}.{held.type}")

    def _content(self, held: Property, raw: Any, where: str) -> Any:
        match held.type:
            case "title" | "rich_text":
                return accepted(raw, where, self._user)
            case "number":
                if raw is not None and (isinstance(raw, bool) or not isinstance(raw, int | float)):
                    raise invalid(where, "a number or `null`", raw)
                return raw
            case "checkbox":
                if not isinstance(raw, bool):
                    raise invalid(where, "a boolean", raw)
                return raw
            case "url" | "email" | "phone_number":
                return self._line(held, raw, where)
            case "select":
                return None if raw is None else self._choice(held, raw, where)
            case "status":
                return held.empty if raw is None else self._status(held, raw, where)
            case "multi_select":
                chosen = [self._choice(held, one, f"{where}[{n}]") for n, one in self._each(raw, where)]
                return lambda page: [one(page) for one in chosen]
            case "people":
                return [self._person(one, f"{where}[{n}]") for n, one in self._each(raw, where)]
            case "relation":
                return [self._related(one, f"{where}[{n}]") for n, one in self._each(raw, where)]
            case "date":
                return self._date(raw, where)
        return raw

    def _each(self, raw: Any, where: str) -> list[tuple[int, Any]]:
        if not isinstance(raw, list):
            raise invalid(where, "an array", raw)
        if len(raw) > MOST:
            raise invalid(f"{where}.length", f"≤ `{MOST}`", len(raw))
        return list(enumerate(raw))

    def _line(self, held: Property, raw: Any, where: str) -> str | None:
        if raw is None:
            return None
        if not isinstance(raw, str):
            raise invalid(where, "a string or `null`", raw)
        if not raw:
            raise invalid(f"{where}.length", "≥ `1`", 0)
        if length(raw) > _LONGEST[held.type]:
            raise invalid(f"{where}.length", f"≤ `{_LONGEST[held.type]}`", length(raw))
        return raw

    def _choice(self, held: Property, raw: Any, where: str) -> Callable[[Page], str]:
        """An option by id or by name; a name that does not exist is offered from now on."""
        id_, name = self._named(raw, where)
        known = held.option(id_) if id_ else None
        if known is None and name is None:
            raise Refused(400, f'Could not find option "{id_}" of property "{held.name}".')
        if known is None and name is not None:
            if "," in name:
                raise Refused(400, f"Invalid {held.type} option, commas not allowed: {name}")
            if length(name) > MOST:
                raise invalid(f"{where}.name.length", f"≤ `{MOST}`", length(name))
            self._offers.append((held, name, raw.get("color") or "default"))

        def chosen(_: Page) -> str:
            option = known or held.option(name)
            assert option is not None
            return option.id

        return chosen

    def _status(self, held: Property, raw: Any, where: str) -> str:
        id_, name = self._named(raw, where)
        known = held.option(id_ if name is None else name)
        if known is None:
            raise Refused(400, f'Invalid status option. Status option "{name or id_}" does not exist.')
        return known.id

    def _named(self, raw: Any, where: str) -> tuple[str | None, str | None]:
        if not isinstance(raw, dict):
            raise invalid(where, "an object or `null`", raw)
        for key in raw.keys() - {"id", "name", "color", "description"}:
            raise surplus(f"{where}.{key}", raw[key])
        id_, name = raw.get("id"), raw.get("name")
        if id_ is None and name is None:
            raise invalid(f"{where}.name", "defined")
        if name == "":
            raise invalid(f"{where}.name.length", "≥ `1`", 0)
        return id_, name

    def _person(self, raw: Any, where: str) -> str:
        """By id alone; a bot cannot be assigned."""
        if not isinstance(raw, dict):
            raise invalid(where, "an object", raw)
        group = raw.get("object") == "group"
        for key in raw.keys() - {"object", "id"} - ({"name"} if group else set()):
            raise surplus(f"{where}.{key}", raw[key])
        id_ = proper(raw.get("id"))
        if id_ is None:
            raise invalid(f"{where}.id", "a valid uuid", raw.get("id"))
        user = self.world.users.get(id_)
        if user is None or user.removed or user.kind != ("group" if group else "person"):
            raise Refused(400, f"{where} is not a person of this workspace: {id_}.")
        return id_

    def _related(self, raw: Any, where: str) -> str:
        id_ = proper(raw.get("id") if isinstance(raw, dict) else None)
        if id_ is None:
            raise invalid(f"{where}.id", "a valid uuid", raw.get("id") if isinstance(raw, dict) else raw)
        page = self.world.pages.get(id_)
        if page is None or not self.world.sees(page):
            raise Refused(404, f"Could not find page with ID: {id_}.")
        return id_

    def _date(self, raw: Any, where: str) -> dict[str, Any] | None:
        """To the minute, with an offset in place of the zone's name."""
        if raw is None:
            return None
        if not isinstance(raw, dict):
            raise invalid(where, "an object or `null`", raw)
        for key in raw.keys() - {"start", "end", "time_zone"}:
            raise surplus(f"{where}.{key}", raw[key])
        if "start" not in raw:
            raise invalid(f"{where}.start", "defined")
        kept: dict[str, Any] = {"start": None, "end": None, "time_zone": None}
        for edge in ("start", "end"):
            if raw.get(edge) is not None:
                try:
                    kept[edge] = stored(raw[edge], raw.get("time_zone"))
                except (TypeError, ValueError):
                    wanted = "a valid ISO 8601 date string"
                    raise invalid(f"{where}.{edge}", wanted, raw[edge]) from None
        return kept

    def _user(self, raw: Any) -> Any:
        return self.world.users.get(proper(raw) or "")
