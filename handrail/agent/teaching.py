"""Teaching the correctness head: two small logistic models whose effects are held to a prior.

One learns when a topic is right, one whether people accept what is said where it is. Both are
convex, so the same lessons always give the same head, and what few rows say moves an effect little
(a quadratic penalty: Hoerl and Kennard, Technometrics 12, 1970).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from handrail.agent.correctness import (
    ANY_TOPIC,
    Correctness,
    content_of,
    routing_of,
    templates_of,
    word_grams,
)
from handrail.agent.lessons import Lesson
from handrail.agent.offers import Offer
from handrail.conversations.wording import MIN_CUSTOMERS
from handrail.playbook.model import Playbook

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Where an effect starts, and how strongly it is held there, by kind. The router's word is taken as
# it is until much speaks against it: export labels are wrong now and then, and wrong ones are no
# reason to doubt the surest routes. A template differs less from its topic than a topic from
# another; a word is no more than a hint.
_PRIOR = {"router": 1.0}
_HELD = {"bias": 0.01, "router": 1000.0, "margin": 10.0, "out_of_scope": 10.0, "topic": 100.0}
_HELD_OTHERWISE = 300.0
# Whatever the lessons say, a surer route is not a worse one.
_BOUNDS = {"router": (0.0, None), "margin": (0.0, None), "out_of_scope": (None, 0.0)}
_SMALLEST_EFFECT = 0.0005
_MIN_ROWS_TO_CALIBRATE = 30
_SLOPES = (0.05, 20.0)


@dataclass(frozen=True, eq=False)
class Matrix:
    """Lessons as rows, effects as columns. `words` are (n-gram, topic), after the named effects."""

    names: tuple[str, ...]
    words: tuple[tuple[str, str], ...]
    values: csr_matrix

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, float]], words: Sequence[_Words]) -> Matrix:
        """The matrix of named values and of words by row."""
        import numpy as np
        from scipy.sparse import csr_matrix

        names = tuple(sorted({name for row in rows for name in row}))
        grams = tuple(sorted({word for row in words for word in row}))
        column = {name: n for n, name in enumerate((*names, *grams))}
        found = [
            [(column[key], value) for key, value in (*row.items(), *said.items())]
            for row, said in zip(rows, words, strict=True)
        ]
        ends = np.cumsum([0, *(len(row) for row in found)])
        columns = np.array([at for row in found for at, _ in row], dtype=np.int32)
        values = np.array([value for row in found for _, value in row], dtype=np.float64)
        shape = (len(rows), len(column))
        return cls(names, grams, csr_matrix((values, columns, ends), shape=shape))

    def fit(self, weights: Sequence[float], right: Sequence[bool]) -> list[float]:
        """The likeliest effect of each column, each row counted by its weight."""
        import numpy as np
        from scipy.optimize import minimize
        from scipy.special import expit

        kinds = [name.partition(":")[0] for name in self.names] + ["words"] * len(self.words)
        prior = np.array([_PRIOR.get(kind, 0.0) for kind in kinds])
        held = np.array([_HELD.get(kind, _HELD_OTHERWISE) for kind in kinds])
        counted = np.array(weights, dtype=np.float64)
        sign = np.where(np.array(right, dtype=bool), 1.0, -1.0)

        def loss(effects: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            margin = sign * (self.values @ effects)
            off = effects - prior
            value = counted @ np.logaddexp(0.0, -margin) + 0.5 * held @ off**2
            slope = self.values.T @ (-counted * sign * expit(-margin)) + held * off
            return float(value), slope

        found = minimize(
            loss,
            prior,
            jac=True,
            method="L-BFGS-B",
            bounds=[_BOUNDS.get(kind, (None, None)) for kind in kinds],
            options={"maxiter": 500, "ftol": 1e-10, "gtol": 1e-6},
        )
        return [round(float(effect), 5) for effect in found.x]


_Words = Mapping[tuple[str, str], float]


@dataclass(frozen=True, eq=False)
class Design:
    """The lessons counted once; `head` weighs them anew as often as it is asked.

    `topics` are those that a person gave a topic (no boundaries), `content` those whose topic is
    right: of the others nobody can say whether what is said would do.
    """

    untaught: Correctness
    topics: Sequence[Lesson]
    content: Sequence[Lesson]
    topic_matrix: Matrix
    content_matrix: Matrix

    @classmethod
    def of(cls, lessons: Sequence[Lesson], *, playbook: Playbook, region: str) -> Design:
        """The design of these lessons."""
        cells = templates_of(playbook, region=region)
        topics = [n for n in lessons if not n.is_boundary]
        content = [n for n in lessons if n.is_boundary or n.topic_right]
        routing = [dict(routing_of(n.route, cells[n.template].topic)) for n in topics]
        said = [dict(content_of(*cells[n.template], n.template)) for n in content]
        of_topic = [(n, cells[n.template].topic) for n in content]
        return cls(
            untaught=Correctness.untaught(playbook, region=region),
            topics=topics,
            content=content,
            topic_matrix=Matrix.of(routing, [{}] * len(routing)),
            content_matrix=Matrix.of(said, _words(of_topic)),
        )

    @cached_property
    def _topic_right(self) -> Mapping[str, float]:
        if not self.topics:
            return self.untaught.topic_right
        right = [n.topic_right for n in self.topics]
        effects = self.topic_matrix.fit([1.0] * len(right), right)
        return dict(zip(self.topic_matrix.names, effects, strict=True))

    def head(self, content: Sequence[Lesson]) -> Correctness:
        """The head taught by `content`, not yet calibrated.

        `content` is the design's own, outcomes or weights possibly others.
        """
        head = replace(
            self.untaught,
            topic_right=self._topic_right,
            training={
                "lessons": len(self.topics),
                "judged": sum(n.accepted is not None and not n.is_boundary for n in content),
                "refused": sum(n.accepted is False and not n.is_boundary for n in content),
                "boundaries": sum(n.is_boundary for n in content),
            },
        )
        if not any(n.weight for n in content):
            return head
        matrix = self.content_matrix
        effects = matrix.fit(
            [n.weight for n in content], [n.accepted is not False for n in content]
        )
        words: dict[str, dict[str, float]] = {}
        for (gram, topic), effect in zip(matrix.words, effects[len(matrix.names) :], strict=True):
            if abs(effect) >= _SMALLEST_EFFECT:
                words.setdefault(gram, {})[topic] = effect
        named = dict(zip(matrix.names, effects[: len(matrix.names)], strict=True))
        return replace(head, content=named, words=words)


def teach(
    lessons: Sequence[Lesson], *, calibrate_on: Sequence[Offer], playbook: Playbook, region: str
) -> Correctness:
    """The head that these lessons teach, calibrated on offers for rows that nothing was fitted on.

    Without lessons it takes the router's word; below 30 rows to calibrate on it is not scaled.
    """
    design = Design.of(lessons, playbook=playbook, region=region)
    return calibrated(design.head(design.content), calibrate_on)


def calibrated(head: Correctness, offers: Sequence[Offer]) -> Correctness:
    """The head scaled by the outcomes of these offers; below 30 it stays as it is."""
    known = [offer for offer in offers if offer.template is not None]
    slope, shift = _platt(head, known)
    training = {**head.training, "words": len(head.words), "calibration_rows": len(known)}
    return replace(head, slope=slope, shift=shift, training=training)


def _words(lessons: Sequence[tuple[Lesson, str]]) -> list[_Words]:
    """Each lesson's words that at least five customers used: in its topic, and in any."""
    used_by: dict[tuple[str, str], set[str]] = defaultdict(set)
    grams = [word_grams(lesson.message) for lesson, _ in lessons]
    for (lesson, topic), said in zip(lessons, grams, strict=True):
        if not lesson.is_boundary:
            for gram in said:
                used_by[gram, ANY_TOPIC].add(lesson.group)
                used_by[gram, topic].add(lesson.group)
    known = {word for word, groups in used_by.items() if len(groups) >= MIN_CUSTOMERS}
    found: list[_Words] = []
    for (_, topic), said in zip(lessons, grams, strict=True):
        each = 1 / math.sqrt(max(len(said), 1))
        keys = ((gram, name) for gram in said for name in (ANY_TOPIC, topic))
        found.append({key: each for key in keys if key in known})
    return found


def _platt(head: Correctness, offers: Sequence[Offer]) -> tuple[float, float]:
    """Slope and shift that make the outcomes likeliest, with the smoothed targets of Platt (1999).

    The slope is positive: calibration never turns the order round.
    """
    import numpy as np
    from scipy.optimize import minimize

    if len(offers) < _MIN_ROWS_TO_CALIBRATE:
        return 1.0, 0.0
    scores = np.array([head.score(o.row.message, o.route, str(o.template)) for o in offers])
    right = np.array([o.is_right for o in offers])
    yes, no = int(right.sum()), int((~right).sum())
    target = np.where(right, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(line: NDArray[np.float64]) -> float:
        odds = line[0] * scores + line[1]
        return float(np.sum(np.logaddexp(0.0, odds) - target * odds))

    bounds = (_SLOPES, (None, None))
    found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=bounds)
    return round(float(found.x[0]), 5), round(float(found.x[1]), 5)
