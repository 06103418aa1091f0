"""What in a chat is meant for the machine: orders to the assistant, and characters nobody sees.

Such a text may be classified, but nothing may learn to write it or to obey it: a row with a signal
is never a target of an export. Phrases are data (`signals.yaml`); the method is the usual one for
prompt injection (OWASP Top 10 for LLM Applications 2025, LLM01 and LLM04), by rule on purpose, so
that everybody can read why a row was marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from handrail.conversations.wording import words
from handrail.digests import digest

_FILE = Path(__file__).with_name("signals.yaml")
# Zero-width and bidirectional controls, soft hyphen, tag characters, variation selectors beyond
# those of emoji. U+200D joins emoji, U+FE0F colors them and U+200C is spelling in some scripts: in
# honest messages too, so they are no signal, but they part no words of an order either.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_JOINS = str.maketrans(dict.fromkeys("\u200c\u200d\ufe0f"))
# Marks with which chat models and their templates tell roles and variables apart.
_MARKUP = re.compile(
    r"</?(?:system|assistant|user)>|\[\s*(?:system|syst\u00e8me|sistema)\s*:|<\|[a-z_]{2,20}\|>"
    r"|\"role\"\s*:\s*\"(?:system|assistant)\"|\{\{",
    re.IGNORECASE,
)


class Signal(StrEnum):
    """What stands in which of the two texts of a row."""

    ORDER_IN_MESSAGE = "order_in_message"
    ORDER_IN_REPLY = "order_in_reply"
    HIDDEN_IN_MESSAGE = "hidden_in_message"
    HIDDEN_IN_REPLY = "hidden_in_reply"


@dataclass(frozen=True)
class _Phrases:
    """The patterns over plain words, for whatever language a text is in, and their content hash."""

    orders: re.Pattern[str]
    opening: re.Pattern[str]
    digest: str


def signals_of(message: str, reply: str) -> tuple[str, ...]:
    """The signals of a row's two redacted texts, in order. Every language is looked for in each."""
    return tuple(_signals(message, reply))


def signals_digest() -> str:
    """Content hash of the phrases: part of what a data set was made with."""
    return _phrases().digest


def _signals(message: str, reply: str) -> Iterator[str]:
    if is_order(message):
        yield Signal.ORDER_IN_MESSAGE
    if is_order(reply):
        yield Signal.ORDER_IN_REPLY
    if _HIDDEN.search(message):
        yield Signal.HIDDEN_IN_MESSAGE
    if _HIDDEN.search(reply):
        yield Signal.HIDDEN_IN_REPLY


def is_order(text: str) -> bool:
    """Whether `text` gives the assistant an order. What is hidden between letters doesn't help."""
    phrases = _phrases()
    seen = _HIDDEN.sub("", text).translate(_JOINS)
    lines = [" ".join(words(line)) for line in seen.splitlines()]
    if _MARKUP.search(seen) or any(phrases.opening.match(line) for line in lines):
        return True
    return phrases.orders.search(" ".join(lines)) is not None


@cache
def _phrases() -> _Phrases:
    data = _FILE.read_bytes()
    table = yaml.safe_load(data)
    gap = rf"(?: [^ ]+){{0,{table['gap']}}} "
    orders = [_order(order, gap) for orders in table["orders"].values() for order in orders]
    return _Phrases(
        orders=re.compile("|".join(orders)),
        opening=re.compile(rf"(?:{_any(table['opening'])})(?: |$)"),
        digest=digest(data),
    )


def _order(order: Mapping[str, list[str]], gap: str) -> str:
    return rf"\b(?:{_any(order['say'])})(?={gap}(?:{_any(order['about'])})\b)"


def _any(phrases: list[str]) -> str:
    return "|".join(re.escape(" ".join(words(phrase))) for phrase in phrases)
