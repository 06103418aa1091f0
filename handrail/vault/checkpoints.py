"""Signed checkpoints of a region's audit log, in two places: what is on record stays there (R41).

A checkpoint says "at this time the log had so many records, with this Merkle root". It is a signed
note in the layout of transparency logs (c2sp.org/tlog-checkpoint, with the time as an extension
line), so public tools check it too. A chain alone holds whatever was written last: who can write
the file can cut its end off, or write it anew. A checkpoint in a place of its own shows both, for
all records but those after the newest one.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from handrail.access import Access
from handrail.clock import iso
from handrail.errors import HandrailError, Tampered
from handrail.vault.audit_log import AuditLog, Chain
from handrail.vault.files import locked
from handrail.vault.merkle import MerkleTree
from handrail.vault.primitives import SecretKey
from handrail.vault.signed_note import VerifierKey, open_note, sign_note
from handrail.vault.stores import DirectoryStore, Missing, Store

EVENT = "checkpoint"
VERIFIER_KEY = "audit.pub"
_NOTES = "checkpoints/"
# A vault that closes signs when so many records are unsigned and they are a tenth of the log: to
# sign is to read the log once, which then stays a small share of having written it.
_MANY, _SHARE = 1000, 10


@dataclass(frozen=True)
class Checkpoint:
    """The log's size and root (RFC 6962) at a time, and the signed note that says so."""

    size: int
    root: bytes
    at: str
    note: bytes


@dataclass(frozen=True)
class Examination:
    """A log that was read from end to end and found whole.

    `backwards` counts records whose time is before the previous one's: the clock was set back,
    which the order of records does not depend on.
    """

    records: int
    checkpoints: int
    newest: Checkpoint | None
    backwards: int


class Checkpoints:
    """The checkpoints of one log, beside it and in a second place."""

    def __init__(
        self, log: AuditLog, *, folder: Path, copy: Store, key: Callable[[], SecretKey]
    ) -> None:
        """`folder` is the log's own, `copy` the second place, `key` gives the signing key."""
        self._log = log
        self._here = DirectoryStore(folder)
        self._copy = copy
        self._lock = folder / ".checkpoints.lock"
        self._key = key
        self._origin = f"handrail/audit/{log.region}"

    def verifier_key(self) -> VerifierKey:
        """What anybody can check the notes with."""
        return VerifierKey.of(self._key(), name=self._origin)

    def sign(self, *, access: Access) -> Examination:
        """Verify the log, sign what it holds now, in both places, and put that on record.

        A log that doesn't verify is not signed. What the second place lacks is written there too.
        """
        with locked(self._lock):
            for place in (self._here, self._copy):
                self._publish(place)
            here, copied = self._signed()
            chain, tree = self._walk(self._log.settled_end(), copied | here)
            self._require_none_lost(here, copied)
            newest = here[max(here)] if here else None
            if newest is None or newest.size < tree.size:
                newest = self._note(tree)
                self._here.create(_key(newest.size), [newest.note])
                here[newest.size] = newest
            for size in sorted(here.keys() - copied.keys()):
                self._copy.create(_key(size), [here[size].note])
            self._log.append(
                EVENT, access, what=_key(newest.size), count=newest.size, ids_digest="",
                detail="signed",
            )  # fmt: skip
        return Examination(tree.size, len(here), newest, chain.backwards)

    def verify(self) -> Examination:
        """Check chain, checkpoints and second place; `Tampered` names the first bad record."""
        with locked(self._lock):
            here, copied = self._signed()
            end = self._log.end()
        chain, tree = self._walk(end, copied | here)
        self._require_none_lost(here, copied)
        lacking = here.keys() - copied.keys()
        if lacking:
            msg = (
                f"the second place of region {self._log.region} lacks {len(lacking)} of "
                f"{len(here)} checkpoints: see why, then `handrail audit checkpoint` writes them "
                "there again"
            )
            raise Tampered(msg)
        return Examination(tree.size, len(here), here[max(here)] if here else None, chain.backwards)

    def require_own_copy(self) -> None:
        """`Tampered` where the second place holds another log's checkpoints."""
        self._published(self._copy)

    def due(self) -> bool:
        """Whether so much is unsigned that a closing vault signs it."""
        try:
            length = self._log.length()
            sizes = [_size(key) for key in self._here.listing() if key.startswith(_NOTES)]
        except (OSError, ValueError, HandrailError):
            return False  # a log that can't be signed, or notes that aren't ours: `sign` says which
        unsigned = length - max(sizes, default=0)
        return unsigned >= _MANY and unsigned * _SHARE >= length

    def _walk(self, end: int, signed: Mapping[int, Checkpoint]) -> tuple[Chain, MerkleTree]:
        """Follow the chain up to `end`, and hold it against each checkpoint on the way."""
        region = self._log.region
        chain, tree = Chain(region), MerkleTree()
        last = first = "none"
        is_first = True
        for line in self._log.lines(end=end):
            row = chain.follow(line)
            last = f"{row['seq']} ({row['at']}, {row['event']})"
            first, is_first = last if is_first else first, False
            tree.add(line)
            if row["event"] == EVENT and row["count"] not in signed:
                msg = (
                    f"audit record {last} of region {region} is of a checkpoint of "
                    f"{row['count']} records, which was removed from both places"
                )
                raise Tampered(msg)
            if tree.size in signed:
                if signed[tree.size].root != tree.root():
                    msg = (
                        f"audit record {first} of region {region}, or one after it up to {last}, "
                        f"was rewritten: they aren't what was signed at {signed[tree.size].at}"
                    )
                    raise Tampered(msg)
                is_first = True
        newest = max(signed, default=0)
        if newest > tree.size:
            msg = (
                f"the audit log of region {region} was cut off, or is of an older backup: its last "
                f"record is {last}, and {newest} records were signed at {signed[newest].at}. Where "
                "a backup was restored on purpose, move the later checkpoints out of both places"
            )
            raise Tampered(msg)
        return chain, tree

    def _signed(self) -> tuple[dict[int, Checkpoint], dict[int, Checkpoint]]:
        """The checkpoints here and in the second place, each signed by this region's key."""
        here = self._read(self._here, where="beside the log")
        copied = self._read(self._copy, where="in the second place")
        for size in sorted(here.keys() & copied.keys()):
            if here[size].note != copied[size].note:
                msg = (
                    f"the audit log of region {self._log.region} was forked: two different "
                    f"checkpoints of {size} records were signed, at {here[size].at} and "
                    f"{copied[size].at}"
                )
                raise Tampered(msg)
        return here, copied

    def _require_none_lost(
        self, here: Mapping[int, Checkpoint], copied: Mapping[int, Checkpoint]
    ) -> None:
        """Checkpoints are written here first, so the second place never has one more."""
        lost = sorted(copied.keys() - here.keys())
        if lost:
            msg = (
                f"the checkpoint of {lost[0]} records of region {self._log.region} is in the "
                "second place and was removed from beside the log"
            )
            raise Tampered(msg)

    def _read(self, place: Store, *, where: str) -> dict[int, Checkpoint]:
        found: dict[int, Checkpoint] = {}
        keys = [key for key in place.listing() if key.startswith(_NOTES)]
        by = self._published(place) if keys else None
        for key in keys:
            what = f"{key} of region {self._log.region} {where}"
            checkpoint = _opened(place.read(key).data, by=by or self.verifier_key(), what=what)
            if key != _key(checkpoint.size):
                msg = f"{what} is the one of {checkpoint.size} records: it was moved"
                raise Tampered(msg)
            found[checkpoint.size] = checkpoint
        return found

    def _note(self, tree: MerkleTree) -> Checkpoint:
        root, at = tree.root(), iso(self._log.clock())
        text = f"{self._origin}\n{tree.size}\n{b64encode(root).decode()}\n{at}\n"
        note = sign_note(text, name=self._origin, key=self._key())
        return Checkpoint(tree.size, root, at, note)

    def _published(self, place: Store) -> VerifierKey | None:
        """The verifier key that lies beside the notes of a place, which must be this region's."""
        try:
            found = place.read(VERIFIER_KEY).data
        except Missing:
            return None
        ours = self.verifier_key()
        if found != _line(ours):
            msg = (
                f"a place of the checkpoints of region {self._log.region} belongs to another log: "
                f"its {VERIFIER_KEY} says {found.decode(errors='replace').strip()}. If this home "
                "was made anew on purpose, move the old checkpoints away (HANDRAIL_AUDIT_COPY, "
                "default: the home's name plus -audit)"
            )
            raise Tampered(msg)
        return ours

    def _publish(self, place: Store) -> None:
        """Lay the verifier key beside the notes, so that they can be checked without this home."""
        if self._published(place) is None:
            place.create(VERIFIER_KEY, [_line(self.verifier_key())])


def _opened(note: bytes, *, by: VerifierKey, what: str) -> Checkpoint:
    text = open_note(note, key=by, what=what)
    _, size, root, at = text.splitlines()
    return Checkpoint(int(size), b64decode(root), at, note)


def _line(key: VerifierKey) -> bytes:
    return f"{key}\n".encode()


def _key(size: int) -> str:
    return f"{_NOTES}{size:012d}"


def _size(key: str) -> int:
    return int(key.removeprefix(_NOTES))
