"""What is known of customers as a model would learn it: the words and pairs of words of values.

Redaction removes a customer's values from the customer's own chats. Others may say them too, and
what enough others say enters a model's vocabulary. Who trains may not open what the company knows
of its customers, so redaction keeps these wordings as keyed digests, sealed with the customer's own
key, and a training set compares (see `dataset.known_values`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from pydantic import TypeAdapter

from handrail.conversations.model import Conversation, Customer
from handrail.conversations.wording import words
from handrail.digests import canonical
from handrail.errors import without_chat_text
from handrail.redaction.profile import kind_of
from handrail.redaction.recognizers.names import PARTICLES, is_ambiguous, is_common, is_ordinary
from handrail.redaction.spans import SpanType
from handrail.vault.names import Record
from handrail.vault.region_vault import RegionVault

KNOWN = "known_wordings"
_FEWEST_LETTERS = 3


def wordings(customer: Customer) -> frozenset[str]:
    """Words that are nobody's but in names and ids, in the form a vocabulary has them.

    Ordinary words, places and brands are left out: that a customer has one in a value says nothing
    of who else says it. Of a person's name that is made of such words (`Rose Young`) the pair
    counts, of an e-mail address what stands before the @.
    """
    named = [(kind_of(kind), value) for kind, of in customer.known.items() for value in of]
    if customer.customer_id:
        named.append((SpanType.ACCOUNT, customer.customer_id))
    return frozenset(wording for kind, value in named for wording in _of(kind, value))


def _of(kind: SpanType, value: str) -> Iterator[str]:
    said = value.partition("@")[0] if kind is SpanType.EMAIL else value
    # An ordinary word is known by its own spelling: `words` leaves accents out.
    told = [(word, written) for written in said.casefold().split() for word in words(written)]
    yield from (word for word, written in told if _is_telling(word, written))
    if kind is SpanType.PERSON:
        for (first, _), (second, _) in pairwise(told):
            if not (is_common(first) and is_common(second)):
                yield f"{first} {second}"


def _is_telling(word: str, written: str) -> bool:
    """Whether a word has enough letters, and is no ordinary one in any language served."""
    if sum(map(str.isalpha, word)) < _FEWEST_LETTERS or word in PARTICLES:
        return False
    return not any(is_ordinary(form) or is_ambiguous(form) for form in (word, written))


def known_records(
    vault: RegionVault, chats: Iterable[tuple[Conversation, str | None]]
) -> Iterator[Record]:
    """The keyed digests for each chat whose customer something is known of; with whose it is."""
    for chat, subject in chats:
        told = wordings(chat.customer)
        if told:
            digests = sorted(vault.wording_digests(told).values())
            yield Record(chat.conversation_id, subject, canonical(digests))


def digests_of(payload: bytes) -> list[str]:
    """The keyed digests of one record."""
    with without_chat_text("the digests of a customer's values"):
        return _digests().validate_json(payload)


@cache
def _digests() -> TypeAdapter[list[str]]:
    return TypeAdapter(list[str])
