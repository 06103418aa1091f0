"""zstd with a dictionary of what chats have in common: short texts shrink as if they were long.

A dictionary is made by `tools/zstd_dictionary.py` from the playbook and simulated text, never from
customers' chats, and named by its content. Older ones stay, as objects name theirs.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import zstandard

from handrail.digests import digest
from handrail.errors import Tampered

DICTIONARY = "e58c124f13bb3502"
FOLDER = Path(__file__).parent / "dictionaries"
_LEVEL = 3


class Compression:
    """Packs and unpacks one blob at a time; for one thread."""

    def __init__(self, dictionary: str) -> None:
        """`dictionary` is the name of a shipped one; `Tampered` for any other."""
        known = _dictionary(dictionary)
        self._compressor = zstandard.ZstdCompressor(
            level=_LEVEL, dict_data=known, write_checksum=False, write_dict_id=False
        )
        self._decompressor = zstandard.ZstdDecompressor(dict_data=known)

    def compress(self, data: bytes) -> bytes:
        """`data`, smaller where it can be."""
        packed: bytes = self._compressor.compress(data)
        return packed

    def decompress(self, packed: bytes, *, at_most: int, what: str) -> bytes:
        """What was compressed; `Tampered`, naming `what`, if it is no such thing or too large."""
        try:
            if not 0 <= zstandard.frame_content_size(packed) <= at_most:
                msg = f"a part of {what} says that it is too large to be opened"
                raise Tampered(msg)
            data: bytes = self._decompressor.decompress(packed, allow_extra_data=False)
        except zstandard.ZstdError:
            msg = f"a part of {what} was not compressed as it should be"
            raise Tampered(msg) from None
        return data


@cache
def _dictionary(name: str) -> Any:
    file = FOLDER / f"{name}.zdict"
    if not name.isalnum() or not file.is_file():
        msg = f"the dictionary {name!r} is unknown: a newer Handrail wrote this, use that"
        raise Tampered(msg)
    content = file.read_bytes()
    if digest(content)[: len(name)] != name:
        msg = f"the dictionary {file} was edited: install Handrail again"
        raise Tampered(msg)
    known = zstandard.ZstdCompressionDict(content)
    known.precompute_compress(level=_LEVEL)
    return known
