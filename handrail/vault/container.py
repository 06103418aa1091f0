"""The sealed object: a clear prefix and one sealed stream of records, their index and a footer.

    "HNDR" | u16 version | FLOE( records | index pages | lookup | page starts | footer )

A record is compressed, then sealed with the key of its data subject, if it is somebody's data; the
stream is sealed with the object's data key: both must be held to read it. What is sealed is bound
to the object's place (region, class, asset, partition, id), a person's record also to its id. The
index comes last, so that writing takes one pass; only it grows in memory. A record is found through
the lookup (hashes of record ids in order) by opening only the segments it needs. Objects of another
version are refused: ingest again.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from handrail.digests import canonical
from handrail.errors import BadInput, ResidencyViolation, Tampered, Torn
from handrail.vault.compression import DICTIONARY, Compression
from handrail.vault.floe import SEGMENT_BYTES, OpenStream, seal_stream
from handrail.vault.names import Place, Record
from handrail.vault.primitives import SecretKey, seal, unseal
from handrail.vault.stores import Blob

VERSION = 2
MAX_RECORD_BYTES = 64 * 1024 * 1024
SubjectKeys = Callable[[Sequence[str]], Mapping[str, SecretKey]]
_MAGIC = b"HNDR"
_PREFIX = struct.Struct(">4sH")
_FOOTER = struct.Struct(">QQQ16s")  # where index and lookup start, number of records, dictionary
_LOOKUP = struct.Struct(">8sI")  # hash of a record id, its page
_START = struct.Struct(">Q")
_PAGE_RECORDS, _PAGE_BYTES = 512, 1 << 20


class _Entry(NamedTuple):
    record_id: str
    subject: str | None
    start: int
    length: int


def pack(
    place: Place, records: Iterable[Record], *, data_key: SecretKey, subject_keys: SubjectKeys
) -> Iterator[bytes]:
    """The bytes of a sealed object in chunks; takes records as it goes, a few at a time.

    Refuses a record that is too large to be opened again, and one whose subject was erased.
    """
    bound = _bound(place)
    yield _PREFIX.pack(_MAGIC, VERSION)
    yield from seal_stream(
        _stream(place, bound, records, subject_keys), key=data_key, bound_to=bound
    )


def _stream(
    place: Place, bound: bytes, records: Iterable[Record], subject_keys: SubjectKeys
) -> Iterator[bytes]:
    compression = Compression(DICTIONARY)
    pages: list[bytes] = []
    lookup: list[bytes] = []
    end = 0
    for batch in _batches(records):
        keys = subject_keys([r.subject for r in batch if r.subject is not None])
        start, rows = end, []
        for record in batch:
            sealed = compression.compress(record.payload)
            if record.subject is not None:
                if record.subject not in keys:
                    msg = (
                        f"a data subject of {place.what} has no key in region {place.region}: it "
                        "is another region's, or was erased meanwhile; ingest again"
                    )
                    raise ResidencyViolation(msg)
                sealed = seal(
                    keys[record.subject], sealed, bound_to=bound + record.record_id.encode()
                )
            rows.append((record.record_id, record.subject, len(sealed)))
            lookup.append(_LOOKUP.pack(_hash(record.record_id), len(pages)))
            end += len(sealed)
            yield sealed
        pages.append(compression.compress(canonical([start, rows])))
    yield from pages
    lookup.sort()
    yield from lookup
    index = end
    for page in pages:
        yield _START.pack(end)
        end += len(page)
    yield _FOOTER.pack(index, end, len(lookup), DICTIONARY.encode())


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    size = 0
    for record in records:
        if len(record.payload) > MAX_RECORD_BYTES:
            msg = f"a record may hold at most {MAX_RECORD_BYTES} bytes: split it"
            raise BadInput(msg)
        batch.append(record)
        size += len(record.payload)
        if len(batch) == _PAGE_RECORDS or size >= _PAGE_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class SealedObject:
    """A stored object that is open for reading: its bytes fit the place and the data key."""

    def __init__(self, blob: Blob, place: Place, *, data_key: SecretKey, records: int) -> None:
        """`records` is how many its sidecar says it holds."""
        self._what = place.what
        self._bound = _bound(place)
        _require_version(blob, self._what)
        self._stream = OpenStream(
            blob, start=_PREFIX.size, key=data_key, bound_to=self._bound, what=self._what
        )
        footer = self._stream.size - _FOOTER.size
        self._index, self._lookup, self._count, dictionary = _FOOTER.unpack(
            self._stream.read(footer, _FOOTER.size)
        )
        starts = self._lookup + self._count * _LOOKUP.size
        pages, left = divmod(footer - starts, _START.size)
        self._require(pages >= 0 and left == 0)
        whole = self._stream.read(starts, footer - starts)
        self._pages = [*(start for (start,) in _START.iter_unpack(whole)), self._lookup]
        self._require([self._index, *self._pages[1:]] == sorted(self._pages))
        self._require(self._count == records)
        self._compression = Compression(dictionary.decode(errors="replace"))

    def record_subjects(self) -> dict[str, str | None]:
        """Whose data each record is, by record id, in stored order; opens no record."""
        return {e.record_id: e.subject for page in self._all_pages() for e in page}

    def records(self, subject_keys: SubjectKeys) -> Iterator[Record]:
        """The records in stored order; those of an erased subject are left out."""
        for page in self._all_pages():
            keys = subject_keys([e.subject for e in page if e.subject is not None])
            for entry in page:
                if entry.subject is None or entry.subject in keys:
                    yield self._record(entry, keys)

    def record(self, record_id: str, subject_keys: SubjectKeys) -> Record | None:
        """One record, or None when it isn't there or its subject was erased."""
        wanted = _hash(record_id)
        row = bisect_left(range(self._count), wanted, key=lambda n: self._row(n)[0])
        while row < self._count and self._row(row)[0] == wanted:
            for entry in self._page(self._row(row)[1]):
                if entry.record_id == record_id:
                    keys = subject_keys([] if entry.subject is None else [entry.subject])
                    is_erased = entry.subject is not None and not keys
                    return None if is_erased else self._record(entry, keys)
            row += 1
        return None

    def verify(self, subject_keys: SubjectKeys) -> None:
        """Authenticate every byte, those of erased people too; prove that the index is right."""
        for start in range(0, self._stream.size, SEGMENT_BYTES):
            self._stream.read(start, min(SEGMENT_BYTES, self._stream.size - start))
        for _ in self.records(subject_keys):
            pass
        rows = [
            _LOOKUP.pack(_hash(entry.record_id), number)
            for number, page in enumerate(self._all_pages())
            for entry in page
        ]
        found = self._stream.read(self._lookup, self._count * _LOOKUP.size)
        self._require(found == b"".join(sorted(rows)))

    def _all_pages(self) -> Iterator[list[_Entry]]:
        """Every page, if together they name each record once and leave nothing between them."""
        end = count = 0
        for number in range(len(self._pages) - 1):
            page = self._page(number)
            self._require(page[0].start == end)
            end = page[-1].start + page[-1].length
            count += len(page)
            yield page
        self._require((end, count) == (self._index, self._count))

    def _page(self, number: int) -> list[_Entry]:
        self._require(number < len(self._pages) - 1)
        first, last = self._pages[number : number + 2]
        packed = self._stream.read(first, last - first)
        try:
            entries = list(_entries(*orjson.loads(self._unpacked(packed)), before=self._index))
        except (TypeError, ValueError):
            entries = []
        self._require(len(entries) > 0)
        return entries

    def _row(self, number: int) -> tuple[bytes, int]:
        start = self._lookup + number * _LOOKUP.size
        hashed, page = _LOOKUP.unpack(self._stream.read(start, _LOOKUP.size))
        return hashed, page

    def _record(self, entry: _Entry, keys: Mapping[str, SecretKey]) -> Record:
        packed = self._stream.read(entry.start, entry.length)
        if entry.subject is not None:
            bound = self._bound + entry.record_id.encode()
            what = f"a record of {self._what}"
            packed = unseal(keys[entry.subject], packed, bound_to=bound, what=what)
        return Record(entry.record_id, entry.subject, self._unpacked(packed))

    def _unpacked(self, packed: bytes) -> bytes:
        return self._compression.decompress(packed, at_most=MAX_RECORD_BYTES, what=self._what)

    def _require(self, is_so: bool) -> None:
        if not is_so:
            msg = f"the index of {self._what} does not fit it: materialize the asset again"
            raise Tampered(msg)


def _require_version(blob: Blob, what: str) -> None:
    if blob.size < _PREFIX.size:
        msg = f"{what} was truncated"
        raise Torn(msg)
    magic, version = _PREFIX.unpack(blob.read(0, _PREFIX.size))
    if magic != _MAGIC:
        msg = f"{what} is not a sealed object"
        raise Tampered(msg)
    if version != VERSION:
        msg = f"{what} has container version {version}, not {VERSION}: ingest again"
        raise Tampered(msg)


def _entries(start: int, rows: Iterable[Sequence[Any]], *, before: int) -> Iterator[_Entry]:
    for record_id, subject, length in rows:
        is_named = isinstance(record_id, str) and (subject is None or isinstance(subject, str))
        if not (is_named and type(length) is int and 0 <= start <= start + length <= before):
            raise ValueError
        yield _Entry(record_id, subject, start, length)
        start += length


def _bound(place: Place) -> bytes:
    name = place.name
    fields = [
        "handrail-object", VERSION, place.region, str(name.data_class), name.asset,
        name.partition, place.object_id,
    ]  # fmt: skip
    return canonical(fields)


def _hash(record_id: str) -> bytes:
    return hashlib.sha256(record_id.encode()).digest()[:8]
