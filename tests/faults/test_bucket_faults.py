"""R38, R36: whatever the network or the server does to a bucket, it is done or refused, and whole.

Nothing torn is ever seen, nothing that was acknowledged is lost, and no request follows a redirect.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handrail.errors import Busy, HandrailError, Refused, ResidencyViolation, Tampered
from handrail.vault import aws, s3_store
from handrail.vault.aws import Patience
from handrail.vault.files import AlreadyThere
from handrail.vault.s3_store import S3Store
from handrail.vault.stores import Changed
from tests.cloud import LOCATION, Cloud
from tests.faults import proxy as faults
from tests.faults.proxy import Fault, Proxy, garbles_with, proxy, says
from tests.vault.stores.conftest import Bucket, new_bucket, open_bucket

KEY = "raw_chats/2026-01-05/0123456789abcdef"
DATA = b"sealed " * 3000
PATIENT = Patience(answer=0.5, call=30.0)
BRIEF = Patience(answer=0.5, call=0.3)
ELSEWHERE = {"x-amz-bucket-region": "us-east-1", "Location": "http://127.0.0.1:9/elsewhere"}
BUSY = says(503, "SlowDown")
PASSING: dict[str, Fault] = {
    "503": BUSY,
    "429": says(429, "TooManyRequests"),
    "a lost request": faults.resets,
    "a lost answer": faults.loses_the_answer,
}


@pytest.fixture(scope="module", params=["bucket", pytest.param("ceph", marks=pytest.mark.services)])
def bucket(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bucket:
    cloud = request.getfixturevalue("cloud" if request.param == "bucket" else "real_store")
    return new_bucket(cloud, tmp_path_factory.mktemp("bucket"))


@pytest.fixture(scope="module")
def way(bucket: Bucket) -> Iterator[Proxy]:
    with proxy(bucket.cloud.endpoint) as plan:
        yield plan


@pytest.fixture(scope="module")
def opened(bucket: Bucket, way: Proxy) -> S3Store:
    return opened_through(way, bucket)


@pytest.fixture
def between(bucket: Bucket, way: Proxy) -> Iterator[Proxy]:
    """The proxy, healed, before a bucket with nothing of ours in it."""
    yield way
    way.heal()
    for key in bucket.lies_there():
        bucket.cloud.client("s3").delete_object(Bucket=bucket.bucket, Key=f"below/{key}")


@pytest.fixture
def store(opened: S3Store, between: Proxy) -> S3Store:
    """The bucket through the proxy, which has done nothing yet."""
    opened.create("first", [b"write"])
    between.heal()
    return opened


@pytest.fixture(autouse=True)
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "_FIRST_PAUSE", 0.02)


def opened_through(between: Proxy, bucket: Bucket) -> S3Store:
    where = bucket.cloud.location
    return open_bucket(between.endpoint, where, bucket.bucket, bucket.staging, PATIENT)


def whole(store: S3Store) -> bytes:
    with store.open(KEY) as blob:
        return blob.read(0, blob.size)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_waited_for(store: S3Store, between: Proxy, fault: Fault) -> None:
    """Every call ends well, and is made exactly once."""
    between.plan(fault, times=2)
    store.create(KEY, [DATA])
    between.plan(fault)
    assert whole(store) == DATA
    found = store.read(KEY)
    between.plan(fault)
    store.replace(KEY, b"replaced", version=found.version)
    between.plan(fault)
    assert store.read(KEY).data == b"replaced"
    between.plan(fault)
    assert KEY in list(store.listing())
    between.plan(fault)
    store.delete(KEY)
    assert KEY not in list(store.listing())


@pytest.mark.parametrize(
    "fault",
    [
        says(400, "RequestTimeout"),
        says(409, "ConditionalRequestConflict"),
        says(400, "BadDigest"),
        says(400, "XAmzContentSHA256Mismatch"),
    ],
)
def test_a_write_that_the_server_did_not_take_is_sent_again(
    store: S3Store, between: Proxy, fault: Fault
) -> None:
    between.plan(fault, method="PUT")
    store.create(KEY, [DATA])
    between.plan(fault, method="PUT")
    store.replace(KEY, b"replaced", version=store.read(KEY).version)
    assert whole(store) == b"replaced"


@pytest.mark.parametrize("fault", [faults.cuts, faults.stalls, faults.garbles])
def test_an_answer_that_stops_half_way_is_asked_for_again(
    store: S3Store, between: Proxy, fault: Fault
) -> None:
    store.create(KEY, [DATA])
    between.plan(fault, method="GET")
    assert whole(store) == DATA


@pytest.mark.parametrize("page", [b"<html></html>", b"{}"])
def test_who_answers_in_the_servers_place_acknowledges_nothing(
    store: S3Store, bucket: Bucket, between: Proxy, page: bytes
) -> None:
    """A page with status 200 is no write, no removal, and no empty bucket."""
    store.create(KEY, [DATA])
    for call in CALLS:
        between.plan(garbles_with(page))
        CALLS[call](store)
        assert len(between.asked) > 1
        if call == "listing":
            assert list(store.listing()) == ["first", "other/new"]
    assert bucket.lies_there() == {"first": b"write", "other/new": DATA}


FOR_EVER: dict[str, Fault] = {
    "503": BUSY,
    "resets": faults.resets,
    "stalls": faults.stalls,
    "half a body": faults.cuts,
}
CALLS: dict[str, Callable[[S3Store], object]] = {
    "create": lambda store: store.create("other/new", [DATA]),
    "open": whole,
    "read": lambda store: store.read(KEY),
    "replace": lambda store: store.replace(KEY, b"", version=store.read(KEY).version),
    "delete": lambda store: store.delete(KEY),
    "listing": lambda store: list(store.listing()),
}


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        *((call, "503") for call in CALLS),
        ("create", "resets"),
        ("read", "resets"),
        ("open", "stalls"),
        ("read", "half a body"),
    ],
)
def test_what_does_not_pass_is_given_up_in_time(
    store: S3Store,
    bucket: Bucket,
    between: Proxy,
    call: str,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A refusal that says what fails, where, and what to do; within the deadline."""
    store.create(KEY, [DATA])
    monkeypatch.setattr(store._service, "_patience", BRIEF)
    before = bucket.lies_there()
    between.always(FOR_EVER[fault], method="GET" if fault == "stalls" else "")
    start = time.monotonic()
    with pytest.raises(Busy, match=r"(can't be .*127\.0\.0\.1.*for 0.3 seconds now; see to)"):
        CALLS[call](store)
    assert time.monotonic() - start < PATIENT.call / 2, "the machine may be busy; it ends"
    between.heal()
    assert bucket.lies_there() == before
    assert bucket.waits() == []


def test_a_byte_that_was_flipped_on_its_way_back_is_found(store: S3Store, between: Proxy) -> None:
    store.create(KEY, [DATA])
    for look in (whole, lambda store: store.read(KEY)):
        between.plan(faults.flips, method="GET")
        with pytest.raises(Tampered, match=f"object {KEY} is not what was stored"):
            look(store)
        assert whole(store) == DATA


@pytest.mark.services
def test_a_byte_that_was_flipped_on_its_way_there_is_never_stored(
    real_store: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server checks what arrives; the stand-in of the other tests doesn't."""
    bucket = new_bucket(real_store, tmp_path)
    with proxy(bucket.cloud.endpoint) as between:
        store = opened_through(between, bucket)
        store.create("first", [b"write"])
        between.plan(faults.flips_what_is_sent, times=2, method="PUT")
        store.create(KEY, [DATA])
        assert whole(store) == DATA
        between.always(faults.flips_what_is_sent, method="PUT")
        monkeypatch.setattr(store._service, "_patience", BRIEF)
        with pytest.raises(HandrailError):
            store.create("other/new", [DATA])
    assert set(bucket.lies_there()) == {"first", KEY}


def test_bytes_that_were_edited_in_the_bucket_are_found(store: S3Store, bucket: Bucket) -> None:
    store.create(KEY, [DATA])
    s3 = bucket.cloud.client("s3")
    place = {"Bucket": bucket.bucket, "Key": f"below/{KEY}"}
    told = s3.head_object(**place)["Metadata"]
    for edited in (DATA[:-1] + b"x", DATA[:-1], DATA + b"x", b""):
        s3.put_object(**place, Body=edited, Metadata=told)
        with pytest.raises(Tampered):
            store.read(KEY)
        if edited:
            with pytest.raises(Tampered):
                whole(store)
    s3.put_object(**place, Body=DATA)
    with pytest.raises(Tampered, match="checksum"):
        store.read(KEY)


@pytest.mark.parametrize(
    "redirect",
    [
        says(301, "PermanentRedirect", ELSEWHERE),
        says(307, "TemporaryRedirect", ELSEWHERE),
        says(302, "Found", ELSEWHERE),
        says(308, "", ELSEWHERE),
        says(400, "AuthorizationHeaderMalformed", ELSEWHERE),
        says(400, "", ELSEWHERE),
        says(200, "", {"x-amz-bucket-region": "us-east-1"}),
    ],
    ids=["301", "307", "302", "308", "other signature", "of a HEAD", "in passing"],
)
def test_no_redirect_is_followed_R38(
    store: S3Store, bucket: Bucket, between: Proxy, redirect: Fault
) -> None:
    """Whatever sends us to another region is a violation, and is not asked a second time."""
    store.create(KEY, [DATA])
    version = store.read(KEY).version
    calls = CALLS | {"replace": lambda store: store.replace(KEY, b"", version=version)}
    for call in calls.values():
        between.heal()
        between.always(redirect)
        with pytest.raises(
            ResidencyViolation, match="points elsewhere, and nothing of this region"
        ):
            call(store)
        assert len(between.asked) == 1
    with pytest.raises(ResidencyViolation):
        opened_through(between, bucket)
    assert set(bucket.lies_there()) == {"first", KEY}


def test_a_server_that_is_not_there_is_given_up_in_time(bucket: Bucket) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(Busy, match=r"can't be used: .* doesn't answer .*for 0.3 seconds now"):
        open_bucket(nobody, LOCATION, bucket.bucket, bucket.staging, BRIEF)


@pytest.mark.parametrize("code", ["IllegalLocationConstraintException", "PermanentRedirect"])
def test_a_place_that_is_said_in_words_is_a_redirect_too_R38(
    store: S3Store, between: Proxy, code: str
) -> None:
    between.always(says(400, code))
    with pytest.raises(ResidencyViolation, match="points elsewhere"):
        store.read(KEY)
    assert len(between.asked) == 1


def test_a_bucket_in_another_place_is_refused_R38(cloud: Cloud, tmp_path: Path) -> None:
    """What the bucket says of itself counts, not what the config file says of it."""
    bucket = new_bucket(cloud, tmp_path, "us-west-2")
    with pytest.raises(ResidencyViolation, match=r"lies in us-west-2, and .* in eu-central-1 only"):
        bucket.open()


def test_a_bucket_that_is_not_there_is_named(bucket: Bucket) -> None:
    with pytest.raises(Refused, match=r"there is no bucket handrail-none at .*: create it in"):
        Bucket(bucket.cloud, "handrail-none", bucket.staging).open()


def test_a_server_that_ignores_conditions_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    """Before the first write, so that two writers never undo each other's work."""
    bucket = new_bucket(cloud, tmp_path)
    with proxy(cloud.endpoint) as between:
        between.always(faults.ignores_conditions)
        store = opened_through(between, bucket)
        for _ in range(2):
            with pytest.raises(Refused, match="use a server with conditional writes"):
                store.create(KEY, [DATA])
            with pytest.raises(Refused, match="use a server with conditional writes"):
                store.replace(KEY, DATA, version="x")
        assert bucket.lies_there() == {}
        between.heal()
        store.create(KEY, [DATA])


def set_versioning(bucket: Bucket, status: str) -> None:
    bucket.cloud.client("s3").put_bucket_versioning(
        Bucket=bucket.bucket, VersioningConfiguration={"Status": status}
    )


@pytest.mark.services
def test_a_server_that_heeds_conditions_in_some_buckets_only_is_found_out(
    real_store: Cloud, tmp_path: Path
) -> None:
    """Ceph 16 overwrites in spite of them where a bucket keeps older versions."""
    bucket = new_bucket(real_store, tmp_path)
    set_versioning(bucket, "Enabled")
    with pytest.raises(Refused, match="use a server with conditional writes"):
        bucket.open().create(KEY, [DATA])
    assert bucket.lies_there() == {}


def test_a_bucket_that_keeps_what_it_deletes_is_found_out_R52(cloud: Cloud, tmp_path: Path) -> None:
    """Who destroys a key by deleting its sidecar is told that it is there still."""
    keeping = new_bucket(cloud, tmp_path)
    set_versioning(keeping, "Enabled")
    store = keeping.open()
    store.create(KEY, [DATA])
    store.replace(KEY, b"two", version=store.read(KEY).version)
    for _ in range(2):
        with pytest.raises(Refused, match="keeps it as an older version; suspend the bucket's"):
            store.delete(KEY)
    set_versioning(keeping, "Suspended")
    store.create("other/new", [DATA])
    store.delete("other/new")
    versions = keeping.cloud.client("s3").list_object_versions(Bucket=keeping.bucket)
    assert "below/other/new" not in {v["Key"] for v in versions["Versions"]}


def test_what_is_too_large_for_one_write_is_refused_before_it(
    store: S3Store, bucket: Bucket, between: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_store, "_MOST", 100)
    with pytest.raises(Refused, match="it has more than 100 bytes, the most at once; split it up"):
        store.create(KEY, (b"x" * 10 for _ in range(11)))
    assert between.asked == []
    assert set(bucket.lies_there()) == {"first"}


@pytest.mark.parametrize("times", [1, 2])
def test_a_create_whose_answer_was_lost_is_done(
    store: S3Store, bucket: Bucket, between: Proxy, times: int
) -> None:
    """The object that is found is known as ours by the mark of the write."""
    between.plan(faults.loses_the_answer, method="PUT", times=times)
    store.create(KEY, [DATA])
    assert bucket.lies_there()[KEY] == DATA
    with pytest.raises(AlreadyThere):
        store.create(KEY, [DATA])  # the same bytes, and another write


def test_a_replacement_whose_answer_was_lost_is_done(store: S3Store, between: Proxy) -> None:
    store.create(KEY, [DATA])
    first = store.read(KEY)
    between.plan(faults.loses_the_answer, method="PUT")
    store.replace(KEY, b"two", version=first.version)
    assert store.read(KEY).data == b"two"
    between.plan(faults.loses_the_answer, method="PUT")
    with pytest.raises(Changed):
        store.replace(KEY, b"two", version=first.version)


@pytest.mark.parametrize(
    ("no", "said"),
    [
        (says(403, "AccessDenied"), "these credentials may not do that"),
        (says(403, "SignatureDoesNotMatch"), "give this process credentials that are valid"),
        (says(400, "ExpiredToken"), "give this process credentials that are valid"),
        (says(501, "NotImplemented"), "says 501 NotImplemented"),
        (says(404, "NoSuchBucket"), "there is no bucket"),
    ],
)
def test_a_no_is_said_once_and_in_our_words(
    store: S3Store, between: Proxy, no: Fault, said: str
) -> None:
    store.create(KEY, [DATA])
    between.heal()
    between.always(no)
    calls = {
        "stored": lambda: store.create("other/new", [DATA]),
        "read": lambda: store.read(KEY),
        "removed": lambda: store.delete(KEY),
        "listed": lambda: list(store.listing()),
    }
    for doing, call in calls.items():
        with pytest.raises(Refused, match=said) as refusal:
            call()
        assert f"can't be {doing}" in str(refusal.value)
        assert "An error occurred" not in str(refusal.value)
    assert len(between.asked) == len(calls)
