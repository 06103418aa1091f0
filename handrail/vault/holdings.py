"""What the manifests hold in the store, and which of it is still needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from handrail.digests import canonical
from handrail.vault.database import Database
from handrail.vault.names import Artifact

_STORED = """
select asset, partition, digest, object_id, records, measures, at, is_current, config_hash
from artifacts where object_id is not null order by id
"""
_OF = """
select asset, partition, digest, object_id, records, measures
from artifacts
where asset = ? and is_current
and (object_id is null or object_id not in (select object_id from destroyed))
order by partition
"""
_MADE_OF = """
select distinct made.asset, made.partition, made.digest, made.object_id, made.records, made.measures
from inputs
join artifacts as made on made.id = inputs.artifact
where inputs.asset = ? and inputs.partition = ? and inputs.digest = ?
order by made.id
"""
_NEEDED = """
with recursive needed (asset, partition, digest) as (
    select asset, partition, digest from artifacts where is_current
    union
    select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
    from json_each(?)
    union
    select inputs.asset, inputs.partition, inputs.digest
    from needed
    join artifacts using (asset, partition, digest)
    join inputs on inputs.artifact = artifacts.id)
select asset, partition, digest from needed
"""


@dataclass(frozen=True)
class Stored:
    """An artifact with an object of its own, when it was made (ISO), and whether it is current.

    `config_hash` is of the code and settings it was made with.
    """

    artifact: Artifact
    at: str
    is_current: bool
    config_hash: str


class Holdings:
    """The objects that one region's manifests point to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Stored]:
        """Every artifact that was made with an object of its own, in order of making."""
        return [
            Stored(
                Artifact(r[0], r[1], r[2], r[3], r[4], orjson.loads(r[5])), r[6], bool(r[7]), r[8]
            )
            for r in self._database.rows(_STORED)
        ]

    def of(self, asset: str) -> list[Artifact]:
        """The current content of every partition of an asset that was not destroyed, by partition.

        The manifest of a destroyed one stays, see `Lineage.partitions`.
        """
        return [
            Artifact(r[0], r[1], r[2], r[3], r[4], orjson.loads(r[5]))
            for r in self._database.rows(_OF, (asset,))
        ]

    def made_of(self, artifact: Artifact) -> list[Artifact]:
        """Everything that was ever made from this content directly, in order of making."""
        content = (artifact.asset, artifact.partition, artifact.digest)
        return [
            Artifact(r[0], r[1], r[2], r[3], r[4], orjson.loads(r[5]))
            for r in self._database.rows(_MADE_OF, content)
        ]

    def superseded(self, *, roots: Iterable[Artifact]) -> list[Artifact]:
        """Those that nothing current and none of `roots` is, or was made from.

        Of content that was stored several times the newest object stands for all.
        """
        named = [(a.asset, a.partition, a.digest) for a in roots]
        needed = set(self._database.rows(_NEEDED, (canonical(named).decode(),)))
        newest = {_content(one.artifact): one.artifact.object_id for one in self.all()}
        return [
            one.artifact
            for one in self.all()
            if _content(one.artifact) not in needed
            or newest[_content(one.artifact)] != one.artifact.object_id
        ]


def _content(artifact: Artifact) -> tuple[str, str, str]:
    return artifact.asset, artifact.partition, artifact.digest
