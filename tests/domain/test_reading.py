"""Reading messages: elements by phrase, in any wrapping, in time that grows with the length only."""

import time

import pytest
from domain.story import PEOPLE, SUMMARY, WORLD, ack_text, at

from escsync.domain.communication import Element, Message
from escsync.domain.evidence import Evidence
from escsync.domain.people import PersonRef
from escsync.domain.policy import Policy
from escsync.domain.reading import read_message

DANA = next(person for person in PEOPLE if person.id == "dana")


def read(text, *, sender=DANA, summary=SUMMARY, inbound=False):
    """What a message of Dana's contains."""
    message = Message("1", Evidence(at("09:00")), PersonRef("dana"), text, inbound=inbound)
    more = {"comms": Policy().comms, "company": "Acme", "directory": WORLD.directory}
    return read_message(message, sender, summary=summary, **more)


FIRST = set(Policy().comms.first_response.must_contain)


@pytest.mark.parametrize(
    "text",
    [
        ack_text(),
        ack_text().replace(" ", "\n"),
        ack_text().replace(" ", "\u00a0 "),
        ack_text().upper(),
        (
            "Ich bin Dana Reyes, Support Manager bei Acme. Ich übernehme persönlich die Verantwortung für die "
            "Invoices und werde persönlich dafür sorgen, dass es gelöst wird."
        ),
        (
            "Je suis Dana Reyes, Support Manager chez Acme. J’assume la responsabilite\u0301 personnelle de ces invoices "
            "et je m’engage a\u0300 les corriger."
        ),
        "Soy Dana Reyes, Support Manager de Acme. Tengo la responsabilidad personal de las invoices y me comprometo.",
        "Sou Dana Reyes, Support Manager da Acme. É minha responsabilidade pessoal e comprometo-me: invoices.",
    ],
)
def test_a_first_response_is_recognised_in_any_wrapping_and_language(text):
    """Decision 3: by phrases, not by wording; mail programs wrap where they like."""
    assert read(text).elements >= FIRST


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("The credit to your account is completed.", True),
        ("Done.", True),
        ("We spoke on Monday; the fix is in place.", True),
        ("The fix is not yet in place.", False),
        ("It will be\ncompleted next week.", False),
        ("Once the fix is in place, we will call.", False),
        ("Sobald es umgesetzt ist, melde ich mich.", False),
    ],
)
def test_completion_is_what_is_done_and_not_what_will_be(text, done):
    """CLO-2."""
    assert (Element.COMPLETION in read(text).elements) is done


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Timeline: by 2026-03-05 17:00 UTC", ["2026-03-05"]),
        ("We will be done by 5 March 2026.", ["2026-03-05"]),
        ("Zeitplan: bis 5. März 2026", ["2026-03-05"]),
        ("d'ici le 5 mars 2026", ["2026-03-05"]),
        ("antes del 5 de marzo de 2026", ["2026-03-05"]),
        ("até 05/03/2026", ["2026-03-05"]),
        ("We will be done soon.", []),
        ("By 2026-13-45.", []),
        ("İ" * 50 + " by 2026-03-05", ["2026-03-05"]),
    ],
)
def test_a_timeline_is_an_absolute_date(text, days):
    """UPD-5: a concrete date, not "soon"."""
    found = read(text)

    assert (Element.TIMELINE in found.elements) is bool(days)
    assert [str(day) for day in found.dates] == days


@pytest.mark.parametrize(
    "slot", ["[Name]", "[specific issue]", "{{title}}", "${company}", "<Your name>", "[...]"]
)
def test_a_slot_left_open_is_seen(slot):
    """ACK-5, G-15."""
    assert read(f"Hello, {slot}").placeholder == slot


@pytest.mark.parametrize(
    "text", ["[EXTERNAL] Hello", "[ESC-12]", "[the guide](https://x.example)", "[sic]", "[1]"]
)
def test_other_brackets_are_no_slots(text):
    """A mail gateway's tag stops nobody's clock."""
    assert not read(text).placeholder


def test_names_are_words_of_their_own():
    """Ann is not named by announcing."""
    assert Element.NAME not in read("Announcing Dana Reyesberg").elements
    assert read("Idris Cole takes over").names == {"idris"}


def test_only_a_customers_words_are_searched_for_escalation():
    """Decision 46: a proposal from inbound messages."""
    assert read("We are going public on LinkedIn", inbound=True).hits
    assert not read("We are going public on LinkedIn").hits


HOSTILE = (
    "[",
    "[a",
    "{{",
    "${",
    "by ",
    "by 2026-03-05 ",
    "1 ",
    "team ",
    "a team\n",
    "not done.",
    " ",
    "1 jan ",
    "\ud800",
)


@pytest.mark.parametrize("unit", HOSTILE)
def test_megabytes_of_anything_are_read_in_no_time(unit):
    """No pattern backtracks over a text; five megabytes cost what their beginning costs."""
    text = unit * (5_000_000 // len(unit))
    begun = time.process_time()

    read(text, summary=text)
    assert time.process_time() - begun < 5
