"""The house keeps its walls: who may import whom, and who may look at the clock."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "escsync.domain": set(),
    "escsync.adapter": {"escsync.domain"},
    "escsync.offers": {"escsync.adapter", "escsync.domain"},
    "escsync.registry": {"escsync.adapter", "escsync.offers"},
    "escsync.secrets": set(),
    "escsync.web": {"escsync.secrets"},
    "escsync.spelling": {"escsync.domain"},
    "escsync.retry": {"escsync.adapter", "escsync.domain"},
    # The kit plays scenarios as a user would: through the command line.
    "escsync.testing": {
        "escsync.adapter",
        "escsync.offers",
        "escsync.domain",
        "escsync.retry",
        "escsync.cli",
    },
    "escsync.config": {"escsync.adapter", "escsync.registry", "escsync.secrets", "escsync.domain"},
    # What the commands of the admin's first hour decide, without a terminal and without a tracker.
    "escsync.setup": {
        "escsync.adapter",
        "escsync.offers",
        "escsync.config",
        "escsync.spelling",
        "escsync.domain",
    },
    "escsync.ledger": {"escsync.domain"},
    "escsync.effects": {"escsync.domain", "escsync.adapter"},
    "escsync.sync": {
        "escsync.adapter",
        "escsync.domain",
        "escsync.ledger",
        "escsync.effects",
        "escsync.retry",
    },
    "escsync.demo": {"escsync.domain", "escsync_local"},
    "escsync.report": {"escsync.domain", "escsync.adapter", "escsync.sync"},
    "escsync_jira": {"escsync.adapter", "escsync.offers", "escsync.retry", "escsync.spelling", "escsync.web"},
    "escsync_local": {
        "escsync.adapter",
        "escsync.offers",
        "escsync.retry",
        "escsync.spelling",
        "escsync.web",
    },
    "escsync_salesforce": {
        "escsync.adapter",
        "escsync.offers",
        "escsync.retry",
        "escsync.spelling",
        "escsync.web",
    },
    "escsync_notion": {
        "escsync.adapter",
        "escsync.offers",
        "escsync.retry",
        "escsync.spelling",
        "escsync.web",
    },
}
"""Room -> the other rooms of ours that it may import; `cli` may import everything."""
FREE = {"escsync.cli", "escsync"}
SDKS = {"jira", "requests", "simple_salesforce", "jwt", "notion_client", "httpx"}
SOURCES = sorted([*ROOT.glob("escsync/**/*.py"), *ROOT.glob("adapters/**/*.py")])


def module(path):
    """`escsync/domain/plan.py` -> escsync.domain.plan"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts[1:] if parts[0] == "adapters" else parts
    return ".".join(parts).removesuffix(".__init__")


def room(name):
    """The room a module stands in."""
    parts = name.split(".")
    return parts[0] if parts[0] != "escsync" else ".".join(parts[:2])


def imports(path):
    """Every module that a file imports, at its top or inside a function; relative ones resolved."""
    here = module(path).split(".")
    package = here if path.name == "__init__.py" else here[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            if node.module is None or name == "escsync":
                yield from (f"{name}.{alias.name}" for alias in node.names)
            else:
                yield name


def test_a_room_imports_only_the_rooms_below_it():
    """The table of allowed imports, read from the imports themselves."""
    beyond = {}
    for path in SOURCES:
        own = room(module(path))
        ours = {room(name) for name in imports(path) if name.split(".")[0].startswith("escsync")}
        reached = ours - {own, "escsync"} - ALLOWED.get(own, set())
        if own not in FREE and reached:
            beyond[module(path)] = sorted(reached)

    assert beyond == {}


def test_the_domain_imports_the_standard_library_only():
    """Values and pure functions need nothing else."""
    known = {"escsync"} | set(sys.stdlib_module_names)
    foreign = {
        module(path): found
        for path in SOURCES
        if module(path).startswith("escsync.domain")
        and (found := {name.split(".")[0] for name in imports(path)} - known)
    }

    assert foreign == {}


def test_only_the_command_line_reads_the_clock():
    """Everywhere else the instant is an argument."""
    read = [
        f"{module(path)}:{node.lineno}"
        for path in SOURCES
        if room(module(path)) != "escsync.cli"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "dt"}
    ]

    assert read == []


def test_an_adapters_sdk_and_its_errors_are_known_in_one_place():
    """Listing adapters imports no SDK, and what an SDK raises is caught where it is called."""
    knowing = {
        module(path)
        for path in SOURCES
        if module(path).startswith("escsync_") and SDKS & {name.split(".")[0] for name in imports(path)}
    }

    assert knowing == {
        "escsync_jira.connection",
        "escsync_notion.connection",
        "escsync_salesforce.connection",
        "escsync_salesforce.session",
    }


def test_the_core_imports_no_sdk():
    """A core library knows the process and no tracker."""
    core = [path for path in SOURCES if module(path).startswith("escsync.")]

    assert not {module(p) for p in core if SDKS & {name.split(".")[0] for name in imports(p)}}


def test_files_stay_short():
    """A file seldom passes 250 lines: then a second noun is found. Tables and the one-file contract may."""
    may = {"escsync.domain.policy", "escsync.domain.phrases", "escsync.domain.catalogue", "escsync.adapter"}

    long = {module(p): n for p in SOURCES if (n := len(p.read_text().splitlines())) > 275}
    assert not set(long) - may, long


def test_the_rules_can_fail(tmp_path):
    """The reading of imports sees relative, nested and renamed ones."""
    sample = ROOT / "escsync" / "domain" / "plan.py"

    assert "escsync.domain.fields" in set(imports(sample))
    assert room("escsync.ledger.tables") == "escsync.ledger"
    assert room("escsync_jira.codec") == "escsync_jira"
