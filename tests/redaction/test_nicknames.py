"""R32: whatever a person of the customer profile is called, it is removed as that person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.model import Conversation, Customer
from handrail.redaction.profile import called
from handrail.redaction.recognizers.addressed import is_addressed, is_determined
from handrail.redaction.recognizers.nicknames import nicknames, whose_nicknames
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub

Chat = Callable[..., Conversation]


def texts(conversation: Conversation) -> list[str]:
    return [turn.text for turn in scrub(conversation, ruleset=Ruleset(names="rules")).turns]


def named(name: str) -> Customer:
    return Customer(None, {"name": (name,)})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Robert Hughes", "ask bob about it, bob called"),
        ("Robert Hughes", "thanks robert. Rob here, robby too"),
        ("Wilhelmina Stone", "Hi Mina, or Wilhelmina Stone. mina says hello"),
        ("Elizabeth Powell", "hi liz. Lizzie told me, and lizzy, and Elizabeth, Liz Powell"),
        ("Liz Powell", "Elizabeth Powell, called beth"),
        ("Anna Berg", "Ana Berg, I mean Anna. thanks ana"),
        ("William Hill", "Hi Will, will you bill me? thanks will"),
        ("Berg, Friedrich", "hallo fritz, lieber Fritz Berg"),
        ("Francisco Mora", "soy paco, Pancho para ti"),
        ("Alexandre Petit", "bonjour alex, je suis Alex"),
    ],
)
def test_every_variant_of_a_profile_name_is_one_person(chat: Chat, name: str, said: str) -> None:
    """R32"""
    (left,) = texts(chat(said, customer=named(name)))
    variants = {*called(named(name)), *name.lower().replace(",", "").split()}
    assert "PERSON_1" in left
    assert "PERSON_2" not in left
    words = left.lower().replace(",", " ").replace(".", " ").split()
    assert variants.isdisjoint({*words} - {"will", "bill"})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("William Hill", "the bill is wrong, Will it change? will you bill me again"),
        ("Robert Hughes", "I want the bob cut, they rob people"),
        ("Susan Ford", "I'll sue you"),
        ("Maximilian Kern", "set it to max, max 20 each"),
        ("Patricia Lane", "a pat on the back"),
        ("Catherine Moss", "my cat ate it"),
        ("Arthur Blum", "welche Art ist das"),
        ("Richard Moss", "a rich sauce"),
        ("Jonathan Albert", "al contado, ed altro"),
        ("Joachim Kern", "jo passt, al gusto"),
    ],
)
def test_an_ordinary_word_that_is_a_nickname_stays(chat: Chat, name: str, said: str) -> None:
    """R31 R32"""
    assert texts(chat(said, customer=named(name))) == [said]


def test_somebody_else_of_a_like_name_is_another_person(chat: Chat) -> None:
    """R32"""
    said = texts(
        chat(
            ("agent", "My name is Rob Keller."), "and I am Bob Hughes", customer=named("Bob Hughes")
        )
    )
    assert said == ["My name is [PERSON_1].", "and I am [PERSON_2]"]


def test_a_short_form_of_several_names_has_these_and_no_other_short_forms() -> None:
    assert {"alexander", "alexandra"} < nicknames("alex")
    assert "lexi" not in nicknames("alex")
    assert nicknames("xiulan") == frozenset()


def test_a_nickname_that_two_people_may_have_is_nobodys() -> None:
    whose = whose_nicknames(["charles", "charlotte"])
    assert "charlie" not in whose
    assert whose["lottie"] == "charlotte"
    assert "bob" not in whose_nicknames(["robert", "bob"])


def test_surnames_have_no_nicknames() -> None:
    """R32"""
    customer = Customer(None, {"first_name": ("Robert",), "last_name": ("James",)})
    assert {*called(customer).values()} == {"robert"}


@pytest.mark.parametrize("said", ["ask *bob* now", "hey *bob*", "ok, *bob* said so", "*Bob* here."])
def test_a_word_is_a_name_where_somebody_is_named(said: str) -> None:
    start, end = said.index("*"), said.rindex("*") - 1
    text = said.replace("*", "")
    assert is_addressed(text, start, end)
    assert not is_determined(text, start)


def test_a_word_behind_an_article_is_a_thing() -> None:
    assert is_determined("the bob", 4)
    assert not is_addressed("the bob said", 4, 7)
