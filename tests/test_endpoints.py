"""R37: every endpoint of any kind is TLS or on the loopback, by one validator."""

from __future__ import annotations

import pytest

from handrail.endpoints import require_tls
from handrail.errors import BadInput

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
