"""The hash of a growing list that public tools can check: the Merkle tree of RFC 6962, 2.1."""

from __future__ import annotations

from hashlib import sha256


class MerkleTree:
    """A tree that leaves are added to; keeps one hash for each power of two in its size."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf at the end."""
        node = sha256(b"\x00" + leaf).digest()
        size = self.size
        while size & 1:
            node = _parent(self._subtrees.pop(), node)
            size >>= 1
        self._subtrees.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The hash of all leaves so far."""
        if not self._subtrees:
            return sha256(b"").digest()
        *rest, node = self._subtrees
        for left in reversed(rest):
            node = _parent(left, node)
        return node


def _parent(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
