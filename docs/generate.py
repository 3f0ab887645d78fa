"""Writes the reference pages that are made from code: `python docs/generate.py`; a test compares them."""

from __future__ import annotations

import re
from pathlib import Path

from reference.commands import commands
from reference.exits import exits
from reference.fields import fields
from reference.findings import findings
from reference.keys import configuration
from reference.rights import rights
from reference.trackers import support, trackers

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
PAGES = {
    "findings.md": findings,
    "fields.md": fields,
    "commands.md": commands,
    "configuration.md": configuration,
    "exits.md": exits,
    "rights.md": rights,
    "trackers.md": trackers,
}
_SUPPORT = re.compile(r"(?<=<!-- support: made -->\n).*?(?=<!-- support: end -->)", re.DOTALL)


def page(name: str) -> str:
    """A page's whole text."""
    return "\n".join(PAGES[name]()) + "\n"


def readme(text: str) -> str:
    """The README with its table of what each tracker supports brought up to date."""
    table = "\n" + "\n".join(support()) + "\n\n"
    return _SUPPORT.sub(lambda _: table, text)


if __name__ == "__main__":
    for name in PAGES:
        (HERE / name).write_text(page(name), encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
