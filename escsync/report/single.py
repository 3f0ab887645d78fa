"""One escalation in words: `show` tells its story, `explain` its deadlines' arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from rich.text import Text

from escsync.domain.assessment import Assessment, Clock, TimelineEntry
from escsync.domain.duration import spoken
from escsync.domain.effect import Effect, EffectState
from escsync.domain.findings import Finding
from escsync.report import words
from escsync.report.display import shown

_VERDICTS = {"met": "green", "breached": "bold red", "running": "yellow"}
_RESULTS = {
    EffectState.DONE: "green",
    EffectState.DOUBT: "yellow",
    EffectState.FAILED: "red",
    EffectState.REJECTED: "red",
}
_LONG = 300
"""Characters of a text from a tracker that are shown; JSON has all of it."""


def story(found: Assessment, zone: ZoneInfo, writes: Sequence[Effect] = ()) -> Iterator[Text]:
    """Everything known of *found*: its facts, deadlines, findings and timeline, and what escsync wrote to it."""
    yield Text(f"{shown(found.key)}  {shown(found.summary, 160)}", style="bold")
    yield from (Text(f"  {name:<16}{value}") for name, value in _facts(found, zone) if value)
    derived = any(clock.source != "process" for clock in found.clocks)
    yield Text("Deadlines", style="bold").append(
        "  (* derived: not a number of the process itself)" if derived else "", style="not bold"
    )
    for clock in found.clocks:
        yield _clock_line(clock, found, zone)
    if not found.clocks:
        yield Text("  none yet")
    yield Text("Findings", style="bold")
    for finding in sorted(found.findings, key=lambda f: (-f.cycle, f.severity.rank, f.since, f.code)):
        yield from _finding(finding, found.cycle, zone)
    if not found.findings:
        yield Text("  none: it is as the process wants it", style="green")
    yield Text("Timeline", style="bold")
    for entry in found.timeline:
        yield Text(f"  {_entry(entry, zone)}")
    if writes:
        yield Text("Writes", style="bold").append("  (values as hashes: old -> new)", style="not bold")
    yield from _writes(writes, zone)


def reckoning(found: Assessment, clocks: Iterable[Clock], zone: ZoneInfo) -> Iterator[Text]:
    """The arithmetic of *clocks*: what started each, what was counted, when it was due, what stopped it."""
    yield Text(f"{shown(found.key)}  {shown(found.summary, 160)}", style="bold")
    yield Text(f"as of {words.when(found.now, zone)}")
    for clock in clocks:
        derived = (
            "" if clock.source == "process" else f" ({clock.source}: not a number of the process itself)"
        )
        yield Text("")
        yield Text(f"{words.clock_name(clock)} [{clock.name}]{derived}", style="bold")
        yield Text(f"  started   {words.when(clock.anchor_at, zone)}  {shown(clock.anchor)}")
        for part in clock.segments:
            kind = "counted" if part.counted else "skipped"
            yield Text(
                f"  {kind}   {words.when(part.start, zone)} to {words.when(part.end, zone)}  "
                f"{spoken(part.end - part.start)}{'  ' + shown(part.why) if part.why else ''}"
            )
        yield Text(f"  due       {words.when(clock.due_at, zone)}")
        if clock.met_at is not None:
            yield Text(f"  met       {words.when(clock.met_at, zone)}{_proof(clock)}")
        elif clock.evidence:
            yield Text(f"  evidence  {shown(clock.evidence)}")
        verdict = Text("  verdict   ")
        verdict.append(words.judgement(clock, found.now), style=_VERDICTS.get(clock.verdict.value, ""))
        told = (
            not clock.detail
            or clock.detail.startswith(("overdue by", "late by"))
            or clock.detail.endswith("to spare")
        )
        yield verdict.append("" if told else f"  {shown(clock.detail)}")
        yield Text(f"  policy    {clock.policy_version or found.policy_version}")


def _facts(found: Assessment, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    account, csm = found.account, found.account.csm
    yield "id", shown(found.id)
    yield "link", shown(found.url)
    yield "continues", shown(found.linked or "")
    yield (
        "account",
        ", ".join(
            part
            for part in (
                shown(account.name or account.id or "unknown", 80),
                shown(account.tier or "tier unknown"),
                str(account.arr) if account.arr else "ARR unknown",
                f"customer since {shown(account.customer_since)}" if account.customer_since else "",
                f"CSM {shown(csm.name, 60)}" if csm else "no CSM known",
            )
            if part
        ),
    )
    yield "stage", f"{words.step(found.stage)} (tracker: {shown(found.tracker_status, 80) or 'no status'})"
    yield "cycle", str(found.cycle) if found.cycle > 1 else ""
    yield (
        "priority",
        f"{found.priority} ({', '.join(map(shown, found.priority_reasons)) or 'no special reason'})",
    )
    yield "churn signal", "yes" if found.churn_signal else ""
    yield "owner", words.owner(found)
    yield "without owner", spoken_minutes(found.ownership_gap_minutes)
    yield "entry point", shown(found.entry_point or "unknown", 80)
    yield "received", words.when(found.received_at, zone) if found.received_at else ""
    yield "identified", words.when(found.identified_at, zone)
    yield "closed", words.when(found.closed_at, zone) if found.closed_at else ""
    yield "root cause", shown(found.root_cause or "", 80)
    yield "policy", found.policy_version
    yield "as of", words.when(found.now, zone)


def spoken_minutes(minutes: int) -> str:
    """`80 min`, "" for none."""
    return f"{minutes} min so far" if minutes else ""


def _clock_line(clock: Clock, found: Assessment, zone: ZoneInfo) -> Text:
    name = words.clock_name(clock) + ("" if clock.source == "process" else " *")
    line = Text(f"  {name:<26}due {words.when(clock.due_at, zone)}  ")
    return line.append(words.judgement(clock, found.now), style=_VERDICTS.get(clock.verdict.value, ""))


def _finding(finding: Finding, cycle: int, zone: ZoneInfo) -> Iterator[Text]:
    line = Text(f"  {finding.severity.value:<8}", style=words.STYLES[finding.severity.value])
    earlier = "" if finding.cycle == cycle else f" (cycle {finding.cycle})"
    line.append(f"{shown(finding.code)}{earlier}", style="bold")
    yield line.append(f" since {words.when(finding.since, zone)}", style="not bold default")
    yield Text(f"          {shown(finding.detail, _LONG)}")
    if finding.remedy:
        yield Text(f"          -> {shown(finding.remedy)}")


def _entry(entry: TimelineEntry, zone: ZoneInfo) -> str:
    until = f" until {words.when(entry.until, zone)}" if entry.until else ""
    actor = f" by {shown(entry.actor, 60)}" if entry.actor else ""
    grade = "" if entry.grade.value == "A" else f" [grade {entry.grade.value}]"
    return f"{words.when(entry.at, zone)}{until}  {shown(entry.kind)}: {shown(entry.detail, _LONG)}{actor}{grade}"


def _writes(effects: Sequence[Effect], zone: ZoneInfo) -> Iterator[Text]:
    """What each pass did, what asked for it and what became of it; no value in clear."""
    for (passed, policy, because), some in groupby(effects, lambda e: (e.pass_id, e.policy, e.because)):
        done = list(some)
        when = words.when(done[0].at, zone) if done[0].at else "?"
        yield Text(f"  {when}  pass {shown(passed)}, policy {policy}")
        yield Text(f"    because {' '.join(map(shown, because)) or 'of no finding: our own fields and note'}")
        yield from map(_write, done)


def _write(effect: Effect) -> Text:
    made = f" {shown(effect.remote_id, 60)}" if effect.remote_id else ""
    error = f" ({shown(effect.error, 60)})" if effect.error else ""
    again = f", attempt {effect.attempt}" if effect.attempt > 1 else ""
    return (
        Text(f"    {shown(effect.purpose.step)}{made}: ")
        .append(f"{effect.state.value}{error}", style=_RESULTS.get(effect.state, ""))
        .append(f"  {effect.old[:8]} -> {effect.new[:8]}{again}")
    )


def _proof(clock: Clock) -> str:
    grade = f" [grade {clock.grade.value}]" if clock.grade else ""
    return f"  {shown(clock.evidence)}{grade}" if clock.evidence else grade
