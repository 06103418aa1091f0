"""Class keys (KEKs): one key per class of data and version, wrapped by the region's key service.

The newest version wraps; older ones unwrap until they are destroyed. Minimum versions as in the
transit engine of HashiCorp Vault: `min_encrypt` is the oldest version that may wrap, `min_decrypt`
the oldest that may unwrap; both can be raised and lowered, a destroyed version never comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from sqlite3 import Connection
from typing import NoReturn

from handrail.clock import Clock, iso
from handrail.errors import BadInput, Refused, Tampered
from handrail.residency import DataClass
from handrail.vault.database import Database
from handrail.vault.key_service import KeyService, class_key_context
from handrail.vault.primitives import Sealer, SecretKey, new_key

SCHEMA = """
create table if not exists class_keys (
    class text, version integer, state text, wrapped blob, created_at text, uses integer,
    primary key (class, version));
create table if not exists class_limits (
    class text primary key, min_encrypt integer, min_decrypt integer);
create table if not exists class_seals (what text primary key, seal text);
create trigger if not exists class_key_made after insert on class_keys begin
    insert or replace into class_seals values (new.class || '/' || new.version, content_digest(
        new.class, new.version, new.state, new.created_at, new.uses)); end;
create trigger if not exists class_key_changed after update on class_keys begin
    insert or replace into class_seals values (new.class || '/' || new.version, content_digest(
        new.class, new.version, new.state, new.created_at, new.uses)); end;
create trigger if not exists class_limits_set after insert on class_limits begin
    insert or replace into class_seals values (new.class || '/limits', content_digest(
        new.class, new.min_encrypt, new.min_decrypt)); end;
"""
# What no key authenticates (age, state, uses, limits, the salt of the keyring) has a seal.
_SEALS = """
select class || '/' || version, content_digest(class, version, state, created_at, uses)
from class_keys
union all
select class || '/limits', content_digest(class, min_encrypt, min_decrypt) from class_limits
union all
select 'root', content_digest(one, hex(salt), hex(check_)) from keyring
"""

# NIST SP 800-38D, 8.3: at most 2**32 messages under one AES-GCM key with random 96-bit nonces. A
# quarter of that: a nonce repeats with a chance below 2**-37. A key used half that is overdue.
MOST_WRAPS = 2**30
_CLOCKS_DIFFER = timedelta(days=1)


class KeyState(StrEnum):
    """What a version of a class key may do."""

    ENABLED = "enabled"
    DECRYPT_ONLY = "decrypt-only"
    DESTROYED = "destroyed"


class KeyVersionGone(Refused):
    """What wraps a key is destroyed or below `min_decrypt`.

    A re-wrap meanwhile explains it: read the wrapped key again and try once more.
    """


@dataclass(frozen=True)
class ClassKey:
    """One version of a class key, as people see it; `uses` counts every key it ever wrapped."""

    data_class: DataClass
    version: int
    state: KeyState
    created_at: datetime
    uses: int

    def overdue(self, now: datetime, *, after: timedelta) -> str | None:
        """Why it must be replaced: in use for longer than `after`, or nobody knows for how long,
        or too often; None if not.
        """
        if self.state is KeyState.DESTROYED:
            return None
        if self.created_at - now > _CLOCKS_DIFFER:
            return (
                f"version {self.version} of {self.data_class} was made on "
                f"{self.created_at:%Y-%m-%d}, which is still to come: a clock was wrong, so its "
                "age is unknown"
            )
        if now - self.created_at > after:
            return (
                f"version {self.version} of {self.data_class} is in use since "
                f"{self.created_at:%Y-%m-%d}, for more than {after.days} days"
            )
        if 2 * self.uses > MOST_WRAPS:
            return (
                f"version {self.version} of {self.data_class} wrapped {self.uses} keys, more than "
                f"half of the {MOST_WRAPS} it may"
            )
        return None


@dataclass(frozen=True)
class Limits:
    """The oldest versions of a class that may wrap and unwrap."""

    min_encrypt: int = 1
    min_decrypt: int = 1


class ClassKeys:
    """The class keys of one region. What changes them takes the connection of a write."""

    def __init__(
        self, database: Database, *, region: str, service: KeyService, clock: Clock
    ) -> None:
        self._database = database
        self._region = region
        self._service = service
        self._clock = clock
        # By wrapped bytes, so that a version that was rolled back is never taken for another.
        self._opened: dict[bytes, Sealer] = {}

    def all(self) -> list[ClassKey]:
        """Every version there ever was, by class and age."""
        return [
            _class_key(*row)
            for row in self._database.rows(
                "select class, version, state, created_at, uses from class_keys "
                "order by class, version"
            )
        ]

    def verify(self) -> None:
        """Open every version that isn't destroyed; `Tampered` names one that was edited."""
        found = dict(self._database.rows(_SEALS))
        seals = dict(self._database.rows("select what, seal from class_seals"))
        for what in sorted(found.keys() | seals.keys()):
            if found.get(what) != seals.get(what):
                msg = f"what the key database says of class key {what} was edited"
                raise Tampered(msg)
        for key in self.all():
            is_open = key.version >= self.limits(key.data_class).min_decrypt
            if is_open and key.state is not KeyState.DESTROYED:
                self.unwrapping(key.data_class, key.version)

    def newest(self, data_class: DataClass) -> int:
        """The newest version of the class, 0 if there is none."""
        [(version,)] = self._database.rows(
            "select coalesce(max(version), 0) from class_keys where class = ?", (data_class,)
        )
        return int(version)

    def limits(self, data_class: DataClass) -> Limits:
        """The minimum versions of the class."""
        found = self._database.rows(
            "select min_encrypt, min_decrypt from class_limits where class = ?", (data_class,)
        )
        return Limits(*found[0]) if found else Limits()

    def wrapping(
        self, connection: Connection, data_class: DataClass, *, wraps: int
    ) -> tuple[int, Sealer]:
        """The version in use, made if there is none, and its key; counts `wraps` more uses."""
        version = self.newest(data_class) or self.add(connection, data_class)
        [(uses,)] = connection.execute(
            "update class_keys set uses = uses + ? where class = ? and version = ? returning uses",
            (wraps, data_class, version),
        ).fetchall()
        if uses > MOST_WRAPS:
            self._refuse_to_wrap(data_class, version, f"has wrapped {MOST_WRAPS} keys, the most")
        if version < self.limits(data_class).min_encrypt:
            self._refuse_to_wrap(data_class, version, "is below min_encrypt")
        return version, self.unwrapping(data_class, version)

    def unwrapping(self, data_class: DataClass, version: int) -> Sealer:
        """The key of a version; `KeyVersionGone` when it is destroyed or below `min_decrypt`."""
        found = self._database.rows(
            "select wrapped from class_keys where class = ? and version = ?", (data_class, version)
        )
        told = f"version {version} of the {data_class} key of region {self._region}"
        if not found or found[0][0] is None:
            msg = f"{told} is destroyed: what it wrapped can't be opened any more"
            raise KeyVersionGone(msg)
        if version < self.limits(data_class).min_decrypt:
            msg = (
                f"{told} is below min_decrypt: lower that (handrail keys limit {data_class} "
                f"--min-decrypt {version} --region {self._region}), then re-wrap"
            )
            raise KeyVersionGone(msg)
        (wrapped,) = found[0]
        if wrapped not in self._opened:
            context = class_key_context(self._region, data_class, version)
            self._opened[wrapped] = Sealer(
                SecretKey(self._service.unwrap(wrapped, context=context))
            )
        return self._opened[wrapped]

    def add(self, connection: Connection, data_class: DataClass) -> int:
        """Start a new version, which wraps from now on; returns it."""
        version = self.newest(data_class) + 1
        connection.execute(
            "update class_keys set state = ? where class = ? and state = ?",
            (KeyState.DECRYPT_ONLY, data_class, KeyState.ENABLED),
        )
        context = class_key_context(self._region, data_class, version)
        wrapped = self._service.wrap(new_key().reveal(), context=context)
        connection.execute(
            "insert into class_keys values (?, ?, ?, ?, ?, 0)",
            (data_class, version, KeyState.ENABLED, wrapped, iso(self._clock())),
        )
        return version

    def limit(self, connection: Connection, data_class: DataClass, limits: Limits) -> None:
        """Set the minimum versions: 1 <= min_decrypt <= min_encrypt <= the newest version."""
        newest = self.newest(data_class)
        if not 1 <= limits.min_decrypt <= limits.min_encrypt <= newest:
            msg = (
                f"minimum versions of {data_class} go 1 <= min_decrypt <= min_encrypt <= {newest} "
                "(the newest version): rotate before you raise them further"
            )
            raise BadInput(msg)
        connection.execute(
            "insert or replace into class_limits values (?, ?, ?)",
            (data_class, limits.min_encrypt, limits.min_decrypt),
        )

    def require_older(self, data_class: DataClass, version: int) -> None:
        """`Refused` unless a newer version wraps by now."""
        if not 1 <= version < self.newest(data_class):
            msg = (
                f"version {version} of {data_class} is not an older version of region "
                f"{self._region}: the one in use is destroyed after it was rotated and re-wrapped"
            )
            raise Refused(msg)

    def destroy(self, connection: Connection, data_class: DataClass, version: int) -> None:
        """Forget a version for good; the caller has seen that it is an older one."""
        connection.execute(
            "update class_keys set state = ?, wrapped = null where class = ? and version = ?",
            (KeyState.DESTROYED, data_class, version),
        )
        self._opened.clear()

    def _refuse_to_wrap(self, data_class: DataClass, version: int, why: str) -> NoReturn:
        msg = (
            f"version {version} of the {data_class} key of region {self._region} {why}: rotate it "
            f"(handrail keys rotate {data_class} --region {self._region})"
        )
        raise Refused(msg)


def class_of(stored: str) -> DataClass:
    """The class that a row of the key database names."""
    try:
        return DataClass(stored)
    except ValueError:
        raise _edited() from None


def _class_key(stored: str, version: int, state: str, created_at: str, uses: int) -> ClassKey:
    data_class = class_of(stored)
    try:
        made = datetime.fromisoformat(created_at)
        return ClassKey(data_class, version, KeyState(state), made, uses)
    except (TypeError, ValueError):
        raise _edited() from None


def _edited() -> Tampered:
    return Tampered("a row of the key database was edited: restore keys.db from a backup")
