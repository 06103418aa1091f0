"""The ledger: what was live when. Aliases have no history, so this append-only chain does (R47)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from handrail.clock import iso
from handrail.errors import Tampered
from handrail.release.chain import Chain
from handrail.release.pointer import Aliases


@dataclass(frozen=True)
class Entry:
    """One move. `aliases` is the whole state after it; `approvals` what a promotion rested on."""

    seq: int
    at: str
    event: str
    release: str
    alias: str
    actor: str
    reason: str
    aliases: Aliases
    approvals: tuple[str, ...]
    previous: str
    hash: str


class Ledger:
    """The ledger of one region: `<region home>/release/ledger.jsonl`."""

    def __init__(self, path: Path) -> None:
        self._chain = Chain(path, what="ledger")

    def append(
        self,
        event: str,
        *,
        release: str,
        alias: str,
        aliases: Aliases,
        actor: str,
        reason: str,
        approvals: tuple[str, ...],
        at: datetime,
    ) -> Entry:
        """Write one move durably, before it takes effect."""
        fields = {
            "at": iso(at),
            "event": event,
            "release": release,
            "alias": alias,
            "actor": actor,
            "reason": reason,
            "aliases": asdict(aliases),
            "approvals": list(approvals),
        }
        return _entry(self._chain.append(fields))

    def entries(self) -> tuple[Entry, ...]:
        """All moves, oldest first; `Tampered` names the first bad record."""
        return tuple(_entry(record) for record in self._chain.verified())

    def last(self) -> Entry | None:
        """The latest move."""
        entries = self.entries()
        return entries[-1] if entries else None

    def verify(self, *, head: str | None) -> int:
        """Check the chain and return its length; it must hold the record with the hash `head`.

        `head` comes from the pointer: a ledger cut off at its end is a good chain without it.
        """
        entries = self.entries()
        if head is not None and head not in {entry.hash for entry in entries}:
            msg = (
                f"the ledger lacks the record the live pointer was moved by: records from "
                f"{len(entries)} on were removed"
            )
            raise Tampered(msg)
        return len(entries)

    def live_at(self, instant: datetime) -> str | None:
        """The release that was live at `instant`, None if nothing was."""
        moment = iso(instant)
        champions = [entry.aliases.champion for entry in self.entries() if entry.at <= moment]
        return champions[-1] if champions else None


def _entry(record: dict[str, object]) -> Entry:
    fields = dict(record)
    aliases = fields.pop("aliases")
    approvals = fields.pop("approvals")
    try:
        return Entry(
            **fields,  # type: ignore[arg-type]
            aliases=Aliases(**aliases),  # type: ignore[arg-type]
            approvals=tuple(approvals),  # type: ignore[arg-type]
        )
    except TypeError:
        msg = f"ledger record {record.get('seq')} has unknown fields"
        raise Tampered(msg) from None
