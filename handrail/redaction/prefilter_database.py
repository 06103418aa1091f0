"""The Hyperscan database of many expressions: compiled in seconds, once, and read in milliseconds.

What is kept is named by the hash of what it was made of, and Hyperscan reads back only what is
whole and made for this kind of machine: a file that is missing, torn or another's is made anew.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

try:
    import hyperscan
except ImportError:  # no wheel for this machine
    hyperscan = None  # type: ignore[assignment]

# Whether there is anything to compile with.
SEES = hyperscan is not None
# Of patterns that are no more, and of other checkouts that share an environment.
_MOST_KEPT = 16


def database_of(expressions: Mapping[int, str], *, kept: Path | None) -> Any:
    """A database that reports the number of each expression that matches, once a text.

    It is read from the folder `kept`, and left there for the next process that needs it.
    """
    numbered = (f"{number} {expression}" for number, expression in expressions.items())
    made_of = "\n".join((version("hyperscan"), *numbered))
    digest = hashlib.sha256(made_of.encode()).hexdigest()
    file = None if kept is None else kept / f"patterns-{digest}.hyperscan"
    database = None if file is None else _read(file)
    if database is None:
        database = _compiled(expressions)
        if file is not None:
            # An environment that can't be written to costs time and nothing else.
            with suppress(OSError):
                _keep(database, file)
    return database


def _read(file: Path) -> Any:
    """The database in `file`, None if there is none that fits this machine."""
    try:
        database = hyperscan.loadb(file.read_bytes(), mode=hyperscan.HS_MODE_BLOCK)
    except (OSError, hyperscan.error):
        return None
    database.scratch = hyperscan.Scratch(database)
    return database


def _compiled(expressions: Mapping[int, str]) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expression.encode() for expression in expressions.values()],
        ids=list(expressions),
        elements=len(expressions),
        flags=hyperscan.HS_FLAG_SINGLEMATCH,
    )
    return database


def _keep(database: Any, file: Path) -> None:
    """Writes `file` whole or not at all, and removes the oldest of its kind."""
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(f".{os.getpid()}")
    written.write_bytes(hyperscan.dumpb(database))
    written.replace(file)
    of_its_kind = sorted(file.parent.glob("patterns-*"), key=lambda one: one.stat().st_mtime)
    for old in of_its_kind[:-_MOST_KEPT]:
        old.unlink(missing_ok=True)
