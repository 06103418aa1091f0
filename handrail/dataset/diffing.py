"""What changed from one data set to another, from what both say of ids and counts; opens no row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handrail.bounds import SMALLEST_CELL, suppress_small
from handrail.dataset.admission import admission_rules
from handrail.dataset.manifest import DatasetManifest
from handrail.dataset.stored import Lists
from handrail.pictures import BLUE, GREEN, RED, TEXT, as_markdown, canvas

_MIX = ("topic", "language", "channel")
_SHIFTS_SHOWN = 8


@dataclass(frozen=True)
class Shift:
    """How the share of a value among all rows changed; shares are 0..1."""

    dimension: str
    value: str
    before: float
    after: float


@dataclass(frozen=True)
class Difference:
    """Two data sets compared.

    `gone` counts the rows only the first has, by the id of the rule that the second one has for it.
    Of the rows in both, `changed` have other content (a tag, a weight, a text redacted anew) and
    `moved` another split. `policies` are rules, inputs and seed that differ, with both hashes.
    """

    before: DatasetManifest
    after: DatasetManifest
    added: int
    gone: Mapping[str, int]
    changed: int
    moved: int
    shifts: tuple[Shift, ...]
    policies: tuple[tuple[str, str, str], ...]

    @property
    def added_shown(self) -> str:
        """How many came new; to the nearest ten where the exact number would tell a hidden one.

        Rows before and after are on the page: with the rows that came they tell how many are gone.
        """
        is_telling = any(0 < rows < SMALLEST_CELL for rows in self.gone.values())
        if is_telling and self.added >= SMALLEST_CELL:
            return f"about {round(self.added, -1)}"
        return suppress_small(self.added)

    def sentences(self) -> Iterator[str]:
        """The difference in words; small counts are hidden."""
        before, after = self.before, self.after
        yield f"{before.rows} rows became {after.rows}: {self.added_shown} came new"
        for rule, rows in self.gone.items():
            yield f"{suppress_small(rows)} are gone: {admission_rules()[rule].reason}"
        yield (
            f"{suppress_small(self.changed)} of the others say something else (a tag, a weight, a "
            f"text redacted anew), {suppress_small(self.moved)} are in another split"
        )
        if before.synthetic.rows != after.synthetic.rows:
            yield (
                f"synthetic rows: {before.synthetic_share:.1%} before, "
                f"{after.synthetic_share:.1%} now"
            )
        for shift in self.shifts:
            yield (
                f"{shift.dimension} {shift.value}: {shift.before:.1%} of the rows before, "
                f"{shift.after:.1%} now"
            )
        for name, one, other in self.policies:
            yield f"{name.replace('_', ' ')} changed: {_short(one)} -> {_short(other)}"

    def picture(self) -> str:
        """Rows added and gone by reason, and how the mix shifted, as markdown; none too small."""
        bars = [("added", self.added, GREEN), ("changed", self.changed, BLUE)]
        bars += [(rule.partition("|")[2], -rows, RED) for rule, rows in self.gone.items()]
        figure, axes = canvas(rows=len(bars) + len(self.shifts) + 2)
        axes.remove()
        above, below = figure.subplots(
            2, 1, height_ratios=[len(bars) + 1, max(len(self.shifts), 1) + 1]
        )
        visible = [rows if abs(rows) >= SMALLEST_CELL else 0 for _, rows, _ in bars]
        above.barh(range(len(bars)), visible, color=[color for *_, color in bars], height=0.7)
        labels = [self.added_shown, *(suppress_small(abs(rows)) for _, rows, _ in bars[1:])]
        for row, label in enumerate(labels):
            above.text(max(visible[row], 0), row, f" {label}", va="center")
        above.set_yticks(range(len(bars)), [name.replace("_", " ") for name, *_ in bars])
        above.set_xlabel("rows; green: added, red: gone, blue: same id, other content")
        points = [100 * (shift.after - shift.before) for shift in self.shifts]
        below.barh(range(len(points)), points, color=BLUE, height=0.7)
        below.set_yticks(range(len(points)), [f"{s.dimension} {s.value}" for s in self.shifts])
        below.set_xlabel("share of the rows, change in percentage points")
        if not points:
            below.text(0, 0, "the mix is the same", color=TEXT, va="center")
        for plot in (above, below):
            plot.axvline(0, color=TEXT, linewidth=0.8)
            plot.invert_yaxis()
            plot.spines[["top", "right"]].set_visible(False)
        return as_markdown(figure, "difference to the data set before")


def difference(before: Lists, after: Lists, *, gone: Mapping[str, int]) -> Difference:
    """`before` and `after` compared; `gone`: rows of people only `before` has, by rule."""
    both = before.entries.keys() & after.entries.keys()
    pairs = [(before.entries[row], after.entries[row]) for row in both]
    return Difference(
        before=before.manifest,
        after=after.manifest,
        added=len(after.entries.keys() - before.entries.keys()),
        gone=dict(gone),
        changed=sum(one.digest != other.digest for one, other in pairs),
        moved=sum(one.split != other.split for one, other in pairs),
        shifts=_shifts(before.manifest, after.manifest),
        policies=tuple(_policies(before.manifest, after.manifest)),
    )


def _shifts(before: DatasetManifest, after: DatasetManifest) -> tuple[Shift, ...]:
    """The largest changes of the mix, among values with enough rows on both sides to be shown."""
    found = []
    for dimension in _MIX:
        one, other = before.counts[dimension], after.counts[dimension]
        for value in sorted(one.keys() | other.keys()):
            rows = one.get(value, 0), other.get(value, 0)
            if any(0 < n < SMALLEST_CELL for n in rows):
                continue
            found.append(Shift(dimension, value, rows[0] / before.rows, rows[1] / after.rows))
    moved = [shift for shift in found if round(shift.after, 3) != round(shift.before, 3)]
    moved.sort(key=lambda shift: -abs(shift.after - shift.before))
    return tuple(moved[:_SHIFTS_SHOWN])


def _policies(before: DatasetManifest, after: DatasetManifest) -> Iterator[tuple[str, str, str]]:
    one, other = before.provenance, after.provenance
    for name in sorted(one.policies.keys() | other.policies.keys()):
        hashes = one.policies.get(name, ""), other.policies.get(name, "")
        if hashes[0] != hashes[1]:
            yield name, *hashes
    for name in ("playbook/all",):
        hashes = one.inputs.get(name, ""), other.inputs.get(name, "")
        if hashes[0] != hashes[1]:
            yield "playbook", *hashes
    if one.scrubbers != other.scrubbers:
        yield "scrubber", ", ".join(one.scrubbers), ", ".join(other.scrubbers)
    if one.seed != other.seed:
        yield "seed", str(one.seed), str(other.seed)
    days = str(one.held_out_from or "none"), str(other.held_out_from or "none")
    if days[0] != days[1]:
        yield "held-out days from", *days


def _short(value: str) -> str:
    return value[:12] or "none"
