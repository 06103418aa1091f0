"""What simulated reviewers know of a region's simulated chats: planted values, true topics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from handrail.conversations.register import RegisteredExport
from handrail.simulate.answer_key import AnswerKey, answer_keys


def planted_values(exports: Iterable[RegisteredExport]) -> Mapping[str, tuple[str, ...]]:
    """Planted values by conversation id, from the answer keys of the simulated exports."""
    return {key.conversation_id: tuple(p.value for p in key.planted) for key in _keys(exports)}


def planted_by_kind(
    exports: Iterable[RegisteredExport],
) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """(kind, value) of what was planted, by conversation id, for measuring the scrubber."""
    return {
        key.conversation_id: tuple(dict.fromkeys((p.kind, p.value) for p in key.planted))
        for key in _keys(exports)
    }


def reviewed_topics(exports: Iterable[RegisteredExport]) -> Mapping[str, str]:
    """What each simulated chat is really about, by conversation id; `other` is out of scope."""
    return {key.conversation_id: key.topic or "other" for key in _keys(exports)}


def _keys(exports: Iterable[RegisteredExport]) -> Iterator[AnswerKey]:
    """Every key in the order of the exports: what a later export says of a chat is the truth."""
    for path in dict.fromkeys(e.answer_key for e in exports if e.answer_key is not None):
        yield from answer_keys(Path(path))
