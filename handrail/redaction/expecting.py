"""What Great Expectations says of redacted days, a few of them at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from handrail.expectations import suites
from handrail.expectations.checking import check_table
from handrail.redaction.days import RedactedDay, UntilError
from handrail.verdicts import Finding, worst

# Great Expectations costs the same for one chat as for this many, and its tables stay small.
_CHATS_A_LOOK = 4_000


def expected(days: Iterable[RedactedDay], *, region: str) -> Iterator[RedactedDay]:
    """The days with what Great Expectations' suites for chats and messages say of them.

    A few are looked at together first; only where something fails does each day get its own look.
    The days before an error are looked at before it is raised.
    """
    waiting: list[RedactedDay] = []
    coming = UntilError(days)
    for day in coming:
        waiting.append(day)
        if sum(one.artifact.records for one in waiting) >= _CHATS_A_LOOK:
            yield from _looked_at(waiting, region=region)
            waiting = []
    if waiting:
        yield from _looked_at(waiting, region=region)
    coming.raise_error()


def _looked_at(days: Sequence[RedactedDay], *, region: str) -> Iterator[RedactedDay]:
    together = _look(
        {name: pa.concat_tables(day.tables[name] for day in days) for name in days[0].tables},
        region=region,
    )
    for day in days:
        finding = together if together.verdict.passed else _look(day.tables, region=region)
        yield replace(day, findings=(*day.findings, finding), tables={})


def _look(tables: Mapping[str, pa.Table], *, region: str) -> Finding:
    found = [
        check_table(tables[name], suite, check="expectations", blocking=True)
        for name, suite in (
            ("conversations", suites.redacted_conversations(region)),
            ("turns", suites.redacted_turns()),
        )
    ]
    first = next((f for f in found if not f.verdict.passed), found[0])
    return replace(first, verdict=worst(found))
