"""What `escsync init` and the documentation know of Jira."""

from __future__ import annotations

from escsync.adapter import Retry
from escsync.offers import Explorer, Question

from ..connection import Connection
from ..settings import JiraConnection
from .explorer import JiraExplorer
from .rights import RIGHTS

_DEPLOYMENT = ("connection", "deployment")


class JiraGuide:
    """The way in: an address, an account, a token."""

    questions = (
        Question(("connection", "url"), "The address of your Jira, as a browser shows it after signing in"),
        Question(
            _DEPLOYMENT, "Is it Jira `cloud` (at atlassian.net) or `datacenter` (your own server)?", "cloud"
        ),
        Question(
            ("connection", "email"),
            "The e-mail address of the account that escsync works as; best one of its own",
            only={_DEPLOYMENT: "cloud"},
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
