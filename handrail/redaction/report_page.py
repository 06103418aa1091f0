"""The redaction report as people read it: sentences, tables and two pictures, counts only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.pictures import BLUE, GREEN, RED, TEXT, as_markdown, canvas
from handrail.redaction.figures import Figures
from handrail.redaction.report import Measured, OfRuleset, RedactionReport

NOT_MEASURED = "NOT MEASURED"
# A smaller count could single somebody out, and a share of fewer says nothing.
_FEW = 5
_EXAMPLES = 12
_SHOWN_DIGITS = 12


@dataclass(frozen=True)
class Section:
    """A heading, a picture or nothing, how to read it, and a table, which may have no rows."""

    title: str
    picture: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sections(report: RedactionReport, *, now: datetime) -> tuple[Section, ...]:
    """The page's parts, in order."""
    figures = report.now.figures
    is_measured = report.now.leak is not None
    return (
        Section(
            "summary", "", sentence(report),
            ("measure", "value", "of"), tuple(_summary(report.now)),
        ),
        Section(
            "leak by kind", _leak_picture(report.now) if is_measured else "",
            "Share of the values planted in simulated chats of which a letter or digit is left "
            "visible, by kind and language, of how many. Real chats: " + NOT_MEASURED + ".",
            ("kind", "all", *_languages(figures)),
            tuple(_cells(figures, "planted", report.now.leak_of)),
        ),
        Section(
            "precision by placeholder", "",
            "Share of the letters and digits removed from simulated chats that belong to something "
            "planted, by placeholder and language, of how many.",
            ("placeholder", "all", *_languages(figures)),
            tuple(_cells(figures, "removed", report.now.precision_of)),
        ),
        Section(
            "replaced in real chats", "",
            "What was replaced in chats without an answer key; what was missed is for the people "
            "who read the sample.",
            ("placeholder", "all", *_languages(figures)), tuple(_replaced(figures)),
        ),
        Section(
            "trend", _trend_picture(report.trend) if is_measured else "",
            "What each version of the rules made of the days it was used on, the last time.",
            (
                "ruleset", "since", "days", "chats", "leak", "precision", "clean touched",
                "messages per CPU second",
            ),
            tuple(_trend(report)),
        ),
        Section(
            "examples", "", "The commonest redacted messages, reduced to their placeholders.",
            ("message", "times"),
            tuple(
                (shape, f"{n:,}")
                for shape, n in figures.shapes.most_common(_EXAMPLES)
                if n >= _FEW
            ),
        ),
        Section(
            "credentials", "", report.findings[-1].reason,
            ("kind", "open", "closed", "oldest open, days", "what to do"),
            tuple(_credentials(report, now=now)),
        ),
    )  # fmt: skip


def sentence(report: RedactionReport) -> str:
    """Whether what is held was made by today's rules, and what to do where it wasn't."""
    held = f"{report.days} days are held, redacted by ruleset {report.version[:_SHOWN_DIGITS]}"
    if not report.older_days:
        return held + "."
    said = f"{held} but for {report.older_days} of an older one"
    if report.kept_days:
        said += (
            f"; {report.kept_days} of these stay as they are, because retention has destroyed "
            "their raw chats"
        )
    left = report.older_days - report.kept_days
    return said + (f": `handrail run` redacts {left} again." if left else ".")


def figure(share: float | None) -> str:
    """A share as people read it; what could not be measured says so."""
    return NOT_MEASURED if share is None else f"{share:.1%}"


def _summary(now: Measured) -> Iterator[tuple[str, str, str]]:
    of = now.figures.of
    messages = now.figures.messages
    speed = now.messages_per_cpu_second
    yield "leak", figure(now.leak), f"{of('planted'):,} planted values"
    yield (
        "recall",
        figure(None if now.leak is None else 1 - now.leak),
        f"{of('planted'):,} planted values",
    )
    yield "precision", figure(now.precision), f"{of('removed'):,} removed letters and digits"
    yield "clean messages touched", figure(now.clean_touched), f"{messages['clean']:,} messages"
    yield "messages touched", figure(now.touched), f"{messages['all']:,} messages"
    yield "held back by the second look", f"{now.figures.held_back:,} chats", "not stored"
    yield (
        "messages per CPU second",
        NOT_MEASURED if speed is None else f"{speed:,.0f}",
        f"{now.figures.cpu_seconds:,.1f} CPU seconds",
    )


def _cells(
    figures: Figures, what: str, share: Callable[[str | None, str | None], float | None]
) -> Iterator[tuple[str, ...]]:
    for kind in _kinds(figures, what):
        yield (
            kind,
            *(
                _cell(share(kind, language), figures.of(what, kind=kind, language=language))
                for language in (None, *_languages(figures))
            ),
        )


def _cell(share: float | None, n: int) -> str:
    if n == 0:
        return ""
    return f"{share:.1%} of {n:,}" if share is not None and n >= _FEW else f"<{_FEW}"


def _replaced(figures: Figures) -> Iterator[tuple[str, ...]]:
    for kind in _kinds(figures, "replaced"):
        counts = [
            figures.of("replaced", kind=kind, language=language)
            for language in (None, *_languages(figures))
        ]
        yield kind, *(f"{n:,}" if n == 0 or n >= _FEW else f"<{_FEW}" for n in counts)


def _trend(report: RedactionReport) -> Iterator[tuple[str, ...]]:
    for one in report.trend:
        speed = one.measured.messages_per_cpu_second
        mark = " (now)" if one.version == report.version else ""
        yield (
            f"`{one.version[:_SHOWN_DIGITS]}`{mark}",
            f"{one.since[:16]}Z",
            f"{one.days:,}",
            f"{one.chats:,}",
            figure(one.measured.leak),
            figure(one.measured.precision),
            figure(one.measured.clean_touched),
            NOT_MEASURED if speed is None else f"{speed:,.0f}",
        )


def _credentials(report: RedactionReport, *, now: datetime) -> Iterator[tuple[str, ...]]:
    for rule in sorted({one.rule for one in report.incidents}):
        those = [one for one in report.incidents if one.rule == rule]
        waiting = [one for one in those if one.is_open]
        oldest = min((one.first_seen for one in waiting), default="")
        age = str((now - datetime.fromisoformat(oldest)).days) if oldest else ""
        kind = those[0].kind
        yield kind.what, str(len(waiting)), str(len(those) - len(waiting)), age, kind.request


def _leak_picture(now: Measured) -> str:
    """One bar a kind of planted value, the commonest first."""
    kinds = [
        kind
        for kind in _kinds(now.figures, "planted")
        if now.figures.of("planted", kind=kind) >= _FEW
    ]
    figure_, axes = canvas(rows=len(kinds))
    percents = [100 * (now.leak_of(kind, None) or 0.0) for kind in kinds]
    for row, (kind, percent) in enumerate(zip(kinds, percents, strict=True)):
        axes.barh(row, percent, color=RED, height=0.7)
        n = now.figures.of("planted", kind=kind)
        axes.text(percent, row, f" {percent:.1f} % of {n:,}", va="center", color=TEXT)
    axes.set_yticks(range(len(kinds)), kinds)
    axes.set_ylim(max(len(kinds), 1) - 0.5, -0.5)
    axes.set_xlim(0, max(10.0, 1.3 * max(percents, default=0.0)))
    axes.set_xlabel("leak: % of planted values with something left visible")
    return as_markdown(figure_, "leak by kind")


def _trend_picture(trend: Sequence[OfRuleset]) -> str:
    """Leak, precision and clean messages touched, one place a ruleset, the oldest left."""
    measured = [one for one in trend if one.measured.leak is not None]
    figure_, axes = canvas(rows=5)
    for name, color, shares in (
        ("precision", BLUE, [one.measured.precision for one in measured]),
        ("leak", RED, [one.measured.leak for one in measured]),
        ("clean messages touched", GREEN, [one.measured.clean_touched for one in measured]),
    ):
        percent = [float("nan") if share is None else 100 * share for share in shares]
        axes.plot(range(len(measured)), percent, marker="o", color=color, label=name)
    axes.set_xticks(range(len(measured)), [one.version[:8] for one in measured])
    axes.set_xlim(-0.5, max(len(measured), 1) - 0.5)
    axes.set_ylim(0, 103)
    axes.set_ylabel("%")
    axes.set_xlabel("ruleset")
    axes.legend(frameon=False, loc="center right")
    return as_markdown(figure_, "trend over rulesets")


def _languages(figures: Figures) -> tuple[str, ...]:
    return tuple(sorted({language for _, _, language in figures.cells}))


def _kinds(figures: Figures, what: str) -> list[str]:
    """The kinds that are counted under a name, the commonest first."""
    counts: Counter[str] = Counter()
    for (name, kind, _), n in figures.cells.items():
        if name == what:
            counts[kind] += n
    return [kind for kind, n in sorted(counts.items(), key=lambda one: (-one[1], one[0])) if n]
