"""Keys of one region: root -> class keys -> data keys and subject keys.

The root (`root_key`) lives outside the home. It wraps one key-encryption key (KEK) per class and
version; a KEK wraps a data key per object, and class `subject` wraps one key per data subject.
Wrapped keys are 60-byte rows in `keys.db`, so rotation re-wraps rows and never rewrites data (R37).
Destroying a subject's row erases that person's records everywhere.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from handrail.clock import Clock, iso
from handrail.digests import canonical
from handrail.errors import Refused, Tampered
from handrail.residency import DataClass
from handrail.vault.database import Database
from handrail.vault.primitives import SecretKey, mac, new_id, new_key, seal, unseal
from handrail.vault.sidecar import WrappedKey

_SCHEMA = """
create table if not exists root (one integer primary key check (one = 1), salt blob, check_ blob);
create table if not exists class_keys (
    class text, version integer, state text, wrapped blob, created_at text,
    primary key (class, version));
create table if not exists data_keys (
    name text primary key, class text, version integer, wrapped blob);
create table if not exists subjects (lookup text primary key, subject_id text unique);
"""
ENABLED, DECRYPT_ONLY, DESTROYED = "enabled", "decrypt-only", "destroyed"


@dataclass(frozen=True)
class ClassKey:
    """One version of a class's key-encryption key, as people see it."""

    data_class: DataClass
    version: int
    state: str
    created_at: str
    wraps: int


class Keyring:
    """All keys of one region. Knows no way to print one."""

    def __init__(
        self, path: Path, *, region: str, root: Callable[[bytes], SecretKey], clock: Clock
    ) -> None:
        """Open `path`; `root` gives the root key for the salt that is stored there."""
        self._region = region
        self._clock = clock
        self._class_keys: dict[tuple[str, int], SecretKey] = {}
        self._database = Database(path, _SCHEMA, what=f"the key database of region {region}")
        try:
            self._root = self._open_root(root)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the key database."""
        self._database.close()

    def wrap(self, name: str, key: SecretKey, *, data_class: DataClass) -> WrappedKey:
        """`key`, wrapped under `name` by the newest KEK of its class; the caller stores it."""
        with self._write() as connection:
            version = self._usable(connection, data_class)
        return WrappedKey(version, self._wrapped(name, key, data_class, version))

    @contextmanager
    def wrapping(self) -> Iterator[None]:
        """No version is destroyed before a key that was wrapped inside is stored."""
        yield

    def unwrap(self, name: str, wrapped: WrappedKey, *, data_class: DataClass) -> SecretKey:
        """The key that was wrapped under `name`; `Tampered` for any other name, class or region."""
        with self._database.reading():  # a rotation in between would destroy what wraps it
            return self._unwrap(name, data_class, wrapped.version, wrapped.sealed)

    def named_key(self, name: str, *, data_class: DataClass) -> SecretKey:
        """The standing key `name` (warehouse, digests, ...), made on first use."""
        stored = f"standing/{name}"
        key = self._known(stored, data_class)
        if key is not None:
            return key
        with self._write() as connection:
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
        """Random subject ids of these customers, in order; made where they are new."""
        lookup_key = self.named_key("subject-lookup", data_class=DataClass.SUBJECT)
        lookups = [mac(lookup_key, c.encode()) for c in customer_ids]
        with self._write() as connection:
            known = dict(
                row
                for chunk in _chunks(sorted(set(lookups)))
                for row in connection.execute(
                    "select lookup, subject_id from subjects where lookup in "  # noqa: S608
                    f"({','.join('?' * len(chunk))})",
                    chunk,
                )
            )
            fresh = {lookup: new_id() for lookup in lookups if lookup not in known}
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
        with self._database.reading():
            for chunk in _chunks(names):
                for name, class_, version, wrapped in self._database.rows(
                    "select name, class, version, wrapped from data_keys where name "  # noqa: S608
                    f"in ({','.join('?' * len(chunk))})",
                    chunk,
                ):
                    subject = name.removeprefix("subject/")
                    found[subject] = self._unwrap(name, class_, version, wrapped)
        return found

    def rotate(self, data_class: DataClass) -> int:
        """Start a new KEK version for new keys; older versions still decrypt. Returns it."""
        with self._write() as connection:
            newest = self._newest(connection, data_class)
            connection.execute(
                "update class_keys set state = ? where class = ? and state = ?",
                (DECRYPT_ONLY, data_class, ENABLED),
            )
            self._insert_class_key(connection, data_class, newest + 1)
            return newest + 1

    def rewrap(self, data_class: DataClass) -> int:
        """Wrap every standing and subject key of the class with the newest KEK; returns how many.

        One transaction: all or nothing. The older KEKs still decrypt what lies in sidecars.
        """
        with self._write() as connection:
            newest = self._newest(connection, data_class)
            rows = connection.execute(
                "select name, version, wrapped from data_keys where class = ? and version < ?",
                (data_class, newest),
            ).fetchall()
            self._insert(
                connection,
                [(name, self._unwrap(name, data_class, v, wrapped)) for name, v, wrapped in rows],
                data_class,
            )
        return len(rows)

    def destroy_older(self, data_class: DataClass) -> None:
        """Destroy every KEK of the class but the newest; refused while one still wraps a key."""
        with self._write() as connection:
            newest = self._newest(connection, data_class)
            (left,) = connection.execute(
                "select count(*) from data_keys where class = ? and version < ?",
                (data_class, newest),
            ).fetchone()
            if left:
                msg = f"{left} {data_class} keys are wrapped by older versions: re-wrap them first"
                raise Refused(msg)
            connection.execute(
                "update class_keys set state = ?, wrapped = null where class = ? and version < ?",
                (DESTROYED, data_class, newest),
            )
        self._class_keys.clear()

    def class_keys(self) -> list[ClassKey]:
        """Every KEK version, for people: state, age, number of keys it wraps."""
        rows = self._database.rows(
            "select c.class, c.version, c.state, c.created_at, count(d.name) from class_keys c "
            "left join data_keys d on d.class = c.class and d.version = c.version "
            "group by c.class, c.version, c.state, c.created_at order by c.class, c.version"
        )
        return [ClassKey(DataClass(row[0]), *row[1:]) for row in rows]

    def overdue(self, *, after: timedelta) -> list[ClassKey]:
        """KEKs in use for longer than `after`: rotate them."""
        now = self._clock()
        return [
            key
            for key in self.class_keys()
            if key.state == ENABLED and now - datetime.fromisoformat(key.created_at) > after
        ]

    def _insert(
        self,
        connection: sqlite3.Connection,
        keys: Sequence[tuple[str, SecretKey]],
        data_class: DataClass,
    ) -> None:
        version = self._usable(connection, data_class)
        rows = [
            (name, str(data_class), version, self._wrapped(name, key, data_class, version))
            for name, key in keys
        ]
        connection.executemany("insert or replace into data_keys values (?, ?, ?, ?)", rows)

    def require_sound(self) -> None:
        """`Tampered` unless the key database is whole as a file; opens no key."""
        self._database.require_sound()

    def verify(self) -> int:
        """Unwrap every key there is and forget it again; `Tampered` names the first that is wrong.

        Returns their number.
        """
        self.require_sound()
        opened = 0
        for key in self.class_keys():
            if key.state != DESTROYED:
                self._class_key(key.data_class, key.version)
                opened += 1
        names = [name for (name,) in self._database.rows("select name from data_keys")]
        subjects = [n.removeprefix("subject/") for n in names if n.startswith("subject/")]
        for chunk in _chunks(subjects):
            opened += len(self.subject_keys(chunk))
        for name in names:
            if not name.startswith("subject/"):
                (row,) = self._database.rows("select class from data_keys where name = ?", (name,))
                self._known(name, DataClass(row[0]))
                opened += 1
        return opened

    def _usable(self, connection: sqlite3.Connection, data_class: DataClass) -> int:
        """The newest version of the class, made if there is none."""
        version = self._newest(connection, data_class)
        if version == 0:
            version = 1
            self._insert_class_key(connection, data_class, version)
        return version

    def _wrapped(self, name: str, key: SecretKey, data_class: DataClass, version: int) -> bytes:
        kek = self._class_key(data_class, version)
        return seal(kek, key.reveal(), bound_to=self._bound(name, data_class, version))

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
            return self._unwrap(name, class_, version, wrapped)

    def _unwrap(self, name: str, class_: str, version: int, wrapped: bytes) -> SecretKey:
        kek = self._class_key(class_, version)
        return SecretKey(
            unseal(
                kek,
                wrapped,
                bound_to=self._bound(name, class_, version),
                what=f"the wrapped key of {name}",
            )
        )

    def _class_key(self, class_: str, version: int) -> SecretKey:
        if (class_, version) not in self._class_keys:
            rows = self._database.rows(
                "select state, wrapped from class_keys where class = ? and version = ?",
                (class_, version),
            )
            if not rows or rows[0][0] == DESTROYED:
                msg = f"version {version} of the {class_} key of region {self._region} is destroyed"
                raise Refused(msg)
            self._class_keys[(class_, version)] = SecretKey(
                unseal(
                    self._root,
                    rows[0][1],
                    bound_to=self._bound("kek", class_, version),
                    what=f"the {class_} key of region {self._region}",
                )
            )
        return self._class_keys[(class_, version)]

    def _insert_class_key(
        self, connection: sqlite3.Connection, data_class: DataClass, version: int
    ) -> None:
        wrapped = seal(
            self._root, new_key().reveal(), bound_to=self._bound("kek", data_class, version)
        )
        connection.execute(
            "insert into class_keys values (?, ?, ?, ?, ?)",
            (data_class, version, ENABLED, wrapped, iso(self._clock())),
        )

    def _newest(self, connection: sqlite3.Connection, data_class: DataClass) -> int:
        row = connection.execute(
            "select coalesce(max(version), 0) from class_keys where class = ?", (data_class,)
        ).fetchone()
        return int(row[0])

    def _bound(self, name: str, class_: str, version: int) -> bytes:
        return canonical(["handrail-key", self._region, str(class_), version, name])

    def _open_root(self, root: Callable[[bytes], SecretKey]) -> SecretKey:
        bound = canonical(["handrail-root", self._region])
        stored = "select salt, check_ from root"
        rows = self._database.rows(stored)
        if not rows:
            with self._write() as connection:
                rows = connection.execute(stored).fetchall()  # another process may have been first
                if not rows:
                    salt = os.urandom(16)
                    key = root(salt)
                    check = seal(key, b"handrail", bound_to=bound)
                    connection.execute("insert into root values (1, ?, ?)", (salt, check))
                    return key
        salt, check = rows[0]
        key = root(salt)
        try:
            unseal(key, check, bound_to=bound, what="root check")
        except Tampered:
            msg = (
                f"the root key of region {self._region} is not the one this home was made with: "
                "restore the key file or passphrase (HANDRAIL_KEYS, HANDRAIL_PASSPHRASE_FILE)"
            )
            raise Refused(msg) from None
        return key

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._database.writing() as connection:
                yield connection
        except BaseException:
            self._class_keys.clear()  # one may have been made in what was rolled back
            raise


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), 500):
        yield names[start : start + 500]
