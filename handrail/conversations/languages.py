"""What language the customer writes in, and whether that is the one the chat is labeled with (R6).

The detector is py3langid (BSD-3-Clause): naive Bayes over byte n-grams, its model in the wheel.
Only what it is sure of counts: customers write short, mixed and misspelled, and a wrong answer
would take a good chat away.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

from handrail.conversations.model import Conversation, Role, SetBy, Tag
from handrail.conversations.sources.rows import Reason, Unusable
from handrail.conversations.tagging import Vocabulary

LEAST_SURE = 0.9
FEWEST_LETTERS = 20
FEWEST_TO_CHOOSE = 8
FEWEST_WORDS = 2  # one word is no evidence: half of Europe says `password`
# A language that nobody here speaks is likelier than not, and those spoken have a tenth of its
# share: so one of 15,000 messages of two words and more in a spoken one was taken for another.
_FOREIGN, _SPOKEN_SHARE = 0.5, 0.1
# What was written first is enough: three times as much decides 1 chat in 1,000 more.
_READ = 300
_NO_LANGUAGE = "zxx"  # numbers, links, keys
# Written so alike that the detector's word on which one it is proves nothing.
_ALIKE = (
    frozenset({"no", "nb", "nn"}),
    frozenset({"hr", "bs", "sr"}),
    frozenset({"id", "ms"}),
    frozenset({"zh", "yue", "wuu"}),
    frozenset({"es", "gl"}),
)
# Hardly any desk answers in these, and with them among the answers a quarter of Spanish chats is in
# doubt instead of a tenth.
_LEFT_OUT = frozenset({"an", "ext"})


def with_verified_language(conversation: Conversation, vocabulary: Vocabulary) -> Conversation:
    """The conversation with what its customer's words say of its language.

    A label that they bear out is marked verified; one that they contradict raises `Unusable`.
    Where nobody labeled the chat it gets the detected language, with the detector's confidence, if
    the region serves that. Where the words don't say, everything stays as it is.
    """
    heard = detected_language(conversation)
    label = conversation.language
    if heard is None:
        return conversation
    if label is None:
        if not vocabulary.allows("language", heard.value):
            return conversation
        return replace(conversation, language=heard, language_verified=True)
    labeled = label.value.partition("-")[0]
    if labeled == heard.value:
        return replace(conversation, language_verified=True)
    if labeled not in _known() or any({labeled, heard.value} <= alike for alike in _ALIKE):
        return conversation
    detail = (
        "the customer writes in another language than the language label says: correct the label "
        "in the export, or map the field that holds it"
    )
    raise Unusable(Reason.LANGUAGE_MISMATCH, detail)


def detected_language(conversation: Conversation) -> Tag | None:
    """The language (ISO 639) of the customer's words; None where it can't be told.

    That is with fewer than `FEWEST_LETTERS` letters or a confidence below `LEAST_SURE`.
    """
    return language_of(_said(conversation))


def language_of(text: str) -> Tag | None:
    """The language of a few sentences, as sure as `detected_language` has to be; None in doubt."""
    if sum(1 for _ in islice(filter(str.isalpha, text), FEWEST_LETTERS)) < FEWEST_LETTERS:
        return None
    language, confidence = _detector().classify(text)
    if confidence < LEAST_SURE or language == _NO_LANGUAGE:
        return None
    return Tag(str(language), SetBy.MODEL, round(float(confidence), 4))


def likeliest_language(text: str, among: Sequence[str]) -> Tag | None:
    """Which of some languages a message is in; None where its words don't say.

    A choice among few, so less text decides it than `detected_language` needs.
    """
    if not _says_enough(text):
        return None
    shares = {str(one): float(p) for one, p in _detector().rank(text[:_READ]) if one in among}
    total = sum(shares.values())
    best = max(shares, key=lambda one: shares[one], default=None)
    if best is None or not total or shares[best] / total < LEAST_SURE:
        return None
    return Tag(best, SetBy.MODEL, round(shares[best] / total, 4))


def foreign_language(text: str, spoken: Collection[str]) -> str | None:
    """The language of a message that is in none of those `spoken`; None where it may be in one."""
    if not _says_enough(text):
        return None
    shares = {str(one): float(p) for one, p in _detector().rank(text[:_READ])}
    best = max(shares, key=lambda one: shares[one])
    known = sum(shares.get(one, 0.0) for one in spoken)
    if best in spoken or best == _NO_LANGUAGE or shares[best] < _FOREIGN:
        return None
    return best if known <= _SPOKEN_SHARE * shares[best] else None


def _says_enough(text: str) -> bool:
    """Whether a message has letters and words enough to choose between languages."""
    read = text[:_READ]
    return len(read.split()) >= FEWEST_WORDS and sum(map(str.isalpha, read)) >= FEWEST_TO_CHOOSE


def _said(conversation: Conversation) -> str:
    """How the customer's messages begin."""
    turns = (turn.text[:_READ] for turn in conversation.turns if turn.role is Role.CUSTOMER)
    return "\n".join(turns)[:_READ]


@cache
def _detector() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    detector.set_languages([one for one in detector.labels if one not in _LEFT_OUT])
    detector._full_model = None  # of all languages, kept to choose anew: 27 MiB
    detector.nb_ptc = detector.nb_ptc.astype("float32")  # a fifth faster than as shipped, in halves
    return detector


@cache
def _known() -> frozenset[str]:
    return frozenset(_detector().labels)
