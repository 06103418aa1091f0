"""What a customer asks for in so many words: a person, or to know what is answering.

A phrase of `terms.yaml` is words in order within one sentence. `a|b` is either word, `..` up to
three words, `<name>` any entry of that list of its language, `^` and `$` the ends of the sentence,
also as an alternative.
Words are found as people write them: without accents or apostrophes, mistyped (one letter of five,
or two neighbors swapped; not where `=` stands before a word), with digits or another alphabet's
letters for letters, or l e t t e r by letter. R26, R29.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

_GAP = r"(?:\w+ ){0,3}"
_END = ";"  # stands at both ends of every sentence
_ENDS = frozenset("^$")  # what phrases write for it
_SYNTAX = {ord("_"): " ", ord("="): ""}
_MIN_MISTYPED = 5  # a shorter word, mistyped, is too often another word
_MIN_SWAPPED = 3
_SPELLED_OUT = range(4, 61)  # so many single letters in a row are words spelled out
_LONGEST = 30  # letters of a word that may be meant for another one

_APOSTROPHE = re.compile("['`\u00b4\u2018\u2019]")
_SENTENCE_ENDS = re.compile(
    r"[.!;]+(?=\s|$)|[?\u203d\u2047-\u2049\u037e\u061f\u2e2e\u3002\uff01\uff1f]+"
)
_WORD = re.compile(rf"[^\W_]+|{_END}")
_INVISIBLE = {"Mn", "Cf"}
# letters of Cyrillic and Greek that look like Latin ones
_LOOK_ALIKES = str.maketrans("авеіјкмнорстухԁѕοαερτυικνχ", "abeijkmhopctyxdsoaeptuikvx")
_DIGITS = str.maketrans("013457", "oieast")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "æ": "ae"})


def asks(message: str, phrases: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a message says one of the phrases, in any language: it may not be the labeled one."""
    readings = _readings(message)
    return any(
        _language(listed).says(words) for listed in phrases.values() if listed for words in readings
    )


@dataclass(frozen=True)
class _Phrase:
    needed: tuple[frozenset[str], ...]  # one word of each must be there, else nothing is tried
    pattern: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class _Language:
    phrases: tuple[_Phrase, ...]
    vocabulary: frozenset[str]
    near: Mapping[str, tuple[str, ...]]  # words by what is left of them without a letter

    def says(self, words: Sequence[str]) -> bool:
        letters = sum(len(word) == 1 and word != _END for word in words)
        joined = self._joined(words) if letters >= _SPELLED_OUT.start else words
        meant = [_meant(self, word) if len(word) <= _LONGEST else word for word in joined]
        there = frozenset(meant)
        text = f" {' '.join(meant)} "
        for phrase in self.phrases:  # plain loops: some messages are held against hundreds
            for needed in phrase.needed:
                if there.isdisjoint(needed):
                    break
            else:
                if phrase.pattern.search(text):
                    return True
        return False

    def _joined(self, words: Sequence[str]) -> Iterator[str]:
        """Words that are spelled out letter by letter, put together."""
        run: list[str] = []
        for word in (*words, ""):
            if len(word) == 1 and word != _END:
                run.append(word)
                continue
            if len(run) in _SPELLED_OUT:
                yield from self._parted("".join(run))
            else:
                yield from run
            run = []
            if word:
                yield word

    def _parted(self, letters: str) -> list[str]:
        """`areyouabot` as few words of the vocabulary as it can be, with letters between them."""
        best: list[list[str]] = [[]]
        for end in range(1, len(letters) + 1):
            ways = [
                [*best[start], letters[start:end]]
                for start in range(max(0, end - _LONGEST), end)
                if start == end - 1 or letters[start:end] in self.vocabulary
            ]
            best.append(min(ways, key=len))
        return best[-1]


@lru_cache(maxsize=50_000)
def _meant(language: _Language, word: str) -> str:
    """The word of the vocabulary that a word stands for, else the word itself."""
    known = language.vocabulary
    if word in known:
        return word
    if word.isdigit():  # a house number is no word
        return word
    if not word.isalpha():
        read = word.translate(_DIGITS)
        return read if read in known else word
    if len(word) >= _MIN_MISTYPED - 1:
        near = {w for short in shortened(word) for w in language.near.get(short, ())}
        for meant in sorted(near):
            if one_letter_apart(meant, word):
                return meant
    pairs = range(len(word) - 1 if _MIN_SWAPPED <= len(word) < _MIN_MISTYPED else 0)
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in pairs)
    return next((w for w in swapped if w in known), word)


@lru_cache(maxsize=64)
def _language(phrases: tuple[str, ...]) -> _Language:
    compiled, vocabulary, exact = [], set(), set()
    for phrase in phrases:
        needed, pattern = [], []
        for element in phrase.split():
            if element == "..":
                pattern.append(_GAP)
                continue
            spelled = _spelled(element)
            needed.append(frozenset(words.split()[0] for words in spelled))
            vocabulary |= {word for words in spelled for word in words.split()} - {_END}
            for alternative in element.split("|"):
                exact |= _spelled(alternative) if alternative[0] == "=" else set()
            pattern.append(f"(?:{'|'.join(sorted(map(re.escape, spelled)))}) ")
        compiled.append(_Phrase(tuple(needed), re.compile(" " + "".join(pattern))))
    known = frozenset(vocabulary)
    near: dict[str, tuple[str, ...]] = {}
    for word in sorted(w for w in known - exact if len(w) >= _MIN_MISTYPED):
        for short in shortened(word):
            near[short] = (*near.get(short, ()), word)
    return _Language(tuple(compiled), known, near)


def _spelled(element: str) -> set[str]:
    """The ways in which the alternatives of one element may stand in a text, `_` for a space."""
    ways = set()
    for alternative in element.split("|"):
        if alternative in _ENDS:
            ways.add(_END)
            continue
        folded = unicodedata.normalize("NFC", alternative.casefold()).translate(_SYNTAX)
        for apostrophe, umlauts in product(("", " "), (_UMLAUTS, {})):
            words = _plain(_APOSTROPHE.sub(apostrophe, folded).translate(umlauts))
            ways.add(" ".join(_WORD.findall(words)))
    return ways


@lru_cache(maxsize=10_000)
def shortened(word: str) -> frozenset[str]:
    """The word, and the word without each of its letters: words one letter apart share one."""
    return frozenset({word, *(word[:at] + word[at + 1 :] for at in range(len(word)))})


def one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter more, less, or another, or two neighbors swapped make the difference."""
    if len(one) != len(other):
        longer, shorter = sorted((one, other), key=len, reverse=True)
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(apart) == 2 and apart[1] == apart[0] + 1:
        first, second = apart
        return one[first] == other[second] and one[second] == other[first]
    return len(apart) <= 1


@lru_cache(maxsize=64)  # a message is held against several lists, one after the other
def _readings(message: str) -> list[list[str]]:
    """The words of a message, and once more with a space for each apostrophe if it has any."""
    folded = message.casefold().translate(_LOOK_ALIKES)
    ways = {_APOSTROPHE.sub("", folded): None, _APOSTROPHE.sub(" ", folded): None}
    return [[_END, *_WORD.findall(_plain(_SENTENCE_ENDS.sub(_END, way))), _END] for way in ways]


def _plain(text: str) -> str:
    """Lower-case letters without accents; what can't be seen is gone."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if unicodedata.category(c) not in _INVISIBLE).casefold()
