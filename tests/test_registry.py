"""Adapters are found by their entry points, one by one, and a broken one costs nobody else anything."""

import sys
import textwrap

import pytest

from escsync import registry
from escsync.adapter import Binding, Plugin, Vocabulary


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts packages with an adapter where an installer would."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made = []

    def make(name, source, *, package=None, value=None):
        module = f"escsync_test_{package or name}"
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(source))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(
            f"[escsync.adapters]\n{name} = {value or module + ':plugin'}\n"
        )
        made.append(module)
        return module

    yield make
    for module in made:
        sys.modules.pop(module, None)


PLUGIN = """
    from pydantic import BaseModel
    from escsync.adapter import Plugin
    class Settings(BaseModel):
        connection: dict
        scope: dict = {{}}
    def connect(binding):
        return ("connected", binding.tracker)
    TEMPLATE = "a: 1"
    plugin = Plugin(name="{name}", title="Test", settings="escsync_test_{name}:Settings",
                    connect="escsync_test_{name}:connect", template="escsync_test_{name}:TEMPLATE", {more})
"""


def plugin_source(name, more=""):
    return PLUGIN.format(name=name, more=more)


def test_an_installed_adapter_is_found_by_its_name(install):
    """A stranger's adapter registers as our own do, and needs no change here."""
    install("linear", plugin_source("linear"))

    plugin = registry.get("linear")

    assert plugin.title == "Test"
    assert set(registry.settings_model(plugin).model_fields) == {"connection", "scope"}
    assert registry.template(plugin) == "a: 1"


def test_connecting_hands_the_binding_to_the_adapter(install):
    """The registry adds nothing of its own."""
    install("linear", plugin_source("linear"))
    binding = Binding("t", None, Vocabulary(), retry=None, clock=None)

    assert registry.connect(registry.get("linear"), binding) == ("connected", "t")


def test_a_broken_adapter_is_listed_with_its_reason_and_stops_no_other(install):
    """One bad package must not take `escsync adapters`, or a tracker that works, with it."""
    install("bad", "import not_installed_anywhere")
    install("worse", "1 / 0")
    install("odd", "plugin = 5")
    install("good", plugin_source("good"))

    found = registry.plugins()

    assert isinstance(found["good"], Plugin)
    assert "the package not_installed_anywhere is not installed" in found["bad"].reason
    assert found["bad"].remedy == "pip install not_installed_anywhere"
    assert found["bad"].package == "escsync_test_bad"
    assert "ZeroDivisionError" in found["worse"].reason
    assert "is no Plugin" in found["odd"].reason


def test_naming_one_adapter_loads_no_other(install):
    """A broken package that no configuration names stays unnoticed."""
    install("good", plugin_source("good"))
    module = install("bad", "raise SystemError('imported')")

    registry.get("good")

    assert module not in sys.modules


@pytest.mark.parametrize(
    ("api", "remedy"), [(99, "upgrade escsync"), (0, "upgrade the adapter")], ids=["newer", "older"]
)
def test_an_adapter_for_another_contract_is_refused_by_number(install, api, remedy):
    """Who must be upgraded is said."""
    install("linear", plugin_source("linear", f"api={api}"))

    with pytest.raises(registry.PluginError, match=f"API {api}; this escsync has 1") as caught:
        registry.get("linear")

    assert caught.value.remedy == remedy


def test_an_unknown_name_is_answered_with_those_installed():
    """And with the one that was probably meant."""
    with pytest.raises(registry.PluginError) as caught:
        registry.get("jria")

    assert str(caught.value).startswith("no adapter 'jria' is installed; installed: jira, local")
    assert caught.value.suggestion == "jira"


def test_two_packages_with_one_name_are_named_both(install):
    """Which one would win must not depend on the order of installation."""
    install("linear", plugin_source("linear"))
    install("linear", "plugin = None", package="other")

    with pytest.raises(registry.PluginError, match="escsync_test_linear, escsync_test_other"):
        registry.get("linear")


@pytest.mark.parametrize(
    ("extra", "remedy"),
    [("jira", "pip install 'escsync[jira]'"), ("escsync-linear[sdk]", "pip install 'escsync-linear[sdk]'")],
)
def test_a_missing_sdk_is_answered_with_what_to_install(install, extra, remedy):
    """The tracker's own library is an extra; only connecting needs it."""
    source = plugin_source("linear", f'extra="{extra}"').replace(
        "escsync_test_linear:connect", "escsync_test_sdk:connect"
    )
    install("linear", source)
    install("sdk", "import some_sdk_that_is_missing")
    binding = Binding("t", None, Vocabulary(), retry=None, clock=None)

    with pytest.raises(registry.PluginError, match="the package some_sdk_that_is_missing") as caught:
        registry.connect(registry.get("linear"), binding)

    assert caught.value.remedy == remedy


def test_settings_without_connection_and_scope_are_refused(install):
    """Every tracker of escsync.yaml has these two."""
    install("linear", plugin_source("linear").replace("scope: dict = {}", "other: int = 1"))

    with pytest.raises(registry.PluginError, match="lack scope"):
        registry.settings_model(registry.get("linear"))


def test_a_reference_to_nothing_is_named(install):
    """An author's typing mistake is told as such."""
    install("linear", plugin_source("linear").replace(':connect"', ':conect"'))

    with pytest.raises(registry.PluginError, match="there is no escsync_test_linear:conect"):
        registry.connect(registry.get("linear"), Binding("t", None, Vocabulary(), retry=None, clock=None))
