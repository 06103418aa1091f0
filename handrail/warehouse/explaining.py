"""DuckDB's errors in our words: its messages quote values, SQL and keys."""

from __future__ import annotations

from pathlib import Path

from handrail.errors import Busy, HandrailError, Refused, ResidencyViolation, Tampered

_DAMAGE = (
    "AES tag",
    "checksum",
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Corrupt database file",
    "Failure while replaying WAL",
)


def explained(error: Exception, path: Path) -> HandrailError:
    """The refusal that stands for `error` on the warehouse file `path`."""
    text = str(error)
    if "Could not set lock on file" in text or "Unique file handle conflict" in text:
        return Busy(
            f"{path} is open elsewhere and takes one process at a time: wait until the other run "
            "has ended, or end it, then try again"
        )
    if "No space left" in text:
        return Refused(f"{path} can't be written: make room on the disk, then run again")
    if "Read-only file system" in text or "Permission denied" in text:
        return Refused(
            f"{path} can't be written: make its folder writable, or set HANDRAIL_HOME to one that "
            "is"
        )
    if "file system operations are disabled" in text:
        return ResidencyViolation(
            f"a statement on {path} reached for another file: a region's warehouse joins with "
            "nothing outside it; refused"
        )
    if "Wrong encryption key" in text:
        return Tampered(
            f"{path} does not open with this region's warehouse key: restore the keys that belong "
            "to it, or delete the file and run the region again (it is rebuilt from the vault)"
        )
    if "is not encrypted" in text:
        return Tampered(
            f"{path} is not encrypted and was not written by Handrail: delete it and run the "
            "region again"
        )
    if any(sign in text for sign in _DAMAGE):
        return Tampered(
            f"{path} is damaged or was edited: delete it and run the region again (it is rebuilt "
            "from the vault)"
        )
    return HandrailError(
        f"DuckDB refused a statement on {path} ({type(error).__name__}); the message is withheld "
        "because it may quote chat text"
    )
