"""R37: the keys of a region from a terminal, with exit codes that mean something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from handrail.cli.app import app
from handrail.clock import system_clock
from handrail.residency import DataClass
from handrail.settings import load_settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import open_vault, pipeline
from handrail.vault.root_key import open_keyring
from tests.vault.test_key_custody import INTAKE

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, over a home whose `eu` holds one object."""
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    settings = load_settings()
    vault = open_vault(settings, settings.region("eu"), clock=system_clock)
    (subject,) = vault.subjects(["anna"], access=INTAKE)
    name = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
    vault.put(name, [Record("c-1", subject, b"hello")], access=INTAKE)
    vault.close()
    return lambda *args: CliRunner().invoke(app, ["keys", *map(str, args)], env={"COLUMNS": "200"})


def test_rotate_rewrap_limit_and_destroy(run: Run) -> None:
    first = run("rotate", "raw", "--region", "eu")
    assert first.exit_code == 0
    assert "version 2 wraps from now on; next: handrail keys rewrap raw --region eu" in first.output
    refused = run("destroy", "raw", "1", "--region", "eu")
    assert refused.exit_code == 1
    assert "re-wrap them first (handrail keys rewrap raw --region eu)" in refused.output
    assert run("limit", "raw", "--region", "eu").output == (
        "raw in eu: min_encrypt 1, min_decrypt 1\n"
    )
    assert run("limit", "raw", "--min-encrypt", "2", "--region", "eu").exit_code == 0
    assert run("limit", "raw", "--min-decrypt", "3", "--region", "eu").exit_code == 2
    assert "raw in eu: 2 keys re-wrapped" in run("rewrap", "raw", "--region", "eu").output
    every = run("rotate", "--region", "eu")
    assert [line.split()[0] for line in every.output.splitlines()] == ["audit", "raw", "subject"]
    assert run("rewrap", "--region", "eu").exit_code == 0
    shown = run("status", "--region", "eu").output
    assert "destroyed" in shown and "PASS: no key in use is older than 90 days" in shown
    assert run("rotate", "raw", "--region", "mars").exit_code == 2
    assert run("rotate", "cooked", "--region", "eu").exit_code == 2


def test_an_overdue_key_is_exit_code_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("status").exit_code == 0
    config = Path(load_settings().config_file).read_text().replace(
        "rotate_after_days = 90", "rotate_after_days = 1"
    )  # fmt: skip
    other = load_settings().home.with_name("handrail.toml")
    other.write_text(config)
    monkeypatch.setenv("HANDRAIL_CONFIG", str(other))
    assert run("status").exit_code == 0
    settings = load_settings()
    keyring = open_keyring(
        settings, settings.region("us"), clock=lambda: system_clock() - timedelta(days=2)
    )
    keyring.named_key("digests", data_class=DataClass.RAW)
    keyring.close()
    overdue = run("status")
    assert overdue.exit_code == 1
    assert "FAIL: version 1 of raw is in use since" in overdue.output
    assert "handrail keys rotate --region us" in overdue.output
    for verb in ("rotate", "rewrap"):
        assert run(verb, "--region", "us").exit_code == 0
    assert run("status").exit_code == 0


def test_backup_and_restore(run: Run, tmp_path: Path) -> None:
    phrase, file = tmp_path / "phrase", tmp_path / "eu.keys"
    phrase.write_text("short")
    how = [file, "--region", "eu", "--passphrase-file", phrase]
    assert run("backup", *how).exit_code == 2
    phrase.write_text("correct horse battery staple")
    made = run("backup", *how)
    assert (made.exit_code, "with its root key" in made.output) == (0, True), made.output
    assert run("backup", *how).exit_code == 1
    settings = load_settings()
    for name in ("keys.db", "keys.db-wal", "keys.db-shm"):
        (settings.region_home("eu") / name).unlink(missing_ok=True)
    (settings.keys_folder / "eu.key").unlink()
    assert run("restore", *how).exit_code == 0
    vault = open_vault(settings, settings.region("eu"), clock=system_clock)
    assert {"backup", "restore"} <= {r.event for r in vault.audit.records()}
    assert len(vault.subjects(["anna"], access=pipeline("test", INTAKE.purpose))) == 1
    vault.close()
