"""Filters of a query: what they find, and the texts with which Notion refuses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from .conditions import Check, choice, condition, flat, links, number, readable
from .dates import WINDOWS, reach, relative, stamp, window
from .page import Page
from .refusal import Refused, invalid, surplus
from .render import Renderer, words
from .schema import DataSource, Property

Test: TypeAlias = Callable[[Page], bool]

_TEXT = {"title", "rich_text", "url", "email", "phone_number"}
_STAMPS = {"created_time", "last_edited_time"}
_ALIKE = {"title": {"title", "rich_text"}, "url": {"url", "rich_text"}, "email": {"email", "rich_text"},
          "phone_number": {"phone_number", "rich_text"}}  # fmt: skip
_DEEPEST = 2


class Filters:
    """Reads the filter of a query over *source*."""

    def __init__(self, source: DataSource, render: Renderer, now: datetime) -> None:
        self.source = source
        self.render = render
        self.now = now

    def read(self, told: Any, where: str = "body.filter", depth: int = 0) -> Test:
        if not isinstance(told, dict):
            raise invalid(where, "an object or `undefined`", told)
        for word, join in (("and", all), ("or", any)):
            if word in told:
                return self._group(told, word, join, where, depth)
        if "timestamp" in told:
            return self._stamp(told, where)
        return self._property(told, where)

    def _group(self, told: dict[str, Any], word: str, join: Any, where: str, depth: int) -> Test:
        inside = told[word]
        for key in told.keys() - {word}:
            raise surplus(f"{where}.{key}", told[key])
        if depth >= _DEEPEST:
            raise surplus(f"{where}.{word}", inside)
        if not isinstance(inside, list):
            raise invalid(f"{where}.{word}", "an array", inside)
        if len(inside) > 100:
            raise invalid(f"{where}.{word}.length", "≤ `100`", len(inside))
        tests = [self.read(one, f"{where}.{word}[{n}]", depth + 1) for n, one in enumerate(inside)]
        return lambda page: join(test(page) for test in tests)

    def _stamp(self, told: dict[str, Any], where: str) -> Test:
        name = told["timestamp"]
        if name not in _STAMPS:
            raise invalid(f"{where}.timestamp", '`"created_time"` or `"last_edited_time"`', name)
        for key in told.keys() - {"timestamp", "type", name}:
            raise surplus(f"{where}.{key}", told[key])
        check = self._date(told.get(name), f"{where}.{name}")
        return lambda page: check(stamp(page.created_at if name == "created_time" else page.edited_at))

    def _property(self, told: dict[str, Any], where: str) -> Test:
        name = told.get("property")
        if not isinstance(name, str):
            raise invalid(f"{where}.property", "defined")
        held = self.source.find(name)
        if held is None:
            raise Refused(400, f"Could not find property with name or id: {name}")
        kinds = told.keys() - {"property", "type"}
        if len(kinds) != 1:
            raise invalid(f"{where}.{held.type}", "defined")
        (kind,) = kinds
        if kind not in _ALIKE.get(held.type, {held.type}):
            raise Refused(400, f"database property {held.type} does not match filter {kind}")
        return self._condition(held, told[kind], f"{where}.{kind}")

    def _condition(self, held: Property, told: Any, where: str) -> Test:
        if held.type in _TEXT:
            check = self._text(told, where)
            return lambda page: check(words(page, held))
        if held.type in {"formula", "rollup"}:
            return self._computed(held, told, where)
        check = self._check(held.type, told, where, held)
        if held.type == "unique_id":
            return lambda page: check(page.number)
        if held.type in _STAMPS | {"created_by", "last_edited_by"}:
            return lambda page: check(_native(page, held.type))
        return lambda page: check(page.values.get(held.id, held.empty))

    def _check(self, kind: str, told: Any, where: str, held: Property | None = None) -> Check:
        match kind:
            case "number" | "unique_id":
                return number(told, where)
            case "checkbox":
                return condition(
                    told, where, {"equals": lambda v, o: v is o, "does_not_equal": lambda v, o: v is not o}
                )
            case "select" | "status" | "multi_select":
                assert held is not None
                return choice(held, told, where)
            case "date" | "created_time" | "last_edited_time":
                date = self._date(told, where)
                return lambda value: date(value["start"] if isinstance(value, dict) else value)
            case "people" | "relation" | "created_by" | "last_edited_by":
                return links(told, where)
            case "files":
                return condition(told, where, {})
            case "title" | "rich_text" | "url" | "email" | "phone_number" | "string":
                return self._text(told, where)
        raise Refused(400, f"Filtering by {kind} is not supported.")

    def _computed(self, held: Property, told: Any, where: str) -> Test:
        """A formula's or a rollup's value; of a rollup's items any, every one, or none."""
        if not isinstance(told, dict) or len(told) != 1:
            raise invalid(where, "an object with one condition", told)
        ((form, inside),) = told.items()
        if form in {"any", "every", "none"}:
            ((kind, condition),) = inside.items()
            check = self._check(kind, condition, f"{where}.{form}.{kind}")

            def within(page: Page) -> bool:
                items = self.render.content(page, held).get("array") or []
                found = [check(flat(one[one["type"]])) for one in items]
                return {"any": any(found), "every": all(found), "none": not any(found)}[form]

            return within
        check = self._check(form, inside, f"{where}.{form}")
        shown = {"checkbox": "boolean"}.get(form, form)

        def test(page: Page) -> bool:
            value = self.render.content(page, held)
            return check(value.get(shown)) if value["type"] == shown else check(None)

        return test

    def _text(self, told: Any, where: str) -> Check:
        def folded(check: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
            return lambda value, operand: check((value or "").casefold(), str(operand).casefold())

        return condition(
            told,
            where,
            {
                "equals": lambda v, o: (v or "") == o,
                "does_not_equal": lambda v, o: (v or "") != o,
                "contains": folded(lambda v, o: o in v),
                "does_not_contain": folded(lambda v, o: o not in v),
                "starts_with": folded(str.startswith),
                "ends_with": folded(str.endswith),
            },
        )

    def _date(self, told: Any, where: str) -> Check:
        """To the minute; a mere day means the whole of it. *value* is a raw date or None."""

        def compared(check: Callable[[tuple[datetime, datetime], tuple[datetime, datetime]], bool]) -> Any:
            def run(value: Any, operand: Any) -> bool:
                return value is not None and check(reach(value), reach(relative(operand, self.now)))

            return run

        checks = {
            "equals": compared(lambda v, o: o[0] <= v[0] < o[1]),
            "before": compared(lambda v, o: v[0] < o[0]),
            "after": compared(lambda v, o: v[0] >= o[1]),
            "on_or_before": compared(lambda v, o: v[0] < o[1]),
            "on_or_after": compared(lambda v, o: v[0] >= o[0]),
        }
        for name in ("this_week", *WINDOWS):
            first, last = window(name, self.now.astimezone(UTC).date())
            checks[name] = lambda v, o, a=first, b=last: v is not None and a <= reach(v)[0].date() <= b
        if isinstance(told, dict):
            for key in told.keys() & {"equals", "before", "after", "on_or_before", "on_or_after"}:
                readable(relative(str(told[key]), self.now), told[key], f"{where}.{key}")
        return condition(told, where, checks)


def _native(page: Page, kind: str) -> Any:
    if kind.endswith("_by"):
        return [page.created_by if kind == "created_by" else page.edited_by]
    return stamp(page.created_at if kind == "created_time" else page.edited_at)
