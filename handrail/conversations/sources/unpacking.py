"""How far a packed export may unpack, and files that aren't what their name says."""

from __future__ import annotations

from collections.abc import Mapping

from handrail.conversations.sources.rows import Problem, Reason
from handrail.settings import IntakeSettings

# How the files begin that are taken for lines of text by mistake.
_BEGINNINGS: Mapping[bytes, str] = {
    b"\x1f\x8b": "gzip: unpack it, or name it .gz if it isn't packed twice",
    b"PK\x03\x04": "a zip archive: unpack it",
    b"\x28\xb5\x2f\xfd": "zstd: unpack it",
    b"\xff\xfe": "UTF-16 or UTF-32: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
}
_NOTHING_AFTER = "so nothing from here on was read"


def unpacks_too_far(unpacked: int, *, packed: int, limits: IntakeSettings) -> Problem | None:
    """The problem of a file of which `packed` bytes gave `unpacked` ones so far, if too many.

    What unpacks to no more than one record may be is never a bomb, however small it was.
    """
    most, ratio = limits.max_unpacked_bytes, limits.max_unpacked_ratio
    if unpacked > most:
        how = f"more than {most} bytes (max_unpacked_bytes)"
    elif unpacked > max(limits.max_record_bytes, packed * ratio):
        how = f"more than {ratio} times its packed size (max_unpacked_ratio)"
    else:
        return None
    detail = f"the file unpacks to {how}, {_NOTHING_AFTER}; unpack it, or raise the limit"
    return Problem(Reason.OVERSIZED, detail)


def no_lines(beginning: bytes) -> Problem | None:
    """The problem of a file that begins like something other than lines of text."""
    for mark, what in _BEGINNINGS.items():
        if beginning.startswith(mark):
            return Problem(Reason.MALFORMED, f"the file is {what}; {_NOTHING_AFTER}")
    return None
