"""The configuration that `escsync init --tracker jira` writes."""

TEMPLATE = """\
# yaml-language-server: $schema=escsync.schema.json
version: 1
timezone: UTC                              # the zone of your policy; an IANA name
company: Acme                              # as it stands in your messages to customers
people: people.yaml                        # who holds which role, and since when
ledger: sqlite:///escsync.db               # what escsync has seen, decided and done

trackers:
  jira:                                    # a name of your choosing; people.yaml refers to it under `ids:`
    adapter: jira
    mode: observe                          # off | observe | annotate | enforce
    connection:
      url: https://acme.atlassian.net      # Data Center: https://jira.acme.example/context
      email: escsync@acme.example          # Cloud: the account that the token belongs to
      token: ${env:JIRA_TOKEN}             # Cloud: API token. Data Center: personal access token, without email
      # username: escsync                  # Data Center without tokens
      # password: ${env:JIRA_PASSWORD}
      # timeout: 30                        # seconds
      # verify: company-ca.pem             # your own certificate authority
    scope:                                 # which tickets are executive escalations; all must hold
      project: EXEC
      issue_type: Escalation
      # labels: [executive-escalation]     # a label added later dates the identification
      # jql: '"Source" = "Leadership"'
    stages:                                # the process's stage -> the status, by name or id; the first is written
      intake: Open
      investigation: In Progress
      solution_design: Solution Design
      customer_update: Customer Update
      resolution_pending: [Resolution Pending, Waiting]
      closed: Done
      rejected: Rejected
      duplicate: Duplicate
    fields:                                # our field -> the field, by id (best) or by a name that only one field has;
      # `escsync provision` says which are missing, and with --apply makes them and writes their ids here
      # summary, description, owner (assignee), stage (status) and priority need no entry
      # owner: [assignee, customfield_10050]            # with a co-owner field
      entry_point: customfield_10010       # select
      account.name: customfield_10011      # text
      account.tier: customfield_10012      # select
      account.arr: customfield_10013       # number
      account.currency: customfield_10014  # text
      account.csm: customfield_10015       # user, or text with a name, e-mail or people id
      severity: customfield_10020
      tone: customfield_10021
      checklist.history_reviewed: customfield_10030#History reviewed    # one box of a checkbox field
      checklist.csm_spoken: customfield_10030#CSM spoken
      checklist.eng_product_consulted: customfield_10030#Engineering consulted
      findings_summary: customfield_10031  # paragraph
      resolution_types: customfield_10032  # select, several choices
      committed_at: customfield_10033      # date and time
      implemented_at: customfield_10034
      root_cause: customfield_10040
      breakdown_point: customfield_10041
      follow_up.scheduled_for: customfield_10042
      follow_up.outcome: customfield_10043
      # written by escsync, in mode annotate and enforce:
      due_at: customfield_10060            # date and time; a plain date field shows the day only
      health: customfield_10061            # select: ok, due_soon, breached
    options:                               # where an option has another name than ours
      account.tier: {enterprise: [Strategic, Enterprise]}
    communications:
      native: true                         # Jira Service Management: public comments are messages
      # markers: {acknowledgement: "#ack", customer_update: "#update"}
"""
