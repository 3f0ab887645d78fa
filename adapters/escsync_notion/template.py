"""The configuration that `escsync init --tracker notion` writes."""

TEMPLATE = """\
# yaml-language-server: $schema=escsync.schema.json
version: 1
timezone: UTC                              # the zone of your policy; an IANA name
company: Acme                              # as it stands in your messages to customers
people: people.yaml                        # who holds which role, and since when
ledger: sqlite:///escsync.db               # what escsync has seen, decided and done

trackers:
  notion:                                  # a name of your choosing; people.yaml refers to it under `ids:`
    adapter: notion
    mode: observe                          # off | observe | annotate | enforce
    connection:
      token: ${env:NOTION_TOKEN}           # of a connection with which the database is shared
      # version: "2026-03-11"              # of Notion's API; "2025-09-03" works, too
      # timeout: 60                        # seconds
    scope:                                 # which pages are executive escalations: all of one database
      database: https://app.notion.com/p/Escalations-0123456789abcdef0123456789abcdef
      # data_source: 01234567-89ab-cdef-0123-456789abcdef    # instead, where the database has several
      # page: https://app.notion.com/p/Support-0123456789abcdef0123456789abcdef     # or alone: `escsync provision --apply` makes it
      # key_property: escsync key          # a text property; marks the pages that escsync itself creates
    stages:                                # the process's stage -> the status, by name or id; the first is written
      intake: Not started
      investigation: Investigation
      solution_design: Solution design
      customer_update: Customer update
      resolution_pending: [Resolution pending, Waiting]
      closed: Done
      rejected: Rejected
      duplicate: Duplicate
    fields:                                # our field -> the property, by name or, better, by id: `escsync doctor` shows it
      # summary (the title) and stage (the one status property) need no entry
      owner: Owner                         # people
      description: Description             # text
      priority: Priority                   # select
      entry_point: Entry point             # select
      source_url: Source                   # url
      received_at: Received                # date with a time; or created_time
      account.name: Account name           # text; or Account.Name: a property of the page that a relation leads to
      account.tier: Tier                   # select
      account.arr: ARR                     # number
      account.currency: Currency           # text
      account.csm: CSM                     # people, or text with a name, e-mail or people id
      severity: Severity
      tone: Tone
      is_technical: Technical              # checkbox, or a select with yes and no
      checklist.history_reviewed: History reviewed       # checkbox, or a select with done, n/a and open
      checklist.csm_spoken: CSM spoken
      checklist.eng_product_consulted: Engineering consulted
      findings_summary: Findings           # text
      resolution_types: Resolution         # multi-select
      committed_at: Committed              # date with a time
      implemented_at: Implemented
      root_cause: Root cause               # select
      breakdown_point: Breakdown point
      follow_up.scheduled_for: Follow-up
      follow_up.outcome: Follow-up outcome
      # written by escsync, in mode annotate and enforce:
      due_at: Due                          # date; to the minute
      health: Health                       # select: ok, due_soon, breached
    options:                               # where an option has another name than ours
      account.tier: {enterprise: [Strategic, Enterprise]}
    communications:
      markers: {acknowledgement: "#ack", customer_update: "#update"}     # how a comment says that it records a message
"""
