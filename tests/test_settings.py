"""R37: every endpoint is TLS or on the loopback, by one validator; settings name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import BadInput
from handrail.settings import DEFAULT_CONFIG, Settings, code_digest, load_settings, require_tls

# Host and port of an endpoint of each kind, as it is written in a config file.
KINDS = {
    "bucket": "http://{}",
    "key service": "http://{}/",
    "registry": "http://{}/mlflow",
    "language model": "http://{}/v1/chat/completions",
    "webhook": "http://{}/hooks/1?team=a",
    "cache": "redis://{}/0",
    "stream": "ws://{}/live",
    "database": "postgresql://handrail:secret@{}/handrail",
    "database with its driver": "postgresql+psycopg://{}/handrail",
}
LOOPBACK = ["127.0.0.1", "127.8.9.10:5000", "localhost", "LocalHost:9000", "[::1]", "[::1]:9000"]
ELSEWHERE = [
    "mlflow.example.com",
    "10.0.0.5:5000",
    "0.0.0.0",
    "[::]",
    "[2001:db8::1]",
    "[::ffff:127.0.0.1]",  # loopback, but only some read it so
    "[::1%25eth0]",
    "127.0.0.1.example.com",
    "localhost.evil.com",
    "evil-localhost",
    "localhost.",
    "127.0.0.1.",
    "127.1",
    "2130706433",  # 127.0.0.1 as one number, to some
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "\uff11\uff12\uff17.0.0.1",
    "localhost,evil.com",
    "localhost\\.evil.com",
    "localhost%2eevil.com",
    "localhost:99999",
    "localhost:port",
    "[::1",
    "",
    ":9000",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", LOOPBACK)
def test_every_kind_of_endpoint_may_be_plain_on_the_loopback_R37(kind: str, host: str) -> None:
    url = KINDS[kind].format(host)
    assert require_tls(url) == url


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ELSEWHERE)
def test_no_kind_of_endpoint_may_be_plain_elsewhere_R37(kind: str, host: str) -> None:
    with pytest.raises(BadInput, match="TLS"):
        require_tls(KINDS[kind].format(host))


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.eu-central-1.amazonaws.com",
        "HTTPS://s3.example.com:8443",
        "https://[2001:db8::1]:9000",
        "rediss://cache.example.com",
        "grpcs://traces.example.com",
        "wss://live.example.com",
        "sqlite:////var/lib/handrail/mlflow.db",
        "file:///var/lib/handrail",
        "postgresql://db.example.com/handrail?sslmode=verify-full",
        "postgresql+psycopg://u:p@db.example.com/h?connect_timeout=3&sslmode=verify-full",
    ],
)
def test_safe_endpoint_is_taken_R37(url: str) -> None:
    assert require_tls(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "https:///path",
        "https://:443",
        "HTTP://mlflow.example.com",
        "hTtP://mlflow.example.com",
        "http:mlflow.example.com",
        "//mlflow.example.com",
        "mlflow.example.com",
        "ftp://localhost",
        "javascript://localhost",
        "sqlite://host/path",
        "file://host/share",
        "http://localhost@evil.com",
        "http://127.0.0.1:80@evil.com",
        "http://evil.com@127.0.0.1",  # to some readers the host is what comes first
        "http://evil.com\\@127.0.0.1",
        "http://127.0.0.1\\@evil.com",
        "http://127.0.0.1 @evil.com",
        "https://user:password@s3.example.com",
        "https://s3.example.com\n.evil.com",
        "ht\ntps://s3.example.com",
        "http://localhost\t.evil.com",
        "http://localhost\x00.evil.com",
        "postgresql://db.example.com/handrail",
        "postgresql://db.example.com/handrail?sslmode=require",
        "postgresql://db.example.com/handrail?sslmode=verify-ca",
        "postgresql://db.example.com/handrail?sslmode=verify-fully",
        "postgresql://db.example.com/handrail?notsslmode=verify-full",
        "postgresql://db.example.com/handrail?application_name=sslmode=verify-full",
        "postgresql://db.example.com/handrail?sslmode=disable&sslmode=verify-full",
        "postgresql://db.example.com/handrail?sslmode=verify-full&sslmode=disable",
        "postgresql://db.example.com/sslmode=verify-full",
        "postgresql://db.example.com/handrail#sslmode=verify-full",
        "postgresql://localhost/handrail?host=db.example.com",
        "postgresql://127.0.0.1/handrail?hostaddr=10.0.0.5",
        "postgresql://localhost/handrail?service=elsewhere",
        "postgresql:///handrail?sslmode=verify-full",
        "mysql://db.example.com/handrail?sslmode=verify-full",
    ],
)
def test_plain_endpoint_is_refused_R37(url: str) -> None:
    with pytest.raises(BadInput, match="TLS"):
        require_tls(url)


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


def test_keys_and_exports_lie_beside_the_home_never_in_it(tmp_path: Path) -> None:
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
