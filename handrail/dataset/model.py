"""One training row, frozen into the region's training data set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handrail.access import Purpose
from handrail.errors import Refused
from handrail.residency import Labels

UNLABELED_SECTOR = "unlabeled"


class Split(StrEnum):
    """What a row is for. Calibration and test never overlap training, by customer."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    TEST = "test"


@dataclass(frozen=True)
class Synthesis:
    """The mark of a row that no customer wrote: what wrote it, and from which approved facts (R8).

    `generator` is its name and version, `facts` are ids of the playbook's. `cell` is the deficit it
    was written for. The content hash of a row covers the mark, and every export carries it.
    """

    generator: str
    seed: int
    cell: str
    facts: tuple[str, ...]
    escalates: bool


@dataclass(frozen=True)
class LeftOut:
    """A row that was offered and not taken; `rule` is its id among the admission rules."""

    example_id: str
    rule: str


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """A redacted opening message and what people made of it.

    `message` is the customer's first messages joined by a new line; `topic` the label people set;
    `reply` the agent's first substantial reply, `template` its label; `weight` > 0 scales the row
    where topics are learned, `outcome_weight` >= 0 where it is learned what people accept:
    negative feedback lowers the one and raises the other (`weighting`). `accepted` is False when a
    person flagged the outcome risky or off topic, None when nobody said anything. `group` is the
    smallest conversation id of the same data subject, of all that the region holds, admitted or
    not: rows of one person never cross splits.
    `sector` is `unlabeled` where the export names none. `source_system` is what the chat was
    exported from, `day` the chat's, `basis` the legal ground it is kept on, `topic_set_by` who
    named the topic (export, rule, model or person), `agent` the opaque id of who wrote the reply,
    None where nobody knows. `synthesis` is the mark of a generated row, None for what people said.
    """

    example_id: str
    source_system: str
    region: str
    language: str
    channel: str
    product_area: str
    severity: str
    sector: str
    basis: str
    topic: str
    topic_set_by: str
    message: str
    reply: str
    template: str | None
    agent: str | None
    weight: float
    outcome_weight: float
    accepted: bool | None
    group: str
    day: date
    split: Split
    simulated: bool
    synthesis: Synthesis | None

    def __post_init__(self) -> None:
        if self.synthesis is not None and self.split is not Split.TRAIN:
            msg = "what a generator wrote may be trained on; evaluated is what customers wrote"
            raise Refused(msg)

    @property
    def synthetic(self) -> bool:
        """Whether a generator wrote it."""
        return self.synthesis is not None

    @property
    def labels(self) -> Labels:
        """Whose data it is and what for: a row without a topic may be asked, never learned from.

        A generated row is nobody's data, so it adds no sector.
        """
        learned = (Purpose.EVALUATION, Purpose.TRAINING)
        return Labels(
            () if self.synthetic else (self.sector,),
            learned if self.topic else (Purpose.EVALUATION,),
        )
