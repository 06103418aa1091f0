"""R2, R36, R38: a region's exports in a real server's bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.conversations.buckets import readable
from handrail.conversations.intake import Export, fingerprint
from handrail.errors import BadInput
from tests.cloud import Cloud, new_bucket_name
from tests.conversations.exports import read
from tests.conversations.test_buckets import chats, config_of, settings_with
from tests.conversations.test_packed_exports import gz, zipped

pytestmark = pytest.mark.services


def test_exports_are_listed_streamed_and_known_by_their_etag(
    real_store: Cloud, tmp_path: Path
) -> None:
    bucket = real_store.make_bucket(new_bucket_name())
    settings = settings_with(config_of(real_store, bucket), tmp_path)
    s3 = real_store.client("s3")
    ids = [f"c-{n}" for n in range(60_000)]  # several pieces, so that each names its version
    s3.put_object(Bucket=bucket, Key="in/a.jsonl", Body=chats(*ids))
    s3.put_object(Bucket=bucket, Key="in/b.jsonl.gz", Body=gz(chats("d-1")))
    s3.put_object(Bucket=bucket, Key="in/c.jsonl.zip", Body=zipped({"x.jsonl": chats("e-1")}))

    def export() -> Export:
        found = readable(settings, "eu", f"s3://{bucket}/in")
        return Export(found, None, None, simulated=False)

    before = fingerprint(export())
    assert sorted(read(settings, export()).ids) == sorted([*ids, "d-1", "e-1"])
    assert fingerprint(export()) == before
    stale = export()
    fingerprint(stale)
    s3.put_object(Bucket=bucket, Key="in/b.jsonl.gz", Body=gz(chats("d-2")))
    assert fingerprint(export()) != before
    with pytest.raises(BadInput, match="changed or went while it was read"):
        read(settings, stale)
    assert not [f for f in tmp_path.rglob("*") if f.is_file() and b"xylophone" in f.read_bytes()]
