"""A bucket and a key service on the loopback, for this session's tests."""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

LOCATION = "eu-central-1"
# As whom every server of the tests is asked.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "HANDRAILTESTS",
    "AWS_SECRET_ACCESS_KEY": "handrail-tests-secret",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


@dataclass(frozen=True)
class Cloud:
    """A server that speaks as S3, and perhaps as KMS."""

    endpoint: str
    location: str = LOCATION

    def client(self, kind: str, location: str | None = None) -> Any:
        """What a test looks behind the store's back with."""
        return _client(kind, location or self.location, self.endpoint)

    def make_bucket(self, name: str, location: str | None = None) -> str:
        where = location or self.location
        self.client("s3", where).create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": where}
        )
        return name

    def copy_bucket(self, source: str, name: str) -> str:
        """Another bucket with the same objects."""
        self.make_bucket(name)
        for key in self.keys(source):
            place = {"Bucket": source, "Key": key}
            self.client("s3").copy_object(Bucket=name, Key=key, CopySource=place)
        return name

    def make_key(self, location: str | None = None, **how: Any) -> str:
        """The ARN of a new key."""
        made = self.client("kms", location).create_key(**how)
        return str(made["KeyMetadata"]["Arn"])

    def disable_key(self, arn: str) -> None:
        self.client("kms").disable_key(KeyId=arn.rpartition("/")[2])

    def give_up_key(self, arn: str) -> None:
        """Have it deleted in a week."""
        key_id = arn.rpartition("/")[2]
        self.client("kms").schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)

    def lies_there(self, bucket: str) -> dict[str, bytes]:
        """Every object of a bucket, whole."""
        s3 = self.client("s3")
        return {
            key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in self.keys(bucket)
        }

    def keys(self, bucket: str) -> list[str]:
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def services(self, region: str, *, bucket: str, key: str) -> str:
        """The tables of a config file that put a region here."""
        return f"""
[regions.{region}.store]
kind = "s3"
bucket = "{bucket}"
location = "{self.location}"
endpoint = "{self.endpoint}"
prefix = "handrail/{region}"

[regions.{region}.key_service]
kind = "kms"
key_id = "{key}"
location = "{self.location}"
endpoint = "{self.endpoint}"
"""


@cache
def _client(kind: str, location: str, endpoint: str) -> Any:
    import boto3
    from botocore.config import Config

    plain = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.client(kind, region_name=location, endpoint_url=endpoint, config=plain)


def new_bucket_name() -> str:
    """One that nothing of this session has."""
    return f"handrail-{secrets.token_hex(6)}"


@contextmanager
def credentials() -> Iterator[None]:
    """Give this process and its children what the servers of the tests let in."""
    before = dict(os.environ)
    os.environ.update(CREDENTIALS)
    try:
        yield
    finally:
        for name in CREDENTIALS:
            os.environ.pop(name)
            if name in before:
                os.environ[name] = before[name]


@contextmanager
def stand_in() -> Iterator[Cloud]:
    """moto's server in a process of its own: neither `mock_aws` nor a tracer reaches into it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cloud"],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin and server.stdout
        try:
            yield Cloud(server.stdout.readline().strip())
        finally:
            server.stdin.close()  # it ends when nobody is there any more, whatever became of us


def _serve() -> None:
    """moto's server, one request at a time: it checks a condition and writes without a lock."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Prompt(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the other side

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(
        "127.0.0.1", 0, _one_at_a_time(DomainDispatcherApplication(create_backend_app)),
        threaded=True, request_handler=Prompt,
    )  # fmt: skip
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.port}\n")
    sys.stdout.flush()
    sys.stdin.read()


def _one_at_a_time(answer: Callable[..., Iterable[bytes]]) -> Callable[..., list[bytes]]:
    lock = threading.Lock()

    def answer_alone(environ: Any, start: Any) -> list[bytes]:
        with lock:
            return list(answer(environ, start))

    return answer_alone


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    with credentials(), stand_in() as there:
        yield there


if __name__ == "__main__":
    _serve()
