"""Keys of one region: root -> class keys -> data keys and subject keys.

The root lies with a key service outside the home. It wraps one key-encryption key per class and
version (`class_keys`); that one wraps a data key per object, which lies in the object's sidecar,
and the standing and subject keys, which are 60-byte rows here. So rotation re-wraps rows and
sidecars and never rewrites data (R37). Destroying a subject's row erases that person's records
everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from sqlite3 import Connection

from handrail.clock import Clock
from handrail.digests import canonical
from handrail.errors import Refused, Tampered
from handrail.residency import DataClass
from handrail.vault.class_keys import SCHEMA, ClassKey, ClassKeys, KeyState, Limits, class_of
from handrail.vault.database import Database
from handrail.vault.files import locked, shared, undivided
from handrail.vault.key_service import KeyService, root_check_context
from handrail.vault.names import subject_id
from handrail.vault.primitives import Sealer, SecretKey, mac, new_id, new_key, reseal
from handrail.vault.sidecar import WrappedKey

# Overwritten and deleted rows are zeroed, and nothing spills to a temporary file: a key that was
# destroyed is in no file (`Database.leave_nothing_behind`). The log stays below half a megabyte.
_SCHEMA = f"""
pragma secure_delete = on;
pragma temp_store = memory;
pragma wal_autocheckpoint = 100;
create table if not exists keyring (
    one integer primary key check (one = 1), salt blob, check_ blob);
{SCHEMA}
create trigger if not exists keyring_made after insert on keyring begin
    insert into class_seals values ('root', content_digest(
        new.one, hex(new.salt), hex(new.check_))); end;
create table if not exists data_keys (
    name text primary key, class text, version integer, wrapped blob);
create table if not exists subjects (lookup text primary key, subject_id text unique);
"""  # noqa: S608 - both parts are ours
_ROWS_AT_ONCE = 25_000


class Keyring:
    """All keys of one region. Knows no way to print one."""

    def __init__(
        self, path: Path, *, region: str, root: Callable[[bytes], KeyService], clock: Clock
    ) -> None:
        """Open `path`; `root` gives the key service for the salt that is stored there."""
        self._path = path
        self._region = region
        self.clock = clock
        self._database = Database(path, _SCHEMA, what=f"the key database of region {region}")
        try:
            self._class_keys = ClassKeys(
                self._database, region=region, service=self._open_root(root), clock=clock
            )
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the key database."""
        self._database.close()

    def wrapping(self) -> AbstractContextManager[None]:
        """Held around `wrap` and storing what it gave, so that no re-wrap overlooks it."""
        return shared(self._lock, turn=self._turn)

    def wrap(self, name: str, key: SecretKey, *, data_class: DataClass) -> WrappedKey:
        """`key`, wrapped under `name` by the newest class key; the caller stores it."""
        with self._database.writing() as connection:
            version, kek = self._class_keys.wrapping(connection, data_class, wraps=1)
            bound = self._bound(data_class, version)
            return WrappedKey(version, self._wrapped(kek, bound, name, key))

    def unwrap(self, name: str, wrapped: WrappedKey, *, data_class: DataClass) -> SecretKey:
        """The key that was wrapped under `name`; `Tampered` for any other name, class or region.

        `KeyVersionGone` when a rotation destroyed what wraps it since it was read.
        """
        with self._database.reading():
            kek = self._class_keys.unwrapping(data_class, wrapped.version)
        what = f"an object of class {data_class}"
        return self._unwrapped(kek, name, data_class, wrapped, what=what)

    def named_key(self, name: str, *, data_class: DataClass) -> SecretKey:
        """The standing key `name` (warehouse, digests, ...), made on first use."""
        stored = f"standing/{name}"
        key = self._known(stored, data_class)
        if key is not None:
            return key
        with self._database.writing() as connection:
            made_meanwhile = connection.execute(
                "select 1 from data_keys where name = ?", (stored,)
            ).fetchone()
            if made_meanwhile is None:
                self._insert(connection, [(stored, new_key())], data_class)
        key = self._known(stored, data_class)
        if key is None:
            msg = f"the standing key {name} of region {self._region} was destroyed"
            raise Refused(msg)
        return key

    def subjects(self, customer_ids: Sequence[str]) -> list[str]:
        """Random subject ids of these customers, in order; made where they are new.

        That of a conversation whose customer nobody knows says so (`is_of_nobody_known`).
        """
        lookup_key = self.named_key("subject-lookup", data_class=DataClass.SUBJECT)
        lookups = [mac(lookup_key, c.encode()) for c in customer_ids]
        with self._database.writing() as connection:
            known = dict(
                row
                for chunk in _chunks(sorted(set(lookups)))
                for row in connection.execute(
                    "select lookup, subject_id from subjects where lookup in "  # noqa: S608
                    f"({','.join('?' * len(chunk))})",
                    chunk,
                )
            )
            fresh = {
                lookup: subject_id(customer, new_id())
                for lookup, customer in zip(lookups, customer_ids, strict=True)
                if lookup not in known
            }
            connection.executemany("insert into subjects values (?, ?)", fresh.items())
            self._insert(
                connection,
                [(f"subject/{subject}", new_key()) for subject in fresh.values()],
                DataClass.SUBJECT,
            )
        known.update(fresh)
        return [known[lookup] for lookup in lookups]

    def subject_keys(self, subject_ids: Sequence[str]) -> dict[str, SecretKey]:
        """The keys of these subjects; a destroyed one is missing from the answer."""
        found: dict[str, SecretKey] = {}
        names = sorted({f"subject/{s}" for s in subject_ids})
        with self._database.reading():  # a rotation in between would destroy what wraps them
            kek = cache(self._class_keys.unwrapping)
            for chunk in _chunks(names):
                for name, class_, version, wrapped in self._database.rows(
                    "select name, class, version, wrapped from data_keys where name "  # noqa: S608
                    f"in ({','.join('?' * len(chunk))})",
                    chunk,
                ):
                    data_class = class_of(class_)
                    found[name.removeprefix("subject/")] = self._unwrapped(
                        kek(data_class, version), name, data_class, WrappedKey(version, wrapped),
                        what=f"{name} in keys.db",
                    )  # fmt: skip
        return found

    def held_subjects(self, subject_ids: Iterable[str]) -> set[str]:
        """Those of these subjects whose key is not destroyed; opens none."""
        return {
            name.removeprefix("subject/")
            for chunk in _chunks(sorted({f"subject/{s}" for s in subject_ids}))
            for (name,) in self._database.rows(
                f"select name from data_keys where name in ({','.join('?' * len(chunk))})",  # noqa: S608
                chunk,
            )
        }

    def rotate(self, data_class: DataClass) -> int:
        """Start a new version of the class key for new keys; older ones still unwrap."""
        with self._database.writing() as connection:
            return self._class_keys.add(connection, data_class)

    def limit(
        self, data_class: DataClass, *, min_encrypt: int | None, min_decrypt: int | None
    ) -> Limits:
        """Set the minimum versions that are given; returns what holds now."""
        with self._database.writing() as connection:
            held = self._class_keys.limits(data_class)
            limits = Limits(
                held.min_encrypt if min_encrypt is None else min_encrypt,
                held.min_decrypt if min_decrypt is None else min_decrypt,
            )
            self._class_keys.limit(connection, data_class, limits)
            return limits

    def newest_alone(self, data_class: DataClass) -> int:
        """The version that wraps from now on, once everything older that was wrapped is stored."""
        with undivided(self._lock, turn=self._turn):
            return self._class_keys.newest(data_class)

    def rewrap(self, data_class: DataClass) -> int:
        """Wrap every standing and subject key of the class with the newest KEK; returns how many.

        A transaction every few ten thousand keys: others wait for a moment at most, and what a
        killed run has done stays done. What lies in sidecars is the vault's to re-wrap.
        """
        older = self._database.rows(
            "select distinct version from data_keys where class = ? and version < ?",
            (data_class, self._class_keys.newest(data_class)),
        )
        return sum(
            count
            for (version,) in older
            for count in self._rewrap_rows(data_class, version)
        )  # fmt: skip

    def destroy(self, data_class: DataClass, version: int) -> None:
        """Destroy an older version of a class key; refused while it still wraps a row.

        Whoever calls this has looked at the sidecars, after `newest_alone`. Afterwards the key is
        in no file of ours, wrapped or not; a backup that was made before still holds it.
        """
        with self._database.writing() as connection:
            self.require_unused(data_class, version)
            self._class_keys.destroy(connection, data_class, version)
        self.leave_nothing_behind()

    def require_unused(self, data_class: DataClass, version: int) -> None:
        """`Refused` unless it is an older version, and wraps no row."""
        self._class_keys.require_older(data_class, version)
        left = self.wrapped_rows().get((data_class, version), 0)
        if left:
            msg = (
                f"version {version} of {data_class} still wraps {left} keys: re-wrap them "
                f"first (handrail keys rewrap {data_class} --region {self._region})"
            )
            raise Refused(msg)

    def leave_nothing_behind(self) -> None:
        """Remove what was destroyed from the write-ahead log and from a killed backup's copy."""
        self._database.leave_nothing_behind()
        with self._snapshot_path() as path:
            path.unlink(missing_ok=True)

    def class_keys(self) -> list[ClassKey]:
        """Every version of every class key, for people."""
        return self._class_keys.all()

    def limits(self, data_class: DataClass) -> Limits:
        """The minimum versions of a class."""
        return self._class_keys.limits(data_class)

    def wrapped_rows(self) -> dict[tuple[DataClass, int], int]:
        """How many standing and subject keys each version of a class key wraps."""
        rows = self._database.rows(
            "select class, version, count(*) from data_keys group by class, version"
        )
        return {(class_of(class_), version): count for class_, version, count in rows}

    def open_everything(self) -> None:
        """Open every class key that may be used, or raise: does this root fit these keys?"""
        for key in self.class_keys():
            is_shut = key.version < self.limits(key.data_class).min_decrypt
            if key.state is not KeyState.DESTROYED and not is_shut:
                self._class_keys.unwrapping(key.data_class, key.version)

    def require_alone(self) -> None:
        """Raise `Busy` while anybody else has the key database open."""
        self._database.fold()

    def holds_all_of(self, other: Path) -> bool:
        """Whether nothing that the key database `other` holds is missing here."""
        return self._database.holds_all_of(
            other,
            {
                "class_keys": "class, version, state, wrapped",
                "class_limits": "class, min_encrypt, min_decrypt",
                "data_keys": "name",
                "subjects": "lookup, subject_id",
            },
        )

    @contextmanager
    def snapshot(self) -> Iterator[Path]:
        """A consistent copy of the key database, gone when the block ends."""
        with self._snapshot_path() as path:
            path.unlink(missing_ok=True)  # of a process that was killed
            try:
                self._database.snapshot(path)
                yield path
            finally:
                path.unlink(missing_ok=True)

    @contextmanager
    def _snapshot_path(self) -> Iterator[Path]:
        with locked(self._path.with_name(".keys.snapshot.lock")):
            yield self._path.with_name(".keys.snapshot")

    def require_sound(self) -> None:
        """`Tampered` unless the key database is whole as a file; opens no key."""
        self._database.require_sound()

    def verify(self) -> int:
        """Unwrap every key there is and forget it again; `Tampered` names the first that is wrong.

        Returns their number.
        """
        self.require_sound()
        self._class_keys.verify()
        rows = self._database.rows("select name, class from data_keys")
        subjects = [name.removeprefix("subject/") for name, _ in rows if "subject/" in name]
        for chunk in _chunks(subjects):
            self.subject_keys(chunk)
        for name, data_class in rows:
            if not name.startswith("subject/"):
                self._known(name, class_of(data_class))
        return len(rows) + len(self.class_keys())

    def _rewrap_rows(self, data_class: DataClass, version: int) -> Iterator[int]:
        last = -1
        while True:
            with self._database.writing() as connection:
                rows = connection.execute(
                    "select rowid, wrapped, cast(name as blob) from data_keys "
                    "where rowid > ? and class = ? and version = ? order by rowid limit ?",
                    (last, data_class, version, _ROWS_AT_ONCE),
                ).fetchall()
                if not rows:
                    return
                newest, kek = self._class_keys.wrapping(connection, data_class, wraps=len(rows))
                wrapped = reseal(
                    [(sealed, name) for _, sealed, name in rows],
                    old=self._class_keys.unwrapping(data_class, version),
                    old_prefix=self._bound(data_class, version),
                    new=kek,
                    new_prefix=self._bound(data_class, newest),
                    what=f"a wrapped key of class {data_class}",
                )
                connection.executemany(
                    "update data_keys set version = ?, wrapped = ? where rowid = ?",
                    [(newest, new, row[0]) for new, row in zip(wrapped, rows, strict=True)],
                )
            yield len(rows)
            last = rows[-1][0]

    def _insert(
        self,
        connection: Connection,
        keys: Sequence[tuple[str, SecretKey]],
        data_class: DataClass,
    ) -> None:
        version, kek = self._class_keys.wrapping(connection, data_class, wraps=len(keys))
        bound = self._bound(data_class, version)
        connection.executemany(
            "insert into data_keys values (?, ?, ?, ?)",
            (
                (name, data_class, version, self._wrapped(kek, bound, name, key))
                for name, key in keys
            ),
        )

    def _known(self, name: str, data_class: DataClass) -> SecretKey | None:
        with self._database.reading():  # a rotation in between would destroy what wraps it
            rows = self._database.rows(
                "select class, version, wrapped from data_keys where name = ?", (name,)
            )
            if not rows:
                return None
            class_, version, wrapped = rows[0]
            if class_ != data_class:
                msg = f"the key of {name} is of class {class_}, not {data_class}"
                raise Tampered(msg)
            kek = self._class_keys.unwrapping(data_class, version)
        kept = WrappedKey(version, wrapped)
        return self._unwrapped(kek, name, data_class, kept, what=f"{name} in keys.db")

    def _wrapped(self, kek: Sealer, bound: bytes, name: str, key: SecretKey) -> bytes:
        return kek.seal(key.reveal(), bound_to=bound + name.encode())

    def _unwrapped(
        self, kek: Sealer, name: str, data_class: DataClass, wrapped: WrappedKey, *, what: str
    ) -> SecretKey:
        bound = self._bound(data_class, wrapped.version) + name.encode()
        key = kek.unseal(wrapped.sealed, bound_to=bound, what=f"the wrapped key of {what}")
        return SecretKey(key)

    def _bound(self, data_class: DataClass, version: int) -> bytes:
        """What a wrapped key is bound to, before its name: JSON ends by itself."""
        return canonical(["handrail-key", self._region, str(data_class), version])

    def _open_root(self, root: Callable[[bytes], KeyService]) -> KeyService:
        context = root_check_context(self._region)
        stored = "select salt, check_ from keyring"
        rows = self._database.rows(stored)
        if not rows:
            with self._database.writing() as connection:
                rows = connection.execute(stored).fetchall()  # another process may have been first
                if not rows:
                    self._refuse_older_home()
                    salt = os.urandom(16)
                    service = root(salt)
                    check = service.wrap(new_key().reveal(), context=context)
                    connection.execute("insert into keyring values (1, ?, ?)", (salt, check))
                    return service
        salt, check = rows[0]
        service = root(salt)
        try:
            service.unwrap(check, context=context)
        except Tampered:
            msg = (
                f"the root key of region {self._region} is not the one this home was made with: "
                "restore the key file or passphrase (HANDRAIL_KEYS, HANDRAIL_PASSPHRASE_FILE), or "
                "name the key service's own key in the config file"
            )
            raise Refused(msg) from None
        return service

    def _refuse_older_home(self) -> None:
        if self._database.rows("select 1 from sqlite_master where name = 'root'"):
            msg = (
                f"{self._path} was made by an earlier version of Handrail, whose objects are not "
                "read any more: set HANDRAIL_HOME to a new folder and ingest again"
            )
            raise Refused(msg)

    @property
    def _lock(self) -> Path:
        return self._path.with_name(".keys.lock")

    @property
    def _turn(self) -> Path:
        return self._path.with_name(".keys.turn")


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), 500):
        yield names[start : start + 500]
