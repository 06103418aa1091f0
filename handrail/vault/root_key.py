"""Where a region's root is: a key file (0600) beside the home, a passphrase, or a key service."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from handrail.clock import Clock, system_clock
from handrail.errors import BadInput, Refused
from handrail.residency import Region
from handrail.settings import Settings
from handrail.vault.files import AlreadyThere, remove_leftovers, write_once
from handrail.vault.key_service import KeyService, LocalKeyService
from handrail.vault.keyring import Keyring
from handrail.vault.places import remote_key_service_of
from handrail.vault.primitives import KEY_BYTES, SecretKey, key_from_passphrase


def open_keyring(settings: Settings, region: Region, *, clock: Clock = system_clock) -> Keyring:
    """The region's keyring; its root is a cloud's key, a passphrase, or the region's key file.

    A new home gets a fresh key file; a home whose key file or key database is gone is refused,
    never re-keyed: its manifests tell that it is not new.
    """
    path = key_database(settings, region)
    home_exists = path.with_name("lineage.db").exists()
    if home_exists and not path.exists():
        msg = (
            f"{path} is missing and this home needs it: restore it with `handrail keys restore`, "
            "or from a backup of the home"
        )
        raise Refused(msg)
    root = root_of(settings, region, home_exists=home_exists or path.exists())
    return Keyring(path, region=region.name, root=root, clock=clock)


def key_database(settings: Settings, region: Region) -> Path:
    """Where the region's wrapped keys are."""
    return settings.region_home(region.name) / "keys.db"


def root_of(
    settings: Settings, region: Region, *, home_exists: bool
) -> Callable[[bytes], KeyService]:
    """What gives the region's key service for the salt in the key database."""
    remote = remote_key_service_of(settings, region.name)
    if remote is not None:
        return lambda salt: remote
    if settings.passphrase_file is not None:
        passphrase = read_passphrase(settings.passphrase_file)
        return lambda salt: LocalKeyService(key_from_passphrase(passphrase, salt=salt))
    root = _root_from_file(_key_file(settings, region), home_exists=home_exists)
    return lambda salt: LocalKeyService(root)


def key_file(settings: Settings, region: Region) -> Path | None:
    """The file that holds the region's root key, or None where it is in no file."""
    is_elsewhere = settings.passphrase_file or settings.regions[region.name].key_service
    return None if is_elsewhere else _key_file(settings, region)


def _key_file(settings: Settings, region: Region) -> Path:
    return settings.keys_folder / f"{region.name}.key"


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
    return read_root(path)


def read_root(path: Path) -> SecretKey:
    """The root key in a key file that only its user may read."""
    if path.stat().st_mode & 0o077:
        msg = f"key file {path} can be read by others: chmod 600 it"
        raise Refused(msg)
    data = path.read_bytes()
    if len(data) != KEY_BYTES:
        msg = f"key file {path} is damaged: it must hold exactly {KEY_BYTES} bytes"
        raise Refused(msg)
    return SecretKey(data)


def read_passphrase(path: Path) -> bytes:
    """The passphrase in the file `path`, without white space around it."""
    try:
        passphrase = path.read_bytes().strip()
    except OSError as error:
        msg = f"passphrase file {path}: {error.strerror}"
        raise BadInput(msg) from None
    if len(passphrase) < 12:
        msg = f"passphrase file {path}: a passphrase needs at least 12 characters"
        raise BadInput(msg)
    return passphrase
