"""R31: what was found once goes everywhere; what stands nowhere else isn't looked for."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.redaction.bare import Bare
from handrail.redaction.elsewhere import everywhere
from handrail.redaction.known import Values
from handrail.redaction.reading import Reading
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.spans import CONFIDENT, Span, SpanType, merge

RULES = Ruleset(names="rules")
VALUES = {
    SpanType.PERSON: ["Anna", "Anna Smith", "Joerg", "Jorg", "Van der Berg", "J R", "Jo Li"],
    SpanType.PHONE: ["0171 2345678", "+49 171 2345678", "1712345678", "2345678", "0171 23 ext 4"],
    SpanType.ADDRESS: ["Main St 5, Leeds", "Main St 5", "Hauptstr. 5", "Groß Allee 5"],
    SpanType.ORDER: ["BK-4711207", "bk 4711207", "4711207", "471"],
}
AROUND = ["and", "12", "(", "49 (0)", ",", ".", "\n", "anna", "smith", "grossallee5", "x4711207x"]
# What is said, and what kind of value it is if any.
SAID = st.one_of(
    st.sampled_from(AROUND).map(lambda word: (word, None)),
    st.sampled_from([(value, kind) for kind, values in VALUES.items() for value in values]),
)


@settings(max_examples=3000, deadline=None)
@given(st.lists(st.lists(SAID, min_size=1, max_size=5), min_size=1, max_size=3), st.data())
def test_the_same_goes_as_if_each_value_were_looked_for(
    chat: Sequence[Sequence[tuple[str, SpanType | None]]], data: st.DataObject
) -> None:
    texts = [" ".join(word for word, _ in said) for said in chat]
    found = [_found(said, data) for said in chat]
    values = {
        (span.type, value)
        for text, spans in zip(texts, found, strict=True)
        for span in spans
        if len(value := text[span.start : span.end]) >= 4 or span.type is SpanType.PERSON
    }
    each = Values(sorted(values), typos=False, confidence=CONFIDENT)
    reading = Reading(language="en", ruleset=RULES)
    looked_for = everywhere(texts, found, reading=reading) or [[] for _ in texts]
    for text, spans, others in zip(texts, found, looked_for, strict=True):
        assert _gone([*spans, *others]) == _gone([*spans, *each.find(Bare(text))]), text


def test_a_value_that_stands_once_is_not_looked_for() -> None:
    texts = ["my name is Anna Smith", "thanks"]
    found = [[Span(11, 21, SpanType.PERSON, 0.9)], []]
    reading = Reading(language="en", ruleset=RULES)
    assert everywhere(texts, found, reading=reading) == []
    again = [texts[0], "thanks, Smith"]
    [span] = everywhere(again, found, reading=reading)[1]
    assert (span.start, span.end, span.value) == (8, 13, "Anna Smith")


def test_a_name_is_looked_for_as_others_may_write_it() -> None:
    reading = Reading(language="de", ruleset=RULES)
    found = [[Span(8, 13, SpanType.PERSON, 0.9)], []]
    [span] = everywhere(["ich bin Joerg", "danke, Jorg"], found, reading=reading)[1]
    assert (span.start, span.end) == (7, 11)


def _found(said: Sequence[tuple[str, SpanType | None]], data: st.DataObject) -> list[Span]:
    """Some of the values, a few of them with a word too much or too little."""
    spans: list[Span] = []
    at = 0
    for word, kind in said:
        if kind is not None and data.draw(st.booleans()):
            cut = data.draw(st.sampled_from([0, 0, 0, 1, 2]))
            spans.append(Span(at + min(cut, len(word) - 1), at + len(word), kind, 0.9))
        at += len(word) + 1
    return spans


def _gone(spans: Sequence[Span]) -> list[tuple[int, int, SpanType]]:
    return [(span.start, span.end, span.type) for span in merge(spans)]
