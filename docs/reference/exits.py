"""The page of exit codes."""

from __future__ import annotations

from collections.abc import Iterator

from escsync.cli.exits import Exit

from .made import MADE

TOLD = {
    "DONE": ("done", "nothing"),
    "FINDINGS": (
        "findings of the severity named by `--fail-on` remain",
        "look at `escsync list`; without `--fail-on` findings never change the exit code",
    ),
    "USAGE": (
        "configuration or usage; `escsync doctor` says FAIL",
        "mend what the message names; trying again without a change is useless",
    ),
    "LIMIT": (
        "a limit refused the plan, nothing was written",
        "read the plan; if it is right, raise the limit that the message names",
    ),
    "DRIFT": (
        "the tracker's schema changed since it was last accepted (`escsync drift`)",
        "do what each line says, or accept the change: [drift](drift.md)",
    ),
    "PARTIAL": (
        "some records failed, the others were done",
        "try again: the next pass does, and what fails for its own reasons is [set aside](letters.md)",
    ),
    "TRACKER": (
        "a tracker failed whole, the others still ran",
        "wait for it, or see to its credentials: `escsync doctor`",
    ),
    "HELD": (
        "another pass holds the lock",
        "nothing: it does the work; see [Several workers](safety.md#several-workers)",
    ),
    "INTERRUPTED": ("interrupted by Ctrl-C", "run it again: the next pass goes on"),
}


def exits() -> Iterator[str]:
    """Every exit code, and what to do about it."""
    yield "# Exit codes"
    yield ""
    yield f"{MADE}. Every command ends with one of these."
    yield ""
    yield "| code | meaning | what to do |"
    yield "|---|---|---|"
    for code in Exit:
        meaning, remedy = TOLD[code.name]
        yield f"| {code.value} | {meaning} | {remedy} |"
    yield ""
    yield "Where several apply, the highest of 6, 5, 3 and 1 counts: a tracker that failed hides findings, not the other way"
    yield "round. A scheduler should raise an alarm on 2, 3 and 6 and on 5 that stays; 7 means that passes take longer than"
    yield "their interval. See [Running it for good](running.md)."
