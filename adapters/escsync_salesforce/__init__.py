"""Salesforce Service Cloud: Cases through the REST API."""

from escsync.adapter import Plugin

plugin = Plugin(
    name="salesforce",
    title="Salesforce (Case)",
    settings="escsync_salesforce.settings:SalesforceSettings",
    connect="escsync_salesforce.adapter:connect",
    template="escsync_salesforce.template:TEMPLATE",
    extra="salesforce",
    guide="escsync_salesforce.setup.guide:GUIDE",
)
