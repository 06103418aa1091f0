"""How good a summary is, by the text that people read: neutral, short, and with the numbers in it.

Whether it is faithful the summarizer itself checks on every one (`handrail.agent.summarizer`). The
tone is judged by the lists that replies are judged by, which the summarizer doesn't know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from handrail.agent.summarizer.tokens import is_number, is_placeholder, tokens
from handrail.conversations.model import Role
from handrail.evaluation.scorers.score import Score
from handrail.evaluation.scorers.tone import RULES, ToneRules
from handrail.playbook.boundaries import phrases_in
from handrail.redaction.model import RedactedConversation

_LONG_WORD = re.compile(r"(?<![\[_])\b[^\W\d_]{4,}\b(?![_\]])")
_PICTURE = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")


def neutral(text: str, *, language: str) -> Score:
    """1 if nothing in `text` insults, belittles or blames, shouts, or is a picture (R12).

    What quotes the customer is judged like the rest: a colleague reads all of it.
    """
    rules = _tone_rules()
    if language not in rules.phrases:
        return Score("summary_tone", None, "no rules for this language")
    listed = rules.phrases[language]
    found = [kind for kind, phrases in listed.items() if phrases_in(text, phrases)]
    if sum(word.isupper() for word in _LONG_WORD.findall(text)) > rules.most_shouted_words:
        found.append("shouting")
    if text.count("!") > rules.most_exclamation_marks:
        found.append("too many exclamation marks")
    if _PICTURE.search(text):
        found.append("pictures")
    reason = ", ".join(found) or "no rule is broken"
    return Score("summary_tone", 0.0 if found else 1.0, reason)


@cache
def _tone_rules() -> ToneRules:
    return ToneRules.read(RULES)


def numbers_kept(text: str, chat: RedactedConversation) -> Score:
    """The share of the numbers and placeholders in the customer's first request that `text` has.

    The first request is the first message of the customer's that holds any; None if none does.
    """
    asked = next((held for turn in _customers(chat) if (held := _held(turn))), set())
    if not asked:
        return Score("summary_numbers", None, "the customer names no number")
    kept = len(asked & _held(text)) / len(asked)
    return Score("summary_numbers", kept, f"{kept:.0%} of {len(asked)}")


def length_ratio(text: str, chat: RedactedConversation) -> float:
    """Words of the summary over words of the chat."""
    return len(text.split()) / max(1, sum(len(turn.text.split()) for turn in chat.turns))


def _customers(chat: RedactedConversation) -> Sequence[str]:
    return [turn.text for turn in chat.turns if turn.role is Role.CUSTOMER]


def _held(text: str) -> set[str]:
    return {token for token in tokens(text) if is_number(token) or is_placeholder(token)}
