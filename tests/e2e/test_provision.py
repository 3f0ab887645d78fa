"""provision and deprovision as an admin runs them: a list first, then what was listed and nothing else."""

import io
import sys

import pytest
from e2e.house import NOW, House
from e2e.office import Office, lines
from escsync_local.admin import Admin, StatusRow
from escsync_local.tracker import LocalTracker

from escsync.adapter import Denied, FieldKind, Unavailable
from escsync.cli.everywhere import Options
from escsync.cli.provisioning.pen import Pen, brief
from escsync.cli.session import Session
from escsync.ledger import Ledger
from escsync.offers import Provided
from escsync.setup.editing.writeback import written


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.tracker.close()


def test_a_list_changes_nothing_and_says_what_comes_next(office):
    """One line per gap: what it is for, what would be made, what is only to be mapped, and what a person must click."""
    office.tracker.column("Tone", FieldKind.CHOICE)
    office.tracker.unmakeable.add("health")
    before = office.text, office.names

    answer = office("provision")

    assert answer.code == 0, answer.err
    assert answer.out.splitlines() == [
        'MAKE   support: fields.severity: options of "Severity": Data issue, Public outage, UX complaint, Other, Unknown',
        'FOUND  support: fields.tone: the field "Tone" (f2)',
        'MAKE   support: fields.root_cause: the choice field "Root cause"',
        'MAKE   support: fields.due_at: the instant field "Next deadline"',
        'HAND   support: fields.health: the field "Escalation health" -> Admin > Fields > New: name it "Escalation health"',
        "support: 3 to make, 1 found, 1 to do by hand",
        "Nothing was changed. Next: `escsync provision --apply`, then `escsync doctor`.",
    ]
    assert (office.text, office.names) == before


def test_what_is_made_stands_in_the_configuration(office):
    """Every id is written under `fields:`, every comment stays, and the second run finds nothing to do."""
    before = office.text

    applied = office("provision", "--apply")
    again = office("provision", "--apply")

    assert applied.code == 0, applied.err
    assert applied.err == f"{office.path}: written\n"
    assert lines(applied)[-2:] == ["support: 5 done", "Next: `escsync doctor`."]
    assert office.text == before + (
        '      tone: f2                 # escsync: choice field "Tone"\n'
        '      root_cause: f3           # escsync: choice field "Root cause"\n'
        '      due_at: f4               # escsync: instant field "Next deadline"\n'
        '      health: f5               # escsync: choice field "Escalation health"\n'
    )
    assert again.out == "support: nothing is missing\nNext: `escsync doctor`.\n"
    assert office.names == ["Escalation health", "Next deadline", "Root cause", "Severity", "Tone"]
    assert len(office.tracker.columns["f1"].options) == 7


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("property 'Priority' (select: P0, P1, P2)", "property 'Priority' (select)"),
        ('ARR__c "ARR", Number(16, 2), history kept', 'ARR__c "ARR", Number(16, 2)'),
        (
            "a field 'Entry point', Select list (single choice), on 2 screens",
            "field 'Entry point', Select list (single choice)",
        ),
        ("the field 'a\n# b: \u202e\x1b[31m'", "field 'a # b: [31m'"),
        ("a field '" + "x, (" * 9000, "field 'x, (x"),
    ],
)
def test_the_words_beside_an_id_are_its_name_and_its_type(what, told):
    """One short line, harmless whatever the tracker calls its things."""
    assert brief(what) == told


def test_the_document_has_the_same_shape_everywhere(office):
    """--format json: gaps, what was made with its settings, and errors, per tracker."""
    office.tracker.denied.add("tone")

    listed = office("provision", "--field", "tone", "--format", "json").json
    made = office("provision", "--apply", "--field", "tone", "--field", "due_at", "--format", "json")

    gap = {
        "id": "tone",
        "subject": "fields.tone",
        "what": 'the choice field "Tone"',
        "by_hand": "",
        "found": False,
    }
    assert listed == {
        "schema": 1,
        "applied": False,
        "trackers": {"support": {"gaps": [gap], "made": [], "errors": []}},
    }
    assert made.code == 5
    support = made.json["trackers"]["support"]
    assert [g["id"] for g in support["gaps"]] == ["tone", "due_at"]
    assert support["made"] == [
        {
            "id": "f2",
            "kind": "field",
            "what": 'the instant field "Next deadline"',
            "settings": {"fields.due_at": "f2"},
            "kept": "",
        }
    ]
    (error,) = support["errors"]
    assert (error["id"], error["subject"]) == ("tone", "fields.tone")
    assert error["message"]
    assert error["remedy"]


def test_one_field_may_be_asked_for(office):
    """Whatever is left out otherwise; an unknown one is said with the one that was meant."""
    asked = office("provision", "--field", "account.tier")
    wrong = office("provision", "--field", "acount.tier")

    assert lines(asked)[0].startswith("fields.account.tier: ")
    assert lines(asked)[1] == "support: 1 to make"
    assert wrong.code == 2
    assert "did you mean 'account.tier'?" in wrong.err


def test_one_failure_stops_no_other(office):
    """A right that lacks is said with its remedy; everything else is made, and a later run makes the rest."""
    office.tracker.denied.update({"tone", "root_cause"})

    first = office("provision", "--apply")
    office.tracker.denied.clear()
    second = office("provision", "--apply")

    assert first.code == 5
    assert [line for line in lines(first) if "may not" in line] == [
        "fields.tone: escsync may not make fields here -> grant it: Admin > Rights > Make fields",
        "fields.root_cause: escsync may not make fields here",
    ]
    assert lines(first)[-1] == "support: 3 done, 2 failed"
    assert (second.code, lines(second)[-2]) == (0, "support: 2 done")
    assert office("provision").out.startswith("support: nothing is missing")


@pytest.mark.parametrize(
    ("looks", "code", "untried"), [(0, 6, ""), (2, 5, "the rest: 3 more were not tried")]
)
def test_a_tracker_that_goes_away_ends_its_own_work_only(office, looks, code, untried):
    """What was made until then is written down; the rest is not tried, and the next run goes on."""
    left = [looks]

    def hook(operation, when):
        if (operation, when) == ("look", "before"):
            left[0] -= 1
            if left[0] < 0:
                raise Unavailable("the tracker does not answer")

    office.tracker.hook = hook
    broken = office("provision", "--apply")
    office.tracker.hook = None
    finished = office("provision", "--apply")

    assert broken.code == code, broken.out
    assert "the tracker does not answer" in broken.out
    assert untried in broken.out
    assert ("`escsync drift --accept` does it later" in broken.err) is (code == 5)
    assert finished.code == 0
    assert sorted(set(office.names)) == office.names
    assert office("provision").out.startswith("support: nothing is missing")


def test_an_interruption_loses_nothing(office):
    """Ctrl-C in the middle: what was made stands in the file, and nothing is made twice afterwards."""
    made = []

    def hook(operation, when):
        if (operation, when) == ("provide", "after"):
            made.append(operation)
            if len(made) == 4:
                raise KeyboardInterrupt

    office.tracker.hook = hook
    broken = office("provision", "--apply")
    between = office.text
    office.tracker.hook = None
    finished = office("provision", "--apply")

    assert broken.code == 130
    assert "tone: f2" in between
    assert "health" not in between.split("fields:")[1]
    assert finished.code == 0
    assert office.names == ["Escalation health", "Next deadline", "Root cause", "Severity", "Tone"]


def test_a_file_that_cannot_be_written_is_said_with_what_to_paste(office):
    """The YAML is printed, nothing is lost: the next run finds what was made."""
    original = office.text

    def hook(operation, when):
        if (operation, when) == ("provide", "after"):
            office.path.unlink(missing_ok=True)

    office.tracker.hook = hook
    answer = office("provision", "--apply", "--field", "due_at")
    office.path.write_text(original, "utf-8")
    office.tracker.hook = None
    again = office("provision", "--apply", "--field", "due_at")

    assert answer.code == 5
    assert "trackers:\n  support:\n    fields:\n      due_at: f2\n" in answer.out
    assert again.code == 0
    assert lines(again)[0] == 'fields.due_at: the field "Next deadline" (f2)'
    assert (
        office.text == original + '      due_at: f2               # escsync: instant field "Next deadline"\n'
    )


@pytest.mark.parametrize(("edits", "written_down"), [(1, True), (2, True), (99, False)])
def test_a_file_that_somebody_edits_meanwhile_keeps_their_edit(office, edits, written_down):
    """Read again and written again, over what they saved; if they go on and on, it is left to them, with what to paste."""
    saved = []

    def edit(text, *about):
        if len(saved) < edits:
            saved.append(f"# edit {len(saved)}\n")
            office.path.write_text(office.text + saved[-1], "utf-8")
        return written(text, *about)

    session = Session(office.host(), Options(config=office.path))
    with Pen(session, "support", edit, {}) as pen:
        pen.note(Provided("f9", "field", "a field", {("fields", "tone"): "f9"}))
    session.close()

    assert all(one in office.text for one in saved)
    assert ("tone: f9" in office.text) is written_down
    assert [(one.value, "somebody else" in one.why) for one in pen.left] == [("f9", True)] * (
        not written_down
    )


def test_what_was_learnt_stands_in_the_file_after_a_second(office):
    """Should the machine itself stop, little has to be found again."""
    session = Session(office.host(), Options(config=office.path))
    with Pen(session, "support", written, {}) as pen:
        pen.note(Provided("f8", "field", "a field", {("fields", "tone"): "f8"}))
        early = office.text
        office.waits.append(1.5)
        pen.note(Provided("f9", "field", "a field", {("fields", "due_at"): "f9"}))
        late = office.text
    session.close()

    assert "tone: f8" not in early
    assert "tone: f8" in late
    assert "due_at: f9" in late


def test_a_reference_in_the_file_is_left_to_its_owner(office):
    """A value that comes from the environment is not overwritten: what it should be is said."""
    office.environ["DUE_FIELD"] = "Deadline"
    office.path.write_text(office.text + "      due_at: ${env:DUE_FIELD}\n", "utf-8")

    answer = office("provision", "--apply", "--field", "due_at")

    assert answer.code == 5
    assert "due_at: ${env:DUE_FIELD}\n" in office.text
    assert "due_at: f2" in answer.out
    assert "a reference stands there" in answer.err


def test_an_included_file_is_written_where_the_section_stands(office):
    """Several files are one configuration; each keeps its own lines."""
    head, _, trackers = office.text.partition("trackers:")
    (office.folder / "trackers.yaml").write_text("trackers:" + trackers, "utf-8")
    office.path.write_text("include: [trackers.yaml]\n" + head, "utf-8")
    main = office.text

    answer = office("provision", "--apply", "--field", "due_at")

    assert answer.code == 0, answer.err
    assert office.text == main
    assert (office.folder / "trackers.yaml").read_text("utf-8").endswith(' "Next deadline"\n')


def test_what_was_made_is_no_drift(office):
    """The schema that provisioning leaves behind is the one that is compared with from then on."""
    office("provision", "--apply")

    quiet = office("drift")
    office.tracker.columns["f2"].name = "Mood"
    loud = office("drift")

    assert quiet.code == 0, quiet.out
    assert loud.code == 4
    assert "Mood" in loud.out


def test_nobody_else_works_on_the_tracker_meanwhile(office):
    """A pass at work is waited for, as passes wait for each other: exit 7, and nothing was made."""
    office("provision")
    with (
        Ledger.open(f"sqlite:///{office.folder}/escsync.db") as ledger,
        ledger.lease("support", "another-pass"),
    ):
        answer = office("provision", "--apply")
        listed = office("provision")

    assert answer.code == 7
    assert office.names == ["Severity"]
    assert listed.code == 0


def test_a_pause_is_kept(office):
    """A tracker that asked to be left alone is not asked what it lacks."""
    office("provision")
    with Ledger.open(f"sqlite:///{office.folder}/escsync.db") as ledger:
        ledger.pause("support", NOW.replace(hour=20), "too many requests")

    answer = office("provision", "--apply")

    assert answer.code == 6
    assert "asked for a pause until 2026-03-03T20:00:00Z" in answer.out


def test_deprovision_takes_away_what_was_made(office):
    """A list first, with what is lost; then the fields and their lines, with what people made left as it was."""
    before = office.text
    office("provision", "--apply")

    listed = office("deprovision")
    after_list = office.names
    removed = office("deprovision", "--apply")
    again = office("deprovision", "--apply", "--format", "json")

    assert listed.out.splitlines()[0] == 'REMOVE support: f2: the choice field "Tone"'
    assert lines(listed)[-2] == "support: 4 to remove"
    assert "go with it" in lines(listed)[-1]
    assert len(after_list) == 5
    assert removed.code == 0, removed.err
    assert office.names == ["Severity"]
    assert office.text == before
    assert again.json["trackers"]["support"] == {"provided": [], "removed": [], "errors": []}


def test_an_entry_that_was_changed_since_is_not_struck(office):
    """Only what says exactly what was removed; a comment beside an entry stays."""
    office("provision", "--apply")
    office.configure("tone: f2", "tone: f1").configure("# escsync: instant", "# in the header: instant")

    office("deprovision", "--apply")

    assert office.text.endswith(
        '      tone: f1                 # escsync: choice field "Tone"\n'
        '      # in the header: instant field "Next deadline"\n'
    )


@pytest.mark.parametrize(
    ("asked", "left", "said"),
    [
        (("--tracker", "support"), 3, "the tracker helpdesk uses it (fields.tone): take the entry out there"),
        ((), 1, "helpdesk: nothing that escsync made is there"),
    ],
)
def test_what_another_tracker_of_the_same_place_uses_stays(office, asked, left, said):
    """Unless both are taken away together: then both sections say nothing of it any more."""
    _, _, section = office.text.partition("  support:")
    office.path.write_text(f"{office.text}  helpdesk:{section}", "utf-8")
    before = office.text
    office("provision", "--apply", "--field", "tone", "--field", "due_at")

    answer = office("deprovision", "--apply", *asked)

    assert answer.code == 0, answer.err
    assert len(office.names) == left
    assert said in answer.out
    assert (office.text == before) is (asked == ())
    assert office.text.count("tone: f2") == (0 if asked == () else 2)


class _Typed(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("typed", "options", "left"), [("\n", (), 5), ("", (), 5), ("y\n", (), 1), ("", ("--yes",), 1)]
)
def test_a_person_is_asked_before_anything_is_removed(office, monkeypatch, typed, options, left):
    """On a terminal, with No as the answer; --yes says it beforehand, and a script has said --apply."""
    office("provision", "--apply")
    office.environ["FORCE_COLOR"] = "1"
    monkeypatch.setattr(sys, "stdin", _Typed(typed))

    answer = office("deprovision", "--apply", *options)

    assert answer.code == 0
    assert ("Remove 4 things from support?" in answer.err) is (options == ())
    assert ("support: 4 left as it was" in answer.out) is (left == 5)
    assert len(office.names) == left


def test_nobody_waits_while_a_person_thinks(office, monkeypatch):
    """The tracker is free for passes until the answer is there."""
    office("provision", "--apply")
    office.environ["FORCE_COLOR"] = "1"

    class Slow(_Typed):
        def readline(self, *size):
            with (
                Ledger.open(f"sqlite:///{office.folder}/escsync.db") as ledger,
                ledger.lease("support", "a pass"),
            ):
                return super().readline(*size)

    monkeypatch.setattr(sys, "stdin", Slow("y\n"))

    assert office("deprovision", "--apply").code == 0
    assert office.names == ["Severity"]


class _Granting:
    """An adapter that also made the rights on its fields, and may not delete one of these."""

    def __init__(self, adapter):
        self._adapter = adapter

    def __getattr__(self, name):
        return getattr(self._adapter, name)

    def provided(self):
        yield from self._adapter.provided()
        yield Provided("set", "permission set", "the rights on them")

    def withdraw(self, one):
        if one.id == "f2":
            raise Denied("escsync may not delete fields here", remedy="grant it")
        if one.kind == "field":
            self._adapter.withdraw(one)


def test_what_serves_a_field_that_could_not_be_removed_stays(office):
    """Or nobody could see it any more: the rights on fields go last, and only after all of these."""
    office("provision", "--apply")
    connect = office.tracker.connect
    office.tracker.connect = lambda: _Granting(connect())

    answer = office("deprovision", "--apply", "--format", "json")

    told = answer.json["trackers"]["support"]
    assert answer.code == 5
    assert told["removed"] == ["f3", "f4", "f5"]
    assert [one["id"] for one in told["errors"]] == ["f2", "set"]


class _Plain:
    """An adapter that keeps the contract and offers nothing beside it."""

    def __init__(self, adapter):
        self._adapter = adapter

    def __getattr__(self, name):
        if name in ("missing", "provide", "provided", "withdraw"):
            raise AttributeError(name)
        return getattr(self._adapter, name)


def test_an_adapter_without_provisioning_says_so(office):
    """One plain line with what to do instead, and no failure."""
    connect = office.tracker.connect
    office.tracker.connect = lambda: _Plain(connect())

    answer = office("provision", "--apply")

    assert answer.code == 0
    assert "the adapter memory cannot provision -> make the fields by hand" in answer.out


def test_a_local_tracker_is_made_from_nothing(tmp_path):
    """init, provision, doctor, and a pass that keeps its own fields up to date."""
    house = House(tmp_path)
    house("init", "--tracker", "local")

    listed = house("provision")
    nothing = sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("tracker"))
    applied = house("provision", "--apply")
    ready = house("doctor")
    tracker = LocalTracker(tmp_path / "tracker.db", lambda: NOW)
    tracker.add_user("ana", "Ana Silva")
    tracker.create({"summary": "Our CEO wrote"}, by="ana")
    synced = house.configure("mode: observe", "mode: annotate")("sync")
    held = tracker.values(1)
    tracker.close()

    assert listed.code == 0
    assert nothing == []
    assert applied.code == 0, applied.err
    assert "\n      due_at: due_at\n" in (tmp_path / "escsync.yaml").read_text("utf-8")
    assert ready.out.splitlines()[-1].startswith("ready;")
    assert synced.code == 0, synced.err
    assert held["due_at"]
    assert held["health"]


def test_a_status_that_is_wanted_is_made(tmp_path):
    """What `stages:` names and the file lacks; what is in use stays, and is said."""
    house = House(tmp_path).build()
    house.configure("intake: Intake", "intake: [Intake, Triage]")

    house("provision", "--apply")
    with_triage = LocalTracker(tmp_path / "tracker.db", lambda: NOW)
    statuses = Admin(with_triage.store).statuses()
    with_triage.move("ESC-1", "Triage", by="escsync")
    with_triage.close()
    answer = house("deprovision", "--apply")

    assert statuses["triage"] == StatusRow("triage", "Triage", False)
    assert any(line.startswith("KEEP") and "triage" in line for line in answer.out.splitlines())
    assert answer.code == 0
