"""The admin's first hour on Notion: a first look round, provisioning, rights, an outline of the schema, a rehearsal."""
