"""TRL's DPOTrainer, preference pairs with an explicit prompt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from handrail.conversations.wording import words
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

# Said in the same words to so many customers, a reply is the company's and nobody's chat.
_LEAST_CUSTOMERS = 5


class TrlDpo(Exporter):
    """`{"prompt": [user], "chosen": [assistant], "rejected": [assistant], "metadata": {...}}`.

    Pairs are the playbook's boundaries, and each flagged answer to an opening beside the reply that
    most customers were given about the same topic in the same language. That one was said to at
    least five of them and holds neither number nor placeholder, so it says nothing of another chat.
    A message that was flagged later in a chat answered something else and has no such pair.
    """

    name = "trl-dpo"

    def lines(self, source: Source) -> Iterator[ExportedRow]:
        """One line a flagged answer whose topic has such a reply, one a boundary."""
        usual = _usual_replies(source)
        for example, warned_of in flagged(source):
            chosen = usual.get((example.topic, example.language))
            is_opening = example.message.startswith(warned_of.message)
            if chosen is not None and chosen != warned_of.reply and is_opening:
                value = {
                    "prompt": said("user", warned_of.message),
                    "chosen": said("assistant", chosen),
                    "rejected": said("assistant", warned_of.reply),
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
