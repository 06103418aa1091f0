"""Finding what must not be said, and what must go to people, in a text.

Text and phrase are compared as words: case, accents, apostrophes, punctuation and invisible
characters don't count, and a German umlaut matches both ways of typing it (`ü`, `u`, `ue`). An
apostrophe may join two words or part them: `i'm` is `im`, and `l'avocat` holds `avocat`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from handrail.playbook.model import Boundaries

REQUIRED_TYPES = (
    "guessing",
    "off_policy_language",
    "pretending_to_be_human",
    "prohibited_discount",
    "promising_outcome",
    "regulated_advice",
    "sharing_personal_data",
)

_APOSTROPHE = re.compile("['`\u00b4\u2018\u2019]")
_NO_WORD = re.compile(r"[\W_]+")
_INVISIBLE = {"Mn", "Cf"}  # accents and format characters
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


@dataclass(frozen=True)
class Hit:
    """One phrase of the playbook found in a text; `type` is its violation or regulated matter."""

    type: str
    phrase: str


def phrases_in(text: str, phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases that occur in `text` on word bounds, in the order given."""
    return _found(_searched(text), phrases)


def banned_language(text: str, *, language: str, boundaries: Boundaries) -> tuple[Hit, ...]:
    """Phrases of a reply that no agent of the company may use, with the type of violation."""
    return _hits(text, boundaries.banned.get(language, {}).items())


def human_claims(text: str, *, language: str, boundaries: Boundaries) -> tuple[Hit, ...]:
    """Phrases of a reply that claim to be a person."""
    phrases = boundaries.human_claims.get(language, ())
    return _hits(text, [("pretending_to_be_human", phrases)])


def regulated_matters(text: str, *, language: str, boundaries: Boundaries) -> tuple[Hit, ...]:
    """Phrases of a customer's message that send it to people, with the regulated matter."""
    return _hits(text, boundaries.regulated_keywords.get(language, {}).items())


def _hits(text: str, by_type: Iterable[tuple[str, Iterable[str]]]) -> tuple[Hit, ...]:
    plain = _searched(text)
    return tuple(
        Hit(kind, phrase) for kind, phrases in by_type for phrase in _found(plain, phrases)
    )


def _found(plain: str, phrases: Iterable[str]) -> tuple[str, ...]:
    found = []
    for phrase, spellings in _spelled(tuple(phrases)):
        for spelling in spellings:  # plain loops: a message is searched for a thousand phrases
            if spelling in plain:
                found.append(phrase)
                break
    return tuple(found)


@lru_cache(maxsize=512)
def _spelled(phrases: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((phrase, _spellings(phrase)) for phrase in phrases)


# A message and its reply are searched for a dozen lists of phrases, one after the other.
@lru_cache(maxsize=64)
def _searched(text: str) -> str:
    """The words of a text, and once more with a space for each apostrophe if it has any."""
    joined = _words(text)
    parted = _words(_APOSTROPHE.sub(" ", text)) if _APOSTROPHE.search(text) else joined
    return f" {joined} " if joined == parted else f" {joined} | {parted} "


def _words(text: str) -> str:
    """Lower-case words without accents or apostrophes, one space between them."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text.casefold()))
    if not plain.isascii():
        plain = plain.translate(_LIGATURES)
        gone = {c for c in set(plain) if unicodedata.category(c) in _INVISIBLE}
        plain = plain.translate(dict.fromkeys(map(ord, gone)))
    return _NO_WORD.sub(" ", plain).strip()


@lru_cache(maxsize=8192)
def _spellings(phrase: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFC", phrase.casefold())
    parted = _APOSTROPHE.sub(" ", folded)
    spellings = (_words(folded), _words(folded.translate(_UMLAUTS)), _words(parted))
    return frozenset(f" {spelling} " for spelling in spellings if spelling)
