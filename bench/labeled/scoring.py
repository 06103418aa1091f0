"""What a redaction left and what it took too much of, on one labeled set.

A gold value leaks when any letter or digit of it stays visible, whatever label it was found under.
Character precision counts letters and digits: those taken that belong to a gold value, among all
taken outside neutral spans. A message without a gold value is clean, and touched when a letter or
digit of it outside neutral spans was taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.labeled.sets import FAMILIES, Family, Row, Spans

NEUTRAL = "OTHER"
FIGURES = ("leak", "char_precision", "clean_touched")
Kind = tuple[str, str]  # a label and the slice of it, "" where a set has none


@dataclass
class Score:
    """Counts; percentages are None where there is nothing to count."""

    messages: int = 0
    gold: Counter[Kind] = field(default_factory=Counter)
    leaked: Counter[Kind] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    clean: int = 0
    touched: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.messages + other.messages,
            self.gold + other.gold,
            self.leaked + other.leaked,
            self.right + other.right,
            self.wrong + other.wrong,
            self.clean + other.clean,
            self.touched + other.touched,
        )

    @property
    def values(self) -> int:
        """How many gold values there are."""
        return self.gold.total()

    @property
    def leak(self) -> float | None:
        """Share of gold values with a character left visible, 0-100."""
        return _percent(self.leaked.total(), self.values)

    @property
    def char_precision(self) -> float | None:
        """Share of the characters taken that belonged to a gold value, 0-100."""
        if not self.values:
            return None
        return (
            100.0 if not self.right + self.wrong else _percent(self.right, self.right + self.wrong)
        )

    @property
    def clean_touched(self) -> float | None:
        """Share of clean messages from which a character was taken, 0-100."""
        return _percent(self.touched, self.clean)

    def only(self, labels: Container[str]) -> Score:
        """The gold values of some labels; says nothing about what was taken too much."""
        return self._of(kind for kind in self.gold if kind[0] in labels)

    def by_label(self) -> dict[str, Score]:
        """The gold values of each label apart."""
        return {label: self.only({label}) for label in sorted({label for label, _ in self.gold})}

    def by_slice(self) -> dict[str, Score]:
        """The gold values of each named slice apart."""
        names = sorted({name for _, name in self.gold if name})
        return {name: self._of(kind for kind in self.gold if kind[1] == name) for name in names}

    def _of(self, kinds: Iterable[Kind]) -> Score:
        kept = list(kinds)
        return Score(
            gold=Counter({kind: self.gold[kind] for kind in kept}),
            leaked=Counter({kind: self.leaked[kind] for kind in kept}),
        )


def score(rows: Sequence[Row], found: Sequence[Spans]) -> Score:
    """Count what was found in `rows`, one list of spans per row."""
    total = Score()
    for row, spans in zip(rows, found, strict=True):
        _count(row, spans, total)
    return total


def _count(row: Row, spans: Spans, total: Score) -> None:
    text = row["text"]
    gold = [one for one in row["spans"] if one["label"] != NEUTRAL]
    values = [_letters(text, one["start"], one["end"]) for one in gold]
    taken = {i for start, end, _ in spans for i in _letters(text, start, end)}
    for one, places in zip(gold, values, strict=True):
        if places:
            kind = (one["label"], one.get("slice") or "")
            total.gold[kind] += 1
            total.leaked[kind] += not taken.issuperset(places)
    belongs = {i for places in values for i in places}
    neutral = {
        i
        for one in row["spans"]
        if one["label"] == NEUTRAL
        for i in _letters(text, one["start"], one["end"])
    }
    wrong = len(taken - belongs - neutral)
    total.messages += 1
    total.right += len(taken & belongs)
    total.wrong += wrong
    if not gold:
        total.clean += 1
        total.touched += wrong > 0


def _letters(text: str, start: int, end: int) -> list[int]:
    """Where the letters and digits of a span are."""
    return [i for i in range(max(0, start), min(len(text), end)) if text[i].isalnum()]


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def over_families(
    scores: Mapping[str, Score], figure: str, *, families: Sequence[Family] = FAMILIES
) -> float | None:
    """One of `FIGURES` as the mean over families, each the mean over its sets.

    None as soon as one set is missing or has nothing to count.
    """
    means = [
        _mean([getattr(scores.get(name, Score()), figure) for name in family])
        for family in families
    ]
    return _mean(means)


def _mean(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) / len(known) if known and len(known) == len(figures) else None
