"""R37, R38: a region's class keys under a cloud's key, which opens them in their context only."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from handrail.errors import Busy, Refused, ResidencyViolation, Tampered
from handrail.residency import DataClass
from handrail.vault.aws import Patience, Site
from handrail.vault.key_service import CONTEXT, class_key_context
from handrail.vault.kms import KmsKeyService
from tests.cloud import LOCATION, Cloud
from tests.faults import proxy as faults
from tests.faults.proxy import Proxy, proxy, says_json

RAW = class_key_context("eu", DataClass.RAW, 1)
KEY = bytes(range(32))
PATIENT = Patience(answer=5.0, call=30.0)


def opened(cloud: Cloud, key: str, location: str = LOCATION) -> KmsKeyService:
    return KmsKeyService(Site(location, cloud.endpoint), key_id=key, patience=PATIENT)


@pytest.fixture
def service(cloud: Cloud) -> KmsKeyService:
    return opened(cloud, cloud.make_key())


def test_a_key_opens_in_its_own_context(service: KmsKeyService) -> None:
    sealed = service.wrap(KEY, context=RAW)
    assert KEY not in sealed
    assert service.unwrap(sealed, context=RAW) == KEY


@pytest.mark.parametrize("field", CONTEXT)
def test_no_field_of_the_context_may_be_another_R38(service: KmsKeyService, field: str) -> None:
    sealed = service.wrap(KEY, context=RAW)
    said = "the key raw/1 of region eu" if field not in {"region", "object"} else "the key"
    with pytest.raises(Tampered, match=f"{said}.* did not wrap it, or not for what it is used"):
        service.unwrap(sealed, context=RAW | {field: "us"})


def test_a_key_that_was_edited_or_is_of_another_root_does_not_open(
    cloud: Cloud, service: KmsKeyService
) -> None:
    sealed = service.wrap(KEY, context=RAW)
    for wrong in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"", b"x" * len(sealed)):
        with pytest.raises((Tampered, Refused)):
            service.unwrap(wrong, context=RAW)
    with pytest.raises((Tampered, Refused)):
        opened(cloud, cloud.make_key()).unwrap(sealed, context=RAW)


@pytest.mark.parametrize("code", ["InvalidCiphertextException", "IncorrectKeyException"])
def test_what_the_service_did_not_wrap_was_tampered_with(
    through: KmsKeyService, between: Proxy, code: str
) -> None:
    sealed = through.wrap(KEY, context=RAW)
    between.always(says_json(400, code))
    with pytest.raises(Tampered, match="it was moved, edited, or is another region's"):
        through.unwrap(sealed, context=RAW)


def test_a_key_by_its_alias_is_a_key_too(cloud: Cloud) -> None:
    arn = cloud.make_key()
    cloud.client("kms").create_alias(AliasName="alias/handrail-eu", TargetKeyId=arn)
    service = opened(cloud, "alias/handrail-eu")
    assert service.unwrap(service.wrap(KEY, context=RAW), context=RAW) == KEY


def test_a_key_of_another_place_is_refused_R38(cloud: Cloud) -> None:
    """By its name already, before anybody is asked."""
    with pytest.raises(ResidencyViolation, match=r"lies in us-west-2, and .* in eu-central-1 only"):
        opened(cloud, cloud.make_key("us-west-2"))


def test_an_answer_with_a_key_of_another_place_is_refused_R38(cloud: Cloud) -> None:
    """As when somebody between asks another region in our place."""
    here, there = cloud.make_key(), cloud.make_key("us-west-2")
    with proxy(cloud.endpoint) as between:
        service = KmsKeyService(Site(LOCATION, between.endpoint), key_id=here, patience=PATIENT)
        sealed = service.wrap(KEY, context=RAW)
        between.always(faults.replaces(here, there))
        with pytest.raises(ResidencyViolation, match="lies in us-west-2"):
            service.unwrap(sealed, context=RAW)


def test_a_key_that_is_in_several_places_is_refused_R38(cloud: Cloud) -> None:
    key = cloud.make_key(MultiRegion=True)
    with pytest.raises(ResidencyViolation, match="is a multi-region key"):
        opened(cloud, key)


def test_a_key_that_is_disabled_or_gone_says_what_to_do(cloud: Cloud) -> None:
    key = cloud.make_key()
    cloud.disable_key(key)
    with pytest.raises(Refused, match="is Disabled: enable it"):
        opened(cloud, key)
    cloud.give_up_key(key)
    with pytest.raises(Refused, match="is PendingDeletion: enable it, or cancel its deletion"):
        opened(cloud, key)
    with pytest.raises(Refused, match=r"there is no key .*: correct the region's key_service"):
        opened(cloud, "11111111-2222-3333-4444-555555555555")


@pytest.fixture
def between(cloud: Cloud) -> Iterator[Proxy]:
    with proxy(cloud.endpoint) as plan:
        yield plan


@pytest.fixture
def through(cloud: Cloud, between: Proxy) -> KmsKeyService:
    key = cloud.make_key()
    service = KmsKeyService(
        Site(LOCATION, between.endpoint), key_id=key, patience=Patience(answer=1.0, call=30.0)
    )
    between.heal()
    return service


def test_what_passes_is_waited_for(through: KmsKeyService, between: Proxy) -> None:
    for fault in (
        says_json(400, "ThrottlingException"),
        says_json(500, "KMSInternalException"),
        faults.resets,
        faults.loses_the_answer,
        faults.cuts,
        faults.garbles,
    ):
        between.plan(fault)
        sealed = through.wrap(KEY, context=RAW)
        between.plan(fault)
        assert through.unwrap(sealed, context=RAW) == KEY


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "have the grant added to their role"),
        ("DisabledException", "is disabled or to be deleted: enable it"),
        ("KMSInvalidStateException", "is disabled or to be deleted: enable it"),
        ("UnrecognizedClientException", "give this process credentials that are valid"),
        ("SomethingNew", "says 400 SomethingNew"),
    ],
)
def test_a_no_is_said_once_and_in_our_words(
    through: KmsKeyService, between: Proxy, code: str, said: str
) -> None:
    between.always(says_json(400, code))
    with pytest.raises(Refused, match=said) as refusal:
        through.wrap(KEY, context=RAW)
    assert "the key raw/1 of region eu can't be wrapped" in str(refusal.value)
    assert len(between.asked) == 1


def test_what_does_not_pass_is_given_up_in_time(
    through: KmsKeyService, between: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(through._service, "_patience", Patience(answer=1.0, call=0.3))
    between.always(says_json(500, "KMSInternalException"))
    start = time.monotonic()
    with pytest.raises(Busy, match="the key raw/1 of region eu can't be wrapped"):
        through.wrap(KEY, context=RAW)
    assert time.monotonic() - start < PATIENT.call / 2, "the machine may be busy; it ends"


def test_without_credentials_it_is_said_what_is_missing(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handrail.vault import aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    aws._session.cache_clear()
    try:
        with pytest.raises(Refused, match=r"NoCredentialsError.*give this process credentials"):
            opened(cloud, "alias/handrail-eu")
    finally:
        aws._session.cache_clear()


def test_endpoints_of_the_environment_are_not_followed_R37(
    cloud: Cloud, between: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would pass by the one check for TLS."""
    from handrail.vault import aws

    monkeypatch.setenv("AWS_ENDPOINT_URL", between.endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", between.endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", between.endpoint)
    for kind in ("kms", "s3"):
        client = aws._client(kind, Site(LOCATION, None), PATIENT)
        assert client.meta.endpoint_url == f"https://{kind}.{LOCATION}.amazonaws.com"
    assert between.asked == []
