"""The first export of a help desk, run where nothing of the company's playbook is approved yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from handrail.cli.app import app
from handrail.settings import PROJECT, load_settings
from tests.lifecycle.story import printed

EXPORT = PROJECT / "tests/conversations/fixtures/chatwoot/conversations.json"
MAPPING = PROJECT / "deploy/mappings/chatwoot.yaml"


def test_chats_are_sealed_and_redacted_before_anything_is_approved_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2, R10: so a mapping can be set right while people still write and sign the playbook."""
    from orchestration.exports import register_export
    from orchestration.run import run_regions

    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    begun = CliRunner().invoke(app, ["init", str(tmp_path / "acme")])
    assert begun.exit_code == 0, begun.output
    monkeypatch.setenv("HANDRAIL_CONFIG", str(tmp_path / "acme" / "handrail.toml"))
    settings = load_settings()
    register_export(settings, str(EXPORT), None, MAPPING, "eu")
    with printed() as said:
        code = run_regions(settings, ["eu"], days=None, train=False)
    seen = " ".join(said.getvalue().split())
    assert code == 1, seen
    assert "✓ eu: seal and redact" in seen and "│ redacted │ 6 │" in seen
    assert "warehouse_core: playbook of all in region eu is FAIL" in seen
    set_aside = CliRunner().invoke(app, ["exports", "quarantine", "--region", "eu"])
    assert "rows set aside: 11" in set_aside.output
