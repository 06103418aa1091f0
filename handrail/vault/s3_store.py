"""Sealed bytes in a bucket: of Amazon S3, or of a server that speaks as it does.

An object carries the SHA-256 of its bytes, sent for the server to check and checked again when it
is read, and a random mark of the write that made it: a write whose answer was lost is known by it.
"""

from __future__ import annotations

import hashlib
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from handrail.errors import Refused, ResidencyViolation
from handrail.vault.aws import PATIENCE, Declined, NotAnAnswer, Patience, Service, Site, having
from handrail.vault.files import AlreadyThere
from handrail.vault.ranged import RangedBlob, require_sha256, truncated
from handrail.vault.spool import Body, spooled
from handrail.vault.stores import Blob, Changed, Versioned, checked_key, listed, missing

PAGE = 1000
_MOST = 5 * 1024**3  # of one PUT
_WRITE, _SHA256 = "write", "sha256"
PROBE = ".handrail/conditional-writes"
_ABSENT: Mapping[str, str] = {"IfNoneMatch": "*"}
_NEVER: Mapping[str, str] = {"IfMatch": '"00000000000000000000000000000000"'}
# What S3 calls the places it knew before its regions had names.
_OLD_NAMES = {"": "us-east-1", "EU": "eu-west-1"}


class S3Store:
    """Blobs as objects of one bucket, below `prefix`.

    Opening it checks that the bucket lies in the region's location; the first write checks that the
    server heeds conditions, without which two writers would overwrite each other.
    """

    def __init__(
        self,
        site: Site,
        *,
        bucket: str,
        prefix: str,
        staging: Path,
        patience: Patience = PATIENCE,
    ) -> None:
        """`staging` is where sealed bytes of a large object wait to be sent, in an unnamed file."""
        self._service = Service("s3", site, what=f"bucket {bucket}", patience=patience)
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._staging = staging
        self._heeds_conditions = False
        self._probing = threading.Lock()
        require_location(self._service, bucket)

    def create(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store durably before returning; `AlreadyThere` rather than overwrite."""
        doing = f"object {key} can't be stored"
        place = self._place_of(key)
        with spooled(chunks, self._staging, most=_MOST, doing=doing) as body:
            self._require_conditions()
            if self._put(place, body, _ABSENT, doing=doing):
                return
            if self._now(place, doing=doing)[0] != body.mark:
                msg = f"{key} exists already; stored objects are never overwritten"
                raise AlreadyThere(msg)

    @contextmanager
    def open(self, key: str) -> Iterator[Blob]:
        """The blob, open for reading; `Missing` when there is none."""
        head = self._get("head_object", _HEAD, key)
        version = head["ETag"]

        def fetch(offset: int, length: int) -> bytes:
            return self._range(key, offset, length, version=version)

        yield RangedBlob(
            key,
            size=int(head["ContentLength"]),
            sha256=head["Metadata"].get(_SHA256, ""),
            fetch=fetch,
        )

    def read(self, key: str) -> Versioned:
        """A small blob as a whole; `Missing` when there is none."""
        data, answer = self._get("get_object", _body, key)
        require_sha256(key, answer["Metadata"].get(_SHA256, ""), hashlib.sha256(data).hexdigest())
        return Versioned(data, answer["ETag"])

    def replace(self, key: str, data: bytes, *, version: str) -> None:
        """Put `data` in place of that version, durably; `Changed` if it is another one by now."""
        doing = f"object {key} can't be replaced"
        place = self._place_of(key)
        self._require_conditions()
        body = Body.of(data)
        for form in (version, version.strip('"')):  # some servers know the bare one only
            if self._put(place, body, {"IfMatch": form}, doing=doing):
                return
            mark, now = self._now(place, doing=doing)
            if mark == body.mark:
                return
            if now != version:
                break
        msg = f"object {key} was replaced or removed meanwhile: read it again"
        raise Changed(msg)

    def delete(self, key: str) -> None:
        """Remove a blob durably; one that is not there is no error.

        Refused where the bucket keeps what it is told to delete: a key that was to be destroyed
        would be there still.
        """
        doing = f"object {key} can't be removed"
        try:
            kept = self._call("delete_object", _deleted, doing=doing, Key=self._place_of(key))
        except Declined as declined:
            if declined.status == 404:
                return
            raise self._service.refused(declined, doing) from None
        if kept:
            msg = (
                f"{doing}: {self._service.what} hides it and keeps it as an older version; suspend "
                "the bucket's versioning, delete the older versions of it, then try again"
            )
            raise Refused(msg)

    def listing(self) -> Iterator[str]:
        """The key of every blob, in order."""
        doing = f"{self._service.what} can't be listed"
        further: dict[str, str] = {}
        while True:
            page = self._sure(
                "list_objects_v2",
                having("IsTruncated"),
                doing=doing,
                Prefix=self._prefix,
                MaxKeys=PAGE,
                **further,
            )
            yield from listed(
                found["Key"].removeprefix(self._prefix) for found in page.get("Contents", [])
            )
            if not page["IsTruncated"]:
                return
            further = {"ContinuationToken": page["NextContinuationToken"]}

    def _call(self, operation: str, take: Any, *, doing: str, **parameters: Any) -> Any:
        return self._service.call(operation, take, doing=doing, Bucket=self._bucket, **parameters)

    def _sure(self, operation: str, take: Any, *, doing: str, **parameters: Any) -> Any:
        """The answer to an operation to which there is no expected no."""
        try:
            return self._call(operation, take, doing=doing, **parameters)
        except Declined as declined:
            raise self._service.refused(declined, doing) from None

    def _get(self, operation: str, take: Any, key: str, **parameters: Any) -> Any:
        doing = f"object {key} can't be read"
        try:
            return self._call(operation, take, doing=doing, Key=self._place_of(key), **parameters)
        except Declined as declined:
            self._explain(declined, key, doing)

    def _explain(self, declined: Declined, key: str, doing: str) -> NoReturn:
        if declined.status == 404:
            raise missing(key) from None
        if declined.status == 416:
            raise truncated(key) from None
        raise self._service.refused(declined, doing) from None

    def _range(self, key: str, offset: int, length: int, *, version: str) -> bytes:
        span = f"bytes={offset}-{offset + length - 1}"
        data, answer = self._get("get_object", _body, key, size=length, Range=span)
        if answer["ETag"] != version:
            msg = f"object {key} was replaced while it was read: read it again"
            raise Changed(msg)
        if len(data) != length:
            raise truncated(key)
        return bytes(data)

    def _put(self, place: str, body: Body, condition: Mapping[str, str], *, doing: str) -> bool:
        """Write an object if the condition holds; whether it did, as far as the server knows."""
        try:
            self._call(
                "put_object",
                having("ETag"),
                doing=doing,
                size=body.size,
                Key=place,
                Body=body.file,
                ContentLength=body.size,
                ChecksumSHA256=b64encode(body.sha256).decode(),
                Metadata={_WRITE: body.mark, _SHA256: body.sha256.hex()},
                **condition,
            )
        except Declined as declined:
            # S3 says 404 where it is to be replaced and is gone.
            if declined.status == 412 or (declined.code == "NoSuchKey" and "IfMatch" in condition):
                return False
            raise self._service.refused(declined, doing) from None
        return True

    def _now(self, place: str, *, doing: str) -> tuple[str, str]:
        """Which write made the object that is there, and its version; empty when none is."""
        try:
            head = self._call("head_object", _HEAD, doing=doing, Key=place)
        except Declined as declined:
            if declined.status == 404:
                return "", ""
            raise self._service.refused(declined, doing) from None
        return head["Metadata"].get(_WRITE, ""), head["ETag"]

    def _place_of(self, key: str) -> str:
        return self._prefix + checked_key(key)

    def _require_conditions(self) -> None:
        """Refuse a server that overwrites in spite of a condition; asked before the first write."""
        doing = f"{self._service.what} can't be written"

        def heeds(condition: Mapping[str, str]) -> bool:
            return not self._put(self._prefix + PROBE, Body.of(b""), condition, doing=doing)

        with self._probing:
            if self._heeds_conditions:
                return
            # The very first attempt of all makes the object that the second one finds.
            if not ((heeds(_ABSENT) or heeds(_ABSENT)) and heeds(_NEVER)):
                msg = (
                    f"{doing}: its server overwrites objects in spite of If-None-Match or "
                    "If-Match, so two writers would undo each other's work; use a server with "
                    "conditional writes"
                )
                raise Refused(msg)
            self._heeds_conditions = True


def require_location(service: Service, bucket: str) -> None:
    """Refuse a bucket that doesn't lie where the region's data may lie (R38)."""
    doing = f"{service.what} can't be used"
    try:
        answer = service.call("get_bucket_location", dict, doing=doing, Bucket=bucket)
    except Declined as declined:
        raise service.refused(declined, doing) from None
    named = answer["LocationConstraint"] or ""
    found, expected = _OLD_NAMES.get(named, named), service.site.location
    if found != expected:
        msg = (
            f"{service.what} lies in {found}, and the region's data may lie in {expected} only: "
            f"name a bucket of {expected} in the config file"
        )
        raise ResidencyViolation(msg)


_HEAD = having("ETag", "ContentLength")


def _body(answer: Mapping[str, Any]) -> tuple[bytes, Mapping[str, Any]]:
    return _HEAD(answer)["Body"].read(), answer


def _deleted(answer: Mapping[str, Any]) -> bool:
    """Whether an older version is kept of what was deleted."""
    if answer["ResponseMetadata"]["HTTPStatusCode"] != 204:
        raise NotAnAnswer
    return bool(answer.get("VersionId", "null") != "null")
