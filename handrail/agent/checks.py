"""The checks on a trained router: its probabilities are honest, and it remembers nobody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from handrail.agent.calibration import error_by_chance, expected_calibration_error
from handrail.agent.correctness import Correctness
from handrail.agent.features import MARK, ngram_use
from handrail.agent.promise import Promise
from handrail.agent.router import FORMAT, Router
from handrail.agent.training import taught_topics
from handrail.conversations.wording import MIN_CUSTOMERS
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import calibration_parts
from handrail.errors import without_chat_text
from handrail.inference.arrays import from_bytes
from handrail.verdicts import Finding, holds, not_measured

MAX_CALIBRATION_ERROR = 0.06
_MIN_ROWS = 200
_MIN_REPLIES = 100
# Each digit of a message is read as 0: another one would be a value, or a placeholder's number.
_NUMBERED = re.compile(r"[1-9]|_\d")


def calibrated(
    router: Router,
    examples: Sequence[TrainingExample],
    *,
    replies: Sequence[tuple[float, bool]],
    promises: Sequence[Promise],
) -> Finding:
    """Stated probability and share right differ by at most 0.06 more than by chance (ECE-15).

    Two numbers: P(people accept the reply), which promises put a threshold to, and P(topic), which
    is what people take over by. `replies` are (P(accepted), was it right) of held-out rows; the
    topics are those of rows that neither weights nor temperature have seen: the test rows and the
    part of the calibration rows that promises are tested on. NOT MEASURED below 200 rows, or below
    100 replies to them where one of the `promises` puts a threshold to them: fewer can't tell.
    Where none does, every reply is a draft and fewer do.
    """
    seed = int(router.training["seed"])
    _, promised = calibration_parts(examples, seed=seed)
    rows = [e for e in examples if e.split is Split.TEST and not e.synthetic] + promised
    enough = len(replies) >= _MIN_REPLIES
    is_used = any(promise.threshold is not None for promise in promises)
    if len(rows) < _MIN_ROWS or (is_used and not enough):
        sentence = (
            f"{len(rows)} held-out rows and {len(replies)} replies to them: a calibration error "
            f"needs {_MIN_ROWS} and {_MIN_REPLIES}"
        )
        return not_measured("calibrated", sentence, n=len(replies), topic_n=len(rows))
    with without_chat_text(f"calibration check of region {router.region}"):
        topics = []
        for row in rows:
            probabilities = router.scores(row.message).probabilities
            best = int(probabilities.argmax())
            topics.append((float(probabilities[best]), router.topics[best] == row.topic))
    topic_error, topic_chance = _error(topics, seed)
    told = (
        f"{topic_error:.3f} of topics on {len(rows)} held-out rows ({topic_chance:.3f} by chance)"
    )
    worst = topic_error - topic_chance
    measures: dict[str, Any] = {
        "n": len(replies),
        "topic_n": len(rows),
        "topic_calibration_error": round(topic_error, 4),
        "topic_error_by_chance": round(topic_chance, 4),
        "accuracy": round(sum(ok for _, ok in topics) / len(rows), 4),
    }
    if enough:
        error, chance = _error(replies, seed)
        told += f", {error:.3f} of accepted replies on {len(replies)} ({chance:.3f} by chance)"
        worst = max(worst, error - chance)
        measures |= {"calibration_error": round(error, 4), "error_by_chance": round(chance, 4)}
    else:
        told += f"; of accepted replies not measured on {len(replies)}, and no promise uses it"
    return holds(
        "calibrated",
        worst <= MAX_CALIBRATION_ERROR,
        f"calibration error {told}; limit {MAX_CALIBRATION_ERROR} more than chance",
        **measures,
    )


def _error(answers: Sequence[tuple[float, bool]], seed: int) -> tuple[float, float]:
    """The calibration error of some answers, and what chance alone makes of it."""
    return expected_calibration_error(answers), error_by_chance([p for p, _ in answers], seed=seed)


def reads_meaning(router: Router) -> Finding:
    """A sentence encoder reads the region's messages: words alone get fewer of them right."""
    encoder = router.intents.encoder
    languages = ", ".join(router.languages)
    return holds(
        "reads_meaning",
        encoder is not None,
        f"no sentence encoder for {languages} is installed, topics go by words alone and more "
        "messages go to people: type `make .venv/.ready`, which installs them, and train again"
        if encoder is None
        else f"the encoder {encoder.name} reads {languages}",
        blocking=False,
    )


def no_memorized_values(
    router: Router,
    examples: Sequence[TrainingExample],
    *,
    head: Correctness,
    known: Collection[str],
) -> Finding:
    """Every n-gram and every topic's numbers rest on at least five customers; nothing else is held.

    The router and the correctness head, counted again from the training rows, not taken from their
    own word. A synthetic dialogue
    counts like a customer: what its grammar says is nobody's own. No stored string is, or has in
    it, the id of a customer, a chat or a support agent. Nor is any held that is `known` to be some
    customer's own: what the company knows of its customers was compared when the data set was made
    (`dataset.known_values`), because training may not open it.
    """
    train = [e for e in examples if e.split is Split.TRAIN]
    with without_chat_text(f"memory check of region {router.region}"):
        held = {*router.vocabulary, *head.words}
        customers = ngram_use(((e.group, e.message) for e in train), of=held)
        rare = sum(customers.get(gram, 0) < MIN_CUSTOMERS for gram in held)
        long = sum(_too_long(gram) for gram in held)
        numbered = sum(bool(_NUMBERED.search(gram)) for gram in held)
        raised_by = {t: len({e.group for e in train if e.topic == t}) for t in router.topics}
        lone = len(set(router.topics) - taught_topics(train))
        strings = set(_strings(from_bytes(router.to_bytes(), what="the router")[0]))
        named = len(_ids(train) & {part for text in strings for part in (text, *text.split())})
        own = sum(wording in held for wording in known)
        others = len(strings - {*router.vocabulary} - _expected(router, train))
    fewest = min((customers.get(gram, 0) for gram in held), default=0)
    return holds(
        "no_memorized_values",
        bool(router.vocabulary)
        and not (rare or long or numbered or lone or named or own or others),
        f"{len(held)} n-grams, each used by at least {fewest} customers; "
        f"{rare} used by too few, {long} too long, {numbered} with a number in them; of "
        f"{len(router.topics)} topics {lone} rest on fewer than {MIN_CUSTOMERS} customers; "
        f"{named} ids, {own} of {len(known)} wordings that are some customer's own, "
        f"and {others} other strings",
        ngrams=len(held),
        fewest_customers=fewest,
        fewest_customers_of_a_topic=min(raised_by.values(), default=0),
        used_by_too_few=rare,
        too_long=long,
        numbered=numbered,
        topics_of_too_few=lone,
        ids=named,
        wordings_withheld=len(known),
        wordings_of_customers=own,
        other_strings=others,
    )


def _strings(value: Any) -> Iterator[str]:
    """Every text in the values of a header; its keys are the code's."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _ids(rows: Iterable[TrainingExample]) -> set[str]:
    """Ids of customers, chats and support agents. One of zeros alone could be any folded number."""
    ids = {name for row in rows for name in (row.group, row.example_id, row.agent) if name}
    return {name for name in ids if name.strip("0")}


def _expected(router: Router, rows: Sequence[TrainingExample]) -> set[str]:
    """The texts that a router may hold beside n-grams."""
    encoder = router.intents.encoder
    names = {"none"} if encoder is None else {encoder.name, encoder.digest}
    return names | {FORMAT, router.region} | {n for row in rows for n in (row.topic, row.language)}


def _too_long(gram: str) -> bool:
    return len(gram) > 6 if gram.startswith(MARK) else gram.count(" ") > 1
