"""Seals of the manifests: each covers one manifest whole and the seal of the one before.

SQLite notices a damaged page, not a changed letter in a row. The seals are plain hashes, since the
manifests are read where no key is opened: they name what a disk or a hand has changed, and the
audit log, which is signed, is what holds against somebody who can compute them anew.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from handrail.digests import digest
from handrail.errors import Tampered
from handrail.vault.database import Database

SCHEMA = """
create table if not exists seals (
    artifact integer primary key references artifacts (id), seal text not null);
"""
_FIELDS = "id, asset, partition, digest, object_id, records, measures, config_hash, run_id, at"
_INPUTS = "artifact, asset, partition, digest"
_FINDINGS = "artifact, name, verdict, reason, blocking, measures"
Row = Sequence[Any]


def seal_newest(connection: sqlite3.Connection, artifact: int) -> None:
    """Seal the manifest that was just written, in the transaction that writes it."""
    (previous,) = connection.execute(
        "select coalesce((select seal from seals order by artifact desc limit 1), '')"
    ).fetchone()
    manifest = connection.execute(
        f"select {_FIELDS} from artifacts where id = ?",
        (artifact,),  # noqa: S608
    ).fetchone()
    inputs = connection.execute(
        f"select {_INPUTS} from inputs where artifact = ? order by rowid",
        (artifact,),  # noqa: S608
    ).fetchall()
    findings = connection.execute(
        f"select {_FINDINGS} from findings where artifact = ? order by rowid",  # noqa: S608
        (artifact,),
    ).fetchall()
    connection.execute(
        "insert into seals values (?, ?)", (artifact, _seal(previous, manifest, inputs, findings))
    )


def verify_seals(database: Database) -> int:
    """Check every manifest against its seal; `Tampered` names the first one that differs.

    Returns how many there are. Memory grows with the manifests' number.
    """
    with database.reading():
        manifests = database.rows(f"select {_FIELDS} from artifacts order by id")  # noqa: S608
        seals = dict(database.rows("select artifact, seal from seals"))
        inputs = _by_artifact(database.rows(f"select {_INPUTS} from inputs order by rowid"))  # noqa: S608
        findings = _by_artifact(
            database.rows(f"select {_FINDINGS} from findings order by rowid")  # noqa: S608
        )
        wrong = database.rows(
            "select asset, partition from artifacts a where is_current is not (id = (select max(id)"
            " from artifacts b where b.asset = a.asset and b.partition = a.partition)) limit 1"
        )
    previous = ""
    for row in manifests:
        try:
            seal = _seal(previous, row, inputs.pop(row[0], ()), findings.pop(row[0], ()))
        except TypeError:  # a text that became bytes
            seal = ""
        if seals.pop(row[0], None) != seal:
            msg = f"manifest {row[0]} ({row[1]} of {row[2]}) was changed, or one before it removed"
            raise Tampered(msg)
        previous = seal
    if inputs or findings or seals:
        left = min([*inputs, *findings, *seals])
        msg = f"manifest {left} was removed, and what belongs to it is still there"
        raise Tampered(msg)
    if wrong:
        asset, partition = wrong[0]
        msg = f"another manifest than the newest is the current one for {asset} of {partition}"
        raise Tampered(msg)
    return len(manifests)


def _seal(previous: str, manifest: Row, inputs: Sequence[Row], findings: Sequence[Row]) -> str:
    return digest([previous, manifest, inputs, findings])


def _by_artifact(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    grouped: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped
