"""The correctness head: P(people accept | message, template), which the promise thresholds.

A reply is accepted when its topic is right and people have nothing against what is said. The head
multiplies the two: how sure the route is cannot make up for a template that people warn of. Both
factors are sums of named effects, held near the router's word where little is known, and kept as
JSON: what feedback has changed can be read in it. R24, R25.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from handrail.agent.types import Route
from handrail.conversations.wording import with_pairs, words
from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.playbook.model import Playbook

FORMAT = "handrail-correctness-1"
# Beyond these log-odds a probability says no more than "almost certain".
_MOST_SURE = 12.0
ANY_TOPIC = ""


class Cell(NamedTuple):
    """What a template is for."""

    topic: str
    language: str


@dataclass(frozen=True)
class Correctness:
    """How likely people accept a template for a message.

    `templates` are the region's, by id: any other one has probability 0. `topic_right` holds the
    effects on the log-odds that the topic is right (`bias`, `router`, `margin`, `out_of_scope`),
    `content` those on the log-odds that people accept what is said (`bias`, `topic:...`,
    `template:...`, `language:...`). `words` adds to the content what words and pairs of words do
    that at least five customers used, by topic, and for any topic under the empty name. `slope` and
    `shift` calibrate the log-odds of the product.
    """

    region: str
    templates: Mapping[str, Cell]
    topic_right: Mapping[str, float]
    content: Mapping[str, float]
    words: Mapping[str, Mapping[str, float]]
    slope: float
    shift: float
    training: Mapping[str, int | float | str]

    @classmethod
    def untaught(cls, playbook: Playbook, *, region: str) -> Correctness:
        """The head before any lesson: it takes the router's word for the region's templates."""
        return cls(
            region=region,
            templates=templates_of(playbook, region=region),
            topic_right={"router": 1.0},
            content={"bias": _MOST_SURE},
            words={},
            slope=1.0,
            shift=0.0,
            training={},
        )

    def probability(self, message: str, route: Route, template_id: str | None) -> float:
        """The calibrated probability that people accept this template for this message.

        0 where nothing may be said of it: no topic fits, the template is unknown or another
        topic's, or a number is none.
        """
        cell = self.templates.get(template_id or "")
        if cell is None or template_id is None or cell.topic != route.topic:
            return 0.0
        return self.calibrated(self.score(message, route, template_id))

    def calibrated(self, score: float) -> float:
        """The probability that a score stands for."""
        return _probability(self.slope * score + self.shift)

    def score(self, message: str, route: Route, template_id: str) -> float:
        """The log-odds of the product, before calibration."""
        topic = self.templates[template_id].topic
        accepted = self.template_odds(template_id)
        said = word_grams(message)
        for gram in said:
            by_topic = self.words.get(gram)
            if by_topic is not None:
                effect = by_topic.get(ANY_TOPIC, 0.0) + by_topic.get(topic, 0.0)
                accepted += effect / math.sqrt(len(said))
        return both_odds(self.topic_odds(route, template_id), accepted)

    def topic_odds(self, route: Route, template_id: str) -> float:
        """The log-odds that the template's topic is right."""
        return _sum(self.topic_right, routing_of(route, self.templates[template_id].topic))

    def template_odds(self, template_id: str) -> float:
        """The log-odds that people accept what the template says, words of the message aside."""
        topic, language = self.templates[template_id]
        return _sum(self.content, content_of(topic, language, template_id))

    def to_bytes(self) -> bytes:
        """The head as canonical JSON: the same lessons give the same bytes."""
        return canonical({
            "format": FORMAT, "region": self.region,
            "templates": {template: list(cell) for template, cell in self.templates.items()},
            "topic_right": dict(self.topic_right), "content": dict(self.content),
            "words": {gram: dict(effects) for gram, effects in self.words.items()},
            "slope": self.slope, "shift": self.shift, "training": dict(self.training),
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> Correctness:
        """The head `to_bytes` wrote; anything else is `Tampered`."""
        try:
            table = json.loads(data)
            is_ours = table["format"] == FORMAT
            head = cls(
                region=str(table["region"]),
                templates={str(t): Cell(*map(str, cell)) for t, cell in table["templates"].items()},
                topic_right=_numbers(table["topic_right"]),
                content=_numbers(table["content"]),
                words={str(gram): _numbers(effects) for gram, effects in table["words"].items()},
                **_numbers({name: table[name] for name in ("slope", "shift")}),
                training=table["training"],
            )
        except Exception:  # noqa: BLE001 - whatever damaged bytes provoke, they are damaged bytes
            is_ours = False
        if not is_ours or not head.slope > 0:
            msg = "these bytes are no correctness head: restore the model or train it again"
            raise Tampered(msg)
        return head

    @cached_property
    def digest(self) -> str:
        """Content hash of the bytes."""
        return digest(self.to_bytes())


def templates_of(playbook: Playbook, *, region: str) -> dict[str, Cell]:
    """What each template of the region is for, by id."""
    return {t.id: Cell(t.topic, t.language) for t in playbook.templates if t.region == region}


def routing_of(route: Route, topic: str) -> Iterator[tuple[str, float]]:
    """What a route says of its topic: (name, value).

    `router` is the log-odds of the topic's probability, `margin` its lead over the next topic.
    """
    runner_up = max((p for t, p in route.alternatives if t != topic), default=0.0)
    yield "bias", 1.0
    yield "router", log_odds(route.probability)
    yield "margin", route.probability - runner_up
    yield "out_of_scope", route.out_of_scope_score


def content_of(topic: str, language: str, template_id: str) -> Iterator[tuple[str, float]]:
    """What is said, words of the message aside: (name, value)."""
    yield "bias", 1.0
    yield f"topic:{topic}", 1.0
    yield f"template:{template_id}", 1.0
    yield f"language:{language}", 1.0


def word_grams(message: str) -> list[str]:
    """The distinct words and pairs of words of a message, in order."""
    return list(dict.fromkeys(with_pairs(words(message))))


def both_odds(one: float, other: float) -> float:
    """The log-odds that two independent things of these log-odds both hold; NaN stays NaN."""
    if not math.isfinite(one + other):
        return math.nan
    return log_odds(_probability(one) * _probability(other))


def log_odds(probability: float) -> float:
    """The log-odds of a probability, within what can be told from certainty; NaN stays NaN."""
    if math.isnan(probability):
        return math.nan
    surest = 1 / (1 + math.exp(-_MOST_SURE))
    inside = min(max(probability, 1 - surest), surest)
    return math.log(inside / (1 - inside))


def _probability(odds: float) -> float:
    """The probability of log-odds; 0 for what is no number."""
    if not math.isfinite(odds):
        return 0.0
    return 1 / (1 + math.exp(-min(max(odds, -_MOST_SURE), _MOST_SURE)))


def _sum(effects: Mapping[str, float], values: Iterable[tuple[str, float]]) -> float:
    return sum(effects.get(name, 0.0) * value for name, value in values)


def _numbers(table: Mapping[str, float]) -> dict[str, float]:
    numbers = {str(name): float(value) for name, value in table.items()}
    if not all(map(math.isfinite, numbers.values())):
        raise ValueError
    return numbers
