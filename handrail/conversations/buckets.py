"""Exports below a prefix of a bucket, `s3://BUCKET/PREFIX`, read as files in a folder are.

The bucket has to lie in the region's location, as the region's own does. Its objects are streamed,
in pieces and in memory; none is written to a disk here. What an object holds is known by its ETag
and size, so that listing the prefix tells whether there is anything new to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import NoReturn

from handrail.access import Purpose
from handrail.clock import system_clock
from handrail.conversations.sources.files import Readable, RemoteFile
from handrail.errors import BadInput, ResidencyViolation
from handrail.settings import Settings
from handrail.vault.audit_log import AuditLog
from handrail.vault.aws import Site
from handrail.vault.denials import refusals_on_record
from handrail.vault.export_bucket import ExportBucket, Found, Listing
from handrail.vault.region_vault import pipeline

SCHEME = "s3://"
_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?")
_NOWHERE = ("", ".", "..")


def is_remote(address: str) -> bool:
    """Whether an export's address leads to another machine."""
    return address.startswith(SCHEME)


def readable(
    settings: Settings, region: str, address: str, *, may_be_empty: bool = False
) -> Readable:
    """The file or folder at an export's address: a path here, or a bucket of the region's location.

    A bucket elsewhere is a `ResidencyViolation`, and so is a place that the config gives to another
    region; that and every other refusal is in the region's audit log (R38). `BadInput` where
    nothing is at the address, unless it may be a prefix that is still empty, or where no location
    is configured.
    """
    if not is_remote(address):
        return Path(address)
    bucket, key = _parsed(address)
    site = _site(settings, region)
    audit = AuditLog(settings.region_home(region) / "audit", region=region, clock=system_clock)
    access = pipeline("intake", Purpose.INTAKE)
    with refusals_on_record(audit, access, what=address):
        other = settings.other_region_at(region, site.endpoint, bucket, key)
        if other is not None:
            msg = f"{address} is a place of region {other}: nothing of it is read for {region}"
            raise ResidencyViolation(msg)
        found = _found(ExportBucket(site, bucket=bucket), key)
        if isinstance(found, BucketFolder) and found.is_empty and not may_be_empty:
            msg = f"{address} does not exist: no object has this key, and none lies below it"
            raise BadInput(msg)
        return found


def watched_address(settings: Settings, region: str) -> str | None:
    """The address in a bucket where the region's exports arrive, if the config names one."""
    exports = settings.regions[settings.region(region).name].exports
    return None if exports is None else f"{SCHEME}{exports.bucket}/{exports.prefix}".rstrip("/")


class BucketFile(RemoteFile):
    """One object, as its prefix listed it."""

    def __init__(self, folder: BucketFolder, found: Found) -> None:
        self.name = found.key.rpartition("/")[2]
        self.size = found.size
        self.mark = f"{found.size} {found.version}"
        self._folder = folder
        self._found = found

    def __str__(self) -> str:
        return f"{SCHEME}{self._folder.bucket.bucket}/{self._found.key}"

    def is_dir(self) -> bool:
        """Never."""
        return False

    def entries(self) -> Sequence[RemoteFile]:
        """None."""
        return ()

    def beside(self, name: str) -> RemoteFile | None:
        """The object of that name below the same prefix."""
        return self._folder.file(name)

    @contextmanager
    def opened(self) -> Iterator[BufferedReader]:
        """Its bytes in memory, piece by piece."""
        with self._folder.bucket.open(self._found) as stream:
            yield stream


class BucketFolder(RemoteFile):
    """What lies below a prefix, listed once."""

    size = 0
    mark = ""

    def __init__(self, bucket: ExportBucket, prefix: str) -> None:
        """`prefix` is empty or ends in a slash."""
        self.bucket = bucket
        self.name = prefix.rstrip("/").rpartition("/")[2]
        self._prefix = prefix
        self._listed: Listing | None = None

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket.bucket}/{self._prefix}".rstrip("/")

    def is_dir(self) -> bool:
        """Always."""
        return True

    def entries(self) -> Sequence[RemoteFile]:
        """Objects and further folders, sorted by name; what only stands for a folder is none."""
        files = [BucketFile(self, f) for f in self._listing.objects if not f.key.endswith("/")]
        folders = [BucketFolder(self.bucket, prefix) for prefix in self._listing.folders]
        return sorted([*files, *folders], key=lambda entry: entry.name)

    def file(self, name: str) -> RemoteFile | None:
        """The object of that name."""
        return next((e for e in self.entries() if e.name == name and e.is_file()), None)

    def beside(self, name: str) -> RemoteFile | None:
        """Nothing is read beside a folder."""
        return None

    @contextmanager
    def opened(self) -> Iterator[BufferedReader]:
        """A folder has no bytes."""
        self._no_bytes()
        yield

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies below the prefix."""
        return not (self._listing.objects or self._listing.folders)

    @property
    def _listing(self) -> Listing:
        if self._listed is None:
            self._listed = self.bucket.listing(self._prefix)
        return self._listed

    def _no_bytes(self) -> NoReturn:
        msg = f"{self} is a prefix: give the address of an object"
        raise BadInput(msg)


def _found(bucket: ExportBucket, key: str) -> RemoteFile:
    """The object called `key`, else what lies below it."""
    above, _, name = key.rpartition("/")
    if name:
        parent = BucketFolder(bucket, f"{above}/" if above else "")
        if (file := parent.file(name)) is not None:
            return file
    return BucketFolder(bucket, f"{key.rstrip('/')}/" if key else "")


def _parsed(address: str) -> tuple[str, str]:
    parts = _ADDRESS.fullmatch(address)
    key = (parts[2] or "") if parts else ""
    segments = key.removesuffix("/").split("/") if key else []
    if parts is None or not address.isprintable() or any(s in _NOWHERE for s in segments):
        msg = f"{address!a} is no address of exports: write s3://BUCKET/PREFIX"
        raise BadInput(msg)
    return parts[1], key


def _site(settings: Settings, region: str) -> Site:
    """Where the region's data may lie: as the place of its exports says, else as its store does."""
    table = settings.regions[settings.region(region).name]
    named = table.exports or table.store
    if named is None:
        msg = (
            f"region {region} names no location in which a bucket of its may lie: add a table "
            f"[regions.{region}.exports] with kind, bucket, location and perhaps endpoint to "
            f"{settings.config_file.name}"
        )
        raise BadInput(msg)
    return Site(named.location, named.endpoint)
