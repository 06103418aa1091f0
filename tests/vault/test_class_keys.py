"""R37: versions of a class key, what each may do, how often, and that destroyed means gone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from handrail.clock import FixedClock
from handrail.errors import BadInput, Refused, Tampered
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault import class_keys
from handrail.vault.class_keys import MOST_WRAPS, KeyState, KeyVersionGone, Limits
from handrail.vault.key_service import CONTEXT, KeyService, LocalKeyService
from handrail.vault.keyring import Keyring
from handrail.vault.primitives import SecretKey, new_key
from handrail.vault.root_key import open_keyring

RAW = DataClass.RAW


@pytest.fixture
def keyring(settings: Settings, clock: FixedClock) -> Iterator[Keyring]:
    opened = open_keyring(settings, settings.region("eu"), clock=clock)
    yield opened
    opened.close()


def files_of(settings: Settings) -> bytes:
    """Every byte that the key database has on disk, in whatever file."""
    return b"".join(f.read_bytes() for f in (settings.home / "eu").iterdir() if f.is_file())


def wrapped_class_key(settings: Settings, version: int) -> bytes:
    with sqlite3.connect(settings.home / "eu" / "keys.db") as other:
        (found,) = other.execute(
            "select wrapped from class_keys where class = 'raw' and version = ?", (version,)
        ).fetchone()
    return bytes(found)


def test_a_version_goes_from_enabled_to_decrypt_only_to_destroyed(keyring: Keyring) -> None:
    key = new_key()
    old = keyring.wrap("object", key, data_class=RAW)
    keyring.rotate(RAW)
    new = keyring.wrap("object", key, data_class=RAW)
    assert (old.version, new.version) == (1, 2)
    assert [k.state for k in keyring.class_keys()] == [KeyState.DECRYPT_ONLY, KeyState.ENABLED]
    assert keyring.unwrap("object", old, data_class=RAW).reveal() == key.reveal()
    keyring.destroy(RAW, 1)
    assert [k.state for k in keyring.class_keys()] == [KeyState.DESTROYED, KeyState.ENABLED]
    with pytest.raises(KeyVersionGone, match="version 1 of the raw key of region eu is destroyed"):
        keyring.unwrap("object", old, data_class=RAW)
    assert keyring.unwrap("object", new, data_class=RAW).reveal() == key.reveal()


def test_another_process_sees_at_once_that_a_version_is_destroyed(
    keyring: Keyring, settings: Settings
) -> None:
    """What it has in memory from before doesn't count."""
    wrapped = keyring.wrap("object", new_key(), data_class=RAW)
    keyring.unwrap("object", wrapped, data_class=RAW)
    other = open_keyring(settings, settings.region("eu"))
    other.rotate(RAW)
    other.destroy(RAW, 1)
    other.close()
    with pytest.raises(KeyVersionGone):
        keyring.unwrap("object", wrapped, data_class=RAW)


@pytest.mark.parametrize("version", [0, 2, 3])
def test_only_an_older_version_is_destroyed(keyring: Keyring, version: int) -> None:
    keyring.wrap("object", new_key(), data_class=RAW)
    keyring.rotate(RAW)
    with pytest.raises(Refused, match="is not an older version"):
        keyring.destroy(RAW, version)


def test_a_version_that_wraps_a_row_is_not_destroyed(keyring: Keyring) -> None:
    keyring.named_key("digests", data_class=RAW)
    keyring.rotate(RAW)
    with pytest.raises(Refused, match="still wraps 1 keys: re-wrap them first"):
        keyring.destroy(RAW, 1)


def test_a_destroyed_class_key_is_in_no_file(keyring: Keyring, settings: Settings) -> None:
    """Neither in the database nor in its write-ahead log nor in what a killed backup left."""
    keyring.named_key("digests", data_class=RAW)
    gone = wrapped_class_key(settings, 1)
    leftover = settings.home / "eu" / ".keys.snapshot"
    leftover.write_bytes(gone)
    keyring.rotate(RAW)
    keyring.rewrap(RAW)
    assert gone in files_of(settings)
    keyring.destroy(RAW, 1)
    assert gone not in files_of(settings)
    assert (settings.home / "eu" / "keys.db-wal").stat().st_size == 0
    assert wrapped_class_key(settings, 2) in files_of(settings)


def test_what_was_wrapped_by_a_destroyed_version_is_in_no_file(
    keyring: Keyring, settings: Settings
) -> None:
    """A re-wrapped row is overwritten, not appended."""
    keyring.subjects([f"customer {n}" for n in range(200)])
    with sqlite3.connect(settings.home / "eu" / "keys.db") as other:
        before = [bytes(row[0]) for row in other.execute("select wrapped from data_keys")]
    assert all(wrapped in files_of(settings) for wrapped in before)
    keyring.rotate(DataClass.SUBJECT)
    keyring.rewrap(DataClass.SUBJECT)
    keyring.destroy(DataClass.SUBJECT, 1)
    left = files_of(settings)
    assert [wrapped for wrapped in before if wrapped in left] == []


def test_a_reader_in_the_way_of_secure_deletion_is_named(
    keyring: Keyring, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Done, but perhaps still on disk: that is no success."""
    keyring.named_key("digests", data_class=RAW)
    keyring.rotate(RAW)
    keyring.rewrap(RAW)
    reader = sqlite3.connect(settings.home / "eu" / "keys.db", isolation_level=None)
    reader.execute("begin")
    reader.execute("select * from class_keys").fetchall()
    keyring._database._connection.execute("pragma busy_timeout = 50")
    with pytest.raises(Refused, match="may still lie in its write-ahead log"):
        keyring.destroy(RAW, 1)
    reader.close()
    keyring.destroy(RAW, 1)
    assert (settings.home / "eu" / "keys.db-wal").stat().st_size == 0


@pytest.mark.parametrize(
    "edit",
    [
        "update class_keys set class = 'rbw'",
        "update class_keys set state = 'enabledd'",
        "update class_keys set created_at = 'yesterday'",
        "update class_keys set created_at = null",
        "update data_keys set class = 'rbw'",
    ],
)
def test_a_row_that_says_what_no_row_can_is_named(
    keyring: Keyring, settings: Settings, edit: str
) -> None:
    """R37: whoever asks is told; nobody is shown a parser's words."""
    keyring.subjects(["anna"])
    with sqlite3.connect(settings.home / "eu" / "keys.db") as other:
        other.create_function("content_digest", -1, lambda *_: "as it was")
        other.execute(edit)

    def everything() -> None:
        keyring.class_keys()
        keyring.wrapped_rows()

    with pytest.raises(Tampered, match="was edited: restore keys"):
        everything()


def test_secure_deletion_waits_for_another_process_that_moves_the_log(
    keyring: Keyring, settings: Settings
) -> None:
    """A run that stores much does that all the time, and a rotation may go on beside it."""
    keyring.named_key("digests", data_class=RAW)
    keyring.rotate(RAW)
    keyring.rewrap(RAW)
    holding = (
        "import fcntl, sys, time\n"
        "with open(sys.argv[1], 'r+b') as shm:\n"
        "    fcntl.lockf(shm, fcntl.LOCK_EX, 1, 121)  # SQLite's WAL_CKPT_LOCK\n"
        "    print('held', flush=True)\n"
        "    time.sleep(0.5)\n"
    )
    shm = settings.home / "eu" / "keys.db-shm"
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(shm)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        keyring.destroy(RAW, 1)
    assert (settings.home / "eu" / "keys.db-wal").stat().st_size == 0


def test_limits_go_as_in_transit(keyring: Keyring) -> None:
    """1 <= min_decrypt <= min_encrypt <= newest; lowered again, an older version opens again."""
    key = new_key()
    old = keyring.wrap("object", key, data_class=RAW)
    for _ in range(2):
        keyring.rotate(RAW)
    assert keyring.limits(RAW) == Limits(1, 1)
    for wrong in ((4, None), (None, 2), (0, None), (None, 0)):
        with pytest.raises(BadInput, match="1 <= min_decrypt <= min_encrypt <= 3"):
            keyring.limit(RAW, min_encrypt=wrong[0], min_decrypt=wrong[1])
    assert keyring.limit(RAW, min_encrypt=3, min_decrypt=None) == Limits(3, 1)
    assert keyring.limit(RAW, min_encrypt=None, min_decrypt=2) == Limits(3, 2)
    with pytest.raises(KeyVersionGone, match="below min_decrypt"):
        keyring.unwrap("object", old, data_class=RAW)
    keyring.limit(RAW, min_encrypt=None, min_decrypt=1)
    assert keyring.unwrap("object", old, data_class=RAW).reveal() == key.reveal()


def test_nothing_is_wrapped_below_min_encrypt(keyring: Keyring) -> None:
    """Not even where it was set above the newest version behind our back."""
    keyring.wrap("object", new_key(), data_class=RAW)
    with keyring._database.writing() as connection:
        connection.execute("insert into class_limits values ('raw', 2, 1)")
    with pytest.raises(Refused, match="below min_encrypt: rotate it"):
        keyring.wrap("object", new_key(), data_class=RAW)
    keyring.rotate(RAW)
    assert keyring.wrap("object", new_key(), data_class=RAW).version == 2


def test_uses_are_counted_and_end_before_a_nonce_could_repeat(
    keyring: Keyring, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NIST SP 800-38D, 8.3: at most 2**32 messages a key with random nonces; a quarter here."""
    assert MOST_WRAPS * 4 == 2**32
    monkeypatch.setattr(class_keys, "MOST_WRAPS", 6)
    keyring.named_key("digests", data_class=RAW)
    for _ in range(5):
        keyring.wrap("object", new_key(), data_class=RAW)
    keyring.close()
    again = open_keyring(settings, settings.region("eu"))
    [full] = again.class_keys()
    assert full.uses == 6
    assert "wrapped 6 keys" in str(full.overdue(full.created_at, after=timedelta(days=90)))
    with pytest.raises(Refused, match="has wrapped 6 keys, the most: rotate it"):
        again.wrap("object", new_key(), data_class=RAW)
    assert again.class_keys()[0].uses == 6, "a refused use is none"
    again.rotate(RAW)
    assert again.wrap("object", new_key(), data_class=RAW).version == 2
    assert again.rewrap(RAW) == 1
    assert again.class_keys()[1].uses == 2
    again.close()


class Recording:
    """A key service that remembers the contexts it was asked for."""

    def __init__(self) -> None:
        self._inner: KeyService = LocalKeyService(SecretKey(b"r" * 32))
        self.contexts: list[dict[str, str]] = []

    def wrap(self, key: bytes, *, context: dict[str, str]) -> bytes:
        assert len(key) == 32
        self.contexts.append(dict(context))
        return self._inner.wrap(key, context=context)

    def unwrap(self, sealed: bytes, *, context: dict[str, str]) -> bytes:
        self.contexts.append(dict(context))
        return self._inner.unwrap(sealed, context=context)


def test_the_key_service_is_told_what_each_key_is_for(tmp_path: Path, clock: FixedClock) -> None:
    """Region, class, asset, partition and object, always; few calls, as each may be a network's."""
    service = Recording()
    keyring = Keyring(tmp_path / "keys.db", region="eu", root=lambda salt: service, clock=clock)
    wrapped = keyring.wrap("object", new_key(), data_class=RAW)
    for _ in range(3):
        keyring.unwrap("object", wrapped, data_class=RAW)
    keyring.close()
    assert all(tuple(context) == CONTEXT for context in service.contexts)
    assert service.contexts[0]["asset"] == "root_check"
    assert (
        service.contexts[1:]
        == [
            {
                "region": "eu",
                "class": "raw",
                "asset": "class_keys",
                "partition": "version-1",
                "object": "raw/1",
            }
        ]
        * 2
    )


def test_a_wrapped_class_key_opens_in_its_own_context_only() -> None:
    """R38: not as another region's, class's or version's."""
    service = LocalKeyService(SecretKey(b"r" * 32))
    context = class_keys.class_key_context("eu", RAW, 1)
    sealed = service.wrap(b"k" * 32, context=context)
    assert service.unwrap(sealed, context=context) == b"k" * 32
    for name in CONTEXT:
        with pytest.raises(Tampered, match="does not open"):
            service.unwrap(sealed, context={**context, name: "other"})


def test_a_home_of_an_earlier_version_is_refused_with_what_to_do(
    tmp_path: Path, clock: FixedClock
) -> None:
    with sqlite3.connect(tmp_path / "keys.db") as earlier:
        earlier.execute("create table root (one integer, salt blob, check_ blob)")
    with pytest.raises(Refused, match="made by an earlier version of Handrail"):
        Keyring(tmp_path / "keys.db", region="eu", root=lambda salt: Recording(), clock=clock)
