"""How Notion refuses: the body of an error, and the texts that are known."""

from __future__ import annotations

import json
from typing import Any

_CODES = {400: "validation_error", 401: "unauthorized", 403: "restricted_resource", 404: "object_not_found"}


class Refused(Exception):
    """*additional* is what stands under additional_data."""

    def __init__(self, status: int, message: str, code: str = "", **additional: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code or _CODES[status]
        self.additional = additional

    @property
    def body(self) -> dict[str, Any]:
        told = {"object": "error", "status": self.status, "code": self.code, "message": self.message}
        return told | ({"additional_data": self.additional} if self.additional else {})


def invalid(where: str, what: str, value: Any = ...) -> Refused:
    """*where* is a path such as `body.page_size`; *value* what stood there, nothing at all by default."""
    part = where.partition(".")[0]
    shown = "undefined" if value is ... else json.dumps(value, ensure_ascii=False)
    return Refused(400, f"{part} failed validation: {where} should be {what}, instead was `{shown}`.")


def surplus(where: str, value: Any) -> Refused:
    """A key that must not stand there."""
    return invalid(where, "not present", value)


def restricted() -> Refused:
    """A capability of the connection is off."""
    return Refused(403, "Insufficient permissions for this endpoint.")
