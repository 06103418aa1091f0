"""A model as records: a manifest, and members that are JSON or arrays and nothing else.

What a model file can do to the machine that reads it depends on its format, so there are two, and
neither can hold code, a path, a reference or anything compressed. The manifest says of each member
its kind, length and SHA-256; all of it is compared before any member is opened. The vault has
authenticated the records before that: whoever can forge them holds the region's keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.inference.arrays import foreign
from handrail.residency import require_region
from handrail.vault.names import Record

FORMAT = "handrail-model-2"
MANIFEST = "manifest"
# No router of ours comes near; a model that says it does is not ours.
_MOST_BYTES = 1 << 30
_LONGEST_MANIFEST = 1 << 16
_NAME = re.compile(r"[a-z][a-z_]{0,31}")
T = TypeVar("T")


class Kind(StrEnum):
    """What a member is; there is no kind that can be run."""

    JSON = "json"
    ARRAYS = "arrays"


@dataclass(frozen=True)
class Member:
    """One part of a model."""

    name: str
    kind: Kind
    content: bytes


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    kind: str
    bytes: int = Field(ge=0, le=_MOST_BYTES)
    sha256: str


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    format: str
    region: str
    members: dict[str, _Entry]


def packed(members: Iterable[Member], *, region: str) -> list[Record]:
    """The records of a model: the manifest, then the members."""
    members = list(members)
    manifest = {
        "format": FORMAT,
        "region": region,
        "members": {
            m.name: {"kind": m.kind, "bytes": len(m.content), "sha256": digest(m.content)}
            for m in members
        },
    }
    return [
        Record(MANIFEST, None, canonical(manifest)),
        *(Record(m.name, None, m.content) for m in members),
    ]


def collected(records: Iterable[Record], *, what: str) -> list[Record]:
    """The records of a model, no more of them than a model has; `Tampered` if there are."""
    kept: list[Record] = []
    size = 0
    for record in records:
        size += len(record.payload)
        if size > _MOST_BYTES:
            raise _tampered(what, f"is larger than {_MOST_BYTES >> 30} GiB")
        kept.append(record)
    return kept


def unpacked(
    records: Iterable[Record], kinds: Mapping[str, Kind], *, region: str, what: str
) -> Mapping[str, bytes]:
    """The members by name, each as its manifest says; `kinds` are the members there must be.

    `Tampered`, with the reason, before any member is opened if one is missing, twice there, in no
    manifest, longer, shorter or other than the manifest says, or of a kind that isn't read;
    `ResidencyViolation` if the manifest is another region's.
    """
    first, *rest = list(records) or [Record("", None, b"")]
    manifest = _manifest(first, what)
    require_region(region, manifest.region, f"the manifest of {what}")
    names = [record.record_id for record in rest]
    if len(set(names)) != len(names):
        raise _tampered(what, "holds a member twice")
    if set(names) - manifest.members.keys():
        raise _tampered(what, "holds a member that its manifest doesn't name")
    if manifest.members.keys() != set(names):
        raise _tampered(what, "lacks a member that its manifest names")
    if {name: entry.kind for name, entry in manifest.members.items()} != dict(kinds):
        raise _tampered(what, "has other members than a model of this version")
    for record in rest:
        _require_stated(record, manifest.members[record.record_id], what)
    return {record.record_id: record.payload for record in rest}


def read_as(adapter: TypeAdapter[T], content: bytes, *, what: str) -> T:
    """The value of a member of kind JSON; `Tampered`, with what it is, if it is no such value."""
    try:
        return adapter.validate_json(content)
    except ValidationError:
        other = foreign(content) or "JSON of something else, or none"
    msg = f"{what} is {other}: restore it or train it again"
    raise Tampered(msg)


def _manifest(record: Record, what: str) -> _Manifest:
    if record.record_id != MANIFEST:
        raise _tampered(what, "has no manifest, as models of an earlier version have none")
    if len(record.payload) > _LONGEST_MANIFEST:
        raise _tampered(what, "has a manifest that is longer than any of ours")
    try:
        manifest = _Manifest.model_validate_json(record.payload)
    except ValidationError:
        manifest = None
    if manifest is None or canonical(manifest.model_dump()) != record.payload:
        raise _tampered(what, "has a manifest that isn't written as ours are")
    if manifest.format != FORMAT:
        raise _tampered(what, "has another format than this version writes")
    for name, entry in manifest.members.items():
        if not _NAME.fullmatch(name):
            raise _tampered(what, "has a member whose name is more than a name")
        if entry.kind not in set(Kind):
            kinds = " and ".join(Kind)
            raise _tampered(what, f"has member {name} of a kind that isn't read ({kinds} are)")
    return manifest


def _require_stated(record: Record, stated: _Entry, what: str) -> None:
    name = record.record_id
    if len(record.payload) != stated.bytes:
        reason = f"has {len(record.payload)} bytes of member {name}, its manifest says other"
        raise _tampered(what, reason)
    if digest(record.payload) != stated.sha256:
        raise _tampered(what, f"has other bytes of member {name} than its manifest says")


def _tampered(what: str, reason: str) -> Tampered:
    return Tampered(f"{what} {reason}: restore it or train it again")
