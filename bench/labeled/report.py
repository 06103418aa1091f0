"""Scores as metrics for a file and as tables for a reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.labeled.scoring import FIGURES, Score, over_families

IDENTIFIERS = frozenset(
    {
        "ACCOUNT_ID", "CREDIT_CARD", "CRYPTO", "EMAIL", "IBAN_BANK", "IP", "NATIONAL_ID",
        "ORDER_ID", "PHONE",
    }
)  # fmt: skip
SECRETS = frozenset({"SECRET"})
LOOKALIKES = "gitleaks_fps"  # strings like secrets that are none
AT_MOST, AT_LEAST = "<=", ">="
GOALS = {
    "leak": (AT_MOST, 5),
    "char_precision": (AT_LEAST, 92),
    "clean_touched": (AT_MOST, 8),
    "identifier_leak": (AT_MOST, 2),
    "secret_leak": (AT_MOST, 7),
    "gitleaks_fps_touched": (AT_MOST, 15),
    "messages_per_cpu_s": (AT_LEAST, 2_000),
    "rules_messages_per_cpu_s": (AT_LEAST, 10_000),
}
COLUMNS = {
    "leak": "leak",
    "char_precision": "precision",
    "clean_touched": "touched",
    "identifier_leak": "identifiers",
    "secret_leak": "secrets",
    "gitleaks_fps_touched": "look-alikes",
}
LEGEND = """\
leak         share of values with a letter or digit left visible; mean of three families of chats
precision    share of the characters taken that belonged to such a value; the same mean
touched      share of messages without any such value from which something was taken; the same mean
identifiers  leak of card, bank and wallet numbers, e-mail, IP, national, order and account ids and
             phone numbers, over all sets
secrets      leak of passwords, keys and tokens, over all sets
look-alikes  share of strings that only look like secrets from which something was taken
a CPU s      messages a CPU second, each text once, nothing remembered, loading apart; the goal for
             rules alone is >= 10,000"""


@dataclass(frozen=True)
class System:
    """One system on every set; `prefix` is that of its metrics.

    Goals are for ours without the customer profile; beside other figures they would mislead.
    """

    title: str
    prefix: str
    note: str
    scores: Mapping[str, Score]
    messages_per_cpu_s: float | None
    has_goals: bool = False

    @property
    def pooled(self) -> Score:
        """All sets together."""
        return sum(self.scores.values(), Score())

    def headline(self) -> dict[str, float | None]:
        """The figures that goals are about; None where the sets measured don't hold them."""
        identifiers, secrets = self.pooled.only(IDENTIFIERS), self.pooled.only(SECRETS)
        lookalikes = self.scores.get(LOOKALIKES, Score())
        return {
            **{name: over_families(self.scores, name) for name in FIGURES},
            "identifier_leak": identifiers.leak,
            "secret_leak": secrets.leak,
            "gitleaks_fps_touched": lookalikes.clean_touched,
        }


def metric(name: str, value: float, unit: str, note: str) -> dict[str, Any]:
    """One row of the file."""
    return {"metric": name, "value": round(value, 2), "unit": unit, "note": note}


def goal(name: str) -> str:
    """What a figure should be: `<= 5`."""
    return "{} {:,}".format(*GOALS[name])


def metrics(system: System) -> Iterator[dict[str, Any]]:
    """The headline, then each set, and in it each label and slice; only what there is to count."""
    for name, value in system.headline().items():
        if value is not None:
            note = f"{system.note}; goal {goal(name)}" if system.has_goals else system.note
            yield metric(f"{system.prefix}{name}", value, "%", note)
    for name, one in system.scores.items():
        note = f"{one.messages} messages, {one.values} values, {one.clean} clean messages"
        for figure in FIGURES:
            value = getattr(one, figure)
            if value is not None:
                yield metric(f"{system.prefix}{name}.{figure}", value, "%", note)
        for kind, parts in (("label", one.by_label()), ("slice", one.by_slice())):
            for part, values in parts.items():
                note = f"{values.values} values"
                yield metric(
                    f"{system.prefix}{name}.{kind}.{part}.leak", values.leak or 0, "%", note
                )


def tables(systems: Sequence[System]) -> str:
    """What a privacy officer reads: a line per system under the goals, then by kind and by set."""
    kinds = sorted({label for label, _ in systems[0].pooled.gold})
    names = list(systems[0].scores)
    pooled = [system.pooled for system in systems]
    parts = [_headlines(systems), LEGEND]
    parts.append(
        _by("leak by kind", kinds, [[s.only({kind}).leak for kind in kinds] for s in pooled])
    )
    for figure in FIGURES:
        columns = [[getattr(s.scores[name], figure) for name in names] for s in systems]
        parts.append(_by(f"{COLUMNS[figure]} by set", names, columns))
    return "\n\n".join(parts)


def _headlines(systems: Sequence[System]) -> str:
    titles = [f"{number:>2}  {system.title}" for number, system in enumerate(systems, 1)]
    width = max(map(len, titles))
    names = [*COLUMNS.values(), "a CPU s"]
    goals = [goal(name) for name in (*COLUMNS, "messages_per_cpu_s")]
    lines = [" " * width + "".join(f"{name:>13}" for name in names)]
    lines.append(f"{'goal':<{width}}" + "".join(f"{text:>13}" for text in goals))
    for title, system in zip(titles, systems, strict=True):
        figures = system.headline()
        cells = [_cell(figures[name], 13, 1) for name in COLUMNS]
        cells.append(_cell(system.messages_per_cpu_s, 13, 0))
        lines.append(f"{title:<{width}}" + "".join(cells))
    return "\n".join(lines)


def _by(title: str, parts: Sequence[str], columns: Sequence[Sequence[float | None]]) -> str:
    """A line per part, a column per system, under the numbers that the first table gives them."""
    lines = [f"{title:<24}" + "".join(f"{number:>7}" for number in range(1, len(columns) + 1))]
    for part, figures in zip(parts, zip(*columns, strict=True), strict=True):
        lines.append(f"{part:<24}" + "".join(_cell(figure, 7, 1) for figure in figures))
    return "\n".join(lines)


def _cell(value: float | None, width: int, digits: int) -> str:
    return f"{'-':>{width}}" if value is None else f"{value:>{width},.{digits}f}"
