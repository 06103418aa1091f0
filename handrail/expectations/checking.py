"""The door to Great Expectations: a suite over a table in memory, answered as one `Finding`.

Its own results quote offending values, so only its yes or no is taken; rows are counted here. An
expectation that fails to run is NOT MEASURED: Great Expectations reports it much like a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from handrail.errors import without_chat_text
from handrail.expectations.suites import Expectation
from handrail.settings import quiet_telemetry
from handrail.verdicts import Finding, Verdict


def check_table(
    table: pa.Table, suite: Sequence[Expectation], *, check: str, blocking: bool
) -> Finding:
    """Whether every expectation of `suite` holds for `table`.

    PASS only if Great Expectations and our own count agree on each one; NOT MEASURED if one could
    not be evaluated and none failed. The finding holds claims and counts, never a value.
    """
    with without_chat_text(f"expectations of {check}"):
        answers = _answers(table, suite)
        counts = [_offending(table, expectation) for expectation in suite]
    failed: list[str] = []
    open_: list[str] = []
    for expectation, holds, offending in zip(suite, answers, counts, strict=True):
        if holds is None or offending is None:
            open_.append(expectation.claim)
        elif not holds or offending:
            failed.append(f"{expectation.claim} (not so in {offending} rows)")
    verdict, reason = _verdict(failed, open_, total=len(suite), rows=table.num_rows)
    measures = {
        "rows": table.num_rows,
        "expectations": len(suite),
        "failed": len(failed),
        "not_measured": len(open_),
        "offending_rows": sum(c for c in counts if c),
    }
    return Finding(check, verdict, reason, blocking, measures)


def _verdict(
    failed: Sequence[str], open_: Sequence[str], *, total: int, rows: int
) -> tuple[Verdict, str]:
    if failed:
        return Verdict.FAIL, f"{len(failed)} of {total} fail: " + "; ".join(failed)
    if open_ or not total:
        return Verdict.NOT_MEASURED, "could not be evaluated: " + "; ".join(open_ or ["no suite"])
    return Verdict.PASS, f"all {total} hold for all {rows} rows"


def _answers(table: pa.Table, suite: Sequence[Expectation]) -> list[bool | None]:
    """Great Expectations' yes or no to each expectation; None where it could not evaluate it."""
    quiet_telemetry()  # read when the package below is imported
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = (
        context.data_sources.add_pandas("memory")
        .add_dataframe_asset("table")
        .add_batch_definition_whole_dataframe("whole")
        .get_batch({"dataframe": table.to_pandas()})
    )
    answers: list[bool | None] = []
    for expectation in suite:
        kind = getattr(gx.expectations, expectation.kind)
        claim = kind(column=expectation.column, **expectation.arguments)
        result = batch.validate(claim, result_format="BOOLEAN_ONLY")
        answers.append(None if _raised(result.exception_info) else bool(result.success))
    return answers


def _raised(info: Any) -> bool:
    """Whether `exception_info` tells of an error: one record, or one a metric."""
    if not info:
        return False
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(record.get("raised_exception", True) for record in info.values())


def _offending(table: pa.Table, expectation: Expectation) -> int | None:
    """Rows for which the claim doesn't hold; None where the column or the count is missing."""
    count = _COUNTS.get(expectation.kind)
    if count is None or expectation.column not in table.column_names:
        return None
    return count(table[expectation.column], expectation.arguments)


def _nulls(column: pa.ChunkedArray, _: Mapping[str, Any]) -> int:
    return int(column.null_count)


def _repeated(column: pa.ChunkedArray, _: Mapping[str, Any]) -> int:
    counts = pc.value_counts(column.drop_null()).field("counts")
    return int(pc.sum(counts.filter(pc.greater(counts, 1))).as_py() or 0)


def _outside_set(column: pa.ChunkedArray, arguments: Mapping[str, Any]) -> int:
    allowed = pa.array(arguments["value_set"], type=column.type)
    known = column.drop_null()
    return len(known) - int(pc.sum(pc.is_in(known, value_set=allowed)).as_py() or 0)


def _outside_bounds(column: pa.ChunkedArray, arguments: Mapping[str, Any]) -> int:
    known = column.drop_null()
    inside = pc.and_(
        pc.greater_equal(known, arguments["min_value"]),
        pc.less_equal(known, arguments["max_value"]),
    )
    return len(known) - int(pc.sum(inside).as_py() or 0)


def _lengths_outside(column: pa.ChunkedArray, arguments: Mapping[str, Any]) -> int:
    return _outside_bounds(pc.utf8_length(column), arguments)


_COUNTS: dict[str, Callable[[pa.ChunkedArray, Mapping[str, Any]], int]] = {
    "ExpectColumnValuesToNotBeNull": _nulls,
    "ExpectColumnValuesToBeUnique": _repeated,
    "ExpectColumnValuesToBeInSet": _outside_set,
    "ExpectColumnValuesToBeBetween": _outside_bounds,
    "ExpectColumnValueLengthsToBeBetween": _lengths_outside,
}
