"""A chat on a terminal, as written beside as redacted: two columns, or one where it is narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from handrail.cli.console import visible
from handrail.redaction.beside import Line, replaced
from handrail.redaction.placeholders import PLACEHOLDER

_WIDE = 100
_GONE, _PUT = "reverse", "bold cyan"


def show(console: Console, lines: Sequence[Line], *, title: str) -> None:
    """Print a chat turn by turn; what was replaced is marked on both sides.

    What a terminal would obey is made visible. Where the raw chat is kept no longer, that is said
    and the redacted text stands alone.
    """
    console.rule(title, align="left")
    if all(line.raw is None for line in lines):
        console.print("the raw chat is kept no longer, so the redacted one stands alone")
        for line in lines:
            console.print(Text(line.who, "bold"))
            console.print(_redacted(line))
    elif console.width >= _WIDE:
        table = Table("who", show_lines=True, expand=True)
        table.add_column("as written", ratio=1, overflow="fold")
        table.add_column("as redacted", ratio=1, overflow="fold")
        for line in lines:
            table.add_row(line.who, _raw(line), _redacted(line))
        console.print(table)
    else:
        for line in lines:
            console.print(Text(line.who, "bold"))
            console.print(Text("written:  ").append_text(_raw(line)))
            console.print(Text("redacted: ").append_text(_redacted(line)))


def _raw(line: Line) -> Text:
    raw = line.raw or ""
    return _marked(raw, ((v.start, v.end) for v in replaced(raw, line.redacted)), _GONE)


def _redacted(line: Line) -> Text:
    found = (placeholder.span() for placeholder in PLACEHOLDER.finditer(line.redacted))
    return _marked(line.redacted, found, _PUT)


def _marked(text: str, spans: Iterable[tuple[int, int]], style: str) -> Text:
    shown, at = Text(), 0
    for start, end in spans:
        shown.append(visible(text[at:start])).append(visible(text[start:end]), style)
        at = end
    return shown.append(visible(text[at:]))
