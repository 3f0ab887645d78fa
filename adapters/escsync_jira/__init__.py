"""Jira: Cloud through REST v3, Data Center through REST v2."""

from escsync.adapter import Plugin

plugin = Plugin(
    name="jira",
    title="Jira (Cloud and Data Center)",
    settings="escsync_jira.settings:JiraSettings",
    connect="escsync_jira.adapter:connect",
    template="escsync_jira.template:TEMPLATE",
    extra="jira",
    guide="escsync_jira.setup.guide:GUIDE",
)
