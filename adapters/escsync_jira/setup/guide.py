"""What `escsync init` and the documentation know of Jira."""

from __future__ import annotations

from escsync.adapter import Retry
from escsync.offers import Explorer, Question

from ..connection import Connection
from ..settings import JiraConnection
from .explorer import JiraExplorer
from .rights import RIGHTS


class JiraGuide:
    """The way in: an address, an account, a token."""

    questions = (
        Question(("connection", "url"), "The address of your Jira, as a browser shows it after signing in"),
        # Which Jira it is, the address or the server tells.
        Question(
            ("connection", "email"),
            "Jira Cloud (at atlassian.net): the e-mail address of the account that escsync works as, best one of its own; "
            "Data Center (your own server): nothing, just Enter",
            optional=True,
        ),
        Question(
            ("connection", "token"),
            "The variable that holds the token: on Cloud an API token (id.atlassian.com > Security), "
            "on Data Center a personal access token (Profile > Personal Access Tokens)",
            "JIRA_TOKEN",
            secret=True,
        ),
    )
    rights = RIGHTS

    def explore(self, connection: JiraConnection, retry: Retry) -> Explorer:
        """Connect with a validated `connection:` section and nothing else."""
        return JiraExplorer(Connection(connection, retry), connection)


GUIDE = JiraGuide()
