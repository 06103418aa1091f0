"""What every exporter has in common: what may be a target, and what stays with each row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from handrail.dataset.model import Flagged, Split, TrainingExample
from handrail.dataset.signals import signals_of
from handrail.dataset.targets import Targets
from handrail.playbook.model import Boundary


@dataclass(frozen=True)
class Source:
    """What is exported: a data set's rows, the playbook's examples for training, the set's id.

    `targets` says which replies may be taught as right.
    """

    region: str
    dataset: str
    examples: Sequence[TrainingExample]
    boundaries: Sequence[Boundary]
    targets: Targets


@dataclass(frozen=True)
class ExportedRow:
    """One line of an export; `of` is the row it was made of, None where it is the playbook's own.

    No line is made of two people's chats, so that erasing one of them erases the line.
    """

    line_id: str
    of: str | None
    value: dict[str, Any]


class Exporter(ABC):
    """A format: rows of a data set become lines of it. Pure: the same rows give the same lines."""

    name: str

    @abstractmethod
    def lines(self, source: Source) -> Iterator[ExportedRow]:
        """The lines, in order of the rows' ids; of rows for training only."""


def teachable(source: Source) -> Iterator[TrainingExample]:
    """The rows whose reply may be learned: vetted or accepted, and nothing of its own in it."""
    for example in _rows(source):
        if (
            is_wanted(example)
            and not signals_of(example.message, example.reply)
            and source.targets.allow(example)
        ):
            # What was said of other messages of the chat is no outcome of this one.
            unjudged = example.reply_accepted is None
            yield replace(example, outcome_weight=0.0) if unjudged else example


def is_wanted(example: TrainingExample) -> bool:
    """Whether people accepted the reply, or it has a vetted template's name and nobody objected."""
    if example.reply_accepted is None:
        return example.template is not None
    return example.reply_accepted


def flagged(source: Source) -> Iterator[tuple[TrainingExample, Flagged]]:
    """What people called risky or off topic: one message, the rest of its chat may be right."""
    for example in _rows(source):
        warned_of = example.flagged
        if warned_of is not None and not signals_of(warned_of.message, warned_of.reply):
            yield example, warned_of


def of_example(source: Source, example: TrainingExample) -> dict[str, Any]:
    """What stays with every line made of a row. The mark of a generated one can't be taken off."""
    return {
        "row": example.example_id,
        "dataset": source.dataset,
        "region": source.region,
        "purposes": list(example.labels.purposes),
        "sector": example.sector,
        "basis": example.basis,
        "language": example.language,
        "topic": example.topic,
        "weight": example.weight,
        "outcome_weight": example.outcome_weight,
        "simulated": example.simulated,
        "synthetic": None if example.synthesis is None else asdict(example.synthesis),
    }


def of_boundary(source: Source, boundary: Boundary, number: int) -> dict[str, Any]:
    """What stays with every line made of one of the playbook's own examples."""
    return {
        "row": f"boundary-{number:03}",
        "dataset": source.dataset,
        "region": source.region,
        "purposes": ["training"],
        "language": boundary.language,
        "boundary": boundary.type,
        "synthetic": None,
    }


def said(role: str, text: str) -> list[dict[str, str]]:
    """One message of a conversation."""
    return [{"role": role, "content": text}]


def _rows(source: Source) -> list[TrainingExample]:
    rows = (e for e in source.examples if e.split is Split.TRAIN and e.topic and e.reply)
    return sorted(rows, key=lambda e: e.example_id)
