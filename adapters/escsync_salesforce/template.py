"""The configuration that `escsync init --tracker salesforce` writes."""

TEMPLATE = """\
# yaml-language-server: $schema=escsync.schema.json
version: 1
timezone: UTC                              # the zone of your policy; an IANA name
company: Acme                              # as it stands in your messages to customers
people: people.yaml                        # who holds which role, and since when
ledger: sqlite:///escsync.db               # what escsync has seen, decided and done

trackers:
  salesforce:                              # a name of your choosing; people.yaml refers to it under `ids:`
    adapter: salesforce
    mode: observe                          # off | observe | annotate | enforce
    connection:
      url: https://acme.my.salesforce.com  # Setup > My Domain; sandbox: https://acme--uat.sandbox.my.salesforce.com
      client_id: ${env:SALESFORCE_CLIENT_ID}          # the consumer key of an External Client App
      client_secret: ${env:SALESFORCE_CLIENT_SECRET}  # client credentials; the app's Run As user is escsync's account
      # username: escsync@acme.example     # JWT bearer, in place of client_secret
      # private_key: ${file:escsync.key}
      # api_version: "66.0"
      # timeout: 60                        # seconds
      # verify: company-ca.pem             # your own certificate authority
    scope:                                 # which cases are executive escalations; all must hold
      record_type: Executive_Escalation    # developer name or id
      # flag: IsEscalated                  # a checkbox; with its history tracked, ticking it dates the identification
      # where: "Origin = 'Executive'"      # SOQL, as after WHERE
    stages:                                # the process's stage -> the status, by API name or label; the first is written
      intake: New
      investigation: Working
      solution_design: Solution Design
      customer_update: Customer Update
      resolution_pending: [Resolution Pending, On Hold]
      closed: Closed
      rejected: Rejected
      duplicate: Duplicate
    fields:                                # our field -> the field of Case, by API name (best) or by a unique label
      # summary (Subject), description, owner (OwnerId), stage (Status), priority, account.name and contact.name need no entry
      # owner: [OwnerId, Co_Owner__c]      # with a co-owner lookup
      entry_point: Entry_Point__c          # picklist
      account.id: AccountId
      account.tier: Account.Tier__c        # a path reads from the account; it is never written
      account.arr: Account.ARR__c          # not AnnualRevenue, which is the customer's own
      account.currency: Account.CurrencyIsoCode
      account.csm: Account.CSM__r.Id
      severity: Severity__c
      tone: Tone__c
      checklist.history_reviewed: History_Reviewed__c     # checkbox, or picklist with done, na, open
      checklist.csm_spoken: CSM_Spoken__c
      checklist.eng_product_consulted: Engineering_Consulted__c
      findings_summary: Findings__c        # long text: no history tells its changes, so they are known to the poll only
      resolution_types: Resolution_Types__c               # multi-select picklist
      committed_at: Committed_At__c        # date and time
      implemented_at: Implemented_At__c
      root_cause: Root_Cause__c
      breakdown_point: Breakdown_Point__c
      follow_up.scheduled_for: Follow_Up_At__c
      follow_up.outcome: Follow_Up_Outcome__c
      # written by escsync, in mode annotate and enforce:
      due_at: Escsync_Due__c               # date and time
      health: Escsync_Health__c            # picklist: ok, due_soon, breached
    options:                               # where an option has another name than ours
      account.tier: {enterprise: [Strategic, Enterprise]}
    # follow_up: {native: task}          # tasks and events called "follow-up" tell the check-in, where it is not mapped
    communications:
      native: true                         # sent mails and published comments are messages
      # markers: {acknowledgement: "#ack", customer_update: "#update"}
"""
