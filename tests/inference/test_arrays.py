"""R31: what is read as arrays is numbers in one form; everything else has its own reason."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from handrail.errors import Tampered
from handrail.inference.arrays import from_bytes, to_bytes

HEADER = {"topics": ["refund", "où"], "seed": 5, "temperature": 1.5}
ARRAYS = {
    "bias": np.array([0.5, -1.0], dtype=np.float32),
    "empty": np.zeros((0, 3), dtype=np.float32),
    "weights": np.arange(6, dtype=np.float64).reshape(3, 2),
}
NUMBERS = st.sampled_from([np.float32, np.float64, np.int32, np.int64, np.uint8])


@given(
    array=arrays_of.arrays(
        NUMBERS, arrays_of.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
        elements={"allow_nan": False, "allow_infinity": False},
    ),
)  # fmt: skip
def test_what_was_written_is_read(array: np.ndarray[Any, Any]) -> None:
    data = to_bytes(HEADER, {"a": array, **ARRAYS})
    header, found = from_bytes(data, what="it")
    assert header == HEADER
    assert found.keys() == {"a", *ARRAYS}
    assert found["a"].dtype == array.dtype
    np.testing.assert_array_equal(found["a"], array)
    assert to_bytes(header, found) == data


def test_order_and_layout_in_memory_change_no_byte() -> None:
    turned = {name: np.asfortranarray(array) for name, array in reversed(ARRAYS.items())}
    assert to_bytes(HEADER, turned) == to_bytes(HEADER, ARRAYS)


def head_of(data: bytes) -> dict[str, Any]:
    length = int.from_bytes(data[:8], "little")
    found: dict[str, Any] = json.loads(data[8 : 8 + length])
    return found


def numbers_of(data: bytes) -> bytes:
    return data[8 + int.from_bytes(data[:8], "little") :]


def with_head(head: bytes | dict[str, Any], numbers: bytes) -> bytes:
    if isinstance(head, dict):
        head = json.dumps(head, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return len(head).to_bytes(8, "little") + head + numbers


def changed(**entries: Any) -> Callable[[bytes], bytes]:
    """Entries of the header replaced; an entry is a change of the one that is there."""

    def change(data: bytes) -> bytes:
        head = head_of(data)
        for name, entry in entries.items():
            head[name] = {**head.get(name, {}), **entry}
        return with_head(head, numbers_of(data))

    return change


def infinite(data: bytes) -> bytes:
    return to_bytes(HEADER, {**ARRAYS, "bias": np.array([np.inf, 0], dtype=np.float32)})


def not_a_number(data: bytes) -> bytes:
    return to_bytes(HEADER, {**ARRAYS, "weights": np.full((3, 2), np.nan)})


def twice(data: bytes) -> bytes:
    head = data[8 : len(data) - len(numbers_of(data))]
    entry = head[head.index(b'"bias"') : head.index(b',"empty"')]
    return with_head(head.replace(entry, entry + b"," + entry), numbers_of(data))


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda _: b"", "header is 0 bytes long, and has 0 in all"),
    "cut in the length": (lambda d: d[:5], "bytes long, and has 5 in all"),
    "cut in the header": (lambda d: d[:40], "bytes long, and has 40 in all"),
    "cut in the numbers": (lambda d: d[:-1], "array weights at a place that isn't its own"),
    "a byte more": (lambda d: d + b"!", "holds 1 bytes that belong to no array"),
    "header of 1 GB": (lambda d: (1 << 30).to_bytes(8, "little") + d[8:], "is 1073741824 bytes"),
    "header without end": (lambda d: b"\xff" * 8 + d[8:], "is 18446744073709551615 bytes"),
    "header of nothing": (lambda d: with_head(b"", numbers_of(d)), "is no JSON object"),
    "header of a list": (lambda d: with_head(b"[]", numbers_of(d)), "is no JSON object"),
    "header of NaN": (lambda d: with_head(b'{"a":NaN}', b""), "is no JSON object"),
    "header nested deep": (lambda d: with_head(b'{"a":' + b"[" * 100_000, b""), "no JSON object"),
    "header of a huge number": (
        lambda d: with_head(b'{"a":' + b"9" * 400 + b"}", b""), "isn't written as ours are",
    ),
    "header with spaces": (
        lambda d: with_head(json.dumps(head_of(d)).encode(), numbers_of(d)),
        "isn't written as ours are",
    ),
    "an array twice": (twice, "isn't written as ours are"),
    "no header of ours": (lambda d: with_head({}, b""), "has no header of ours"),
    "more than our header": (changed(__metadata__={"loader_module": "os"}), "no header of ours"),
    "objects": (changed(bias={"dtype": "O"}), "array bias of a type that isn't numbers"),
    "texts": (changed(bias={"dtype": "<U8"}), "array bias of a type that isn't numbers"),
    "a type that is a list": (changed(bias={"dtype": ["F32"]}), "a type that isn't numbers"),
    "negative shape": (changed(bias={"shape": [-2]}), "array bias of a shape that can't be"),
    "shape of a truth": (changed(bias={"shape": [True]}), "array bias of a shape that can't be"),
    "shape of a text": (changed(bias={"shape": ""}), "array bias of a shape that can't be"),
    "five axes": (changed(bias={"shape": [2, 1, 1, 1, 1]}), "bias of a shape that can't be"),
    "shape past the end": (
        changed(bias={"shape": [1 << 30, 1 << 30, 1 << 30]}), "bias at a place that isn't its own",
    ),
    "over another": (
        changed(weights={"data_offsets": [0, 48]}), "array weights at a place that isn't its own",
    ),
    "a gap": (changed(weights={"data_offsets": [9, 57]}), "weights at a place that isn't its own"),
    "places before the beginning": (
        changed(bias={"data_offsets": [-8, 0]}), "array bias at a place that isn't its own",
    ),
    "a path for a name": (
        changed(**{"../../etc/cron.d/x": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}}),
        "an array whose name is more than a name",
    ),
    "external data": (
        changed(bias={"location": "../../etc/passwd"}),
        "says of array bias other things than type, shape and place",
    ),
    "infinite": (infinite, "numbers in array bias that aren't finite"),
    "not a number": (not_a_number, "numbers in array weights that aren't finite"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_refused_with_their_reason(name: str) -> None:
    change, reason = HOSTILE[name]
    data = change(to_bytes(HEADER, ARRAYS))
    begun = time.process_time()
    with pytest.raises(Tampered) as refusal:
        from_bytes(data, what="the router")
    assert reason in str(refusal.value)
    assert str(refusal.value).startswith("the router ")
    assert time.process_time() - begun < 1


@given(data=st.binary(max_size=200), tail=st.booleans())
def test_other_bytes_are_refused(data: bytes, tail: bool) -> None:
    whole = to_bytes(HEADER, ARRAYS)
    with pytest.raises(Tampered):
        from_bytes(whole + data + b"x" if tail else data, what="it")


@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_another_bit_is_refused_or_is_another_number(place: int, bit: int) -> None:
    data = bytearray(to_bytes(HEADER, ARRAYS))
    at = place % len(data)
    data[at] ^= 1 << bit
    try:
        header, arrays = from_bytes(bytes(data), what="it")
    except Tampered:
        return
    assert to_bytes(header, arrays) == bytes(data)
