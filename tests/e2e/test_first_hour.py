"""From an empty tracker to an enforcing job with nothing but the commands, on every tracker."""

from __future__ import annotations

import re

import pytest
from e2e.house import House
from fakes.first_days import FIRST_DAYS, START


class Admin(House):
    """Somebody at a keyboard; edits files as people do."""

    def __init__(self, folder, day):
        super().__init__(folder)
        self.day = day
        self.environ = dict(day.environ)
        self.now = START

    def wait(self, hours):
        self.later(hours=hours)
        self.day.later(self.now)

    def mode(self, name):
        """escsync.yaml gets another `mode:`."""
        path = self.folder / "escsync.yaml"
        path.write_text(re.sub(r"mode: \w+", f"mode: {name}", path.read_text("utf-8")), "utf-8")

    def ok(self, *arguments):
        """A command that must end well."""
        answer = self(*arguments)
        assert answer.code == 0, f"{arguments}\n{answer.out}\n{answer.err}"
        return answer


@pytest.fixture(params=FIRST_DAYS)
def admin(request, tmp_path):
    with FIRST_DAYS[request.param](tmp_path) as day:
        day.later(START)
        yield Admin(tmp_path, day)


def test_an_empty_tracker_is_enforced_within_the_hour(admin):
    """init, provision, doctor, then observe, annotate and enforce: each does what it says, and no more."""
    day, told = admin.day, [f"--set={key}={value}" for key, value in admin.day.answers.items()]

    admin.ok("init", "--tracker", day.adapter, "--name", "support", *told)
    before = day.written
    lacking = admin.ok("provision", "--format", "json").json["trackers"]["support"]
    assert len(lacking["gaps"]) > 30
    assert day.written == before, "what is lacking is listed without a write"

    made = admin.ok("provision", "--apply", "--format", "json").json["trackers"]["support"]
    assert (len(made["made"]) > 30, made["errors"]) == (True, [])
    day.clicked()
    admin.ok("drift", "--accept")
    again = admin.ok("provision", "--apply", "--format", "json").json["trackers"]["support"]
    settled, before = (admin.folder / "escsync.yaml").read_text("utf-8"), day.written
    silent = admin.ok("provision", "--apply", "--format", "json").json["trackers"]["support"]
    assert (again["gaps"], silent["gaps"], silent["made"]) == ([], [], []), again
    assert (admin.folder / "escsync.yaml").read_text("utf-8") == settled
    assert day.written == before

    ticket = day.open("Invoices doubled after the migration")
    people = admin.folder / "people.yaml"
    admin.ok("doctor", "--people", people.with_name("proposed.yaml"))
    people.write_text(people.with_name("proposed.yaml").read_text("utf-8"), "utf-8")
    people.write_text(people.read_text("utf-8") + "\nfallback_owner: dana\n", "utf-8")
    assert f"ids: {{support: {day.person('dana')}}}" in people.read_text("utf-8").replace('"', "")
    assert admin.ok("doctor").out.splitlines()[-1].startswith("ready; next: ")

    before = day.written
    admin.ok("sync")
    (seen,) = admin.ok("list", "--format", "json").json["escalations"]
    assert "OWNER_MISSING" in {f["code"].partition(":")[0] for f in seen["findings"]} | {
        "OWNER_MISSING" for f in seen["findings"] if f["code"].startswith("OWNER_IS_QUEUE")
    }
    assert (day.said(ticket), day.owner(ticket), day.written) == ([], "", before), "observe writes nothing"

    admin.mode("annotate")
    admin.wait(1)
    admin.ok("sync")
    (note,) = day.said(ticket)
    assert "Dana" not in day.owner(ticket)
    assert day.owner(ticket) == "", "annotate assigns nobody"

    admin.mode("enforce")
    admin.wait(2)
    admin.ok("sync")
    assert day.owner(ticket) == day.person("dana")
    assert len(day.said(ticket)) == 1, "the note is one and lives on"
    assert day.said(ticket) != [note]

    before = day.written
    admin.ok("sync")
    assert day.written == before, "a pass with nothing to do writes nothing"
    assert admin.ok("drift").code == 0
