"""What Notion refuses, and that it keeps out nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from fakes.notion.rig import pull, rig
from fakes.notion.steps import AT, patches, write
from fakes.notion.trouble import broken, conflict, limited

from escsync.adapter import (
    Denied,
    Move,
    PersonRef,
    Rejected,
    SetField,
    Stage,
    Unavailable,
    Vanished,
    WriteNote,
)


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


def test_one_bad_edit_keeps_out_no_other(notion):
    """Notion refuses the request as a whole: the properties are looked at anew, and the bad one is told."""
    page = notion.site.create()
    adapter = notion.connect()
    pull(adapter)
    held = notion.site.escalations.find("Health")
    held.type, held.options = "number", []

    written = write(
        notion,
        page,
        SetField("health", None, "ok"),
        SetField("due_at", None, AT),
        Move("Open", Stage.INVESTIGATION),
        adapter=notion.again(adapter),
    )

    assert {index: error.field for index, error in written.failures.items()} == {0: "health"}
    assert written.after.values["due_at"] == AT.replace(second=0, microsecond=0)
    assert written.after.status.stage is Stage.INVESTIGATION


def test_somebody_who_left_keeps_out_no_other_edit(notion):
    """The schema is well, the value is not: each edit is tried alone."""
    page = notion.site.create()
    notion.site.people["dana"].removed = True
    owner = (PersonRef(notion.site.people["dana"].id),)

    written = write(notion, page, SetField("owner", None, owner), SetField("health", None, "ok"))

    assert {index: (type(e), e.field) for index, e in written.failures.items()} == {0: (Rejected, "owner")}
    assert page.values[notion.site.escalations.find("Health").id]


def test_a_page_in_the_trash_has_vanished(notion):
    """Notion answers 400 in words; the page itself tells."""
    page = notion.site.create()
    notion.world.trash(page, notion.world.me)
    adapter = notion.connect()

    fields = write(notion, page, SetField("health", None, "ok"), adapter=adapter)
    note = write(notion, page, WriteNote("x", "aa", None, at=page.id), adapter=adapter)

    assert isinstance(fields.failures[0], Vanished)
    assert isinstance(note.failures[0], Vanished)


@pytest.mark.parametrize("trouble", [{"reply": conflict()}, {"reply": broken()}, {"reset": True}, {"cut": 5}])
def test_a_write_of_properties_is_tried_again(notion, trouble):
    """It is the same done twice; none of this does the client package do."""
    page = notion.site.create()
    notion.server.fail("PATCH", page.id, after="cut" in trouble, times=2, **trouble)

    written = write(notion, page, SetField("health", None, "ok"))

    assert not written.failures
    assert written.after.values["health"] == "ok"


def test_after_a_pause_for_everybody_nothing_else_is_sent(notion):
    """All that was left to write fails with the same words, and the pause is the one that was asked for."""
    pages = [notion.site.create(f"n{n}") for n in range(5)]
    adapter = notion.connect()
    pull(adapter)
    before = adapter.calls
    notion.server.fail("PATCH", tuple(page.id for page in pages), limited(400), times=9)

    outcomes = notion.write(adapter, *(notion.change(p, SetField("health", None, "ok")) for p in pages))

    assert adapter.calls - before == 1
    assert [type(one.failures[0]) for one in outcomes] == [Unavailable] * 5
    assert outcomes[-1].failures[0].retry_after == 400


def test_without_the_right_to_write_it_says_which(notion):
    """403 names the capability."""
    page = notion.site.create()
    notion.world.can -= {"update_content"}

    error = write(notion, page, SetField("health", None, "ok")).failures[0]

    assert isinstance(error, Denied)
    assert "'update content'" in error.remedy


def test_what_cannot_be_written_is_refused_without_asking(notion):
    """Read-only properties, and those of other pages."""
    page = notion.site.create()
    fields = {**notion.site.fields, "received_at": ("created_time",), "account.arr": ("Account.ARR",)}

    written = write(
        notion,
        page,
        SetField("received_at", None, AT),
        SetField("account.arr", None, Decimal(1)),
        SetField("severity_", None, "x"),
        SetField("owner", None, tuple(PersonRef(str(n)) for n in range(101))),
        adapter=notion.connect(fields=fields),
    )

    assert [type(written.failures[n]) for n in range(4)] == [Rejected] * 4
    assert not patches(notion)


def test_owner_may_stand_in_several_properties(notion):
    """Whoever owns stands in the first alone afterwards."""
    dana, idris = (notion.site.people[name].id for name in ("dana", "idris"))
    notion.world.add_property(notion.site.escalations, "Co-owner", "people")
    page = notion.world.open(notion.site.escalations, {"Owner": [dana], "Co-owner": [idris]}, dana)
    fields = {**notion.site.fields, "owner": ("Owner", "Co-owner")}
    adapter = notion.connect(fields=fields)
    before = pull(adapter).one.values["owner"]

    after = write(notion, page, SetField("owner", before, (PersonRef(idris),)), adapter=adapter).after

    assert [ref.id for ref in before] == [dana, idris]
    assert [ref.id for ref in after.values["owner"]] == [idris]


def test_an_instant_in_a_text_property_is_kept_to_the_second(notion):
    """It is written as ISO, and read as an instant again."""
    page = notion.site.create()
    adapter = notion.connect(fields={**notion.site.fields, "ack_due_at": ("Findings",)})

    after = write(notion, page, SetField("ack_due_at", None, AT), adapter=adapter).after

    assert after.values["ack_due_at"] == adapter.fit("ack_due_at", AT) == AT.replace(microsecond=0)
