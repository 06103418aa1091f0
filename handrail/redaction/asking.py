"""How scrubbing asks what it must know of texts: a step hands out what is to be read, and waits.

So the texts of a whole batch are looked at one after the other, and so are the questions to the
names model, and each step is done for all chats before the next one is. Between the other steps of
two chats the tables of the patterns, the network's weights and the code of the step would leave the
processor's cache, and each chat would fetch them again.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from handrail.errors import without_chat_text
from handrail.redaction.names_model import Answer, Stretch, names_model
from handrail.redaction.reading import Unheard, Unread, listen, read
from handrail.redaction.ruleset import Ruleset

T = TypeVar("T")
# Until the others have done the same step.
PAUSE: Sequence[Stretch] = ()
# Work that hands out texts for its `Reading` to know, or stretches of words and is sent an answer for each,
# or pauses, and that ends with a result.
Asking = Generator[Unread | Unheard | Sequence[Stretch], Sequence[Answer], T]


def answered(works: Sequence[Asking[T]], *, ruleset: Ruleset) -> list[T]:
    """The results of `works`, in order; `NoWeights` if the model is to be asked and isn't there."""
    likely = names_model().likely if ruleset.names == "model" else None
    results: dict[int, T] = {}
    answers: Mapping[int, Sequence[Answer]] = {}
    going_on = dict(enumerate(works))
    while going_on:
        unread: list[Unread] = []
        unheard: list[Unheard] = []
        asked: dict[int, Sequence[Stretch]] = {}
        for place, work in [*going_on.items()]:
            try:
                asking = work.send(answers[place]) if place in answers else next(work)
            except StopIteration as end:
                results[place] = end.value
                del going_on[place]
                continue
            if isinstance(asking, Unread):
                unread.append(asking)
            elif isinstance(asking, Unheard):
                unheard.append(asking)
            elif asking:
                asked[place] = asking
        # What fails here fails again in the chat's own step, which says which chat it is.
        with suppress(Exception):
            read(unread)
            listen(unheard)
        with without_chat_text("a question to the names model"):
            answers = {
                place: [likely(stretch) for stretch in stretches] if likely else []
                for place, stretches in asked.items()
            }
    return [results[place] for place in range(len(works))]
