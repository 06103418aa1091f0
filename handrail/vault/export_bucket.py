"""A bucket that exports are put into: listed and read in place, never written, copied or kept."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handrail.errors import BadInput, HandrailError
from handrail.vault.aws import PATIENCE, Declined, NotAnAnswer, Patience, Service, Site, having
from handrail.vault.s3_store import PAGE, require_location

_AT_ONCE = 4 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """One object as a listing names it; `version` is another one for other bytes (its ETag)."""

    key: str
    size: int
    version: str


@dataclass(frozen=True)
class Listing:
    """What lies directly below a prefix: objects, and prefixes that lead further down."""

    objects: tuple[Found, ...]
    folders: tuple[str, ...]


class ExportBucket:
    """One bucket in the location that a region's data may lie in; opening it checks that it is.

    Redirects are refused, and the connection is TLS or stays on this machine (see `aws`).
    """

    def __init__(self, site: Site, *, bucket: str, patience: Patience = PATIENCE) -> None:
        self.bucket = bucket
        self._service = Service("s3", site, what=f"bucket {bucket}", patience=patience)
        require_location(self._service, bucket)

    def listing(self, prefix: str) -> Listing:
        """What lies below `prefix`, which is empty or ends in a slash; in order of keys."""
        doing = f"s3://{self.bucket}/{prefix} can't be listed"
        objects: list[Found] = []
        folders: list[str] = []
        further: dict[str, str] = {}
        while True:
            page = self._sure(
                "list_objects_v2",
                having("IsTruncated"),
                doing=doing,
                Prefix=prefix,
                Delimiter="/",
                MaxKeys=PAGE,
                **further,
            )
            objects += [Found(o["Key"], o["Size"], o["ETag"]) for o in page.get("Contents", [])]
            folders += [common["Prefix"] for common in page.get("CommonPrefixes", [])]
            if not page["IsTruncated"]:
                return Listing(tuple(objects), tuple(folders))
            further = {"ContinuationToken": page["NextContinuationToken"]}

    def open(self, found: Found) -> io.BufferedReader:
        """The bytes of an object, fetched a few megabytes at a time as they are asked for."""
        return io.BufferedReader(_Ranges(self, found), buffer_size=_AT_ONCE)

    def read(self, found: Found, offset: int, length: int) -> bytes:
        """Exactly these bytes of the version that was listed; `BadInput` where it is another."""
        doing = f"s3://{self.bucket}/{found.key} can't be read"
        try:
            data: bytes = self._service.call(
                "get_object",
                _bytes_of(length),
                doing=doing,
                size=length,
                Bucket=self.bucket,
                Key=found.key,
                Range=f"bytes={offset}-{offset + length - 1}",
                IfMatch=found.version,
            )
        except Declined as declined:
            if declined.status in (404, 412, 416):
                msg = (
                    f"s3://{self.bucket}/{found.key} changed or went while it was read: wait until "
                    "the export is complete, then run again"
                )
                raise BadInput(msg) from None
            raise self._service.refused(declined, doing) from None
        return data

    def _sure(self, operation: str, take: Any, *, doing: str, **parameters: Any) -> Any:
        try:
            return self._service.call(
                operation, take, doing=doing, Bucket=self.bucket, **parameters
            )
        except Declined as declined:
            refused: HandrailError = self._service.refused(declined, doing)
            raise refused from None


def _bytes_of(length: int) -> Any:
    def take(answer: Mapping[str, Any]) -> bytes:
        if "Body" not in answer or "ETag" not in answer:
            raise NotAnAnswer
        data = answer["Body"].read()
        if len(data) != length:
            raise NotAnAnswer
        return bytes(data)

    return take


class _Ranges(io.RawIOBase):
    """An object as a stream that can be read from anywhere; nothing of it is kept."""

    def __init__(self, bucket: ExportBucket, found: Found) -> None:
        self._bucket = bucket
        self._found = found
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._found.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._found.size - self._at)
        if length <= 0:
            return 0
        data = self._bucket.read(self._found, self._at, length)
        buffer[:length] = data
        self._at += length
        return length
