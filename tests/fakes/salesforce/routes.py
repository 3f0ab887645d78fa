"""One call to the API, and the marks by which its handler is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fakes.http import Reply, Request

Handler = Callable[..., Reply]


@dataclass
class Asked:
    """A request under `/services/data/vNN.0` (*root*), made as *user*. *depth*: inside so many composites."""

    request: Request
    root: str
    user: str
    depth: int = 0

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def body(self) -> Any:
        return self.request.body

    @property
    def headers(self) -> Mapping[str, str]:
        return self.request.headers


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Mark a method as the handler of a path; `{name}` stands for one segment, a slash at the end is all the same."""

    def mark(handler: Handler) -> Handler:
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        handler.routes = [*getattr(handler, "routes", []), (method, re.compile(expression + "/?"))]  # type: ignore[attr-defined]
        return handler

    return mark


def routes(face: object) -> Iterator[tuple[str, re.Pattern[str], Handler]]:
    """All marked handlers of a face."""
    for name in dir(type(face)):
        for method, pattern in getattr(getattr(type(face), name), "routes", ()):
            yield method, pattern, getattr(face, name)
