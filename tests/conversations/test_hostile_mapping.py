"""Mapping files that would hang, expand or run something are refused with a sentence (R2)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from handrail.conversations.sources.mapping import load_mapping
from handrail.errors import BadInput
from tests.conversations.exports import mapping_of

MINIMAL = """
version: 1
source_system: desk
conversation_id: id
day: {const: 2026-01-05}
turns: {path: log, role: who, text: said}
"""
LAUGHS = "a0: &a0 [ha, ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
BLOCK = "{path: log, role: who, text: said}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LAUGHS, "an alias"),
        (MINIMAL + f"x: &x {BLOCK}\nactions: *x\n", "an alias"),
        (f"version: 1\nturns: [&b {BLOCK}{', *b' * 10_000}]\n", "an alias"),
        ("&a {version: *a}\n", "an alias"),
        ("[" * 100_000, "nested more than 16 deep"),
        ("{a: " * 5_000, "nested more than 16 deep"),
        ("".join(" " * n + f"a{n}:\n" for n in range(300)), "nested more than 16 deep"),
        ("- " * 100_000, "nested more than 16 deep"),
        ("x" * 300_000, "longer than 256000 bytes"),
        ("a: b\n" * 20_000, "the key 'a' is given twice"),
        ("? [a, b]\n: c\n", "a key is one word"),
        ("? {a: b}\n: c\n", "a key is one word"),
        ("!!python/object/apply:os.system [id]\n", "a table of keys"),
        (MINIMAL + "topic: !!python/name:os.system ''\n", "the field path is empty"),
        ("!!python/object/new:os.system {args: [id]}\n", "unknown key 'args'"),
        (MINIMAL + 'customer: {known: {name: {const: "\\ud800"}}}\n', "is no character"),
        (MINIMAL + 'topic: "\\U00110000"\n', "is no character"),
        (MINIMAL + 'topic: "\\UFFFFFFFF"\n', "is no character"),
        (f"%YAML {'9' * 5000}.1\n---\na: b\n", "is no character"),
        (MINIMAL + "topic: a\0b\n", "is not YAML"),
        (MINIMAL + "--- second\n", "is not YAML"),
        (MINIMAL + f'topic: "a[{"9" * 5000}]"\n', "is no field path"),
        (MINIMAL + "turns2: []\n", "unknown key 'turns2'"),
        (MINIMAL.replace(BLOCK, "[]"), "the list is empty"),
        (MINIMAL.replace(BLOCK, "[[]]"), "a table of keys"),
        (MINIMAL.replace(BLOCK, "hello"), "a table of keys"),
        (MINIMAL + "file: []\n", "a table of keys"),
        (MINIMAL + "file: {delimiter: []}\n", "delimiter is one character"),
        (MINIMAL + "file: {delimiter: '\"'}\n", "no quote and no line end"),
        (MINIMAL + 'file: {delimiter: "\\n"}\n', "no quote and no line end"),
        (MINIMAL + 'file: {delimiter: "\\0"}\n', "no quote and no line end"),
        (MINIMAL + "file: {encoding: [utf-8]}\n", "encoding is one of"),
        (MINIMAL + "file: {format: {a: b}}\n", "format is one of"),
        (MINIMAL + "file: {group_by: [a]}\n", "one value is expected"),
        (MINIMAL + "channel: [a]\n", "a table of keys"),
        (MINIMAL + "channel: {const: [chat]}\n", "one value is expected"),
        (MINIMAL + "channel: {path: a, map: {x: [chat]}}\n", "each value of the export maps to"),
        (MINIMAL + "outcome: {closed_at: {path: a, unit: [s]}}\n", "one value is expected"),
        (MINIMAL + "outcome: {closed_at: {path: a, zone: ../../etc/passwd}}\n", "zone is UTC or"),
        (MINIMAL + "outcome: {closed_at: {path: a, zone: Europe}}\n", "zone is UTC or"),
        (MINIMAL + "outcome: {closed_at: {path: a, zone: /etc/passwd}}\n", "zone is UTC or"),
        (MINIMAL + f"outcome: {{closed_at: {{path: a, zone: {'Z' * 5000}}}}}\n", "zone is UTC or"),
        ("", "a table of keys"),
        ("\t", "is not YAML"),
        ("version: [1]\n", "write `version: 1` first"),
    ],
    ids=lambda text: text.removeprefix(MINIMAL).strip()[:30],
)
def test_a_hostile_mapping_is_refused_at_once(tmp_path: Path, text: str, message: str) -> None:
    """R2: never a traceback, never gigabytes, never minutes."""
    started = time.process_time()
    with pytest.raises(BadInput) as refused:
        mapping_of(tmp_path, text)
    assert message in str(refused.value)
    assert str(refused.value).startswith(("mapping ", "mapping.yaml"))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_mapping_in_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_bytes((MINIMAL + "# Rückfrage\n").encode(encoding))
    with pytest.raises(BadInput, match="is not UTF-8: save it as that"):
        load_mapping(file)


def test_a_byte_order_mark_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + MINIMAL.strip().encode())
    assert load_mapping(file).source_system == "desk"


def test_a_folder_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no regular file"):
        load_mapping(tmp_path)


def test_a_map_of_thousands_of_values_is_read(tmp_path: Path) -> None:
    """A large table is nothing hostile: it takes seconds at most."""
    table = "".join(f"    {n}: t{n}\n" for n in range(5_000))
    mapping = mapping_of(tmp_path, MINIMAL + f"topic:\n  path: reason\n  map:\n{table}")
    assert len(mapping.fields["topic"].table or {}) == 5_000
