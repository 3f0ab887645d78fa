"""What `escsync init` writes for this tracker, below the head that all configurations share."""

TEMPLATE = """\
    adapter: csv
    mode: observe                          # off | observe | annotate | enforce
    connection:
      folder: tracker                      # tickets.csv, comments.csv, notes.csv and people.csv lie there
    scope:
      flag: escalation                     # the column that says yes for executive escalations
    stages:                                # our stages -> its statuses; the first of a list is the one written
      candidate: Candidate
      intake: Intake
      investigation: Investigation
      solution_design: Solution design
      customer_update: Customer update
      resolution_pending: Resolution pending
      closed: Closed
      rejected: Rejected
      duplicate: Duplicate
    # fields:                              # our field -> its column, where the column has another name
    #   account.name: customer
    #   health: health                     # fields that escsync keeps up to date, only where they stand here
"""
