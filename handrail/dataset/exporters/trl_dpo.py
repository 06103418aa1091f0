"""TRL's DPOTrainer, preference pairs with an explicit prompt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from handrail.dataset.exporters.base import (
    ExportedRow,
    Exporter,
    Source,
    flagged,
    of_boundary,
    of_example,
    said,
    teachable,
)
from handrail.dataset.wording import words

# Said in the same words to so many customers, a reply is the company's and nobody's chat.
_LEAST_CUSTOMERS = 5


class TrlDpo(Exporter):
    """`{"prompt": [user], "chosen": [assistant], "rejected": [assistant], "metadata": {...}}`.

    Pairs are the playbook's boundaries, and each flagged reply beside the one that most customers
    were given about the same topic in the same language. That one was said to at least five of
    them and holds neither number nor placeholder, so it says nothing of another chat.
    """

    name = "trl-dpo"

    def lines(self, source: Source) -> Iterator[ExportedRow]:
        """One line a flagged row whose topic has such a reply, one a boundary."""
        usual = _usual_replies(source)
        for example in flagged(source):
            chosen = usual.get((example.topic, example.language))
            if chosen is not None and chosen != example.reply:
                value = {
                    "prompt": said("user", example.message),
                    "chosen": said("assistant", chosen),
                    "rejected": said("assistant", example.reply),
                    "metadata": of_example(source, example),
                }
                yield ExportedRow(example.example_id, example.example_id, value)
        for number, boundary in enumerate(source.boundaries):
            about = of_boundary(source, boundary, number)
            value = {
                "prompt": said("user", boundary.message),
                "chosen": said("assistant", boundary.good_reply),
                "rejected": said("assistant", boundary.bad_reply),
                "metadata": about,
            }
            yield ExportedRow(str(about["row"]), None, value)


def _usual_replies(source: Source) -> Mapping[tuple[str, str], str]:
    """The reply that most customers were given, by topic and language."""
    given: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for example in teachable(source):
        if not example.synthetic and _says_nothing_of_a_chat(example.reply):
            given[example.topic, example.language][example.reply].add(example.group)
    found = {}
    for cell, replies in given.items():
        reply, customers = min(replies.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        if len(customers) >= _LEAST_CUSTOMERS:
            found[cell] = reply
    return found


def _says_nothing_of_a_chat(reply: str) -> bool:
    return not any("<" in word or "0" in word for word in words(reply))
