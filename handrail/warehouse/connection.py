"""The door to DuckDB: a region's encrypted warehouse file, and plain in-memory looks over Arrow.

A region has one file, AES-GCM encrypted with a key from the keyring. It holds redacted data only,
is derived from the vault and can be rebuilt, so it is never the system of record. DuckDB locks the
file for one process at a time, readers included.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from handrail.errors import BadInput, Refused, without_chat_text
from handrail.vault.files import locked, make_private_folder, refusing, sync_folder
from handrail.vault.primitives import SecretKey
from handrail.warehouse.explaining import explained

_IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
_OWN_CATALOGS = frozenset({"memory", "system", "temp"})

# Nothing is downloaded, spill files are encrypted (they are plain by default), and SQL can't read
# Python variables.
SESSION: Mapping[str, str] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_file_encryption": "true",
    "python_enable_replacements": "false",
}
MEMORY_LIMIT = "400MB"  # above it DuckDB spills; a run has little more than twice that in all
_ROWS_A_BATCH = 2_000

Parameters = Sequence[Any] | Mapping[str, Any]
T = TypeVar("T")


class Warehouse:
    """One region's open warehouse. SQL names tables as `schema.table`."""

    def __init__(self, connection: Any, path: Path) -> None:
        self._connection = connection
        self._path = path

    def replace_table(self, schema: str, name: str, table: pa.Table) -> None:
        """Make `schema.name` hold exactly `table`, whatever was there before."""
        self.replace_tables(schema, {name: table})

    def replace_tables(self, schema: str, tables: Mapping[str, pa.Table]) -> None:
        """Replace several tables in one transaction: readers see all of them new or none."""
        self.replace_in_parts(schema, [tables])

    def replace_in_parts(self, schema: str, parts: Iterable[Mapping[str, pa.Table]]) -> None:
        """Replace tables that come piece by piece, in one transaction; memory holds one part.

        The first part with a table makes it anew, later parts add rows to it.
        """
        _run(self._path, lambda: self._replace(_identifier(schema), parts))

    def query(self, sql: str, params: Parameters | None = None) -> pa.Table:
        """The rows of `sql`; values are `params` (`?` or `$name`), never part of the text."""
        return _run(self._path, lambda: _arrow(self._connection, sql, params))

    def rows(self, sql: str, params: Parameters | None = None) -> Iterator[dict[str, Any]]:
        """The rows of `sql` one at a time; read them before the next statement."""
        reader = _run(
            self._path,
            lambda: self._connection.execute(sql, params).to_arrow_reader(_ROWS_A_BATCH),
        )
        while (batch := _run(self._path, lambda: next(reader, None))) is not None:
            yield from batch.to_pylist()

    def read_through(self) -> int:
        """Decrypt every value of every table, so that a damaged block shows; how many rows."""
        tables = self.query(
            "select table_schema as s, table_name as n from information_schema.tables "
            "where table_type = 'BASE TABLE' order by all"
        ).to_pylist()
        rows = 0
        for table in tables:
            where = f"{_identifier(table['s'])}.{_identifier(table['n'])}"
            [found] = self.query(
                f"select count(*) as n, bit_xor(hash(t)) from {where} as t"  # noqa: S608
            ).to_pylist()
            rows += found["n"]
        return rows

    def _replace(self, schema: str, parts: Iterable[Mapping[str, pa.Table]]) -> None:
        import duckdb

        made: set[str] = set()
        self._connection.execute("begin")
        try:
            self._connection.execute(f"create schema if not exists {schema}")
            for tables in parts:
                for name, table in tables.items():
                    where = f"{schema}.{_identifier(name)}"
                    # A registered view would keep its table in memory until the commit.
                    rows = self._connection.from_arrow(table)
                    if name in made:
                        rows.insert_into(where)
                    else:
                        self._connection.execute(f"drop table if exists {where}")
                        rows.create(where)
                    made.add(name)
            self._connection.execute("commit")
        except BaseException:
            with suppress(duckdb.TransactionException):  # a failed commit has rolled back already
                self._connection.execute("rollback")
            raise


@contextmanager
def open_encrypted(
    path: Path,
    key: SecretKey,
    *,
    alias: str,
    read_only: bool = False,
    memory_limit: str = MEMORY_LIMIT,
) -> Iterator[Warehouse]:
    """Open the warehouse file `path` with its `key`, creating it unless `read_only`.

    Above `memory_limit` DuckDB spills, encrypted, to a folder beside the file. Raises `Refused`
    when another process has the file open, `Tampered` when key or bytes are wrong.
    """
    import duckdb

    connection = duckdb.connect(":memory:", config=dict(SESSION))
    try:
        attach_encrypted(
            connection, path, key, alias=alias, read_only=read_only, memory_limit=memory_limit
        )
        yield Warehouse(connection, path)
    finally:
        connection.close()


def attach_encrypted(
    connection: Any,
    path: Path,
    key: SecretKey,
    *,
    alias: str,
    read_only: bool = False,
    memory_limit: str = MEMORY_LIMIT,
) -> None:
    """Attach the warehouse to an in-memory connection opened with `SESSION`, then lock it down.

    Afterwards the session can reach no other file and no setting can be changed.
    """
    if _identifier(alias) in _OWN_CATALOGS:
        msg = f"{alias!r} is a name DuckDB keeps for itself: call the region something else"
        raise BadInput(msg)
    if read_only and not path.exists():
        msg = f"{path} does not exist yet: run the region's warehouse step first"
        raise Refused(msg)
    options = f"encryption_key {_text(base64.b64encode(key.reveal()).decode())}"

    def execute(*statements: str) -> None:
        for statement in statements:
            _run(path, partial(connection.execute, statement))

    execute(
        # DuckDB's own encryption is read-only: writing needs the OpenSSL inside httpfs.
        f"load {_text(str(_httpfs()))}",
        "set TimeZone = 'UTC'",
        f"set memory_limit = {_text(memory_limit)}",
        f"set temp_directory = {_text(str(path.with_suffix('.spill')))}",
    )
    if not path.exists():
        _create(
            path, lambda new: execute(f"attach {_text(str(new))} as new ({options})", "detach new")
        )
    execute(
        f"attach {_text(str(path))} as {alias} ({options}{', read_only' if read_only else ''})",
        f"use {alias}",
        "set enable_external_access = false",
        "set lock_configuration = true",
    )


def _create(path: Path, write: Callable[[Path], None]) -> None:
    """Let the empty warehouse take its name when it is whole: half of one would look damaged."""
    make_private_folder(path.parent)
    new = path.with_name(f".{path.name}.new")
    with locked(path.with_name(f".{path.name}.lock")), refusing(path):
        if path.exists():
            return
        new.unlink(missing_ok=True)
        write(new)
        new.chmod(0o600)
        new.replace(path)
        sync_folder(path.parent)


def scratch_query(
    sql: str, tables: Mapping[str, pa.Table], params: Parameters | None = None
) -> pa.Table:
    """The rows of `sql` over Arrow `tables`, in a DuckDB that has memory and nothing else.

    No file is read or written, not even for spilling, so raw text may be looked at here.
    """
    import duckdb

    with without_chat_text("a query over tables in memory"):
        config = {**SESSION, "temp_directory": "", "enable_external_access": "false"}
        with duckdb.connect(":memory:", config=config) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for name, table in tables.items():
                connection.register(_identifier(name), table)
            connection.execute("set lock_configuration = true")
            return _arrow(connection, sql, params)


def _arrow(connection: Any, sql: str, params: Parameters | None) -> pa.Table:
    return connection.execute(sql, params).to_arrow_table()


def _httpfs() -> Path:
    """The extension inside the installed wheel; `import_extension()` would write to the home."""
    import duckdb

    spec = find_spec("duckdb_extension_httpfs")
    wheel = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    found = wheel / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not found.exists():
        msg = (
            f"DuckDB {duckdb.__version__} has no matching duckdb-extension-httpfs: install the "
            "versions of requirements.lock"
        )
        raise Refused(msg)
    return found


def _run(path: Path, work: Callable[[], T]) -> T:
    """`work`, with DuckDB's errors replaced by ours: its messages quote values, SQL and keys."""
    import duckdb

    try:
        return work()
    except duckdb.Error as error:
        ours = explained(error, path)
    raise ours


def _identifier(name: str) -> str:
    if not _IDENTIFIER.match(name):
        msg = "a name in the warehouse is lower-case letters, digits and _, a letter first"
        raise BadInput(msg)
    return name


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
