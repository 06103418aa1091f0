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
_MANIFESTS = (
    "select id, asset, partition, digest, object_id, records, measures, config_hash, run_id, at "
    "from artifacts"
)
_INPUTS = "select artifact, asset, partition, digest from inputs"
_FINDINGS = "select artifact, name, verdict, reason, blocking, measures from findings"
Row = Sequence[Any]


def seal_newest(connection: sqlite3.Connection, artifact: int) -> None:
    """Seal the manifest that was just written, in the transaction that writes it."""
    (previous,) = connection.execute(
        "select coalesce((select seal from seals order by artifact desc limit 1), '')"
    ).fetchone()
    manifest = connection.execute(f"{_MANIFESTS} where id = ?", (artifact,)).fetchone()
    inputs, findings = (
        connection.execute(f"{rows} where artifact = ? order by rowid", (artifact,)).fetchall()
        for rows in (_INPUTS, _FINDINGS)
    )
    connection.execute(
        "insert into seals values (?, ?)", (artifact, _seal(previous, manifest, inputs, findings))
    )


def verify_seals(database: Database) -> int:
    """Check every manifest against its seal; `Tampered` names the first one that differs.

    Returns how many there are. Memory grows with the manifests' number.
    """
    with database.reading():
        manifests = database.rows(f"{_MANIFESTS} order by id")
        seals = dict(database.rows("select artifact, seal from seals"))
        inputs = _by_artifact(database.rows(f"{_INPUTS} order by rowid"))
        findings = _by_artifact(database.rows(f"{_FINDINGS} order by rowid"))
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
