"""What this machine is: facts the doctor needs of the operating system, read once, and its say."""

from __future__ import annotations

import os
import resource
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from handrail.custody.doctor.lines import Line, Standing
from handrail.vault.primitives import openssl_version

_PYTHON = (3, 11)  # the set of pins was tried on it only


@dataclass(frozen=True)
class Machine:
    """Facts of the operating system; None is what it wouldn't tell."""

    user: str
    uid: int
    swaps: tuple[str, ...] | None
    core_limit: int
    core_pattern: str | None
    python: tuple[int, int, int]
    sqlite: str
    openssl: str
    devices: Path
    now: datetime


def this_machine(*, user: str, now: datetime, root: Path = Path("/")) -> Machine:
    """The facts of the machine this runs on; `root` is where its `proc` and `sys` are."""
    swaps = _text(root / "proc/swaps")
    pattern = _text(root / "proc/sys/kernel/core_pattern")
    return Machine(
        user=user,
        uid=os.getuid(),
        swaps=None if swaps is None else tuple(line.split()[0] for line in swaps.splitlines()[1:]),
        core_limit=resource.getrlimit(resource.RLIMIT_CORE)[0],
        core_pattern=None if pattern is None else pattern.strip(),
        python=sys.version_info[:3],
        sqlite=sqlite3.sqlite_version,
        openssl=openssl_version(),
        devices=root / "sys/dev/block",
        now=now,
    )


def look_at_machine(machine: Machine) -> Iterator[Line]:
    """Whose process this is, where memory may end up, and the versions."""
    yield _user(machine)
    yield _swap(machine)
    yield _core(machine)
    yield _versions(machine)


def _user(machine: Machine) -> Line:
    what = "operating-system user"
    if machine.uid == 0:
        return Line(
            what,
            Standing.ADVISORY,
            "everything runs as root, whom no file mode stops: run it as a user of its own",
        )
    return Line(
        what,
        Standing.ADVISORY,
        f"every team runs as {machine.user}, and so does whoever else has that login: people who "
        "share it share a name in the audit log, so give each a login of their own",
    )


def _swap(machine: Machine) -> Line:
    what = "swap"
    if machine.swaps is None:
        return Line(what, Standing.NOT_MEASURED, "whether there is swap can't be told from here")
    if machine.swaps:
        return Line(
            what,
            Standing.ADVISORY,
            f"keys in memory may be written to {', '.join(machine.swaps)}: `swapoff -a`, or "
            "encrypt it",
        )
    return Line(what, Standing.HOLDS, "there is none, so keys in memory stay there")


def _core(machine: Machine) -> Line:
    what = "core dumps"
    if machine.core_pattern is None:
        return Line(what, Standing.NOT_MEASURED, "where a crash is written can't be told from here")
    if machine.core_pattern.startswith("|"):
        # The kernel gives a dump to a program whatever the limit says: core(5).
        return Line(
            what,
            Standing.ADVISORY,
            "a crash is handed to a program with all of its memory, keys too: set "
            "kernel.core_pattern to a file and the limit to 0",
        )
    if machine.core_limit != 0:
        return Line(
            what,
            Standing.ADVISORY,
            "a crash writes memory, keys too, to the disk: `ulimit -c 0` where it is started",
        )
    return Line(what, Standing.ENFORCED, "the limit is 0: a crash writes no memory to the disk")


def _versions(machine: Machine) -> Line:
    found = ".".join(str(part) for part in machine.python)
    sentence = f"Python {found}, SQLite {machine.sqlite}, {machine.openssl}"
    if machine.python[:2] != _PYTHON:
        wanted = ".".join(str(part) for part in _PYTHON)
        return Line("versions", Standing.PROBLEM, f"{sentence}: run it on Python {wanted}")
    return Line("versions", Standing.HOLDS, sentence)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
