"""One training row, frozen into the region's training data set."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handrail.access import Purpose
from handrail.residency import Labels

UNLABELED_SECTOR = "unlabeled"


class Split(StrEnum):
    """What a row is for. Calibration and test never overlap training, by customer."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    TEST = "test"


@dataclass(frozen=True)
class TrainingExample:
    """A redacted opening message and what people made of it.

    `message` is the customer's first messages joined by a new line; `topic` the label people set;
    `reply` the agent's first substantial reply, `template` its label; `weight` > 0 scales the row
    in training (negative feedback lowers it); `accepted` False when a person flagged the outcome
    risky or off topic, None when nobody said anything. `group` is the smallest conversation id of
    the same data subject: rows of one person never cross splits. `sector` is `unlabeled` where the
    export names none.
    """

    example_id: str
    region: str
    language: str
    channel: str
    product_area: str
    sector: str
    topic: str
    message: str
    reply: str
    template: str | None
    weight: float
    accepted: bool | None
    group: str
    split: Split
    simulated: bool
    synthetic: bool

    @property
    def labels(self) -> Labels:
        """Whose data it is and what for: a row without a topic may be asked, never learned from."""
        learned = (Purpose.EVALUATION, Purpose.TRAINING)
        return Labels((self.sector,), learned if self.topic else (Purpose.EVALUATION,))
