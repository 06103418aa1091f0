"""Faults at the n-th operation on the file system or on a transaction, in a process of its own."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KILL, FULL, BROKEN = "kill", "full", "broken"
_OPERATIONS = ("mkdir", "open", "write", "fsync", "link", "replace", "unlink")
_TRANSACTION = ("begin", "commit", "rollback", "pragma")


@dataclass
class Fault:
    """What happens at operation `at`, counted from 1; `at` 0 only counts.

    A full disk stays full until `disarm`; a broken one fails once. Deleting works on either.
    """

    kind: str
    at: int
    counted: int = 0

    def strikes(self) -> bool:
        self.counted += 1
        return self.counted >= self.at > 0 if self.kind == FULL else self.counted == self.at

    def disarm(self) -> None:
        self.at = 0


def arm(fault: Fault) -> Fault:
    """Let `fault` strike in this process from here on."""
    for name in _OPERATIONS:
        setattr(os, name, _faulty(fault, name, getattr(os, name)))
    connect = sqlite3.connect

    def connect_faulty(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        _Connection.fault = fault
        return connect(*args, factory=_Connection, **kwargs)

    sqlite3.connect = connect_faulty  # type: ignore[assignment]
    return fault


def _faulty(fault: Fault, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        if name == "open" and not args[1] & os.O_CREAT:
            return operation(*args, **kwargs)
        if not fault.strikes() or (name == "unlink" and fault.kind != KILL):
            return operation(*args, **kwargs)
        if fault.kind == KILL:
            if name == "write":
                operation(args[0], args[1][: len(args[1]) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        number = errno.ENOSPC if fault.kind == FULL else errno.EIO
        raise OSError(number, os.strerror(number))

    return run


class _Connection(sqlite3.Connection):
    fault: Fault

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if sql.split()[0] in _TRANSACTION and self.fault.strikes():
            if self.fault.kind == KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            if not sql.startswith("rollback"):
                full = self.fault.kind == FULL
                error = sqlite3.OperationalError("disk is full" if full else "disk I/O error")
                error.sqlite_errorname = "SQLITE_FULL" if full else "SQLITE_IOERR"
                raise error
        return super().execute(sql, *args)
