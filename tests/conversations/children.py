"""Code run in a process of its own: without the rights of this one, or with its memory measured."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from handrail.settings import PROJECT

_MEASURED = """
import sys
from pathlib import Path
from handrail.conversations.intake import load_mapping
from handrail.settings import load_settings
from tests.conversations.exports import read
def peak():  # in KiB; getrusage would count the process that this one was forked from
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
settings = load_settings(environ={"HANDRAIL_HOME": "/nonexistent/home"})
export, small = Path(sys.argv[1]), Path(sys.argv[2])
mapping = load_mapping(Path(sys.argv[3])) if len(sys.argv) > 3 else None
limit = settings.intake.max_record_bytes
read(settings, small, mapping=mapping)
before = peak()
result = read(settings, export, mapping=mapping, max_record_bytes=limit)
print(*map(str, result.reasons), *result.ids, peak() - before)
"""


def output_of(code: str, *arguments: object) -> str:
    """What `code` prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_and_measure(export: Path, *, after: Path, mapping: Path | None) -> tuple[list[str], int]:
    """Reasons and ids of `export` at the default record limit, and by how many KiB reading it grew.

    `after` is a small export that is read first, so that code and libraries are loaded by then.
    """
    given = () if mapping is None else (mapping,)
    *said, grown = output_of(_MEASURED, export, after, *given).split()
    return said, int(grown)
