"""R35-R38: a sealed object gives its records back, one or all, and nothing once it was touched."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping, Sequence

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.digests import canonical
from handrail.errors import BadInput, Refused, Tampered, Torn
from handrail.residency import DataClass
from handrail.vault import container
from handrail.vault.compression import DICTIONARY, Compression
from handrail.vault.container import SealedObject, pack
from handrail.vault.floe import OpenStream, seal_stream
from handrail.vault.names import ObjectName, Place, Record
from handrail.vault.primitives import SecretKey, new_key, seal
from tests.vault.blobs import InMemory

PLACE = Place("eu", ObjectName("raw_chats", "2026-01-05", DataClass.RAW), "0" * 32)
BOUND = container._bound(PLACE)
KEY = new_key()
OWNERS = {name: new_key() for name in ("anna", "bob")}
CHATS = [
    Record("c-1", "anna", b"my card is 4111 1111 1111 1111"),
    Record("c-2", "bob", b"hello"),
    Record("note", None, b""),
]


def keys_of(subjects: Sequence[str]) -> Mapping[str, SecretKey]:
    return {subject: OWNERS[subject] for subject in subjects if subject in OWNERS}


def without_anna(subjects: Sequence[str]) -> Mapping[str, SecretKey]:
    return {s: k for s, k in keys_of(subjects).items() if s != "anna"}


def packed(records: Sequence[Record], *, place: Place = PLACE, key: SecretKey = KEY) -> bytes:
    return b"".join(pack(place, records, data_key=key, subject_keys=keys_of))


def opened(
    data: bytes, *, count: int = len(CHATS), place: Place = PLACE, key: SecretKey = KEY
) -> SealedObject:
    return SealedObject(InMemory(data), place, data_key=key, records=count)


def verify(data: bytes, *, count: int = len(CHATS)) -> None:
    opened(data, count=count).verify(keys_of)


def test_what_was_packed_is_what_is_read() -> None:
    found = opened(packed(CHATS))
    assert list(found.records(keys_of)) == CHATS
    assert [found.record(r.record_id, keys_of) for r in CHATS] == CHATS
    assert found.record("c-9", keys_of) is None
    assert list(found.record_subjects().items()) == [(r.record_id, r.subject) for r in CHATS]
    found.verify(keys_of)


@given(
    st.lists(
        st.builds(
            Record,
            st.text(min_size=1, max_size=9),
            st.sampled_from([None, *OWNERS]),
            st.binary(max_size=90),
        ),
        max_size=30,
        unique_by=lambda record: record.record_id,
    ),
    st.integers(1, 5),
    st.integers(1, 200),
)
@settings(max_examples=100, deadline=None)
def test_any_records_come_back_however_they_are_paged(
    records: list[Record], page_records: int, page_bytes: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "_PAGE_RECORDS", page_records)
        patch.setattr(container, "_PAGE_BYTES", page_bytes)
        data = packed(records)
    found = opened(data, count=len(records))
    assert list(found.records(keys_of)) == records
    assert [found.record(r.record_id, keys_of) for r in records] == records
    found.verify(keys_of)


@pytest.mark.parametrize("size", [(1 << 20) - 400, (1 << 20) - 32, 1 << 20, 3 << 20])
def test_records_across_the_border_of_a_segment(size: int) -> None:
    noise = new_key().reveal() * (size // 32 + 1)
    records = [Record("big", "anna", noise[:size]), Record("small", "bob", b"x"), *CHATS]
    found = opened(packed(records), count=len(records))
    assert list(found.records(keys_of)) == records
    assert found.record("small", keys_of) == records[1]


def test_ids_of_the_same_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_hash", lambda record_id: b"the same")
    monkeypatch.setattr(container, "_PAGE_RECORDS", 1)
    found = opened(packed(CHATS))
    assert [found.record(r.record_id, keys_of) for r in CHATS] == CHATS
    assert found.record("c-9", keys_of) is None


def test_one_record_is_read_without_the_others() -> None:
    """Of 8 MiB that don't compress, the segments of the index and of the record are read."""
    noise = [seal(KEY, bytes(4096), bound_to=b"") for _ in range(2048)]
    records = [Record(f"c-{n}", None, payload) for n, payload in enumerate(noise)]
    blob = InMemory(packed(records))
    found = SealedObject(blob, PLACE, data_key=KEY, records=len(records))
    assert found.record("c-100", keys_of) == records[100]
    assert blob.size > 8 << 20
    assert blob.bytes_read < 4 << 20


def test_every_flipped_bit_is_refused_R36() -> None:
    data = packed(CHATS)
    for position in range(len(data) * 8):
        edited = bytearray(data)
        edited[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            verify(bytes(edited))


def test_every_truncation_and_extension_is_refused_R36() -> None:
    data = packed(CHATS)
    for length in range(len(data)):
        with pytest.raises(Torn):
            verify(data[:length])
    for more in (b"\0", data[-40:], data):
        with pytest.raises(Tampered):
            verify(data + more)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("us", PLACE.name, PLACE.object_id),
        Place("eu", ObjectName("raw_chats", "2026-01-06", DataClass.RAW), PLACE.object_id),
        Place("eu", ObjectName("quarantine", "2026-01-05", DataClass.RAW), PLACE.object_id),
        Place("eu", ObjectName("raw_chats", "2026-01-05", DataClass.REDACTED), PLACE.object_id),
        Place("eu", PLACE.name, "1" * 32),
    ],
)
def test_an_object_opens_at_its_place_only_R38(elsewhere: Place) -> None:
    """Region, partition, asset, class and id: each of them alone keeps it shut, key or no key."""
    with pytest.raises(Tampered):
        opened(packed(CHATS), place=elsewhere)


def test_a_record_needs_both_keys_R35() -> None:
    """The data key alone opens the stream, not what is a person's in it."""
    data = packed(CHATS)
    with pytest.raises(Tampered):
        opened(data, key=new_key())
    wrong = {subject: new_key() for subject in OWNERS}
    with pytest.raises(Tampered, match="a record of"):
        list(opened(data).records(lambda _: wrong))


def test_records_of_an_erased_subject_are_left_out_R40() -> None:
    found = opened(packed(CHATS))
    assert list(found.records(without_anna)) == CHATS[1:]
    assert found.record("c-1", without_anna) is None
    assert found.record("c-2", without_anna) == CHATS[1]
    found.verify(without_anna)


def test_what_is_edited_in_an_erased_persons_record_is_noticed_R36() -> None:
    """Nobody can open the record any more, but every byte of the object is still authenticated."""
    data = bytearray(packed([Record("c-0", "anna", os.urandom(3 << 20)), *CHATS[1:]]))
    opened(bytes(data)).verify(without_anna)
    for megabyte in range(3):
        edited = data.copy()
        edited[(megabyte << 20) + 1000] ^= 1
        with pytest.raises(Tampered):
            opened(bytes(edited)).verify(without_anna)


def test_an_erased_subject_is_not_sealed_anew_R40() -> None:
    with pytest.raises(Refused, match="was erased meanwhile"):
        list(pack(PLACE, CHATS, data_key=KEY, subject_keys=lambda _: {}))


def test_an_older_container_version_is_refused() -> None:
    data = packed(CHATS)
    assert data[:6] == b"HNDR\0\2"
    with pytest.raises(Tampered, match="ingest again"):
        opened(data[:4] + b"\0\1" + data[6:])


def test_the_number_of_records_is_the_sidecars() -> None:
    with pytest.raises(Tampered, match="index"):
        opened(packed(CHATS), count=len(CHATS) + 1)


def test_a_record_too_large_to_be_opened_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_RECORD_BYTES", 20)
    assert packed([Record("c-1", None, bytes(20))])
    with pytest.raises(BadInput, match="at most 20 bytes"):
        packed(CHATS)


def test_a_decompression_bomb_is_refused_unopened() -> None:
    """64 MiB and one byte of zeros, in a few kilobytes."""
    bomb = zstandard.ZstdCompressor().compress(bytes((64 << 20) + 1))
    assert len(bomb) < 10_000
    data = forged([bomb], [[0, [["c-1", None, len(bomb)]]]])
    with pytest.raises(Tampered, match="too large"):
        list(opened(data, count=1).records(keys_of))


@pytest.mark.parametrize("packing", [b"", b"noise", zstandard.ZstdCompressor().compress(b"x")[:-1]])
def test_what_was_not_compressed_is_refused(packing: bytes) -> None:
    data = forged([packing], [[0, [["c-1", None, len(packing)]]]])
    with pytest.raises(Tampered):
        list(opened(data, count=1).records(keys_of))


def test_an_unsized_or_longer_compression_is_refused() -> None:
    """No size stated, or another frame behind the first: neither is what was written."""
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(b"x" * 100)
    twice = zstandard.ZstdCompressor().compress(b"x") * 2
    for blob in (unsized, twice):
        data = forged([blob], [[0, [["c-1", None, len(blob)]]]])
        with pytest.raises(Tampered):
            list(opened(data, count=1).records(keys_of))


def forged(
    records: Sequence[bytes],
    pages: Sequence[object],
    *,
    lookup: Sequence[tuple[str, int]] = (("c-1", 0),),
    count: int | None = None,
    index: int | None = None,
    dictionary: str = DICTIONARY,
) -> bytes:
    """An object of somebody who holds the data key and says what he likes of these records."""
    written = [Compression(DICTIONARY).compress(canonical(page)) for page in pages]
    rows = sorted(struct.pack(">8sI", container._hash(i), page) for i, page in lookup)
    start = sum(map(len, records)) if index is None else index

    def stream() -> Iterator[bytes]:
        yield from (*records, *written, *rows)
        end = sum(map(len, records))
        for page in written:
            yield struct.pack(">Q", end)
            end += len(page)
        total = len(rows) if count is None else count
        yield struct.pack(">QQQ16s", start, end, total, dictionary.encode())

    prefix = struct.pack(">4sH", b"HNDR", container.VERSION)
    return prefix + b"".join(seal_stream(stream(), key=KEY, bound_to=BOUND))


def compressed(payload: bytes) -> bytes:
    return Compression(DICTIONARY).compress(payload)


TWO = [compressed(b"one"), compressed(b"two")]
FIRST, SECOND = map(len, TWO)
IDS = (("c-1", 0), ("c-2", 0))


def test_a_forger_who_tells_the_truth_is_believed() -> None:
    data = forged(TWO, [[0, [["c-1", None, FIRST], ["c-2", None, SECOND]]]], lookup=IDS)
    verify(data, count=2)


@pytest.mark.parametrize(
    "page",
    [
        [0, [["c-1", None, FIRST], ["c-2", None, SECOND + 1]]],
        [0, [["c-1", None, FIRST], ["c-2", None, SECOND - 1]]],
        [1, [["c-1", None, FIRST - 1], ["c-2", None, SECOND]]],
        [-1, [["c-1", None, FIRST + 1], ["c-2", None, SECOND]]],
        [0, [["c-1", None, FIRST + SECOND + 1], ["c-2", None, -1]]],
        [0, [["c-1", None, FIRST]]],
        [0, [["c-1", None, FIRST], ["c-2", None, SECOND], ["c-3", None, 0]]],
        [0, []],
        [0, [["c-1", None]]],
        [0, [["c-1", None, "3"]]],
        [0, [["c-1", None, None]]],
        [0, [["c-1", None, float(FIRST)], ["c-2", None, SECOND]]],
        [0, [[1, None, FIRST], ["c-2", None, SECOND]]],
        [0, [["c-1", ["anna"], FIRST], ["c-2", None, SECOND]]],
        ["0", [["c-1", None, FIRST], ["c-2", None, SECOND]]],
        {"c-1": 0},
        7,
    ],
)
def test_an_index_that_lies_is_refused(page: object) -> None:
    """Overlaps, gaps, records outside, too few, too many, or no index at all."""
    data = forged(TWO, [page], lookup=IDS)
    with pytest.raises(Tampered):
        list(opened(data, count=2).records(keys_of))


def test_a_record_left_out_and_one_named_twice_is_refused() -> None:
    """Their lengths add up, and so does their number."""
    pages = [[FIRST, [["c-1", None, SECOND]]], [FIRST, [["c-2", None, SECOND]]]]
    data = forged(TWO, pages, lookup=(("c-1", 0), ("c-2", 1)))
    with pytest.raises(Tampered):
        list(opened(data, count=2).records(keys_of))


def test_something_between_the_records_and_their_index_is_refused() -> None:
    page = [0, [["c-1", None, FIRST], ["c-2", None, SECOND]]]
    data = forged([*TWO, b"hidden"], [page], lookup=IDS, index=FIRST + SECOND)
    with pytest.raises(Tampered):
        list(opened(data, count=2).records(keys_of))


def test_a_footer_that_lies_is_refused() -> None:
    page = [0, [["c-1", None, FIRST], ["c-2", None, SECOND]]]
    for data in (
        forged(TWO, [page], lookup=IDS, count=3),
        forged(TWO, [page], lookup=IDS, count=1),
        forged(TWO, [page], lookup=IDS, count=1 << 60),
        forged(TWO, [page], lookup=IDS, index=0),
        forged(TWO, [page], lookup=IDS, index=1 << 60),
        forged(TWO, [page], lookup=IDS, dictionary="0" * 16),
        forged(TWO, [page], lookup=IDS, dictionary="../../../etc/x."),
        forged(TWO, [page], lookup=(*IDS, ("c-3", 0))),
    ):
        with pytest.raises(Tampered):
            list(opened(data, count=2).records(keys_of))


def test_a_lookup_that_lies_is_refused() -> None:
    """A page that isn't there at once, a missing id when the object is verified."""
    page = [0, [["c-1", None, FIRST], ["c-2", None, SECOND]]]
    nowhere = forged(TWO, [page], lookup=(("c-1", 1), ("c-2", 0)))
    with pytest.raises(Tampered):
        opened(nowhere, count=2).record("c-1", keys_of)
    other = forged(TWO, [page], lookup=(("c-1", 0), ("c-9", 0)))
    assert opened(other, count=2).record("c-2", keys_of) is None
    with pytest.raises(Tampered):
        verify(other, count=2)


def test_a_record_moved_to_another_object_or_id_does_not_open_R38() -> None:
    """Even under the right data key: a person's record is bound to its object and its own id."""
    other = Place("eu", ObjectName("raw_chats", "2026-01-06", DataClass.RAW), "1" * 32)
    stream = OpenStream(
        InMemory(packed(CHATS[:1], place=other)),
        start=6, key=KEY, bound_to=container._bound(other), what="it",
    )  # fmt: skip
    theirs = stream.read(0, struct.unpack(">Q", stream.read(stream.size - 40, 8))[0])
    at_home = seal(OWNERS["anna"], compressed(b"hi"), bound_to=BOUND + b"c-1")
    for blob, record_id, opens in (
        (at_home, "c-1", True),
        (at_home, "c-2", False),
        (theirs, "c-1", False),
    ):
        data = forged([blob], [[0, [[record_id, "anna", len(blob)]]]], lookup=((record_id, 0),))
        if opens:
            verify(data, count=1)
        else:
            with pytest.raises(Tampered, match="a record of"):
                verify(data, count=1)
