"""R37: every endpoint is TLS or on the loopback, by one validator; settings name what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import BadInput
from handrail.settings import DEFAULT_CONFIG, code_digest, load_settings, require_tls


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.eu-central-1.amazonaws.com",
        "http://127.0.0.1:5000",
        "http://localhost:9000",
        "http://[::1]:9000",
        "sqlite:////var/lib/handrail/mlflow.db",
        "file:///var/lib/handrail",
        "postgresql://db.example.com/handrail?sslmode=verify-full",
    ],
)
def test_safe_endpoint_is_taken_R37(url: str) -> None:
    assert require_tls(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://mlflow.example.com",
        "http://10.0.0.5:5000",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "postgresql://db.example.com/handrail",
        "postgresql://db.example.com/handrail?sslmode=require",
        "redis://cache.example.com",
        "sqlite://host/path",
        "ftp://example.com",
        "",
    ],
)
def test_plain_endpoint_is_refused_R37(url: str) -> None:
    with pytest.raises(BadInput, match="not TLS"):
        require_tls(url)


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
