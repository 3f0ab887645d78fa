"""What an admin needs of Jira in the first hour: a guide, provisioning, an outline of the schema, a rehearsal."""
