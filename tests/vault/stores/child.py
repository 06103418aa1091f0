"""A process of its own that stores a large blob and reads it back, and says what that took.

`python -m tests.vault.stores.child MIB directory ROOT | bucket ENDPOINT LOCATION BUCKET STAGING`
prints how much the peak of its memory grew, in MiB.
"""

from __future__ import annotations

import hashlib
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from handrail.vault.stores import DirectoryStore, Store
from tests.vault.stores.conftest import open_bucket

MIB = 1024 * 1024


def chunks(mib: int) -> Iterator[bytes]:
    for n in range(mib):
        yield hashlib.shake_256(n.to_bytes(4, "big")).digest(1024) * 1024


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def there_and_back(store: Store, mib: int) -> int:
    store.create("small", chunks(1))
    with store.open("small") as blob:
        blob.read(0, blob.size)
    before = peak()
    store.create("large", chunks(mib))
    with store.open("large") as blob:
        assert blob.size == mib * MIB
        for n, chunk in enumerate(chunks(mib)):
            assert blob.read(n * MIB, MIB) == chunk
    return peak() - before


def opened(kind: str, *where: str) -> Store:
    if kind == "directory":
        return DirectoryStore(Path(*where))
    endpoint, location, bucket, staging = where
    return open_bucket(endpoint, location, bucket, Path(staging))


if __name__ == "__main__":
    store = opened(*sys.argv[2:])
    sys.stdout.write(f"{there_and_back(store, int(sys.argv[1]))}\n")
