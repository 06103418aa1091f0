"""The phrase grammar is rich, complete in every language, and never bends a planted value."""

from __future__ import annotations

import re
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.playbook.model import Playbook
from handrail.simulate.circumstances import circumstances, missed_value
from handrail.simulate.data import lines, read
from handrail.simulate.locales import locales_of
from handrail.simulate.people import names, person
from handrail.simulate.phrasing import Style, fill, phrases, slots_of, typed
from handrail.simulate.plan import MISSED_KINDS

LANGUAGES = ("en", "de", "fr", "es")
NAME_FILES = {
    "en": "en",
    "de": "de",
    "fr": "fr",
    "es": "es",
    "en_au": "en",
    "en_sg": "en",
    "en_in": "en",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_has_a_flow_and_at_least_twelve_phrasings(
    language: str, example_playbook: Playbook
) -> None:
    topics = read(f"phrases/{language}.yaml")["topics"]
    assert set(topics) == set(read("flows.yaml")) == set(example_playbook.topics)
    assert all(len(lines(topic["problem"])) >= 12 for topic in topics.values())


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_has_the_same_groups_and_says_as_much(language: str) -> None:
    english, other = (read(f"phrases/{name}.yaml") for name in ("en", language))
    assert set(english) == set(other)
    for name in set(english) - {"words", "ask", "give", "vague"}:
        if isinstance(english[name], dict):
            assert set(english[name]) == set(other[name]), name
    assert set(english["ask"]) - set(other["ask"]) == {"account"}  # an IBAN elsewhere
    assert [family["topics"] for family in other["vague"]] == [
        family["topics"] for family in english["vague"]
    ]
    for topic, groups in other["topics"].items():
        assert groups.keys() == {"problem", "about", "reply"}, topic
        assert len(lines(groups["about"])) >= 3 and len(lines(groups["reply"])) >= 2, topic


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_of_every_phrase_has_a_value(language: str) -> None:
    """A phrase with a misspelled slot would end a simulation in the middle."""
    known = {"missed", *circumstances(
        Random(1), person(1, "eu", 1, locales_of("eu")), phrases(language),
        area="account", is_health=False, day=date(2026, 1, 5),
    )}  # fmt: skip
    found = set(slots_of(repr(read(f"phrases/{language}.yaml"))))
    assert found <= known | {"account", "iban"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_missed_value_can_be_said(language: str) -> None:
    someone = next(
        p
        for p in (person(1, "eu", n, locales_of("eu")) for n in range(200))
        if p.locale.language == language
    )
    for kind in MISSED_KINDS:
        said = missed_value(Random(2), kind, someone)
        assert said.strip() and not re.search(r"[{}<>|]", said), kind


def test_spanish_says_as_much_as_german() -> None:
    """R1: a language is not a few translated sentences."""
    german, spanish = (_said(read(f"phrases/{language}.yaml")) for language in ("de", "es"))
    assert set(spanish) == set(german)
    assert not {group for group, count in german.items() if spanish[group] < count}


def _said(tree: Any, path: str = "") -> dict[str, int]:
    """The number of phrases by group."""
    if isinstance(tree, str):
        return {path: len(lines(tree))}
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return {k: n for name, part in parts for k, n in _said(part, f"{path}/{name}").items()}


@pytest.mark.parametrize("locale", NAME_FILES)
def test_there_are_enough_names(locale: str) -> None:
    lists = names(locale)
    assert len(set(lists.first)) >= 80
    assert len(set(lists.last)) >= 120


@pytest.mark.parametrize("locale", NAME_FILES)
def test_no_first_name_stands_inside_another_word(locale: str, example_playbook: Playbook) -> None:
    """R33: a leaked name counts as one only if the letters can't be from anything else."""
    language = NAME_FILES[locale]
    texts = [repr(read(f"phrases/{language}.yaml"))]
    texts += [t.text for t in example_playbook.templates if t.language == language]
    texts += [f.value for f in example_playbook.facts if f.language == language]
    words = {word for text in texts for word in re.findall(r"[^\W\d_]+", text.lower())}
    inside = {name for name in names(locale).first for word in words if name.lower() in word}
    assert not inside


@given(st.integers(), st.sampled_from(list(Style)))
def test_typing_style_leaves_slots_alone(seed: int, style: Style) -> None:
    rng = Random(seed)
    phrase = phrases("de").pick("identity", rng)
    written = typed(phrase, style, rng)
    assert slots_of(written) == slots_of(phrase)
    values = {"name": "Änne O'Hara", "email": "a.B@example.com", "phone": "030 23125 001"}
    filled = fill(written, values)
    assert all(values[slot] in filled for slot in slots_of(phrase))


def test_styles_differ_from_neat_writing() -> None:
    phrase = "My name is {name}. Could somebody please, please investigate"
    written = {style: typed(phrase, style, Random(5)) for style in Style}
    assert len(set(written.values())) == len(Style)


def test_a_slot_without_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("dear {nobody}", {})
