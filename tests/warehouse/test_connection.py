"""The door to DuckDB: what is on disk is sealed, and every refusal says what to do."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from handrail.errors import BadInput, HandrailError, Refused, Tampered, Withheld
from handrail.vault.primitives import SecretKey
from handrail.warehouse.connection import SESSION, open_encrypted, scratch_query

CANARY = "CANARY-4111-1111"
KEY, OTHER_KEY = SecretKey(b"k" * 32), SecretKey(b"o" * 32)
CHATS = pa.table({"id": range(2000), "text": [f"{CANARY} {n}" for n in range(2000)]})


def bytes_below(folder: Path) -> bytes:
    return b"".join(f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "eu" / "warehouse.duckdb"
    with open_encrypted(path, KEY, alias="eu") as warehouse:
        warehouse.replace_table("landing", "chats", CHATS)
    return path


def test_what_was_written_is_read_back(path: Path) -> None:
    with open_encrypted(path, KEY, alias="eu", read_only=True) as warehouse:
        found = warehouse.query("select text from landing.chats where id = $id", {"id": 7})
    assert found.to_pylist() == [{"text": f"{CANARY} 7"}]


def test_replacing_tables_is_all_or_nothing(path: Path) -> None:
    with open_encrypted(path, KEY, alias="eu") as warehouse:
        with pytest.raises(BadInput):
            warehouse.replace_tables("landing", {"chats": CHATS[:1], "Not a name": CHATS})
        unreadable = pa.table({"x": pa.array([{}], pa.struct([]))})
        with pytest.raises(HandrailError):
            warehouse.replace_tables("landing", {"chats": CHATS[:1], "more": unreadable})
        assert warehouse.query("select count(*) as n from landing.chats").to_pylist() == [
            {"n": 2000}
        ]


def test_parts_add_up_and_a_part_that_fails_undoes_all(path: Path) -> None:
    unreadable = pa.table({"x": pa.array([{}], pa.struct([]))})
    with open_encrypted(path, KEY, alias="eu") as warehouse:
        warehouse.replace_in_parts("landing", [{"chats": CHATS[:10]}, {"chats": CHATS[10:30]}])
        with pytest.raises(HandrailError):
            warehouse.replace_in_parts("landing", [{"chats": CHATS[:1]}, {"more": unreadable}])
        rows = list(warehouse.rows("select * from landing.chats where id < $most", {"most": 20}))
    assert rows == CHATS[:20].to_pylist()


def test_a_part_is_let_go_before_the_next_is_made(path: Path) -> None:
    """However many rows land, memory holds one part of them."""
    held: list[int] = []
    before = pa.total_allocated_bytes()

    def parts() -> Iterator[dict[str, pa.Table]]:
        for part in range(12):
            yield {"chats": pa.table({"id": pa.array(range(part, part + 100_000), pa.int64())})}
            held.append(pa.total_allocated_bytes() - before)

    with open_encrypted(path, KEY, alias="eu") as warehouse:
        warehouse.replace_in_parts("landing", parts())
        (counted,) = warehouse.rows("select count(*) as n from landing.chats")
    assert counted == {"n": 1_200_000}
    assert max(held[1:]) <= 2 * 8 * 100_000


def test_file_does_not_open_without_the_key(path: Path) -> None:
    """R36"""
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(path))
    with (
        pytest.raises(Tampered, match="delete the file and run the region again") as caught,
        open_encrypted(path, OTHER_KEY, alias="eu"),
    ):
        pass
    assert caught.value.__context__ is None


@pytest.mark.parametrize("position", [10, 100, 5000, -300_000])
def test_edited_file_is_refused(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    with (
        pytest.raises(Tampered, match="damaged or was edited"),
        open_encrypted(path, KEY, alias="eu") as warehouse,
    ):
        warehouse.query("select min(text) from landing.chats")


def test_truncated_and_foreign_files_are_refused(path: Path) -> None:
    whole = path.read_bytes()
    plain = path.with_name("plain.duckdb")
    duckdb.connect(str(plain)).execute("create table t as select 1").close()
    for data in (whole[: len(whole) // 2], b"not a database", plain.read_bytes()):
        path.write_bytes(data)
        with pytest.raises(Tampered), open_encrypted(path, KEY, alias="eu") as warehouse:
            warehouse.query("select min(text) from landing.chats")


def test_one_opener_at_a_time(path: Path) -> None:
    again = (
        "import sys; from pathlib import Path; from handrail.errors import Refused\n"
        "from handrail.vault.primitives import SecretKey\n"
        "from handrail.warehouse.connection import open_encrypted\n"
        "try:\n"
        "    with open_encrypted(Path(sys.argv[1]), SecretKey(b'k' * 32), alias='eu'): pass\n"
        "except Refused as refused: print(refused)\n"
    )
    with open_encrypted(path, KEY, alias="eu"):
        with (
            pytest.raises(Refused, match="one process at a time"),
            open_encrypted(path, KEY, alias="eu"),
        ):
            pass
        other = subprocess.run(
            [sys.executable, "-c", again, str(path)], capture_output=True, text=True, check=True
        )
    assert "one process at a time" in other.stdout


def test_missing_file_is_not_created_by_a_reader(tmp_path: Path) -> None:
    with (
        pytest.raises(Refused, match="run the region's warehouse step first"),
        open_encrypted(tmp_path / "none.duckdb", KEY, alias="eu", read_only=True),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_nothing_on_disk_is_plain_not_even_while_spilling(path: Path) -> None:
    """R36: file, write-ahead log and spill files, all while the warehouse is open."""
    with open_encrypted(path, KEY, alias="eu", memory_limit="40MB") as warehouse:
        warehouse.replace_table("landing", "more", CHATS)
        warehouse.query(
            "create temporary table big as "
            "select text || md5(i::varchar) || md5(id::varchar) as text "
            "from landing.chats, range(500) as r(i)"
        )
        written = {f.suffix for f in path.parent.rglob("*") if f.is_file()}
        assert written == {".duckdb", ".lock", ".wal", ".tmp"}
        assert CANARY.encode() not in bytes_below(path.parent)
    assert [f.name for f in path.parent.glob("[!.]*")] == [path.name]
    assert CANARY.encode() not in path.read_bytes()


def test_the_spill_scan_finds_text_where_spilling_is_not_encrypted(tmp_path: Path) -> None:
    config = {**SESSION, "temp_file_encryption": "false", "temp_directory": str(tmp_path / "s")}
    with duckdb.connect(":memory:", config={**config, "memory_limit": "40MB"}) as connection:
        connection.execute(
            f"create temporary table big as select '{CANARY}' || md5(i::varchar) || md5(i::varchar)"
            " as text from range(1000000) as r(i)"
        )
        assert CANARY.encode() in bytes_below(tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "copy landing.chats to 'out.csv'",
        "select * from read_csv('/etc/hostname')",
        "attach 'other.duckdb'",
        "install json",
        "set enable_external_access = true",
        "set temp_file_encryption = false",
        "select * from CHATS",
    ],
)
def test_sql_reaches_nothing_outside_the_warehouse(
    path: Path, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R38"""
    monkeypatch.chdir(path.parent)
    with open_encrypted(path, KEY, alias="eu") as warehouse, pytest.raises(HandrailError):
        warehouse.query(sql)
    assert [f.name for f in path.parent.glob("[!.]*")] == [path.name]


def test_errors_quote_no_chat_text(path: Path) -> None:
    """R36: DuckDB's own message would quote the value it could not convert."""
    sql = "select text::integer from landing.chats"
    with (
        pytest.raises(HandrailError) as from_warehouse,
        open_encrypted(path, KEY, alias="eu") as warehouse,
    ):
        warehouse.query(sql)
    with pytest.raises(Withheld) as from_scratch:
        scratch_query("select text::integer from chats", {"chats": CHATS})
    for caught in (from_warehouse, from_scratch):
        assert CANARY not in str(caught.value)
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None


def test_scratch_query_looks_at_tables_and_nothing_else(tmp_path: Path) -> None:
    found = scratch_query(
        "select count(*) as n from chats where id < ?", {"chats": CHATS}, params=[5]
    )
    assert found.to_pylist() == [{"n": 5}]
    with pytest.raises(Withheld):
        scratch_query(f"copy chats to '{tmp_path / 'out.csv'}'", {"chats": CHATS})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("alias", ["temp", "Eu", "eu; drop", ""])
def test_alias_is_a_plain_name(tmp_path: Path, alias: str) -> None:
    with pytest.raises(BadInput), open_encrypted(tmp_path / "w.duckdb", KEY, alias=alias):
        pass
