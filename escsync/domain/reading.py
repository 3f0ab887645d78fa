"""Reading a message: which elements its text contains, by phrases and not by wording (decision 3)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from .communication import Element, Message, Reading
from .people import Directory, Person
from .phrases import STOP_WORDS
from .policy import Comms

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero janeiro",
            "february feb februar février fevrier febrero fevereiro",
            "march mar märz maerz mars marzo março marco",
            "april apr avril abril",
            "may mai mayo maio",
            "june jun juni juin junio junho",
            "july jul juli juillet julio julho",
            "august aug août aout agosto",
            "september sep sept septembre septiembre setembro",
            "october oct oktober okt octobre octubre outubro",
            "november nov novembre noviembre novembro",
            "december dec dezember dez décembre decembre diciembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = re.compile(
    r"(?<![\d-])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)"
    r"|(?<![\d.])(?P<d2>\d{1,2})[./-](?P<m2>\d{1,2})[./-](?P<y2>\d{4})(?!\d)"
    rf"|(?<!\d)(?P<d3>\d{{1,2}})(?:st|nd|rd|th|\.|º)?\s+(?:of\s+|de\s+)?(?P<m3>{_MONTH})\.?,?\s+(?:de\s+)?(?P<y3>\d{{4}})"
    rf"|\b(?P<m4>{_MONTH})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{{4}})",
    re.IGNORECASE,
)
_DATE_REACH = 160
"""How many characters after a timeline phrase its date may stand."""
_PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{1,60}\}\}|\$\{[^{}\n]{1,60}\}|\[ {0,3}(?:\.{2,9}|…|_{1,40}) {0,3}\]"
    r"|\[(?!(?:sic|ext(?:ern|ernal)?|image|bild|link|logo|redacted|confidential|internal|secure|spam|caution"
    r"|attachment|signature|quoted?|cid|https?)\b)(?![A-Z][A-Z0-9]+-\d+\])"
    r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ '/_.-]{1,50}\](?!\()"
    r"|<(?:your )?(?:name|title|company|issue|specific issue|date|customer|first name|last name)>",
    re.IGNORECASE,
)
_TEAM = re.compile(
    r"^\W*(?:(?:the|your|das|ihr|euer|la|el|o|a|votre|l['’])\s*)?[\w&.'’ -]{0,40}\b"
    r"(?:team|desk|équipe|equipo|equipe|kundendienst|customer (?:care|service|support))\b[\w&.'’ -]{0,40}\W*$",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:will|not|soon|once|when|until|shall|to be|be|wird|werden|nicht|sobald|sera|seront|pas|dès|será|cuando"
    r"|não|quando)\b"
)
_NOT_YET_REACH = 48
"""How many characters before a word of completion its negation may stand."""
_LONGEST = 100_000
"""Only so many characters are read: a message of megabytes is not a message to a customer."""
_LONGEST_SUMMARY = 2_000


def read_message(
    message: Message, sender: Person, *, summary: str, comms: Comms, company: str, directory: Directory
) -> Reading:
    """What *message* contains, given who sent it, what the ticket is about and how phrases are recognised."""
    text = unicodedata.normalize("NFC", message.text[:_LONGEST])
    folded = _flat(text)
    found = set(_phrased(folded, comms))
    found |= {
        element
        for element, wanted in (
            (Element.NAME, sender.name),
            (Element.TITLE, sender.title),
            (Element.COMPANY, company),
        )
        if wanted and _names(folded, _flat(wanted))
    }
    if not company:
        found.add(Element.COMPANY)
    if _names_issue(folded, summary):
        found.add(Element.SPECIFIC_ISSUE)
    dates = tuple(day for day, _ in _dates(folded))
    timed = _timed(folded, comms.phrases.get(Element.TIMELINE, ()))
    if timed:
        found.add(Element.TIMELINE)
    if _completed(text, comms.phrases.get(Element.COMPLETION, ())):
        found.add(Element.COMPLETION)
    slot = _PLACEHOLDER.search(text)
    said = bool(found & {Element.UNDERSTOOD, Element.ACTIONS}) or bool(timed)
    return Reading(
        elements=frozenset(found),
        placeholder=slot.group()[:40] if slot else "",
        team=Element.NAME not in found and _team_signed(text),
        substance=said or _any(comms.substance, folded),
        names=frozenset(
            p.id for p in directory.people.values() if p.name.strip() and _names(folded, _flat(p.name))
        ),
        dates=timed or dates,
        hits=tuple(p for p in comms.lexicon if _any((p,), folded)) if message.inbound else (),
        digest=hashlib.sha256(message.text.encode(errors="surrogatepass")).hexdigest(),
    )


def _flat(text: str) -> str:
    """*text* on one line, whatever its case, spacing and apostrophes: mail programs wrap where they like."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("’", "'").split())


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    words = sorted({_flat(p) for p in phrases if p.strip()}, key=lambda word: (-len(word), word))
    if not words:
        return None
    return re.compile("|".join(_bordered(word) for word in words))


def _bordered(word: str) -> str:
    """*word* with a word's border at each end that is a letter or a digit: `actions:` needs none after it."""
    before = r"(?<!\w)" if word[0].isalnum() else ""
    after = r"(?!\w)" if word[-1].isalnum() else ""
    return before + re.escape(word) + after


def _any(phrases: Iterable[str], folded: str) -> bool:
    pattern = _pattern(tuple(phrases))
    return bool(pattern and pattern.search(folded))


def _names(folded: str, name: str) -> bool:
    """Does *name* stand in the text as words of its own? ("Ana" is not named by "Dana")"""
    at = folded.find(name)
    while at >= 0:
        end = at + len(name)
        if not (at and folded[at - 1].isalnum()) and not (end < len(folded) and folded[end].isalnum()):
            return True
        at = folded.find(name, at + 1)
    return False


def _phrased(folded: str, comms: Comms) -> Iterator[Element]:
    by_other_means = {Element.TIMELINE, Element.COMPLETION}
    for element, phrases in comms.phrases.items():
        if element not in by_other_means and _any(phrases, folded):
            yield element


def _names_issue(folded: str, summary: str) -> bool:
    """Does the text name the issue? At least one word of the summary of four letters, not a stop word.

    A summary without such a word cannot be named; the missing summary is its own finding.
    """
    words = {w for w in re.findall(r"[^\W\d_]{4,}", _flat(summary[:_LONGEST_SUMMARY])) if w not in STOP_WORDS}
    return not words or any(_begins_a_word(folded, word) for word in words)


def _begins_a_word(folded: str, word: str) -> bool:
    at = folded.find(word)
    while at >= 0:
        if not at or not folded[at - 1].isalnum():
            return True
        at = folded.find(word, at + 1)
    return False


def _dates(folded: str) -> Iterator[tuple[date, int]]:
    """Each absolute date in the text, and where it begins."""
    for match in _DATES.finditer(folded):
        group = {key[0]: value for key, value in match.groupdict().items() if value}
        month = group["m"]
        try:
            number = int(month) if month.isdigit() else _MONTHS[month.casefold()]
            yield date(int(group["y"]), number, int(group["d"])), match.start()
        except (ValueError, KeyError):
            continue


def _timed(folded: str, phrases: Iterable[str]) -> tuple[date, ...]:
    """The absolute dates that a timeline phrase introduces ("by 2026-03-05", "Timeline: 5 March 2026")."""
    pattern = _pattern(tuple(phrases))
    if pattern is None:
        return ()
    found = (
        day for day, begin in _dates(folded) if pattern.search(folded, max(begin - _DATE_REACH, 0), begin)
    )
    return tuple(dict.fromkeys(found))


def _completed(text: str, phrases: Iterable[str]) -> bool:
    """Does some sentence say that it is done, rather than that it will be?"""
    pattern = _pattern(tuple(phrases))
    if pattern is None:
        return False
    # A line that goes on in lower case was wrapped; it is no new sentence.
    unwrapped = re.sub(r"\n(?=[ \t]{0,8}[a-zà-ÿ])", " ", text)
    for sentence in re.split(r"[.!?\n;]+", unwrapped):
        folded = _flat(sentence)
        for match in pattern.finditer(folded):
            before = folded[max(match.start() - _NOT_YET_REACH, 0) : match.start()]
            if not _NOT_YET.search(before):
                return True
    return False


def _team_signed(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return any(len(line) <= 80 and _TEAM.match(line) for line in lines[-3:])
