"""The sealed object: a clear header, a sealed index, one sealed record per conversation.

    "HNDR" | u16 version | u32 n | header (n bytes JSON) | u32 m | sealed index (m bytes) | records

Every record is zstd-compressed, then sealed with a key derived from the object's data key and,
where it is somebody's data, that person's key: both must be held to read it. Associated data is the
whole header plus the record id, so a record opens only at its place in this object of this region,
asset and partition. Objects of another version are refused: ingest again.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson
import zstandard

from handrail.digests import canonical
from handrail.errors import ResidencyViolation, Swapped, Tampered, Torn
from handrail.vault.names import ObjectName, Record
from handrail.vault.primitives import SecretKey, derive, seal, unseal

_MAGIC = b"HNDR"
VERSION = 1
_PREFIX = struct.Struct(">4sH")
_LENGTH = struct.Struct(">I")
_MAX_RECORD = 64 * 1024 * 1024


@dataclass(frozen=True)
class Header:
    """What the object says of itself in clear; authenticated with every record."""

    region: str
    data_class: str
    asset: str
    partition: str
    object_id: str
    records: int
    ids_digest: str


@dataclass(frozen=True)
class _Entry:
    record_id: str
    subject: str | None
    offset: int
    length: int


def pack(
    header: Header,
    records: Sequence[Record],
    *,
    data_key: SecretKey,
    subject_keys: Mapping[str, SecretKey],
) -> bytes:
    """The bytes of a sealed object. Needs the key of every subject in `records`."""
    head = canonical(asdict(header))
    compressor = zstandard.ZstdCompressor(level=3)
    body: list[bytes] = []
    entries: list[tuple[str, str | None, int, int]] = []
    offset = 0
    for record in records:
        key = _record_key(data_key, header, record.subject, subject_keys)
        sealed = seal(
            key, compressor.compress(record.payload), bound_to=_bound(head, record.record_id)
        )
        entries.append((record.record_id, record.subject, offset, len(sealed)))
        body.append(sealed)
        offset += len(sealed)
    index = seal(data_key, zstandard.compress(canonical(entries)), bound_to=_bound(head, "index"))
    return b"".join(
        [
            _PREFIX.pack(_MAGIC, VERSION),
            _LENGTH.pack(len(head)),
            head,
            _LENGTH.pack(len(index)),
            index,
            *body,
        ]
    )


class SealedObject:
    """A stored object whose header was read and compared with what was asked for."""

    def __init__(self, data: bytes, *, name: ObjectName, region: str, object_id: str) -> None:
        self._what = f"object {name.asset}/{name.partition}"
        self._data = data
        self._head, after_head = self._block(self._magic_end())
        self._sealed_index, self._body = self._block(after_head)
        self.header = self._read_header()
        if self.header.region != region:
            msg = f"{self._what} belongs to region {self.header.region!r}, not {region!r}: refused"
            raise ResidencyViolation(msg)
        expected = (str(name.data_class), name.asset, name.partition, object_id)
        found = (
            self.header.data_class,
            self.header.asset,
            self.header.partition,
            self.header.object_id,
        )
        if found != expected:
            msg = f"{self._what} holds another object's bytes: it was moved or swapped"
            raise Swapped(msg)

    def record_subjects(self, data_key: SecretKey) -> dict[str, str | None]:
        """Whose data each record is, by record id, in stored order."""
        return {e.record_id: e.subject for e in self._entries(data_key)}

    def records(
        self, data_key: SecretKey, subject_keys: Mapping[str, SecretKey]
    ) -> Iterator[Record]:
        """The records in stored order; those of an erased subject are left out."""
        entries = self._entries(data_key)
        if len(entries) != self.header.records:
            msg = f"{self._what} does not hold the number of records its header says"
            raise Tampered(msg)
        decompressor = zstandard.ZstdDecompressor()
        for entry in entries:
            if entry.subject is not None and entry.subject not in subject_keys:
                continue
            start = self._body + entry.offset
            if start + entry.length > len(self._data):
                msg = f"{self._what} was truncated"
                raise Torn(msg)
            what = f"a record of {self._what}"
            packed = unseal(
                _record_key(data_key, self.header, entry.subject, subject_keys),
                self._data[start : start + entry.length],
                bound_to=_bound(self._head, entry.record_id),
                what=what,
            )
            yield Record(
                entry.record_id,
                entry.subject,
                decompressor.decompress(packed, max_output_size=_MAX_RECORD),
            )

    def _entries(self, data_key: SecretKey) -> list[_Entry]:
        packed = unseal(
            data_key, self._sealed_index, bound_to=_bound(self._head, "index"), what=self._what
        )
        return [_Entry(*row) for row in orjson.loads(zstandard.decompress(packed))]

    def _magic_end(self) -> int:
        if len(self._data) < _PREFIX.size:
            msg = f"{self._what} was truncated"
            raise Torn(msg)
        if self._data[:4] != _MAGIC:
            msg = f"{self._what} is not a sealed object"
            raise Tampered(msg)
        version = _PREFIX.unpack_from(self._data)[1]
        if version != VERSION:
            msg = f"{self._what} has container version {version}, not {VERSION}: ingest again"
            raise Tampered(msg)
        return _PREFIX.size

    def _block(self, start: int) -> tuple[bytes, int]:
        body = start + _LENGTH.size
        if body > len(self._data):
            msg = f"{self._what} was truncated"
            raise Torn(msg)
        end = body + _LENGTH.unpack_from(self._data, start)[0]
        if end > len(self._data):
            msg = f"{self._what} was truncated"
            raise Torn(msg)
        return self._data[body:end], end

    def _read_header(self) -> Header:
        try:
            return Header(**orjson.loads(self._head))
        except (orjson.JSONDecodeError, TypeError):
            msg = f"the header of {self._what} was edited"
            raise Tampered(msg) from None


def _record_key(
    data_key: SecretKey,
    header: Header,
    subject: str | None,
    subject_keys: Mapping[str, SecretKey],
) -> SecretKey:
    return derive(
        data_key,
        salt=header.object_id.encode(),
        purpose=canonical(["handrail-record", header.data_class, subject]),
        more=None if subject is None else subject_keys[subject],
    )


def _bound(head: bytes, record_id: str) -> bytes:
    return head + b"\x00" + record_id.encode()
