"""R33: seeded leaks look like what a scrubber missed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handrail.conversations.model import Conversation, Flag, FlagLabel
from handrail.redaction.beside import Line, lines, replaced
from handrail.redaction.placeholders import PLACEHOLDER
from handrail.redaction.plants import _VALUES, Plant, plant_in, planted, plants_in
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrub
from handrail.redaction.spans import SpanType

LANGUAGES = ("en", "de", "fr", "es")
SAID = "I am Anna Berg, write to anna@berg.example or call 030 1234567, Anna Berg"
TEXT = st.text("ab [](\n.", max_size=6)


@given(st.lists(st.tuples(TEXT, st.text("xyz 1", min_size=1, max_size=5)), max_size=4), TEXT)
def test_what_was_replaced_is_found_again(parts: list[tuple[str, str]], end: str) -> None:
    """Whatever the values were: put back, they give the raw text."""
    raw = "".join(before + value for before, value in parts) + end
    redacted = "".join(f"{before}[PERSON_{n}]" for n, (before, _) in enumerate(parts, 1)) + end
    found = replaced(raw, redacted)
    assert [value.placeholder for value in found] == PLACEHOLDER.findall(redacted)
    values = iter([raw[value.start : value.end] for value in found])
    assert PLACEHOLDER.sub(lambda _: next(values), redacted) == raw


@pytest.mark.parametrize(
    ("raw", "redacted"),
    [("hello", "good [PERSON_1]"), ("hello Ann", "hello [PERSON_1] bye"), ("a", "b"),
     ("hi", "hi[PERSON_1]"), ("x a", "x [PERSON_1] a [PERSON_2]")],
)  # fmt: skip
def test_texts_that_do_not_fit_together_say_nothing(raw: str, redacted: str) -> None:
    assert replaced(raw, redacted) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(set(SpanType) - {SpanType.MAC, SpanType.PERSONAL}))
def test_every_type_has_values_in_every_language(language: str, kind: str) -> None:
    tables = yaml.safe_load(_VALUES.read_text(encoding="utf-8"))
    assert len(tables[language].get(kind) or tables["any"][kind]) >= 2
    assert len(tables[language]["sentences"]) >= 20


@pytest.mark.parametrize("language", [*LANGUAGES, "nl"])
def test_a_plant_shows_an_invented_value_where_a_placeholder_stood(
    chat: Callable[..., Conversation], language: str
) -> None:
    """R33: one placeholder gives way, the others stay."""
    raw = chat(SAID, ("agent", "hello Anna"), language=language)
    redacted = scrub(raw, ruleset=STANDARD)
    before = lines(redacted, raw)
    seen = set()
    for seed in range(60):
        plant = plant_in(redacted, chance=random.Random(seed), in_sentence=False)
        assert plant is not None and plant.placeholder is not None
        after = planted(before, plant)
        count = [len(PLACEHOLDER.findall(line.redacted)) for line in (*before, *after)]
        assert sum(count[: len(before)]) - sum(count[len(before) :]) == 1
        assert plant.value in after[plant.turn].redacted
        assert "#" not in plant.value and "{" not in plant.value
        seen.add(plant.placeholder.partition("_")[0])
    assert {"[PERSON", "[EMAIL"} <= seen


def test_both_sides_of_a_plant_agree_as_they_do_where_a_value_was_missed(
    chat: Callable[..., Conversation],
) -> None:
    """R33: the true value is on neither side, and everything else of the raw chat is as it was."""
    raw = chat(SAID, ("agent", "hello Anna Berg"))
    before = lines(scrub(raw, ruleset=STANDARD), raw)
    plant = Plant(0, "Ilse Vogt", "[PERSON_1]", 0, None)
    after = planted(before, plant)
    assert after[0].redacted == ("I am Ilse Vogt, write to [EMAIL_1] or call [PHONE_1], [PERSON_1]")
    assert after[0].raw == (
        "I am Ilse Vogt, write to anna@berg.example or call 030 1234567, Ilse Vogt"
    )
    assert (after[1].raw, after[1].redacted) == ("hello Ilse Vogt", "hello [PERSON_1]")
    for line in after:
        assert line.raw is not None
        rest = [v.placeholder for v in replaced(line.raw, line.redacted)]
        assert rest == PLACEHOLDER.findall(line.redacted), "the sides fit together"


def test_no_missing_number_tells_a_plant(chat: Callable[..., Conversation]) -> None:
    """R33: the scrubber numbers without gaps, and so does a chat with a seeded leak."""
    raw = chat("I am Anna Berg", ("agent", "and your colleague?"), "my colleague is Tom Hill")
    before = lines(scrub(raw, ruleset=STANDARD), raw)
    assert [line.redacted for line in before][::2] == [
        "I am [PERSON_1]", "my colleague is [PERSON_2]",
    ]  # fmt: skip
    after = planted(before, Plant(0, "Ilse Vogt", "[PERSON_1]", 0, None))
    assert [line.redacted for line in after][::2] == [
        "I am Ilse Vogt",
        "my colleague is [PERSON_1]",
    ]
    assert after[2].raw == "my colleague is Tom Hill"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plant_may_stand_in_a_plain_sentence(
    chat: Callable[..., Conversation], language: str
) -> None:
    """R33: also in a chat that never had a placeholder."""
    raw = chat("hello", language=language)
    before = lines(scrub(raw, ruleset=STANDARD), raw)
    plant = plant_in(scrub(raw, ruleset=STANDARD), chance=random.Random(1), in_sentence=True)
    assert plant is not None and plant.sentence is not None
    [line] = planted(before, plant)
    assert line.raw == line.redacted == f"hello{plant.sentence}"
    assert plant.value in plant.sentence
    said = plant.sentence.replace(plant.value, "")
    assert said.startswith(". ") and said.islower(), "as the message is written"


def test_a_chat_that_takes_no_plant_is_passed_over(chat: Callable[..., Conversation]) -> None:
    """R33: no placeholder, and a language that we have no sentences in."""
    chats = [
        scrub(chat("hallo", conversation_id=f"nl-{n}", language="nl"), ruleset=STANDARD)
        for n in range(5)
    ] + [scrub(chat(SAID, conversation_id=f"en-{n}"), ruleset=STANDARD) for n in range(10)]
    plants = plants_in(iter(chats), n=7, chance=random.Random(3))
    assert list(plants) == [f"en-{n}" for n in range(7)]
    assert [p.sentence is not None for p in plants.values()] == [*[False] * 4, True, False, False]
    again = plants_in(iter(chats), n=7, chance=random.Random(3))
    assert again == plants


def test_a_language_without_sentences_of_ours_takes_as_many_plants(
    chat: Callable[..., Conversation],
) -> None:
    """R33: or a region of that language could never be measured."""
    chats = [
        scrub(chat(SAID, conversation_id=f"nl-{n}", language="nl"), ruleset=STANDARD)
        for n in range(20)
    ]
    plants = plants_in(iter(chats), n=20, chance=random.Random(3))
    assert len(plants) == 20
    assert all(plant.sentence is None for plant in plants.values())


def test_without_its_raw_chat_a_plant_is_as_bare_as_the_others() -> None:
    """R33, R52: past retention both show the redacted side alone."""
    bare = [Line("customer", 0, None, "I am [PERSON_1]")]
    [line] = planted(bare, Plant(0, "Ilse Vogt", "[PERSON_1]", 0, None))
    assert (line.raw, line.redacted) == (None, "I am Ilse Vogt")


def test_reasons_of_flags_are_shown_and_notes_are_not(
    chat: Callable[..., Conversation], at: datetime
) -> None:
    """R33: a reviewer reads every text that is kept, and nothing that is not."""
    raw = chat("hello Bob", ("agent", "customer is Bob Stone"))
    turns = (raw.turns[0], replace(raw.turns[1], is_private=True))
    flag = Flag("f", "c-1", 0, FlagLabel.RISKY, "told bob@example.org", "agent-7", at)
    raw = replace(raw, turns=turns, flags=(flag,))
    shown = lines(scrub(raw, ruleset=STANDARD), raw)
    assert [line.who for line in shown] == ["customer", "flag on message 0"]
    assert shown[1].raw == "told bob@example.org"
    assert shown[1].redacted == "told [EMAIL_1]"
