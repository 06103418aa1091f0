"""All sidecars of a region: which class key wraps each data key, and wrapping them anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from handrail.errors import Tampered
from handrail.residency import DataClass
from handrail.vault.class_keys import KeyVersionGone
from handrail.vault.keyring import Keyring
from handrail.vault.sidecar import SUFFIX, Sidecar, sidecar_key
from handrail.vault.stores import Changed, Missing, Store, Versioned


class Sidecars:
    """The sidecars in a region's store."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        self._store = store
        self._keyring = keyring

    def of(self, object_key: str) -> Sidecar | None:
        """What the sidecar of an object states, or None where there is none (any more)."""
        found = self._read(sidecar_key(object_key))
        return None if found is None else found[1]

    def wrapped(self) -> Counter[tuple[DataClass, int]]:
        """How many data keys each version of a class key wraps."""
        return Counter((stated.name.data_class, stated.key.version) for stated in self._stated())

    def rewrap(self, data_class: DataClass, *, below: int) -> int:
        """Wrap the data keys of the class anew that versions older than `below` wrap; how many.

        One after the other, so a killed run goes on where it was. One that was edited stops no
        other; it is named in the end, as `Tampered`.
        """
        count, wrong = 0, []
        for key in self._keys():
            try:
                count += self._rewrap(key, data_class, below)
            except (Tampered, KeyVersionGone) as error:
                wrong.append(str(error))
        if wrong:
            msg = (
                f"{len(wrong)} sidecars can't be re-wrapped: restore them from a backup or delete "
                f"them, then re-wrap again; the first: {wrong[0]}"
            )
            raise Tampered(msg)
        return count

    def destroy(self, object_key: str) -> None:
        """Delete an object's data key durably."""
        self._store.delete(sidecar_key(object_key))

    def _rewrap(self, key: str, data_class: DataClass, below: int) -> bool:
        while True:
            with self._keyring.wrapping():
                found = self._read(key)
                if found is None:
                    return False
                held, stated = found
                if stated.name.data_class is not data_class or stated.key.version >= below:
                    return False
                try:
                    self._wrap_anew(key, held, stated)
                except (Changed, KeyVersionGone):
                    if self._read(key) == found:
                        raise
                    continue  # another re-wrap was faster, or its data key was destroyed
                return True

    def _wrap_anew(self, key: str, held: Versioned, stated: Sidecar) -> None:
        data_class = stated.name.data_class
        data_key = self._keyring.unwrap(stated.key_name, stated.key, data_class=data_class)
        again = self._keyring.wrap(stated.key_name, data_key, data_class=data_class)
        self._store.replace(key, stated.wrapped_anew(again).to_bytes(), version=held.version)

    def _read(self, key: str) -> tuple[Versioned, Sidecar] | None:
        try:
            found = self._store.read(key)
        except Missing:
            return None
        return found, Sidecar.parse(found.data, what=f"object {key.removesuffix(SUFFIX)}")

    def _stated(self) -> Iterator[Sidecar]:
        found = (self._read(key) for key in self._keys())
        return (stated for _, stated in filter(None, found))

    def _keys(self) -> Iterator[str]:
        return (key for key in self._store.listing() if key.endswith(SUFFIX))
