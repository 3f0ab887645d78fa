"""What escsync finds by its entry point; it imports nothing else, so that listing adapters stays cheap."""

from escsync.adapter import Plugin

plugin = Plugin(
    name="csv",
    title="Csv",
    settings="escsync_csv.settings:Settings",
    connect="escsync_csv.adapter:connect",
    template="escsync_csv.template:TEMPLATE",
)
