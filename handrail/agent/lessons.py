"""Lessons for the correctness head: what people made of replies, and what they never accept.

A lesson is a training row with the route of a router that has not seen its customer; a route of one
that has is too sure. These routers are made of words alone, and templates ranked by them, so that
three more trainings stay cheap; the head is then calibrated on routes of the router it works with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from handrail.agent.offers import Offer, Offering
from handrail.agent.router import Router
from handrail.agent.training import train_router
from handrail.agent.types import Route
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import share_of
from handrail.dataset.weighting import weight_of
from handrail.errors import BadInput
from handrail.playbook.model import Boundary

_FOLDS = 3
_MOST_ROWS = 10_000  # three more routers are trained on two thirds of them each


@dataclass(frozen=True)
class Lesson:
    """What people made of one offer, or would make of it.

    `topic_right`: people gave the message the routed topic. `accepted` and `weight` are the row's
    outcome and what it counts, as the weight policy says; None: nobody judged the outcome, and the
    lesson is the topic's. A boundary's lesson is a refusal of the topic's template.
    """

    message: str
    route: Route
    template: str
    topic_right: bool
    accepted: bool | None
    weight: float
    group: str
    is_boundary: bool

    @property
    def is_right(self) -> bool:
        """Whether the offer is one that people accept."""
        return self.topic_right and self.accepted is not False


def lessons_of(
    examples: Sequence[TrainingExample],
    boundaries: Iterable[Boundary],
    *,
    offering: Offering,
    seed: int,
) -> list[Lesson]:
    """The lessons of the training rows that customers wrote, and of the playbook's boundaries.

    Each third of the customers is routed by a router trained on the other two, and calibrated like
    the real one. A row that nothing would be offered for teaches nothing. Above 10,000 rows a
    seeded share of the customers stands for all.
    """
    rows = sorted((e for e in examples if e.split is Split.TRAIN), key=lambda e: e.example_id)
    chosen = _MOST_ROWS / max(len(rows), 1)
    rows = [e for e in rows if share_of(e.group, seed=seed, purpose="lessons") < chosen]
    offering = offering.by_words
    calibration = [e for e in examples if e.split is Split.CALIBRATION]
    found: list[Lesson] = []
    routers: list[Router] = []
    for fold in range(_FOLDS):
        others = [e for e in rows if e.synthetic or _fold(e.group, seed) != fold]
        try:
            router = train_router(
                [*others, *calibration], region=offering.region, seed=seed, encoder=None
            )
        except BadInput:  # too few customers without this third: its rows teach nothing
            continue
        routers.append(router)
        own = [e for e in rows if not e.synthetic and _fold(e.group, seed) == fold]
        found += _lessons_of_rows(offering.offers(own, router))
    if routers:
        found += _lessons_of_boundaries(boundaries, offering, routers[0])
    return found


def _fold(group: str, seed: int) -> int:
    return int(share_of(group, seed=seed, purpose="lesson fold") * _FOLDS)


def _lessons_of_rows(offers: Iterable[Offer]) -> list[Lesson]:
    return [
        Lesson(
            message=offer.row.message,
            route=offer.route,
            template=offer.template,
            topic_right=offer.route.topic == offer.row.topic,
            accepted=offer.row.accepted,
            weight=offer.row.weight if offer.row.accepted is None else offer.row.outcome_weight,
            group=offer.row.group,
            is_boundary=False,
        )
        for offer in offers
        if offer.template is not None
    ]


def _lessons_of_boundaries(
    boundaries: Iterable[Boundary], offering: Offering, router: Router
) -> list[Lesson]:
    """One refusal a boundary, of the likeliest topic's template even where no topic fits.

    What it weighs is a line of the policy. All of a type count as one customer: nobody's words.
    """
    found = []
    for boundary, route, template in offering.to_boundaries(boundaries, router):
        if template is None and route.alternatives:
            topic, probability = route.alternatives[0]
            route = replace(
                route, topic=topic, probability=probability, alternatives=route.alternatives[1:]
            )
            template = offering.template(boundary.type, boundary.message, boundary.language, route)
        if template is not None:
            weight = weight_of("boundary").outcome
            found.append(
                Lesson(
                    boundary.message, route, template, True, False, weight,
                    f"boundary:{boundary.type}", is_boundary=True,
                )
            )  # fmt: skip
    return found
