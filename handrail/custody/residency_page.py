"""The residency report as a page for compliance: Markdown for the graph, HTML to print and keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import TypeVar

from handrail.custody.residency_report import ResidencyReport
from handrail.residency import DataClass
from handrail.verdicts import Verdict

T = TypeVar("T")

TEMPLATE = Path(__file__).with_name("residency_page.html")
_NEWEST = 50
_NOBODYS = frozenset({DataClass.MODEL, DataClass.AUDIT})  # no record of these is a person's
_FEW = 5  # a count below it could single somebody out


@dataclass(frozen=True)
class Section:
    """A heading, a sentence on how to read it, a table, and what to say where it is empty."""

    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str


def sections(report: ResidencyReport) -> tuple[Section, ...]:
    """The page's parts; names of people stay in the audit log, small counts are hidden."""
    name = report.region.name
    every = (
        Section(
            "Findings", "What was checked, and what came of it.", ("finding", "verdict", "why"),
            tuple(
                (f.check.replace("_", " "), str(f.verdict), f.reason) for f in report.findings
            ),
            "",
        ),
        Section(
            "Problems", "Each is one object, input or receipt that is not as it must be.",
            ("problem",), tuple((problem,) for problem in report.problems), "There is none.",
        ),
        Section(
            f"Where {name} lies", "As the configuration pins it; a key or a bucket elsewhere is "
            "refused.", ("what", "where"), report.places, "",
        ),
        Section(
            "What is stored", "Every object opened with this region's key at its own place, or it "
            "would be a problem above.", ("asset", "class", "objects", "records"),
            tuple(
                (
                    h.asset, h.data_class, f"{h.objects:,}",
                    f"{h.records:,}" if h.data_class in _NOBODYS else _few(h.records),
                )
                for h in report.held
            ),
            "Nothing is stored yet.",
        ),
        Section(
            "What was destroyed", "Its keys first, then its bytes; the manifests stay.",
            ("asset", "by", "objects", "last on"),
            tuple((asset, rule, f"{n:,}", day) for asset, rule, n, day in report.destroyed), "",
        ),
        Section(
            "Whose data was learned from", "What is made of data inherits these labels.",
            ("made", "sectors", "may be used for"), report.labels, "Nothing was learned yet.",
        ),
        Section(
            f"What left {name}", "Aggregates the configuration declares, each signed and on record "
            "before it went. The newest come first.",
            ("when (UTC)", "what", "to", "class", "by team, for", "content", "receipt"),
            tuple(
                (
                    _time(d.at), d.receipt.export.what, d.receipt.export.destination.place,
                    f"{d.receipt.export.basis} of {d.receipt.export.data_class}",
                    f"{d.receipt.access.team}, {d.receipt.access.purpose}", d.receipt.digest[:12],
                    f"{d.receipt.id[:12]} {'genuine' if d.genuine else 'NOT GENUINE'}",
                )
                for d in _newest(report.departures)
            ),
            "Nothing has left.",
        ),
        Section(
            "What was refused", "The newest attempts; handrail audit show --denied has all, and "
            "who made them.", ("when (UTC)", "team, for", "what", "why"),
            tuple(
                (_time(d.at), f"{d.team}, {d.purpose}", d.what, d.reason)
                for d in _newest(report.denied)
            ),
            "No attempt was refused.",
        ),
        Section(
            "Who opened data", f"How often, by team and purpose; fewer than {_FEW} are not told.",
            ("class", "team", "purpose", "times"),
            tuple((o.data_class, o.team, o.purpose, _few(o.times)) for o in report.opened),
            "Nobody has.",
        ),
        Section(
            "What regions share here", "This machine serves several regions. In production each "
            "has a deployment of its own.", ("place", "what it is told"), report.shared,
            "Nothing: this deployment serves one region.",
        ),
    )  # fmt: skip
    return tuple(s for s in every if s.rows or s.empty)


def markdown(report: ResidencyReport) -> str:
    """The page as Markdown, without a heading of the first level."""
    lines = [f"**{report.verdict}.** {_md(report.sentence)}", "", f"*{_made(report)}*"]
    for section in sections(report):
        lines += ["", f"### {section.title}", ""]
        if section.rows:
            lines += [section.note, "", _row(section.head), "|" + "---|" * len(section.head)]
            lines += [_row([_md(cell) for cell in row]) for row in section.rows]
        else:
            lines.append(section.empty)
    return "\n".join(lines) + "\n"


def html(report: ResidencyReport) -> str:
    """The page as one file that needs nothing else, to be read and printed."""
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(
        region=escape(report.region.name),
        verdict=escape(str(report.verdict)),
        tone="good" if report.verdict is Verdict.PASS else "bad",
        sentence=escape(report.sentence),
        made=escape(_made(report)),
        sections="\n".join(_html(section) for section in sections(report)),
    )


def _html(section: Section) -> str:
    title = f"<h2>{escape(section.title)}</h2>"
    if not section.rows:
        return f'<section>{title}<p class="empty">{escape(section.empty)}</p></section>'
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in section.head)
    rows = "\n".join(
        "<tr>" + "".join(f"<td{_kind(cell)}>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in section.rows
    )
    return (
        f'<section>{title}<p class="note">{escape(section.note)}</p>\n'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _kind(cell: str) -> str:
    if cell in set(Verdict):
        return f' class="{"good" if cell == Verdict.PASS else "bad"}"'
    return ' class="number"' if cell.replace(",", "").lstrip("<").isdigit() else ""


def _made(report: ResidencyReport) -> str:
    return (
        f"Region {report.region.name} ({report.region.jurisdiction}), {_time(report.at)} UTC, from "
        f"its manifests and {report.audit_records:,} verified audit records."
    )


def _newest(rows: Sequence[T]) -> list[T]:
    return list(reversed(rows[-_NEWEST:]))


def _few(count: int) -> str:
    return f"{count:,}" if count == 0 or count >= _FEW else f"<{_FEW}"


def _time(at: str) -> str:
    return at[:19].replace("T", " ")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _md(text: str) -> str:
    """A cell that no character in it breaks."""
    for special in "\\`*_[]<>|":
        text = text.replace(special, f"\\{special}")
    return text.replace("\n", " ")
