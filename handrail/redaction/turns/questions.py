"""What a message asks for, in English, German, French and Spanish: plain form, without accents.

A message asks sentence by sentence, and only in sentences that ask: "Thanks for the order number."
doesn't. The phrases are data; the longest one at a place counts, so that "name of the product" asks
for nobody's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from handrail.redaction.recognizers.base import either, listed, spelled
from handrail.redaction.turns.question_phrases import ASKING, PHRASES, SENDING, Asked

_REFUSING = re.compile(
    r"\b(?:(?:never|do not|don't|dont|no need to|needn't)\s(?:\w+\s)?"
    r"(?:share|send|give|post|tell|type|enter|write|paste|include)|"
    r"n'envoyez|n'indiquez|jamais|ne (?:\w+ )?(?:partagez|donnez|communiquez|saisissez|mettez|"
    r"transmettez)|niemals|bitte nie|nicht (?:weiter|teilen|schicken|senden|mitteilen|angeben|"
    r"nennen)|nunca|no (?:me )?(?:l[oa]s? )?(?:comparta|compartas|envie|envies|mande|mandes|pase|"
    r"pases|escriba|escribas|ponga|pongas|de|des))\b"
)
_SENTENCE = re.compile(r"[^.?!;\n]+(?:[.?!;\n](?!\s|$)[^.?!;\n]*)*[.?!;]*")
# "And hers?": what was asked before is asked again.
_ALSO = re.compile(
    r"(?:(?:and|und|et|y|e|o|or|oder|ou)\b[^.?!]{1,48}|which one|which|what is it|what's that|"
    r"welche[rs]?|wie lautet (?:sie|er|es|der|die|das)|lequel|laquelle|quel est-il|"
    r"(?:[^.?!]{1,24}[,:]\s)?¿?(?:y\s)?cual(?: es)?|the new one|what's the new one|"
    r"(?:and|und|et|y)? ?(?:the|der|die|das|le|la|el) "
    r"(?:new|neue|neuer|nouveau|nouvelle|nuevo|nueva)(?: one)?|"
    r"(?:[^.?!]{1,24}[,:]\s)?(?:which one|what is it|lequel|laquelle))\s?\?$"
)
# A sentence of so few words that ends a message asks by naming: "Last one: date of birth."
_NAMING = 9
_STATING = listed(
    "is are was were has have had will am ist sind war hat haben wird est sont a ont es son esta "
    "estan ha han tiene era fue hay"
)
_VALUE = re.compile(r"\d{4}")
NUMBER = re.compile(
    r"\b(?:\w{2,20}\s(?:number|no|nr|id)|[a-z]{2,24}(?:nummer|-nr|-zahl)|"
    r"(?:numero|num|n°|nº)\s(?:de\s|d'|du\s|del\s|client|dossier)[\w' ]{2,20}|"
    r"(?:your|the|ihre|deine|die|votre|ton|le|su|tu|el)\s(?:number|nummer|numero))\b"
)
# With what German compounds end that name such a thing: "Kundenkennwort", "Vertragskonto".
HEADS = (
    "kennwort", "passwort", "kennung", "anschrift", "adresse", "nutzername", "benutzername",
    "vertragskonto", "kundenkonto", "geburtsdatum", "telefonnummer", "handynummer", "mobilnummer",
    "kontonummer", "kartennummer", "bestellnummer", "auftragsnummer", "kundennummer",
    "vertragsnummer", "schlussel", "kurzel",
)  # fmt: skip
# Of plurals and cases.
ENDINGS = "(?:e?s|en|n)?"
_NUMBER_WORDS = listed("number no nr id numero num zahl")


class Named(NamedTuple):
    """A thing that a text names: where the words for it stand, and they in lower case."""

    thing: Asked
    start: int
    end: int
    lower: str


@cache
def _things() -> dict[str, Asked]:
    return {
        " ".join(phrase.split()): asked
        for asked, languages in PHRASES.items()
        for phrases in languages.values()
        for phrase in phrases.split("|")
    }


@cache
def _words() -> frozenset[str]:
    """Of which words a text holds one if it asks for anything: the longest of each phrase."""
    longest = {max(re.findall(r"[^\W\d_]+", phrase), key=len) for phrase in _things()}
    plural = {word + ending for word in longest for ending in ("s", "es", "n", "en")}
    return frozenset(longest | plural | _NUMBER_WORDS)


@cache
def _pattern() -> re.Pattern[str]:
    compound = rf"(?:[a-z]{{3,20}}?-?(?={either('|'.join(HEADS))}))?"
    named = either("|".join(_things()))
    return re.compile(rf"(?<![\w-]){compound}({named}){ENDINGS}(?![\w-]|'\w)")


def names_something(text: str) -> bool:
    """Whether a word stands in plain `text` that is one for something people ask for."""
    if "numme" in text or not _words().isdisjoint(spelled(text)):
        return True
    return any(word.endswith(HEADS) for word in spelled(text))


def asked_in(text: str) -> tuple[Asked, ...]:
    """The kinds of thing that plain `text` asks for, each once, in the order it asks."""
    if not names_something(text):
        return ()
    asked: dict[Asked, None] = {}
    sentences = [one.group().strip() for one in _SENTENCE.finditer(text.lower())]
    for place, sentence in enumerate(sentences):
        if _asks(sentence, is_last=place == len(sentences) - 1):
            asked |= dict.fromkeys(_named(sentence))
        else:
            asked |= dict.fromkeys(_expected(sentence))
    asked.pop(Asked.NOTHING, None)
    return tuple(asked)


def named_in(text: str) -> Iterator[Named]:
    """The things that `text` names, asking or not."""
    if not names_something(text):
        return
    things = _things()
    lower = text.lower()
    for found in _pattern().finditer(lower):
        thing = things[" ".join(found.group(1).split())]
        yield Named(thing, found.start(), found.end(), found.group())


def asks_on(text: str) -> bool:
    """Whether a message asks for the same again, of somebody or something else: "And hers?"."""
    if "?" not in text:
        return False
    return any(_ALSO.match(one.group().strip(" ¿")) for one in _SENTENCE.finditer(text.lower()))


def _asks(sentence: str, *, is_last: bool) -> bool:
    if _REFUSING.search(sentence):
        return False
    if "?" in sentence:
        return True
    words = spelled(sentence)
    if not ASKING.isdisjoint(words):
        return True
    if not is_last or len(words) > _NAMING or _VALUE.search(sentence):
        return False
    return _STATING.isdisjoint(words)


def _named(sentence: str) -> list[Asked]:
    """What an asking sentence names; a number of any other kind is taken for an account."""
    things = _things()
    named = [things[" ".join(m.group(1).split())] for m in _pattern().finditer(sentence)]
    rest = _pattern().sub(", ", sentence) if named else sentence
    return [*named, Asked.ACCOUNT] if NUMBER.search(rest) else named


def _expected(sentence: str) -> list[Asked]:
    """What follows though nobody asks: "We've texted you a code.", "I'll mail it to you."."""
    if SENDING.isdisjoint(spelled(sentence)) or _REFUSING.search(sentence):
        return []
    return [thing for thing in _named(sentence) if thing in (Asked.CODE, Asked.EMAIL)]
