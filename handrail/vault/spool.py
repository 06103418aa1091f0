"""Sealed bytes on their way over a network: kept until they have arrived, to be sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from handrail.errors import Refused
from handrail.vault.files import make_private_folder, refusing
from handrail.vault.primitives import new_id

_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True)
class Body:
    """What one write sends, as often as it takes, under a mark of its own."""

    file: IO[bytes]
    size: int
    sha256: bytes
    mark: str = field(default_factory=new_id)

    @classmethod
    def of(cls, data: bytes) -> Body:
        """A small one."""
        return cls(BytesIO(data), len(data), hashlib.sha256(data).digest())


@contextmanager
def spooled(chunks: Iterable[bytes], staging: Path, *, most: int, doing: str) -> Iterator[Body]:
    """The chunks as a body of at most `most` bytes; `doing` says in errors what fails.

    They are sealed already: what waits in the folder `staging` is ciphertext, in a file without a
    name that is gone with this process. A few MiB wait in memory.
    """
    make_private_folder(staging)
    running, size = hashlib.sha256(), 0
    with SpooledTemporaryFile(max_size=_IN_MEMORY, mode="w+b", dir=str(staging)) as file:
        for chunk in chunks:
            running.update(chunk)
            size += len(chunk)
            if size > most:
                msg = f"{doing}: it has more than {most} bytes, the most at once; split it up"
                raise Refused(msg)
            with refusing(staging):
                file.write(chunk)
        with refusing(staging):
            file.flush()
        yield Body(file, size, running.digest())
