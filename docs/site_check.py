"""Builds the site and reads every page of it: `python docs/site_check.py [FOLDER]`; a link that leads nowhere fails it.

Zensical checks the links of the pages as they are written; here they are checked as they come out, with what is included
from elsewhere in the repository, and nothing may be loaded from the network.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[1]
LOADING = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


class Page(HTMLParser):
    """What a page links to, what it loads, and what can be linked to on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors = {"", "__skip"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect from one element."""
        held = {name: value or "" for name, value in attrs}
        self.anchors |= {held[name] for name in ("id", "name") if name in held}
        if tag == "a" and "href" in held:
            self.links.append(held["href"])
        self.loads += [held[name] for element, name in LOADING if element == tag and name in held]


def build(root: Path = ROOT) -> Path:
    """Have Zensical build it, strictly; returns where it is."""
    program = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    done = subprocess.run(program, cwd=root, text=True, capture_output=True, check=False)
    if done.returncode or "Warning" in done.stdout + done.stderr:
        raise SystemExit(re.sub(r"\x1b\[[\d;]*m", "", f"{done.stdout}{done.stderr}\nthe site was not built"))
    site = root / "site"
    for script in site.rglob("*.py"):  # the generator stands beside the pages and is none of them
        script.unlink()
    return site


def faults(site: Path) -> Iterator[str]:
    """Every link that leads nowhere, and all that would be loaded from elsewhere."""

    @cache
    def read(path: Path) -> Page:
        return Page(path.read_text(encoding="utf-8"))

    for path in sorted(site.rglob("*.html")):
        if path.name == "404.html":  # written for any place, with addresses from the root
            continue
        for link in [*read(path).links, *read(path).loads]:
            where = urlsplit(link)
            if where.scheme or where.netloc:
                if link in read(path).loads and where.scheme != "data":
                    yield f"{path.relative_to(site)}: loads {link} from the network"
                continue
            target = (path.parent / unquote(where.path)).resolve() if where.path else path
            if not target.is_file():
                yield f"{path.relative_to(site)}: {link} leads nowhere"
            elif target.suffix == ".html" and unquote(where.fragment) not in read(target).anchors:
                yield f"{path.relative_to(site)}: {link}: no such heading"


if __name__ == "__main__":
    made = build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
    found = list(faults(made))
    sys.stdout.write(
        "".join(f"{one}\n" for one in found) or f"{made / 'index.html'}: no link leads nowhere\n"
    )
    raise SystemExit(bool(found))
