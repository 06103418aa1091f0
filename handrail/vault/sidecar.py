"""The sidecar of a stored object: what the object is, and its wrapped data key.

It lies beside the object (`<object key>.key`), so that rotation re-wraps it and never rewrites
data (R37). Every field is bound to the wrapped key as associated data: a sidecar that was edited,
or laid beside another object, gives no key.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from typing import Any

import orjson

from handrail.digests import canonical
from handrail.errors import BadInput, Tampered
from handrail.residency import DataClass
from handrail.vault.names import ObjectName

SIDECAR_VERSION = 2
SUFFIX = ".key"


@dataclass(frozen=True)
class WrappedKey:
    """A key sealed by version `version` of its class key."""

    version: int
    sealed: bytes


@dataclass(frozen=True)
class Sidecar:
    """What a stored object says of itself in clear, and its wrapped data key.

    `ids_digest` is the keyed digest of its record ids, which the audit log notes at every opening.
    """

    region: str
    name: ObjectName
    object_id: str
    records: int
    ids_digest: str
    key: WrappedKey

    @property
    def key_name(self) -> str:
        """The name its data key is wrapped under: every field but the wrapping itself."""
        fields = [
            "object", SIDECAR_VERSION, self.region, str(self.name.data_class), self.name.asset,
            self.name.partition, self.object_id, self.records, self.ids_digest,
        ]  # fmt: skip
        return canonical(fields).decode()

    def wrapped_anew(self, key: WrappedKey) -> Sidecar:
        """The same with its data key wrapped by another version."""
        return replace(self, key=key)

    def to_bytes(self) -> bytes:
        """As it is stored."""
        return canonical(
            {
                "v": SIDECAR_VERSION,
                "region": self.region,
                "class": str(self.name.data_class),
                "asset": self.name.asset,
                "partition": self.name.partition,
                "object": self.object_id,
                "records": self.records,
                "ids_digest": self.ids_digest,
                "key_version": self.key.version,
                "wrapped": b64encode(self.key.sealed).decode(),
            }
        )

    @classmethod
    def parse(cls, data: bytes, *, what: str) -> Sidecar:
        """Read a stored one; `Tampered`, naming `what`, for anything else."""
        try:
            row = orjson.loads(data)
            if row["v"] != SIDECAR_VERSION:
                msg = f"the sidecar of {what} has another version: ingest again"
                raise Tampered(msg)
            return cls(
                region=row["region"],
                name=ObjectName(row["asset"], row["partition"], DataClass(row["class"])),
                object_id=row["object"],
                records=_number(row["records"]),
                ids_digest=row["ids_digest"],
                key=WrappedKey(
                    _number(row["key_version"]), b64decode(row["wrapped"], validate=True)
                ),
            )
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, binascii.Error, BadInput):
            msg = f"the sidecar of {what} is not readable: it was edited or truncated"
            raise Tampered(msg) from None


def _number(value: Any) -> int:
    """One that was written here: a database can't be asked for a larger one."""
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise ValueError
    return value


def sidecar_key(object_key: str) -> str:
    """Where the store keeps the sidecar of the object `object_key`."""
    return object_key + SUFFIX
