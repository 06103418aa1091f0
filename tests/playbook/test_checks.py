"""The checks on the playbook find what is missing and say what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handrail.playbook.boundaries import REQUIRED_TYPES
from handrail.playbook.checks import (
    every_region_has_disclosures,
    every_role_has_boundaries,
    no_template_expired,
)
from handrail.playbook.model import Playbook
from handrail.residency import Region
from handrail.settings import load_settings
from handrail.verdicts import Verdict
from tests.playbook.conftest import TODAY

EU = Region("eu", "EU", ("DE",), ("en", "de"))


def test_the_example_serves_every_default_region(example: Playbook) -> None:
    regions = load_settings(environ={}).all_regions()
    assert every_role_has_boundaries(example).verdict is Verdict.PASS
    assert every_region_has_disclosures(example, regions).verdict is Verdict.PASS


@pytest.mark.parametrize("role", ["resolve", "summarize", "route"])
def test_a_role_without_mandate_or_guardrails_blocks(example: Playbook, role: str) -> None:
    mandates = {r: m for r, m in example.mandates.items() if r != role}
    finding = every_role_has_boundaries(replace(example, mandates=mandates))
    assert (finding.verdict, finding.blocking) == (Verdict.FAIL, True)
    assert f"a mandate for role {role}" in finding.reason
    mandates[role] = replace(example.mandates[role], guardrails=())
    finding = every_role_has_boundaries(replace(example, mandates=mandates))
    assert f"guardrails for role {role}" in finding.reason


@pytest.mark.parametrize("kind", REQUIRED_TYPES)
def test_a_type_of_boundary_without_example_blocks(example: Playbook, kind: str) -> None:
    """R16: each type has examples in each language."""
    kept = tuple(e for e in example.boundaries.examples if (e.type, e.language) != (kind, "de"))
    finding = every_role_has_boundaries(
        replace(example, boundaries=replace(example.boundaries, examples=kept))
    )
    assert finding.verdict is Verdict.FAIL
    assert finding.reason == f"missing: an example of {kind} in de"


def test_no_boundaries_at_all_blocks(example: Playbook) -> None:
    empty = replace(example.boundaries, banned={}, examples=())
    finding = every_role_has_boundaries(replace(example, boundaries=empty))
    assert "boundaries in any language" in finding.reason


@pytest.mark.parametrize(
    ("when", "gap"),
    [
        ("first_turn", "an AI disclosure for eu in de"),
        ("hand_off", "a hand-off phrase for eu in de"),
    ],
)
def test_a_language_without_its_disclosure_blocks(example: Playbook, when: str, gap: str) -> None:
    """R15, R29: each region says in each of its languages what it must."""
    kept = tuple(
        d for d in example.disclosures if (d.region, d.language, d.when) != ("eu", "de", when)
    )
    finding = every_region_has_disclosures(replace(example, disclosures=kept), [EU])
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, f"missing: {gap}")


def test_a_topic_without_template_or_a_language_without_phrases_blocks(example: Playbook) -> None:
    kept = tuple(t for t in example.templates if not t.id.startswith("fee_question.eu.de"))
    finding = every_region_has_disclosures(replace(example, templates=kept), [EU])
    assert finding.reason == "missing: a template of fee_question for eu in de"
    unwritten = replace(EU, languages=("fi",))
    reason = every_region_has_disclosures(example, [unwritten]).reason
    assert reason.startswith("missing: an AI disclosure for eu in fi")
    bounds = replace(example.boundaries, human_claims={"en": ("i am human",)})
    finding = every_region_has_disclosures(replace(example, boundaries=bounds), [EU])
    assert finding.reason == "missing: human-claim phrases in de"


def test_no_region_is_no_pass(example: Playbook) -> None:
    assert every_region_has_disclosures(example, []).verdict is Verdict.FAIL


def test_expired_templates_are_named_without_blocking(example: Playbook) -> None:
    finding = no_template_expired(example, TODAY)
    assert (finding.verdict, finding.blocking) == (Verdict.FAIL, False)
    assert "promo_code.us.en.3" in finding.reason
    assert finding.measures == {"templates": len(example.templates), "expired": 1}
    assert no_template_expired(example, date(2025, 6, 30)).verdict is Verdict.PASS
