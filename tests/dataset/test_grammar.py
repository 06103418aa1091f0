"""The default generator: seeded, offline, in four languages, of its own words."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
import yaml

from handrail.conversations.wording import signature, words
from handrail.dataset.grammar import OPENINGS, Grammar
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT
from tests.dataset.test_dialogue_checks import LANGUAGES, ON, cell


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar.read(OPENINGS)


def openings(
    grammar: Grammar, book: Playbook, topic: str, language: str, *, n: int = 60, seed: int = 1
) -> list[str]:
    where = cell(topic, language)
    return [d.opening for d in grammar.generate(where, n, seed=seed, book=book, on=ON)]


def test_the_same_seed_writes_the_same_and_another_does_not(
    grammar: Grammar, book: Playbook
) -> None:
    first = openings(grammar, book, "order_status", "en")
    assert first == openings(grammar, book, "order_status", "en")
    assert not {*first} & {*openings(grammar, book, "order_status", "en", seed=2)[:5]}


def test_more_of_a_cell_begins_with_what_was_written_before(
    grammar: Grammar, book: Playbook
) -> None:
    fewer = openings(grammar, book, "order_status", "en", n=5)
    assert openings(grammar, book, "order_status", "en", n=9)[:5] == fewer


@pytest.mark.parametrize("language", LANGUAGES)
def test_openings_are_varied_enough_not_to_be_one_message(
    language: str, grammar: Grammar, book: Playbook
) -> None:
    """Half a per cent of near-duplicates, and a third of all word pairs new, in a cell of 60."""
    for topic in book.topics:
        written = openings(grammar, book, topic, language)
        assert len({signature(text) for text in written}) >= 57, (topic, language)
        pairs = [pair for text in written for pair in pairwise(words(text))]
        assert len({*pairs}) / len(pairs) > 0.33, (topic, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_grammar_itself_is_left_in_an_opening(
    language: str, grammar: Grammar, book: Playbook
) -> None:
    for topic in book.topics:
        for text in openings(grammar, book, topic, language):
            rest = text.replace("[ORDER_1]", "")
            assert not {*"[]{}|"} & {*rest}, text
            assert text == text.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phrases_are_not_those_of_the_simulation(language: str) -> None:
    """What is trained on isn't the words that the simulated test rows are made of."""
    told = PROJECT / "handrail" / "simulate" / "phrases" / f"{language}.yaml"
    own = yaml.safe_load((OPENINGS / f"{language}.yaml").read_text())
    other = yaml.safe_load(told.read_text())["topics"]
    for topic, phrases in own["topics"].items():
        theirs = {line.strip() for line in other.get(topic, {}).get("problem", "").splitlines()}
        assert not theirs & {*phrases.splitlines()}


@pytest.mark.parametrize(("topic", "language"), [("password_reset", "it"), ("travel_visa", "en")])
def test_where_there_are_no_phrases_nothing_is_written(
    topic: str, language: str, grammar: Grammar, book: Playbook
) -> None:
    assert list(grammar.generate(cell(topic, language), 5, seed=1, book=book, on=ON)) == []


def test_a_cell_without_a_template_in_force_gets_nothing(grammar: Grammar, book: Playbook) -> None:
    before = date(2020, 1, 1)
    where = cell("password_reset")
    assert list(grammar.generate(where, 5, seed=1, book=book, on=before)) == []


def test_other_phrases_are_another_generator(grammar: Grammar) -> None:
    """The mark of a row names what wrote it."""
    table = yaml.safe_load((OPENINGS / "en.yaml").read_text())
    assert Grammar({"en": table}).version != grammar.version
    assert grammar.version.startswith("grammar-1@")
