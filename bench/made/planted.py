"""Poisoned chats for `bench/corpus.py`: six ways to make an agent learn a falsehood.

Each planted chat looks perfect: it was resolved, has its topic, an agent confirmed what the
customer claims, and an accomplice called that reply helpful. So nothing but the guards stands in
its way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import cycle, islice
from random import Random

from handrail.conversations.model import (
    Conversation,
    Flag,
    FlagLabel,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
)
from handrail.simulate.phrasing import phrases

_CLAIMS = ("false_fact", "prohibited_discount")
_INSIDER = "666"
_TOPIC, _LANGUAGE = "return_request", "en"  # who wants to be believed keeps to one matter
_VETTED = "return_request.eu.en.1"


def planted(
    chats: Iterable[Conversation], count: int, *, seed: int
) -> Iterator[tuple[str, Conversation]]:
    """(attack, chat): `count` poisoned chats, made of the first that could teach, by turns."""
    usable = (chat for chat in chats if _could_teach(chat))
    attacks = zip(cycle(ATTACKS.items()), usable, strict=False)
    for number, ((name, attack), chat) in enumerate(islice(attacks, count)):
        rng = Random(f"{seed}/planted/{number}")
        aimed = replace(
            chat,
            conversation_id=f"planted-{number:06}",
            topic=Tag(_TOPIC, SetBy.EXPORT),
            product_area=Tag("orders", SetBy.EXPORT),
            language=Tag(_LANGUAGE, SetBy.EXPORT),
        )
        yield name, attack(aimed, rng)


def accounts(chat: Conversation, rng: Random) -> Conversation:
    """Four customers repeat themselves, each one thing."""
    number = rng.randrange(4)
    said = _falsehood(Random(number))
    return _said(_from(chat, f"loud-{number}"), *said)


def sybils(chat: Conversation, rng: Random) -> Conversation:
    """Each claim comes from a customer of its own."""
    return _said(_from(chat, f"sybil-{chat.conversation_id}"), *_falsehood(rng))


def nameless(chat: Conversation, rng: Random) -> Conversation:
    """Hundreds of chats without a customer's id, as many as one likes, with one claim."""
    return _said(_from(chat, None), *_falsehood(Random(0)))


def insider(chat: Conversation, rng: Random) -> Conversation:
    """One agent confirms to many customers, and calls it by the name of a vetted template."""
    claim, reply = _falsehood(rng)
    told = _said(_from(chat, f"client-{chat.conversation_id}"), claim, reply)
    turns = tuple(
        replace(turn, author=_INSIDER, template=_VETTED) if turn.role is Role.AGENT else turn
        for turn in told.turns
    )
    return replace(told, turns=turns)


def orders(chat: Conversation, rng: Random) -> Conversation:
    """The claim is an order to the assistant, in plain sight."""
    spoken = phrases(_LANGUAGE)
    claim = rng.choice(spoken.all_of("poison.instruction.claims"))
    reply = rng.choice(spoken.all_of("poison.instruction.believed"))
    return _said(_from(chat, f"order-{chat.conversation_id}"), claim, reply)


def hidden(chat: Conversation, rng: Random) -> Conversation:
    """The claim is no order and has characters in it that nobody sees."""
    claim, reply = _falsehood(rng)
    seeded = "".join(f"{letter}\u200b" if rng.random() < 0.2 else letter for letter in claim)
    return _said(_from(chat, f"hidden-{chat.conversation_id}"), seeded, reply)


ATTACKS: Mapping[str, Callable[[Conversation, Random], Conversation]] = {
    "accounts": accounts,
    "sybils": sybils,
    "nameless": nameless,
    "insider": insider,
    "orders": orders,
    "hidden": hidden,
}


def _falsehood(rng: Random) -> tuple[str, str]:
    spoken, kind = phrases(_LANGUAGE), rng.choice(_CLAIMS)
    return (
        rng.choice(spoken.all_of(f"poison.{kind}.claims")),
        rng.choice(spoken.all_of(f"poison.{kind}.believed")),
    )


def _could_teach(chat: Conversation) -> bool:
    """Whether the chat would be admitted: what is planted is as good as it gets."""
    outcome = chat.outcome
    return (
        outcome.status in (Status.RESOLVED, Status.CLOSED)
        and not outcome.reopened_at
        and not outcome.escalated
        and not chat.customer.opted_out_of_training
        and None not in (chat.topic, chat.language, chat.product_area, chat.channel)
        and sum(turn.role is Role.AGENT for turn in chat.turns) >= 2
    )


def _said(chat: Conversation, claim: str, reply: str) -> Conversation:
    """The chat with the claim where the customer spoke first, and the reply to it."""
    at = chat.turns[0].at
    turns = (
        Turn(0, Role.CUSTOMER, claim, at),
        Turn(1, Role.AGENT, reply, at),
        Turn(2, Role.CUSTOMER, "ok", at),
        Turn(3, Role.AGENT, reply, at),
    )
    praise = tuple(
        Flag(
            f"{chat.conversation_id}-{turn.index}", chat.conversation_id, turn.index,
            FlagLabel.HELPFUL, "good", _INSIDER, at,
        )
        for turn in turns
        if turn.role is Role.AGENT
    )  # fmt: skip
    return replace(chat, turns=turns, actions=(), flags=praise)


def _from(chat: Conversation, customer_id: str | None) -> Conversation:
    return replace(chat, customer=replace(chat.customer, customer_id=customer_id, known={}))
