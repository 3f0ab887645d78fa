"""What Notion's property values mean: as recorded, as documented, and where they are rubbish."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from escsync_notion import codec, columns, comments, instants, values
from escsync_notion.columns import Column, Option
from escsync_notion.schema import Schema, by_id
from fakes.notion.judge import RECORDED

from escsync.adapter import PersonKind, PersonRef, Stage, Status, Vocabulary

ME = "00000000-0000-4000-8000-0000000000f1"
DANA = "00000000-0000-4000-8000-0000000000fa"
WORDS = Vocabulary(
    stages={Stage.INVESTIGATION: ("In Progress",), Stage.CLOSED: ("Done",)},
    options={"severity": {"billing_dispute": ("Option1",)}, "resolution_types": {"other": ("Option1",)}},
)
recorded = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")


def answers(name):
    """The bodies of a recorded session, in their order."""
    told = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return [one["response"]["body"] for one in told] if isinstance(told, list) else [told]


def schema(**more):
    return Schema(me=ME, source="458a194e-6908-4035-b222-946d546e5610", vocabulary=WORDS, **more)


def decoded(name, told, column=None):
    """The value of the field *name* in a property value of one type."""
    (kind,) = told
    return values.decode(name, column or Column("x", "x", kind), {"id": "x", "type": kind, **told}, schema())


def user(id=DANA, **told):
    return {"object": "user", "id": id, **told}


RUN = {"type": "text", "text": {"content": "x"}, "plain_text": "x"}
PERSON = user(name="Dana Reyes", type="person", person={"email": "dana@acme.example"})
ARRAY = {"type": "array", "array": [{"type": "people", "people": [PERSON]}], "function": "show_original"}


@pytest.mark.parametrize(
    ("name", "told", "value"),
    [
        ("summary", {"title": []}, None),
        ("summary", {"title": [RUN, {**RUN, "plain_text": "@Dana", "type": "mention"}]}, "x@Dana"),
        ("summary", {"rich_text": [{"text": {"content": "no plain text"}}]}, "no plain text"),
        ("source_url", {"url": "https://a.example"}, "https://a.example"),
        ("source_url", {"url": None}, None),
        ("account.arr", {"number": 120000.0}, Decimal(120000)),
        ("account.arr", {"number": 0.1}, Decimal("0.1")),
        ("account.arr", {"number": 1e300}, "1e+300"),
        ("account.arr", {"number": None}, None),
        ("account.arr", {"rich_text": [{"plain_text": "1,200.50"}]}, Decimal("1200.5")),
        ("account.arr", {"rich_text": [{"plain_text": "a lot"}]}, "a lot"),
        ("severity", {"select": {"id": "a", "name": "Option1", "color": "red"}}, "billing_dispute"),
        ("severity", {"select": {"id": "a", "name": "Data Issue"}}, "data_issue"),
        ("severity", {"select": {"id": "a", "name": "Weather"}}, "Weather"),
        ("severity", {"select": None}, None),
        ("severity", {"multi_select": [{"id": "a", "name": "Data issue"}]}, "data_issue"),
        ("severity", {"rich_text": [{"plain_text": "data issue"}]}, "data_issue"),
        ("resolution_types", {"multi_select": [{"name": "Option1"}, {"name": "billing credit"}]}, ("other", "billing_credit")),
        ("resolution_types", {"multi_select": []}, None),
        ("resolution_types", {"rich_text": [{"plain_text": "other; billing credit"}]}, ("other", "billing_credit")),
        ("is_technical", {"checkbox": False}, False),
        ("is_technical", {"select": {"name": "Yes"}}, True),
        ("is_technical", {"select": None}, None),
        ("is_technical", {"select": {"name": "Perhaps"}}, "Perhaps"),
        ("checklist.csm_spoken", {"checkbox": True}, "done"),
        ("checklist.csm_spoken", {"checkbox": False}, "open"),
        ("checklist.csm_spoken", {"select": {"name": "n/a"}}, "na"),
        ("checklist.csm_spoken", {"status": {"name": "Done"}}, "done"),
        ("received_at", {"date": {"start": "2026-06-27T18:01:00.000+01:00", "end": None, "time_zone": None}}, datetime(2026, 6, 27, 17, 1, tzinfo=UTC)),
        ("received_at", {"date": {"start": "2026-06-27T18:01:00", "time_zone": "Europe/London"}}, datetime(2026, 6, 27, 17, 1, tzinfo=UTC)),
        ("received_at", {"date": {"start": "2026-06-27T18:01:00"}}, datetime(2026, 6, 27, 18, 1, tzinfo=UTC)),
        ("received_at", {"date": {"start": "2026-06-27", "end": "2026-06-30"}}, date(2026, 6, 27)),
        ("received_at", {"date": None}, None),
        ("received_at", {"date": {"start": "soon"}}, "soon"),
        ("received_at", {"date": {"start": "9999-99-99"}}, "9999-99-99"),
        ("received_at", {"created_time": "2026-06-27T17:11:00.000Z"}, datetime(2026, 6, 27, 17, 11, tzinfo=UTC)),
        ("account.customer_since", {"date": {"start": "2023-01-15"}}, date(2023, 1, 15)),
        ("account.customer_since", {"date": {"start": "2023-01-15T23:30:00.000-08:00"}}, date(2023, 1, 15)),
        ("owner", {"people": []}, None),
        ("owner", {"people": [PERSON]}, (PersonRef(DANA, "Dana Reyes", "dana@acme.example", active=True),)),
        ("owner", {"people": [user(type="person", name="No Mail")]}, (PersonRef(DANA, "No Mail", active=True),)),
        ("owner", {"people": [user()]}, (PersonRef(DANA, DANA),)),
        ("owner", {"people": [user(name="Robot", type="bot", bot={})]}, (PersonRef(DANA, "Robot", kind=PersonKind.BOT),)),
        ("owner", {"people": [user(name="Agent", type="agent")]}, (PersonRef(DANA, "Agent", kind=PersonKind.BOT),)),
        ("owner", {"people": [user(ME)]}, (PersonRef(ME, "", kind=PersonKind.BOT),)),
        ("owner", {"people": [{"object": "group", "id": "g", "name": "All"}]}, (PersonRef("g", "All", kind=PersonKind.GROUP),)),
        ("owner", {"people": [PERSON, PERSON]}, (PersonRef(DANA, "Dana Reyes", "dana@acme.example", active=True),)),
        ("owner", {"rich_text": [{"plain_text": "Dana / ana@acme.example"}]}, (PersonRef(name="Dana"), PersonRef(email="ana@acme.example"))),
        ("account.csm", {"rich_text": [{"plain_text": "Lee and Sons"}]}, (PersonRef(name="Lee and Sons"),)),
        ("account.csm", {"rollup": ARRAY}, (PersonRef(DANA, "Dana Reyes", "dana@acme.example", active=True),)),
        ("account.csm", {"created_by": PERSON}, (PersonRef(DANA, "Dana Reyes", "dana@acme.example", active=True),)),
        ("account.arr", {"formula": {"type": "number", "number": 84}}, Decimal(84)),
        ("account.name", {"formula": {"type": "string", "string": "Alder"}}, "Alder"),
        ("account.tier", {"rollup": {"type": "array", "array": [{"type": "select", "select": {"name": "SMB"}}]}}, "smb"),
        ("account.arr", {"rollup": {"type": "incomplete", "incomplete": {}}}, None),
        ("account.id", {"unique_id": {"prefix": "ACC", "number": 7}}, "ACC-7"),
        ("account.id", {"unique_id": {"prefix": None, "number": 7}}, "7"),
        ("account.name", {"holograms": [{"x": 1}]}, None),
        ("account.name", {"verification": {"state": "verified"}}, None),
        ("severity", {"select": ["?"]}, "?"),
        ("owner", {"people": "Dana"}, (PersonRef(name="Dana"),)),
        ("owner", {"people": {"object": "user"}}, None),
        ("received_at", {"date": 5}, "5"),
        ("stage", {"status": {"id": "s", "name": "In Progress"}}, Status("s", "In Progress", Stage.INVESTIGATION)),
        ("stage", {"status": None}, None),
        ("stage", {"status": "?"}, None),
    ],
)  # fmt: skip
def test_a_value_takes_the_form_of_its_field(name, told, value):
    """Rubbish is handed on as its text, never guessed and never a crash."""
    assert decoded(name, told) == value


def test_a_removed_user_is_inactive_and_keeps_the_name_that_was_known():
    """A mere id that was asked about and is not there any more."""
    looks = schema(resolved={DANA: ("", "person", False)}, names={DANA: "Dana Reyes"})

    assert looks.person(user()) == PersonRef(DANA, "Dana Reyes", active=False)
    assert not looks.is_stranger(user())
    assert looks.is_stranger(user("5"))


def test_one_option_of_a_multi_select_is_a_check():
    """`Property#Option`: ticked or not."""
    box = Column("x", "Checks", "multi_select", box="engineering")
    told = {"multi_select": [{"id": "a", "name": "Engineering"}]}

    assert decoded("checklist.csm_spoken", told, box) == "done"
    assert decoded("checklist.csm_spoken", {"multi_select": []}, box) == "open"
    assert decoded("is_technical", {"multi_select": []}, box) is None


def test_done_is_what_stands_in_the_group_complete():
    """By the group's name, or its place where the workspace speaks another language."""
    groups = [
        {"name": name, "option_ids": [id]}
        for name, id in (("À faire", "a"), ("En cours", "b"), ("Terminé", "c"))
    ]
    options = [{"id": id, "name": id.upper()} for id in "abc"]
    (column,) = columns.listed(
        {"S": {"id": "s", "name": "S", "type": "status", "status": {"options": options, "groups": groups}}}
    )
    looks = schema(columns={"stage": (column,)})

    assert [one.group for one in column.options] == ["to-do", "in progress", "complete"]
    assert [looks.status(id, "").done for id in "abc"] == [False, False, True]


@pytest.mark.parametrize(
    ("field", "kind", "fits"),
    [
        ("due_at", "formula", False),
        ("owner", "rollup", False),
        ("stage", "formula", False),
        ("checklist.csm_spoken", "rollup", False),
        ("committed_at", "formula", False),
        ("root_cause", "rollup", False),
        ("account.arr", "formula", True),
        ("account.csm", "rollup", True),
        ("description", "formula", True),
        ("owner", "relation", False),
        ("stage", "select", True),
        ("stage", "rich_text", False),
        ("received_at", "created_time", True),
        ("account.name", "files", False),
    ],
)
def test_what_is_calculated_is_no_evidence(field, kind, fits):
    """Formulas and rollups tell facts about the account and nothing that a deadline hangs on."""
    assert (columns.unfit(field, Column("x", "x", kind)) == "") is fits


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("2026-07-04T09:09:45.607+00:00", datetime(2026, 7, 4, 9, 9, 45, tzinfo=UTC)),
        ("2026-06-27T17:10:00.000Z", datetime(2026, 6, 27, 17, 10, tzinfo=UTC)),
        ("2026-06-27", None),
        ("", None),
        (None, None),
        (5, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-13-01T00:00:00Z", None),
    ],
)
def test_one_reader_for_every_spelling_of_an_instant(raw, found):
    """Databases tell milliseconds and an offset, pages minutes and Z; a day is no instant."""
    assert instants.moment(raw) == found


def test_no_option_is_mistaken_for_another():
    """By id first, then by name whatever its case, as Notion takes them."""
    column = Column("x", "x", "select", (Option("Open", "Closed"), Option("b", "Open")))

    assert column.option("Open").name == "Closed"
    assert column.option(" open ").id == "b"
    assert column.option("") is None


MAPPED = {
    "summary": "title", "is_technical": "z%7Ce%40", "received_at": "njKC", "contact.email": "%5CsUl",
    "resolution_types": "WPcz", "account.arr": "%5Di%3BB", "owner": "qi%3Bd", "severity": "%3Fbp~",
    "findings_summary": "cYhT", "source_url": "zv%7Bz", "identified_at": "created_time",
    "identified_by": "created_by", "account.customer_since": "mcGO", "account.name": "~pTC", "account.tier": "pTpC",
}  # fmt: skip


@recorded
def test_recorded_pages_are_read():
    """Every type that a page can hold, by its id, empty and filled."""
    _, source, empty, filled, *_ = answers("ultimate-all-property-types")
    every = columns.listed(source["properties"])
    mapped = {name: tuple(columns.matching(id, every)) for name, id in MAPPED.items()}
    looks = schema(columns=mapped, unique=columns.matching("ID", every)[0])

    blank, whole = (codec.ticket(raw, looks, {}) for raw in (empty, filled))

    assert (blank.key, whole.key) == ("ALLCOLS619-1", "ALLCOLS619-2")
    assert whole.in_scope
    assert whole.apart
    assert not whole.heard
    assert (whole.unreadable, whole.history) == ({}, {})
    assert whole.updated_by == PersonRef(ME, kind=PersonKind.BOT)
    assert whole.created_at == datetime(2026, 6, 27, 17, 11, tzinfo=UTC)
    assert whole.url.startswith("https://www.notion.so/Title-")
    told = {"owner", "identified_at", "identified_by", "account.customer_since"}
    assert {name: value for name, value in whole.values.items() if name not in told} == {
        "summary": "Title",
        "is_technical": True,
        "received_at": date(2021, 1, 1),
        "contact.email": "person@example.com",
        "resolution_types": ("other",),
        "account.arr": Decimal(42),
        "severity": "billing_dispute",
        "findings_summary": "Text",
        "source_url": "https://ultimate-notion.com/",
        "account.name": "84",
        "account.tier": "2",
    }
    assert whole.values["owner"] == (PersonRef(DANA, "Person Three", "person@example.com", active=True),)
    assert whole.values["identified_at"] == whole.created_at
    assert {name for name, value in blank.values.items() if value is not None} == {
        "is_technical", "identified_at", "identified_by", "account.customer_since", "account.name", "account.tier",
    }  # fmt: skip
    assert codec.mark(empty, looks) != codec.mark(filled, looks)


@recorded
def test_every_recorded_page_can_be_read():
    """Whatever session it comes from, and whatever schema it has."""
    read = 0
    for path in sorted(RECORDED.glob("*.json")):
        for body in answers(path.stem):
            found = body.get("results", [body]) if isinstance(body, dict) else []
            for raw in found:
                if isinstance(raw, dict) and raw.get("object") == "page":
                    every = [Column(p["id"], n, p["type"]) for n, p in raw["properties"].items()]
                    title = tuple(column for column in every if column.type == "title")
                    ticket = codec.ticket(
                        raw, schema(columns={"summary": title, "description": tuple(every)}), {}
                    )
                    assert isinstance(ticket.values["summary"], str | None)
                    read += 1

    assert read > 100


@recorded
def test_a_recorded_date_is_the_instant_that_was_written():
    """Seconds and the zone's name are lost on the way; the offset is kept."""
    told = [
        raw["properties"]["Due Date"]
        for raw in answers("ultimate-page-status-and-date-writes")
        if "properties" in raw
    ]
    found = {values.decode("due_at", Column("x", "x", "date"), one, schema()) for one in told}

    assert datetime(2024, 1, 8, 12, 0, tzinfo=UTC) in found
    assert date(2026, 7, 1) in found


@recorded
def test_recorded_lists_beyond_25_are_known_to_be_cut():
    """has_more stands beside the relation."""
    raw = answers("ultimate-relation-has-more-26")[0]
    relation = by_id(raw)["o_yF"]
    column = Column("title", "Name", "title", via="o_yF", source="x")

    assert len(relation["relation"]) == 25
    assert codec.cut(raw, schema(columns={"account.name": (column,)})) == [column]


@recorded
def test_recorded_comments_are_read():
    """Author, time, text and whose it is."""
    *_, listed, _ = answers("ultimate-comments")
    (raw,) = listed["results"]
    marked = {**raw, "rich_text": [{"plain_text": "#ack My first comment"}]}
    strange = Schema(me="somebody else", source="", vocabulary=Vocabulary())

    (message,) = comments.messages([marked, raw], strange)

    assert (message.text, message.automated) == ("My first comment", True)
    assert message.sender.name == "Ultimate Notion Tests"
    assert message.when.at == datetime(2026, 6, 27, 16, 52, tzinfo=UTC)
    assert comments.notes([marked, raw], strange) == []
    assert (comments.messages([marked], schema()), comments.notes([marked], schema())) == ((), [])
