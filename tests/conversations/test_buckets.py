"""R2, R36, R38: exports in a bucket are read like files, in place, in the region's location."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.conversations.buckets import readable, watched_address
from handrail.conversations.intake import Export, fingerprint, load_mapping
from handrail.conversations.reading import exports_digest, register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sources.files import RemoteFile
from handrail.conversations.sources.rows import Reason
from handrail.conversations.watching import arrivals, described_exports, folder_mark
from handrail.errors import BadInput, Refused, ResidencyViolation
from handrail.settings import DEFAULT_CONFIG, PROJECT, Settings, load_settings
from handrail.vault.audit_log import AuditLog
from handrail.vault.aws import Site
from handrail.vault.export_bucket import ExportBucket, Found, Listing, _Ranges
from orchestration.exports import register_export
from tests.cloud import CREDENTIALS, LOCATION, Cloud, new_bucket_name
from tests.conftest import NOW
from tests.conversations.exports import read
from tests.conversations.test_packed_exports import gz, zipped, zst
from tests.faults.proxy import cuts, proxy, says

CANARY = "my parcel is xylophone 4711"
CHAT = (
    '{"conversation_id":"%s","region":"eu","language":"en","turns":[{"role":"customer",'
    '"text":"' + CANARY + '","at":"2026-01-06T10:00:00Z"}],"outcome":{"status":"open"}}\n'
)
TABLE = "id,who,text,at\nt-1,customer,hello there,2026-01-06T10:00:00Z\n"
MAPPING = """
version: 1
source_system: shop
file: {group_by: id}
conversation_id: id
region: {const: eu}
language: {const: en}
turns: {role: {path: who, map: {customer: customer}}, text: text, at: at}
"""


def chats(*ids: str) -> bytes:
    return "".join(CHAT % one for one in ids).encode()


@dataclass(frozen=True)
class Arriving:
    """A deployment whose `eu` has a bucket for its exports, and that bucket."""

    settings: Settings
    cloud: Cloud
    bucket: str

    def put(self, key: str, data: bytes) -> str:
        self.cloud.client("s3").put_object(Bucket=self.bucket, Key=key, Body=data)
        return f"s3://{self.bucket}/{key}"

    def at(self, key: str = "in") -> Export:
        found = readable(self.settings, "eu", f"s3://{self.bucket}/{key}")
        return Export(found, None, None, simulated=False)

    def denied(self) -> list[str]:
        audit = AuditLog(self.settings.region_home("eu") / "audit", region="eu", clock=lambda: NOW)
        return [record.detail for record in audit.records() if record.event == "denied"]


def config_of(cloud: Cloud, bucket: str, *, prefix: str = "in", region: str = "eu") -> str:
    return (
        DEFAULT_CONFIG.read_text()
        + f"""
[regions.{region}.exports]
kind = "s3"
bucket = "{bucket}"
location = "{cloud.location}"
endpoint = "{cloud.endpoint}"
prefix = "{prefix}"
"""
    )


def settings_with(config: str, tmp_path: Path) -> Settings:
    file = tmp_path / "handrail.toml"
    file.write_text(config)
    return load_settings(environ={"HANDRAIL_HOME": str(tmp_path / "home")}, config_file=file)


@pytest.fixture
def arriving(cloud: Cloud, tmp_path: Path) -> Arriving:
    bucket = cloud.make_bucket(new_bucket_name())
    return Arriving(settings_with(config_of(cloud, bucket), tmp_path), cloud, bucket)


def test_objects_are_read_as_files_are_however_they_are_packed(arriving: Arriving) -> None:
    """R2"""
    arriving.put("in/a.jsonl", chats("c-1", "c-2"))
    arriving.put("in/b.jsonl.gz", gz(chats("c-3")))
    arriving.put("in/c.jsonl.zst", zst(chats("c-4")))
    arriving.put("in/d.jsonl.zip", zipped({"x.jsonl": chats("c-5")}))
    arriving.put("in/.hidden.jsonl", chats("c-6"))
    arriving.put("other/z.jsonl", chats("c-7"))
    arriving.put("in/folder/", b"")
    found = read(arriving.settings, arriving.at())
    assert sorted(found.ids) == ["c-1", "c-2", "c-3", "c-4", "c-5"]
    one = read(arriving.settings, arriving.at("in/b.jsonl.gz"))
    assert one.ids == ["c-3"]
    assert one.accepted[0].location == "b.jsonl.gz:line 1"


def test_a_table_is_read_by_the_mapping_that_lies_beside_it(arriving: Arriving) -> None:
    arriving.put("in/a.csv", TABLE.encode())
    arriving.put("in/a.csv.mapping.yaml", MAPPING.encode())
    place = readable(arriving.settings, "eu", f"s3://{arriving.bucket}/in")
    ((file, beside),) = described_exports(place).items()
    assert beside is not None
    export = Export(file, None, load_mapping(beside), simulated=False)
    assert read(arriving.settings, export).ids == ["t-1"]


def test_tables_of_one_export_are_read_together(arriving: Arriving) -> None:
    here = Path(__file__).parent / "fixtures" / "zendesk"
    folder = next(f for f in sorted(here.rglob("*")) if f.is_dir())
    for file in folder.iterdir():
        arriving.put(f"in/{file.name}", file.read_bytes())
    here_read = read(arriving.settings, Export(folder, "zendesk", None, simulated=False))
    there = Export(arriving.at().path, "zendesk", None, simulated=False)
    there_read = read(arriving.settings, there)
    assert there_read.counts == here_read.counts
    assert there_read.conversations == here_read.conversations


def test_nothing_of_it_is_written_to_a_disk(
    arriving: Arriving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R36"""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    arriving.put("in/a.jsonl", chats("c-1"))
    register_export(arriving.settings, f"s3://{arriving.bucket}/in", None, None, "eu")
    assert read(arriving.settings, arriving.at()).ids == ["c-1"]
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(b"xylophone" in file.read_bytes() for file in written)
    assert list(scratch.iterdir()) == []


def test_what_is_unchanged_is_not_read_again(
    arriving: Arriving, monkeypatch: pytest.MonkeyPatch
) -> None:
    arriving.put("in/a.jsonl", chats("c-1"))
    arriving.put("in/b.jsonl", chats("c-2"))
    register_export(arriving.settings, f"s3://{arriving.bucket}/in", None, None, "eu")
    rows = register_of(arriving.settings, "eu").all()
    fetched: list[str] = []
    real = ExportBucket.read

    def counted(self: ExportBucket, found: Found, offset: int, length: int) -> bytes:
        fetched.append(found.key)
        return real(self, found, offset, length)

    monkeypatch.setattr(ExportBucket, "read", counted)

    def marks() -> tuple[str, str]:
        return (
            exports_digest(arriving.settings, "eu", rows),
            folder_mark(arriving.settings, "eu", rows),
        )

    before = marks()
    assert marks() == before
    assert fetched == []
    arriving.put("in/b.jsonl", chats("c-3"))
    after = marks()
    assert all(now != then for now, then in zip(after, before, strict=True))
    arriving.put("in/c.jsonl", chats("c-4"))
    assert all(now != then for now, then in zip(marks(), after, strict=True))
    assert fetched == []


def test_an_object_that_is_replaced_while_it_is_read_is_no_whole(arriving: Arriving) -> None:
    arriving.put("in/a.jsonl", chats("c-1"))
    export = arriving.at()
    fingerprint(export)  # lists it
    arriving.put("in/a.jsonl", chats("c-9"))
    with pytest.raises(BadInput, match="changed or went while it was read"):
        read(arriving.settings, export)


def test_an_object_that_cannot_be_had_ends_the_reading_and_is_no_damage(
    arriving: Arriving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quarantined as truncated, its chats would vanish from the data set without an error."""
    pq = pytest.importorskip("pyarrow.parquet")
    pa = pytest.importorskip("pyarrow")
    table = io.BytesIO()
    pq.write_table(pa.table({"id": ["t-1"], "text": ["hello"]}), table)
    arriving.put("in/a.jsonl.gz", gz(chats("c-1")))
    arriving.put("tables/a.parquet", table.getvalue())
    arriving.put("zips/a.jsonl.zip", zipped({"x.jsonl": chats("c-5")}))

    def refused(*_: object) -> bytes:
        msg = "these credentials may not do that"
        raise Refused(msg)

    monkeypatch.setattr(ExportBucket, "read", refused)
    mapping = load_mapping(PROJECT / "deploy" / "mappings" / "star.yaml")
    for prefix, by in (("in", None), ("tables", mapping), ("zips", None)):
        export = Export(arriving.at(prefix).path, None, by, simulated=False)
        with pytest.raises(Refused, match="may not do that"):
            read(arriving.settings, export)


def test_limits_hold_as_for_files(arriving: Arriving) -> None:
    arriving.put("in/a.jsonl.zst", zst(b"x" * 1_000_000, times=20))
    found = read(arriving.settings, arriving.at(), max_record_bytes=1000)
    assert found.reasons == [Reason.OVERSIZED]
    assert "max_unpacked_ratio" in found.quarantined[0].detail


def test_a_bucket_in_another_location_is_refused_on_record(arriving: Arriving) -> None:
    """R38"""
    name = arriving.cloud.make_bucket(new_bucket_name(), "us-east-2")
    with pytest.raises(ResidencyViolation, match="lies in us-east-2"):
        register_export(arriving.settings, f"s3://{name}/in", None, None, "eu")
    assert register_of(arriving.settings, "eu").all() == ()
    (detail,) = arriving.denied()
    assert "us-east-2" in detail


@pytest.mark.parametrize("table", ["exports", "store"])
@pytest.mark.parametrize("key", ["us", "us/", "us/a.jsonl", ""])
def test_a_place_of_another_region_is_no_source_R38(
    cloud: Cloud, tmp_path: Path, table: str, key: str
) -> None:
    """Both regions share a server, a location and a bucket, and have their own prefixes."""
    bucket = cloud.make_bucket(new_bucket_name())
    theirs = config_of(cloud, bucket, prefix="us", region="us").replace("us.exports", f"us.{table}")
    table_of_us = theirs.removeprefix(DEFAULT_CONFIG.read_text())
    arriving = Arriving(settings_with(config_of(cloud, bucket) + table_of_us, tmp_path), cloud, "")
    for own in ("in", "usual"):
        cloud.client("s3").put_object(Bucket=bucket, Key=f"{own}/a.jsonl", Body=chats("c-1"))
        assert readable(arriving.settings, "eu", f"s3://{bucket}/{own}").is_dir()
    cloud.client("s3").put_object(Bucket=bucket, Key="us/a.jsonl", Body=chats("c-2"))
    with pytest.raises(ResidencyViolation, match="is a place of region us: nothing of it is read"):
        register_export(arriving.settings, f"s3://{bucket}/{key}".rstrip("/"), None, None, "eu")
    assert register_of(arriving.settings, "eu").all() == ()
    (detail,) = arriving.denied()
    assert "a place of region us" in detail


def test_a_region_without_a_location_reads_from_no_bucket(settings: Settings) -> None:
    with pytest.raises(BadInput, match=r"add a table \[regions.eu.exports\]"):
        readable(settings, "eu", "s3://somewhere/in")


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "s3:///in",
        "s3://A/in",
        "s3://bucket/../other",
        "s3://bucket/a//b",
        "s3://bucket/\n",
    ],
)
def test_what_is_no_address_is_refused(arriving: Arriving, address: str) -> None:
    with pytest.raises(BadInput, match="write s3://BUCKET/PREFIX"):
        readable(arriving.settings, "eu", address)


def test_what_is_not_there_says_so(arriving: Arriving) -> None:
    with pytest.raises(BadInput, match="no object has this key, and none lies below it"):
        arriving.at("nothing")
    with pytest.raises(Refused, match="there is no bucket"):
        readable(arriving.settings, "eu", "s3://no-such-bucket-anywhere/in")
    arriving.put("in/readme.txt", b"hello")
    with pytest.raises(BadInput, match="has no exports in it"):
        arriving.at().open()


def test_without_credentials_nothing_is_read(
    arriving: Arriving, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handrail.vault import aws

    for name in CREDENTIALS:
        if "KEY" in name and name in os.environ:
            monkeypatch.delenv(name)
    aws._session.cache_clear()
    try:
        with pytest.raises(Refused, match="give this process credentials that are valid"):
            arriving.at()
    finally:
        aws._session.cache_clear()


def test_a_prefix_in_the_config_is_watched(arriving: Arriving) -> None:
    assert watched_address(arriving.settings, "eu") == f"s3://{arriving.bucket}/in"
    assert arrivals(arriving.settings, "eu", now=NOW).exports == ()
    arriving.put("in/a.jsonl", chats("c-1"))
    (found,) = arrivals(arriving.settings, "eu", now=NOW).exports
    assert found.path == f"s3://{arriving.bucket}/in"
    register_of(arriving.settings, "eu").add(found)
    assert arrivals(arriving.settings, "eu", now=NOW).exports == ()
    assert arrivals(arriving.settings, "us", now=NOW).exports == ()


def test_one_bad_object_holds_up_no_other(
    arriving: Arriving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2: it is named, the others are found; known ones aren't opened, and one look lists once."""
    for name in ("a", "b", "c", "d"):
        arriving.put(f"in/{name}.csv", TABLE.encode())
        arriving.put(f"in/{name}.csv.mapping.yaml", MAPPING.encode())
    arriving.put("in/b.csv.mapping.yaml", b"version: nothing")
    arriving.put("in/c.csv.mapping.yaml", b"version: nothing")
    place = f"s3://{arriving.bucket}/in"
    known = RegisteredExport(f"{place}/c.csv", None, f"{place}/c.csv.mapping.yaml", None)
    register_of(arriving.settings, "eu").add(known)
    listed: list[str] = []
    real = ExportBucket.listing

    def counted(self: ExportBucket, prefix: str) -> Listing:
        listed.append(prefix)
        return real(self, prefix)

    monkeypatch.setattr(ExportBucket, "listing", counted)
    found = arrivals(arriving.settings, "eu", now=NOW)
    assert [row.path for row in found.exports] == [f"{place}/a.csv", f"{place}/d.csv"]
    (problem,) = found.unreadable
    assert "b.csv.mapping.yaml" in problem
    assert listed == ["in/"]


def test_the_plan_says_what_will_be_read(
    arriving: Arriving, capsys: pytest.CaptureFixture[str]
) -> None:
    arriving.put("in/a.jsonl", chats("c-1"))
    arriving.put("in/b.jsonl", chats("c-2"))
    register_export(arriving.settings, f"s3://{arriving.bucket}/in", None, None, "eu")
    said = " ".join(capsys.readouterr().out.split())
    assert "objects to read in place: 2, 0.0 MB" in said
    assert f"s3://{arriving.bucket}/in/a.jsonl" in said


def test_exports_lie_in_no_place_of_another_region_or_store(cloud: Cloud, tmp_path: Path) -> None:
    """R38"""
    config = config_of(cloud, "shared-bucket", prefix="in")
    for other in (
        config_of(cloud, "shared-bucket", prefix="in/us", region="us"),
        config_of(cloud, "shared-bucket", prefix="", region="us"),
    ):
        table = other.removeprefix(DEFAULT_CONFIG.read_text())
        with pytest.raises(BadInput, match="share a place in bucket shared-bucket"):
            settings_with(config + table, tmp_path)


class Held(ExportBucket):
    """An object in memory in a bucket's place."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.longest = 0

    def read(self, found: Found, offset: int, length: int) -> bytes:
        self.longest = max(self.longest, length)
        return self.data[offset : offset + length]


MOVES = st.lists(
    st.tuples(st.sampled_from(("read", "read1", "set", "cur", "end")), st.integers(0, 3000)),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(0, 2500), moves=MOVES, buffer=st.sampled_from((1, 64, 4096)))
def test_an_object_reads_like_a_file_from_anywhere(
    size: int, moves: list[tuple[str, int]], buffer: int
) -> None:
    data = random.Random(size).randbytes(size)
    bucket = Held(data)
    ours = io.BufferedReader(_Ranges(bucket, Found("k", size, "v")), buffer_size=buffer)
    theirs = io.BufferedReader(io.BytesIO(data), buffer_size=buffer)  # type: ignore[type-var]
    for move, number in moves:
        if move == "read":
            assert ours.read(number) == theirs.read(number)
        elif move == "read1":
            some = ours.read1(number)
            assert some == theirs.read(len(some))
        else:
            whence = {"set": 0, "cur": 1, "end": 2}[move]
            offset = (
                number if move == "set" else -min(number, theirs.tell() if whence == 1 else size)
            )
            assert ours.seek(offset, whence) == theirs.seek(offset, whence)


def test_no_more_than_a_few_megabytes_are_held_at_once() -> None:
    bucket = Held(b"x" * 20_000_000)
    with bucket.open(Found("k", 20_000_000, "v")) as stream:
        while stream.read1(1 << 16):
            pass
    assert bucket.longest <= 4 * 1024 * 1024


def test_a_redirect_is_not_followed(cloud: Cloud) -> None:
    """R38: also where it comes in the middle of the reading."""
    name = cloud.make_bucket(new_bucket_name())
    cloud.client("s3").put_object(Bucket=name, Key="a.jsonl", Body=chats("c-1"))
    with proxy(cloud.endpoint) as between:
        bucket = ExportBucket(Site(LOCATION, between.endpoint), bucket=name)
        (found,) = bucket.listing("").objects
        elsewhere = {"x-amz-bucket-region": "us-east-1", "location": "https://elsewhere.example"}
        between.plan(says(307, "TemporaryRedirect", elsewhere), method="GET")
        with bucket.open(found) as stream, pytest.raises(ResidencyViolation, match="elsewhere"):
            stream.read()


def test_half_an_answer_is_asked_for_again(cloud: Cloud) -> None:
    name = cloud.make_bucket(new_bucket_name())
    cloud.client("s3").put_object(Bucket=name, Key="a.jsonl", Body=chats("c-1", "c-2"))
    with proxy(cloud.endpoint) as between:
        bucket = ExportBucket(Site(LOCATION, between.endpoint), bucket=name)
        (found,) = bucket.listing("").objects
        between.plan(cuts, method="GET")
        with bucket.open(found) as stream:
            assert stream.read() == chats("c-1", "c-2")


@pytest.fixture
def prefixes(arriving: Arriving) -> Iterator[RemoteFile]:
    for n in range(1005):
        arriving.put(f"many/{n:04}.jsonl", b"")
    found = readable(arriving.settings, "eu", f"s3://{arriving.bucket}/many")
    assert isinstance(found, RemoteFile)
    yield found


def test_a_listing_goes_on_where_one_page_ends(prefixes: RemoteFile) -> None:
    assert len(prefixes.entries()) == 1005
