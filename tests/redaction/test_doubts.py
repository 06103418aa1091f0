"""R31: which words the names model is asked about, in four languages, and which never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.redaction.doubts import Doubt, mark, tokens
from handrail.redaction.plain import plain
from handrail.redaction.recognizers import find_all
from handrail.redaction.recognizers.base import listed
from handrail.redaction.spans import Span, SpanType, merge
from handrail.redaction.undoubted import none_in


def doubts(text: str, found: list[Span] | None = None) -> list[tuple[str, Doubt]]:
    """The words of a text that the rules leave in doubt, and why."""
    read = plain(text).text
    row = tokens(read, merge(find_all(read, language="")) if found is None else found)
    mark(read, row)
    return [(read[t.start : t.end], t.doubt) for t in row if t.doubt is not None]


@pytest.mark.parametrize(
    ("text", "word", "why"),
    [
        ("the parcel was signed for by Xiulan", "Xiulan", Doubt.UNKNOWN),
        ("The technician Bartosz broke the door", "Bartosz", Doubt.UNKNOWN),
        ("Ich hatte gestern mit Thorben telefoniert", "Thorben", Doubt.UNKNOWN),
        ("Le colis a été signé par Enguerrand hier", "Enguerrand", Doubt.UNKNOWN),
        ("Firmado por Eufemia ayer", "Eufemia", Doubt.UNKNOWN),
        ("then FAISAL has it", "FAISAL", Doubt.UNKNOWN),
        ("Vsevolod broke the door", "Vsevolod", Doubt.BEGINS),
        ("Vsevolod Achterberg broke the door", "Vsevolod", Doubt.UNKNOWN),
        ("it went to the flat of Heather", "Heather", Doubt.NAME),
        ("is zilvinka still working on it, ask zilvinka", "zilvinka", Doubt.OPEN),
        ("das hat mein nachbar zdzislaw", "zdzislaw", Doubt.OPEN),
        ("irmtraut textor", "textor", Doubt.OPEN),
        ("it stood at 228 Ringvej", "228", Doubt.NUMBER),
    ],
)
def test_what_may_be_a_name_and_no_rule_knows_is_in_doubt(text: str, word: str, why: Doubt) -> None:
    assert (word, why) in doubts(text, [])


@pytest.mark.parametrize(
    "text",
    [
        "my order has not arrived yet, where is it?",
        "Refund pending since Tuesday, PayPal shows nothing.",
        "Flight to Lisbon was cancelled",
        "My Dyson Airwrap stopped heating",
        "Is the Madison sofa available in grey?",
        "The Billy bookcase is broken",
        "Rose gold or jack black?",
        "a Jack Wolfskin Texapore in XL, or Abercrombie & Fitch",
        "HTTP error from the API of the ADSL router",
        "see https://example.org/Zilvinka or $Zilvinka",
        "Die Waschmaschine schleudert nicht mehr",
        "Das Rücksendeetikett fehlt, die Rückerstattung auch",
        "Der Kühlschrank Zilvinka ist laut",
        "Ma cafetière Krups fuit depuis hier",
        "Le vélo Zilvinka grince",
        "La lavadora Balay no centrifuga",
        "El patinete Zilvinka no carga",
        "My card ends in 1234 and I paid Rs 15000",
        "Windows 11 crashes, section 12 of the guide",
        "HTTP 503, port 8443",
        "You are talking to the assistant of Zilvinka Supply",
        "Die Bestätigungsnachrichten und Kundenkontos fehlen",
        "Puis-je changer l'adresse de l'entrepôt ?",
    ],
)
def test_what_is_certainly_ordinary_is_never_in_doubt(text: str) -> None:
    assert doubts(text) == []


def test_a_word_beside_a_name_is_in_doubt_if_it_is_written_alike() -> None:
    name = [Span(0, 4, SpanType.PERSON, 0.9)]
    assert doubts("anna zilvinka called me back", name) == [("zilvinka", Doubt.BESIDE)]
    assert doubts("Anna zilvinka called me back", name) == []


def test_a_number_behind_an_address_is_in_doubt() -> None:
    street = [Span(0, 15, SpanType.ADDRESS, 0.9)]
    assert doubts("6 Rue Charpenti, 75017 today", street) == [("75017", Doubt.PLACE)]


def test_what_was_found_is_read_the_same_before_and_after_it_is_replaced() -> None:
    """So a window asks the same question in every round, and the second answer is remembered."""
    before = tokens("Anna met Xiulan", [Span(0, 4, SpanType.PERSON, 0.9)])
    after = tokens("[PERSON_1] met Xiulan", [Span(0, 10, SpanType.PERSON, 1.0)])
    assert [token.words for token in before] == [token.words for token in after]
    assert [token.capital for token in before] == [token.capital for token in after]


WORDS = st.sampled_from(
    sorted(
        listed(
            "my order Order ORDER will Will Heather heather Xiulan xiulan zilvinka 228 75017 5th "
            "AB12 it's l'adresse Rose's and from was , . ? - : # Krups sofa Straße été PayPal"
        )
    )
)


@given(st.lists(WORDS, max_size=8), st.sampled_from(SpanType), st.integers(0, 40))
def test_a_text_that_is_not_looked_into_has_no_word_in_doubt(
    words: list[str], kind: SpanType, at: int
) -> None:
    text = plain(" ".join(words)).text
    found = [Span(at, at + 6, kind, 0.9)] if at + 6 <= len(text) else []
    assert not (none_in(text, found) and mark(text, tokens(text, found)))


def test_a_text_of_ordinary_words_is_not_looked_into() -> None:
    assert none_in("my order of 12 sofas from Lisbon?", [])
    assert none_in("my order zilvinka", [Span(9, 17, SpanType.ORDER, 0.9)])
    assert not none_in("my order zilvinka", [])
    assert not none_in("my order", [Span(0, 2, SpanType.PERSON, 0.9)])
