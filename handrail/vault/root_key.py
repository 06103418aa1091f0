"""Where a region's root key comes from: a 0600 key file beside the home, or a passphrase."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from handrail.clock import Clock, system_clock
from handrail.errors import BadInput, Refused
from handrail.residency import Region
from handrail.settings import Settings
from handrail.vault.files import AlreadyThere, remove_leftovers, write_once
from handrail.vault.keyring import Keyring
from handrail.vault.primitives import KEY_BYTES, SecretKey, key_from_passphrase


def open_keyring(settings: Settings, region: Region, *, clock: Clock = system_clock) -> Keyring:
    """The region's keyring with its root from the passphrase file or the region's key file.

    A new home gets a fresh key file; a home whose key file is gone is refused, never re-keyed.
    """
    path = settings.region_home(region.name) / "keys.db"
    if settings.passphrase_file is not None:
        passphrase = _read_passphrase(settings.passphrase_file)

        def root(salt: bytes) -> SecretKey:
            return key_from_passphrase(passphrase, salt=salt)

    else:
        key = _root_from_file(
            settings.keys_folder / f"{region.name}.key", home_exists=path.exists()
        )

        def root(salt: bytes) -> SecretKey:
            return key

    return Keyring(path, region=region.name, root=root, clock=clock)


def _root_from_file(path: Path, *, home_exists: bool) -> SecretKey:
    staging = path.parent / ".partial"  # our own: the folder may hold other people's files
    if not path.exists():
        if home_exists:
            msg = (
                f"key file {path} is missing and this home needs it: restore your copy of it, or "
                "set HANDRAIL_KEYS to the folder that holds it"
            )
            raise Refused(msg)
        with suppress(AlreadyThere):  # another process opens this new home too: its key it is
            write_once(path, os.urandom(KEY_BYTES), staging=staging)
    remove_leftovers(staging)  # nothing is written here again that would sweep them
    if path.stat().st_mode & 0o077:
        msg = f"key file {path} can be read by others: chmod 600 it"
        raise Refused(msg)
    data = path.read_bytes()
    if len(data) != KEY_BYTES:
        msg = f"key file {path} is damaged: it must hold exactly {KEY_BYTES} bytes"
        raise Refused(msg)
    return SecretKey(data)


def _read_passphrase(path: Path) -> bytes:
    try:
        passphrase = path.read_bytes().strip()
    except OSError as error:
        msg = f"HANDRAIL_PASSPHRASE_FILE {path}: {error.strerror}"
        raise BadInput(msg) from None
    if len(passphrase) < 12:
        msg = "the passphrase needs at least 12 characters"
        raise BadInput(msg)
    return passphrase
