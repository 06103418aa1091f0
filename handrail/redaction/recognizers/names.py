"""The tables of names and ordinary words, read once when first asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from handrail.redaction.recognizers.base import listed

TABLES = Path(__file__).parent.parent / "tables"

# French writes these and the next word as one: "c'est", "l'adresse".
_ELIDED = frozenset("cdjlmnst")
# German endings of cases and plurals.
_DECLINED = ("s", "n", "en", "es")
# Endings of abstract nouns and adverbs in the languages served, long enough to be no name's.
_ABSTRACT = re.compile(
    r".{3}(?:tion|tions|tionen|heit|heiten|keit|keiten|schaft|schaften|cion|ciones|mente|idad|"
    r"idades|ness|ically|ously|ability|ibility|...ung|...ungen)$"
)

# What stands between the words of a name, in lower case or not, and is nobody's alone.
PARTICLES = listed(
    "van von vom zu zum zur de der den del della di da dos du la las le los el ter ten bin ibn "
    "bint al st y e ni mac af av freiherr freifrau"
)


@cache
def words(table: str) -> frozenset[str]:
    """The words of `tables/<table>.txt`; lines that start with # explain."""
    lines = (TABLES / f"{table}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_common(word: str) -> bool:
    """Whether `word` is an ordinary word of a conversation in any language served."""
    lower = word.lower()
    table = words("common_words")
    return lower in table or (lower[1:2] == "'" and lower[0] in _ELIDED and lower[2:] in table)


def is_ordinary(word: str) -> bool:
    """Whether `word`, in lower case, is certainly no name: it is never in doubt.

    An everyday word, or one of the many that are nobody's name.
    """
    if word in words("no_names") or is_everyday(word):
        return True
    return word[1:2] == "'" and word[0] in _ELIDED and word[2:] in words("no_names")


def is_everyday(word: str) -> bool:
    """Whether `word`, in lower case, is so ordinary that hardly anybody chooses it as a password.

    A common word, a thing people write about, a place, a brand, several of these with hyphens, or a
    German compound that ends in one.
    """
    if word in _everyday() or is_common(word):
        return True
    if word[1:2] == "'" and word[0] in _ELIDED:
        return is_everyday(word[2:])
    if "-" in word.strip("-"):
        return all(len(part) < 3 or is_everyday(part) for part in word.split("-"))
    if _ABSTRACT.search(word) is not None and not is_last_name(word):
        return True
    heads = words("german_heads")
    stems = (word, *(word.removesuffix(ending) for ending in _DECLINED if word.endswith(ending)))
    return any(stem[at:] in heads for stem in stems for at in range(3, len(stem) - 2))


@cache
def ordinary_words() -> frozenset[str]:
    """The words in lower case that are ordinary by the tables alone."""
    return _everyday() | words("no_names")


@cache
def _everyday() -> frozenset[str]:
    tables = ("common_words", "ordinary_words", "brands", "places", "wares")
    return frozenset[str]().union(*map(words, tables))


def is_ambiguous(word: str) -> bool:
    """Whether `word` is a name and an ordinary word, place or brand as well."""
    return word.lower() in words("ambiguous_names")


def is_first_name(word: str) -> bool:
    """Whether `word` (or each half of `Jean-Luc`) is a frequent given name."""
    names = words("first_names")
    lower = word.lower()
    return lower in names or ("-" in lower and all(half in names for half in lower.split("-")))


def given_names(text: str, lower: Sequence[str]) -> list[int]:
    """Which words of `text`, in `lower` case, are frequent given names and no ordinary words."""
    names = _given()
    if "-" not in text and "'s" not in text and names.isdisjoint(lower):
        return []
    return [
        place
        for place, word in enumerate(lower)
        if word in names
        or (word.endswith("'s") and word[:-2] in names)
        or ("-" in word and is_first_name(word) and not is_common(word))
    ]


@cache
def _given() -> frozenset[str]:
    return frozenset(name for name in words("first_names") if len(name) > 2 and not is_common(name))


def may_name(text: str, lower: Iterable[str]) -> bool:
    """Whether a word of `text` may be a frequent given name; `lower` are its words in lower case.

    One look at all words, for the many texts that name nobody.
    """
    return "-" in text or not words("first_names").isdisjoint(lower)


def is_last_name(word: str) -> bool:
    """Whether `word` is a frequent surname."""
    return word.lower() in words("last_names")


def is_small_word(word: str) -> bool:
    """Whether `word` is a name in capitals and an ordinary word of some language without."""
    return word in words("small_words")


def is_brand(word: str) -> bool:
    """Whether `word` is a maker or a service: what stands behind it is a product's name."""
    return word in words("brands")


def is_ware(word: str) -> bool:
    """Whether `word` is a kind of goods that makers call like people: "la robe Camille"."""
    return word in words("wares")


def is_mistyped_name(word: str) -> bool:
    """Whether swapping two neighboring letters makes `word` a frequent given name or surname."""
    lower = word.lower()
    if len(lower) < 4:
        return False
    swaps = (lower[:i] + lower[i + 1] + lower[i] + lower[i + 2 :] for i in range(len(lower) - 1))
    return any(is_first_name(swap) or is_last_name(swap) for swap in swaps)
