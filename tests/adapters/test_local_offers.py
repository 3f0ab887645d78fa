"""What the local tracker offers an admin: its file and fields made, its schema told, its rights named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from escsync_local.adapter import connect
from escsync_local.admin import Admin, Declared, StatusRow
from escsync_local.guide import GUIDE
from escsync_local.settings import LocalSettings
from escsync_local.tracker import LocalTracker
from fakes.local_admins import LocalAdmins
from fakes.local_humans import LocalHumans, once

from escsync import registry
from escsync.adapter import FIELDS, Binding, FieldKind, Level, Rejected, Stage, Vanished, Vocabulary
from escsync.offers import Guide, Provided, Provisioner, Wish
from escsync.testing import Admins, Humans, OffersContract

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
TONE = Wish(FIELDS["tone"], "Tone", (), {"private": "Private", "public": "Public"})


class TestLocalOffers(OffersContract):
    """A file with a field of its own."""

    def humans(self, folder: Path) -> Humans:
        return LocalHumans(folder)

    def admins(self, folder: Path) -> Admins:
        admins = LocalAdmins(folder)
        admins.admin.add_field(Declared("weather", "Weather", FieldKind.TEXT))
        admins.admin.add_field(Declared("health", "Health", FieldKind.CHOICE, {"ok": "ok", "x": "Strange"}))
        return admins


@pytest.fixture
def admins(tmp_path):
    admins = LocalAdmins(tmp_path)
    yield admins
    admins.close()


def bound(path, discovery=None, **vocabulary):
    """A connection to the file at *path*, whether it is there or not."""
    settings = LocalSettings.model_validate({"connection": {"path": str(path)}})
    return connect(Binding("local", settings, Vocabulary(**vocabulary), once, lambda: NOW, discovery or {}))


def test_looking_what_is_missing_makes_no_file(tmp_path):
    """A list is only a list; making it makes the file first."""
    adapter = bound(tmp_path / "tracker.db")

    gaps = list(adapter.missing([TONE]))
    empty = list(tmp_path.iterdir())
    made = [adapter.provide(gap) for gap in gaps]
    adapter.close()

    assert [(gap.id, gap.subject) for gap in gaps] == [
        ("file", "connection.path"),
        ("field:tone", "fields.tone"),
    ]
    assert empty == []
    assert [one.settings for one in made] == [{}, {}]
    assert list(bound(tmp_path / "tracker.db").missing([TONE])) == []


def test_a_field_that_escsync_writes_gets_its_line(tmp_path):
    """What people fill in is found under its own name; what escsync writes is written only where it is mapped."""
    adapter = bound(tmp_path / "tracker.db")
    wish = Wish(FIELDS["due_at"], "Next deadline")

    _, gap = adapter.missing([wish])
    made = adapter.provide(gap)
    (again,) = bound(tmp_path / "tracker.db").missing([wish])

    assert made.settings == {("fields", "due_at"): "due_at"}
    assert (again.found, again.by_hand) == (True, "")
    adapter.close()


@pytest.mark.parametrize(
    ("wish", "gap"),
    [
        pytest.param(
            Wish(FIELDS["tone"], "Tone", ("mood",), {"public": "Loud"}),
            ("field:mood", 'the choice field "mood" with 1 option', False),
            id="mapped to what is not there",
        ),
        pytest.param(
            Wish(FIELDS["root_cause"], "Root cause"),
            ("map:root_cause", 'the field "root cause" (rc)', True),
            id="called alike",
        ),
        pytest.param(
            Wish(
                FIELDS["root_cause"],
                "Root cause",
                ("rc",),
                {"product_bug": "Product bug", "sla_breach": "SLA breach"},
            ),
            ("options:rc", 'options of "root cause": SLA breach', False),
            id="an option is lacking",
        ),
        pytest.param(
            Wish(FIELDS["severity"], "Severity"),
            ("field:severity", 'the choice field "Severity"', False),
            id="called alike, and of another kind",
        ),
    ],
)
def test_what_is_there_is_used(admins, wish, gap):
    """A field that exists is mapped and completed, never made again; one of another kind is not it."""
    admins.admin.add_field(Declared("rc", "root cause", FieldKind.CHOICE, {"b": "Product-Bug"}))
    admins.admin.add_field(Declared("sev", "Severity", FieldKind.TEXT))

    found = [(one.id, one.what, one.found) for one in admins.connect().missing([wish])]

    assert found == [gap]


def test_a_status_that_stages_name_is_made_and_kept_while_it_is_used(admins):
    """Closed stages get statuses that end a ticket; one in which a ticket stands is not taken away."""
    admins.vocabulary = Vocabulary(stages={Stage.INTAKE: ("Intake", "New one"), Stage.CLOSED: ("Shut",)})
    adapter = admins.connect()
    made = [adapter.provide(gap) for gap in adapter.missing([])]
    admins.hire("ana", "Ana Silva")
    ref = admins.create({"summary": "x"}, by="ana")
    admins.tracker.move(ref.id, "Shut", by="ana")

    shut, new = (one for one in adapter.provided() if one.kind == "status")
    adapter.withdraw(new)

    assert [one.id for one in made] == ["status newone", "status shut"]
    assert "1 ticket of" in shut.kept
    with pytest.raises(Rejected):
        adapter.withdraw(shut)
    assert {"newone", "shut"} & set(admins.admin.statuses()) == {"shut"}
    assert admins.admin.statuses()["shut"] == StatusRow("shut", "Shut", True)


def test_options_that_were_added_are_taken_away_alone(admins):
    """The field was there before: only its new options go."""
    admins.admin.add_field(Declared("tone", "Tone", FieldKind.CHOICE, {"private": "Private"}))
    adapter = admins.connect()
    for gap in adapter.missing([TONE]):
        adapter.provide(gap)
    full = dict(admins.admin.fields()["tone"].options)

    for one in adapter.provided():
        if not one.kept:
            adapter.withdraw(one)

    assert full == {"private": "Private", "public": "Public"}
    assert admins.admin.fields()["tone"].options == {"private": "Private"}
    with pytest.raises(Vanished):
        adapter.withdraw(Provided("tone", "field", "theirs"))


def test_an_older_file_declares_fields_when_it_is_asked_to(tmp_path):
    """Files that were made before fields could be declared are read as they are."""
    tracker = LocalTracker(tmp_path / "tracker.db", lambda: NOW)
    for table in ("fields", "made"):
        tracker.store.rows(f"DROP TABLE {table}")
    tracker.close()
    adapter = bound(tmp_path / "tracker.db")

    before = (list(adapter.provided()), list(adapter.outline()))
    for gap in adapter.missing([TONE]):
        adapter.provide(gap)

    assert [one.id for one in before[0]] == ["file"]
    assert [one.id for one in adapter.provided()] == ["tone", "file"]
    adapter.close()


@pytest.mark.parametrize(
    ("act", "told"),
    [
        pytest.param(lambda a: a.rename_field("tone", "Mood"), ("tone", "Mood"), id="a field renamed"),
        pytest.param(lambda a: a.remove_field("tone"), None, id="a field deleted"),
        pytest.param(
            lambda a: a.retype_field("tone", FieldKind.TEXT), ("tone", "text"), id="a field retyped"
        ),
        pytest.param(
            lambda a: a.remove_option("tone", "public"),
            ("tone", {"private": "Private"}),
            id="an option removed",
        ),
        pytest.param(lambda a: a.rename_status("closed", "Shut"), ("closed", "Shut"), id="a status renamed"),
        pytest.param(lambda a: a.remove_status("rejected"), None, id="a status deleted"),
    ],
)
def test_an_outline_tells_each_kind_of_change(admins, act, told):
    """What a pass remembered and what is there now differ in the one part that an admin changed."""
    admins.admin.add_field(
        Declared("tone", "Tone", FieldKind.CHOICE, {"private": "Private", "public": "Public"})
    )
    stages = {Stage.CLOSED: ("Closed",), Stage.REJECTED: ("Rejected",)}
    first = bound(admins.path, stages=stages, fields={"tone": ("tone",)})
    list(first.pull(None))
    act(admins.admin)

    later = bound(admins.path, first.discovery, stages=stages, fields={"tone": ("tone",)})
    before, now = ({p.id: p for p in parts} for parts in (later.recalled(), later.outline()))
    changed = [id for id in before if before[id] != now.get(id)]

    assert set(before) == {"tone", "closed", "rejected"}
    assert len(changed) == 1
    if told is None:
        assert changed[0] not in now
    else:
        part = now[changed[0]]
        assert (changed[0], True) == (told[0], told[1] in (part.name, part.type, part.options))
        assert part.used == before[changed[0]].used
    first.close()
    later.close()


def test_a_declared_field_that_is_gone_is_said(admins):
    """Where fields are declared, one that is mapped and is not among them is drift; where none is, any name will do."""
    admins.vocabulary = Vocabulary(fields={"tone": ("mood",), "owner": ("owner",)})
    free = [p for p in admins.connect().check() if p.level is Level.FAIL]
    admins.admin.add_field(Declared("weather", "Weather", FieldKind.TEXT))

    strict = [(p.subject, p.code) for p in admins.connect().check() if p.level is Level.FAIL]

    assert free == []
    assert strict == [("fields.tone", "DRIFT")]


def test_the_guide_asks_for_the_file_and_looks_into_it(admins, tmp_path):
    """A file that is not there is an empty place; one that is shows its fields, statuses, and what tickets hold."""
    guide: Guide = registry.guide(registry.get("local"))
    empty = GUIDE.explore(
        LocalSettings.model_validate({"connection": {"path": str(tmp_path / "no.db")}}).connection, once
    )
    admins.hire("ana", "Ana Silva")
    admins.create({"summary": "x", "colour": "red"}, by="ana")
    admins.admin.add_field(Declared("tone", "Tone", FieldKind.CHOICE, {"public": "Public"}))

    explorer = guide.explore(
        LocalSettings.model_validate({"connection": {"path": str(admins.path)}}).connection, once
    )
    (place,) = explorer.places()
    shape = explorer.shape(place)
    explorer.close()

    assert guide is GUIDE
    assert [one.empty for one in empty.places()] == [True]
    assert not (tmp_path / "no.db").exists()
    assert (place.scope, place.empty) == ({}, False)
    assert {f.spelling: (f.kinds, dict(f.options)) for f in shape.fields} == {
        "tone": ((FieldKind.CHOICE,), {"public": "Public"}),
        "colour": ((), {}),
        "summary": ((FieldKind.TEXT,), {}),
    }
    assert [step.name for step in shape.steps if step.done] == ["Closed", "Rejected", "Duplicate"]
    assert [step.name for step in shape.steps if step.initial] == ["Intake"]
    assert "`escsync provision` declares them" in shape.notes[0]


def test_rights_are_those_of_the_file(admins, tmp_path):
    """Readable and writable is enough; writable by everybody is more than is needed."""
    adapter = admins.connect()
    (well,) = adapter.rights("annotate")
    admins.path.chmod(0o666)

    _, excess = adapter.rights("annotate")
    (absent,) = bound(tmp_path / "none.db").rights("observe")

    assert (well.level, excess.level, excess.code) == (Level.OK, Level.WARNING, "EXCESS")
    assert "provision" in absent.remedy


def test_the_clock_is_known_once_it_was_asked(admins):
    """Before the first answer nobody knows what time it is there."""
    adapter = admins.connect()
    before = adapter.time
    list(adapter.people())

    assert (before, adapter.time) == (None, admins.now)
    assert isinstance(adapter, Provisioner)
    assert isinstance(Admin(admins.tracker.store).statuses()["closed"], StatusRow)
