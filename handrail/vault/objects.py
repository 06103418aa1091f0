"""Sealed objects of one region: the store and the keys together.

Who may do what, and what is logged of it, is the business of `RegionVault`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from handrail.errors import Swapped, Tampered
from handrail.residency import DataClass, require_region
from handrail.vault.class_keys import KeyVersionGone
from handrail.vault.container import SealedObject, pack
from handrail.vault.keyring import Keyring
from handrail.vault.names import Place, Record
from handrail.vault.primitives import SecretKey, new_key
from handrail.vault.sealed_file import SealedFile
from handrail.vault.sidecar import Sidecar, WrappedKey, sidecar_key
from handrail.vault.stores import Store

_TRIES = 3


class Objects:
    """Create and open sealed objects. A data key is made for one object and never leaves this."""

    def __init__(self, region: str, *, store: Store, keyring: Keyring) -> None:
        self._region = region
        self._store = store
        self._keyring = keyring

    def create(
        self, place: Place, records: Iterable[Record], *, stating: Callable[[], tuple[int, str]]
    ) -> None:
        """Store `records` durably as they come; nothing is stored when taking one raises.

        `stating` is asked when they have ended: their number and the keyed digest of their ids.
        """
        data_key = new_key()
        subject_keys = self._keyring.subject_keys
        chunks = pack(place, records, data_key=data_key, subject_keys=subject_keys)
        self._store.create(place.key, chunks)
        stated = Sidecar(self._region, place.name, place.object_id, *stating(), WrappedKey(0, b""))
        with self._keyring.wrapping():
            key = self._keyring.wrap(stated.key_name, data_key, data_class=place.name.data_class)
            self._store.create(sidecar_key(place.key), [stated.wrapped_anew(key).to_bytes()])

    @contextmanager
    def open(
        self, place: Place, *, before_key: Callable[[Sidecar], object]
    ) -> Iterator[SealedObject]:
        """The object, open for reading. Its data key is unwrapped only after `before_key`."""
        stated = self._sidecar(place)
        with self._store.open(place.key) as blob:
            before_key(stated)
            stated, data_key = self._released(place, stated)
            yield SealedObject(blob, place, data_key=data_key, records=stated.records)

    @contextmanager
    def open_copy(
        self, copy: SealedFile, *, before_key: Callable[[Sidecar], object]
    ) -> Iterator[SealedObject]:
        """A copy of an object, open for reading with the key beside the stored one."""
        stated = self._sidecar(copy.place)
        before_key(stated)
        stated, data_key = self._released(copy.place, stated)
        yield SealedObject(copy, copy.place, data_key=data_key, records=stated.records)

    def copy(self, place: Place) -> SealedFile:
        """The sealed bytes of an object; opens no key."""
        with self._store.open(place.key) as blob:
            return SealedFile(place, blob.read(0, blob.size))

    def lies_at(self, place: Place, key: str, *, before_key: Callable[[Sidecar], object]) -> bool:
        """Whether the bytes under another `key` are the object of `place`, moved or copied."""
        stated = self._sidecar(place)
        with self._store.open(key) as blob:
            before_key(stated)
            stated, data_key = self._released(place, stated)
            try:
                SealedObject(blob, place, data_key=data_key, records=stated.records)
            except Tampered:
                return False
        return True

    def size(self, key: str) -> int:
        """How many bytes lie under a key."""
        with self._store.open(key) as blob:
            return blob.size

    def discard(self, key: str) -> None:
        """Remove an object's sidecar and bytes, whichever of them are there."""
        self._store.delete(sidecar_key(key))
        self._store.delete(key)

    def class_of(self, key: str) -> DataClass:
        """The class that the sidecar of the object `key` claims; opening the object proves it."""
        return self._parsed(key).name.data_class

    def data_key(self, stated: Sidecar) -> SecretKey:
        """The data key in a sidecar; `Tampered` if a field of it isn't as it was written."""
        return self._keyring.unwrap(stated.key_name, stated.key, data_class=stated.name.data_class)

    def _released(self, place: Place, stated: Sidecar) -> tuple[Sidecar, SecretKey]:
        """Sidecar and data key, also when a rotation re-wraps it and destroys the old version."""
        for _ in range(_TRIES):
            try:
                return stated, self.data_key(stated)
            except KeyVersionGone:
                before, stated = stated, self._sidecar(place)
                if stated.key == before.key:
                    raise
        return stated, self.data_key(stated)

    def _sidecar(self, place: Place) -> Sidecar:
        """The sidecar beside an object, if it is that object's."""
        stated = self._parsed(place.key)
        require_region(self._region, stated.region, place.what)
        if (stated.name, stated.object_id) != (place.name, place.object_id):
            msg = f"the sidecar of {place.what} is another object's: it was moved or swapped"
            raise Swapped(msg)
        return stated

    def _parsed(self, key: str) -> Sidecar:
        return Sidecar.parse(self._store.read(sidecar_key(key)).data, what=f"object {key}")
