"""R36, R38: FLOE-GCM-256 as publicly specified: its vectors, every size, every edit refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.errors import Tampered, Torn
from handrail.vault import floe
from handrail.vault.floe import HEADER_BYTES, OpenStream, seal_stream
from handrail.vault.primitives import SecretKey, new_key
from tests.vault.blobs import InMemory

SEGMENT = 64
ROOM = SEGMENT - 32
KEY = SecretKey(bytes(32))
BOUND = b"This is AAD"


def sealed(plaintext: bytes, *, segment_bytes: int = SEGMENT, rotation: int = 20) -> bytes:
    return b"".join(
        seal_stream(
            [plaintext], key=KEY, bound_to=BOUND, segment_bytes=segment_bytes, rotation=rotation
        )
    )


def opened(
    data: bytes,
    *,
    key: SecretKey = KEY,
    bound_to: bytes = BOUND,
    segment_bytes: int = SEGMENT,
    rotation: int = 20,
) -> bytes:
    stream = OpenStream(
        InMemory(data), start=0, key=key, bound_to=bound_to, what="it",
        segment_bytes=segment_bytes, rotation=rotation,
    )  # fmt: skip
    return stream.read(0, stream.size)


def segments_of(data: bytes) -> list[bytes]:
    return [data[n : n + SEGMENT] for n in range(HEADER_BYTES, len(data), SEGMENT)]


def test_every_public_vector_opens(test_data: Path) -> None:
    """Five implementations sealed them; what rotates keys does so every four segments."""
    vectors = sorted((test_data / "crypto" / "floe-kats" / "kats").glob("*_ct.txt"))
    assert len(vectors) == 17
    for vector in vectors:
        data = bytes.fromhex(vector.read_text())
        plain = bytes.fromhex(Path(str(vector).replace("_ct", "_pt")).read_text())
        segment_bytes = {"4K": 4096, "64": 64}.get(vector.stem.split("_")[-2], 40)
        rotation = 2 if "rotation" in vector.name else 20
        assert opened(data, segment_bytes=segment_bytes, rotation=rotation) == plain, vector.name


def test_a_vector_that_rotates_keys_opens_with_no_other_rotation(test_data: Path) -> None:
    file = test_data / "crypto" / "floe-kats" / "kats" / "java_rotation_ct.txt"
    data = bytes.fromhex(file.read_text())
    for rotation in (0, 1, 3, 20):
        with pytest.raises(Tampered):
            opened(data, segment_bytes=40, rotation=rotation)


@given(
    st.lists(st.binary(max_size=2 * SEGMENT), max_size=12),
    st.integers(33, 2 * SEGMENT),
    st.integers(0, 3),
)
@settings(max_examples=150, deadline=None)
def test_whatever_pieces_come_they_open_as_one(
    pieces: list[bytes], segment_bytes: int, rotation: int
) -> None:
    data = b"".join(
        seal_stream(pieces, key=KEY, bound_to=BOUND, segment_bytes=segment_bytes, rotation=rotation)
    )
    assert opened(data, segment_bytes=segment_bytes, rotation=rotation) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, ROOM - 1, ROOM, ROOM + 1, 3 * ROOM, 3 * ROOM + 1])
def test_sizes_around_a_segments_border(size: int) -> None:
    plaintext = bytes(n % 251 for n in range(size))
    data = sealed(plaintext)
    count = max(1, -(-size // ROOM))
    assert len(data) == HEADER_BYTES + size + count * 32
    assert opened(data) == plaintext


@given(st.integers(0, 5 * ROOM), st.integers(0, 5 * ROOM))
@settings(max_examples=100, deadline=None)
def test_any_place_opens_alone(offset: int, length: int) -> None:
    plaintext = bytes(n % 251 for n in range(5 * ROOM))
    stream = OpenStream(
        InMemory(sealed(plaintext)), start=0, key=KEY, bound_to=BOUND, what="it",
        segment_bytes=SEGMENT,
    )  # fmt: skip
    if offset + length <= len(plaintext):
        assert stream.read(offset, length) == plaintext[offset : offset + length]
    else:
        with pytest.raises(Tampered, match="outside"):
            stream.read(offset, length)


def test_one_place_opens_without_reading_the_rest() -> None:
    blob = InMemory(sealed(bytes(100 * ROOM)))
    stream = OpenStream(blob, start=0, key=KEY, bound_to=BOUND, what="it", segment_bytes=SEGMENT)
    stream.read(50 * ROOM + 3, 5)
    assert blob.bytes_read == HEADER_BYTES + 2 * SEGMENT, "the header, the last segment, this one"


def test_every_flipped_bit_is_refused() -> None:
    data = sealed(bytes(range(80)))
    for position in range(len(data) * 8):
        edited = bytearray(data)
        edited[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            opened(bytes(edited))


def test_every_truncation_and_extension_is_refused() -> None:
    data = sealed(bytes(range(80)))
    for length in range(len(data)):
        with pytest.raises(Torn):
            opened(data[:length])
    for more in (b"\0", bytes(31), bytes(SEGMENT), data[-SEGMENT:], data[HEADER_BYTES:]):
        with pytest.raises(Tampered):
            opened(data + more)


def test_segments_keep_their_place() -> None:
    """Swapped, dropped, doubled or taken from another message: refused (R38)."""
    data, other = sealed(bytes(range(100))), sealed(bytes(range(100)))
    header = data[:HEADER_BYTES]
    a, b, c, last = segments_of(data)
    theirs = segments_of(other)
    for edited in (
        [b, a, c, last],
        [a, c, last],
        [a, b, c],
        [a, b, b, c, last],
        [a, b, c, c, last],
        [a, b, c, last, last],
        [a, theirs[1], c, last],
        [a, b, c, theirs[3]],
        theirs,
        [],
    ):
        with pytest.raises(Tampered):
            opened(header + b"".join(edited))


def test_key_and_associated_data_are_committed() -> None:
    """Another key or another place is refused from the header alone, before any segment."""
    data = sealed(bytes(200))
    for key, bound_to in ((new_key(), BOUND), (KEY, b"This is AAe"), (KEY, b"")):
        with pytest.raises(Tampered, match="it does not open"):
            opened(data, key=key, bound_to=bound_to)


def test_the_same_message_never_looks_the_same() -> None:
    assert sealed(b"hello")[10:] != sealed(b"hello")[10:]


def test_a_message_that_broke_off_never_opens() -> None:
    """What a killed writer leaves has no last segment."""
    chunks = list(seal_stream([bytes(3 * ROOM)], key=KEY, bound_to=BOUND, segment_bytes=SEGMENT))
    for count in range(len(chunks)):
        with pytest.raises(Torn):
            opened(b"".join(chunks[:count]))


def test_our_own_messages_have_segments_of_a_mebibyte_and_a_key_per_tebibyte() -> None:
    message = next(iter(seal_stream([b""], key=KEY, bound_to=BOUND)))
    assert message[:10] == bytes.fromhex("0000 00100000 00000020")
    segments = floe._Segments(
        KEY, bytes(32), bound_to=BOUND, segment_bytes=floe.SEGMENT_BYTES, rotation=floe._ROTATION
    )
    first = segments.sealer(0)
    assert segments.sealer((1 << 20) - 1) is first
    assert segments.sealer(1 << 20) is not first


def test_a_message_ends_at_the_most_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floe, "_MOST_SEGMENTS", 3)
    assert opened(sealed(bytes(3 * ROOM))) == bytes(3 * ROOM)
    with pytest.raises(ValueError, match="several objects"):
        sealed(bytes(3 * ROOM + 1))
