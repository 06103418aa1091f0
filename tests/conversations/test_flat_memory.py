"""R2: the longest line, the longest cell and the largest bomb are read in flat memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.conversations.children import read_and_measure
from tests.conversations.exports import row, write_jsonl
from tests.conversations.test_packed_exports import GOOD, TABLE, gz


def _write(file: Path, chunks: Iterable[bytes]) -> Path:
    with file.open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
    return file


def test_a_line_of_300_mb_is_cut_in_flat_memory(tmp_path: Path) -> None:
    """R2: quarantined at the record limit, the next line is read."""
    small = write_jsonl(tmp_path / "small.jsonl", row("a"))
    big = _write(
        tmp_path / "big.jsonl",
        (b'{"conversation_id": "', *[b"x" * 1_000_000] * 300, b'"}\n', GOOD),
    )
    said, grown = read_and_measure(big, after=small, mapping=None)
    big.unlink()
    assert said == ["oversized", "good"]
    assert grown < 60 * 1024


def test_a_cell_of_100_mb_is_cut_in_flat_memory(tmp_path: Path) -> None:
    """R2: in one line and over many."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(TABLE)
    small = _write(tmp_path / "small.csv", (b"id,said\n1,hi\n",))
    big = _write(
        tmp_path / "big.csv",
        (
            b'id,said\n1,"',
            *[b"x" * 1_000_000] * 50,
            b'"\n2,hi\n3,"',
            *[b"y" * 999_999 + b"\n"] * 50,
            b'"\n4,hi\n5,hi\n',
        ),
    )
    said, grown = read_and_measure(big, after=small, mapping=mapping)
    big.unlink()
    assert said == ["oversized", "oversized", "2", "4", "5"]
    assert grown < 100 * 1024


def test_a_bomb_of_gigabytes_is_left_in_flat_memory(tmp_path: Path) -> None:
    """R2: 2 GiB of zeros in 2 MiB, with the limits of the default config."""
    small = write_jsonl(tmp_path / "small.jsonl.gz", row("a"))
    member = gz(bytes(1 << 20), times=128)
    bomb = _write(tmp_path / "bomb.jsonl.gz", (gz(GOOD), *[member] * 16))
    said, grown = read_and_measure(bomb, after=small, mapping=None)
    assert said == ["oversized", "good"]
    assert grown < 60 * 1024
