"""R37, R38: places and endpoints of a deployment are checked when its settings are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import BadInput
from handrail.settings import DEFAULT_CONFIG, Settings, code_digest, load_settings

STORE = """
[regions.eu.store]
kind = "s3"
bucket = "handrail-eu"
location = "eu-central-1"
"""
KEY_SERVICE = """
[regions.eu.key_service]
kind = "kms"
key_id = "alias/handrail-eu"
location = "eu-central-1"
"""


def with_services(tmp_path: Path, services: str) -> Settings:
    config = tmp_path / "handrail.toml"
    config.write_text(DEFAULT_CONFIG.read_text() + services)
    return load_settings(environ={"HANDRAIL_HOME": str(tmp_path / "home")}, config_file=config)


def test_a_region_may_name_its_bucket_and_its_key(tmp_path: Path) -> None:
    """R38: the place is said in the config file; the region's name and rules stay as they were."""
    settings = with_services(tmp_path, STORE + KEY_SERVICE)
    eu, us = settings.regions["eu"], settings.regions["us"]
    assert eu.store and eu.key_service and us.store is None and us.key_service is None
    assert (eu.store.bucket, eu.store.location, eu.store.prefix) == (
        "handrail-eu", "eu-central-1", "",
    )  # fmt: skip
    assert eu.key_service.key_id == "alias/handrail-eu"
    assert settings.region("eu").jurisdiction == "EU"


def test_the_example_of_a_production_file_can_be_read(tmp_path: Path) -> None:
    """One region and no other, in its own bucket under its own key, all of one place."""
    environ = {"HANDRAIL_HOME": str(tmp_path / "home")}
    example = DEFAULT_CONFIG.with_name("production.example.toml")
    settings = load_settings(environ=environ, config_file=example)
    assert tuple(settings.regions) == settings.serves == ("eu",)
    eu = settings.regions["eu"]
    assert eu.store and eu.key_service
    assert eu.store.location == eu.key_service.location == "eu-central-1"


@pytest.mark.parametrize("services", [STORE, KEY_SERVICE], ids=["store", "key service"])
def test_every_endpoint_in_the_config_file_is_checked_R37(tmp_path: Path, services: str) -> None:
    """A key service or bucket elsewhere without TLS is refused when the settings are read."""
    with pytest.raises(BadInput, match="not TLS"):
        with_services(tmp_path, services + 'endpoint = "http://storage.example.com"\n')


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "ftp"),
        ("bucket", "arn:aws:s3:us-east-1:123456789012:accesspoint/elsewhere"),
        ("bucket", "Elsewhere"),
        ("bucket", "a/b"),
        ("location", ""),
        ("location", "eu central"),
        ("location", "evil.com/"),
        ("prefix", "../us"),
        ("prefix", "/eu"),
        ("prefix", "eu/"),
        ("owner", "unknown fields are refused"),
    ],
)
def test_a_bucket_that_is_none_is_refused(tmp_path: Path, field: str, value: str) -> None:
    """R38: a name that could address another region's bucket is no name of a bucket."""
    lines = [line for line in STORE.splitlines() if not line.startswith(f"{field} =")]
    services = "\n".join([*lines, f'{field} = "{value}"', ""])
    with pytest.raises(BadInput, match=rf"regions\.eu\.store\.{field}"):
        with_services(tmp_path, services)


def test_keys_exports_and_checkpoints_lie_beside_the_home_never_in_it(tmp_path: Path) -> None:
    settings = load_settings(environ={"HANDRAIL_HOME": str(tmp_path / "home")})
    for place in (settings.keys_folder, settings.exports_folder, settings.audit_copy):
        assert not place.is_relative_to(settings.home)


def test_every_core_redacts_unless_the_config_file_says_otherwise(tmp_path: Path) -> None:
    environ = {"HANDRAIL_HOME": str(tmp_path / "home")}
    assert load_settings(environ=environ).redaction.workers >= 1
    for said, expected in ((3, 3), (0, None)):
        config = tmp_path / f"{said}.toml"
        text = DEFAULT_CONFIG.read_text()
        config.write_text(text.replace("[redaction]", f"[redaction]\nworkers = {said}"))
        if expected is None:
            with pytest.raises(BadInput, match=r"redaction\.workers"):
                load_settings(environ=environ, config_file=config)
        else:
            found = load_settings(environ=environ, config_file=config)
            assert found.redaction.workers == expected


def test_code_digest_is_stable_and_covers_the_code() -> None:
    assert len(code_digest()) == 64 and code_digest() == code_digest()


@pytest.mark.parametrize(
    ("eu", "us", "refused"),
    [
        ("", "", True),
        ("", "handrail/us", True),
        ("handrail", "handrail/us", True),
        ("handrail/eu", "handrail/eu", True),
        ("handrail/eu", "handrail/us", False),
        ("handrail", "handrail-us", False),
    ],
)
def test_no_region_lies_in_the_place_of_another(
    tmp_path: Path, eu: str, us: str, refused: bool
) -> None:
    """R38: each would take the other's objects for orphans."""
    theirs = STORE.replace("regions.eu", "regions.us")
    both = f'{STORE}prefix = "{eu}"\n{theirs}prefix = "{us}"\n'
    if refused:
        with pytest.raises(BadInput, match="regions eu and us share a place in bucket handrail-eu"):
            with_services(tmp_path, both)
    else:
        assert len(with_services(tmp_path, both).regions) >= 2


def test_exports_lie_in_the_location_of_the_store_R38(tmp_path: Path) -> None:
    exports = STORE.replace("eu.store", "eu.exports").replace('"handrail-eu"', '"desk-eu"')
    settings = with_services(tmp_path, STORE + exports)
    assert settings.regions["eu"].exports
    elsewhere = exports.replace("eu-central-1", "us-east-1")
    with pytest.raises(BadInput, match="store in eu-central-1 and its exports in us-east-1: give"):
        with_services(tmp_path, STORE + elsewhere)
