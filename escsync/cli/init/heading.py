"""The heading of a configuration: whose it is, and in which time zone the policy is measured."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from escsync.cli.exits import Stop

if TYPE_CHECKING:
    from escsync.cli.init.answers import Answers
    from escsync.cli.init.interview import Interview

_UTC = ("", "UTC", "UCT", "Universal", "Zulu", "GMT", "Greenwich")


def heading(answers: Answers, person: Interview | None, environ: Mapping[str, str]) -> tuple[str, str]:
    """The company and the time zone; Stop where the zone that was given is none."""
    company, named = (answers.values.get((key,)) for key in ("company", "timezone"))
    if named is not None and (said := _unfit(str(named))):
        raise Stop(f"--set timezone={named}: {said}")
    here = _here(environ)
    here = "UTC" if _unfit(here) else here
    if person is None:
        return str(company or "Acme"), str(named or here)
    company = company or person.ask("Your company's name, as it stands in messages to customers")
    return str(company), str(named or person.until("The time zone of your policy", _unfit, here))


def _unfit(zone_name: str) -> str:
    """What is wrong with *zone_name* as a time zone; "" where nothing is."""
    from escsync.config.zones import BadZone, zone

    try:
        zone(zone_name)
    except BadZone as error:
        return f"{error}; did you mean {error.suggestion!r}?" if error.suggestion else str(error)
    return ""


def _here(environ: Mapping[str, str]) -> str:
    """The machine's time zone, as far as it tells."""
    if environ.get("TZ"):
        named = environ["TZ"].removeprefix(":")
    else:
        try:
            named = os.readlink("/etc/localtime").partition("zoneinfo/")[2]
        except OSError:
            named = ""
    return "UTC" if named.removeprefix("Etc/") in _UTC else named
