"""Draws docs/pictures/board.svg, the demo's board at a fixed instant: `make picture`; a test compares the words."""

from __future__ import annotations

import io
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from escsync import demo
from escsync.cli import main
from escsync.cli.host import Host

HERE = Path(__file__).parent
PICTURE = HERE / "pictures" / "board.svg"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
WIDTH = 148
_THEME = TerminalTheme(
    (250, 250, 252),
    (36, 41, 47),
    [
        (36, 41, 47),
        (190, 30, 45),
        (26, 127, 55),
        (154, 103, 0),
        (9, 105, 218),
        (130, 80, 223),
        (27, 124, 131),
        (110, 119, 129),
    ],
    [
        (87, 96, 106),
        (190, 30, 45),
        (26, 127, 55),
        (154, 103, 0),
        (9, 105, 218),
        (130, 80, 223),
        (27, 124, 131),
        (140, 149, 159),
    ],
)
# Rich's own frame loads a font from the network; this one takes what the reader has.
_FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg">
<title>The board: `escsync status` on the demo's tracker</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
<rect width="{width}" height="{height}" rx="8" fill="#fafafc" stroke="#d0d7de"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def board() -> str:
    """What `escsync status` shows on the demo's tracker, with its colours."""
    with tempfile.TemporaryDirectory() as folder:
        demo.build(Path(folder), NOW)
        host = Host(
            clock=lambda: NOW,
            environ={"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"},
            directory=lambda: Path(folder),
        )
        shown = io.StringIO()
        for command in ("sync", "status"):
            shown = io.StringIO()
            with redirect_stdout(shown), redirect_stderr(io.StringIO()):
                main([command], host)
    return shown.getvalue().rstrip() + "\n"


def drawn(ansi: str) -> str:
    """The picture of what a terminal shows."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), legacy_windows=False)
    console.print(Text.from_ansi(ansi), soft_wrap=True)
    return console.export_svg(title="", theme=_THEME, code_format=_FRAME, unique_id="board")


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn(board()), encoding="utf-8")
