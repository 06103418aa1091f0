"""Content hashing of what is too long to hold."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from handrail.digests import digest, digest_of_lists
from handrail.settings import PROJECT


@pytest.mark.parametrize(
    "lists",
    [
        [],
        [[]],
        [[], [], []],
        [[{"b": 1, "a": None}, {"a": "ü, ]"}], [], ["x"]],
        [[1, 2.5, "three"], [[4, [5]], True]],
    ],
)
def test_items_one_at_a_time_give_the_digest_of_the_whole(lists: list[list[Any]]) -> None:
    """R47: an id does not depend on how its content was read."""
    found, lengths = digest_of_lists(iter(items) for items in lists)
    assert found == digest(lists)
    assert lengths == [len(items) for items in lists]


def test_many_canonical_rows_take_little_more_than_their_bytes() -> None:
    """20,000 rows of 500 bytes are 10 MB; kept with the buffers they were written into, 80."""
    grown = subprocess.run(
        [sys.executable, "-c", _ROWS], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert int(grown.stdout) < 40


_ROWS = """
from pathlib import Path
from handrail.digests import canonical
def mib(): return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20
before = mib()
rows = [canonical({"text": "x" * 490, "n": n}) for n in range(20_000)]
print(mib() - before)
"""
