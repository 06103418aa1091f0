"""Near-duplicates are on one side of a split, and no training message asks in the suite (R17)."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from handrail.conversations.wording import signature, words
from handrail.dataset.clusters import SIMILARITY, clusters, nearly_among

SAID = ["order", "card", "late", "where", "is", "my", "help", "now", "[ORDER_1]", "please", "und"]


def shingles(text: str) -> set[str]:
    form = " ".join(words(text)).ljust(5)
    return {form[i : i + 5] for i in range(len(form) - 4)}


def alike(one: str, other: str) -> bool:
    """The rule itself, by comparing."""
    left, right = shingles(one), shingles(other)
    is_near = len(left & right) / len(left | right) >= SIMILARITY
    return is_near or signature(one) == signature(other)


def said(seed: int, count: int) -> list[str]:
    """Random requests, most of them said again with one word more, less or in capitals."""
    rng = random.Random(seed)
    texts = [" ".join(rng.choices(SAID, k=rng.randint(1, 16))) for _ in range(count)]
    for text in texts[: count // 2]:
        parts = text.split()
        texts += [" ".join([*parts, rng.choice(SAID)]), " ".join(parts[:-1]), text.upper()]
    return texts


def linked(texts: list[str]) -> set[frozenset[int]]:
    """The clusters as comparing every pair finds them."""
    home = list(range(len(texts)))
    for a, b in combinations(range(len(texts)), 2):
        if home[a] != home[b] and alike(texts[a], texts[b]):
            home = [home[a] if h == home[b] else h for h in home]
    return {frozenset(i for i, h in enumerate(home) if h == name) for name in home}


@pytest.mark.parametrize("seed", range(3))
def test_clusters_are_those_that_comparing_every_pair_finds(seed: int) -> None:
    texts = said(seed, 120)
    names = clusters(texts)
    found = {frozenset(i for i, n in enumerate(names) if n == name) for name in names}
    assert found == linked(texts)


@pytest.mark.parametrize("seed", range(3))
def test_asked_ones_are_found_among_the_known_as_by_comparing_every_pair(seed: int) -> None:
    texts = said(seed, 120)
    asked, known = texts[::3], [t for n, t in enumerate(texts) if n % 3]
    assert nearly_among(asked, known) == [any(alike(a, k) for k in known) for a in asked]


def test_name_of_a_cluster_depends_on_no_order_and_not_on_others() -> None:
    texts = said(1, 60)
    names = dict(zip(texts, clusters(texts), strict=True))
    mixed = random.Random(1).sample([*texts, "something that nobody else has ever asked"], 151)
    again = dict(zip(mixed, clusters(mixed), strict=True))
    assert {text: again[text] for text in mixed if text in names} == {
        text: names[text] for text in mixed if text in names
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hello, I would like to make a reservation please.", "hello I would like to make a "
         "reservaton please"),
        ("order [ORDER_1] from [PERSON_2] is late", "Order [ORDER_7], from [PERSON_1] is late"),
        ("please help, i forgot my password", "I forgot my password, please help"),
        ("¿Dónde está mi pedido? Gracias", "donde esta mi pedido, gracias"),
    ],
)  # fmt: skip
def test_a_typing_error_a_comma_and_another_order_make_no_other_request(
    one: str, other: str
) -> None:
    assert len(set(clusters([one, other]))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("where is my order", "where is my refund"),
        ("Hi, I am [PERSON_1], where is it?", "Hi, I am [EMAIL_1], where is it?"),
        ("Hello, I want a party for my friend Angela", "Hello, I want a party for my friend Mark, "
         "my name is Ben"),
    ],
)  # fmt: skip
def test_two_requests_of_one_kind_are_two(one: str, other: str) -> None:
    assert len(set(clusters([one, other]))) == 2


def test_nothing_is_near_nothing() -> None:
    assert clusters([]) == []
    assert nearly_among(["where is it"], []) == [False]
    assert nearly_among([], ["where is it"]) == []
    assert len(set(clusters(["", "?!", "..."]))) == 1


def test_names_stay_for_ever() -> None:
    """A split that changes by itself would let a model be tested on what an older one learned."""
    names = clusters(["I forgot my password", "Where is my parcel?"])
    assert names == ["e35d0a8a3efaf307", "c907e35a09f2b7ba"]
