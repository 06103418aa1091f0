"""Training a region's router: fitted on training rows, calibrated on rows in scope it never saw."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from handrail.agent.intents.fitting import PROMISED, fit_intents
from handrail.agent.intents.model import PLAYBOOK, IntentModel, Labeled
from handrail.agent.own_fits import own_fits
from handrail.agent.router import Floors, Router
from handrail.agent.thinning import enough_of
from handrail.conversations.wording import MIN_CUSTOMERS, unquoted
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import calibration_parts
from handrail.errors import BadInput, without_chat_text
from handrail.inference.encoders import Encoder
from handrail.inference.threads import one_thread
from handrail.residency import require_region

# A floor may cost this share of the messages that are in scope.
_FLOOR_SHARE = 0.01
# No floor asks for more than this, however clean the rows it was fitted on: people mistype, and how
# sure is sure enough to send is the promise's business.
_STRICTEST = Floors(probability=0.5, similarity=0.15, coverage=0.6, out_of_scope=0.5)
_MIN_ROWS_TO_CALIBRATE = 30
_ROWS_FOR_FLOORS = 1_000  # ten of them are below one
# What the playbook says of a topic teaches it where fewer customers raised it: the names of labels
# add more to 5 rows a label of Banking77 than to 10, and nothing to all (its validation rows).
_DESCRIBED_BELOW = 20


def train_router(
    examples: Sequence[TrainingExample],
    *,
    region: str,
    seed: int,
    encoder: Encoder | None,
    descriptions: Mapping[str, Sequence[str]] = MappingProxyType({}),
    promised: float = PROMISED,
) -> Router:
    """A router for `region` from its frozen data set; the same rows and seed give the same bytes.

    Topics that fewer than five customers raised are left to people, however much a generator wrote
    of them: they teach what a message out of scope looks like. What is always handed off may be
    recognized by synthetic rows alone. `descriptions` say what topics are about: where fewer than
    20 customers raised one they teach it too, as nobody's rows. Of more than 20,000 rows the most
    frequent topics' are thinned. Floors come from the first part of
    the calibration rows, and so do the weights of the heads where it is large enough; its rows of
    other topics teach what fits none. Words answer without the encoder where that takes no more
    than a tenth of the mistakes that the strictest promise, `promised`, allows. BadInput if fewer
    than two topics remain.
    """
    for example in examples:
        require_region(region, example.region, "a training row")
    with without_chat_text(f"training of region {region}"), one_thread():
        ordered = sorted(examples, key=lambda e: e.example_id)
        return _train(ordered, region, seed, encoder, descriptions, promised)


def _train(
    examples: Sequence[TrainingExample],
    region: str,
    seed: int,
    encoder: Encoder | None,
    descriptions: Mapping[str, Sequence[str]],
    promised: float,
) -> Router:
    rows = [e for e in examples if e.split is Split.TRAIN]
    raised = {e.topic for e in rows}
    topics = taught_topics(rows)
    taught = [e for e in rows if e.topic in topics]
    if len(topics) < 2:
        msg = (
            f"region {region} has {len(topics)} topics with {MIN_CUSTOMERS} or more customers in "
            "training: a router needs two; ingest more chats"
        )
        raise BadInput(msg)
    fit_part, _ = calibration_parts(examples, seed=seed)
    told = _told({t: said for t, said in descriptions.items() if t in topics}, taught)
    learned = enough_of(rows, seed=seed)
    intents = fit_intents(
        [*(_labeled(e, topics) for e in learned), *told],
        validation=[_labeled(e, topics) for e in fit_part],
        encoder=encoder,
        seed=seed,
        promised=promised,
    )
    return Router(
        region=region,
        languages=tuple(sorted({e.language for e in taught})),
        intents=intents,
        floors=_floors(intents, [unquoted(e.message) for e in fit_part if e.topic in topics]),
        own_fits=own_fits(rows, encoder=encoder, seed=seed),
        training={
            "rows": len(taught),
            "rows_learned": sum(e.topic in topics for e in learned),
            "customers": len({e.group for e in taught if not e.synthetic}),
            "synthetic_rows": sum(e.synthetic for e in taught),
            "topics": len(topics),
            "topics_described": len({row.label for row in told}),
            "topics_left_to_people": len(raised) - len(topics),
            "ngrams": len(intents.vocabulary),
            "encoder": "none" if encoder is None else encoder.name,
            "calibration_rows": len(fit_part),
            "seed": seed,
        },
    )


def taught_topics(rows: Sequence[TrainingExample]) -> frozenset[str]:
    """The topics that enough customers raised; written by enough, if they are always handed off."""
    customers: defaultdict[str, set[str]] = defaultdict(set)
    writers: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        writers[row.topic].add(row.group)
        if not row.synthetic:
            customers[row.topic].add(row.group)
    handed_off = {e.topic for e in rows if e.synthesis is not None and e.synthesis.escalates}
    return frozenset(
        topic
        for topic, groups in writers.items()
        if len(groups if topic in handed_off else customers[topic]) >= MIN_CUSTOMERS
    )


def _labeled(row: TrainingExample, topics: frozenset[str]) -> Labeled:
    topic = row.topic if row.topic in topics else None
    return Labeled(unquoted(row.message), topic, row.weight, row.group)


def _told(
    descriptions: Mapping[str, Sequence[str]], rows: Sequence[TrainingExample]
) -> list[Labeled]:
    """What the playbook says of the topics that few customers raised."""
    customers: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if not row.synthetic:
            customers[row.topic].add(row.group)
    return [
        Labeled(text, topic, 1.0, PLAYBOOK)
        for topic, said in sorted(descriptions.items())
        for text in said
        if len(customers[topic]) < _DESCRIBED_BELOW
    ]


def _floors(intents: IntentModel, messages: Sequence[str]) -> Floors:
    """Floors from messages in scope that it wasn't trained on; below 30 the strictest.

    What may be out of scope is measured on the same messages with two slips in each besides: a
    region whose rows are all alike would take one for another matter. Of more than 1,000 messages
    every second, third and so on counts.
    """
    if len(messages) < _MIN_ROWS_TO_CALIBRATE:
        return _STRICTEST
    messages = messages[:: math.ceil(len(messages) / _ROWS_FOR_FLOORS)]
    scores = intents.scores_many(messages)
    slipped = intents.scores_many([_mistyped(message) for message in messages])
    return Floors(
        probability=_floor([float(s.probabilities.max()) for s in scores], _STRICTEST.probability),
        similarity=_floor([s.similarity for s in scores], _STRICTEST.similarity),
        coverage=_floor([s.coverage for s in scores], _STRICTEST.coverage),
        out_of_scope=-_floor(
            [-s.out_of_scope for s in (*scores, *slipped)], -_STRICTEST.out_of_scope
        ),
    )


def _mistyped(message: str) -> str:
    """The message without the middle letter of its two longest words."""
    for word in sorted(set(message.split()), key=lambda word: (-len(word), word))[:2]:
        middle = len(word) // 2
        message = message.replace(word, word[:middle] + word[middle + 1 :], 1)
    return message


def _floor(values: Sequence[float], strictest: float) -> float:
    import numpy as np

    return min(round(float(np.quantile(values, _FLOOR_SHARE)), 6), strictest)
