"""The door to a region's small SQLite files: private, durable, with errors people can act on."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from handrail.digests import digest
from handrail.errors import Busy, HandrailError, Refused, Tampered
from handrail.vault.files import locked, make_private_folder, refusing

# How long a write waits for another process's.
BUSY_SECONDS = 30.0
_POLL_SECONDS = 0.02


class Database:
    """One SQLite file; `what` names it in errors. May be used from several threads."""

    def __init__(self, path: Path, schema: str, *, what: str) -> None:
        self._path = path
        self._what = what
        self._lock = threading.RLock()
        make_private_folder(path.parent)
        # Made here because SQLite would let others read it. A file that is there isn't opened: to
        # close it again would drop the locks of this process's other connections.
        with refusing(path), suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with self._explained():
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            # For triggers that seal a row: `content_digest(a, b, ...)` of texts and numbers.
            self._connection.create_function("content_digest", -1, _digest, deterministic=True)
        self._schema = schema
        try:
            # One at a time: two that make the same tables at once are both told that it is busy.
            with locked(path.with_name(f".{path.name}.lock")), self._explained():
                self._connection.execute("pragma journal_mode=wal")
                self._connection.execute("pragma synchronous=full")
                self._connection.executescript(schema)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock, self._explained():
            return self._connection.execute(sql, values).fetchall()

    def require_sound(self) -> None:
        """`Tampered` unless SQLite finds every page, row and index whole, and the tables ours."""
        defined = "select type, name, tbl_name, sql from sqlite_master order by type, name"
        with closing(sqlite3.connect(":memory:")) as fresh:
            fresh.executescript(self._schema)
            ours = fresh.execute(defined).fetchall()
        if self.rows("pragma integrity_check") != [("ok",)] or self.rows(defined) != ours:
            raise _damaged(self._path)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several queries that see one state, whatever other processes write meanwhile."""
        with self._transaction("begin"):
            yield

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when the block ends; on any failure nothing was changed."""
        with self._transaction("begin immediate") as connection:
            yield connection

    def leave_nothing_behind(self) -> None:
        """Move the write-ahead log into the file and cut it: what was overwritten is in neither.

        Needs `pragma secure_delete`. Raises `Busy` while another process reads an older state.
        """
        deadline = time.monotonic() + BUSY_SECONDS
        is_busy, pages = self._checkpointed()
        while is_busy and pages < 0 and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)  # another process moves it: SQLite doesn't wait for that
            is_busy, pages = self._checkpointed()
        if is_busy:
            msg = (
                f"{self._what} is being read by another process, so what was destroyed may still "
                "lie in its write-ahead log: wait until the other run has ended, then try again"
            )
            raise Busy(msg)

    def _checkpointed(self) -> tuple[bool, int]:
        """Whether somebody was in the way, and the pages looked at: -1 when none could be."""
        with self._lock, self._explained():
            found = self._connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        return bool(found[0]), found[1]

    def snapshot(self, path: Path) -> None:
        """A consistent copy as the new file `path`, whatever other processes write meanwhile."""
        with refusing(path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with self._lock, self._explained(), closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)
            copy.execute("pragma journal_mode = delete")

    def fold(self) -> None:
        """Be one file, without a write-ahead log; `Busy` while anybody else has it open."""
        with self._lock, self._explained():
            self._connection.execute("pragma journal_mode = delete")

    def holds_all_of(self, other: Path, columns: Mapping[str, str]) -> bool:
        """Whether every row of the file `other` is here too, by these `columns` of each table."""
        with self._lock, self._explained():
            self._connection.execute("attach ? as other", (str(other),))
            try:
                return not any(
                    self._connection.execute(
                        f"select {names} from other.{table} "  # noqa: S608
                        f"except select {names} from main.{table} limit 1"
                    ).fetchall()
                    for table, names in columns.items()
                )
            finally:
                self._connection.execute("detach other")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained():
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("commit")
            except BaseException:
                # SQLite has rolled back by itself after some errors, not after others.
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError:  # a text, or a name in SQLite's own message
            ours = _damaged(self._path)
        except sqlite3.Error as error:
            ours = _ours(error, self._what, self._path)
        else:
            return
        raise ours


def _digest(*values: object) -> str:
    return digest(values)


def _damaged(path: Path) -> HandrailError:
    return Tampered(f"{path} is damaged: restore it from a backup")


def _ours(error: sqlite3.Error, what: str, path: Path) -> HandrailError:
    """The error in our words; SQLite's messages name tables, never values."""
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Busy(
            f"{what} is being written by another process: wait until the other run has ended, or "
            "end it, then try again"
        )
    if code.startswith("SQLITE_FULL"):
        return Refused(f"{what} can't be written: make room on the disk, then try again")
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return Refused(
            f"{what} can't be written: make {path.parent} writable, or set HANDRAIL_HOME to a "
            "folder that is"
        )
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "decode to UTF-8" in str(error):
        return _damaged(path)
    return Refused(f"{what} can't be used ({error}): see to the disk, then try again")
