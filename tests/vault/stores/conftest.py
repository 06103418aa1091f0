"""One place after the other behind the same calls: a folder, a bucket, a real server's bucket."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from handrail.vault.aws import Patience, Site
from handrail.vault.s3_store import S3Store
from handrail.vault.stores import DirectoryStore, Store
from tests.cloud import Cloud, new_bucket_name

BRIEF = Patience(answer=1.0, call=2.0)


class Shelf(ABC):
    """A place for blobs, seen by the store and from behind its back."""

    @abstractmethod
    def open(self) -> Store:
        """The store, opened once more, as another process would."""

    @abstractmethod
    def lies_there(self) -> dict[str, bytes]:
        """Every blob whole, by key, the store's own left out."""

    @abstractmethod
    def waits(self) -> list[str]:
        """What is left of writes that did not end."""

    @abstractmethod
    def child(self) -> list[str]:
        """How `tests.vault.stores.child` opens it."""


class Folder(Shelf):
    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self) -> Store:
        return DirectoryStore(self.root)

    def lies_there(self) -> dict[str, bytes]:
        files = (f for f in self.root.rglob("*") if f.is_file())
        found = {f.relative_to(self.root).as_posix(): f.read_bytes() for f in files}
        return {key: data for key, data in found.items() if not key.startswith(".")}

    def waits(self) -> list[str]:
        return [f.name for f in self.root.glob(".partial/*")]

    def child(self) -> list[str]:
        return ["directory", str(self.root)]


class Bucket(Shelf):
    def __init__(self, cloud: Cloud, bucket: str, staging: Path) -> None:
        self.cloud = cloud
        self.bucket = bucket
        self.staging = staging

    def open(self) -> S3Store:
        return open_bucket(self.cloud.endpoint, self.cloud.location, self.bucket, self.staging)

    def lies_there(self) -> dict[str, bytes]:
        found = self.cloud.lies_there(self.bucket)
        keys = {key.removeprefix("below/"): data for key, data in found.items()}
        return {key: data for key, data in keys.items() if not key.startswith(".")}

    def waits(self) -> list[str]:
        uploads = self.cloud.client("s3").list_multipart_uploads(Bucket=self.bucket)
        staged = [f.name for f in self.staging.rglob("*")]
        return [*staged, *(u["Key"] for u in uploads.get("Uploads", []))]

    def child(self) -> list[str]:
        return [
            "bucket", self.cloud.endpoint, self.cloud.location, self.bucket, str(self.staging),
        ]  # fmt: skip


def open_bucket(
    endpoint: str, location: str, bucket: str, staging: Path, patience: Patience = BRIEF
) -> S3Store:
    return S3Store(
        Site(location, endpoint),
        bucket=bucket,
        prefix="below",
        staging=Path(staging),
        patience=patience,
    )


def new_bucket(cloud: Cloud, tmp_path: Path, location: str | None = None) -> Bucket:
    name = cloud.make_bucket(new_bucket_name(), location)
    return Bucket(cloud, name, tmp_path / "staging")


@pytest.fixture(params=["directory", "bucket", pytest.param("ceph", marks=pytest.mark.services)])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "directory":
        return Folder(tmp_path / "vault")
    cloud = request.getfixturevalue("cloud" if request.param == "bucket" else "real_store")
    return new_bucket(cloud, tmp_path)


@pytest.fixture
def store(shelf: Shelf) -> Store:
    return shelf.open()


@pytest.fixture(params=["bucket", pytest.param("ceph", marks=pytest.mark.services)])
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Bucket:
    """A bucket, where only a bucket will do."""
    cloud = request.getfixturevalue("cloud" if request.param == "bucket" else "real_store")
    return new_bucket(cloud, tmp_path)
