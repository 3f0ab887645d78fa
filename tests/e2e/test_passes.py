"""Passes as a user runs them: plan, apply, sync, run, handover, and what they say."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time

import pytest
from e2e.house import NOW, PROGRAM, House

from escsync.cli.host import Bell

COUNTS = [
    "pulled", "seen", "assessed", "unreadable", "planned", "applied", "stale", "ignored", "refused", "failed",
    "api_calls",
]  # fmt: skip


@pytest.fixture
def house(tmp_path):
    """The demo's project: mode annotate, nothing synced yet."""
    return House(tmp_path).build()


def sync(house, *arguments):
    """One pass, its counts."""
    answer = house("sync", *arguments, "--format", "json")
    assert answer.code == 0, answer.err
    return answer.json["trackers"]["support"]


def test_a_pass_writes_and_a_second_one_is_silent(house):
    """The first annotates every open escalation; an unchanged tracker needs no write."""
    first, second = sync(house), sync(house)

    assert list(first) == [*COUNTS, "errors"]
    assert first["seen"] == first["assessed"] + first["unreadable"]
    assert first["planned"] == first["applied"] > 0
    assert (second["planned"], second["applied"]) == (0, 0)


def test_a_pass_says_what_it_did_in_a_line(house):
    """Text for a tired person; nothing on stderr."""
    answer = house("sync")

    (line,) = answer.out.splitlines()
    assert line.startswith("support: pulled ")
    assert "applied " in line
    assert line.endswith("calls)")
    assert not answer.err


def test_mode_observe_writes_nothing_and_withholds_everything(house):
    """The default mode: every change stands in withheld with its reason."""
    house.configure("mode: annotate", "mode: observe")

    plan = house("plan", "--format", "json").json
    counts = sync(house)

    assert plan["changes"] == []
    assert {held["reason"] for held in plan["withheld"]} == {"mode:observe"}
    assert counts["applied"] == counts["planned"] == 0
    assert "mode observe writes nothing" in house("plan").out


def test_a_plan_writes_nothing_and_says_why(house):
    """Each change field by field, old -> new, because of which finding."""
    told = house("plan")
    again = house("plan", "--format", "json").json

    assert told.code == 0
    assert " -> " in told.out
    assert "because " in told.out
    assert "internal note: written" in told.out
    assert "Nothing was written" in told.err
    assert again["changes"]
    assert all(change["id"] == f"support:{change['id'].partition(':')[2]}" for change in again["changes"])


def test_a_saved_plan_is_applied_exactly(house):
    """plan --out, apply FILE; applied twice, the second finds nothing left."""
    house("plan", "--out", house.folder / "p.json")
    planned = json.loads((house.folder / "p.json").read_text("utf-8"))
    edits = sum(len(change["edits"]) for change in planned["changes"])

    applied = house("apply", "p.json", "--format", "json")

    counts = applied.json["trackers"]["support"]
    assert applied.code == 0, applied.err
    assert (counts["planned"], counts["applied"]) == (edits, edits)
    assert sync(house)["planned"] == 0


def test_what_a_human_changed_meanwhile_is_left_alone(house):
    """A human's edit always wins over a plan made before it."""
    house.configure("mode: annotate", "mode: enforce")
    house("plan", "--out", house.folder / "p.json", "--max-share", 1)
    planned = json.loads((house.folder / "p.json").read_text("utf-8"))
    owned = next(
        change for change in planned["changes"] if any(edit["field"] == "owner" for edit in change["edits"])
    )
    house.later(minutes=1).tracker().set(owned["key"], {"owner": "mei"}, by="mei")

    answer = house.later(minutes=1)("apply", "p.json", "--max-share", 1, "--format", "json")

    assert answer.code == 0, answer.err
    assert answer.json["trackers"]["support"]["stale"] >= 1
    assert f"{owned['key']} owner: stale, somebody changed it since the plan; left alone" in answer.err
    shown = house("show", owned["key"], "--format", "json").json
    assert shown["owner"] == {"id": "mei", "name": "Mei Tan"}


def test_a_plan_grants_no_more_than_the_mode_of_today(house):
    """A plan made in mode annotate is not applied once the mode is observe."""
    house("plan", "--out", house.folder / "p.json")
    house.configure("mode: annotate", "mode: observe")

    answer = house("apply", "p.json")

    assert answer.code == 2
    assert "the plan needs mode: annotate, the configuration says mode: observe" in answer.err


def test_a_plan_for_an_unknown_tracker_is_refused(house):
    """The name of a tracker that is not configured."""
    house("plan", "--out", house.folder / "p.json")
    house.configure("  support:\n", "  suport:\n")

    answer = house("apply", "p.json")

    assert answer.code == 2
    assert "the tracker 'support' is not configured; did you mean 'suport'?" in answer.err


@pytest.mark.parametrize("content", ["", "{}", "people: []", '{"schema": 1, "changes": [{}]}'])
def test_a_file_that_is_no_plan_is_refused(house, content):
    """Wrong file: exit 2 with words."""
    (house.folder / "p.json").write_text(content, "utf-8")

    answer = house("apply", "p.json")

    assert answer.code == 2
    assert answer.err.startswith("escsync: p.json: ")


def test_a_limit_refuses_the_whole_plan_and_names_the_way_on(house):
    """Exit 3, nothing written, and the flag that would allow it."""
    refused = house("sync", "--max-writes", 1)
    allowed = house("sync", "--max-writes", 25)

    assert refused.code == 3
    assert "limits.max_writes is 1" in refused.err + refused.out
    assert "--max-writes" in refused.err + refused.out
    assert allowed.code == 0
    assert house("plan", "--max-writes", 0).code in (0, 3)


def test_a_refused_plan_names_no_next_step_that_would_be_refused_again(house):
    """The limit's own line says what to raise; a plan within the limits says how to go on."""
    refused = house("plan", "--max-writes", 1)
    planned = house("plan")

    assert "Next: " not in refused.err
    assert "--max-writes" in refused.err
    assert "Next: `escsync plan --out plan.json`" in planned.err


def test_an_empty_plan_says_that_nothing_is_to_be_done(house):
    """Silence would leave open whether anything was read."""
    house("sync")
    house("plan", "--out", "p.json")

    answer = house("apply", "p.json")

    assert answer.code == 0
    assert answer.out == "p.json: the plan holds no change; there is nothing to apply\n"


def test_a_plan_beyond_a_limit_withholds_everything_until_the_limit_is_raised(house):
    """Exit 3: nothing of it would be done (decision 8); `apply` with a higher limit does what was saved."""
    planned = house("plan", "--max-writes", 1, "--out", "p.json", "--format", "json")
    refused = house("apply", "p.json", "--max-writes", 1)
    applied = house("apply", "p.json", "--max-writes", 25, "--format", "json")

    assert (planned.code, refused.code, applied.code) == (3, 3, 0)
    assert planned.json["changes"] == []
    reasons = [held["reason"] for held in planned.json["withheld"]]
    assert applied.json["trackers"]["support"]["applied"] >= reasons.count("limit:max_writes") > 1


def test_the_past_is_looked_at_but_not_synced(house):
    """--at before the last pass: exit 2 for sync, a read-only look back for list and show."""
    sync(house)
    earlier = "2026-03-01T00:00:00Z"

    back = house("sync", "--at", earlier)
    look = house("list", "--at", earlier, "--format", "json")

    assert back.code == 2
    assert "before the last pass" in back.err
    assert look.code == 0
    assert len(look.json["escalations"]) < len(house("list", "--format", "json").json["escalations"])


def test_findings_make_it_exit_1_only_when_asked(house):
    """--fail-on error, else 0."""
    assert house("sync").code == 0
    assert house("sync", "--fail-on", "error").code == 1
    assert house("list", "--fail-on", "error").code == 1
    assert house("list").code == 0


def test_one_tracker_that_is_gone_stops_no_other(house):
    """Exit 6; the other tracker's pass is done and reported."""
    text = (house.folder / "escsync.yaml").read_text("utf-8")
    section = text[text.index("  support:\n") :]
    lost = section.replace("  support:", "  away:").replace("path: tracker.db", "path: nowhere/tracker.db")
    (house.folder / "escsync.yaml").write_text(text + lost, "utf-8")

    answer = house("sync", "--format", "json")

    assert answer.code == 6
    assert answer.json["trackers"]["support"]["applied"] > 0
    (error,) = answer.json["trackers"]["away"]["errors"]
    assert list(error) == ["id", "key", "code", "message", "remedy"]
    assert house("sync", "--tracker", "support").code == 0


def test_a_key_on_two_trackers_is_ambiguous(house):
    """Exit 2 with the candidates; the id says which."""
    shutil.copy(house.folder / "tracker.db", house.folder / "other.db")
    text = (house.folder / "escsync.yaml").read_text("utf-8")
    section = text[text.index("  support:\n") :]
    other = section.replace("  support:", "  other:").replace("path: tracker.db", "path: other.db")
    (house.folder / "escsync.yaml").write_text(text + other, "utf-8")
    assert house("sync").code == 0

    answer = house("show", "ESC-10")

    assert answer.code == 2
    assert "support:10 ESC-10" in answer.err
    assert "other:10 ESC-10" in answer.err
    assert house("show", "other:10", "--format", "json").json["tracker"] == "other"
    assert house("show", "ESC-10", "--tracker", "support", "--format", "json").json["tracker"] == "support"
    assert {one["tracker"] for one in house("list", "--format", "json").json["escalations"]} == {
        "support",
        "other",
    }


def test_duplicates_leave_the_list_after_a_quarter(house):
    """Decision 74: rejected ones and duplicates older than 92 days are not listed; show still finds them."""
    sync(house)
    before = house("list", "--stage", "duplicate", "--format", "json").json["escalations"]

    house.later(days=100)

    assert len(before) == 1
    assert house("list", "--stage", "duplicate", "--format", "json").json["escalations"] == []
    assert house("show", before[0]["id"]).code == 0


def test_a_pass_that_is_interrupted_is_130_and_can_be_repeated(house):
    """Ctrl-C in the middle: the lease is given back, and the next pass goes on."""

    def interrupted(*_):
        raise KeyboardInterrupt

    sync(house)
    stopped = house("sync", host=house.host(monotonic=interrupted))

    assert stopped.code == 130
    assert "interrupted" in stopped.err
    assert house("sync").code == 0


def test_two_passes_at_once_are_refused(house):
    """Exit 7, and who holds the lease."""
    from escsync.ledger import Ledger

    sync(house)
    with Ledger.open(f"sqlite:///{house.folder / 'escsync.db'}") as ledger, ledger.lease("support", "other"):
        answer = house("sync")

    assert answer.code == 7
    assert "another pass" in answer.err


def test_a_tracker_that_another_pass_works_on_holds_up_no_other(house):
    """The others have their pass; the exit code says that one was left out."""
    from escsync.ledger import Ledger

    whole = (house.folder / "escsync.yaml").read_text("utf-8")
    section = whole[whole.index("  support:\n") :]
    house.configure("trackers:\n", f"trackers:\n{section.replace('support:', 'other:', 1)}\n")
    with Ledger.open(f"sqlite:///{house.folder / 'escsync.db'}") as ledger, ledger.lease("support", "busy"):
        answer = house("sync", "--format", "json", "--max-writes", "100", "--max-share", "1")

    told = answer.json["trackers"]
    assert answer.code == 7
    assert [error["code"] for error in told["support"]["errors"]] == ["HELD"]
    assert (told["other"]["seen"] > 0, told["support"]["seen"]) == (True, 0)


@pytest.mark.parametrize(("behind", "code"), [(5, 7), (3600, 2)])
def test_a_pass_that_began_when_another_did_gives_way_to_it(house, behind, code):
    """Two jobs in the same minute: the slower one has nothing to do; a clock set back is a mistake, and said."""
    sync(house)

    answer = house.later(seconds=-behind)("sync")

    assert answer.code == code
    assert ("quicker" in answer.err + answer.out) == (code == 7)


def test_a_handover_is_one_owner_change_and_restarts_no_clock(house):
    """By a human's order, whatever the mode; and the message to the customer is not forgotten."""
    house.configure("mode: annotate", "mode: observe")
    sync(house)
    before = next(
        one
        for one in house("list", "--open", "--format", "json").json["escalations"]
        if one["owner"] and one["owner"]["id"] == "dana" and one["stage"] == "investigation"
    )

    answer = house.later(minutes=1)("handover", before["key"], "--to", "Lena Fox", "--reason", "leave")

    assert answer.code == 0, answer.err
    assert "applied 1" in answer.out
    assert "now owned by Lena Fox (leave). No clock restarts." in answer.err
    assert "#handover" in answer.err
    after = house("show", before["id"], "--format", "json").json
    assert after["owner"]["id"] == "lena"
    assert {c["name"]: c["due_at"] for c in after["clocks"]}.items() >= {
        c["name"]: c["due_at"] for c in before["clocks"] if c["name"] in ("ack", "investigation")
    }.items()
    again = house("handover", before["key"], "--to", "lena")
    assert "owns it already" in again.out


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("nobody", "people.yaml knows nobody of this name"),
        ("escalations", "an owner is an active human being"),
    ],
)
def test_a_handover_to_nobody_is_refused(house, to, said):
    """A queue owns nothing."""
    sync(house)
    key = house("list", "--open", "--format", "json").json["escalations"][0]["key"]

    answer = house("handover", key, "--to", to)

    assert answer.code == 2
    assert said in answer.err


def test_run_goes_on_until_it_is_told_to_stop(house):
    """A line per pass; it wakes for the next deadline, and ends cleanly."""
    bell, waits = Bell(), []

    class Watched(Bell):
        rung = property(lambda self: bell.rung)

        def wait(self, seconds):
            waits.append(seconds)
            house.later(seconds=seconds)
            if len(waits) == 3:
                bell.ring()

    answer = house("run", "--every", "2h", host=house.host(bell=Watched()))

    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"{NOW:%Y-%m-%dT%H:%M:%SZ} support: pulled ")
    assert all(1 <= seconds <= 7200 for seconds in waits)
    assert min(waits) < 7200
    assert "ended cleanly" in answer.err


def test_run_survives_a_clock_that_is_set_back(house):
    """The ledger refuses such a pass; the watch says so and goes on when the clock is right again."""
    hours = iter([-1, 2])
    bell = Bell()

    class Watched(Bell):
        rung = property(lambda self: bell.rung)

        def wait(self, seconds):
            house.later(hours=next(hours, 0))
            if next(passes, None) is None:
                bell.ring()

    passes = iter([1, 2])
    answer = house("run", host=house.host(bell=Watched()))

    assert answer.code == 0
    assert len(answer.out.splitlines()) == 2
    assert answer.err.count("before the last pass") == 1


def test_run_survives_a_tracker_that_goes_away(house):
    """What fails is said and tried again; SIGTERM still ends it with 0."""
    bell = Bell()

    class Watched(Bell):
        rung = property(lambda self: bell.rung)

        def wait(self, seconds):
            if (house.folder / "tracker.db").exists():
                (house.folder / "tracker.db").rename(house.folder / "gone.db")
                (house.folder / "tracker.db").write_text("no tracker", "utf-8")
            else:
                bell.ring()
            house.later(seconds=60)
            if "no tracker" in (house.folder / "tracker.db").read_text("utf-8", errors="replace") and waits:
                bell.ring()
            waits.append(seconds)

    waits = []
    answer = house("run", host=house.host(bell=Watched()))

    assert answer.code == 0
    assert "failed as a whole" in answer.err


def test_a_signal_is_heard_whenever_it_comes():
    """Right before a wait, at its beginning or within it: no stroke is lost, and none waits for itself."""
    heard = []
    for microseconds in range(5, 205):
        bell = Bell()
        with bell.on_signals():
            before = signal.signal(signal.SIGALRM, lambda *about, bell=bell: bell.ring())
            signal.setitimer(signal.ITIMER_REAL, microseconds / 1_000_000)
            bell.wait(30)
            heard.append(bell.rung)
            signal.signal(signal.SIGALRM, before)

    assert heard == [True] * 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_run_cleanly(house, number):
    """The running pass ends first; exit 0."""
    process = subprocess.Popen(
        [PROGRAM, "run", "--every", "1h"],
        cwd=house.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    guard = threading.Timer(60, process.kill)
    guard.start()
    try:
        line = process.stdout.readline()
        time.sleep(0)  # the first pass is reported; now it rests
        process.send_signal(number)
        _, err = process.communicate()
    finally:
        guard.cancel()

    assert "support: pulled" in line
    assert process.returncode == 0, err
    assert "ended cleanly" in err
