"""The guide: what `escsync init` asks of who keeps escalations in Salesforce, and which rights are needed for what."""

from __future__ import annotations

from typing import Any

from escsync.adapter import Retry
from escsync.offers import Question, Right

from .explorer import SalesforceExplorer
from .needs import RIGHTS


class SalesforceGuide:
    """What is known of Salesforce before any org is."""

    questions: tuple[Question, ...] = (
        Question(
            ("connection", "url"),
            "Your My Domain address, such as https://acme.my.salesforce.com (Setup > My Domain)",
        ),
        Question(
            ("connection", "client_id"),
            "The consumer key of the External Client App: the environment variable that holds it",
            "SALESFORCE_CLIENT_ID",
            secret=True,
        ),
        Question(
            ("connection", "client_secret"),
            "Its consumer secret (client credentials flow): the environment variable that holds it; empty for a key file",
            "SALESFORCE_CLIENT_SECRET",
            secret=True,
            optional=True,
        ),
        Question(
            ("connection", "username"),
            "The username of escsync's account (JWT bearer flow)",
            optional=True,
            only={("connection", "client_secret"): ""},
        ),
        Question(
            ("connection", "private_key"),
            "The private key of the app's certificate (JWT bearer flow): the environment variable that holds it",
            "SALESFORCE_PRIVATE_KEY",
            secret=True,
            optional=True,
            only={("connection", "client_secret"): ""},
        ),
    )
    rights: tuple[Right, ...] = RIGHTS

    def explore(self, connection: Any, retry: Retry) -> SalesforceExplorer:
        """Connect with a validated `connection:` section and nothing else."""
        return SalesforceExplorer(connection, retry)


GUIDE = SalesforceGuide()
