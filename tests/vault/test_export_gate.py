"""R38: what may leave a region, by whose word, and what writers take for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handrail.access import Access, Purpose
from handrail.errors import AccessDenied, HandrailError, ResidencyViolation
from handrail.residency import DataClass, Labels, Region
from handrail.settings import Settings
from handrail.vault.export_gate import (
    Basis,
    Destination,
    Export,
    ExportGate,
    Receipt,
    decide,
    file_destination,
    write_out,
)
from handrail.vault.region_vault import RegionVault, RegionVaults

EU = Region(
    "eu", "EU", ("DE",), ("en",), allowed_exports=("report",), no_mix_sectors=("health",)
)  # fmt: skip
REVIEW = Access("ines", "compliance", Purpose.REVIEW)
SHARED = Destination("/shared/report.html", None)
HERE, THERE = Destination("/eu/report", "eu"), Destination("/us/report", "us")
PAYLOAD = b"1,204 objects, none out of region"
REPORT = Export(
    what="report", regions=("eu",), labels=Labels(("retail",), ("training",)),
    data_class=DataClass.AUDIT, basis=Basis.AGGREGATE, records=0, destination=SHARED,
)  # fmt: skip
PEOPLE: dict[str, Any] = {"basis": Basis.CONSENT, "records": 12}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"destination": HERE}, ""),
        ({"destination": HERE, "what": "undeclared"}, ""),
        ({"destination": HERE, **PEOPLE, "data_class": DataClass.DATASET}, ""),
        ({"what": "undeclared"}, "the config declares report as what may leave"),
        ({"destination": THERE}, "may not go to region us"),
        ({"regions": ("us",)}, "it holds data of us"),
        ({"regions": ("eu", "us")}, "it holds data of eu, us"),
        ({"regions": ()}, "it holds data of no region"),
        (PEOPLE, "it holds 12 people's records"),
        ({"basis": Basis.CONSENT}, "only aggregates leave"),
        ({"records": 1}, "only aggregates leave"),
        ({"labels": Labels(("health", "retail"), ("training",))}, "sector health"),
        ({"labels": Labels(("health",), ("training",))}, "sector health"),
        ({"data_class": DataClass.RAW}, "raw data never leaves"),
        ({"data_class": DataClass.RAW, "destination": HERE}, "raw data never leaves"),
        ({"data_class": DataClass.SUBJECT, "destination": HERE}, "subject data never leaves"),
    ],
)
def test_what_may_leave(changes: dict[str, Any], said: str) -> None:
    """Each refusal is one change away from what is allowed, and says which."""
    ruling = decide(replace(REPORT, **changes), region=EU)
    assert ruling.allowed is (said == ""), ruling.reason
    assert said in ruling.reason


def test_a_region_that_declares_nothing_lets_nothing_out() -> None:
    silent = replace(EU, allowed_exports=())
    ruling = decide(REPORT, region=silent)
    assert not ruling.allowed
    assert "the config declares nothing as what may leave" in ruling.reason


@pytest.fixture
def vault(vaults: RegionVaults) -> RegionVault:
    return vaults.of("eu")


def allowed() -> Export:
    return replace(REPORT, what="residency_report")


def cleared(gate: ExportGate, payload: bytes = PAYLOAD, export: Export | None = None) -> Receipt:
    return gate.clear(export or allowed(), payload, access=REVIEW)


def test_a_receipt_lies_in_the_audit_log_before_anybody_has_it(vault: RegionVault) -> None:
    receipt = cleared(vault.gate)
    record = vault.audit.records()[-1]
    assert (record.event, record.object, record.actor) == ("export", "residency_report", "ines")
    (departure,) = vault.gate.departures()
    assert (departure.receipt, departure.at, departure.genuine) == (receipt, record.at, True)


def test_no_receipt_where_the_log_cannot_be_written(vault: RegionVault, settings: Settings) -> None:
    log = settings.home / "eu" / "audit" / "audit.jsonl"
    log.unlink(missing_ok=True)
    log.mkdir(parents=True)
    with pytest.raises(AccessDenied, match="audit log"):
        cleared(vault.gate)


@pytest.mark.parametrize(
    ("export", "access", "error", "said"),
    [
        (replace(REPORT, what="chats"), REVIEW, ResidencyViolation, "chats may not leave"),
        (
            replace(REPORT, what="residency_report"),
            Access("eve", "support", Purpose.REVIEW),
            AccessDenied,
            "no rule",
        ),
        (
            replace(REPORT, what="model_registry", data_class=DataClass.MODEL),
            REVIEW,
            AccessDenied,
            "no rule",
        ),
    ],
)
def test_what_is_refused_is_on_record(
    vault: RegionVault, export: Export, access: Access, error: type[HandrailError], said: str
) -> None:
    """R35: by the config, by the policy, by the class."""
    with pytest.raises(error, match=said):
        vault.gate.clear(export, PAYLOAD, access=access)
    record = vault.audit.records()[-1]
    assert (record.event, record.actor, record.object) == ("denied", access.actor, export.what)
    assert said in record.detail
    assert vault.gate.departures() == []


def test_a_receipt_is_for_these_bytes_this_place_this_region_and_once(
    vaults: RegionVaults,
) -> None:
    gate = vaults.of("eu").gate
    what, place = "residency_report", SHARED.place
    good = cleared(gate)
    forged = replace(good, export=replace(good.export, records=1))
    for receipt, payload, at, said in (
        (good, b"other", place, "for other bytes"),
        (good, PAYLOAD, "/elsewhere", "for residency_report to /shared/report.html"),
        (forged, PAYLOAD, place, "not made by the gate"),
        (replace(good, region="us"), PAYLOAD, place, "not made by the gate"),
        (replace(good, signature=""), PAYLOAD, place, "not made by the gate"),
        (replace(good, signature="no base64"), PAYLOAD, place, "not made by the gate"),
        (replace(good, signature="\u00e9"), PAYLOAD, place, "not made by the gate"),
        (cleared(vaults.of("us").gate, export=replace(allowed(), regions=("us",))), PAYLOAD, place,
         "not made by the gate of region eu"),
    ):  # fmt: skip
        with pytest.raises(ResidencyViolation, match=said):
            gate.redeem(receipt, payload, what=what, place=at)
        assert vaults.of("eu").audit.records()[-1].event == "denied"
    gate.redeem(good, PAYLOAD, what=what, place=place)
    with pytest.raises(ResidencyViolation, match="was used before"):
        gate.redeem(good, PAYLOAD, what=what, place=place)


def test_a_file_is_written_only_where_and_as_it_was_cleared(
    vault: RegionVault, settings: Settings, tmp_path: Path
) -> None:
    out, other = tmp_path / "report.html", tmp_path / "other.html"
    export = replace(allowed(), destination=file_destination(out, settings=settings))
    receipt = cleared(vault.gate, export=export)
    with pytest.raises(ResidencyViolation):
        write_out(vault.gate, other, PAYLOAD, receipt=receipt)
    with pytest.raises(ResidencyViolation):
        write_out(vault.gate, out, PAYLOAD + b"!", receipt=receipt)
    assert not out.exists() and not other.exists()
    write_out(vault.gate, out, PAYLOAD, receipt=receipt)
    assert out.read_bytes() == PAYLOAD


def test_a_place_is_in_the_region_whose_folder_holds_it(settings: Settings) -> None:
    """Also when the path walks out of it again, or a link leads there."""
    eu, us = (settings.region_home(name) for name in ("eu", "us"))
    for home in (eu, us):
        home.mkdir(parents=True)
    (eu / "link").symlink_to(us)
    for path, region in (
        (eu / "a.html", "eu"),
        (eu / ".." / "us" / "a.html", "us"),
        (eu / "link" / "a.html", "us"),
        (settings.home / "a.html", None),
        (settings.home / "europe" / "a.html", None),
    ):
        assert file_destination(path, settings=settings).region == region


def test_a_receipt_rewritten_in_the_log_is_not_genuine(
    vault: RegionVault, settings: Settings
) -> None:
    """R41: the ledger shows it, whatever the chain says."""
    cleared(vault.gate)
    log = settings.home / "eu" / "audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"/shared/report.html", b"/secret/report.html"))
    (departure,) = vault.gate.departures()
    assert not departure.genuine
