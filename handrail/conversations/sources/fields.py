"""One value of a mapping: where it is found in a record, and how it is turned into ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from handrail.conversations.model import SetBy
from handrail.conversations.sources.rows import Reason, Unusable
from handrail.conversations.sources.scalars import as_datetime
from handrail.errors import BadInput

Step = str | int
_STEP = re.compile(r'\.?(?:"([^"]+)"|([^."\[\]]+))|\[(\d{1,9})\]')
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"s": 1, "ms": 1000}


def parse_path(text: str, *, where: str) -> tuple[Step, ...]:
    """The steps of `a.b[0].c`; a name with a dot or bracket is quoted: `"a.b".c`."""
    steps: list[Step] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        if found is None or (position == 0 and text[0] in ".["):
            msg = f'{where}: {text!r} is no field path; write a.b[0].c, and "a.b" for a dotted name'
            raise BadInput(msg)
        quoted, name, index = found.groups()
        steps.append(int(index) if index is not None else quoted or name)
        position = found.end()
    if not steps:
        msg = f"{where}: the field path is empty"
        raise BadInput(msg)
    return tuple(steps)


def lookup(record: Any, path: tuple[Step, ...]) -> Any:
    """The value at `path` in a record, or None: an empty text and a NaN are none either."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(record, list) or step >= len(record):
                return None
            record = record[step]
        elif isinstance(record, dict):
            record = record.get(step)
        else:
            return None
    if record == "" or (isinstance(record, float) and record != record):
        return None
    return record


@dataclass(frozen=True)
class Field:
    """A mapping's rule for one value.

    `path` or `const` is set. `table` maps values of the export (as text) to ours; a value that it
    doesn't list is `default` if there is one, else `strict` says whether the row is unusable or
    the value is nobody's.
    """

    path: tuple[Step, ...] | None = None
    table: Mapping[str, str] | None = None
    default: str | None = None
    const: str | None = None
    unit: int | None = None
    zone: tzinfo | None = None
    strict: bool = True

    def read(self, record: Any) -> Any:
        """The value of this field in `record`, or None."""
        return self.read_with_origin(record)[0]

    def read_with_origin(self, record: Any) -> tuple[Any, SetBy]:
        """The value and who set it: the export, or the mapping's constant or default (a rule)."""
        if self.path is None:
            return self.const, SetBy.RULE
        value = lookup(record, self.path)
        if isinstance(value, list) and self.table is not None:  # labels: the first that says it
            value = next((one for one in value if _as_text(one) in self.table), value)
        if value is not None and self.table is not None:
            key = _as_text(value)
            if key not in self.table and self.default is None and self.strict:
                detail = "a value that the mapping's map doesn't list and has no default for"
                raise Unusable(Reason.UNKNOWN_VALUE, detail)
            value = self.table.get(key) or None
        if value is None:
            return self.default, SetBy.RULE
        return value, SetBy.EXPORT

    def read_tag(self, record: Any) -> dict[str, Any] | None:
        """The value as a tag with who set it, or None."""
        value, set_by = self.read_with_origin(record)
        return None if value is None else {"value": value, "set_by": set_by}

    def read_time(self, record: Any) -> Any:
        """The value as an aware time where it can be told; ISO text is left to the record."""
        value = self.read(record)
        if isinstance(value, list):
            return [self._time(one) for one in value]
        return self._time(value)

    def _time(self, value: Any) -> Any:
        if value is None:
            return None
        if self.unit is not None:
            return from_epoch(value, self.unit)
        if self.zone is None:
            return value
        at = as_datetime(value, "a time")
        return at if at.tzinfo else at.replace(tzinfo=self.zone)


def values_of(value: Any) -> list[Any]:
    """One value or a list of them as a list, without the empty ones."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "")]


def from_epoch(value: Any, unit: int) -> datetime:
    """The instant `value` epoch units after 1970, `unit` of which make a second."""
    try:
        return _EPOCH + timedelta(microseconds=round(float(value) * 1_000_000 / unit))
    except (TypeError, ValueError, OverflowError):  # the message quotes the value
        detail = "an epoch time is no number or in no year from 1 to 9999; is its unit s or ms?"
    raise Unusable(Reason.MALFORMED, detail)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def parse_unit(text: str, *, where: str) -> int:
    """How many of the epoch unit `text` make a second."""
    if text not in _UNITS:
        msg = f"{where}: unit is s or ms (epoch seconds or milliseconds), not {text!r}"
        raise BadInput(msg)
    return _UNITS[text]


def parse_zone(text: str, *, where: str) -> tzinfo:
    """The time zone that times without an offset are in."""
    try:
        return UTC if text == "UTC" else ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        msg = f"{where}: zone is UTC or a name like Europe/Berlin, not {text!r}"
        raise BadInput(msg) from None
