"""The picture of the board shows what the board says."""

from __future__ import annotations

import html
import re

import picture
from rich.text import Text


def words(svg):
    """The text of a picture, without its blanks: how it is cut into pieces is the drawing's own affair."""
    shown = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    return "".join(html.unescape(shown).split())


def test_the_picture_is_the_board_of_the_demo():
    """`make picture` was run after the board or the demo changed; nothing in it is loaded from elsewhere."""
    drawn = picture.PICTURE.read_text(encoding="utf-8")

    board = Text.from_ansi(picture.board()).plain

    assert words(drawn) == "".join(board.split()), "run: make picture"
    assert set(re.findall(r"https?://[^\"')\s]+", drawn)) == {"http://www.w3.org/2000/svg"}
