"""The roster: users and queues of the org, for `escsync doctor` to match with people.yaml."""

from __future__ import annotations

from collections.abc import Iterator

from escsync.adapter import PersonKind, TrackerPerson

from . import ids
from .connection import Connection
from .discovery import Discovery
from .search import Search

_USERS = (
    "SELECT Id, Name, Email, Username, IsActive, UserType FROM User "
    "WHERE UserType IN ('Standard', 'AutomatedProcess', 'CloudIntegrationUser') ORDER BY Name, Id"
)
_QUEUES = "SELECT Id, Name, Email FROM Group WHERE Type = 'Queue' ORDER BY Name, Id"


def people(connection: Connection, discovery: Discovery) -> Iterator[TrackerPerson]:
    """Everybody who can be named as owner; customers and partners of a portal are nobody of ours."""
    schema, search = discovery.schema, Search(connection, discovery)
    questions = {"User": search.plain(_USERS), "Group": search.plain(_QUEUES)}
    met: set[str] = set()
    for name, answer in search.answers(questions, optional=("Group",)).items():
        for row in search.all(answer, questions[name]):
            native = ids.long(row.get("Id"))
            if not native or native in met:
                continue
            met.add(native)
            yield TrackerPerson(
                id=native,
                name=str(row.get("Name") or native),
                email=str(row.get("Email") or ""),
                username=str(row.get("Username") or ""),
                kind=PersonKind.QUEUE if name == "Group" else schema.kind(native, row),
                active=row.get("IsActive") is not False,
            )
