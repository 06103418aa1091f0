"""R36: what is remembered of texts is bounded, is no text, and changes no answer."""

from __future__ import annotations

import pytest

from handrail.redaction import reading as module
from handrail.redaction.reading import Reading, _nothing_in
from handrail.redaction.remembered import Remembered
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType

RULES = Ruleset(names="rules")


def kept(memory: Remembered[str], *texts: str) -> list[str | None]:
    return [memory.get(memory.mark(text)) for text in texts]


def remember(memory: Remembered[str], *texts: str) -> Remembered[str]:
    for text in texts:
        memory.keep(memory.mark(text), text.upper())
    return memory


def test_the_oldest_answer_is_forgotten_first() -> None:
    memory = remember(Remembered[str](2), "one", "two", "three")
    assert kept(memory, "one", "two", "three") == [None, "TWO", "THREE"]


def test_a_text_is_known_by_a_hash_that_is_another_in_every_process() -> None:
    """R36: who reads the memory learns no text, and can't look one up."""
    mine, others = Remembered[bool](9), Remembered[bool](9)
    mine.keep(mine.mark("ngozi"), True)
    assert "ngozi" not in repr(vars(mine))
    assert mine.get(others.mark("ngozi")) is None


def test_any_text_has_a_mark() -> None:
    memory = Remembered[bool](9)
    assert memory.mark("\ud800") != memory.mark("")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that reach the recognizers, from an empty memory on."""
    found, asked = module.find_all, []

    def counting(text: str, **how: object) -> list[Span]:
        asked.append(text)
        return found(text, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "find_all", counting)
    _nothing_in.cache_clear()
    return asked


def test_a_message_in_which_nothing_was_found_is_read_once(counted: list[str]) -> None:
    for _ in range(3):
        reading = Reading(language="en", ruleset=RULES)
        assert reading.found("thanks a lot", types=EVERY_TYPE) == []
    assert counted == ["thanks a lot"]


def test_what_was_found_is_not_remembered(counted: list[str]) -> None:
    """A find says what stands in a text."""
    for _ in range(2):
        reading = Reading(language="en", ruleset=RULES)
        assert reading.found("anna@example.com", types=EVERY_TYPE)
    assert len(counted) == 2


def test_nothing_is_remembered_of_other_rules_languages_and_types(counted: list[str]) -> None:
    text, phone = "call 0171 2345678", frozenset({SpanType.PHONE})
    without = Ruleset(names="rules", without=("phone", "account"))
    assert Reading(language="de", ruleset=without).found(text, types=EVERY_TYPE) == []
    assert Reading(language="de", ruleset=RULES).found(text, types=EVERY_TYPE)
    assert Reading(language="en", ruleset=without).found(text, types=EVERY_TYPE) == []
    assert Reading(language="de", ruleset=RULES).found(text, types=phone)
    assert len(counted) == 4
