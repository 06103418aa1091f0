"""FLOE-GCM-256: one long message sealed in segments, written as it comes, opened at any place.

As publicly specified (c2sp.org/FLOE; ePrint 2025/2275). The header commits to key
and associated data; each segment is AES-256-GCM bound to its position and to whether it is the
last, so that none can be moved, dropped, doubled or cut off. Keys come from HKDF-Expand-SHA-384.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from handrail.errors import Tampered, Torn
from handrail.vault.primitives import (
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    Bytes,
    Sealer,
    SecretKey,
    expand,
    is_equal,
    random_bytes,
)
from handrail.vault.stores import Blob

SEGMENT_BYTES = 1 << 20
HEADER_BYTES = 74
_PARAMETERS = struct.Struct(">BBII")  # AES-GCM-256, HKDF-Expand-SHA-384, lengths of segment and IV
_LENGTH = struct.Struct(">I")
_PLACE = struct.Struct(">Q?")
_POSITION = struct.Struct(">Q")
_IV_BYTES, _HEADER_TAG_BYTES, _MESSAGE_KEY_BYTES = 32, 32, 48
_NOT_LAST = 0xFFFFFFFF
_OVERHEAD = _LENGTH.size + NONCE_BYTES + TAG_BYTES
_MOST_SEGMENTS = 1 << 40
_ROTATION = 20  # 2**20 segments are sealed under one key
_KEPT_OPEN = 3  # records across a border, and the index


class _Segments:
    """Header and segment keys of one message."""

    def __init__(
        self, key: SecretKey, iv: bytes, *, bound_to: bytes, segment_bytes: int, rotation: int
    ) -> None:
        self._start = _PARAMETERS.pack(0, 0, segment_bytes, _IV_BYTES) + iv
        self._bound_to = bound_to
        self._rotation = rotation
        tag = self._derived(key.reveal(), b"HEADER_TAG:", _HEADER_TAG_BYTES)
        self.header = self._start + tag
        self._message_key = self._derived(key.reveal(), b"MESSAGE_KEY:", _MESSAGE_KEY_BYTES)
        self._sealer, self._first = self._keyed(0), 0

    def sealer(self, position: int) -> Sealer:
        """What seals and opens the segment at `position`."""
        first = position >> self._rotation << self._rotation
        if first != self._first:
            self._sealer, self._first = self._keyed(first), first
        return self._sealer

    def _keyed(self, first: int) -> Sealer:
        key = self._derived(self._message_key, b"DEK:" + _POSITION.pack(first), KEY_BYTES)
        return Sealer(SecretKey(key))

    def _derived(self, key: bytes, purpose: bytes, length: int) -> bytes:
        return expand(key, info=self._start + purpose + self._bound_to, length=length)


def seal_stream(
    pieces: Iterable[Bytes],
    *,
    key: SecretKey,
    bound_to: bytes,
    segment_bytes: int = SEGMENT_BYTES,
    rotation: int = _ROTATION,
) -> Iterator[bytes]:
    """The sealed message in chunks; holds one segment of it. Every message needs a key of its own.

    The last segment is sealed when `pieces` end; what breaks off before that never opens.
    """
    segments = _Segments(
        key,
        random_bytes(_IV_BYTES),
        bound_to=bound_to,
        segment_bytes=segment_bytes,
        rotation=rotation,
    )
    yield segments.header
    room = segment_bytes - _OVERHEAD
    waiting = bytearray()
    position = 0
    for piece in pieces:
        rest = memoryview(piece)
        while len(waiting) + len(rest) > room:
            taken = room - len(waiting)
            if waiting:
                waiting += rest[:taken]
            yield from _sealed(segments, waiting or rest[:taken], position, is_last=False)
            rest = rest[taken:]
            position += 1
            waiting.clear()
        waiting += rest
    yield from _sealed(segments, waiting, position, is_last=True)


def _sealed(
    segments: _Segments, plaintext: Bytes, position: int, *, is_last: bool
) -> Iterator[bytes]:
    if position >= _MOST_SEGMENTS:
        msg = "a sealed stream holds at most 2**40 segments: store this in several objects"
        raise ValueError(msg)
    bound = _PLACE.pack(position, is_last)
    nonce, ciphertext = segments.sealer(position).parts(plaintext, bound_to=bound)
    length = _OVERHEAD + len(plaintext) if is_last else _NOT_LAST
    yield _LENGTH.pack(length) + nonce
    yield ciphertext


class OpenStream:
    """A sealed message that is open for reading at any place; keeps a few segments open.

    Making one reads header and last segment, and refuses unless they fit the key and the associated
    data: so nothing was cut off.
    """

    def __init__(
        self,
        blob: Blob,
        *,
        start: int,
        key: SecretKey,
        bound_to: bytes,
        what: str,
        segment_bytes: int = SEGMENT_BYTES,
        rotation: int = _ROTATION,
    ) -> None:
        """`start` is where in `blob` the message begins; `what` names it in errors."""
        self._blob = blob
        self._what = what
        self._segment_bytes = segment_bytes
        self._body = start + HEADER_BYTES
        full, last = divmod(max(blob.size - self._body, 0), segment_bytes)
        self._count = full + bool(last)
        self.size = blob.size - self._body - self._count * _OVERHEAD
        if self._count == 0 or 0 < last < _OVERHEAD:
            msg = f"{what} was truncated"
            raise Torn(msg)
        header = blob.read(start, HEADER_BYTES)
        iv = header[_PARAMETERS.size : _PARAMETERS.size + _IV_BYTES]
        self._segments = _Segments(
            key, iv, bound_to=bound_to, segment_bytes=segment_bytes, rotation=rotation
        )
        if not is_equal(header, self._segments.header):
            msg = f"{what} does not open: it was moved, edited, or sealed with another key"
            raise Tampered(msg)
        self._opened: dict[int, bytes] = {}
        self._segment(self._count - 1)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes of the message; `Tampered` when it doesn't hold them."""
        end = offset + length
        if not 0 <= offset <= end <= self.size:
            msg = f"what is looked for in {self._what} lies outside of it: it was edited"
            raise Tampered(msg)
        room = self._segment_bytes - _OVERHEAD
        parts = []
        while offset < end:
            position, start = divmod(offset, room)
            parts.append(self._segment(position)[start : start + end - offset])
            offset += len(parts[-1])
        return b"".join(parts)

    def _segment(self, position: int) -> bytes:
        segment = self._opened.pop(position, None)
        if segment is None:
            if len(self._opened) == _KEPT_OPEN:
                del self._opened[next(iter(self._opened))]  # the one unused for longest
            segment = self._open(position)
        self._opened[position] = segment
        return segment

    def _open(self, position: int) -> bytes:
        start = self._body + position * self._segment_bytes
        sealed = memoryview(
            self._blob.read(start, min(self._segment_bytes, self._blob.size - start))
        )
        is_last = position == self._count - 1
        what = f"segment {position} of {self._what}"
        (stated,) = _LENGTH.unpack_from(sealed)
        if is_last and stated > len(sealed):
            msg = f"{self._what} was truncated after {position} whole segments"
            raise Torn(msg)
        if stated != (len(sealed) if is_last else _NOT_LAST):
            msg = f"{what} was edited or moved"
            raise Tampered(msg)
        return self._segments.sealer(position).unseal(
            sealed[_LENGTH.size :], bound_to=_PLACE.pack(position, is_last), what=what
        )
