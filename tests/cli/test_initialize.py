"""`handrail init` writes what a company fills in; nothing passes before people wrote and signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from assets.playbook import playbook
from handrail.cli.app import app
from handrail.errors import NotPassed
from handrail.playbook.approved import require_mandates
from handrail.playbook.reader import read_playbook
from handrail.playbook.versions import Versions
from handrail.settings import load_settings
from handrail.vault.region_vault import RegionVaults

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "acme"


@pytest.fixture
def run(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with the config that `init` is to write."""
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANDRAIL_CONFIG", str(folder / "handrail.toml"))
    return lambda *args: CliRunner().invoke(app, [*map(str, args)], env={"COLUMNS": "200"})


def fill_in(folder: Path) -> None:
    """What the company's people do: write the texts, name who answers for them, sign."""
    for path in (folder / "playbook").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        text = text.replace("approver: TO DO", "approver: Compliance Lead")
        text = text.replace("owner: TO DO", "owner: Head of Support")
        text = text.replace("approved_by: TO DO", "approved_by: Director")
        text = re.sub(r"# (approved_on|valid_to): ", r"\1: ", text)
        text = text.replace("/TO-DO", "/here").replace("TO DO: the company's name", "Acme")
        path.write_text(re.sub(r"TO DO ?: ", "", text), encoding="utf-8")


def materialized(vaults: RegionVaults) -> dict[str, bool]:
    done = dg.materialize([playbook], resources={"vaults": vaults}, raise_on_error=False)
    return {check.check_name: check.passed for check in done.get_asset_check_evaluations()}


def test_from_an_empty_folder_to_a_playbook_that_passes(folder: Path, run: Run) -> None:
    """R10: what is written is complete in shape, and approved by nobody."""
    begun = run("init", folder, "--region", "eu", "--region", "us")
    assert begun.exit_code == 0, begun.output
    assert f"HANDRAIL_CONFIG={folder}/handrail.toml" in begun.output

    waiting = run("playbook", "lint")
    assert waiting.exit_code == 3, waiting.output
    assert set(re.findall(r"(?m)^(error|warning|to do): ", waiting.output)) == {"to do"}
    assert "to do: mandates.yaml:" in waiting.output

    settings = load_settings()
    assert (settings.serves, settings.playbook) == (("eu", "us"), folder / "playbook")
    with closing(RegionVaults(settings)) as vaults:
        today = vaults.clock().date()
        unapproved = read_playbook(settings.playbook)
        with pytest.raises(NotPassed, match="approved by nobody"):
            require_mandates(unapproved, on=today)
        checks = materialized(vaults)
        assert [name for name, passed in checks.items() if not passed] == ["everything_is_approved"]

        fill_in(folder)
        done = run("playbook", "lint")
        assert (done.exit_code, done.output) == (0, f"nothing to say of {folder / 'playbook'}\n")
        assert all(materialized(vaults).values())
        book = read_playbook(settings.playbook)
        require_mandates(book, on=today)
        kept = Versions(settings.region_home("us"))
        assert set(kept.names()) == {book.digest, unapproved.digest}

    told = run("playbook", "diff", unapproved.digest[:12])
    assert told.exit_code == 0 and "mandate changed (approval)" in told.output
    assert run("playbook", "versions").output.count("as the files are now") == 1


def test_the_config_loads_and_doctor_speaks(folder: Path, run: Run) -> None:
    run("init", folder, "--region", "apac")
    assert "apac" in run("doctor").output
    settings = load_settings()
    assert set(settings.regions) == {"apac"}
    assert settings.region("apac").languages == ("en",)
    assert settings.region("apac").legal_basis is None  # for people to decide
    assert settings.redaction.tolerated_leaks == 1


def test_only_the_languages_asked_for_are_written(folder: Path, run: Run) -> None:
    run("init", folder, "--language", "de", "--language", "fr", "--company", "Acme")
    book = read_playbook(folder / "playbook")
    assert {t.language for t in book.templates} == {d.language for d in book.disclosures}
    assert set(book.boundaries.banned) == {"de", "fr"}
    assert "Acme" in book.mandates["resolve"].prompt
    assert run("playbook", "lint").exit_code == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--region", "mars"), "region 'mars' is not known: choose of eu, us, apac"),
        (("--language", "fi"), "language 'fi' has no boundaries yet: choose of de, en, es, fr"),
        (("--region", "us", "--language", "de"), "region us would speak no language"),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_written(
    folder: Path, run: Run, options: tuple[str, ...], said: str
) -> None:
    refused = run("init", folder, *options)
    assert refused.exit_code == 2 and said in refused.output
    assert not folder.exists()


def test_a_folder_that_holds_something_is_left_alone(folder: Path, run: Run) -> None:
    folder.mkdir()
    (folder / "notes.txt").write_text("ours")
    refused = run("init", folder)
    assert refused.exit_code == 2 and "is not empty" in refused.output
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
