"""A copy of a sealed object as one file: what it is, in clear, then the object's bytes.

No key is in it. It opens through the vault that sealed it, with the key beside the stored object:
the key is rotated and destroyed there, for every copy at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson

from handrail.digests import canonical
from handrail.errors import BadInput, Torn
from handrail.residency import DataClass
from handrail.vault.names import ObjectName, Place

_VERSION = 1
_LONGEST_HEAD = 4096


@dataclass(frozen=True)
class SealedFile:
    """The bytes of a sealed object out of its store (`stores.Blob`), and the place it is of."""

    place: Place
    data: bytes

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return len(self.data)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; `Torn` when there are fewer."""
        part = self.data[offset : offset + length]
        if len(part) < length:
            msg = f"the copy of {self.place.what} is truncated: make it again"
            raise Torn(msg)
        return part

    def to_bytes(self) -> bytes:
        """As it lies in a file."""
        name = self.place.name
        head = {
            "sealed": _VERSION, "region": self.place.region, "class": name.data_class,
            "asset": name.asset, "partition": name.partition, "object": self.place.object_id,
        }  # fmt: skip
        return canonical(head) + b"\n" + self.data


def read_sealed_file(path: Path) -> SealedFile:
    """The file that `to_bytes` wrote; anything else is `BadInput`. Nothing in it is proven yet."""
    whole = path.read_bytes()
    head, _, data = whole.partition(b"\n")
    try:
        row = orjson.loads(head[:_LONGEST_HEAD])
        if row["sealed"] != _VERSION:
            raise ValueError
        name = ObjectName(row["asset"], row["partition"], DataClass(row["class"]))
        return SealedFile(Place(str(row["region"]), name, str(row["object"])), data)
    except (KeyError, TypeError, ValueError, BadInput):
        msg = f"{path} is no sealed file of this version: `handrail dataset export` makes one"
        raise BadInput(msg) from None
