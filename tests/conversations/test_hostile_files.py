"""Files that are not what they seem: packed bombs, pipes, links, other encodings (R2, R3, R36)."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from handrail.conversations.intake import Export, fingerprint
from handrail.conversations.sources.mapping import load_mapping
from handrail.errors import BadInput
from handrail.settings import PROJECT, Settings
from tests.conversations.exports import mapping_of, read, row, write_jsonl

GOOD = json.dumps(row("good")).encode() + b"\n"
TABLE = """
version: 1
source_system: desk
conversation_id: id
day: {const: 2026-01-05}
turns: [{role: {const: customer}, text: said}]
"""


def gz(*chunks: bytes, times: int = 1) -> bytes:
    """`chunks` as one gzip member, all of them `times` over."""
    packer = zlib.compressobj(wbits=31)
    packed = [packer.compress(chunk) for _ in range(times) for chunk in chunks]
    return b"".join((*packed, packer.flush()))


BOMBS = {
    "zeros": gz(GOOD) + gz(bytes(1 << 20), times=64),
    "one endless line": gz(GOOD) + gz(b'{"x": "') + gz(b"x" * (1 << 20), times=64),
    "endless empty lines": gz(GOOD) + gz(b"\n" * (1 << 20), times=64),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_file_that_unpacks_out_of_all_proportion_is_left_at_the_limit(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    """R2: what came before is kept, one row says so, and nothing after it is read."""
    file = tmp_path / "e.jsonl.gz"
    file.write_bytes(BOMBS[kind] + gz(json.dumps(row("after")).encode()))
    result = read(settings, file)
    assert result.ids == ["good"]
    assert result.reasons == ["oversized"]
    assert (
        "more than 200 times its packed size (max_unpacked_ratio)" in result.quarantined[0].detail
    )
    assert len(result.quarantined[0].original) <= 100_000


def test_a_file_that_unpacks_to_more_than_the_limit_is_left_there(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: in proportion, but too much."""
    file = write_jsonl(tmp_path / "e.jsonl.gz", *(row(f"c-{n}") for n in range(2000)))
    result = read(settings, file, max_unpacked_bytes=200_000)
    assert 500 < len(result.accepted) < 1100
    assert result.reasons == ["oversized"]
    assert "more than 200000 bytes (max_unpacked_bytes)" in result.quarantined[0].detail


def test_a_table_that_is_a_bomb_is_left_too(settings: Settings, tmp_path: Path) -> None:
    """R2: for CSV as for JSONL."""
    file = tmp_path / "e.csv.gz"
    file.write_bytes(gz(b"id,said\n1,hi\n") + gz(b'"' + b"\n" * (1 << 20), times=64))
    result = read(settings, file, mapping=mapping_of(tmp_path, TABLE))
    assert result.ids == ["1"]
    assert set(result.reasons) == {"oversized"}
    assert "max_unpacked_ratio" in result.quarantined[-1].detail


def test_a_small_file_may_unpack_to_one_record_in_any_ratio(
    settings: Settings, tmp_path: Path
) -> None:
    said = [{"role": "customer", "text": "ha" * 40_000, "at": "2026-01-05T10:00:00Z"}]
    file = write_jsonl(tmp_path / "e.jsonl.gz", row("laughs", turns=said))
    assert file.stat().st_size * 200 < 80_000
    assert read(settings, file).ids == ["laughs"]


def test_real_chats_pack_far_below_the_limit(test_data: Path) -> None:
    """The ratio in the config is of this world."""
    for file in (test_data / "chats").glob("*.jsonl.gz"):
        packed = file.stat().st_size
        with gzip.open(file) as stream:
            assert sum(map(len, stream)) < 50 * packed


@pytest.mark.parametrize(
    ("data", "ids", "reasons", "said"),
    [
        (gz(GOOD) + gz(json.dumps(row("b")).encode()), ["good", "b"], [], ""),
        (gz(GOOD) + bytes(512), ["good"], [], ""),  # padded, as tar and dd do
        (gz(GOOD) + b"garbage", ["good"], ["malformed"], "something else follows its end"),
        (gz(GOOD)[:-4], ["good"], ["malformed"], "truncated file"),
        (gz(gz(GOOD)), [], ["malformed"], "packed twice"),
        (GOOD, [], ["malformed"], "truncated file"),
        (gz(), [], [], ""),
        (b"", [], [], ""),
    ],
    ids=["members", "padded", "garbage", "truncated", "twice", "no gzip", "of nothing", "empty"],
)
def test_a_gzip_of_any_kind(
    settings: Settings, tmp_path: Path, data: bytes, ids: list[str], reasons: list[str], said: str
) -> None:
    """R2: every whole line is read, and at most one row tells of the rest."""
    file = tmp_path / "e.jsonl.gz"
    file.write_bytes(data)
    result = read(settings, file)
    assert (result.ids, result.reasons) == (ids, reasons)
    assert all(said in each.detail for each in result.quarantined)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gz(GOOD), "gzip"),
        (b"PK\x03\x04" + GOOD * 3, "zip"),
        (b"\x28\xb5\x2f\xfd" + GOOD * 3, "zstd"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), "UTF-16"),
        (GOOD.decode().encode("utf-32"), "UTF-16 or UTF-32"),
    ],
    ids=["gzip", "zip", "zstd", "utf-16", "utf-16-be", "utf-32"],
)
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_file_that_begins_like_something_else_is_one_row_that_says_so(
    settings: Settings, tmp_path: Path, suffix: str, data: bytes, said: str
) -> None:
    """R2: and not a thousand rows that don't."""
    file = tmp_path / f"e.{suffix}"
    file.write_bytes(data)
    result = read(settings, file, mapping=mapping_of(tmp_path, TABLE))
    assert result.reasons == ["malformed"]
    assert said in result.quarantined[0].detail


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (GOOD.decode().replace("parcel", "Päckchen").encode("latin-1"), "malformed"),
        (GOOD.decode().encode("utf-16-le"), "malformed"),
        (GOOD.replace(b"parcel", b"\xed\xa0\x80"), "malformed"),
        (GOOD.replace(b"parcel", b"\xc0\xaf"), "malformed"),
        (GOOD.replace(b"parcel", rb"\ud800"), "malformed"),
        (GOOD.replace(b"parcel", b"\0"), "malformed"),
        (GOOD.replace(b"good", rb"g\u0000d"), "bad_id"),
        (b"\0" * 50, "malformed"),
        (b"\xef\xbb\xbf" + GOOD, "malformed"),
    ],
    ids=["latin-1", "utf-16", "cesu", "overlong", "lone surrogate", "raw NUL", "NUL in an id",
         "NULs", "BOM inside"],
)  # fmt: skip
def test_a_line_in_another_encoding_is_one_row(
    settings: Settings, tmp_path: Path, bad: bytes, reason: str
) -> None:
    """R2: the lines around it are read."""
    lines = (json.dumps(row("a")).encode(), bad.replace(b"\n", b""), json.dumps(row("b")).encode())
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *lines))
    assert (result.ids, result.reasons) == (["a", "b"], [reason])


def test_an_escaped_nul_is_text(settings: Settings, tmp_path: Path) -> None:
    said = GOOD.replace(b"parcel", rb"\u0000").strip()
    (found,) = read(settings, write_jsonl(tmp_path / "e.jsonl", said)).conversations
    assert found.turns[0].text == "Where is my \0?"


def test_what_is_no_file_is_refused_and_never_waited_for(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: a pipe without a writer would hang the reading for ever."""
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    (tmp_path / "dangling.jsonl").symlink_to("nowhere.jsonl")
    (tmp_path / "device.jsonl").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.jsonl").mkdir()
    for name, said in (
        ("pipe.jsonl", "is no regular file"),
        ("device.jsonl", "is no regular file"),
        ("loop.jsonl", "Too many levels of symbolic links"),
        ("dangling.jsonl", "does not exist"),
        ("x" * 5000 + ".jsonl", "File name too long"),
        ("folder", "a folder named like an export"),
        ("a\ud800.jsonl", "is not UTF-8: rename it"),
    ):
        with pytest.raises(BadInput, match=said):
            read(settings, tmp_path / name)
        if name not in ("folder", "dangling.jsonl"):
            with pytest.raises(BadInput, match=said):
                load_mapping(tmp_path / name)


@pytest.mark.parametrize("name", ["pipe.jsonl", "dangling.jsonl", "a\udcff.jsonl"])
def test_a_folder_with_an_export_that_is_none_is_refused(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    """R2, R3: leaving it out silently would lose chats."""
    folder = tmp_path / "exports"
    write_jsonl(folder / "a.jsonl", row("a"))
    if name == "pipe.jsonl":
        os.mkfifo(folder / name)
    elif name == "dangling.jsonl":
        (folder / name).symlink_to("nowhere")
    else:
        (folder / name).write_bytes(GOOD)
    with pytest.raises(BadInput):
        read(settings, folder)
    with pytest.raises(BadInput):
        fingerprint(Export(folder, None, None, False))


def test_a_pipe_put_in_the_place_of_a_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    """R2: what was looked at is not always what is opened."""
    folder = tmp_path / "exports"
    write_jsonl(folder / "2.jsonl", row("a"))
    old = write_jsonl(folder / "1.jsonl", row("b"))

    def swap() -> None:
        old.unlink()
        os.mkfifo(old)

    with pytest.raises(BadInput, match="is no regular file"):
        _read_and(settings, folder, swap)


def _read_and(settings: Settings, path: Path, meanwhile: object) -> list[str]:
    """The ids in `path`; `meanwhile` happens after the first row."""
    from handrail.conversations.intake import Accepted, read_exports
    from tests.conftest import NOW

    reading = read_exports(
        [Export(path, None, None, False)],
        region=settings.region("eu"),
        regions=settings.all_regions(),
        product_areas=settings.product_areas,
        limits=settings.intake,
        first_day=settings.first_day,
        now=NOW,
    )
    ids = []
    for each in reading:
        if not ids:
            meanwhile()  # type: ignore[operator]
        if isinstance(each, Accepted):
            ids.append(each.conversation.conversation_id)
    reading.counts.reconcile()
    return ids


def test_a_file_that_changes_while_it_is_read_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    """R3: what was read of it is no whole; a writer that never ends can't hold the reading."""
    rows = [row(f"c-{n}") for n in range(500)]
    file = write_jsonl(tmp_path / "e.jsonl", *rows)

    def grow() -> None:
        with file.open("ab") as stream:
            stream.write(GOOD)

    with pytest.raises(BadInput, match="changed while it was read"):
        _read_and(settings, file, grow)
    with pytest.raises(BadInput, match="changed while it was read"):
        _read_and(settings, file, lambda: os.truncate(file, 1000))


def test_a_file_that_vanishes_while_it_is_read_is_still_read_whole(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [row(f"c-{n}") for n in range(500)]
    file = write_jsonl(tmp_path / "e.jsonl", *rows)
    assert len(_read_and(settings, file, file.unlink)) == 500


def test_a_file_that_vanishes_before_its_turn_is_named(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    write_jsonl(folder / "2.jsonl", row("a"))
    old = write_jsonl(folder / "1.jsonl", row("b"))
    with pytest.raises(BadInput, match=r"1\.jsonl can't be read \(No such file"):
        _read_and(settings, folder, old.unlink)


@pytest.mark.skipif(os.getuid() != 0, reason="gives up the rights of root, so it must have them")
def test_what_may_not_be_read_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """R2: a file, a folder, a file in a closed folder; looked at without the rights of root."""
    file = write_jsonl(tmp_path / "closed.jsonl", row("a"))
    inside = write_jsonl(tmp_path / "closed" / "a.jsonl", row("a"))
    file.chmod(0o000)
    inside.parent.chmod(0o000)
    child = (
        "import os, sys; from pathlib import Path\n"
        "from handrail.conversations.intake import Export\n"
        "from handrail.errors import BadInput\n"
        "os.setgroups([]); os.setuid(65534)\n"
        "for path in sys.argv[1:]:\n"
        "    try: Export(Path(path), None, None, False).open()\n"
        "    except BadInput as error: print(error)\n"
    )
    for folder in (*tmp_path.parents, tmp_path):
        if folder.stat().st_uid == os.getuid() and folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    said = _child(child, file, inside, inside.parent).splitlines()
    assert len(said) == 3
    assert all("(Permission denied): check" in line for line in said)


def _child(code: str, *arguments: object) -> str:
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


def test_thousands_of_files_are_read_one_after_the_other(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: with at most a few of them open."""
    folder = tmp_path / "exports"
    for n in range(1000):
        write_jsonl(folder / f"{n:05}.jsonl", row(f"c-{n}"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(128, soft), hard))
    try:
        assert len(read(settings, folder).accepted) == 1000
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_of_ten_thousand_rows_with_one_id_one_is_accepted(
    settings: Settings, tmp_path: Path
) -> None:
    """R2, R3: and the others are counted as what they are."""
    file = write_jsonl(tmp_path / "e.jsonl", *[GOOD.strip()] * 10_000)
    result = read(settings, file)
    assert result.counts.reconcile() == {"rows": 10_000, "accepted": 1, "duplicate": 9_999}


# Reads an export with the default limits; prints reasons, ids and by how many KiB it grew.
MEASURED = """
import resource, sys
from pathlib import Path
from handrail.conversations.intake import load_mapping
from handrail.settings import load_settings
from tests.conversations.exports import read
settings = load_settings(environ={"HANDRAIL_HOME": "/nonexistent/home"})
export, small = Path(sys.argv[1]), Path(sys.argv[2])
mapping = load_mapping(Path(sys.argv[3])) if len(sys.argv) > 3 else None
limit = settings.intake.max_record_bytes
read(settings, small, mapping=mapping)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
result = read(settings, export, mapping=mapping, max_record_bytes=limit)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(*map(str, result.reasons), *result.ids, grown)
"""


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
    *said, grown = _child(MEASURED, big, small).split()
    big.unlink()
    assert said == ["oversized", "good"]
    assert int(grown) < 60 * 1024


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
    *said, grown = _child(MEASURED, big, small, mapping).split()
    big.unlink()
    assert said == ["oversized", "oversized", "2", "4", "5"]
    assert int(grown) < 100 * 1024


def test_a_bomb_of_gigabytes_is_left_in_flat_memory(tmp_path: Path) -> None:
    """R2: 2 GiB of zeros in 2 MiB, with the limits of the default config."""
    small = write_jsonl(tmp_path / "small.jsonl.gz", row("a"))
    member = gz(bytes(1 << 20), times=128)
    bomb = _write(tmp_path / "bomb.jsonl.gz", (gz(GOOD), *[member] * 16))
    *said, grown = _child(MEASURED, bomb, small).split()
    assert said == ["oversized", "good"]
    assert int(grown) < 60 * 1024
