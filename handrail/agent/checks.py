"""The checks on a trained router: its probabilities are honest, and it remembers nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handrail.agent.calibration import error_by_chance, expected_calibration_error
from handrail.agent.features import MARK, MIN_CUSTOMERS, ngram_use
from handrail.agent.router import Router
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import calibration_parts
from handrail.errors import without_chat_text
from handrail.verdicts import Finding, holds, not_measured

MAX_CALIBRATION_ERROR = 0.06
_MIN_ROWS = 200
# Each digit of a message is read as 0: another one would be a value, or a placeholder's number.
_NUMBERED = re.compile(r"[1-9]|_\d")


def calibrated(router: Router, examples: Sequence[TrainingExample]) -> Finding:
    """Stated probability and share correct differ by at most 0.06 more than by chance (ECE-15).

    On real rows that neither weights nor temperature have seen: the test rows and the part of the
    calibration rows that promises are tested on. NOT MEASURED below 200: fewer can't tell.
    """
    seed = int(router.training["seed"])
    _, promised = calibration_parts(examples, seed=seed)
    rows = [e for e in examples if e.split is Split.TEST and not e.synthetic] + promised
    if len(rows) < _MIN_ROWS:
        sentence = f"{len(rows)} held-out rows: a calibration error needs {_MIN_ROWS}"
        return not_measured("calibrated", sentence, n=len(rows))
    with without_chat_text(f"calibration check of region {router.region}"):
        answers = []
        for row in rows:
            probabilities = router.scores(row.message).probabilities
            best = int(probabilities.argmax())
            answers.append((float(probabilities[best]), router.topics[best] == row.topic))
    error = expected_calibration_error(answers)
    chance = error_by_chance([p for p, _ in answers], seed=seed)
    right = sum(ok for _, ok in answers)
    return holds(
        "calibrated",
        error - chance <= MAX_CALIBRATION_ERROR,
        f"calibration error {error:.3f} on {len(rows)} held-out rows, of which {chance:.3f} by "
        f"chance (limit {MAX_CALIBRATION_ERROR} more than chance)",
        n=len(rows),
        calibration_error=round(error, 4),
        error_by_chance=round(chance, 4),
        accuracy=round(right / len(rows), 4),
    )


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


def no_memorized_values(router: Router, examples: Sequence[TrainingExample]) -> Finding:
    """Every n-gram the model holds was used by at least five customers; it holds nothing longer.

    Counted again from the training rows, not taken from the router's own word. A synthetic dialogue
    counts like a customer: what its grammar says is nobody's own.
    """
    train = [e for e in examples if e.split is Split.TRAIN]
    with without_chat_text(f"memory check of region {router.region}"):
        customers, _ = ngram_use((e.group, e.message) for e in train)
        rare = sum(customers.get(gram, 0) < MIN_CUSTOMERS for gram in router.vocabulary)
        long = sum(_too_long(gram) for gram in router.vocabulary)
        numbered = sum(bool(_NUMBERED.search(gram)) for gram in router.vocabulary)
    fewest = min((customers.get(gram, 0) for gram in router.vocabulary), default=0)
    return holds(
        "no_memorized_values",
        bool(router.vocabulary) and not (rare or long or numbered),
        f"{len(router.vocabulary)} n-grams, each used by at least {fewest} customers; "
        f"{rare} used by too few, {long} too long, {numbered} with a number in them",
        ngrams=len(router.vocabulary),
        fewest_customers=fewest,
        used_by_too_few=rare,
        too_long=long,
        numbered=numbered,
    )


def _too_long(gram: str) -> bool:
    return len(gram) > 6 if gram.startswith(MARK) else gram.count(" ") > 1
