"""Messages: mails and comments that told the customer something, who sent them and when, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from escsync_salesforce import activities, markup, messages
from escsync_salesforce.schema import Column, Schema

from escsync.adapter import Evidence, Grade, MessageKind, Vocabulary

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
ME, DANA, IDRIS, AUTO = (f"005dM000000000{n}" for n in ("1QAA", "8QAA", "7QAA", "2QAA"))
ME, DANA, IDRIS, AUTO = (messages.ids.long(one[:15].ljust(15, "0")) for one in (ME, DANA, IDRIS, AUTO))


def schema(native=True, **how):
    return Schema("https://acme", ME, Vocabulary(native=native, follow_up="task"), **how)


def stamp(minutes=0):
    return (AT + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def comment(text, *, by=DANA, published=False, at=0, changed=None, kind="Standard", **told):
    creator = {"Name": "Dana Reyes", "Email": "dana@acme.example", "UserType": kind, "IsActive": True}
    held = {"Id": "00adM0000000001AAA", "CommentBody": text, "IsPublished": published, "CreatedById": by}
    times = {"CreatedDate": stamp(at), "LastModifiedDate": stamp(at if changed is None else changed)}
    return held | times | {"CreatedBy": creator, "IsDeleted": False} | told


def mail(
    text="Hello", *, incoming=False, status="3", sender="dana@acme.example", by=DANA, kind="Standard", **told
):
    emails = {DANA: "dana@acme.example", IDRIS: "idris@acme.example", AUTO: "auto@00d"}
    creator = {"Name": "Somebody", "Email": emails.get(by), "UserType": kind, "IsActive": True}
    held = {
        "Id": "02sdM0000000001AAA",
        "Incoming": incoming,
        "Status": status,
        "FromAddress": sender,
        "TextBody": text,
    }
    return (
        held
        | {"CreatedDate": stamp(), "MessageDate": stamp(), "CreatedById": by, "CreatedBy": creator}
        | told
    )


@pytest.mark.parametrize(
    ("row", "native", "told"),
    [
        (comment("#ack Hello"), True, (MessageKind.ACKNOWLEDGEMENT, False, "Hello")),
        (comment("Hello"), True, None),
        (comment("he wrote: #ack"), True, None),
        (comment("Hello", published=True), True, (None, True, "Hello")),
        (comment("#update Hello", published=True), True, (MessageKind.CUSTOMER_UPDATE, True, "Hello")),
        (comment("Hello", published=True), False, None),
        (comment("#ack Hello", published=True), False, (MessageKind.ACKNOWLEDGEMENT, False, "Hello")),
        (comment("#ack Hello", by=ME), True, None),
        (comment("Hello", by=ME, published=True), True, None),
        (comment("#ack Hello", IsDeleted=True), True, None),
    ],
)
def test_a_comment_is_a_message_where_it_is_published_or_marked(row, native, told):
    """Escsync's own words are neither (decision 45)."""
    found = messages.of_comments([row], schema(native))

    assert [(m.marker, m.native, m.text) for m in found] == ([told] if told else [])
    assert messages.note_of([row], schema(native)) is None


def test_a_comment_by_a_customer_comes_in():
    """A portal user is no colleague."""
    (found,) = messages.of_comments([comment("Well?", published=True, kind="CspLitePortal")], schema())

    assert found.inbound
    assert not found.automated


def test_a_comment_that_was_changed_or_published_later_says_so():
    """What the customer could not see then was not said then."""
    (found,) = messages.of_comments([comment("Hello", published=True, at=0, changed=90)], schema())

    assert found.when.at == AT
    assert found.edited_at == AT + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("row", "digest"),
    [
        (comment("step 1\n\nescsync-note aa11", by=ME), "aa11"),
        (comment("#ack step 1\r\n\r\nescsync-note aa11\n", by=ME), "aa11"),
        (comment("step 1\n\nescsync-note aa11", by=DANA), None),
        (comment("step 1\n\nescsync-note aa11", by=ME, published=True), None),
        (comment("escsync-note aa11\nand more", by=ME), None),
    ],
)
def test_the_note_is_our_own_unpublished_comment(row, digest):
    """By its last line; anybody can type one."""
    note = messages.note_of([row], schema())

    assert (note.digest if note else None) == digest
    assert messages.of_comments([row], schema()) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (mail(), (True, False, False)),
        (mail(incoming=True, status="0"), (True, True, False)),
        (mail(status="5"), None),
        (mail(status="0"), None),
        (mail(by=AUTO, kind="AutomatedProcess", sender="support@acme.example"), (True, False, True)),
        (mail(Headers="X-Mailer: y\nAuto-Submitted: auto-replied\n"), (True, False, True)),
        (mail(Headers="Auto-Submitted: no\n"), (True, False, False)),
        (mail(sender="no-reply@acme.example"), (True, False, True)),
        (mail(sender="MAILER-DAEMON@acme.example"), (True, False, True)),
        (mail(IsDeleted=True), None),
    ],
)
def test_a_mail_is_a_message_where_it_was_sent_or_received(row, told):
    """Drafts were not, and what a machine sent is automated (decision 50)."""
    found = messages.of_mails([row], schema(bots={AUTO: "Automated Process"}))

    assert [(m.native, m.inbound, m.automated) for m in found] == ([told] if told else [])


@pytest.mark.parametrize(
    ("row", "senders", "told"),
    [
        (mail(), {}, (DANA, "dana@acme.example")),
        (mail(sender="DANA@acme.example"), {}, (DANA, "dana@acme.example")),
        (mail(by=IDRIS), {"dana@acme.example": DANA}, (DANA, "dana@acme.example")),
        (mail(sender="support@acme.example"), {"support@acme.example": ""}, (DANA, "dana@acme.example")),
        (mail(by=AUTO, sender="dana@acme.example"), {"dana@acme.example": DANA}, (DANA, "dana@acme.example")),
        (mail(by=AUTO, sender="eve@acme.example"), {"eve@acme.example": ""}, ("", "eve@acme.example")),
        (mail(sender=None), {}, (DANA, "dana@acme.example")),
        (mail(incoming=True, sender="casey@customer.example"), {}, ("", "casey@customer.example")),
    ],
)
def test_a_mail_is_by_the_person_of_its_address(row, senders, told):
    """Failing that, by who filed it (decision 21)."""
    known = schema(senders=dict(senders), bots={AUTO: "Automated Process"})

    (found,) = messages.of_mails([row], known)

    assert (found.sender.id, found.sender.email) == told


@pytest.mark.parametrize(("minutes", "sent"), [(0, 0), (-4, 0), (4, 4), (-6, 0), (-600, 0), (600, 0)])
def test_a_mails_own_date_counts_only_near_its_record(minutes, sent):
    """Anybody who creates the record can choose MessageDate."""
    (found,) = messages.of_mails([mail(MessageDate=stamp(minutes))], schema())

    assert found.when.at == AT + timedelta(minutes=sent)
    assert found.claimed == (None if abs(minutes) <= 5 else AT + timedelta(minutes=minutes))


def test_a_mail_of_html_alone_is_flattened():
    """Its scripts and styles say nothing."""
    html = "<html><head><style>p{}</style></head><body><p>My name is&nbsp;Dana</p><div>By <b>Friday</b><br/>or so</div><script>x</script></body></html>"

    (found,) = messages.of_mails([mail(text=None, HtmlBody=html)], schema())

    assert found.text.split() == ["My", "name", "is", "Dana", "By", "Friday", "or", "so"]
    assert found.text.splitlines()[0] == "My name is Dana"


@pytest.mark.parametrize(
    "html", ["", "<", "<p", "&#xffffffff;", "<p>" * 5000, "<script>never closed", "]]>", "<!--"]
)
def test_no_html_is_a_crash(html):
    """However broken."""
    markup.plain(html)


BORN = Evidence(AT, source="created")


def task(subject="Follow-up call", *, at=10, by=DANA, day="2026-03-10", done=None, changed=None, **told):
    held = {
        "Id": "00TdM0000000001AAA",
        "Subject": subject,
        "ActivityDate": day,
        "CreatedById": by,
        "CreatedDate": stamp(at),
    }
    ended = {
        "IsClosed": done is not None or changed is not None,
        "CompletedDateTime": stamp(done) if done is not None else None,
    }
    return (
        held
        | ended
        | {
            "LastModifiedDate": stamp(changed if changed is not None else done or at),
            "CreatedBy": {"Name": "D"},
        }
        | told
    )


@pytest.mark.parametrize(
    ("tasks", "events", "day", "by"),
    [
        ([task()], [], "2026-03-10", DANA),
        ([task("follow up")], [], "2026-03-10", DANA),
        ([task("Send invoice")], [], None, None),
        ([task("unfollowupable")], [], None, None),
        ([task(by=ME)], [], None, None),
        ([task(day=None)], [], None, None),
        ([task(IsDeleted=True)], [], None, None),
        ([], [task("Followup", StartDateTime=stamp(600))], "2026-03-03T19:00:00+00:00", DANA),
    ],
)
def test_a_persons_activity_books_the_follow_up(tasks, events, day, by):
    """Subject, day and who booked it; escsync's own reminders book nothing (decision 61)."""
    told, past = activities.follow_up(tasks, events, BORN, schema())

    planned = told["follow_up.scheduled_for"]
    assert (planned.isoformat() if planned else None) == day
    assert [ref.id for ref in told["follow_up.scheduled_by"] or ()] == ([by] if by else [])
    assert past["follow_up.scheduled_for"][0].value is None


@pytest.mark.parametrize(
    ("row", "held", "grade"),
    [(task(), None, Grade.A), (task(done=60), 60, Grade.A), (task(changed=90), 90, Grade.B)],
)
def test_a_task_that_is_done_was_held(row, held, grade):
    """By the server's stamp, else no later than its last change."""
    told, past = activities.follow_up([row], [], BORN, schema())

    at = told["follow_up.held_at"]
    assert (None if at is None else (at - AT).total_seconds() / 60) == held
    assert past["follow_up.held_at"][-1].when.grade is grade


def test_a_mapped_field_comes_before_activities():
    """What the configuration names is what counts."""
    columns = {"follow_up.scheduled_for": (Column("D__c", "D__c", type="date"),)}

    told, _ = activities.follow_up([task()], [], BORN, schema(columns=columns))

    assert "follow_up.scheduled_for" not in told
    assert "follow_up.held_at" in told
