"""What an object is made of, taken down as its records pass."""

from __future__ import annotations

from handrail.digests import ListDigest, digest
from handrail.vault.names import Record


class Content:
    """Ids, number and digest of records that come one at a time; keeps ids only."""

    def __init__(self, *, key: bytes | None) -> None:
        """With `key` the digest is keyed, as everything that is remembered of raw chats."""
        self._digest = ListDigest(key=key)
        self.ids: list[str] = []

    def add(self, record: Record) -> None:
        """The next record."""
        self._digest.add((record.record_id, digest(record.payload)))
        self.ids.append(record.record_id)

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.ids)

    @property
    def digest(self) -> str:
        """Covers record ids and payloads, in order."""
        return self._digest.hexdigest()
