"""The people of the fake Notion do what people do, and the trouble they make is real."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from fakes.notion_humans import STATUSES, NotionHumans

from escsync.adapter import FIELDS, FieldKind, PersonKind, Stage
from escsync.domain.fields import OWN_FIELDS
from escsync.testing import Humans

NOON = datetime(2026, 3, 3, 12, 0, 40, tzinfo=UTC)


@pytest.fixture
def people():
    made = NotionHumans()
    made.now = NOON
    yield made
    made.close()


def api(people, method, path, body=None):
    known = people.connection()
    headers = {"Authorization": f"Bearer {known['token']}", "Notion-Version": "2026-03-11"}
    return httpx.request(method, f"{known['url']}/v1{path}", json=body, headers=headers, timeout=5)


def shown(people, ref, field):
    """A property of a ticket, by its canonical field."""
    (key,) = people.fields[field]
    relation, _, own = key.rpartition(".")
    properties = api(people, "GET", f"/pages/{ref.id}").json()["properties"].values()
    if relation:
        related = next(p for p in properties if p["id"] == relation)["relation"][0]["id"]
        properties = api(people, "GET", f"/pages/{related}").json()["properties"].values()
    told = next(p for p in properties if p["id"] == own)
    return told[told["type"]]


VALUES = {
    FieldKind.TEXT: ("some text", "some text"),
    FieldKind.INSTANT: (NOON, "2026-03-03T12:00:00.000+00:00"),
    FieldKind.DAY: (date(2026, 3, 3), "2026-03-03"),
    FieldKind.NUMBER: (Decimal("1234.5"), 1234.5),
    FieldKind.FLAG: (True, "Yes"),
}


def plainly(told):
    """A property's content without its wrapping."""
    match told:
        case [{"plain_text": text}]:
            return text
        case [{"id": _}, *_] if "color" not in told[0]:
            return [one["id"] for one in told]
        case [*options]:
            return [one["name"] for one in options]
        case {"start": start}:
            return start
        case {"name": name}:
            return name
    return told


@pytest.mark.parametrize("related", [False, True])
def test_every_canonical_field_has_a_property(related):
    """Each holds what somebody sets, and is empty before."""
    people = NotionHumans(related=related)
    ana = people.hire("ana", "Ana Lima")
    ref = people.create({"summary": "x"}, by=ana)
    try:
        for name, field in FIELDS.items():
            value, expected = VALUES.get(field.kind, (None, None))
            match field.kind:
                case FieldKind.PEOPLE:
                    value, expected = (ana,), [ana]
                case FieldKind.CHOICE | FieldKind.CHECK:
                    value = expected = field.choices[-1]
                case FieldKind.CHOICES:
                    value, expected = field.choices[:2], list(field.choices[:2])
                case FieldKind.STAGE:
                    value, expected = Stage.CLOSED, "Closed"

            people.set(ref, name, value, by=ana)

            assert plainly(shown(people, ref, name)) == expected, name
    finally:
        people.close()


def test_it_has_all_that_the_kit_asks_for(people):
    """Both protocols, member by member; fields that escsync owns included."""
    wanted = {name for name in vars(Humans) if not name.startswith("_")} | {"now"}
    trouble = {"waits", "outage", "throttle", "hide", "leave", "ignore", "between", "skew"}

    assert not [name for name in wanted | trouble | {"section", "environ"} if not hasattr(people, name)]
    assert set(people.fields) == set(FIELDS)
    assert not set(people.section()["fields"]) & set(OWN_FIELDS)


def test_stages_stand_in_the_right_groups(people):
    """What is over is Complete; a new ticket is at intake."""
    ana = people.hire("ana", "Ana Lima")
    ref = people.create({"summary": "x"}, by=ana)

    schema = api(people, "GET", f"/data_sources/{people.table.id}").json()["properties"]["stage"]["status"]
    names = {option["id"]: option["name"] for option in schema["options"]}
    groups = {group["name"]: {names[id_] for id_ in group["option_ids"]} for group in schema["groups"]}

    assert groups["Complete"] == {"Closed", "Rejected", "Duplicate"}
    assert set(names.values()) == {told.partition(":")[0] for told in STATUSES.values()}
    assert shown(people, ref, "stage")["name"] == "Open"
    assert ref.key == "ESC-1"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (PersonKind.HUMAN, {"object": "user", "type": "person"}),
        (PersonKind.BOT, {"object": "user", "type": "bot"}),
        (PersonKind.QUEUE, {"object": "group", "name": "Team"}),
        (PersonKind.GROUP, {"object": "group", "name": "Team"}),
    ],
)
def test_anything_can_own_a_ticket(people, kind, told):
    """Two people, a bot, a group: the property holds them all, although the API writes people only."""
    ana, team = people.hire("ana", "Ana Lima"), people.hire("team", "Team", kind=kind)
    ref = people.create({"summary": "x", "owner": (ana, team)}, by=ana)

    owner = shown(people, ref, "owner")

    assert [one["id"] for one in owner] == [ana, team]
    assert told.items() <= owner[1].items()


def test_edits_are_stamped_with_their_author_and_minute(people):
    """A comment stamps nothing."""
    ana, dana = people.hire("ana", "Ana Lima"), people.hire("dana", "Dana Reyes")
    ref = people.create({"summary": "x"}, by=ana)
    people.now += timedelta(minutes=5)
    people.move(ref, Stage.INVESTIGATION, by=dana)
    people.now += timedelta(minutes=5)
    comment = people.comment(ref, "#ack hello", by=ana)
    people.edit_comment(ref, comment, "#ack bye", by=ana)

    page = api(people, "GET", f"/pages/{ref.id}").json()
    (said,) = api(people, "GET", f"/comments?block_id={ref.id}").json()["results"]
    people.delete_comment(ref, comment, by=ana)

    assert (page["created_time"], page["created_by"]["id"]) == ("2026-03-03T12:00:00.000Z", ana)
    assert (page["last_edited_time"], page["last_edited_by"]["id"]) == ("2026-03-03T12:05:00.000Z", dana)
    assert (said["id"], said["rich_text"][0]["plain_text"]) == (comment, "#ack bye")
    assert api(people, "GET", f"/comments?block_id={ref.id}").json()["results"] == []


def test_a_mere_day_is_left_where_days_are_wished():
    """A date property holds both."""
    people = NotionHumans(days=["follow_up.scheduled_for"])
    ana = people.hire("ana", "Ana Lima")
    ref = people.create({"summary": "x", "follow_up.scheduled_for": NOON, "received_at": NOON}, by=ana)

    days = [shown(people, ref, name)["start"] for name in ("follow_up.scheduled_for", "received_at")]
    people.close()

    assert days == ["2026-03-03", "2026-03-03T12:00:00.000+00:00"]


def test_an_outage_breaks_connections_before_or_after_the_work(people):
    """The first write never happened, the second did; nobody was told of either."""
    ana = people.hire("ana", "Ana Lima")
    ref = people.create({"summary": "x"}, by=ana)
    body = {"properties": {people.fields["account.name"][0]: {"rich_text": [{"text": {"content": "Alder"}}]}}}
    told = []
    for after in (False, True):
        people.outage(after=after)
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            api(people, "PATCH", f"/pages/{ref.id}", body)
        told.append(plainly(shown(people, ref, "account.name")))

    assert told == [[], "Alder"]


def test_a_throttled_request_says_how_long_to_wait(people):
    """In whole seconds, as often as wished."""
    people.throttle(1.2, times=2)

    answers = [api(people, "GET", "/users/me") for _ in range(3)]

    assert [(a.status_code, a.headers.get("Retry-After")) for a in answers] == [
        (429, "2"),
        (429, "2"),
        (200, None),
    ]


def test_what_is_hidden_what_left_and_what_is_gone_look_different(people):
    """A ticket that left is in another table, a deleted one in the trash, and of a hidden one nothing is said."""
    ana = people.hire("ana", "Ana Lima")
    left, gone, hidden = (people.create({"summary": s}, by=ana) for s in ("left", "gone", "hidden"))
    people.leave(left)
    people.delete(gone, by=ana)

    pages = [api(people, "GET", f"/pages/{ref.id}").json() for ref in (left, gone)]
    summary = plainly(shown(people, left, "summary"))
    people.hide()
    after = [api(people, "GET", path).status_code for path in (f"/pages/{hidden.id}", "/users/me")]

    assert pages[0]["parent"]["data_source_id"] == people.elsewhere.id
    assert summary == "left"
    assert pages[1]["in_trash"] is True
    assert after == [404, 200]


def test_somebody_may_act_right_before_a_write(people):
    """Once, and not before a read; and a field can be deaf."""
    ana = people.hire("ana", "Ana Lima")
    ref = people.create({"summary": "x"}, by=ana)
    people.between(lambda: people.set(ref, "account.name", "Human", by=ana))
    people.ignore("account.currency")
    body = {
        "properties": {people.fields["account.currency"][0]: {"rich_text": [{"text": {"content": "EUR"}}]}}
    }

    before = plainly(shown(people, ref, "account.name"))
    api(people, "POST", f"/data_sources/{people.table.id}/query", {})
    answer = api(people, "PATCH", f"/pages/{ref.id}", body).json()

    assert before == []
    assert answer["properties"]["account name"]["rich_text"][0]["plain_text"] == "Human"
    assert answer["properties"]["account currency"]["rich_text"] == []
    assert people.world.before_write == []


def test_who_is_dismissed_is_a_mere_id(people):
    """In people properties, and not found among users."""
    ana = people.hire("ana", "Ana Lima")
    ref = people.create({"summary": "x", "owner": (ana,)}, by=ana)
    people.dismiss(ana)

    assert shown(people, ref, "owner") == [{"object": "user", "id": ana}]
    assert api(people, "GET", f"/users/{ana}").status_code == 404
