"""What the figures are, what they should be, what others published, and the table of all that."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.figures import Row, row
from handrail.agent.intents.scope import ALL_FEATURES

PREFIX = "router."


@dataclass(frozen=True)
class Meaning:
    """What a figure says: on what data, chosen by what; unit, goal and published results."""

    note: str
    unit: str = "%"
    goal: str = ""
    published: str = ""


_BANKING = "Banking77, 10,003 rows, 3,080 test rows; weights from folds of the training rows"
_SHOTS = (
    "shots a label of DialoGLUE's Banking77 and the label's name, 3,080 test rows; weights from "
    "1,540 validation rows"
)
_CLINC = "CLINC150, 15,000 + 100 out of scope; threshold from 3,000 + 100 validation rows"
_COST = "{}, costing {} % of those in scope"
_NEAR = "Banking77-OOS, 50 of 77 intents known, the messages of 27 others handed off"
_HAND_OFF = "threshold handing off 5 % of the validation rows in scope"
_LARSON = "BERT {}, MLP {}, Rasa {} (Larson 2019)"
_PROMISED = (
    "Banking77, {{tested}} out-of-fold training rows ({{folds}} folds; the model served saw all "
    "rows), {} of the 3,080 test rows, at most {} % wrong with confidence {{confidence}} %"
)
_HELD = (
    "the same with {{held_tested}} rows held out of training: {} of the test rows, {} % promised"
)
_KEPT = (
    "of {{repeats}} draws of {{calibration}} calibration rows those whose threshold keeps "
    "{} % wrong in all {{pool}} scored rows"
)
_KEPT_SPLITS = "the same for the rows not drawn, in splits: their own chance comes on top, {} %"
_MS = "Banking77's test messages, one at a time, the route alone"
_ANSWER = (
    "the example agent's whole answer (route, proposal, every check) to 395 messages in four "
    "languages, with the encoder that reads them all, one at a time, each once"
)

MEANINGS: Mapping[str, Meaning] = {
    "banking77": Meaning(_BANKING, goal=">= 94.2", published="BERT 93.66, USE+ConveRT 93.36"),
    "banking77_10shot": Meaning(f"10 {_SHOTS}", goal=">= 86.7", published="DNNC 86.71, CPFT 87.20"),
    "banking77_5shot": Meaning(f"5 {_SHOTS}", goal=">= 81", published="CPFT 80.86"),
    "banking77_10shot_unnamed": Meaning("the same without the labels' names"),
    "banking77_5shot_unnamed": Meaning("the same without the labels' names"),
    "clinc_in": Meaning(
        _COST.format(_CLINC, 0.75), goal=">= 95.8", published=_LARSON.format(96.2, 93.4, 90.9)
    ),
    "clinc_oos": Meaning(
        "recall at the same threshold", goal=">= 75", published=_LARSON.format(52.3, 49.1, 31.2)
    ),
    "clinc_in_strict": Meaning(_COST.format(_CLINC, 2.75), goal=">= 94"),
    "clinc_oos_strict": Meaning("recall at the same threshold", goal=">= 88"),
    "clinc": Meaning("CLINC150, accuracy in scope where nothing is handed off"),
    "near_oos_recall": Meaning(
        f"{_NEAR}; {_HAND_OFF}; 730 validation rows out of scope, 530 of them of those 27 intents, "
        f"teach what fits none (ours alone), 1,506 in scope decide the heads' votes, both the "
        f"scope head's {ALL_FEATURES + 1} numbers",
        goal=">= 60",
    ),
    "near_hand_off": Meaning("what that threshold hands off of the test rows in scope"),
    "near_oos_recall_exact": Meaning("recall where exactly 5 % of the test rows in scope go"),
    "near_oos_recall_others": Meaning(
        "as near_oos_recall, but validation has rows of half the intents out of scope, and the "
        "test those of the other half: what is new to people, too"
    ),
    "near_oos_recall_others_unseen": Meaning(
        "recall of the same test rows where no row out of scope was ever given: naming other "
        "matters shouldn't cost any"
    ),
    "near_oos_recall_unseen": Meaning(
        "as near_oos_recall, but no row out of scope was ever given, training or validation"
    ),
    "near_oos_recall_official": Meaning(
        "as near_oos_recall_exact, test labels corrected by Banking77's own (7 % of the rows in "
        "scope and 5 % of the others are labeled wrongly in the set, in training too)"
    ),
    "near_accuracy": Meaning(
        "accuracy in scope where nothing is handed off; about 93 % of the test labels are right"
    ),
    "far_oos_recall": Meaning("recall of messages of other trades at near_oos_recall's threshold"),
    "ece": Meaning("calibration error, 15 bins, Banking77's test rows", goal="<= 1.5"),
    "coverage_at_1pct": Meaning(_PROMISED.format("answered", 1), goal=">= 65"),
    "wrong_at_1pct": Meaning("of what is answered there", goal="<= 1"),
    "coverage_at_2pct": Meaning(_PROMISED.format("answered", 2), goal=">= 85"),
    "wrong_at_2pct": Meaning("of what is answered there", goal="<= 2"),
    "oracle_at_1pct": Meaning("coverage at 1 % wrong for whoever knew the test rows"),
    "oracle_at_2pct": Meaning("coverage at 2 % wrong for whoever knew the test rows"),
    "held_out_coverage_at_1pct": Meaning(_HELD.format("answered", 1)),
    "held_out_wrong_at_1pct": Meaning("of what is answered there", goal="<= 1"),
    "held_out_coverage_at_2pct": Meaning(_HELD.format("answered", 2)),
    "held_out_wrong_at_2pct": Meaning("of what is answered there", goal="<= 2"),
    "promise_kept_at_1pct": Meaning(_KEPT.format(1), goal=">= 90"),
    "promise_kept_at_2pct": Meaning(_KEPT.format(2), goal=">= 90"),
    "unpromised_at_1pct": Meaning("of those draws, the ones that end without a threshold: kept"),
    "unpromised_at_2pct": Meaning("of those draws, the ones that end without a threshold: kept"),
    "promise_kept_in_splits_at_1pct": Meaning(_KEPT_SPLITS.format(1)),
    "promise_kept_in_splits_at_2pct": Meaning(_KEPT_SPLITS.format(2)),
    "p50_ms": Meaning(f"{_MS}, median; the least of {{passes}} passes", "ms", "<= 5"),
    "p99_ms": Meaning(f"{_MS}, 99th percentile; the least of {{passes}} passes", "ms", "<= 20"),
    "p50_cpu_ms": Meaning(f"{_MS}, CPU time", "ms"),
    "p99_cpu_ms": Meaning(f"{_MS}, CPU time", "ms"),
    "answer_p50_ms": Meaning(f"{_ANSWER}, median", "ms", "<= 5"),
    "answer_p99_ms": Meaning(f"{_ANSWER}, 99th percentile", "ms", "<= 20"),
    "answer_p50_cpu_ms": Meaning(f"{_ANSWER}, CPU time", "ms"),
    "answer_p99_cpu_ms": Meaning(f"{_ANSWER}, CPU time", "ms"),
    "stops_early": Meaning(f"{_MS}: share answered by words alone, without the encoder"),
    "train_cpu_s": Meaning("Banking77, vectors apart", "s"),
    "encode_cpu_ms": Meaning("CPU time of the encoder a text, all texts of this run", "ms"),
}
# `--intents FILE`: the same of somebody's own set, under the same names but the sets'.
_OWN = "test rows of the file"
OWN: Mapping[str, Meaning] = {
    "accuracy": Meaning(f"{_OWN}, in scope, nothing handed off"),
    "in": Meaning(f"{_OWN}, in scope; threshold costing 0.75 % of the validation rows"),
    "oos": Meaning("recall at the same threshold"),
    "in_strict": Meaning(f"{_OWN}, in scope; threshold costing 3 % of the validation rows"),
    "oos_strict": Meaning("recall at the same threshold"),
    "oos_recall": Meaning(f"recall; {_HAND_OFF}"),
    "hand_off": Meaning("what that threshold hands off of the test rows in scope"),
    "ece": Meaning(f"calibration error, 15 bins, {_OWN}"),
    "coverage_at_1pct": Meaning("answered, {tested} out-of-fold training rows, 1 % wrong promised"),
    "wrong_at_1pct": Meaning("of what is answered there"),
    "coverage_at_2pct": Meaning("answered, {tested} out-of-fold training rows, 2 % wrong promised"),
    "wrong_at_2pct": Meaning("of what is answered there"),
    "p50_ms": Meaning("one message at a time, the least of {passes} passes", "ms"),
    "p99_ms": Meaning("one message at a time, the least of {passes} passes", "ms"),
    "p50_cpu_ms": Meaning("one message at a time, CPU time", "ms"),
    "p99_cpu_ms": Meaning("one message at a time, CPU time", "ms"),
    "stops_early": Meaning("share answered by words alone, without the encoder"),
    "encode_cpu_ms": Meaning("CPU time of the encoder a text, all texts of this run", "ms"),
}


class Figures:
    """Figures by metric and system, one value a seed."""

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._meanings = meanings
        self._values: dict[tuple[str, str], list[float]] = {}
        self.facts: dict[str, object] = {}

    def add(self, system: str, found: Mapping[str, float]) -> None:
        """What one seed gave."""
        for metric, value in found.items():
            self._values.setdefault((metric, system), []).append(value)

    def mean(self, metric: str, system: str = "") -> float | None:
        """Over the seeds; None: not measured."""
        values = self._values.get((metric, system))
        return statistics.fmean(values) if values else None

    def rows(self) -> list[Row]:
        """One row a metric and system, means over the seeds, the spread in the note."""
        found = []
        for name, meaning in self._meanings.items():
            for (metric, system), values in self._values.items():
                if metric == name:
                    parts = [self._note(meaning), _spread(values)]
                    if not system:
                        parts += [f"goal {meaning.goal}" if meaning.goal else "", meaning.published]
                    found.append(
                        row(
                            PREFIX + metric + (f".{system}" if system else ""),
                            statistics.fmean(values),
                            meaning.unit,
                            "; ".join(filter(None, parts)),
                        )
                    )
        return found

    def _note(self, meaning: Meaning) -> str:
        return meaning.note.format(**self.facts)

    def table(self, systems: Sequence[str]) -> str:
        """A line a metric: ours with its spread, the baselines, the goal, what others published."""
        width = max(map(len, self._meanings))
        titles = [system or "ours" for system in systems]
        heads = "".join(f"{title:>16}" for title in titles)
        lines = [f"{'':<{width}}{heads}  {'goal':<8} published"]
        for name, meaning in self._meanings.items():
            if any((name, system) in self._values for system in systems):
                cells = "".join(f"{self._cell(name, system):>16}" for system in systems)
                lines.append(
                    f"{name:<{width}}{cells}  {meaning.goal:<8} {meaning.published}".rstrip()
                )
        return "\n".join(lines)

    def legend(self) -> str:
        """What each figure says."""
        return "\n".join(
            f"{name}: {self._note(meaning)}"
            for name, meaning in self._meanings.items()
            if (name, "") in self._values
        )

    def _cell(self, metric: str, system: str) -> str:
        values = self._values.get((metric, system))
        if not values:
            return "-"
        half = (max(values) - min(values)) / 2
        return f"{statistics.fmean(values):.2f}" + (f" +-{half:.2f}" if len(values) > 1 else "")


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return "1 seed"
    return f"{len(values)} seeds, {min(values):.2f} to {max(values):.2f}"
