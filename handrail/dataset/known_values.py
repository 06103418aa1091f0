"""Known customers' values in a training set: what of them a model could learn is withheld (R32).

What fewer than five customers say enters no vocabulary, so a name or a number that one person gave
away is never learned. A value that many say could be: somebody's name that five others wrote and
the scrubber did not see. Redaction leaves keyed digests of what each customer is known by; here the
wordings of a training set are compared with them, and those that are some customer's own are read
as a placeholder in training. What five known customers bear is nobody's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import chain, groupby, pairwise
from operator import attrgetter

from handrail.access import Access
from handrail.conversations.wording import MIN_CUSTOMERS, with_pairs, words
from handrail.dataset.model import TrainingExample
from handrail.redaction.known_wordings import KNOWN, digests_of
from handrail.residency import DataClass
from handrail.vault.region_vault import RegionVault

_PLACEHOLDER = "[PERSONAL_1]"
_TOKEN = re.compile(r"\[[A-Z][A-Z_]*_\d+\]|[^\W_]+")


def known_values(
    vault: RegionVault, examples: Iterable[TrainingExample], *, access: Access
) -> tuple[str, ...]:
    """The wordings of the examples that a vocabulary could hold and that are a customer's own.

    In order. Each is said by at least five customers and known of at least one and fewer than five.
    """
    said = said_by_enough(examples)
    looked_for = {digest: wording for wording, digest in vault.wording_digests(said).items()}
    known_of: defaultdict[str, set[str]] = defaultdict(set)
    for day in vault.lineage.holdings.of(KNOWN):
        vault.lineage.require_passed(KNOWN, day.partition)
        for record in vault.scan(day, data_class=DataClass.REDACTED, access=access):
            for digest in digests_of(record.payload):
                if digest in looked_for:
                    known_of[looked_for[digest]].add(record.subject or record.record_id)
    return tuple(sorted(w for w, people in known_of.items() if len(people) < MIN_CUSTOMERS))


def said_by_enough(examples: Iterable[TrainingExample]) -> set[str]:
    """The words and pairs of words that at least five customers (or grammars) said."""
    customers: Counter[str] = Counter()
    for _, own in groupby(sorted(examples, key=attrgetter("group")), key=attrgetter("group")):
        customers.update(set(chain.from_iterable(with_pairs(words(e.message)) for e in own)))
    return {wording for wording, n in customers.items() if n >= MIN_CUSTOMERS}


def withheld(
    examples: Sequence[TrainingExample], wordings: Collection[str]
) -> list[TrainingExample]:
    """The examples with each of these wordings read as a placeholder."""
    if not wordings:
        return list(examples)
    return [replace(e, message=without(e.message, wordings)) for e in examples]


def without(text: str, wordings: Collection[str]) -> str:
    """`text` with a placeholder for each of these words and pairs of words; else as it was."""
    if not _holds(text, wordings):
        return text
    composed = unicodedata.normalize("NFC", text)
    tokens = list(_TOKEN.finditer(composed))
    told, end = [], 0
    for place in sorted(_places([" ".join(words(token.group())) for token in tokens], wordings)):
        told += [composed[end : tokens[place].start()], _PLACEHOLDER]
        end = tokens[place].end()
    kept = "".join([*told, composed[end:]])
    if not _holds(kept, wordings):
        return kept
    # Letters that only fold into such a word: then in plain words, and nothing is left of it.
    said = words(kept)
    hidden = _places(said, wordings)
    return " ".join(_PLACEHOLDER if n in hidden else word for n, word in enumerate(said))


def _places(said: Sequence[str], wordings: Collection[str]) -> set[int]:
    """The places of words that are one of the wordings, or a part of one."""
    places = {place for place, word in enumerate(said) if word in wordings}
    for place, pair in enumerate(pairwise(said)):
        if " ".join(pair) in wordings:
            places |= {place, place + 1}
    return places


def _holds(text: str, wordings: Collection[str]) -> bool:
    return any(wording in wordings for wording in with_pairs(words(text)))
