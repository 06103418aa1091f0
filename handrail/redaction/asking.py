"""How scrubbing asks the names model: a step hands out what is to be read and goes on with answers.

So the questions of a whole batch are asked one after the other. Between the rules of two chats the
network's weights would leave the processor's cache, and each question would fetch them again.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

from handrail.errors import without_chat_text
from handrail.redaction.names_model import Likely, names_model
from handrail.redaction.ruleset import Ruleset

T = TypeVar("T")
Stretch = tuple[str, ...]
Answer = tuple[Likely, ...]
# Work that hands out stretches of words, is sent one answer for each, and ends with a result.
Asking = Generator[Sequence[Stretch], Sequence[Answer], T]


def answered(works: Sequence[Asking[T]], *, ruleset: Ruleset) -> list[T]:
    """The results of `works`, in order; `NoWeights` if the model is to be asked and isn't there."""
    likely = names_model().likely if ruleset.names == "model" else None
    results: dict[int, T] = {}
    answers: dict[int, Sequence[Answer]] = {}
    while len(results) < len(works):
        asked: dict[int, Sequence[Stretch]] = {}
        for place, work in enumerate(works):
            if place in results:
                continue
            try:
                asked[place] = work.send(answers[place]) if place in answers else next(work)
            except StopIteration as end:
                results[place] = end.value
        with without_chat_text("a question to the names model"):
            answers = {
                place: [likely(stretch) for stretch in stretches] if likely else []
                for place, stretches in asked.items()
            }
    return [results[place] for place in range(len(works))]
