"""The phrases by which messages are read, in five languages; `comms` in the policy replaces them."""

from __future__ import annotations

import re

from .communication import Element

DEFAULT_PHRASES: dict[Element, tuple[str, ...]] = {
    Element.PERSONAL_RESPONSIBILITY: (
        "personally taking responsibility",
        "personally take responsibility",
        "take personal responsibility",
        "taking personal responsibility",
        "personally responsible",
        "personal responsibility",
        "take full ownership",
        "personally own this",
        "persönlich die verantwortung",
        "persönlich verantwortlich",
        "persönliche verantwortung",
        "verantwortung persönlich",
        "personnellement la responsabilité",
        "responsabilité personnelle",
        "personnellement responsable",
        "asumo personalmente la responsabilidad",
        "responsabilidad personal",
        "personalmente responsable",
        "assumo pessoalmente a responsabilidade",
        "responsabilidade pessoal",
        "pessoalmente responsável",
    ),
    Element.COMMITMENT: (
        "personally ensure",
        "personally see",
        "see this through",
        "committed to",
        "personally make sure",
        "you have my commitment",
        "i commit to",
        "persönlich dafür sorgen",
        "persönlich sicherstellen",
        "sorge persönlich dafür",
        "stelle persönlich sicher",
        "setze mich persönlich",
        "veillerai personnellement",
        "m'engage personnellement",
        "je m'engage à",
        "assurerai personnellement",
        "me aseguraré personalmente",
        "me comprometo",
        "garantizaré personalmente",
        "garantirei pessoalmente",
        "vou garantir pessoalmente",
        "comprometo-me",
    ),
    Element.UNDERSTOOD: (
        "what we understood",
        "what we understand",
        "what we have understood",
        "what happened",
        "what we found",
        "our understanding",
        "i understand that",
        "we understand that",
        "was wir verstanden haben",
        "was passiert ist",
        "ce que nous avons compris",
        "ce qui s'est passé",
        "lo que hemos entendido",
        "lo que entendimos",
        "qué ha pasado",
        "o que entendemos",
        "o que aconteceu",
    ),
    Element.ACTIONS: (
        "what we will do",
        "what we are doing",
        "what we'll do",
        "what i will do",
        "our next steps",
        "next steps",
        "actions:",
        "was wir tun werden",
        "nächste schritte",
        "ce que nous allons faire",
        "prochaines étapes",
        "lo que haremos",
        "lo que vamos a hacer",
        "próximos pasos",
        "o que vamos fazer",
        "o que faremos",
        "próximos passos",
    ),
    Element.TIMELINE: (
        "timeline",
        "by",
        "until",
        "no later than",
        "before",
        "zeitplan",
        "bis",
        "spätestens",
        "calendrier",
        "avant le",
        "d'ici",
        "au plus tard",
        "calendario",
        "antes del",
        "a más tardar",
        "cronograma",
        "até",
        "plazo",
        "prazo",
    ),
    Element.COMPLETION: (
        "completed",
        "complete",
        "done",
        "implemented",
        "in place",
        "resolved",
        "abgeschlossen",
        "umgesetzt",
        "erledigt",
        "behoben",
        "terminé",
        "mis en place",
        "résolu",
        "completado",
        "implementado",
        "resuelto",
        "en marcha",
        "concluído",
        "resolvido",
    ),
}
"""Element -> phrases, lower case, matched on word borders. A timeline phrase needs an absolute date beside it."""

DEFAULT_SUBSTANCE: tuple[str, ...] = (
    "we will credit",
    "we'll credit",
    "credit you",
    "refund",
    "we will fix",
    "we'll fix",
    "will be fixed",
    "root cause",
    "the cause was",
    "gutschrift",
    "erstatten",
    "rembours",
    "reembols",
    "reembolso",
)
"""Phrases of substance: a message with one of them is more than a holding message (D8)."""

DEFAULT_LEXICON: tuple[str, ...] = (
    "your ceo",
    "legal action",
    "our lawyers",
    "cancel our contract",
    "cancel the contract",
    "escalate this to",
    "going public",
    "go public",
    "post this publicly",
    "post about this",
    "on linkedin",
    "on twitter",
    "the press",
    "anwalt",
    "kündigen",
    "öffentlich machen",
    "avocat",
    "résilier",
    "rendre public",
    "abogado",
    "hacer público",
    "advogado",
    "tornar público",
)
"""Escalation language in a customer's message: raises a proposal, never a verdict (decision 46)."""

_STOPS = """
about after again also been before being cannot could does down each even ever every from have here into just like
made make more most much must need needs none only other over please really same should since some still such than
that their them then there these they this those through under until urgent very want wants were what when where
which while will with without would your yours
aber alle auch beim dass dein diese dieser doch eine einem einen einer eines haben hatte ihre kein keine mehr nach
nicht noch oder sein seine sich sind über unter unser viel wegen werden wird wurde
avec cette dans depuis elle encore leur mais même nous plus pour sans sont tout tous très votre vous
ante como cuando desde donde ella ellos entre esta este esto hasta muchas mucho nada para pero porque sobre también
tiene todo todos usted
ainda antes depois essa esse isso muito nossa nosso pela pelo quando quem seus você
"""
STOP_WORDS = frozenset(re.findall(r"\w+", _STOPS))
"""Words of a summary that do not name an issue."""
