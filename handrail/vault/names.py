"""Values the vault speaks in: what an object is called, what a record is, what was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from handrail.errors import BadInput
from handrail.residency import DataClass

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
# How a data subject is looked up that is a conversation, because nobody knows whose it is; and how
# its id begins, so that those who may not look anybody up can tell.
CONVERSATION, _OF_NOBODY_KNOWN = "conversation/", "conversation-"


def subject_id(lookup: str, random: str) -> str:
    """The id of a new data subject: a random one, marked where it is a conversation."""
    return f"{_OF_NOBODY_KNOWN}{random}" if lookup.startswith(CONVERSATION) else random


def is_of_nobody_known(subject: str) -> bool:
    """Whether a data subject is a conversation whose customer the export doesn't name."""
    return subject.startswith(_OF_NOBODY_KNOWN)


@dataclass(frozen=True)
class ObjectName:
    """Asset and partition an object belongs to, and its class of data.

    `partition` is a day (`2026-01-05`), the region's name for per-region assets, or an id.
    """

    asset: str
    partition: str
    data_class: DataClass

    def __post_init__(self) -> None:
        if not (_SAFE.fullmatch(self.asset) and _SAFE.fullmatch(self.partition)):
            msg = "asset and partition are 1 to 96 letters, digits and ._- (no path)"
            raise BadInput(msg)

    def key(self, object_id: str) -> str:
        """Where the store keeps the object: `asset/partition/object id`."""
        return f"{self.asset}/{self.partition}/{object_id}"


@dataclass(frozen=True)
class Place:
    """Where a sealed object belongs: what is sealed for one place doesn't open at another (R38)."""

    region: str
    name: ObjectName
    object_id: str

    @property
    def key(self) -> str:
        """Where the store keeps it."""
        return self.name.key(self.object_id)

    @property
    def what(self) -> str:
        """What messages call it."""
        return f"object {self.key}"


@dataclass(frozen=True)
class Record:
    """One record of an object: its id, whose data it is, its bytes.

    `subject` is the vault's random subject id (see `RegionVault.subjects`) or None where nobody's
    data is in it (a model, a manifest). The record of a subject is sealed with a key of its own.
    """

    record_id: str
    subject: str | None
    payload: bytes


@dataclass(frozen=True)
class Artifact:
    """What an asset partition holds now.

    `digest` is the content's hash (64 hex digits; keyed for class raw), the id everything
    downstream refers to. `object_id` names the sealed object, None for an artifact without one.
    """

    asset: str
    partition: str
    digest: str
    object_id: str | None
    records: int
    measures: Mapping[str, int | float | str]

    @property
    def id(self) -> str:
        """`asset/partition@digest`, for people and lineage."""
        return f"{self.asset}/{self.partition}@{self.digest[:16]}"


def object_key(artifact: Artifact) -> str:
    """Where the store keeps the object of an artifact that has one."""
    if artifact.object_id is None:
        msg = f"{artifact.id} has no sealed object"
        raise ValueError(msg)
    return f"{artifact.asset}/{artifact.partition}/{artifact.object_id}"
