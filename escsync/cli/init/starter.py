"""The files that a newcomer starts from."""

from __future__ import annotations


def head(company: str = "Acme", timezone: str = "UTC") -> str:
    """What stands before a tracker's own section in escsync.yaml; both words are YAML already."""
    zone, name = f"timezone: {timezone}".ljust(42), f"company: {company}".ljust(42)
    return f"""\
# yaml-language-server: $schema=escsync.schema.json
version: 1
{zone} # the zone of your policy: an IANA name such as Europe/Berlin
{name} # as it stands in your messages to customers
people: people.yaml                        # who holds which role, and since when
# accounts: accounts.csv                   # account facts that the tracker lacks
# policy: policy.yaml                      # `escsync policy show` prints the one in force
ledger: sqlite:///escsync.db               # what escsync has seen, decided and done
limits: {{max_writes: 25, max_share: 0.3}}   # a larger plan is refused whole

trackers:
"""


NAMED = "  support:                                 # a name of your choosing; people.yaml refers to it under `ids:`\n"
"""How a section begins whose adapter's template gives its content alone."""


def people(tracker: str = "support") -> str:
    """A people.yaml to fill in, for who works on *tracker*."""
    ids = f'ids: {{{tracker}: "..."}}'.ljust(29)
    return f"""\
# Who holds which role, and since when. Roles decide who may acknowledge, so their dates matter.
people:
  - id: dana                            # the name by which escsync knows this person everywhere
    name: Dana Reyes                    # as it stands in messages to customers
    title: Support Manager
    email: dana@acme.example            # `escsync doctor` finds the account on the tracker by it
    time_zone: Europe/Berlin
    function: support
    roles: [{{role: support_manager, from: 2024-01-01}}]
    # {ids} # tracker name -> native id; `escsync doctor` proposes this line
    # absences: [{{from: 2026-06-03, to: 2026-06-10, fallback: idris}}]
# fallback_owner: dana                  # who owns what nobody owns, in mode enforce
"""
