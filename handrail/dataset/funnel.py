"""The funnel of a region: where every exported record went, by the rules of admission (R3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from handrail.dataset.admission import STAGES, Rule, admission_rules
from handrail.pictures import BLUE, GREEN, RED, TEXT, as_markdown, canvas
from handrail.vault.names import Artifact

_COLORS = {"kept": BLUE, "dropped": RED, "added": GREEN}


@dataclass(frozen=True)
class Step:
    """So many rows fell under a rule."""

    rule: Rule
    rows: int


@dataclass(frozen=True)
class Funnel:
    """The steps of the stages that are known so far, in order; rules with no rows are left out."""

    steps: tuple[Step, ...]

    def dropped(self, stage: str) -> dict[str, int]:
        """What a stage left out, by rule."""
        return {s.rule.name: s.rows for s in self._of(stage) if s.rule.outcome == "dropped"}

    def kept(self, stage: str) -> int:
        """What a stage kept of the rows it was given."""
        return sum(s.rows for s in self._of(stage) if s.rule.outcome == "kept")

    def breaks(self) -> list[str]:
        """The stages that count other rows than the one before them kept, in words."""
        stages = [stage for stage in STAGES if any(self._of(stage))]
        return [
            f"{stage} counts {self._counted(stage)} of the {self.kept(before)} rows that {before} "
            "kept"
            for before, stage in pairwise(stages)
            if self._counted(stage) != self.kept(before)
        ]

    def picture(self, *, shown: Callable[[int], str]) -> str:
        """The funnel as markdown, from the exports down; `shown` writes a count, small ones hidden.

        A count that is hidden has no bar either.
        """
        bars = [("records in the exports", self._counted(STAGES[0]), BLUE)]
        for stage in STAGES:
            steps = sorted(
                self._of(stage), key=lambda s: ("dropped", "kept", "added").index(s.rule.outcome)
            )
            bars += [
                (s.rule.name.replace("_", " "), s.rows, _COLORS[s.rule.outcome]) for s in steps
            ]
        figure, axes = canvas(rows=len(bars))
        visible = [count if shown(count) == str(count) else 0 for _, count, _ in bars]
        axes.barh(range(len(bars)), visible, color=[color for *_, color in bars], height=0.7)
        for row, (_, count, _) in enumerate(bars):
            text = f"{count:,}" if visible[row] == count else shown(count)
            axes.text(visible[row], row, f" {text}", va="center", color=TEXT)
        axes.set_yticks(range(len(bars)), [name for name, *_ in bars])
        axes.set_ylim(len(bars) - 0.5, -0.5)
        axes.set_xlim(0, 1.15 * max(visible) or 1)
        axes.set_xlabel("rows; blue: kept, red: left out, green: added")
        return as_markdown(figure, "funnel")

    def _of(self, stage: str) -> Iterator[Step]:
        return (step for step in self.steps if step.rule.stage == stage)

    def _counted(self, stage: str) -> int:
        return self.kept(stage) + sum(self.dropped(stage).values())


def funnel_of(*manifests: Artifact) -> Funnel:
    """The funnel that these manifests count: the warehouse's, and the data set's where it is made.

    A step is a measure under its rule's id; KeyError where no rule has that id.
    """
    counts = {
        name: int(rows)
        for made in manifests
        for name, rows in made.measures.items()
        if name.partition("|")[0] in STAGES
    }
    rules = admission_rules()
    for name in counts:
        rules[name]
    return Funnel(tuple(Step(r, counts[i]) for i, r in rules.items() if counts.get(i)))


def dataset_steps(
    left_out: Mapping[str, int], *, real: int, never_targets: int, synthetic: int
) -> dict[str, int]:
    """The data set's part of the funnel as its manifest's measures keep it.

    `left_out` counts rows by the name of the rule that left them out; `never_targets` are those of
    the `real` ones that carry a signal.
    """
    steps = {
        "frozen": real - never_targets,
        "never_a_target": never_targets,
        **left_out,
        "synthetic": synthetic,
    }
    return {f"dataset|{name}": rows for name, rows in steps.items() if rows}
