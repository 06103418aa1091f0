"""Storing and reading take the memory of a segment, however large the object is."""

from __future__ import annotations

from pathlib import Path

from tests.conversations.children import output_of

_MEASURED = """
import os, sys
from pathlib import Path
from handrail.access import Purpose
from handrail.residency import DataClass
from handrail.settings import load_settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVaults, pipeline
vault = RegionVaults(load_settings(environ={"HANDRAIL_HOME": sys.argv[1]})).of("eu")
access = pipeline("test", Purpose.INTAKE)
day = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
def store_and_read(count, size):
    noise = os.urandom(size)
    records = (Record(f"c-{n}", None, noise) for n in range(count))
    artifact = vault.put(day, records, access=access)
    assert sum(1 for _ in vault.scan(artifact, data_class=DataClass.RAW, access=access)) == count
    return peak()
before = store_and_read(8, 1 << 20)
large = store_and_read(96, 1 << 20)
many = store_and_read(20_000, 100)
print(large - before, many - large)
"""


def test_memory_does_not_grow_with_the_object(tmp_path: Path) -> None:
    """96 MiB after 8 MiB; of many small records only their index is held."""
    large, many = map(int, output_of(_MEASURED, tmp_path / "home").split())
    assert large < 16 * 1024, "KiB"
    assert many < 20_000 * 400 / 1024
