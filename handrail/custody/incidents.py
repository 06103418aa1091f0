"""Incidents: what went wrong while nobody was looking, kept until a person has seen it.

One file a home (`incidents.jsonl`), written anew as a whole. It names runs, assets and reasons, and
like every message of ours it quotes no chat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson

from handrail.clock import iso
from handrail.digests import canonical
from handrail.errors import Tampered
from handrail.vault.files import locked, replace_atomically


@dataclass(frozen=True)
class Incident:
    """One thing that went wrong: when, in which run, of what, and the sentences that say why."""

    at: str
    kind: str
    run_id: str
    job: str
    partition: str
    problems: tuple[str, ...]


class Incidents:
    """The incidents of one home."""

    def __init__(self, home: Path) -> None:
        self._path = home / "incidents.jsonl"

    def open(
        self,
        kind: str,
        *,
        run_id: str,
        job: str,
        partition: str,
        problems: Sequence[str],
        at: datetime,
    ) -> Incident:
        """Keep an incident durably; the same run's same kind is kept once."""
        made = Incident(iso(at), kind, run_id, job, partition, tuple(problems))
        with locked(self._path.with_name(".incidents.lock")):
            for known in self.all():
                if (known.kind, known.run_id) == (kind, run_id):
                    return known
            lines = [canonical(asdict(known)) + b"\n" for known in (*self.all(), made)]
            replace_atomically(self._path, b"".join(lines))
        return made

    def all(self) -> list[Incident]:
        """Every incident, oldest first."""
        if not self._path.exists():
            return []
        lines = self._path.read_bytes().splitlines()
        return [self._parse(number, line) for number, line in enumerate(lines)]

    def _parse(self, number: int, line: bytes) -> Incident:
        try:
            row = orjson.loads(line)
            return Incident(**{**row, "problems": tuple(row["problems"])})
        except (orjson.JSONDecodeError, KeyError, TypeError):
            msg = f"incident {number} in {self._path} is not readable: it was edited"
            raise Tampered(msg) from None
