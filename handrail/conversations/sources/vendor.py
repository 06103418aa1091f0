"""What the sources of help desks share: their words for ours, and a company's own fields on top."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

import yaml

from handrail.conversations.sources.base import Source
from handrail.conversations.sources.fields import values_of
from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.json_lists import json_objects
from handrail.conversations.sources.mapping import TAGS, TagMap
from handrail.conversations.sources.records import JSON_SUFFIXES
from handrail.conversations.sources.rows import Problem, RawRow, Reason, Unusable, attempt
from handrail.settings import IntakeSettings

Record = Mapping[str, Any]
DELETED = "deleted in the help desk: take it out of every earlier export too, or it is still read"
_WORDS = Path(__file__).parent / "words"


@dataclass(frozen=True)
class Words:
    """A vendor's values as ours, by table: data beside the code (`words/<format>.yaml`)."""

    tables: Mapping[str, Mapping[str, str]]

    def tag(self, table: str, value: Any) -> str | None:
        """Our word for a tag; None where the vendor's value is empty, new or says nothing."""
        return self.tables[table].get(_as_text(value)) or None

    def word(self, table: str, value: Any) -> str | None:
        """Our word, None where the value is empty or says nothing; a new one is `Unusable`."""
        if value is None:
            return None
        if _as_text(value) not in self.tables[table]:
            detail = f"a {table} that isn't among the vendor's documented ones; correct the export"
            raise Unusable(Reason.UNKNOWN_VALUE, detail)
        return self.tag(table, value)


@cache
def words_of(format: str) -> Words:
    """The words of a vendor's format; every scalar is text, an empty one says nothing to us."""
    text = (_WORDS / f"{format}.yaml").read_text(encoding="utf-8")
    return Words(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - makes nothing but text


class VendorSource(Source):
    """A help desk's own export, read as its vendor documents it.

    A subclass names its `format`, which is also the name of its words, and the lists that hold the
    records in an answer of the vendor's API; it says what a record is in our shape.
    """

    suffixes: ClassVar[tuple[str, ...]] = JSON_SUFFIXES
    format: ClassVar[str]
    lists: ClassVar[tuple[str, ...]]

    def __init__(self, mapping: TagMap) -> None:
        self.words = words_of(self.format)
        self._mapping = mapping

    def rows(self, file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
        """One row a record of the vendor's."""
        for record in self.records(file, limits=limits):
            if record.data is None:
                yield record
                continue
            made = attempt(record.location, partial(self._in_our_shape, record.data))
            data, problem = (None, made) if isinstance(made, Problem) else (made, None)
            yield RawRow(record.location, data, problem, record.original)

    def records(self, file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
        """The vendor's records, each with all that belongs to it."""
        return json_objects(file, limits=limits, lists=self.lists)

    @abstractmethod
    def canonical(self, record: Record) -> dict[str, Any]:
        """The record in our shape but for the source system; raises `Unusable`.

        Its `conversation_id` is the vendor's own.
        """

    def prepared(self, record: Record) -> Record:
        """The record as a company's mapping names its fields, if that isn't as it is exported."""
        return record

    def _in_our_shape(self, record: Record) -> dict[str, Any]:
        record = self.prepared(record)
        data = with_own_fields(self.canonical(record), record, mapping=self._mapping)
        identity = data["conversation_id"]
        if type(identity) in (str, int) and identity != "":
            # Two help desks may number their conversations alike.
            data["conversation_id"] = f"{self.format}-{identity}"
        return data | {"source_system": self.format}


def with_own_fields(data: dict[str, Any], record: Record, *, mapping: TagMap) -> dict[str, Any]:
    """`data` with what a company's own fields in the vendor's `record` say, which is preferred.

    A tag or a field of the customer that they leave open stays the vendor's. A region or sector
    that is mapped is theirs to say: left open, the row goes to quarantine, or has no sector.
    """
    for key, field in mapping.fields.items():
        found = field.read_tag(record) if key in TAGS else field.read(record)
        if found is not None or key not in TAGS:
            data[key] = found
    customer = data.setdefault("customer", {})
    told = {key: field.read(record) for key, field in mapping.customer.items()}
    customer.update({key: value for key, value in told.items() if value is not None})
    known = customer.setdefault("known", {})
    for kind, field in mapping.known.items():
        known[kind] = [*known.get(kind, ()), *values_of(field.read(record))]
    return data


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
