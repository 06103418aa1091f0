"""Sentences from the phrase grammar, and the ways people type them.

`[a|b]` picks one, `<word>` expands a word list, `{slot}` waits for its value. Typing style changes
the words around slots only, so that every planted value stands in the text as the key says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from random import Random
from typing import Any

from handrail.simulate.data import lines, read

_CHOICE = re.compile(r"\[([^\]]*)\]|<(\w+)>")
_SLOT = re.compile(r"\{(\w+)\}")
_AROUND_SLOTS = re.compile(r"(\{\w+\})")
_SPACES = re.compile(r" {2,}")
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


class Style(StrEnum):
    """How a customer types."""

    NEAT = "neat"
    LOWER = "lower"
    SLOPPY = "sloppy"
    LOUD = "loud"


class Phrases:
    """The phrases of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        raw = read(f"phrases/{language}.yaml")
        self._words = {name: tuple(str(text).split("|")) for name, text in raw["words"].items()}
        self._groups: dict[str, tuple[str, ...]] = {}
        self._collect("", {k: v for k, v in raw.items() if k not in {"words", "vague"}})
        self._vague: dict[str, tuple[str, ...]] = {}
        for family in raw["vague"]:
            for topic in family["topics"]:
                self._vague[topic] = self._vague.get(topic, ()) + lines(family["says"])

    def _collect(self, prefix: str, tree: Mapping[str, Any]) -> None:
        for name, value in tree.items():
            if isinstance(value, str):
                self._groups[prefix + name] = lines(value)
            else:
                self._collect(f"{prefix}{name}.", value)

    def pick(self, name: str, rng: Random) -> str:
        """One phrase of a group, expanded, its slots still open."""
        return self._written(rng.choice(self._groups[name]), rng)

    def has(self, name: str) -> bool:
        """Whether the language has this group."""
        return name in self._groups

    def all_of(self, name: str) -> tuple[str, ...]:
        """The phrases of a group as they are written, unexpanded."""
        return self._groups[name]

    def usual(self, name: str, rng: Random) -> str:
        """One phrase of a group, the first ones oftener: people mostly say the same few things."""
        group = self._groups[name]
        return self._written(group[int(len(group) * rng.random() ** 2.2)], rng)

    def is_vague_about(self, topic: str) -> bool:
        """Whether there are messages that could be about this topic or about another."""
        return topic in self._vague

    def vague(self, topic: str, rng: Random) -> str:
        """A message that could be about `topic` or about another."""
        return self._written(rng.choice(self._vague[topic]), rng)

    def _written(self, phrase: str, rng: Random) -> str:
        if "[" in phrase or "<" in phrase:
            return _SPACES.sub(" ", self._expand(phrase, rng)).strip()
        return phrase

    def _expand(self, phrase: str, rng: Random) -> str:
        def one(match: re.Match[str]) -> str:
            alternatives, word = match.groups()
            options = self._words[word] if word else alternatives.split("|")
            return self._expand(rng.choice(options), rng)

        return _CHOICE.sub(one, phrase)


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language, read once."""
    return Phrases(language)


@lru_cache(maxsize=8192)
def slots_of(phrase: str) -> tuple[str, ...]:
    """The names of a phrase's open slots, in order."""
    return tuple(_SLOT.findall(phrase))


def fill(phrase: str, values: Mapping[str, str]) -> str:
    """The phrase with every slot replaced; KeyError where a value is missing."""
    return _SLOT.sub(lambda match: values[match[1]], phrase)


def around_slots(phrase: str) -> list[str]:
    """The text before, between and after the slots, at even places, and the slots between them."""
    return _AROUND_SLOTS.split(phrase)


def typed(phrase: str, style: Style, rng: Random) -> str:
    """The phrase as somebody of that style types it; slots stay untouched."""
    if style is Style.NEAT:
        return phrase[:1].upper() + phrase[1:] if phrase[:1] != "{" else phrase
    parts = around_slots(phrase)
    for i in range(0, len(parts), 2):
        parts[i] = parts[i].upper() if style is Style.LOUD else parts[i].lower()
    if style is Style.SLOPPY:
        # A slip in the words that announce a value would hide it from any rule; what rules can't
        # find is planted on purpose, so that its share is known.
        parts[-1] = _LONG_WORD.sub(lambda word: _slip(word[0], rng), parts[-1].replace(",", ""))
    return "".join(parts)


def _slip(word: str, rng: Random) -> str:
    if rng.random() > 0.12:
        return word
    at = rng.randrange(1, len(word) - 2)
    if rng.random() < 0.5:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :]


def joined(parts: Sequence[str]) -> str:
    """Sentences as one message."""
    return " ".join(part for part in parts if part)
