"""The catalogue of finding codes: what each means, how bad it is, how to mend it, and which rule it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .findings import Finding, Severity

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: *sentence* is its meaning, *remedy* what to do, *rule* the numbers of the process rules.

    *subject* names what stands after the colon, "" where the code has no suffix.
    """

    code: str
    severity: Severity
    rule: str
    sentence: str
    remedy: str
    subject: str = ""


_ROWS: tuple[Entry, ...] = (
    # Scope and entry
    Entry("SCOPE_UNCLEAR", _I, "DEF-1", "Neither an account nor an entry point says whose complaint this is.", "Name the account and how it reached leadership, or move it to rejected with a reason."),
    Entry("COMPLETE_WITHOUT_OUTCOME", _W, "DEF-2", "The check-in is recorded, yet a timely resolution, a repaired relationship or a root cause is not evidenced.", "Record what is missing, or have the deadline waived by name and reason."),
    Entry("ENTRY_POINT_MISSING", _W, "DEF-3, ENT-7", "Nobody recorded how the complaint reached leadership.", "Choose the entry point."),
    Entry("ENTRY_EXEC_EMAIL", _I, "ENT-1", "A customer wrote to an executive directly.", "Nothing to do: the clocks run from this message."),
    Entry("EXEC_CC_UNFLAGGED", _W, "ENT-3", "A customer put an executive in copy on a ticket that is not flagged.", "Confirm or reject the candidate."),
    Entry("ESCALATION_LANGUAGE_FOUND", _I, "ENT-5b", "The customer's own words sound like an escalation; a proposal, never a verdict.", "Read the message and decide on tone and entry point."),
    Entry("THREAT_LANGUAGE", _I, "PRI-8", "The customer's own words sound like a threat to go public; a proposal, never a verdict.", "If it is a threat, set tone to threat_public: the immediate clock starts."),
    Entry("ENTRY_EVIDENCE_MISSING", _W, "ENT-7", "There is no link to the message or post it came from.", "Put the permalink or Message-ID into the source field."),
    Entry("POSSIBLE_DUPLICATE", _I, "ENT-8", "Another escalation of this account looks like the same complaint.", "Merge them if they are one; otherwise leave both."),
    Entry("DUPLICATE", _I, "ENT-8", "The same message or thread is already an escalation.", "Work on the survivor; the earliest clock counts."),
    Entry("NOT_LOGGED", _E, "INT-1", "The escalation is not in the dedicated tracker.", "Log it in the tracker's scope."),
    Entry("SCOPE_LEFT", _I, "X", "The ticket was moved out of the configured scope; it is followed until it is closed.", "Move it back, or close it where it is."),
    Entry("RECORD_VANISHED", _W, "X", "The tracker no longer shows this ticket: deleted, or out of our sight.", "Restore it or give access; it stays in the statistics either way."),
    Entry("STATUS_UNMAPPED", _W, "CLO-6", "The tracker's status maps to no stage.", "Add the status under stages: in the configuration.", "the status"),
    Entry("OPTION_UNMAPPED", _W, "X-2", "The tracker's option maps to no canonical value.", "Add it under options: in the configuration, or choose another option.", "the field"),
    Entry("VALUE_UNREADABLE", _W, "X-2", "The field's value cannot be understood.", "Correct it in the tracker.", "the field"),
    Entry("PERSON_UNKNOWN", _W, "INT-6", "Somebody is named whom people.yaml does not know.", "Add the person, or the native id, to people.yaml; `escsync doctor` proposes the line."),
    Entry("MESSAGE_DELETED", _I, "D25", "A message that counted as evidence was deleted; its evidence stays.", "Nothing to do."),
    Entry("MESSAGE_EDITED", _I, "D25", "A message was edited after it was first seen; only its first text counts.", "Send a further message if the edit was to mend it."),
    Entry("BACKDATED", _W, "D25", "An instant was typed, or claimed by a mail, that lies well before its record.", "Nothing can mend it; only the tracker's own record counts."),
    Entry("IDENTIFIED_LATER_IGNORED", _I, "D3", "A later identification was typed; the earlier evidence counts.", "Nothing to do: identification only ever moves earlier."),
    # Priority
    Entry("TIER_UNKNOWN", _W, "PRI-1", "The account's tier is not known.", "Fill in the tier in the tracker or in accounts.csv."),
    Entry("SEVERITY_UNKNOWN", _W, "PRI-2, PRI-3, PRI-4", "The severity is not known.", "Choose billing dispute, data issue, public outage, UX complaint or other."),
    Entry("ARR_MISSING", _W, "PRI-5", "The account's ARR, or its currency, is not known.", "Fill in both; without them the account is missing from ARR at risk."),
    Entry("EXPOSURE_UNRATED", _W, "PRI-6", "The complaint is public and its brand exposure is not rated.", "Rate the exposure: none, low, medium or high."),
    Entry("CHURN_SIGNAL", _I, "PRI-7", "A long-tenured customer escalates for the first time.", "Treat it as a churn signal; it raises the priority one level."),
    Entry("IMMEDIATE_RESPONSE_DUE", _W, "PRI-8", "The complaint is public, or threatened to be: a human answer is due at once.", "A Support Manager or Director answers personally now."),
    Entry("IMMEDIATE_RESPONSE_BREACHED", _E, "PRI-8", "A public complaint or threat was not answered in time.", "A Support Manager or Director answers personally now."),
    Entry("PRIORITY_DRIFT", _W, "PRI-9", "The tracker's priority differs from the computed one.", "Correct the priority, or record who overrides it and why."),
    # Acknowledgement
    Entry("ACK_DUE_SOON", _W, "ACK-1", "The personal acknowledgement is due soon.", "A Support Manager or Director acknowledges personally; `escsync draft ack` prepares the text."),
    Entry("ACK_BREACHED", _E, "ACK-1", "There was no qualifying acknowledgement in time.", "Acknowledge now: the update clock waits for it."),
    Entry("ACK_WRONG_ROLE", _W, "ACK-2", "The reply came from somebody who may not acknowledge; the clock did not stop.", "A Support Manager or Director acknowledges personally."),
    Entry("ACK_BY_TIER1", _I, "ACK-3", "A Tier 1 agent replied; the clock did not stop.", "A Support Manager or Director acknowledges personally."),
    Entry("FIRST_RESPONSE_IMPERSONAL", _W, "ACK-4", "The first response lacks the sender's name, title or company.", "Send one that has all three."),
    Entry("FIRST_RESPONSE_NO_ISSUE", _W, "ACK-5", "The first response does not take personal responsibility for the specific issue.", "Name the issue and take responsibility for it in person."),
    Entry("FIRST_RESPONSE_NO_COMMITMENT", _W, "ACK-6", "The first response does not commit personally to seeing it resolved.", "Say that you will personally ensure it is resolved."),
    Entry("TEMPLATE_PLACEHOLDER", _E, "ACK-5", "A template slot was left unfilled; the clock did not stop.", "Send the message again with every slot filled in."),
    Entry("AUTO_REPLY_ONLY", _W, "ACK-7", "Only automated messages reached the customer so far.", "A Support Manager or Director answers in person."),
    Entry("ACK_OWNER_MISMATCH", _W, "ACK-8", "Somebody else than the owner acknowledged, and no handover message names the owner.", "The acknowledger tells the customer who owns it now (marker #handover)."),
    # Intake and ownership
    Entry("FIELD_MISSING", _W, "INT-2, INT-3, INT-4, INT-5", "A required field is blank or holds a placeholder.", "Fill it in.", "the field"),
    Entry("OWNER_MISSING", _W, "INT-6", "Nobody owns it; an error once the acknowledgement is due.", "Assign one human owner."),
    Entry("OWNER_AMBIGUOUS", _E, "INT-6", "More than one person is named as owner.", "Leave exactly one name."),
    Entry("OWNER_IS_QUEUE", _E, "INT-7", "A queue, group, mailbox or bot is named as owner.", "Assign one human owner."),
    Entry("OWNER_CHURN", _E, "INT-8", "The owner changed more than twice.", "Settle on one owner and tell the customer."),
    Entry("OWNER_INACTIVE", _E, "INT-9", "The owner's account is deactivated.", "Assign another owner; the plan names the fallback where one is configured."),
    Entry("OWNER_ABSENT", _E, "INT-9", "The owner is away.", "Hand over to the fallback: `escsync handover`."),
    # Investigation
    Entry("INVESTIGATION_DUE_SOON", _W, "INV-1", "The investigation is due soon.", "Finish the checklist and write down the findings."),
    Entry("INVESTIGATION_BREACHED", _E, "INV-1", "The facts were not understood in time.", "Finish the checklist and write down the findings."),
    Entry("NO_CSM", _W, "INV-3", "The account has no CSM on record.", "Name the account's CSM in the tracker or in accounts.csv."),
    Entry("CHECKLIST_INCOMPLETE", _W, "INV-2, INV-3, INV-4", "An item of the investigation checklist is open.", "Do it and tick it; n/a needs a reason.", "the item"),
    Entry("FINDINGS_MISSING", _W, "INV-5", "The findings are not written down.", "Write what happened and why."),
    Entry("FINDINGS_NOT_BY_OWNER", _I, "INV-5", "Somebody else than the owner wrote the findings.", "The owner should confirm them."),
    Entry("UPDATE_BEFORE_INVESTIGATION", _E, "INV-6", "The customer was told something of substance before the facts were understood.", "Finish the investigation; then correct what was said."),
    # Solution
    Entry("DECISION_NOT_BY_OWNER", _W, "SOL-1", "Somebody else than the owner decided the resolution.", "The owner confirms or changes it."),
    Entry("RESOLUTION_TYPE_MISSING", _W, "SOL-2, SOL-3, SOL-4, SOL-5", "No resolution type is chosen.", "Choose engineering fix, billing credit, configuration change, policy exception or other."),
    Entry("RESOLUTION_LINK_MISSING", _W, "SOL-2, SOL-3, SOL-4, SOL-5", "A resolution has no counterpart on record.", "Add the engineering ticket, the credit's amount and currency, the change or the exception."),
    Entry("COUNTERPART_MISSING", _I, "SOL-6", "A cross-functional action names nobody on the other side.", "Name the counterpart in the resolution links."),
    Entry("EXCEPTION_WITHOUT_AUTHORITY", _E, "SOL-7", "A policy exception was granted without authority.", "Have somebody with the authority approve it."),
    Entry("AUTHORIZATION_NOT_REQUESTED", _W, "SOL-8", "Authority for the policy exception was not asked for in time.", "Ask for it now and record when."),
    Entry("AUTHORIZATION_PENDING", _W, "SOL-8", "Authority for the policy exception was asked for and not decided.", "Chase the authorizer."),
    # Update
    Entry("UPDATE_DUE_SOON", _W, "UPD-1", "The personal, full account is due soon.", "The owner sends it; `escsync draft update` prepares the text."),
    Entry("UPDATE_BREACHED", _E, "UPD-1", "The customer did not get the personal, full account in time.", "The owner sends it now."),
    Entry("UPDATE_LATE_VS_PLAN", _W, "UPD-1, D9", "The late acknowledgement moved the update beyond the plan.", "Acknowledge in time; the customer waited longer than intended."),
    Entry("UPDATE_NOT_BY_OWNER", _W, "UPD-2", "Somebody else than the owner updated the customer; the clock did not stop.", "The owner sends the full account."),
    Entry("UPDATE_INCOMPLETE", _W, "UPD-3, UPD-4, UPD-5", "The update lacks a part; the clock did not stop.", "Send what was understood, what will be done, and by which date.", "the part"),
    Entry("UPDATE_IMPERSONAL", _W, "UPD-6", "The update is not personal; the clock did not stop.", "Sign it with your own name and fill every slot."),
    Entry("COMMITMENT_DUE_SOON", _W, "UPD-7", "The date given to the customer is near.", "Implement by then, or tell the customer before it passes."),
    Entry("COMMITMENT_BREACHED", _E, "UPD-7", "The date given to the customer has passed.", "Tell the customer personally, with a new date."),
    Entry("COMMITMENT_MOVED_SILENTLY", _W, "UPD-7", "The committed date was moved and the customer was not told; the old date counts.", "Send a further personal update before the old date passes."),
    # Closure
    Entry("CLOSED_NOT_IMPLEMENTED", _E, "CLO-1", "It was closed before the resolution was implemented.", "Reopen it, or record when it was implemented."),
    Entry("CLOSURE_COMM_MISSING", _W, "CLO-2", "No personal message confirmed completion.", "Write to the customer personally; `escsync draft closure` prepares the text."),
    Entry("CLOSURE_COMM_EARLY", _W, "CLO-2", "Completion was announced before the resolution was implemented.", "Write again once it is in place."),
    Entry("CLOSURE_IMPERSONAL", _W, "CLO-2", "The closure message is not personal.", "Write again under your own name, every slot filled."),
    Entry("FOLLOW_UP_NOT_BY_CSM", _W, "CLO-3", "Somebody else than the account's CSM scheduled the check-in.", "The CSM takes it over."),
    Entry("FOLLOW_UP_NOT_SCHEDULED", _W, "CLO-4", "The check-in is not scheduled.", "The CSM schedules it within seven days of the closure message."),
    Entry("FOLLOW_UP_TOO_LATE", _W, "CLO-4", "The check-in is scheduled after the seventh day.", "The CSM moves it forward."),
    Entry("FOLLOW_UP_MISSED", _E, "CLO-4", "The check-in was not held in time.", "The CSM calls the customer now."),
    Entry("FOLLOW_UP_OUTCOME_MISSING", _W, "CLO-5", "The check-in's outcome is not recorded.", "Choose improved, not improved or unreachable."),
    Entry("NOT_IMPROVED", _W, "CLO-5", "The customer's experience has not improved.", "Reopen it, or open a new action."),
    Entry("STEP_SKIPPED", _W, "CLO-6", "The status went past a step whose duties are not done.", "Do them; the label alone proves nothing.", "the step"),
    Entry("ENFORCEMENT_DISPUTED", _W, "X-1", "escsync undid the closure once and a person closed it again.", "Settle it between people; escsync will not move it any more."),
    # Learning
    Entry("BREAKDOWN_UNCLASSIFIED", _W, "LRN-1", "It is closed and nobody recorded where it should have been resolved.", "Choose Tier 1, Tier 2, product or policy."),
    Entry("CLOSED_WITHOUT_ROOT_CAUSE", _E, "LRN-2", "It is closed without a root cause.", "Choose one of the six root causes."),
    Entry("ROOT_CAUSE_INVALID", _W, "LRN-3..8", "The root cause is none of the six.", "Choose one of the six, or map the option under options:."),
    Entry("ROOT_CAUSE_CHANGED_AFTER_CLOSE", _W, "LRN-9", "The root cause was changed after closure.", "Make sure that the change was meant; the figures follow it."),
    Entry("MONTHLY_REVIEW_OVERDUE", _E, "LRN-10", "The month's log was not reviewed in time.", "The VP of Support reviews it and records it."),
    Entry("REVIEW_WRONG_ROLE", _W, "LRN-10", "Somebody else than the VP of Support reviewed the log.", "The VP of Support reviews it."),
    Entry("SYSTEMIC", _W, "LRN-12", "Five or more escalations of one cause in a quarter are a systemic problem.", "Give it an action item with an owner of the right function.", "the cause"),
    Entry("SYSTEMIC_APPROACHING", _I, "LRN-12", "One more escalation of this cause makes it a systemic problem.", "Look at the cause now.", "the cause"),
    Entry("SYSTEMIC_STRADDLE", _I, "LRN-12, D18", "Five or more of one cause in any 92 days, across a quarter's border.", "Look at the cause; the process does not count it.", "the cause"),
    Entry("ACTION_MISSING", _E, "LRN-13", "A systemic problem has no action item.", "Create one with a named owner."),
    Entry("ACTION_OWNER_WRONG_FUNCTION", _W, "LRN-13", "The action's owner works in another function than the cause is routed to.", "Name an owner of the right function."),
    Entry("ACTION_OWNER_IS_TEAM", _W, "LRN-13", "A team owns the action.", "Name one person."),
    Entry("ROUTING_UNSPECIFIED", _W, "LRN-18, LRN-19, D19", "The process does not say who mends this cause.", "The VP of Support decides the routing."),
    Entry("PRIORITY_CONTEXT_MISSING", _W, "LRN-14", "Engineering did not get the count, ARR at risk and exposure with the action.", "Add them to the action."),
    Entry("QUARTERLY_PRESENTATION_OVERDUE", _E, "LRN-20", "The quarter was not presented in time.", "The VP of Support presents it to product and operations leadership."),
    Entry("AUDIENCE_INCOMPLETE", _E, "LRN-20", "Product or operations leadership did not hear the presentation.", "Present it to both."),
    Entry("ACTION_OVERDUE", _W, "LRN-24", "An action item is past its date.", "Finish it, or drop it with a reason."),
    Entry("ACTION_NO_EFFECT", _W, "LRN-24", "The cause did not become rarer after the action.", "Look again at the cause."),
    Entry("FX_RATE_MISSING", _W, "D24", "A currency has no rate in the table of the period.", "Add the rate under money.rates in the policy."),
)  # fmt: skip

CATALOGUE: Mapping[str, Entry] = {entry.code: entry for entry in _ROWS}


def finding(
    code: str, cycle: int, since: datetime, detail: str, *, severity: Severity | None = None, remedy: str = ""
) -> Finding:
    """A finding of this *code* (with its subject after a colon); the rest comes from the catalogue."""
    entry = CATALOGUE[code.partition(":")[0]]
    return Finding(code, severity or entry.severity, cycle, since, detail, remedy or entry.remedy)
