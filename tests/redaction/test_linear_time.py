"""R31: no text makes the scrubber slow: time grows with length, for each pattern and for a chat.

Times are CPU seconds, the least of a few runs.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from itertools import count
from random import Random

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.placeholders import PLACEHOLDER
from handrail.redaction.recognizers.base import watched
from handrail.redaction.recognizers.person import _WORD
from handrail.redaction.recognizers.person_forms import _INVERTED
from handrail.redaction.recognizers.reference import CODE, NUMBER
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub
from tests.redaction.attacks import attacks

MEGABYTE = 1_000_000
# The goal is a second for a megabyte, and alone on a machine the slowest pattern takes less. Beside
# other work, or on a slower machine, all take longer; so they are held against a plain pattern that
# takes a twentieth of a second there: none may take more than forty times as long.
PLAIN, PLAIN_TEXT = re.compile(r"(?:\w{2,9} ){1,3}\d"), "some words here and 4 more of them "
SHARED = 40
GROWTH = 2.3
# A survey at this length picks the texts that are tried at full length.
SURVEY = 4_000
WORST = 4
PATTERNS = [*dict.fromkeys(watched()), _INVERTED, _WORD, CODE, NUMBER, PLACEHOLDER]
MESSAGES = {
    "names": "My name is Anna Berg. ",
    "cues": "My name is ",
    "greetings": "hi anna, ",
    "closings": "kind regards\n",
    "surnames first": "Smith, Anna, ",
    "digits": "1",
    "spaced digits": "1 ",
    "card groups": "4111 1111 ",
    "amounts": "1.",
    "times": "1:",
    "spaces": " ",
    "line breaks": "\n",
    "at signs": "a@a",
    "hosts": "a@a.",
    "links": "https://example.com/?a=b ",
    "placeholders": "[PERSON_1] ",
    "brackets": "[[",
    "private keys": "-----BEGIN PRIVATE KEY-----",
    "web tokens": "eyJhbGciOi.",
    "assigned": "api_key=abcdef1234567890ABCDEF ",
    "combining marks": "e\u0301",
    "joiners": "a\u200d",
    "capitals": "A",
    "emoji": "\U0001f600",
    "streets": "12 Main Street, ",
    "spoken digits": "one two three ",
}
DISTINCT: dict[str, Callable[[int], str]] = {
    "distinct addresses": lambda n: f"u{n}x@example.com ",
    "distinct phones": lambda n: f"+49 171 {2345678 + n * 7} ",
    "distinct logins": lambda n: f"user name: kim{n} ",
    "distinct orders": lambda n: f"order {n % 9000 + 1000} ",
    "distinct names": lambda n: f"My name is Anna {_letters(n)}ovic. ",
}


def _letters(number: int) -> str:
    return "X" + "".join(chr(97 + number // 26**place % 26) for place in range(4))


def _repeated(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def _numbered(of: Callable[[int], str], length: int) -> str:
    parts: list[str] = []
    have = 0
    for number in count():
        if have >= length:
            return "".join(parts)[:length]
        parts.append(of(number))
        have += len(parts[-1])
    raise AssertionError


def _seconds(work: Callable[[], object], *, runs: int = 1) -> float:
    """CPU seconds of the quickest of some runs.

    Without the garbage collector, whose share depends on all else that is alive.
    """
    taken = []
    gc.disable()
    try:
        for _ in range(runs):
            start = time.process_time()
            work()
            taken.append(time.process_time() - start)
    finally:
        gc.enable()
    return min(taken)


def _tries(pattern: re.Pattern[str], text: str, length: int) -> Callable[[], object]:
    whole = _repeated(text, length)
    return lambda: sum(1 for _ in pattern.finditer(whole))


def _grows_with_length(work: Callable[[int], Callable[[], object]], *, length: int) -> bool:
    """Whether twice the length takes about twice the time; noise gets five chances."""
    for _ in range(5):
        once, twice = _seconds(work(length), runs=3), _seconds(work(2 * length), runs=3)
        if twice < GROWTH * once or twice < 0.01:
            return True
    return False


@pytest.fixture(scope="module")
def hard() -> list[tuple[float, re.Pattern[str], str]]:
    """Every pattern on every attack: seconds, pattern, text; the slowest first."""
    surveyed = (
        (_seconds(_tries(pattern, text, SURVEY)), pattern, text)
        for pattern in PATTERNS
        for text in attacks(pattern, Random(1))
    )
    return sorted(surveyed, key=lambda one: -one[0])


def test_each_pattern_takes_time_in_proportion(
    hard: list[tuple[float, re.Pattern[str], str]],
) -> None:
    worst = dict.fromkeys((pattern, text) for _, pattern, text in hard[: 6 * WORST])
    for pattern, text in worst:
        grows = _grows_with_length(lambda n: _tries(pattern, text, n), length=8_000)  # noqa: B023
        assert grows, (pattern.pattern, text)


def test_no_pattern_takes_longer_for_a_megabyte_than_a_shared_machine_may(
    hard: list[tuple[float, re.Pattern[str], str]],
) -> None:
    by_pattern = dict(reversed([(pattern, text) for _, pattern, text in hard]))
    worst = sorted(by_pattern, key=[pattern for _, pattern, _ in hard].index)[:WORST]
    for pattern in worst:
        taken = _seconds(_tries(pattern, by_pattern[pattern], MEGABYTE))
        plain = _seconds(_tries(PLAIN, PLAIN_TEXT, MEGABYTE), runs=3)
        assert taken < SHARED * plain, (pattern.pattern, by_pattern[pattern], taken)


@pytest.mark.parametrize("kind", [*MESSAGES, *DISTINCT])
def test_a_chat_takes_time_in_proportion(chat: Callable[..., Conversation], kind: str) -> None:
    def work(length: int) -> Callable[[], object]:
        text = (
            _repeated(MESSAGES[kind], length)
            if kind in MESSAGES
            else _numbered(DISTINCT[kind], length)
        )
        conversation = chat(text)
        return lambda: scrub(conversation, ruleset=Ruleset(names="rules"))

    scrub(chat("hello"), ruleset=Ruleset(names="rules"))
    assert _grows_with_length(work, length=20_000)


@pytest.mark.parametrize("kind", DISTINCT)
def test_a_chat_of_many_turns_takes_time_in_proportion(
    chat: Callable[..., Conversation], kind: str
) -> None:
    """R31: what is found in one of many turns is not looked for in each of the others."""

    def work(turns: int) -> Callable[[], object]:
        conversation = chat(*map(DISTINCT[kind], range(turns)))
        return lambda: scrub(conversation, ruleset=Ruleset(names="rules"))

    scrub(chat("hello"), ruleset=Ruleset(names="rules"))
    assert _grows_with_length(work, length=1_000)
