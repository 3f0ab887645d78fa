"""The site is built from the repository, no link in it leads nowhere, and nothing is loaded from elsewhere."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
import site_check

ROOT = Path(__file__).parents[2]
PARTS = (
    "docs",
    "config",
    "adapters/README.md",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "zensical.toml",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as `make docs` builds it, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    for name in PARTS:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    return site_check.build(folder)


def test_no_link_of_the_site_leads_nowhere(site):
    """Pages, headings and pictures, also in what is included from elsewhere; no font or script of a stranger."""
    assert list(site_check.faults(site)) == []
    assert "An adapter knows one tracker and no process" in (site / "adapters.html").read_text("utf-8")
    assert "max_writes" in (site / "examples.html").read_text("utf-8")


def test_every_page_is_in_the_navigation():
    """A page that no menu leads to is read by nobody."""
    settings = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))
    listed = str(settings["project"]["nav"])

    assert not [page.name for page in (ROOT / "docs").glob("*.md") if f"'{page.name}'" not in listed]


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    """The check bites: a page that is missing, a heading that is missing, a script from the network."""
    (tmp_path / "other.html").write_text('<h1 id="here">x</h1>', encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<a href="other.html#here">a</a><a href="other.html#there">b</a><a href="gone.html">c</a>'
        '<script src="https://elsewhere.example/x.js"></script><a href="https://elsewhere.example/">d</a>',
        encoding="utf-8",
    )

    assert list(site_check.faults(tmp_path)) == [
        "index.html: other.html#there: no such heading",
        "index.html: gone.html leads nowhere",
        "index.html: loads https://elsewhere.example/x.js from the network",
    ]
