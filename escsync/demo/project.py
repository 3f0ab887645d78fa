"""The project that watches the demo's tracker: escsync.yaml, people.yaml, accounts.csv."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from .story import COMPANY


@dataclass(frozen=True, slots=True)
class Colleague:
    """One entry of people.yaml and one user of the tracker; *role* is empty for what is no human."""

    id: str
    name: str
    title: str = ""
    function: str = ""
    role: str = ""
    kind: str = "human"
    more: str = ""

    @property
    def email(self) -> str:
        """The address, where a human reads it."""
        return f"{self.id}@acme.example" if self.kind == "human" else ""


PEOPLE = (
    Colleague("tom", "Tom Beck", "Support Agent", "support", "tier1_agent"),
    Colleague("ana", "Ana Silva", "Senior Support Agent", "support", "tier2_agent"),
    Colleague("dana", "Dana Reyes", "Support Manager", "support", "support_manager",
              more='    may_approve_exceptions: {limit: "5000 EUR"}\n'),
    Colleague("lena", "Lena Fox", "Support Manager", "support", "support_manager", more="    fallback: dana\n"),
    Colleague("idris", "Idris Cole", "Support Director", "support", "support_director"),
    Colleague("mei", "Mei Tan", "VP of Support", "support", "support_vp", more="    may_approve_exceptions: true\n"),
    Colleague("priya", "Priya Nair", "Customer Success Manager", "cs", "csm"),
    Colleague("jonas", "Jonas Weber", "Customer Success Manager", "cs", "csm"),
    Colleague("omar", "Omar Haddad", "Account Executive", "sales", "account_executive"),
    Colleague("eli", "Eli Park", "Engineer", "engineering", "engineering"),
    Colleague("escalations", "Escalations", kind="queue"),
    Colleague("autoreply", "Auto Reply", kind="bot"),
)  # fmt: skip

_ESCSYNC = f"""\
# escsync watches one tracker here: a SQLite file that behaves like Jira, Salesforce or Notion would.
version: 1
timezone: Europe/Berlin                 # the zone of the policy
company: {COMPANY}
people: people.yaml                     # who holds which role, and since when
accounts: accounts.csv                  # what the tracker does not know of its accounts
ledger: sqlite:///escsync.db            # what escsync has seen, decided and done
policy:
  money:                                # to add up the ARR at risk
    reporting_currency: USD
    rates: {{"2020-01-01": {{EUR: "1.10", GBP: "1.27"}}}}

trackers:
  support:
    adapter: local
    mode: annotate                      # try `enforce`: it also assigns the fallback owner and undoes the illegal jump
    connection:
      path: tracker.db
    stages:
      candidate: Candidate
      intake: Intake
      investigation: Investigation
      solution_design: Solution design
      customer_update: Customer update
      resolution_pending: Resolution pending
      closed: Closed
      rejected: Rejected
      duplicate: Duplicate
    fields:                             # the fields that escsync itself keeps up to date
      due_at: due
      health: health
      computed_priority: computed_priority
"""

_ACCOUNTS = (
    ("A-1001", "Alder AG", "enterprise", "180000", "EUR", 40, "priya", "Europe/Berlin", 120),
    ("A-1002", "Northwind Health", "enterprise", "240000", "USD", 14, "jonas", "America/New_York", 310),
    ("A-1003", "Pinecrest Bank", "mid_market", "96000", "USD", 9, "jonas", "America/Chicago", 95),
    ("A-1004", "Verde Logistics", "mid_market", "72000", "EUR", 18, "priya", "Europe/Madrid", 200),
    ("A-1005", "Kestrel Air", "enterprise", "310000", "GBP", 22, "jonas", "Europe/London", 60),
    ("A-1006", "Lumen Media", "smb", "18000", "EUR", 7, "priya", "Europe/Paris", 150),
    ("A-1007", "Orion Games", "smb", "24000", "USD", 5, "jonas", "America/Los_Angeles", 240),
    ("A-1008", "Fjord Travel", "mid_market", "88000", "EUR", 16, "priya", "Europe/Oslo", 30),
    ("A-1009", "Maple Insurance", "mid_market", "140000", "USD", 96, "priya", "America/Toronto", 75),
    ("A-1010", "Tidewater Telecom", "enterprise", "205000", "USD", 20, "jonas", "America/New_York", 180),
    ("A-1011", "Basalt Mining", "other", "", "", 11, "priya", "Australia/Perth", 260),
    ("A-1012", "Quarry Steel", "mid_market", "115000", "EUR", 21, "jonas", "Europe/Warsaw", 45),
    ("A-1013", "Umbra Security", "enterprise", "265000", "USD", 12, "priya", "America/Denver", 330),
    ("A-1014", "Vela Robotics", "mid_market", "130000", "EUR", 8, "jonas", "Europe/Zurich", 110),
    ("A-1015", "Solis Energy", "enterprise", "190000", "EUR", 19, "priya", "Europe/Lisbon", 290),
    ("A-1016", "Harbor Foods", "mid_market", "64000", "EUR", 15, "priya", "Europe/Amsterdam", 220),
    ("A-1017", "Brightside Schools", "smb", "21000", "GBP", 10, "jonas", "Europe/London", 140),
)
"""Id, name, tier, ARR, currency, months since the first contract, CSM, time zone, days until the renewal."""
_COLUMNS = "id,name,tier,arr,currency,customer_since,csm,time_zone,account_executive,renewal_date"
_MONTH = timedelta(days=30.44)


def _accounts(now: datetime) -> str:
    lines = [
        f"{number},{name},{tier},{arr},{currency},{(now - months * _MONTH).date()},{csm},{zone},omar,"
        f"{(now + timedelta(days=renewal)).date()}"
        for number, name, tier, arr, currency, months, csm, zone, renewal in _ACCOUNTS
    ]
    return "\n".join((_COLUMNS, *lines)) + "\n"


def write_project(directory: Path, now: datetime) -> None:
    """Write the files; the tracker itself is played."""
    (directory / "escsync.yaml").write_text(_ESCSYNC, "utf-8")
    (directory / "people.yaml").write_text(_people(), "utf-8")
    (directory / "accounts.csv").write_text(_accounts(now), "utf-8")


def _people() -> str:
    entries = "".join(_entry(person) for person in PEOPLE)
    return (
        "# Who is who: roles decide who may acknowledge, ids say who is meant in the tracker.\n"
        f"people:\n{entries}fallback_owner: idris                   # owns what nobody owns, in mode enforce\n"
    )


def _entry(person: Colleague) -> str:
    lines = [f"  - id: {person.id}", f"    name: {person.name}"]
    if person.kind != "human":
        lines.append(f"    kind: {person.kind}")
    if person.role:
        lines += [
            f"    title: {person.title}",
            f"    email: {person.email}",
            f"    function: {person.function}",
            f"    roles: [{person.role}]",
        ]
    lines.append(f"    ids: {{support: {person.id}}}")
    return "\n".join(lines) + "\n" + person.more
