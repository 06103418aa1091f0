"""How a sentence of the chat is shown: the same words in the same order, in a neutral voice.

What goes is what carries tone and nothing else: emoji, capitals that shout, repeated marks, and
insults, each replaced by an ellipsis. A quotation never loses a negation, a number or a name; where
that can't be had without the insult or the length, the sentence isn't quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from handrail.agent.summarizer.rules import LanguageRules, load_rules
from handrail.agent.summarizer.tokens import (
    GAP,
    TOKEN,
    is_hidden,
    is_number,
    is_placeholder,
    negators_in,
    tokens,
)

_WHITE = re.compile(r"\s+")
_MARKS = re.compile(r"[!?¡¿]*!+[!?¡¿]*|\?{2,}|\.{3,}")
_QUOTES = str.maketrans(
    dict.fromkeys('"\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a\u201f\uff02', "'")
)
_EMOTICON = re.compile(r"(?<!\S)(?:[:;=]-?[()\[\]DPpOo|\\/*]+|[-^>]_+[-^<]|\^\^)(?!\w)")
_GAPS = re.compile(rf"{GAP}(?:[\s,]*{GAP})+")
_SHOUTED = re.compile(r"(?<![\[_\w])[^\W\d_]{2,}(?![\w\]])")
_PICTURES = ("So", "Sk", "Cn", "Co", "Cs", "Cc", "Cf")
_LONG = 4
_FEWEST_WORDS = 2


def quotation(sentence: str, rules: LanguageRules, limits: Mapping[str, float]) -> str | None:
    """`sentence` as it may be quoted, or None where it may not be."""
    text = _plain(sentence)
    text = _without_insults(text, rules)
    text = _calm(text, shouted_words=limits["shouted_words"])
    if len(text) > limits["longest_quote"]:
        text = _cut(text, rules, limits)
    said = [token for token in tokens(text) if token != GAP]
    is_enough = len(said) >= _FEWEST_WORDS or any(map(is_number, said)) or len(tokens(sentence)) < 2
    return text if text and said and is_enough else None


def is_shouted(sentence: str, *, shouted_words: float) -> bool:
    """Whether a sentence is written in capitals: several long words are, or most of all words."""
    words = [w for w in _SHOUTED.findall(sentence) if w.upper() != w.lower()]
    capitals = [word for word in words if word.isupper()]
    long = [word for word in capitals if len(word) >= _LONG]
    return len(long) >= shouted_words or (len(capitals) >= 3 and 2 * len(capitals) > len(words))


def insults_in(sentence: str, rules: LanguageRules) -> list[tuple[int, int]]:
    """Where insults stand among the tokens of a sentence: runs (first, end), longest first."""
    said = tokens(sentence)
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(said):
        ends = [
            at + len(phrase) for phrase in rules.rude if said[at : at + len(phrase)] == list(phrase)
        ]
        if ends:
            found.append((at, max(ends)))
        at = max(ends, default=at + 1)
    return found


def _plain(sentence: str) -> str:
    """Without emoji, emoticons, what nobody sees, and marks that could end our quotation."""
    text = unicodedata.normalize("NFC", sentence)
    text = _EMOTICON.sub(" ", text)
    text = "".join(" " if _is_picture(c) else c for c in text if not is_hidden(c))
    text = text.translate(_QUOTES).replace(GAP, "...")
    text = _MARKS.sub(lambda m: "?" if "?" in m[0] else "." if "!" in m[0] else "...", text)
    return _WHITE.sub(" ", text).strip()


def _is_picture(character: str) -> bool:
    return ord(character) > 0x7F and unicodedata.category(character) in _PICTURES


def _without_insults(text: str, rules: LanguageRules) -> str:
    runs = insults_in(text, rules)
    if not runs:
        return text
    places = [found.span() for found in TOKEN.finditer(text)]
    for first, end in reversed(runs):
        text = text[: places[first][0]] + GAP + text[places[end - 1][1] :]
    text = _GAPS.sub(GAP, text)
    return text.strip()


def _calm(text: str, *, shouted_words: float) -> str:
    shortest = 2 if is_shouted(text, shouted_words=shouted_words) else _LONG
    lowered = _SHOUTED.sub(lambda m: _lowered(m[0], shortest), text)
    if lowered == text:
        return text
    for place, character in enumerate(lowered):
        if character.isalpha():
            return lowered[:place] + character.upper() + lowered[place + 1 :]
        if character == "[":
            break
    return lowered


def _lowered(word: str, shortest: int) -> str:
    is_kept = not word.isupper() or len(word) < shortest or word in load_rules().acronyms
    return word if is_kept else word.lower()


def _cut(text: str, rules: LanguageRules, limits: Mapping[str, float]) -> str:
    """The beginning of a long sentence, where what follows neither negates nor counts nor names."""
    end = text.rfind(" ", 0, int(limits["longest_quote"]))
    kept, rest = text[:end].rstrip(" ,;:-"), text[end:]
    loses = any(negators_in(rest, rules.negators)) or any(
        is_number(token) or is_placeholder(token) for token in tokens(rest)
    )
    if end > 0 and not loses and not text.endswith("?"):
        return f"{kept} {GAP}"
    return text if len(text) <= limits["longest_uncut_quote"] else ""
