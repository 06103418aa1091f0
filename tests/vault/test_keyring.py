"""R37: envelope encryption, rotation by re-wrapping, states, ages."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import sqlite3
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest

from handrail.clock import FixedClock
from handrail.digests import canonical
from handrail.errors import Refused, Tampered
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.keyring import Keyring
from handrail.vault.primitives import SecretKey, new_key
from handrail.vault.root_key import open_keyring


@pytest.fixture
def keyring(settings: Settings, clock: FixedClock) -> Iterator[Keyring]:
    opened = open_keyring(settings, settings.region("eu"), clock=clock)
    yield opened
    opened.close()


def test_rotation_rewraps_keys_and_never_changes_them_R37(keyring: Keyring) -> None:
    names = [f"standing {n}" for n in range(5)]
    before = [keyring.named_key(name, data_class=DataClass.RAW).reveal() for name in names]
    assert keyring.rotate(DataClass.RAW) == 2
    assert keyring.rewrap(DataClass.RAW) == 5
    keyring.destroy(DataClass.RAW, 1)
    assert [keyring.named_key(n, data_class=DataClass.RAW).reveal() for n in names] == before
    assert [(k.version, k.state, k.uses) for k in keyring.class_keys()] == [
        (1, "destroyed", 5), (2, "enabled", 5),
    ]  # fmt: skip


def test_older_version_decrypts_until_rewrapped(keyring: Keyring) -> None:
    key = new_key()
    wrapped = keyring.wrap("object", key, data_class=DataClass.RAW)
    keyring.rotate(DataClass.RAW)
    found = keyring.unwrap("object", wrapped, data_class=DataClass.RAW)
    assert found.reveal() == key.reveal()


def test_key_of_one_class_is_refused_as_another(keyring: Keyring) -> None:
    keyring.named_key("a", data_class=DataClass.RAW)
    with pytest.raises(Tampered, match="class raw"):
        keyring.named_key("a", data_class=DataClass.REDACTED)


def test_wrapped_key_moved_to_another_name_is_refused(keyring: Keyring, settings: Settings) -> None:
    keyring.named_key("a", data_class=DataClass.RAW)
    with sqlite3.connect(settings.home / "eu" / "keys.db") as other:
        other.execute("update data_keys set name = 'standing/b'")
    with pytest.raises(Tampered):
        keyring.named_key("b", data_class=DataClass.RAW)


def test_a_key_of_the_future_is_overdue_R37(settings: Settings, clock: FixedClock) -> None:
    """Made under a wrong clock, it would never come of age."""
    ahead = FixedClock(clock() + timedelta(days=4000))
    keyring = open_keyring(settings, settings.region("eu"), clock=ahead)
    keyring.named_key("a", data_class=DataClass.RAW)
    [key] = keyring.class_keys()
    keyring.close()
    assert "still to come" in str(key.overdue(clock(), after=timedelta(days=90)))
    an_hour_ago = ahead() - timedelta(hours=1)
    assert key.overdue(an_hour_ago, after=timedelta(days=90)) is None


def test_overdue_key_is_named_R37(settings: Settings, clock: FixedClock) -> None:
    keyring = open_keyring(settings, settings.region("eu"), clock=clock)
    keyring.named_key("a", data_class=DataClass.RAW)
    keyring.close()
    later = FixedClock(clock() + timedelta(days=91))
    keyring = open_keyring(settings, settings.region("eu"), clock=later)
    [key] = keyring.class_keys()
    said = "version 1 of raw is in use since 2026-03-02, for more than 90 days"
    assert key.overdue(later(), after=timedelta(days=90)) == said
    assert key.overdue(later(), after=timedelta(days=92)) is None
    keyring.close()


def test_a_key_of_a_write_that_failed_encrypts_nothing_R37(
    settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first key of a class could not be stored; what is stored next opens after a restart."""
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=FailsOnce))
    keyring = open_keyring(settings, settings.region("eu"), clock=clock)
    FailsOnce.commits_left = 0
    with pytest.raises(Refused, match="can't be used"):
        keyring.wrap("a", new_key(), data_class=DataClass.RAW)
    key = new_key()
    wrapped = keyring.wrap("b", key, data_class=DataClass.RAW)
    keyring.close()
    keyring = open_keyring(settings, settings.region("eu"), clock=clock)
    assert keyring.unwrap("b", wrapped, data_class=DataClass.RAW).reveal() == key.reveal()
    keyring.close()


class FailsOnce(sqlite3.Connection):
    """The commit after `commits_left` others finds the disk broken."""

    commits_left = 100

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if sql == "commit":
            FailsOnce.commits_left -= 1
            if FailsOnce.commits_left == -1:
                msg = "disk I/O error"
                raise sqlite3.OperationalError(msg)
        return super().execute(sql, *values)  # type: ignore[arg-type]


def test_another_root_key_is_refused_with_what_to_do(keyring: Keyring, settings: Settings) -> None:
    keyring.named_key("a", data_class=DataClass.RAW)
    (settings.keys_folder / "eu.key").write_bytes(os.urandom(32))
    with pytest.raises(Refused, match="restore the key file"):
        open_keyring(settings, settings.region("eu"))


def test_what_others_keep_beside_the_key_file_stays(settings: Settings) -> None:
    """R37: the folder is the user's to choose; only what a killed writer of ours left is swept."""
    settings.keys_folder.mkdir(parents=True)
    foreign = settings.keys_folder / ".photos.tar.partial"
    foreign.write_bytes(b"half")
    ours = settings.keys_folder / ".partial" / ".eu.key.0123.partial"
    for _ in range(2):
        open_keyring(settings, settings.region("eu")).close()
        assert foreign.read_bytes() == b"half"
        assert not ours.exists()
        ours.write_bytes(b"half")


def test_key_file_others_can_read_is_refused(keyring: Keyring, settings: Settings) -> None:
    (settings.keys_folder / "eu.key").chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        open_keyring(settings, settings.region("eu"))


def test_passphrase_opens_and_a_wrong_one_does_not(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery staple")
    with_passphrase = settings.model_copy(update={"passphrase_file": file})
    region = settings.region("eu")
    first = open_keyring(with_passphrase, region)
    key = first.named_key("a", data_class=DataClass.RAW).reveal()
    first.close()
    again = open_keyring(with_passphrase, region)
    assert again.named_key("a", data_class=DataClass.RAW).reveal() == key
    again.close()
    file.write_text("correct horse battery stable")
    with pytest.raises(Refused, match="not the one this home was made with"):
        open_keyring(with_passphrase, region)


LOOSE: Mapping[str, Callable[[SecretKey], object]] = {
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "asdict": lambda key: asdict(Holder(key)),
    "equal": lambda key: key == SecretKey(key.reveal()),
    "unequal": lambda key: key != new_key(),
    "hash": hash,
    "order": lambda key: key < new_key(),  # type: ignore[operator]
    "json": json.dumps,
    "orjson": orjson.dumps,
    "canonical": canonical,
    "bytes": bytes,  # type: ignore[dict-item]
    "vars": vars,
    "iterate": lambda key: list(key),  # type: ignore[call-overload]
    "length": len,  # type: ignore[dict-item]
}


@dataclass(frozen=True)
class Holder:
    """What holds a key shows no more of it."""

    key: SecretKey


@pytest.mark.parametrize("way", LOOSE)
def test_a_key_refuses_to_get_out(way: str) -> None:
    key = new_key()
    with pytest.raises((Refused, TypeError)) as refused:
        LOOSE[way](key)
    assert repr(key.reveal()) not in str(refused.value)


def test_a_key_shows_itself_in_no_text() -> None:
    key = new_key()
    said = ("the key is %s, %r, %s", (key, key, Holder(key)))
    logged = logging.LogRecord("handrail", logging.WARNING, "", 0, *said, None).getMessage()
    seen = [repr(key), str(key), f"{key}", f"{key!r}", f"{Holder(key)}", logged]
    seen.append("".join(traceback.format_exception(ValueError(key))))
    for text in seen:
        assert "<SecretKey>" in text
        assert key.reveal().hex() not in text and repr(key.reveal())[2:-1] not in text
    with pytest.raises(TypeError):
        f"{key:x}"


def test_no_key_lies_in_the_key_database_in_clear(keyring: Keyring, settings: Settings) -> None:
    key = keyring.named_key("a", data_class=DataClass.RAW).reveal()
    root = (settings.keys_folder / "eu.key").read_bytes()
    stored = b"".join(f.read_bytes() for f in (settings.home / "eu").glob("keys.db*"))
    assert key not in stored and root not in stored
