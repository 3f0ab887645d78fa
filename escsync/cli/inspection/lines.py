"""The lines of the commands that look whether all is well: what was looked at, how it is, and the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escsync.cli.session import Session

if TYPE_CHECKING:
    from rich.text import Text


def line(session: Session, sign: str, style: str, subject: str, message: str, remedy: str = "") -> Text:
    """`SIGN subject: message -> remedy`, without a secret and without anything that a terminal would obey."""
    from rich.text import Text

    from escsync.report.display import shown

    def clean(text: str) -> str:
        return session.discretion.clean(shown(text))

    told = Text(sign, style=style)
    told.append(f" {shown(subject)}: {clean(message)}", style="default not bold")
    if remedy:
        told.append(f" -> {clean(remedy)}", style="default not bold")
    return told
