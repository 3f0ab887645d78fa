"""The documentation cannot rot: every command, key, finding code and exit code is in it, and examples load."""

import importlib.util
import re
from pathlib import Path

import generate
import pytest

from escsync.cli.exits import Exit
from escsync.domain.assessment import CLOCK_NAMES
from escsync.domain.catalogue import CATALOGUE
from escsync.domain.fields import FIELDS
from escsync.domain.policy import Policy

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_a_generated_page_is_up_to_date(name):
    """`python docs/generate.py` was run after the code changed."""
    written = (DOCS / name).read_text(encoding="utf-8")

    assert generate.page(name) == written, "run: python docs/generate.py"


def test_the_readmes_table_of_trackers_is_up_to_date():
    """It is the one of docs/trackers.md, with links from the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert generate.readme(readme) == readme, "run: python docs/generate.py"
    assert "conditional writes" in readme


def test_every_exit_code_is_told_with_what_to_do():
    """A scheduler's owner finds each number on the page."""
    page = (DOCS / "exits.md").read_text(encoding="utf-8")

    assert not [code for code in Exit if f"\n| {code.value} | " not in page]


def test_every_key_of_the_policy_is_explained():
    """docs/process.md says what each is for; what every clock has is told once."""
    page = (DOCS / "process.md").read_text(encoding="utf-8")

    keys = [
        re.sub(r"^clocks\.\w+\.(calendar|due_soon|within)$", r"clocks.NAME.\1", key) for key in leaves(PLAIN)
    ]
    assert len(keys) > 60
    assert not [key for key in keys if f"`{key}`" not in page]


PLAIN = Policy().to_json()


def leaves(value, path=""):
    """The keys of a policy; a duration is one value."""
    if isinstance(value, dict) and value and "seconds" not in value:
        for name, child in value.items():
            yield from leaves(child, f"{path}.{name}" if path else name)
    else:
        yield path


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


PROSE = [
    *sorted(DOCS.glob("*.md")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "adapters" / "README.md",
]


@pytest.mark.parametrize("page", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    """No relative link points at nothing, neither a file nor a heading."""
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", bare(page))

    wrong = [
        f"{link}#{heading}"
        for link, heading in links
        if not (target := page.parent / link if link else page).exists()
        or (heading and heading not in headings(target))
    ]
    assert wrong == []


def bare(page):
    """A page without what stands in it as code."""
    return re.sub(
        r"^```.*?^```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


def headings(page):
    """What can be linked to on a page, as GitHub and the site name it."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", title).strip().lower().replace(" ", "-") for title in titles}


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
