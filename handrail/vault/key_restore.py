"""Putting the keys of a backup back, where that loses no newer ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from handrail.access import Access, Verb
from handrail.clock import Clock
from handrail.errors import AccessDenied, Refused, Tampered
from handrail.residency import DataClass, Region
from handrail.settings import Settings
from handrail.vault.audit_log import AuditLog
from handrail.vault.denials import EVENT, strange_on_record
from handrail.vault.files import (
    alone,
    make_private_folder,
    refusing,
    sync_folder,
    write_all,
    write_once,
)
from handrail.vault.key_backup import Backup, open_backup
from handrail.vault.key_service import KeyService, LocalKeyService
from handrail.vault.keyring import Keyring
from handrail.vault.policy import open_policy
from handrail.vault.presence import who_is_at_work
from handrail.vault.primitives import is_equal
from handrail.vault.root_key import key_database, key_file, read_root, root_of

_WHAT = "class_keys/all"


def restore_keys(
    file: Path,
    *,
    settings: Settings,
    region: Region,
    passphrase: bytes,
    access: Access,
    clock: Clock,
) -> None:
    """Restore the region's key database, and its key file where the backup brings one.

    Nothing is put in place before every key has opened. Refused where keys of another root are, or
    where the backup lacks one that is here. On record before a key is opened, and before it is put
    in place.
    """
    database = key_database(settings, region)
    log = AuditLog(settings.region_home(region.name) / "audit", region=region.name, clock=clock)
    _require_permission(settings, region, access, log)
    busy = f"the keys of region {region.name} are being restored: let that end, then look at them"
    with (
        alone(database.with_name(".keys.restore.lock"), busy=busy),
        strange_on_record(log, access, what=_WHAT),
        open_backup(file, region=region.name, passphrase=passphrase) as backup,
        _staged(backup.database(), database.with_name("keys.restored")) as staged,
    ):
        detail = f"backup of {backup.header.made_at}"
        log.append("verify", access, what=_WHAT, count=0, ids_digest="", detail=detail)
        root = _root(backup, settings, region)
        with closing(Keyring(staged, region=region.name, root=root, clock=clock)) as restored:
            restored.open_everything()
            if database.exists():
                _require_no_loss(restored, database, region, root, clock)
        log.append("restore", access, what=_WHAT, count=0, ids_digest="", detail=detail)
        _write_root(backup, settings, region)
        _put(staged, database)


def _require_permission(settings: Settings, region: Region, access: Access, log: AuditLog) -> None:
    policy = open_policy(settings)
    for data_class in DataClass:
        permission = policy.decide(access, Verb.REWRAP, data_class, region=region.name)
        if not permission.allowed:
            log.append(EVENT, access, what=_WHAT, count=0, ids_digest="", detail=permission.reason)
            raise AccessDenied(permission.reason)
    run = who_is_at_work(settings.home, region.name)
    if run is not None:
        msg = f"run {run} is at work on region {region.name}: let it end, then restore its keys"
        raise Refused(msg)


def _root(backup: Backup, settings: Settings, region: Region) -> Callable[[bytes], KeyService]:
    place = key_file(settings, region)
    if backup.root is None:
        if place is not None:
            msg = (
                "the root of this backup is in no key file: set HANDRAIL_PASSPHRASE_FILE, or the "
                "region's key_service, as it was when the backup was made"
            )
            raise Refused(msg)
        return root_of(settings, region, home_exists=True)
    if place is None:
        msg = (
            "this backup brings a key file, and the region's root is configured to be elsewhere: "
            "unset HANDRAIL_PASSPHRASE_FILE and the region's key_service, then restore"
        )
        raise Refused(msg)
    if place.exists() and not is_equal(read_root(place).reveal(), backup.root.reveal()):
        msg = (
            f"{place} is another root key than the backup's: move it and {region.name}/keys.db "
            "away (keep both, something may need them), then restore"
        )
        raise Refused(msg)
    service = LocalKeyService(backup.root)
    return lambda salt: service


def _require_no_loss(
    restored: Keyring,
    database: Path,
    region: Region,
    root: Callable[[bytes], KeyService],
    clock: Clock,
) -> None:
    advice = f"move {database} away (keep it), then restore"
    try:
        here = Keyring(database, region=region.name, root=root, clock=clock)
    except Tampered:
        return  # damaged: what a backup is for
    except Refused:
        msg = f"{database} holds keys of another root: {advice}"
        raise Refused(msg) from None
    with closing(here):
        here.require_alone()  # what somebody wrote to the replaced file would be lost
    if not restored.holds_all_of(database):
        msg = f"{database} opens and holds keys that the backup lacks. If you are sure: {advice}"
        raise Refused(msg)


def _write_root(backup: Backup, settings: Settings, region: Region) -> None:
    place = key_file(settings, region)
    if backup.root is not None and place is not None and not place.exists():
        write_once(place, backup.root.reveal(), staging=place.parent / ".partial")


@contextmanager
def _staged(pieces: Iterable[bytes], path: Path) -> Iterator[Path]:
    make_private_folder(path.parent)
    _remove(path)
    with refusing(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            for piece in pieces:
                with refusing(path):
                    write_all(descriptor, piece)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        yield path
    finally:
        _remove(path)


def _put(staged: Path, database: Path) -> None:
    with refusing(database):
        for leftover in _beside(database):
            leftover.unlink(missing_ok=True)
        staged.replace(database)
        sync_folder(database.parent)


def _remove(path: Path) -> None:
    for file in (path, *_beside(path), path.with_name(f".{path.name}.lock")):
        file.unlink(missing_ok=True)


def _beside(database: Path) -> tuple[Path, ...]:
    """The files that SQLite keeps beside a database while it is in use."""
    return tuple(database.with_name(database.name + end) for end in ("-wal", "-shm", "-journal"))
