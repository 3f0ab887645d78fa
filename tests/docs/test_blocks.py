"""What the pages tell people to type exists: commands and options are known, and YAML is YAML."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from escsync.cli.app import command

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted((ROOT / "docs").glob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "adapters/README.md")),
]


def typed(page):
    """Every escsync command on a page, in code within a line and in blocks for a shell."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w*)[^\n]*\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        if found[1] in ("sh", "bash", "console"):
            lines = found[2].replace("\\\n", " ").splitlines()
            yield from (line.removeprefix("$ ") for line in lines)
    yield from re.findall(
        r"(?<!such as )`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    )


def wrong(line):
    """What a command line names that there is not; "" where all is well."""
    words = shlex.split(line.split(" # ")[0].split(" 2>")[0], comments=False)[1:]
    here = command()
    names = {name for option in here.params for name in option.opts}
    while words and hasattr(here, "commands") and not words[0].startswith("-"):
        if words[0] not in here.commands:
            return f"no command {words[0]}"
        here, words = here.commands[words[0]], words[1:]
        names |= {name for option in here.params for name in option.opts}
    unknown = [
        word
        for word in words
        if re.match(r"--?[a-z]", word) and word.split("=")[0] not in names | {"--help", "-h"}
    ]
    return f"no option {unknown[0]}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_of_a_page_is_known(page):
    """A command or an option that was renamed is not told to anybody any more."""
    lines = [line for line in typed(page) if re.match(r"escsync (-|[a-z]+)", line)]

    assert [(line, said) for line in lines if (said := wrong(line))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_yaml_on_a_page_can_be_read(page):
    """What people copy is YAML, without a key twice."""
    text = page.read_text(encoding="utf-8")
    broken = []

    for found in re.finditer(r"^```yaml[^\n]*\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        try:
            YAML(typ="safe").load(found[1])
        except YAMLError as error:
            broken.append((found[1][:60], str(error).splitlines()[0]))

    assert broken == []


def test_the_check_knows_what_is_wrong():
    """It bites."""
    assert wrong("escsync sink") == "no command sink"
    assert wrong("escsync sync --maximum 3") == "no option --maximum"
    assert wrong("escsync ledger check --head x --config y") == ""
