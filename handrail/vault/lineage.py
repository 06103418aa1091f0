"""Manifests: what every asset partition holds, what it was made from, and what its checks said.

One SQLite file a region. `why`, erasure and residency are answered from here, and every asset asks
here whether its upstream passed; the orchestrator's event log only shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import orjson

from handrail.clock import Clock, iso
from handrail.digests import canonical
from handrail.errors import NotPassed
from handrail.residency import require_region
from handrail.vault import destructions, manifest_seals
from handrail.vault.database import Database
from handrail.vault.destructions import Destructions
from handrail.vault.holdings import Holdings
from handrail.vault.names import Artifact
from handrail.verdicts import Finding, Verdict, worst

_SCHEMA = """
create table if not exists pin (one integer primary key check (one = 1), region text not null);
create table if not exists artifacts (
    id integer primary key, asset text not null, partition text not null, digest text not null,
    object_id text, records integer not null, measures text not null, config_hash text not null,
    run_id text not null, at text not null, is_current integer not null);
create unique index if not exists one_current on artifacts (asset, partition) where is_current;
create index if not exists by_digest on artifacts (asset, digest);
create table if not exists inputs (
    artifact integer not null references artifacts (id),
    asset text not null, partition text not null, digest text not null);
create index if not exists inputs_of on inputs (artifact);
create table if not exists findings (
    artifact integer not null references artifacts (id), name text not null, verdict text not null,
    reason text not null, blocking integer not null, measures text not null);
create index if not exists findings_of on findings (artifact);
"""
_COLUMNS = "asset, partition, digest, object_id, records, measures"


class Lineage:
    """The manifests of one region."""

    def __init__(self, path: Path, *, region: str, clock: Clock) -> None:
        self._region = region
        self._clock = clock
        schema = _SCHEMA + manifest_seals.SCHEMA + destructions.SCHEMA
        self._database = Database(path, schema, what=f"the manifest file of region {region}")
        try:
            require_region(region, self._pinned_to(), f"the manifest file {path}")
        except BaseException:
            self._database.close()
            raise
        self.holdings = Holdings(self._database)
        self.destructions = Destructions(self._database, clock=clock)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def commit(
        self,
        artifact: Artifact,
        *,
        inputs: Iterable[Artifact],
        findings: Sequence[Finding],
        config_hash: str,
        run_id: str,
    ) -> None:
        """Make `artifact` its partition's current content, with inputs and findings, at once."""
        at = iso(self._clock())
        with self._database.writing() as connection:
            connection.execute(
                "update artifacts set is_current = 0 "
                "where asset = ? and partition = ? and is_current",
                (artifact.asset, artifact.partition),
            )
            key = connection.execute(
                "insert into artifacts (asset, partition, digest, object_id, records, measures, "
                "config_hash, run_id, at, is_current) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                (
                    artifact.asset,
                    artifact.partition,
                    artifact.digest,
                    artifact.object_id,
                    artifact.records,
                    canonical(dict(artifact.measures)).decode(),
                    config_hash,
                    run_id,
                    at,
                ),
            ).lastrowid
            connection.executemany(
                "insert into inputs values (?, ?, ?, ?)",
                [(key, i.asset, i.partition, i.digest) for i in inputs],
            )
            connection.executemany(
                "insert into findings values (?, ?, ?, ?, ?, ?)",
                [
                    (
                        key,
                        f.check,
                        str(f.verdict),
                        f.reason,
                        int(f.blocking),
                        canonical(dict(f.measures)).decode(),
                    )
                    for f in findings
                ],
            )
            manifest_seals.seal_newest(connection, int(key or 0))

    def current(self, asset: str, partition: str) -> Artifact | None:
        """What the partition holds now, or None."""
        rows = self._artifacts("asset = ? and partition = ? and is_current", asset, partition)
        return rows[0] if rows else None

    def partitions(self, asset: str) -> list[Artifact]:
        """The current content of every partition of an asset, in order of partition."""
        return self._artifacts("asset = ? and is_current", asset)

    def made(self, asset: str, digest: str) -> Artifact | None:
        """The newest artifact of that content, current or not."""
        rows = self._artifacts("asset = ? and digest = ?", asset, digest)
        return rows[-1] if rows else None

    def history(self, asset: str, partition: str) -> list[tuple[Artifact, str]]:
        """Every content the partition ever held, with the time (ISO) it was made, oldest first.

        The same content made again counts once, at its latest time.
        """
        rows = self._database.rows(
            f"select {_COLUMNS}, at from artifacts where id in (select max(id) from artifacts "  # noqa: S608
            "where asset = ? and partition = ? group by digest) order by id",
            (asset, partition),
        )
        return [
            (Artifact(r[0], r[1], r[2], r[3], r[4], orjson.loads(r[5])), str(r[6])) for r in rows
        ]

    def times_made(self, asset: str, partition: str) -> int:
        """How often a partition was made, whatever came of it."""
        rows = self._database.rows(
            "select count(*) from artifacts where asset = ? and partition = ?", (asset, partition)
        )
        return int(rows[0][0])

    def made_in(self, run_id: str) -> int:
        """How many artifacts a run has made so far."""
        rows = self._database.rows("select count(*) from artifacts where run_id = ?", (run_id,))
        return int(rows[0][0])

    def everything(self) -> list[Artifact]:
        """Every artifact that was ever made, current or not, in order of making."""
        rows = self._database.rows(f"select {_COLUMNS} from artifacts order by id")  # noqa: S608
        return [Artifact(r[0], r[1], r[2], r[3], r[4], orjson.loads(r[5])) for r in rows]

    def verify(self) -> int:
        """Check that no manifest was changed or removed; `Tampered` names the first. Their number.

        The newest ones may be gone whole: then their objects are orphans, see `handrail verify`.
        """
        self._database.require_sound()
        self.destructions.verify()
        return manifest_seals.verify_seals(self._database)

    def findings(self, artifact: Artifact) -> list[Finding]:
        """What the checks said of this content when it was last made."""
        rows = self._database.rows(
            "select name, verdict, reason, blocking, measures from findings where artifact = "
            "(select max(id) from artifacts where asset = ? and partition = ? and digest = ?)",
            (artifact.asset, artifact.partition, artifact.digest),
        )
        return [
            Finding(name, Verdict(verdict), reason, bool(blocking), orjson.loads(measures))
            for name, verdict, reason, blocking, measures in rows
        ]

    def inputs(self, artifact: Artifact) -> list[Artifact]:
        """The artifacts this one was made from."""
        rows = self._database.rows(
            "select asset, partition, digest from inputs where artifact = "
            "(select max(id) from artifacts where asset = ? and partition = ? and digest = ?) "
            "order by asset, partition",
            (artifact.asset, artifact.partition, artifact.digest),
        )
        found = []
        for asset, partition, digest in rows:
            known = self._artifacts(
                "asset = ? and partition = ? and digest = ?", asset, partition, digest
            )
            # An input from outside (an export, the playbook) has no manifest row of its own here.
            found.append(known[-1] if known else Artifact(asset, partition, digest, None, 0, {}))
        return found

    def config_hash(self, artifact: Artifact) -> str:
        """The hash of the code and settings the artifact was made with."""
        rows = self._database.rows(
            "select config_hash from artifacts where asset = ? and partition = ? and digest = ? "
            "order by id desc limit 1",
            (artifact.asset, artifact.partition, artifact.digest),
        )
        return str(rows[0][0]) if rows else ""

    def older_than(self, artifact: Artifact, asset: str) -> bool:
        """Whether `artifact` was made before the newest content of `asset`."""
        newest = self._database.rows(
            "select coalesce(max(id), 0) from artifacts where asset = ?", (asset,)
        )[0][0]
        made = self._database.rows(
            "select max(id) from artifacts where asset = ? and partition = ? and digest = ?",
            (artifact.asset, artifact.partition, artifact.digest),
        )[0][0]
        return bool(made is None or made < newest)

    def verdict(self, asset: str, partition: str) -> Verdict:
        """The verdict of what a partition holds now; nothing there is NOT MEASURED."""
        artifact = self.current(asset, partition)
        return Verdict.NOT_MEASURED if artifact is None else worst(self.findings(artifact))

    def require_passed(self, asset: str, partition: str) -> Artifact:
        """The partition's content, if it and everything it was made from passed and still holds.

        Looked up through all inputs: a raw day that was sealed anew, or that fails now, holds back
        whatever was made of it.
        """
        return self._require(asset, partition, set())

    def _require(self, asset: str, partition: str, settled: set[tuple[str, str]]) -> Artifact:
        artifact = self._made_now(asset, partition)
        self.require_verdict(artifact)
        settled.add((asset, partition))
        for used in self.inputs(artifact):
            now = self.current(used.asset, used.partition)
            if now is None or (used.asset, used.partition) in settled:
                continue  # a file from outside has no manifest row here
            if now.digest != used.digest:
                what = self._named(asset, partition)
                msg = f"{what} was made from an older {used.asset}: materialize it again"
                raise NotPassed(msg)
            self._require(used.asset, used.partition, settled)
        return artifact

    def require_passed_as_made(self, asset: str, partition: str) -> Artifact:
        """The partition's content, if it and everything it was made from passed as they are.

        For judging what was made, not for building on it: inputs are looked up by their content
        hash, so newer content beside them changes nothing, and what was found out about that very
        content since holds it back.
        """
        artifact = self._made_now(asset, partition)
        settled: set[tuple[str, str, str]] = set()
        open_ends = [artifact]
        while open_ends:
            one = open_ends.pop()
            content = (one.asset, one.partition, one.digest)
            if content in settled or self.current(one.asset, one.partition) is None:
                continue  # a file from outside has no manifest row here
            settled.add(content)
            self.require_verdict(one)
            open_ends += self.inputs(one)
        return artifact

    def require_verdict(self, artifact: Artifact) -> None:
        """Refuse content that its own checks did not pass, current or not."""
        findings = self.findings(artifact)
        verdict = worst(findings)
        if not verdict.passed:
            what = self._named(artifact.asset, artifact.partition)
            reasons = "; ".join(f.reason for f in findings if f.blocking and not f.verdict.passed)
            because = reasons or f"no check of content {artifact.digest[:12]} is on record"
            msg = f"{what} is {verdict}, so nothing is built on it: {because}"
            raise NotPassed(msg)

    def _made_now(self, asset: str, partition: str) -> Artifact:
        artifact = self.current(asset, partition)
        if artifact is None:
            msg = f"{self._named(asset, partition)} was never made: `handrail run` makes it"
            raise NotPassed(msg)
        return artifact

    def _named(self, asset: str, partition: str) -> str:
        return f"{asset} of {partition} in region {self._region}"

    def require_all_passed(self, asset: str) -> list[Artifact]:
        """`require_passed` of every partition that is held; refuses when there is none.

        What was destroyed is not held any more.
        """
        held = self.holdings.of(asset)
        if not held:
            msg = f"{asset} holds nothing in region {self._region}: run the intake first"
            raise NotPassed(msg)
        return [self.require_passed(asset, a.partition) for a in held]

    def _pinned_to(self) -> str:
        """The region the file was made for."""
        pinned = "select region from pin"
        rows = self._database.rows(pinned)
        if not rows:
            with self._database.writing() as connection:  # another process may have been first
                connection.execute("insert or ignore into pin values (1, ?)", (self._region,))
            rows = self._database.rows(pinned)
        return str(rows[0][0])

    def _artifacts(self, where: str, *values: str) -> list[Artifact]:
        rows = self._database.rows(
            f"select {_COLUMNS} from artifacts where {where} order by partition, id",  # noqa: S608
            values,
        )
        return [
            Artifact(row[0], row[1], row[2], row[3], row[4], orjson.loads(row[5])) for row in rows
        ]
