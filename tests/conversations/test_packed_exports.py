"""Packed exports and other encodings: bombs, damage, and files that aren't lines of text (R2)."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest
import zstandard

from handrail.settings import Settings
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


def zst(*chunks: bytes, times: int = 1) -> bytes:
    """`chunks` as one zstd frame, all of them `times` over."""
    packer = zstandard.ZstdCompressor().compressobj()
    packed = [packer.compress(chunk) for _ in range(times) for chunk in chunks]
    return b"".join((*packed, packer.flush()))


def zipped(members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of `members`, in order."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return whole.getvalue()


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


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_left_at_the_limit_however_it_is_packed(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    """R2: as zstd, and as the second member of a zip archive."""
    bomb = gzip.decompress(BOMBS[kind]).removeprefix(GOOD)
    zstd, archive = tmp_path / "e.jsonl.zst", tmp_path / "e.jsonl.zip"
    zstd.write_bytes(zst(GOOD) + zst(bomb))
    archive.write_bytes(zipped({"a.jsonl": GOOD, "b.jsonl": bomb, "c.jsonl": GOOD}))
    for file in (zstd, archive):
        result = read(settings, file)
        assert (result.ids, result.reasons) == (["good"], ["oversized"])
        assert "max_unpacked_ratio" in result.quarantined[0].detail


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


B = json.dumps(row("b")).encode()


@pytest.mark.parametrize(
    ("data", "ids", "reasons", "said"),
    [
        (zst(GOOD), ["good"], [], ""),
        (zst(GOOD) + zst(B), ["good", "b"], [], ""),
        (zst(GOOD, b" " * 300_000 + b"\n", B), ["good", "b"], [], ""),
        (zst(GOOD) + zst(B)[:-3], ["good"], ["malformed"], "truncated file"),
        (zst(GOOD)[:-3], [], ["malformed"], "truncated file"),
        (zst(GOOD) + b"garbage", ["good"], ["malformed"], "truncated file"),
        (zst(zst(GOOD)), [], ["malformed"], "packed twice"),
        (GOOD, [], ["malformed"], "truncated file"),
        (zst(), [], [], ""),
        (b"", [], [], ""),
    ],
    ids=["frame", "frames", "long line", "truncated", "all cut", "garbage", "twice", "no zstd",
         "of nothing", "empty"],
)  # fmt: skip
def test_a_zstd_of_any_kind(
    settings: Settings, tmp_path: Path, data: bytes, ids: list[str], reasons: list[str], said: str
) -> None:
    """R2: every whole line is read, and at most one row tells of the rest."""
    file = tmp_path / "e.jsonl.zst"
    file.write_bytes(data)
    result = read(settings, file, max_record_bytes=400_000)
    assert (result.ids, result.reasons) == (ids, reasons)
    assert all(said in each.detail for each in result.quarantined)


def encrypted(data: bytes) -> bytes:
    """The archive with the mark of encryption on its members."""
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


ARCHIVE = zipped({"x/b.jsonl": GOOD.strip(), "../../a.jsonl": B})


@pytest.mark.parametrize(
    ("data", "ids", "reasons", "said"),
    [
        (ARCHIVE, ["good", "b"], [], ""),
        (zipped({"a/": b"", ".DS_Store": b"x", "__MACOSX/a": b"x", "c": B}), ["b"], [], ""),
        (zipped({"a": GOOD, "b": B}, method=zipfile.ZIP_STORED), ["good", "b"], [], ""),
        (zipped({"a": GOOD}, method=zipfile.ZIP_BZIP2), [], ["malformed"], "use deflate"),
        (zipped({"a": GOOD, "b.zip": ARCHIVE}), ["good"], ["malformed"], "packed twice"),
        (encrypted(ARCHIVE), [], ["malformed"], "unpack it with its password"),
        (ARCHIVE[:-30], [], ["malformed"], "truncated file"),
        (ARCHIVE.replace(ARCHIVE[60:70], bytes(10)), [], ["malformed"], "truncated file"),
        (GOOD, [], ["malformed"], "truncated file"),
        (zipped({}), [], [], ""),
    ],
    ids=["members", "clutter", "stored", "bzip2", "nested", "encrypted", "truncated", "damaged",
         "no zip", "of nothing"],
)  # fmt: skip
def test_a_zip_of_any_kind(
    settings: Settings, tmp_path: Path, data: bytes, ids: list[str], reasons: list[str], said: str
) -> None:
    """R2: members in order, whatever their names say of folders; nothing is written anywhere."""
    file = tmp_path / "sub" / "e.jsonl.zip"
    file.parent.mkdir()
    file.write_bytes(data)
    result = read(settings, file)
    assert (result.ids, result.reasons) == (ids, reasons)
    assert all(said in each.detail for each in result.quarantined)
    assert [each.name for each in tmp_path.rglob("*")] == ["sub", "e.jsonl.zip"]


def test_an_archive_of_one_table_is_read_and_one_of_several_isnt(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: the second table's header is no row, and its columns may stand in another order."""
    mapping = mapping_of(tmp_path, TABLE)
    file = tmp_path / "e.csv.zip"
    file.write_bytes(zipped({"a.csv": b"id,said\n1,hi\n"}))
    assert read(settings, file, mapping=mapping).ids == ["1"]
    file.write_bytes(zipped({"a.csv": b"id,said\n1,hi\n", "b.csv": b"said,id\nhi,2\n"}))
    result = read(settings, file, mapping=mapping)
    assert result.ids == []
    assert "several tables" in result.quarantined[0].detail


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
