"""Reading a message: which elements its text contains, by phrases and not by wording (decision 3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
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
    r"\{\{[^{}\n]{1,60}\}\}|\$\{[^{}\n]{1,60}\}|\[\s*(?:\.{2,}|…|_+)\s*\]"
    r"|\[(?!sic\])(?![A-Z][A-Z0-9]+-\d+\])(?=[^\]\n]*[A-Za-zÀ-ÿ])[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ '/_.-]{1,50}\](?!\()"
    r"|<(?:name|title|company|issue|specific issue|date|customer|first name|last name)>",
)
_TEAM = re.compile(
    r"^\W*(?:(?:the|your|das|ihr|euer|la|el|o|a|votre|l['’])\s*)?[\w&.'’ -]{0,40}\b"
    r"(?:team|desk|équipe|equipo|equipe|kundendienst|customer (?:care|service|support))\b[\w&.'’ -]{0,40}\W*$",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:will|not|soon|once|when|until|shall|to|wird|werden|nicht|sobald|sera|seront|pas|dès|será|no|cuando|não|quando)\b",
    re.IGNORECASE,
)
_LONGEST = 100_000
"""Only so many characters are read: a message of megabytes is not a message to a customer."""


def read_message(
    message: Message, sender: Person, *, summary: str, comms: Comms, company: str, directory: Directory
) -> Reading:
    """What *message* contains, given who sent it, what the ticket is about and how phrases are recognised."""
    text = message.text[:_LONGEST]
    folded = text.casefold()
    found = set(_phrased(folded, comms))
    found |= {
        element
        for element, wanted in (
            (Element.NAME, sender.name),
            (Element.TITLE, sender.title),
            (Element.COMPANY, company),
        )
        if wanted and wanted.casefold() in folded
    }
    if not company:
        found.add(Element.COMPANY)
    if _names_issue(folded, summary):
        found.add(Element.SPECIFIC_ISSUE)
    dates = _dates(text)
    timed = _timed(text, comms.phrases.get(Element.TIMELINE, ()))
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
        names=frozenset(p.id for p in directory.people.values() if p.name and p.name.casefold() in folded),
        dates=tuple(timed or dates),
        hits=tuple(p for p in comms.lexicon if _any((p,), folded)) if message.inbound else (),
        digest=hashlib.sha256(message.text.encode()).hexdigest(),
    )


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    words = sorted((p.strip().casefold() for p in phrases if p.strip()), key=len, reverse=True)
    if not words:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))


def _any(phrases: Iterable[str], folded: str) -> bool:
    pattern = _pattern(tuple(phrases))
    return bool(pattern and pattern.search(folded.replace("’", "'")))


def _phrased(folded: str, comms: Comms) -> Iterable[Element]:
    by_other_means = {Element.TIMELINE, Element.COMPLETION}
    for element, phrases in comms.phrases.items():
        if element not in by_other_means and _any(phrases, folded):
            yield element


def _names_issue(folded: str, summary: str) -> bool:
    """Does the text name the issue? At least one word of the summary of four letters, not a stop word.

    A summary without such a word cannot be named; the missing summary is its own finding.
    """
    words = {w for w in re.findall(r"[^\W\d_]{4,}", summary.casefold()) if w not in STOP_WORDS}
    return not words or any(re.search(rf"(?<!\w){re.escape(word)}", folded) for word in words)


def _dates(text: str) -> tuple[date, ...]:
    found = []
    for match in _DATES.finditer(text):
        group = {key[0]: value for key, value in match.groupdict().items() if value}
        month = group["m"]
        try:
            number = int(month) if month.isdigit() else _MONTHS[month.casefold()]
            found.append(date(int(group["y"]), number, int(group["d"])))
        except ValueError:
            continue
    return tuple(found)


def _timed(text: str, phrases: Iterable[str]) -> tuple[date, ...]:
    """The absolute dates that a timeline phrase introduces ("by 2026-03-05", "Timeline: 5 March 2026")."""
    pattern = _pattern(tuple(phrases))
    if pattern is None:
        return ()
    found: list[date] = []
    for match in pattern.finditer(text.casefold().replace("’", "'")):
        found.extend(_dates(text[match.end() : match.end() + _DATE_REACH]))
    return tuple(dict.fromkeys(found))


def _completed(text: str, phrases: Iterable[str]) -> bool:
    """Does some sentence say that it is done, rather than that it will be?"""
    pattern = _pattern(tuple(phrases))
    if pattern is None:
        return False
    for sentence in re.split(r"[.!?\n;]+", text.casefold().replace("’", "'")):
        match = pattern.search(sentence)
        if match and not _NOT_YET.search(sentence[: match.start()]):
            return True
    return False


def _team_signed(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return any(len(line) <= 80 and _TEAM.match(line) for line in lines[-3:])
