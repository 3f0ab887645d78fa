"""Closures: a country's public holidays as plain days, so that no calendar changes with an installed package."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from .problem import listed, nearest

_YEARS = range(2015, 2041)


class NoHolidays(ValueError):
    """Holidays that cannot be told; its text says what to do."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


def holidays(country: str) -> list[date]:
    """The public holidays of `US` or `DE-BY`, 2015 to 2040."""
    package = _package()
    code, _, region = country.strip().partition("-")
    known: dict[str, list[str]] = package.list_supported_countries(include_aliases=False)
    if code not in known:
        near = nearest(code, [code.upper()] if code.upper() in known else known)
        raise NoHolidays(
            f"{country!r} is no country; write a code such as US or DE-BY, or a list of days", near
        )
    if region and region not in known[code]:
        raise NoHolidays(
            f"{code} has no region {region!r}; known: {listed(known[code], 20)}",
            next((f"{code}-{each}" for each in known[code] if each.casefold() == region.casefold()), ""),
        )
    return sorted(package.country_holidays(code, subdiv=region or None, years=_YEARS))


def _package() -> Any:
    try:
        return import_module("holidays")
    except ImportError:
        raise NoHolidays(
            "the holidays of a country need one more package: pip install 'escsync[holidays]', or list the days"
        ) from None
