"""The page of rights: what escsync's account must be allowed to do, per tracker and mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from escsync import registry
from escsync.adapter import Plugin
from escsync.offers import Right

from .made import MADE

MODES = ("observe", "annotate", "enforce", "provision")
NEEDED = {
    "observe": "always",
    "annotate": "`annotate`, `enforce`",
    "enforce": "`enforce`",
    "provision": "`provision`",
}
"""Each mode needs what the modes before it need; provisioning has rights of its own."""


def rights() -> Iterator[str]:
    """Every right, per tracker."""
    yield "# Rights per tracker and mode"
    yield ""
    yield f"{MADE}: from the same table that `escsync doctor` checks. Give escsync an account of its own: what that account writes"
    yield "is never taken as evidence. What the mode does not need should not be granted, and doctor"
    yield "says so with a warning (`EXCESS`). `provision` is needed only while `escsync provision --apply` or `escsync deprovision --apply`"
    yield "runs: let an admin's credentials do that, and take them away again."
    for plugin in registry.plugins().values():
        if isinstance(plugin, Plugin) and (guide := registry.guide(plugin)):
            yield ""
            yield f"## {plugin.title}"
            yield ""
            yield from _table(guide.rights)


def _table(held: Sequence[Right]) -> Iterator[str]:
    yield "| needed | right | what for | where it is granted |"
    yield "|---|---|---|---|"
    for right in sorted(held, key=lambda one: MODES.index(one.mode)):
        yield f"| {NEEDED[right.mode]} | {right.name} | {right.purpose} | {right.where} |"
