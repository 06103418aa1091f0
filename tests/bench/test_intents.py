"""What the router's bench counts, and that it decides nothing on test rows."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench import router
from bench.intents import measuring, promised
from bench.intents.operating_points import accuracy, at_cost, at_hand_off, handed_off
from bench.intents.report import MEANINGS, OWN, Figures
from bench.intents.sets import IntentSet, in_scope, named, out_of_scope, read_set, relabeled
from bench.intents.systems import SYSTEMS, Judged, Remembering, encoder_logreg
from handrail.agent.intents import Labeled

TOPICS = {
    "card_lost?": ("lost", "stolen", "missing", "vanished"),
    "change_pin": ("pin", "code", "digits", "secret"),
    "top_up": ("top", "deposit", "funds", "account"),
}
STRANGE = ("weather", "pizza", "football", "holiday")


class Hashing:
    """An encoder of hashed words: the same text, the same vector."""

    name = "hashing"
    languages = frozenset({"en"})
    dimensions = 32
    digest = "0" * 64

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.read += texts
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimensions] += 1
            row /= max(float(np.linalg.norm(row)), 1e-9)
        return rows


def frame(seed: int = 0) -> pd.DataFrame:
    """Messages of three topics, and some that fit none."""
    rng = random.Random(seed)
    rows = []
    for split, count in (("train", 40), ("valid", 20), ("test", 20)):
        for label, words in {**TOPICS, "oos": STRANGE}.items():
            for n in range(count):
                text = f"please help me with {rng.choice(words)} {rng.choice(words)} number {n}"
                rows.append({"text": text, "label": label, "split": split})
    return pd.DataFrame(rows)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.parquet"
    frame().to_parquet(path)
    return path


def judged(strangeness: Sequence[float], answers: Sequence[str] = ()) -> Judged:
    labels = ("a", "b")
    chosen = answers or ["a"] * len(strangeness)
    return Judged(
        labels, np.array([[x == "a", x == "b"] for x in chosen], float), np.array(strangeness)
    )


def rows(*labels: str | None) -> tuple[Labeled, ...]:
    return tuple(Labeled(f"text {n}", label, 1.0, f"{n}") for n, label in enumerate(labels))


def test_a_label_that_says_out_of_scope_is_none(file: Path) -> None:
    data = read_set(file)
    assert {row.label for row in data.train} == {*TOPICS, None}
    assert len(out_of_scope(data.test)) == 20
    assert len(in_scope(data.validation)) == 60


def test_every_row_is_a_customer_of_its_own(file: Path) -> None:
    data = read_set(file)
    everybody = [row.group for row in (*data.train, *data.validation, *data.test)]
    assert len(set(everybody)) == len(everybody)


def test_a_domain_is_left_out_by_name(tmp_path: Path) -> None:
    table = frame()
    table["domain"] = np.where(table["label"] == "oos", "far", "in")
    table.to_parquet(tmp_path / "set.parquet")
    data = read_set(tmp_path / "set.parquet", without_domains=("far",))
    assert not out_of_scope((*data.train, *data.validation, *data.test))


def test_validation_rows_come_from_training_rows_only_where_there_are_none(file: Path) -> None:
    data = read_set(file)
    assert data.with_validation(seed=1) is data
    bare = IntentSet("bare", data.train, (), data.test).with_validation(seed=1)
    assert len(bare.validation) == 24
    assert set(bare.train).isdisjoint(bare.validation)
    assert {*bare.train, *bare.validation} == set(data.train)
    assert bare.test == data.test


def test_a_labels_name_is_one_more_row_of_it() -> None:
    added = named(rows("card_lost?", "change_pin", None))[3:]
    assert [(row.text, row.label) for row in added] == [
        ("card lost", "card_lost?"),
        ("change pin", "change_pin"),
    ]


def test_official_labels_are_found_by_text_and_may_be_hidden_ones() -> None:
    official = [Labeled("Text  0", "b", 1, "x"), Labeled("text 1", "hidden", 1, "y")]
    assert [r.label for r in relabeled(rows("a", "a", "b"), official, {"a", "b"})] == [
        "b",
        None,
        "b",
    ]


def test_a_threshold_hands_off_no_more_than_its_share_of_the_rows_it_comes_from() -> None:
    strangeness = np.random.default_rng(0).random(1_000)
    for share in (0.0, 0.01, 0.05, 0.5):
        assert (strangeness > at_hand_off(strangeness, share)).mean() <= share
    assert (strangeness > at_hand_off(strangeness, 0.05)).mean() >= 0.049


def test_a_threshold_costs_no_more_right_answers_than_allowed() -> None:
    scores = judged([0.1, 0.2, 0.3, 0.9], ["a", "a", "a", "b"])
    truth = rows("a", "a", "a", "a")
    assert accuracy(scores, truth, at_cost(scores, truth, 0.0)) == accuracy(scores, truth) == 75
    assert at_cost(scores, truth, 0.0) == 0.3  # what is answered wrongly may go
    assert accuracy(scores, truth, at_cost(scores, truth, 0.25)) == 50


def test_in_scope_accuracy_counts_what_is_handed_off_as_wrong() -> None:
    assert accuracy(judged([0.1, 0.9]), rows("a", "a"), 0.5) == 50
    assert handed_off(judged([0.1, 0.9, 0.95, 0.5]), 0.5) == 50


def test_exactly_five_percent_is_of_the_rows_in_scope_alone() -> None:
    labels = ["a"] * 100 + [None] * 4
    scores = judged([n / 100 for n in range(100)] + [0.5, 0.945, 0.96, 0.99])
    assert measuring.exactly(scores, rows(*labels)) == 75


@dataclass
class Memory:
    """A system that is sure and right about what it was fitted on, else wrong and sure."""

    seen: frozenset[str] = frozenset()
    fitted_on: list[int] = field(default_factory=list)

    def judge(self, texts: Sequence[str]) -> Judged:
        return judged([0.0] * len(texts), ["a" if text in self.seen else "b" for text in texts])

    def serve(self, text: str) -> object:
        return self.judge([text])


def memorize(known: Sequence[Labeled], *, validation: object, encoder: object, seed: int) -> Memory:
    return Memory(frozenset(row.text for row in known))


def test_out_of_fold_scores_come_from_models_that_never_saw_the_row() -> None:
    scored = promised.out_of_fold(
        memorize, rows(*["a"] * 23), encoder=Remembering(Hashing()), seed=3, folds=5
    )
    assert len(scored) == 23
    assert not any(right for _, right in scored)


def population(n: int, seed: int) -> list[promised.Scored]:
    """Rows whose stated probability is the truth."""
    rng = np.random.default_rng(seed)
    sure = rng.beta(8, 0.4, size=n)
    return [(float(p), bool(u < p)) for p, u in zip(sure, rng.random(n), strict=True)]


def test_the_rows_that_say_where_testing_starts_are_not_tested() -> None:
    """R25: order and starts come from other rows than those tested."""
    found = promised.fixed(population(1_000, 1), alpha=0.05, delta=0.1, seed=0)
    assert found.tested == 800
    assert found.value is not None


def test_the_bound_is_kept_as_often_as_promised() -> None:
    """R25: draws of calibration rows from a population, whose own wrong share is the truth."""
    done = promised.simulate(
        population(4_000, 2),
        alpha=0.05,
        delta=0.1,
        calibration=800,
        repeats=60,
        seed=0,
        splits=False,
    )
    assert done.kept >= 85, f"{done.kept} % of {done.repeats} draws, coverage {done.coverage:.1f} %"
    assert done.without < 50
    assert done.coverage > 20


def test_a_bound_that_is_broken_is_seen() -> None:
    """Half of the rows are wrong and look sure: nothing is promised, so nothing is answered."""
    half = [(0.999, n % 2 == 0) for n in range(1_000)]
    done = promised.simulate(
        half, alpha=0.05, delta=0.1, calibration=500, repeats=20, seed=0, splits=True
    )
    assert done.without == 100
    assert done.kept == 100
    assert promised.answered(half, promised.Threshold(0.5, 500)) == (100.0, 50.0)
    assert promised.answered(half, promised.Threshold(None, 500)) == (0.0, 0.0)


def test_nobody_covers_more_than_who_knows_the_test_rows() -> None:
    test = population(2_000, 5)
    found = promised.fixed(population(4_000, 6), alpha=0.05, delta=0.1, seed=0)
    covered, wrong = promised.answered(test, found)
    assert covered > 0
    if wrong <= 5:
        assert covered <= promised.oracle(test, alpha=0.05)
    assert promised.oracle([(0.9, False), (0.8, True)], alpha=0.01) == 0


def test_an_encoder_reads_a_text_once_unless_it_is_to_read_as_when_served() -> None:
    plain = Hashing()
    encoder = Remembering(plain)
    first = encoder.encode(["a b", "c", "a b"])
    assert (encoder.encode(["c", "a b"]) == first[[1, 0]]).all()
    assert plain.read == ["a b", "c"]
    encoder.remembers = False
    encoder.encode(["c"])
    assert plain.read == ["a b", "c", "c"]
    assert encoder.encode([]).shape == (0, 32)


def test_the_encoder_reads_every_message_while_latency_is_measured(file: Path) -> None:
    data = read_set(file)
    plain = Hashing()
    encoder = Remembering(plain)
    model = encoder_logreg(data.train, validation=(), encoder=encoder, seed=0)
    plain.read.clear()
    some = in_scope(data.test)[:5]
    found = measuring.latency(model, some, encoder=encoder)
    assert len(plain.read) == 1 + measuring.PASSES * len(some)
    assert encoder.remembers
    assert 0 < found["p50_ms"] <= found["p99_ms"]


def test_every_message_is_answered_once_after_what_is_loaded_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Loading is not in the figures, and waiting takes no processor; the clocks are the test's."""
    asked: list[tuple[str, str]] = []
    clocks = {"wall": 0.0, "cpu": 0.0}
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: clocks["wall"])
    monkeypatch.setattr(measuring.time, "process_time", lambda: clocks["cpu"])

    def reply(text: str, language: str) -> None:
        clocks["wall"] += 0.05 if not asked or text == "slow" else 0.002
        clocks["cpu"] += 0.001
        asked.append((text, language))

    messages = [("one", "en"), ("two", "en"), ("drei", "de"), *[("four", "en")] * 9, ("slow", "en")]
    found = measuring.answering(reply, messages)
    assert asked == [("one", "en"), ("drei", "de"), *messages]
    assert found["answer_p50_ms"] == pytest.approx(2)
    assert found["answer_p99_ms"] > 25
    assert found["answer_p99_cpu_ms"] == pytest.approx(1)


def test_test_rows_decide_nothing(file: Path) -> None:
    """Thresholds, weights and temperatures stay the same whatever the test rows are."""
    data = read_set(file)
    other = IntentSet(data.name, data.train, data.validation, data.test[::-1][:30])
    for system, fit in SYSTEMS.items():
        encoder = Remembering(Hashing())
        given = {"validation": data.validation, "encoder": encoder, "seed": 0}
        model = fit(data.train, **given)
        before = measuring.at_five_percent(model, data)[2]
        assert before == measuring.at_five_percent(model, other)[2], system


def test_figures_are_means_over_seeds_with_their_spread_in_the_note() -> None:
    figures = Figures(MEANINGS)
    for value in (94.0, 95.0):
        figures.add("", {"banking77": value})
    figures.add("tfidf_svc", {"banking77": 91.0})
    ours, theirs = figures.rows()
    assert (ours["metric"], ours["value"], ours["unit"]) == ("router.banking77", 94.5, "%")
    assert "2 seeds, 94.00 to 95.00" in ours["note"]
    assert "goal >= 94.2" in ours["note"]
    assert (theirs["metric"], theirs["value"]) == ("router.banking77.tfidf_svc", 91.0)
    assert "goal" not in theirs["note"]
    assert "94.50 +-0.50" in figures.table(["", "tfidf_svc"])


def test_somebodys_own_file_is_measured_beside_the_baselines(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(router, "encoder_for", lambda languages: Hashing())
    out = tmp_path / "out.json"
    arguments = ["router.py", "--json", str(out), "--intents", str(file), "--seeds", "1"]
    monkeypatch.setattr("sys.argv", arguments)
    assert router.main() == 0
    document = json.loads(out.read_text())
    found = {row["metric"]: row["value"] for row in document["rows"]}
    assert {f"router.{name}" for name in OWN} <= set(found)
    for system in ("", ".tfidf_svc", ".encoder_logreg"):
        assert found[f"router.accuracy{system}"] >= 90
    assert found["router.oos_recall"] >= 90
    assert found["router.wrong_at_2pct"] <= 2
    assert "accuracy" in capsys.readouterr().out


def test_a_folder_without_sets_is_said_and_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDRAIL_TEST_DATA", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["router.py", "--json", str(tmp_path / "out.json")])
    assert router.main() == 0
    assert "HANDRAIL_TEST_DATA" in capsys.readouterr().err
