"""The figures of one system on one set, for one seed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.intents import promised
from bench.intents.operating_points import accuracy, at_cost, at_hand_off, handed_off
from bench.intents.sets import IntentSet, Rows, halved, in_scope, named, out_of_scope, relabeled
from bench.intents.systems import Fit, Fitted, Judged, Ours, Remembering
from handrail.agent.calibration import expected_calibration_error
from handrail.agent.intents import Labeled

Found = dict[str, float]
ALPHAS = {"1pct": 0.01, "2pct": 0.02}
HAND_OFF = 0.05
COST, STRICT_COST = 0.0075, 0.0275
PASSES = 3


def texts(rows: Sequence[Labeled]) -> list[str]:
    return [row.text for row in rows]


def full(model: Fitted, spent: float, data: IntentSet) -> Found:
    """Accuracy and calibration of a model that took `spent` CPU seconds."""
    judged = model.judge(texts(data.test))
    return {
        "banking77": accuracy(judged, data.test),
        "ece": calibration_error(judged, data.test),
        "train_cpu_s": spent,
    }


def few(fit: Fit, data: IntentSet, *, encoder: Remembering, seed: int) -> Found:
    """Accuracy of a model of a few rows a label, with and without the labels' names."""
    found = {}
    for name, rows in (("", named(data.train)), ("_unnamed", data.train)):
        model = fit(rows, validation=data.validation, encoder=encoder, seed=seed)
        found[data.name + name] = accuracy(model.judge(texts(data.test)), data.test)
    return found


def calibration_error(judged: Judged, rows: Sequence[Labeled]) -> float:
    return 100 * expected_calibration_error(promised.scores(judged, rows))


def clinc(fit: Fit, data: IntentSet, *, encoder: Remembering, seed: int) -> Found:
    """Accuracy in scope and recall out of scope at two thresholds of the validation rows."""
    model = fit(data.train, validation=data.validation, encoder=encoder, seed=seed)
    found = two_points(model, data)
    return {
        "clinc": found["accuracy"],
        "clinc_in": found["in"],
        "clinc_oos": found["oos"],
        "clinc_in_strict": found["in_strict"],
        "clinc_oos_strict": found["oos_strict"],
    }


def two_points(model: Fitted, data: IntentSet) -> Found:
    """`in` and `oos` where the threshold costs little of the validation rows, and where more."""
    chosen, known = in_scope(data.validation), in_scope(data.test)
    validation = model.judge(texts(chosen))
    inside = model.judge(texts(known))
    found = {"accuracy": accuracy(inside, known)}
    strange = out_of_scope(data.test)
    outside = model.judge(texts(strange)) if strange else None
    for name, cost in (("", COST), ("_strict", STRICT_COST)):
        threshold = at_cost(validation, chosen, cost)
        found[f"in{name}"] = accuracy(inside, known, threshold)
        if outside is not None:
            found[f"oos{name}"] = handed_off(outside, threshold)
    return found


def near(
    fit: Fit, data: IntentSet, far: Rows, official: IntentSet, *, encoder: Remembering, seed: int
) -> Found:
    """Messages of intents that the model doesn't know, of the same trade as those it knows."""
    model = fit(data.train, validation=data.validation, encoder=encoder, seed=seed)
    recall, hand_off, threshold = at_five_percent(model, data)
    judged, rows = model.judge(texts(data.test)), data.test
    labels = {row.label for row in data.train if row.label is not None}
    by = (*official.train, *official.test)
    known = in_scope(rows)
    unseen = replace(data, train=in_scope(data.train), validation=in_scope(data.validation))
    stranger = fit(unseen.train, validation=unseen.validation, encoder=encoder, seed=seed)
    apart = halved(data, by, seed=seed)
    other = fit(apart.train, validation=apart.validation, encoder=encoder, seed=seed)
    return {
        "near_oos_recall": recall,
        "near_hand_off": hand_off,
        "near_oos_recall_exact": exactly(judged, rows),
        "near_oos_recall_others": at_five_percent(other, apart)[0],
        "near_oos_recall_others_unseen": at_five_percent(
            stranger, replace(unseen, test=apart.test)
        )[0],
        "near_oos_recall_unseen": at_five_percent(stranger, unseen)[0],
        "near_oos_recall_official": exactly(judged, relabeled(rows, by, labels)),
        "near_accuracy": accuracy(model.judge(texts(known)), known),
        "far_oos_recall": handed_off(model.judge(texts(far)), threshold),
    }


def at_five_percent(model: Fitted, data: IntentSet) -> tuple[float, float, float]:
    """Recall, what is handed off of the test rows in scope, and the threshold."""
    validation = model.judge(texts(in_scope(data.validation)))
    threshold = at_hand_off(validation.strangeness, HAND_OFF)
    outside = model.judge(texts(out_of_scope(data.test)))
    inside = model.judge(texts(in_scope(data.test)))
    return handed_off(outside, threshold), handed_off(inside, threshold), threshold


def exactly(judged: Judged, rows: Sequence[Labeled]) -> float:
    """Recall where exactly 5 % of these very rows in scope are handed off."""
    import numpy as np

    inside = np.array([row.label is not None for row in rows])
    threshold = at_hand_off(judged.strangeness[inside], HAND_OFF)
    return 100 * float((judged.strangeness[~inside] > threshold).mean())


def promise(
    fit: Fit,
    model: Fitted,
    data: IntentSet,
    *,
    encoder: Remembering,
    delta: float,
    seed: int,
    folds: int,
) -> tuple[Found, list[promised.Scored], int]:
    """Coverage and what is wrong under each promise; the scored rows it rests on, and how many."""
    pairs = promised.out_of_fold(fit, data.train, encoder=encoder, seed=seed, folds=folds)
    test = promised.scores(model.judge(texts(data.test)), data.test)
    found, tested = _under(pairs, test, delta=delta, seed=seed)
    for name, alpha in ALPHAS.items():
        found[f"oracle_at_{name}"] = promised.oracle(test, alpha=alpha)
    return found, pairs, tested


def held_out(
    fit: Fit, data: IntentSet, *, encoder: Remembering, delta: float, seed: int, rows: int
) -> tuple[Found, int]:
    """The same with calibration rows that no fold of the model saw."""
    import random

    order = list(data.train)
    random.Random(seed).shuffle(order)
    model = fit(order[rows:], validation=(), encoder=encoder, seed=seed)
    pairs = promised.scores(model.judge(texts(order[:rows])), order[:rows])
    test = promised.scores(model.judge(texts(data.test)), data.test)
    found, tested = _under(pairs, test, delta=delta, seed=seed)
    return {f"held_out_{name}": value for name, value in found.items()}, tested


def _under(
    pairs: Sequence[promised.Scored],
    test: Sequence[promised.Scored],
    *,
    delta: float,
    seed: int,
) -> tuple[Found, int]:
    found, tested = {}, 0
    for name, alpha in ALPHAS.items():
        threshold = promised.fixed(pairs, alpha=alpha, delta=delta, seed=seed)
        covered, wrong = promised.answered(test, threshold)
        found |= {f"coverage_at_{name}": covered, f"wrong_at_{name}": wrong}
        tested = threshold.tested
    return found, tested


def kept(
    pairs: Sequence[promised.Scored], *, delta: float, calibration: int, repeats: int, seed: int
) -> Found:
    """How often the bound held, of many draws of calibration rows."""
    found = {}
    for name, alpha in ALPHAS.items():
        for metric, splits in (("promise_kept", False), ("promise_kept_in_splits", True)):
            done = promised.simulate(
                pairs,
                alpha=alpha,
                delta=delta,
                calibration=calibration,
                repeats=repeats,
                seed=seed,
                splits=splits,
            )
            found[f"{metric}_at_{name}"] = done.kept
            if not splits:
                found[f"unpromised_at_{name}"] = done.without
    return found


def latency(model: Fitted, rows: Sequence[Labeled], *, encoder: Remembering) -> Found:
    """Milliseconds a message, one at a time, the encoder reading each; the least of some passes.

    Machines are shared, and what a neighbor took is no part of a message's cost; CPU time besides.
    """
    import numpy as np

    encoder.remembers = False
    model.serve(rows[0].text)
    wall = np.full((PASSES, len(rows)), np.inf)
    cpu = np.full((PASSES, len(rows)), np.inf)
    for turn in range(PASSES):
        for n, one in enumerate(rows):
            start, used = time.perf_counter(), time.process_time()
            model.serve(one.text)
            wall[turn, n] = 1000 * (time.perf_counter() - start)
            cpu[turn, n] = 1000 * (time.process_time() - used)
    encoder.remembers = True
    return {
        f"p{share}_{name}": float(np.percentile(taken.min(axis=0), share))
        for name, taken in (("ms", wall), ("cpu_ms", cpu))
        for share in (50, 99)
    }


def answering(reply: Callable[[str, str], object], messages: Sequence[tuple[str, str]]) -> Found:
    """Milliseconds for a whole answer to each (message, language), one at a time, each once.

    The first message of each language is answered before, and again: it loads what is read once.
    """
    import numpy as np

    for language, text in {language: text for text, language in reversed(messages)}.items():
        reply(text, language)
    wall, cpu = [], []
    for text, language in messages:
        start, used = time.perf_counter(), time.process_time()
        reply(text, language)
        wall.append(1000 * (time.perf_counter() - start))
        cpu.append(1000 * (time.process_time() - used))
    return {
        f"answer_p{share}_{name}": float(np.percentile(taken, share))
        for name, taken in (("ms", wall), ("cpu_ms", cpu))
        for share in (50, 99)
    }


def own(
    fit: Fit, data: IntentSet, *, encoder: Remembering, delta: float, seed: int, folds: int
) -> tuple[Found, int]:
    """Somebody's own set: all of the above as far as the file has rows for it."""
    split = data.with_validation(seed=seed)
    model = fit(split.train, validation=split.validation, encoder=encoder, seed=seed)
    known = in_scope(split.test)
    found = two_points(model, split)
    if out_of_scope(split.test):
        found["oos_recall"], found["hand_off"], _ = at_five_percent(model, split)
    inside = model.judge(texts(known))
    found["ece"] = calibration_error(inside, known)
    pairs = promised.out_of_fold(
        fit, in_scope(split.train), encoder=encoder, seed=seed, folds=folds
    )
    under, tested = _under(pairs, promised.scores(inside, known), delta=delta, seed=seed)
    return found | under, tested


def served_by_words(model: Fitted, rows: Sequence[Labeled]) -> Found:
    """Percent of messages that the encoder isn't asked about."""
    if not isinstance(model, Ours):
        return {}
    scores = model.model.scores_many(texts(rows))
    return {"stops_early": 100 * sum(len(one.steps) == 1 for one in scores) / len(scores)}


Measure = Callable[..., Found]
