"""Notion: a database whose pages are escalations."""

from escsync.adapter import Plugin

plugin = Plugin(
    name="notion",
    title="Notion",
    settings="escsync_notion.settings:NotionSettings",
    connect="escsync_notion.adapter:connect",
    template="escsync_notion.template:TEMPLATE",
    extra="notion",
    guide="escsync_notion.setup.guide:GUIDE",
)
