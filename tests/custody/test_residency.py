"""R38: the residency report finds what is astray, and its page says so to people."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handrail.access import Access, Purpose
from handrail.cli.app import app
from handrail.custody.residency_page import html, markdown
from handrail.custody.residency_report import ResidencyReport, report_residency
from handrail.errors import AccessDenied, ResidencyViolation
from handrail.residency import DataClass, Labels
from handrail.settings import Settings
from handrail.vault.export_gate import Basis, Destination, Export
from handrail.vault.names import Artifact, ObjectName, Record, object_key
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Verdict, holds

INTAKE = pipeline("test", Purpose.INTAKE)
CUSTODY = Access("ines", "custody", Purpose.CUSTODY)
REVIEWER = Access("ines", "compliance", Purpose.REVIEW)
NAME = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
REPORT = Export(
    "residency_report", ("eu",), Labels((), ()), DataClass.AUDIT, Basis.AGGREGATE, 0,
    Destination("/shared/<b>page</b>|.html", None),
)  # fmt: skip


def commit(vault: RegionVault, artifact: Artifact, *inputs: Artifact) -> Artifact:
    made = holds("made", True, "a test made it")
    vault.lineage.commit(artifact, inputs=inputs, findings=[made], config_hash="", run_id="test")
    return artifact


def sealed(vault: RegionVault) -> Artifact:
    (subject,) = vault.subjects(["anna"], access=INTAKE)
    return commit(vault, vault.put(NAME, [Record("c-1", subject, b"hello")], access=INTAKE))


def stored(settings: Settings, region: str, artifact: Artifact) -> Path:
    return settings.region_home(region) / "vault" / NAME.key(str(artifact.object_id))


@pytest.fixture
def vault(vaults: RegionVaults) -> RegionVault:
    sealed(vaults.of("eu"))
    return vaults.of("eu")


def report(vault: RegionVault, settings: Settings) -> ResidencyReport:
    return report_residency(vault, settings, access=CUSTODY)


def test_a_region_of_its_own_passes(vault: RegionVault, settings: Settings) -> None:
    """What it was given has no manifest: it was not made here."""
    day = vault.lineage.current(NAME.asset, NAME.partition)
    assert day
    commit(vault, day, Artifact("chat_exports", "eu", "0" * 64, None, 0, {}))
    found = report(vault, settings)
    assert (found.verdict, found.problems) == (Verdict.PASS, ())
    assert [(h.asset, h.data_class, h.objects, h.records) for h in found.held] == [
        ("raw_chats", "raw", 1, 1)
    ]


def test_an_object_of_another_region_fails_and_is_named(
    vaults: RegionVaults, vault: RegionVault, settings: Settings
) -> None:
    theirs, ours = sealed(vaults.of("us")), vault.lineage.current(NAME.asset, NAME.partition)
    assert ours
    for suffix in ("", ".key"):
        source = stored(settings, "us", theirs)
        target = stored(settings, "eu", ours)
        shutil.copy(source.with_name(source.name + suffix), target.with_name(target.name + suffix))
    found = report(vault, settings)
    assert found.verdict is Verdict.FAIL
    assert "belongs to region 'us'" in found.problems[0]
    assert found.problems[0] in found.sentence


def test_another_regions_object_under_its_own_name_fails_and_is_named(
    vaults: RegionVaults, vault: RegionVault, settings: Settings
) -> None:
    """R38: it takes the place of nothing, so only the listing tells."""
    theirs = sealed(vaults.of("us"))
    for suffix in ("", ".key"):
        source, target = (stored(settings, region, theirs) for region in ("us", "eu"))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source.with_name(source.name + suffix), target.with_name(target.name + suffix))
    found = report(vault, settings)
    assert found.verdict is Verdict.FAIL
    assert found.problems == (
        f"object {object_key(theirs)} lies in the store, and nothing says that region eu put it "
        "there",
    )


def test_an_orphan_of_the_region_itself_passes(vault: RegionVault, settings: Settings) -> None:
    """R38: a writer that was killed leaves an object of which the put is on record."""
    sealed(vault)
    assert report(vault, settings).verdict is Verdict.PASS


def test_an_input_that_no_manifest_of_the_region_knows_fails_and_is_named(
    vaults: RegionVaults, vault: RegionVault, settings: Settings
) -> None:
    theirs = sealed(vaults.of("us"))
    model = vault.put(
        ObjectName("trained_model", "eu", DataClass.MODEL), [Record("m", None, b"m")],
        access=pipeline("test", Purpose.TRAINING),
    )  # fmt: skip
    commit(vault, Artifact(model.asset, "eu", model.digest, model.object_id, 1,
                           {"sectors": "retail", "purposes": "training"}), theirs)  # fmt: skip
    found = report(vault, settings)
    assert found.verdict is Verdict.FAIL
    assert found.problems == (
        f"trained_model/eu@{model.digest[:16]} was made from {theirs.id}, of which no manifest of "
        "region eu knows",
    )


def test_a_forged_receipt_fails(vault: RegionVault, settings: Settings) -> None:
    receipt = vault.gate.clear(REPORT, b"page", access=REVIEWER)
    assert report(vault, settings).verdict is Verdict.PASS
    vault.audit.append(
        "export", REVIEWER, what="residency_report", count=0, ids_digest="",
        detail=receipt.to_text().replace("/shared", "/secret"),
    )  # fmt: skip
    found = report(vault, settings)
    assert found.verdict is Verdict.FAIL
    assert "is not this region's gate's" in found.problems[0]


def test_a_log_that_was_changed_fails_the_report_and_is_named(
    vault: RegionVault, settings: Settings
) -> None:
    """What left and what was refused is read from the log: without it there is no proof."""
    log = settings.region_home("eu") / "audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"actor":"test"', b'"actor":"none"', 1))
    found = report(vault, settings)
    assert found.verdict is Verdict.FAIL
    assert "audit record 0 of region eu" in found.problems[0]
    assert "audit record 0 of region eu" in html(found)
    assert found.findings[1].verdict is Verdict.NOT_MEASURED, "nobody knows what left"


def test_a_log_that_was_cut_off_fails_the_report(vault: RegionVault, settings: Settings) -> None:
    """R38, R41: a record that something left can't be taken back; the chain alone doesn't tell."""
    log = settings.region_home("eu") / "audit" / "audit.jsonl"
    before = log.read_bytes()
    vault.gate.clear(REPORT, b"page", access=REVIEWER)
    vault.checkpoints.sign(access=CUSTODY)
    log.write_bytes(before)
    found = report(vault, settings)
    assert found.verdict is Verdict.FAIL
    assert "was cut off" in found.problems[0]
    assert log.read_bytes() == before, "no key was used that is not on record"


@pytest.fixture
def told(vault: RegionVault, settings: Settings) -> ResidencyReport:
    """Something left, something was refused, raw chats were opened by two teams."""
    vault.gate.clear(REPORT, b"page", access=REVIEWER)
    day = vault.lineage.current(NAME.asset, NAME.partition)
    assert day
    for _ in range(7):
        list(vault.scan(day, data_class=DataClass.RAW, access=INTAKE))
    list(vault.scan(day, data_class=DataClass.RAW, access=pipeline("x", Purpose.REDACTION)))
    stranger = Access("eve|<script>", "support", Purpose.REVIEW)
    with pytest.raises(AccessDenied):
        list(vault.scan(day, data_class=DataClass.RAW, access=stranger))
    with pytest.raises(ResidencyViolation):
        vault.gate.clear(
            Export("chats", ("eu",), Labels((), ()), DataClass.RAW, Basis.CONSENT, 9,
                   Destination("/shared/chats", None)), b"", access=REVIEWER,
        )  # fmt: skip
    return report(vault, settings)


def test_the_page_tells_what_left_what_was_refused_and_who_opened(told: ResidencyReport) -> None:
    for page in (html(told), markdown(told).replace("\\", "")):
        assert "PASS" in page and "each by a signed receipt: 1." in page
        assert "genuine" in page and "Attempts refused: 2." in page
        assert "raw data never leaves the vault" in page
        assert "no rule" in page
    rows = [line for line in markdown(told).splitlines() if line.startswith("| raw | pipeline")]
    assert rows == ["| raw | pipeline | intake | 7 |", "| raw | pipeline | redaction | \\<5 |"]


def test_the_page_names_no_person(told: ResidencyReport) -> None:
    for page in (html(told), markdown(told)):
        assert "ines" not in re.sub(r"[a-z]*lines|[a-z]*mines", "", page)
        assert "eve|" not in page


def test_nothing_in_a_cell_breaks_the_page(told: ResidencyReport) -> None:
    """A place or a reason may hold whatever somebody typed."""
    assert "<b>page</b>" not in html(told) and "&lt;b&gt;page&lt;/b&gt;" in html(told)
    widths = {
        line.replace("\\|", "").count("|") - 1
        for line in markdown(told).splitlines()
        if "shared/" in line and line.startswith("|")
    }
    assert widths == {7}


def test_the_html_page_needs_nothing_else(told: ResidencyReport) -> None:
    page = html(told)
    assert not re.search(r"(src|href|url|@import)\s*[=(:]", page)
    assert page.count("<table>") == page.count("</table>") >= 5


def asked(settings: Settings, *arguments: str) -> tuple[int, str]:
    env = {"HANDRAIL_HOME": str(settings.home), "COLUMNS": "200"}
    done = CliRunner(env={**os.environ, **env}).invoke(app, ["residency", *arguments])
    return done.exit_code, done.output


def test_the_command_writes_a_page_by_receipt(
    vault: RegionVault, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "eu.html"
    code, said = asked(settings, "--region", "eu", "--html", str(out))
    assert (code, out.read_text()[:15]) == (0, "<!doctype html>"), said
    (departure,) = vault.gate.departures()
    assert departure.genuine
    assert departure.receipt.export.destination == Destination(str(out.resolve()), None)


def test_a_page_into_another_region_is_refused_and_on_record(
    vault: RegionVault, settings: Settings
) -> None:
    out = settings.region_home("us") / "eu.md"
    code, said = asked(settings, "--region", "eu", "--markdown", str(out))
    assert code == 1 and "eu data may not go to region us" in said
    assert not out.exists()
    assert vault.audit.records()[-1].event == "denied"


def test_a_page_holds_one_region(vault: RegionVault, settings: Settings, tmp_path: Path) -> None:
    code, said = asked(settings, "--html", str(tmp_path / "all.html"))
    assert code == 2 and "name it with --region" in said


def test_the_command_fails_when_something_is_astray(vault: RegionVault, settings: Settings) -> None:
    day = vault.lineage.current(NAME.asset, NAME.partition)
    assert day
    stored(settings, "eu", day).unlink()
    code, said = asked(settings, "--region", "eu")
    assert code == 1 and "is not in the store" in said
