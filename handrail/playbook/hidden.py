"""Characters that a reader can't see, and so can't vet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from handrail.playbook.problems import Level, Problem
from handrail.playbook.yaml_source import YamlSource

# Controls, characters that only format (zero width, direction, tags), lone surrogates, private use.
_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
_LAYOUT = frozenset("\n\t")
# Of other categories and blank all the same: joiner, fillers, inherent vowels, variation selectors.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0))))
)
_JOINERS = frozenset("\u200c\u200d")
# Behind these they are honest: letters of scripts that join, their marks, emoji and their colors.
_JOINED = frozenset({"Lo", "Mn", "Mc", "So", "Sk"})


def hidden_characters(text: str) -> tuple[str, ...]:
    """The code points in `text` that nobody sees, sorted.

    They turn the direction of an amount, split a word so that no phrase is found, or carry text
    that only a machine reads (Unicode technical report 36; "Trojan Source", CVE-2021-42574). A
    joiner inside an emoji or a script that joins its letters is none.
    """
    found = {here for before, here in zip(" " + text, text, strict=False) if _hides(here, before)}
    return tuple(sorted(f"U+{ord(character):04X}" for character in found))


def hidden_in(sources: Iterable[YamlSource]) -> Iterator[Problem]:
    """Every text of a playbook that holds one: whoever signs it can't see what is signed (R11)."""
    for source in sources:
        for keys, text in source.texts():
            if found := hidden_characters(text):
                msg = f"the text holds {', '.join(found)}, which nobody sees: take it out"
                yield Problem(source.at(*keys), Level.ERROR, msg)


def _hides(character: str, before: str) -> bool:
    if character in _LAYOUT:
        return False
    joins = not before.isascii() and unicodedata.category(before) in _JOINED
    if character in _JOINERS and joins:
        return False
    return character in _BLANK or unicodedata.category(character) in _CATEGORIES
