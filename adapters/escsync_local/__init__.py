"""A tracker in one SQLite file: the embedded default, the demo's stage, and the example for adapter authors."""

from escsync.adapter import Plugin

plugin = Plugin(
    name="local",
    title="Local (one SQLite file)",
    settings="escsync_local.settings:LocalSettings",
    connect="escsync_local.adapter:connect",
    template="escsync_local.template:TEMPLATE",
    guide="escsync_local.guide:GUIDE",
)
