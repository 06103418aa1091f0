"""Real servers, started once where they can be had; a test that needs one skips visibly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cloud import CREDENTIALS, Cloud, credentials
from tests.services.ceph import LOCATION, ceph, why_not


@pytest.fixture(scope="session")
def real_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Ceph's S3 gateway."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with (
        credentials(),
        ceph(
            tmp_path_factory.mktemp("ceph"),
            access_key=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            secret_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        ) as endpoint,
    ):
        yield Cloud(endpoint, LOCATION)
