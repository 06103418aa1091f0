"""What wraps a region's class keys: a key service that never gives its own key away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from handrail.digests import canonical
from handrail.residency import DataClass
from handrail.vault.primitives import SecretKey, seal, unseal

# Where a key's context is told, here and in a cloud's key policy and log; exactly these, always.
REGION, CLASS, ASSET, PARTITION, OBJECT = CONTEXT = (
    "region", "class", "asset", "partition", "object",
)  # fmt: skip


class KeyService(Protocol):
    """Wraps and unwraps a few keys under a root that stays where it is.

    `context` holds exactly the keys of `CONTEXT`; a wrapped key opens in its own context only.
    Where the service can't be reached or says no, that is a `Refused` that says what to do.
    """

    def wrap(self, key: bytes, *, context: Mapping[str, str]) -> bytes:
        """`key` (32 bytes), wrapped by the root."""
        ...

    def unwrap(self, sealed: bytes, *, context: Mapping[str, str]) -> bytes:
        """The key again; `Tampered` when this root did not wrap it, or not in this context."""
        ...


class LocalKeyService:
    """The embedded one: a root key from a file or a passphrase, in this process's memory."""

    def __init__(self, root: SecretKey) -> None:
        self._root = root

    def wrap(self, key: bytes, *, context: Mapping[str, str]) -> bytes:
        """`key` (32 bytes), wrapped by the root."""
        return seal(self._root, key, bound_to=_bound(context))

    def unwrap(self, sealed: bytes, *, context: Mapping[str, str]) -> bytes:
        """The key again; `Tampered` when this root did not wrap it, or not in this context."""
        what = f"the wrapped key {context[OBJECT]} of region {context[REGION]}"
        return unseal(self._root, sealed, bound_to=_bound(context), what=what)


def class_key_context(region: str, data_class: DataClass, version: int) -> dict[str, str]:
    """The context of one version of a class key."""
    return {
        REGION: region,
        CLASS: str(data_class),
        ASSET: "class_keys",
        PARTITION: f"version-{version}",
        OBJECT: f"{data_class}/{version}",
    }


def root_check_context(region: str) -> dict[str, str]:
    """The context of the key that shows whether a root is the one a home was made with."""
    return {
        REGION: region,
        CLASS: "root",
        ASSET: "root_check",
        PARTITION: "version-1",
        OBJECT: "root/1",
    }


def _bound(context: Mapping[str, str]) -> bytes:
    return canonical(["handrail-root", dict(context)])
