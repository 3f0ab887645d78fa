"""Comments on Notion pages: whose are messages, which is the note, and what happens where they may not be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.http import Reply
from fakes.notion.refusal import Refused
from fakes.notion.rig import pull, rig

from escsync.adapter import Ambiguous, Denied, Grade, Level, MessageKind, PersonKind, Rejected, WriteNote


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


@pytest.fixture
def page(notion):
    """One escalation."""
    return notion.site.create()


def say(notion, page, text, by="dana"):
    return notion.world.say(page, text, notion.site.people[by].id)


def heard(notion, page, adapter=None):
    (told,) = (adapter or notion.connect()).listen([notion.ref(page)])
    return told


def note(notion, page, text, digest, adapter, **how):
    (written,) = notion.write(
        adapter, notion.change(page, WriteNote(text, digest, how.pop("old", None), **how))
    )
    return written


def own(notion):
    return [comment for comment in notion.world.comments if comment.author == notion.world.me]


def test_a_marked_comment_is_evidence_of_grade_a(notion, page):
    """At Notion's time of its creation, by its author; unmarked ones are internal."""
    told = say(notion, page, "#ack My name is Dana Reyes.")
    say(notion, page, "just between us")
    say(notion, page, "> #ack quoted")

    (message,) = heard(notion, page).messages

    assert (message.marker, message.text) == (MessageKind.ACKNOWLEDGEMENT, "My name is Dana Reyes.")
    assert (message.when.grade, message.when.exact) == (Grade.A, True)
    assert message.when.at == told.created_at.replace(second=0, microsecond=0)
    assert (message.sender.id, message.sender.name) == (notion.site.people["dana"].id, "Dana Reyes")
    assert not message.automated
    assert message.edited_at is None


def test_an_edited_comment_carries_its_stamp(notion, page):
    """Else a marker could be typed into an old one."""
    told = say(notion, page, "just between us")
    notion.world.clock.advance(hours=2)
    notion.world.rewrite(told, "#ack hello")

    (message,) = heard(notion, page).messages

    assert message.edited_at == message.when.at + timedelta(hours=2)


def test_a_robots_comment_is_automated(notion, page):
    """An integration's, told by how it is shown; ours is none at all."""
    say(notion, page, "#ack hello", by="robot")
    notion.world.say(page, "#ack ours", notion.world.me)

    (message,) = heard(notion, page).messages

    assert message.automated
    assert message.sender.kind is PersonKind.BOT


def test_comments_in_the_text_and_resolved_ones_are_no_messages(notion, page):
    """Only open threads of the page itself."""
    inside = say(notion, page, "#ack in a paragraph")
    inside.block = notion.world.home
    say(notion, page, "#update kept")
    closed = notion.world.say(
        page, "#holding closed", notion.site.people["dana"].id, "11111111-1111-4111-8111-111111111111"
    )
    notion.world.resolve(closed)

    assert [m.text for m in heard(notion, page).messages] == ["kept"]


def test_many_comments_come_page_by_page(notion, page):
    """One call for each hundred."""
    for n in range(230):
        say(notion, page, f"#update {n}")
    adapter = notion.connect()
    pull(adapter)
    before = adapter.calls

    assert len(heard(notion, page, adapter).messages) == 230
    assert adapter.calls - before == 3


def test_the_note_is_changed_in_place(notion, page):
    """One comment, one call each time; its last line is how it is known again."""
    adapter = notion.connect()
    pull(adapter)
    heard(notion, page, adapter)
    first = note(notion, page, "step 1", "aa11", adapter).after.note
    before = adapter.calls
    note(notion, page, "step 2", "bb22", notion.again(adapter), old="aa11", at=first.id)

    assert [comment.id for comment in own(notion)] == [first.id]
    assert heard(notion, page).note.digest == "bb22"
    assert heard(notion, page).messages == ()
    assert adapter.calls == before


def test_a_note_of_a_resolved_thread_is_still_the_note(notion, page):
    """It is no longer listed; its id is known."""
    adapter = notion.connect()
    note(notion, page, "step 1", "aa11", adapter)
    notion.world.resolve(own(notion)[0])

    note(notion, page, "step 2", "bb22", notion.connect(), old="aa11", at=own(notion)[0].id)

    assert len(own(notion)) == 1


def test_a_deleted_note_is_written_anew(notion, page):
    """Somebody removed it: 404 on the change, none in the list."""
    adapter = notion.connect()
    note(notion, page, "step 1", "aa11", adapter)
    gone = own(notion)[0].id
    notion.world.retract(own(notion)[0])

    written = note(notion, page, "step 2", "bb22", notion.connect(), old="aa11", at=gone)

    assert not written.failures
    assert heard(notion, page).note.digest == "bb22"


def test_a_lost_answer_posts_no_second_note(notion, page):
    """Whether it was posted is looked at; it is not posted again."""
    adapter = notion.connect()
    pull(adapter)
    heard(notion, page, adapter)
    notion.server.fail("POST", "/comments", after=True, reset=True)

    written = note(notion, page, "step 1", "aa11", adapter)

    assert not written.failures
    assert len(own(notion)) == 1
    assert written.after.note.id == own(notion)[0].id


def test_a_note_that_surely_was_not_posted_is_in_doubt(notion, page):
    """The next pass decides; nothing is sent twice on a guess."""
    adapter = notion.connect()
    pull(adapter)
    heard(notion, page, adapter)
    notion.server.fail("POST", "/comments", Reply(500))

    written = note(notion, page, "step 1", "aa11", adapter)

    assert isinstance(written.failures[0], Ambiguous)
    assert len(notion.server.calls("POST", "/comments")) == 1


def test_an_unheard_page_is_looked_at_before_its_first_note(notion, page):
    """A pass that broke off may have left one."""
    notion.world.say(page, "old\n\nescsync-note aa11", notion.world.me)

    note(notion, page, "step 2", "bb22", notion.connect())

    assert len(own(notion)) == 1
    assert heard(notion, page).note.digest == "bb22"


@pytest.mark.parametrize("removable", [True, False])
def test_where_comments_cannot_be_changed_there_is_still_one_note(notion, page, removable):
    """It is taken back and written again; where that fails too, it is refused with what to do."""
    adapter = notion.connect()
    note(notion, page, "step 1", "aa11", adapter)
    notion.server.fail("PATCH", own(notion)[0].id, Reply(400, Refused(400, "no").body), times=9)
    if not removable:
        notion.server.fail("DELETE", own(notion)[0].id, Reply(400, Refused(400, "no").body))

    written = note(notion, page, "step 2", "bb22", notion.connect(), old="aa11", at=own(notion)[0].id)

    assert len(own(notion)) == 1
    assert heard(notion, page).note.digest == ("bb22" if removable else "aa11")
    assert removable or (
        isinstance(written.failures[0], Rejected) and "by hand" in written.failures[0].remedy
    )


def test_without_the_right_to_read_comments_nothing_is_claimed(notion, page):
    """Said once per pass; nothing is taken for unsaid, no note is written, and no further call is wasted."""
    say(notion, page, "#ack hello")
    notion.world.can -= {"read_comments"}
    adapter = notion.connect()

    found = pull(adapter)
    (read,) = adapter.read([notion.ref(page)])
    refused = note(notion, page, "x", "aa11", adapter)

    can = adapter.capabilities
    assert (can.messages, can.note, can.apart) == (False, True, False)
    assert [(p.level, p.code) for p in found.problems] == [(Level.FAIL, "CAPABILITY")]
    assert (read.messages, read.heard, found.one.heard) == ((), False, False)
    assert isinstance(refused.failures[0], Denied)
    assert "'read comments'" in refused.failures[0].remedy
    before = adapter.calls
    assert list(adapter.listen([notion.ref(page)])) == []
    assert adapter.calls == before
    assert [p.code for p in pull(notion.again(adapter), found.cursor).problems] == ["CAPABILITY"]


def test_the_right_that_is_lost_in_between_is_said_at_once(notion, page):
    """Listening is where it is found out: once, and not for each page."""
    adapter = notion.connect()
    pull(adapter)
    notion.world.can -= {"read_comments"}

    with pytest.raises(Denied, match="403") as denial:
        list(adapter.listen([notion.ref(page)]))

    assert "'read comments'" in denial.value.remedy
    assert list(adapter.listen([notion.ref(page)])) == []


@pytest.mark.parametrize("pages", [0, 1])
def test_the_right_that_is_granted_is_noticed_by_the_next_pass(notion, pages):
    """While it is known to be missing each pull asks once more, whether or not it brings a page."""
    told = notion.site.create()
    say(notion, told, "#ack hello")
    notion.world.can -= {"read_comments"}
    first = notion.connect()
    cursor = pull(first).cursor
    notion.world.clock.advance(hours=1)
    cursor = pull(notion.again(first), cursor).cursor
    if pages:
        notion.site.edit(told, "ARR", 5)
    still = notion.again(first)
    missing = pull(still, cursor).problems
    notion.world.can |= {"read_comments"}
    granted = notion.again(still)

    found = pull(granted, cursor)

    assert [p.code for p in missing] == ["CAPABILITY"]
    assert still.calls == 2
    assert found.problems == []
    assert granted.capabilities.apart
    assert [m.text for m in heard(notion, told, granted).messages] == ["hello"]
    quiet = notion.again(granted)
    pull(quiet, found.cursor)
    assert quiet.calls == 1


def test_reading_asks_again_as_well(notion, page):
    """A refusal is one connection's: what reads a ticket before it is written hears it, once that is granted."""
    say(notion, page, "#ack hello")
    notion.world.can -= {"read_comments"}
    first = notion.connect()
    pull(first)
    notion.world.can |= {"read_comments"}

    (ticket,) = notion.again(first).read([notion.ref(page)])

    assert ticket.heard
    assert len(ticket.messages) == 1


def test_without_the_right_to_insert_comments_each_note_is_refused_with_what_to_do(notion, page):
    """The note stays claimed, so that nothing is withheld without a word; after the first refusal nobody knocks again."""
    others = [notion.site.create(f"n{n}") for n in range(3)]
    notion.world.can -= {"insert_comments"}
    adapter = notion.connect()
    first = note(notion, page, "x", "aa11", adapter)
    before = adapter.calls

    rest = [note(notion, other, "x", "aa11", adapter) for other in others]

    for written in (first, *rest):
        assert isinstance(written.failures[0], Denied)
        assert "insert comments" in written.failures[0].message
    assert adapter.calls == before
    assert (adapter.capabilities.note, adapter.capabilities.messages) == (True, True)


def test_a_refused_note_is_written_by_the_next_pass(notion, page):
    """One 403 turns nothing off: neither a grant nor a slip of the server needs anybody to say so."""
    notion.server.fail("POST", "/comments", Reply(403, Refused(403, "no", "restricted_resource").body))
    adapter = notion.connect()
    refused = note(notion, page, "x", "aa11", adapter)

    written = note(notion, page, "x", "aa11", notion.again(adapter))

    assert isinstance(refused.failures[0], Denied)
    assert not written.failures
    assert heard(notion, page).note.digest == "aa11"


def test_a_resolved_thread_leaves_the_note_where_it_is(notion, page):
    """It is not listed any more; it is asked for by its id, found, and changed in place."""
    adapter = notion.connect()
    note(notion, page, "step 1", "aa11", adapter)
    notion.world.resolve(own(notion)[0])
    later = notion.again(adapter)

    shown = heard(notion, page, later).note
    written = note(notion, page, "step 2", "bb22", notion.again(later))

    assert (shown.id, shown.digest) == (own(notion)[0].id, "aa11")
    assert not written.failures
    assert len(own(notion)) == 1
    assert heard(notion, page, notion.again(later)).note.digest == "bb22"


def test_a_note_that_was_deleted_is_posted_after_a_404_and_a_look(notion, page):
    """What was remembered is tried first; nothing is posted on the strength of a list alone."""
    adapter = notion.connect()
    note(notion, page, "step 1", "aa11", adapter)
    notion.world.retract(own(notion)[0])
    later = notion.again(adapter)
    before = len(notion.server.log)

    written = note(notion, page, "step 2", "bb22", later)

    made = [call.request.method for call in notion.server.log[before:]]
    assert made == ["PATCH", "GET", "POST"]
    assert not written.failures
    assert [c.id for c in own(notion)] == [written.after.note.id] if written.after else len(own(notion)) == 1


@pytest.mark.parametrize("removable", [True, False])
def test_of_twins_the_oldest_is_the_note_and_the_others_go(notion, page, removable):
    """A pass that broke off may leave two; where Notion refuses to delete one, the note is written, and the rest said."""
    first = notion.world.say(page, "old\n\nescsync-note aa11", notion.world.me)
    notion.world.clock.advance(minutes=2)
    second = notion.world.say(page, "old\n\nescsync-note aa11", notion.world.me)
    adapter = notion.connect()
    shown = heard(notion, page, adapter).note
    if not removable:
        notion.server.fail("DELETE", second.id, Reply(403, Refused(403, "no", "restricted_resource").body))

    written = note(notion, page, "step 2", "bb22", adapter, old="aa11", at=shown.id)

    assert (shown.id, shown.twins) == (first.id, (second.id,))
    assert [error.remedy[:26] for error in written.failures.values()] == (
        [] if removable else ["delete escsync's other com"]
    )
    assert [c.id for c in own(notion)] == [first.id] + ([] if removable else [second.id])
    assert heard(notion, page).note.digest == "bb22"


def test_another_accounts_note_is_left_alone(notion, page):
    """The token may be another connection's by now: its own note is written, and nothing is given up for it."""
    foreign = say(notion, page, "old\n\nescsync-note aa11", by="robot")

    written = note(notion, page, "step 2", "bb22", notion.connect(), old="aa11", at=foreign.id)

    assert not written.failures
    assert len(own(notion)) == 1
    assert foreign in notion.world.comments


def test_comments_denied_of_a_page_that_exists_do_not_make_it_vanish(notion, page):
    """Notion is known to answer 404 for the comments of pages that it shows."""
    notion.server.fail("GET", "/comments", Reply(404, Refused(404, "Could not find block").body), times=9)
    adapter = notion.connect()

    (ticket,) = adapter.read([notion.ref(page)])

    assert not ticket.heard
    assert list(adapter.listen([notion.ref(page)])) == []


def test_a_malformed_comment_is_said_and_never_dropped(notion, page):
    """Without its time it proves nothing, and without it a message would look deleted."""
    say(notion, page, "#ack hello")

    def timeless(body):
        return body | {"results": [one | {"created_time": "soon"} for one in body["results"]]}

    notion.server.fail("GET", "/comments", alter=timeless, times=9)

    for verb in ("read", "listen"):
        with pytest.raises(Rejected, match="cannot be read"):
            list(getattr(notion.connect(), verb)([notion.ref(page)]))
