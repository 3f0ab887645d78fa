"""The documentation cannot rot: every command, key, finding code and exit code is in it, and examples load."""

import importlib.util
import re
from pathlib import Path

import pytest

from escsync.domain.assessment import CLOCK_NAMES
from escsync.domain.catalogue import CATALOGUE
from escsync.domain.fields import FIELDS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def generator():
    """docs/generate.py, which is a script and no package."""
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()


@pytest.mark.parametrize("name", sorted(GENERATE.PAGES))
def test_a_generated_page_is_up_to_date(name):
    """`python docs/generate.py` was run after the code changed."""
    written = (DOCS / name).read_text(encoding="utf-8")

    assert GENERATE.page(name) == written, "run: python docs/generate.py"


def test_every_finding_code_is_documented():
    """The page lists the whole catalogue."""
    page = (DOCS / "findings.md").read_text(encoding="utf-8")

    assert not [code for code in CATALOGUE if f"`{code}" not in page]


def test_every_finding_code_in_the_rules_is_in_the_catalogue():
    """No rule can raise a code that nobody can look up."""
    used = set()
    for path in (ROOT / "escsync").rglob("*.py"):
        used |= set(re.findall(r"""finding\(\s*f?["']([A-Z_]+)""", path.read_text(encoding="utf-8")))

    assert used
    assert not used - set(CATALOGUE) - {"_BREACHED", "_DUE_SOON"}


def test_every_clock_is_explained():
    """The process page has a row for each."""
    page = (DOCS / "process.md").read_text(encoding="utf-8")

    assert not [name for name in CLOCK_NAMES if f"| `{name}` |" not in page]


def test_every_canonical_field_is_documented():
    """An admin can find out what may stand under `fields:`."""
    page = (DOCS / "fields.md").read_text(encoding="utf-8")

    assert not [name for name in FIELDS if f"`{name}`" not in page]


@pytest.mark.parametrize(
    "page", sorted(DOCS.glob("*.md")) + [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=str
)
def test_links_between_pages_lead_somewhere(page):
    """No relative link points at nothing."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))

    assert not [link for link in links if not (page.parent / link).exists()]


def test_the_readme_names_the_commands_that_make_knows():
    """The two commands of the README are targets."""
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()

    for target in ("demo", "test"):
        assert f"make {target}" in readme
        assert f"\n{target}:" in makefile


def test_the_library_example_runs(capsys):
    """What examples/ shows is what happens."""
    spec = importlib.util.spec_from_file_location("judge_a_ticket", ROOT / "examples" / "judge_a_ticket.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    module.main()

    printed = capsys.readouterr().out
    assert "EXEC-42: investigation" in printed
    assert "ACK_BY_TIER1" in printed
