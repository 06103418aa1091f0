"""A header and arrays of numbers as bytes that can only ever be that: the safetensors format.

Eight bytes say how long a JSON header is, it says where each array lies, and the numbers follow
without a gap. Nothing in it is code, compressed, a path or a reference, so reading it runs nothing
and makes nothing larger than it is. The same content has one form, and no other form is read.
Format: https://github.com/huggingface/safetensors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from handrail.digests import canonical
from handrail.errors import Tampered

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays = Mapping[str, "NDArray[Any]"]
_TYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U8": "|u1"}
_ABOUT, _HEADER = "__metadata__", "header"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_LENGTH = 8
_LONGEST_HEADER = 1 << 26
_MOST_AXES = 4
# What else is handed around as a model, by its first bytes.
_OTHERS = (
    (b"PK", "a zip archive (npz, skops, Keras or PyTorch)"),
    (b"\x80", "a pickle"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"x\x9c", "a zlib stream (joblib)"),
    (b"GGUF", "a GGUF file"),
    (b"\x08", "an ONNX file"),
)


def to_bytes(header: Mapping[str, Any], arrays: Arrays) -> bytes:
    """`header` (JSON values) and named arrays of numbers; the same content gives the same bytes."""
    import numpy as np

    entries: dict[str, Any] = {_ABOUT: {_HEADER: canonical(header).decode()}}
    codes = {code: name for name, code in _TYPES.items()}
    parts: list[bytes] = []
    at = 0
    for name, array in sorted(arrays.items()):
        plain = np.ascontiguousarray(array)
        plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
        part = plain.tobytes()
        entries[name] = {
            "dtype": codes[plain.dtype.str],
            "shape": list(array.shape),
            "data_offsets": [at, at + len(part)],
        }
        at += len(part)
        parts.append(part)
    head = canonical(entries)
    return b"".join([len(head).to_bytes(_LENGTH, "little"), head, *parts])


def from_bytes(data: bytes, *, what: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays that `to_bytes` wrote; `Tampered`, with a reason, for all else.

    Every number is finite. `what` names the bytes in the reason.
    """
    entries, start = _entries(data, what)
    about = entries.pop(_ABOUT, None)
    if not (isinstance(about, dict) and about.keys() == {_HEADER}):
        raise _tampered(what, "has no header of ours")
    header = _json(str(about[_HEADER]).encode(), what)
    arrays: dict[str, NDArray[Any]] = {}
    at = 0
    for name, entry in entries.items():
        arrays[name], at = _array(name, entry, memoryview(data)[start:], at, what)
    if at != len(data) - start:
        raise _tampered(what, f"holds {len(data) - start - at} bytes that belong to no array")
    return header, arrays


def foreign(data: bytes) -> str | None:
    """What `data` is when it is another format in which models are handed around, else None."""
    return next((name for begin, name in _OTHERS if data.startswith(begin)), None)


def _entries(data: bytes, what: str) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(data[:_LENGTH], "little")
    start = _LENGTH + length
    if len(data) < _LENGTH or length > _LONGEST_HEADER or start > len(data):
        other = foreign(data)
        if other is not None:
            raise _tampered(what, f"is {other}; only plain arrays are read")
        reason = f"says its header is {length} bytes long, and has {len(data)} in all"
        raise _tampered(what, reason)
    return _json(data[_LENGTH:start], what), start


def _json(text: bytes, what: str) -> dict[str, Any]:
    """A JSON object in the one form that `canonical` writes: no name twice, no other order."""
    try:
        found = from_json(text, allow_inf_nan=False)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _tampered(what, "has a header that is no JSON object") from None
    try:
        is_ours = canonical(found) == text
    except TypeError:  # a whole number of more than 64 bits
        is_ours = False
    if not is_ours:
        raise _tampered(what, "has a header that isn't written as ours are (a name stands twice?)")
    return found


def _array(
    name: str, entry: Any, numbers: memoryview, at: int, what: str
) -> tuple[NDArray[Any], int]:
    import numpy as np

    if not _NAME.fullmatch(name):
        raise _tampered(what, "has an array whose name is more than a name")
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise _tampered(what, f"says of array {name} other things than type, shape and place")
    code = _TYPES.get(str(entry["dtype"]))
    if code is None:
        raise _tampered(what, f"has array {name} of a type that isn't numbers")
    shape = entry["shape"]
    if not _is_shape(shape):
        raise _tampered(what, f"has array {name} of a shape that can't be")
    end = at + prod(shape) * np.dtype(code).itemsize
    if entry["data_offsets"] != [at, end] or end > len(numbers):
        raise _tampered(what, f"has array {name} at a place that isn't its own")
    array = np.frombuffer(numbers[at:end], dtype=code).reshape(shape).copy()
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise _tampered(what, f"has numbers in array {name} that aren't finite")
    return array, end


def _is_shape(shape: Any) -> bool:
    return (
        isinstance(shape, list)
        and len(shape) <= _MOST_AXES
        and all(type(size) is int and 0 <= size < 1 << 31 for size in shape)
    )


def _tampered(what: str, reason: str) -> Tampered:
    return Tampered(f"{what} {reason}: restore it or train it again")
