"""What simulated reviewers know of a region's simulated chats: planted values, true verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from handrail.conversations.register import RegisteredExport
from handrail.dataset.reviews import Review
from handrail.simulate.answer_key import AnswerKey, answer_keys


class PlantedByKind(Mapping[str, Sequence[tuple[str, str]]]):
    """(kind, value) of what was planted, by conversation id, for measuring what is left of it.

    Kept as JSON until asked for: as objects they outweigh all else that redaction holds. As text,
    because bytes from orjson keep the 4 KiB that they were written into.
    """

    def __init__(self, exports: Iterable[RegisteredExport]) -> None:
        self._packed = {
            key.conversation_id: orjson.dumps([(p.kind, p.value) for p in key.planted]).decode()
            for key in _keys(exports)
        }

    def __getitem__(self, conversation_id: str) -> Sequence[tuple[str, str]]:
        """Each pair once, in the order planted; KeyError for a chat nobody knows."""
        pairs = orjson.loads(self._packed[conversation_id])
        return tuple(dict.fromkeys((kind, value) for kind, value in pairs))

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


def reviews_of(exports: Iterable[RegisteredExport]) -> Mapping[str, Review]:
    """What simulated reviewers say of each simulated chat, by conversation id.

    They know the true topic, `other` where it is out of scope, and that its vetted answers do: in a
    simulated world no vetted answer to a message of its topic is wrong, and what is flagged there
    are other words of an earlier assistant.
    """
    return {
        key.conversation_id: Review(key.topic or "other", accepted=True if key.topic else None)
        for key in _keys(exports)
    }


def _keys(exports: Iterable[RegisteredExport]) -> Iterator[AnswerKey]:
    """Every key in the order of the exports: what a later export says of a chat is the truth."""
    for path in dict.fromkeys(e.answer_key for e in exports if e.answer_key is not None):
        yield from answer_keys(Path(path))
