"""What `escsync init --tracker local` writes."""

TEMPLATE = """\
# yaml-language-server: $schema=escsync.schema.json
version: 1
timezone: UTC                           # the zone of your policy; an IANA name
company: Acme                           # as it stands in your messages to customers
people: people.yaml                     # who holds which role, and since when
ledger: sqlite:///escsync.db            # what escsync has seen, decided and done

trackers:
  local:                                # a name of your choosing; people.yaml refers to it under `ids:`
    adapter: local
    mode: observe                       # off | observe | annotate | enforce
    connection:
      path: tracker.db                  # the tracker: one SQLite file, made on first use
    stages:                             # our stages -> its statuses; the first of a list is the one written
      candidate: Candidate
      intake: Intake
      investigation: Investigation
      solution_design: Solution design
      customer_update: Customer update
      resolution_pending: Resolution pending
      closed: Closed
      rejected: Rejected
      duplicate: Duplicate
    # fields:                           # every field may be named as escsync names it; here stand the others
    #   owner: [owner, co_owner]        # all people named in these together are the owner
    #   account.name: customer
    #   due_at: due                     # fields that escsync itself keeps up to date, only where they stand here
    #   health: health
    #   computed_priority: computed_priority
    # options:                          # only where an option is not named as escsync names it
    #   severity: {billing_dispute: Invoice wrong}
    # communications:
    #   markers: {acknowledgement: "#ack"}
"""
