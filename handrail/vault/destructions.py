"""What of a region is kept no longer: its destroyed objects, and the day its chats are kept since.

Rows of the manifest file. The manifests themselves stay: what was made of a destroyed object, and
when, can be told for good; only its content can't be read any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handrail.clock import Clock, iso
from handrail.digests import digest
from handrail.errors import Destroyed, Tampered
from handrail.residency import DataClass
from handrail.vault.database import Database
from handrail.vault.names import Artifact

SCHEMA = """
create table if not exists destroyed (
    object_id text primary key, at text not null, reason text not null, seal text not null);
create table if not exists kept_since (
    class text primary key, day text not null, seal text not null);
"""


@dataclass(frozen=True)
class Destruction:
    """When (ISO) and by what rule the keys of an object were destroyed."""

    at: str
    reason: str


class Destructions:
    """The destroyed objects of one region. A mark is set before the keys go, and never taken back.

    So whoever is killed in between leaves an object that is refused already, and the next look
    brings the destruction to its end.
    """

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def mark(self, artifacts: Iterable[Artifact], *, reason: str) -> None:
        """Say of these objects that their keys are destroyed, durably; known ones stay as marked.

        `reason` is the rule in two or three words: "retention", "superseded".
        """
        at = iso(self._clock())
        with self._database.writing() as connection:
            connection.executemany(
                "insert or ignore into destroyed values (?, ?, ?, ?)",
                [(a.object_id, at, reason, digest([a.object_id, at, reason])) for a in artifacts],
            )

    def all(self) -> Mapping[str, Destruction]:
        """Every destroyed object by its id."""
        rows = self._database.rows("select object_id, at, reason from destroyed")
        return {object_id: Destruction(at, reason) for object_id, at, reason in rows}

    def by(self, reason: str) -> set[str]:
        """The ids of the objects that one rule destroyed."""
        return {object_id for object_id, found in self.all().items() if found.reason == reason}

    def of(self, artifact: Artifact) -> Destruction | None:
        """When and why the object of this artifact was destroyed, or None."""
        rows = self._database.rows(
            "select at, reason from destroyed where object_id = ?", (artifact.object_id,)
        )
        return Destruction(*rows[0]) if rows else None

    def require_kept(self, artifact: Artifact) -> None:
        """Raise `Destroyed` for an object that was."""
        found = self.of(artifact)
        if found is not None:
            msg = (
                f"{artifact.asset} of {artifact.partition} was destroyed by {found.reason} on "
                f"{found.at[:10]}: its keys are gone, and nothing brings it back"
            )
            raise Destroyed(msg)

    def keep_since(self, data_class: DataClass, day: str) -> str:
        """Keep nothing of the class from before `day` (ISO); returns the day that holds now.

        It only moves forward: what was destroyed is not taken in again because a clock was put
        back or a period was made longer.
        """
        with self._database.writing() as connection:
            known = connection.execute(
                "select day from kept_since where class = ?", (data_class,)
            ).fetchone()
            since = max(day, known[0] if known else "")
            connection.execute(
                "insert or replace into kept_since values (?, ?, ?)",
                (data_class, since, digest([data_class, since])),
            )
        return since

    def kept_since(self, data_class: DataClass) -> str:
        """The first day (ISO) whose chats of this class are kept; empty as long as all are."""
        rows = self._database.rows("select day from kept_since where class = ?", (data_class,))
        return str(rows[0][0]) if rows else ""

    def verify(self) -> None:
        """`Tampered` names the first row that was edited."""
        for row in self._database.rows("select object_id, at, reason, seal from destroyed"):
            if digest(list(row[:3])) != row[3]:
                msg = f"the mark that object {row[0]} was destroyed was edited"
                raise Tampered(msg)
        for row in self._database.rows("select class, day, seal from kept_since"):
            if digest(list(row[:2])) != row[2]:
                msg = f"the day since which class {row[0]} is kept was edited"
                raise Tampered(msg)
