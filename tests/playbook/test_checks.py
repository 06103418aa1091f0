"""The checks on the playbook find what is missing and say what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handrail.playbook.boundaries import REQUIRED_TYPES
from handrail.playbook.checks import (
    every_boundary_is_held_out_too,
    every_region_has_disclosures,
    every_role_has_boundaries,
    everything_is_approved,
    no_template_expired,
)
from handrail.playbook.model import Approval, Playbook, Use
from handrail.residency import Region
from handrail.settings import load_settings
from handrail.verdicts import Verdict
from tests.playbook.conftest import TODAY

EU = Region("eu", "EU", ("DE",), ("en", "de"))


def test_the_example_serves_every_default_region(example: Playbook) -> None:
    regions = load_settings(environ={}).all_regions()
    assert every_role_has_boundaries(example).verdict is Verdict.PASS
    assert every_region_has_disclosures(example, regions, on=TODAY).verdict is Verdict.PASS


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


@pytest.mark.parametrize("kind", REQUIRED_TYPES)
@pytest.mark.parametrize("use", Use)
def test_a_type_without_examples_to_learn_or_without_held_out_ones_blocks(
    example: Playbook, kind: str, use: Use
) -> None:
    """R16: each type has training and held-out cases in each language."""
    assert every_boundary_is_held_out_too(example).verdict is Verdict.PASS
    bounds = example.boundaries
    kept = tuple(e for e in bounds.examples if (e.type, e.language, e.use) != (kind, "fr", use))
    finding = every_boundary_is_held_out_too(
        replace(example, boundaries=replace(bounds, examples=kept))
    )
    assert (finding.verdict, finding.blocking) == (Verdict.FAIL, True)
    assert finding.reason == f"missing: {use.replace('_', ' ')} examples of {kind} in fr"


def test_a_held_out_question_that_is_trained_on_blocks(example: Playbook) -> None:
    """R16: or the agent would be examined on what it has learned by heart."""
    bounds = example.boundaries
    asked = bounds.used_for(Use.HELD_OUT)[0]
    told = replace(asked, use=Use.TRAINING, message=asked.message.upper())
    both = replace(bounds, examples=(*bounds.examples, told))
    finding = every_boundary_is_held_out_too(replace(example, boundaries=both))
    assert finding.reason == (
        f"missing: another question for the held out {asked.type} in {asked.language}"
    )


@pytest.mark.parametrize("role", ["resolve", "summarize", "route"])
@pytest.mark.parametrize(
    ("approval", "reason"),
    [
        (None, "the mandate of role {role} is approved by nobody"),
        (
            Approval("Director", date(2026, 3, 3), date(2027, 1, 1)),
            "the mandate of role {role} is approved only from 2026-03-03",
        ),
        (
            Approval("Director", date(2025, 1, 1), date(2026, 3, 1)),
            "the approval of role {role} ended on 2026-03-01",
        ),
    ],
)
def test_a_mandate_that_is_not_in_force_blocks(
    example: Playbook, role: str, approval: Approval | None, reason: str
) -> None:
    """R10"""
    assert everything_is_approved(example, TODAY).verdict is Verdict.PASS
    mandates = {**example.mandates, role: replace(example.mandates[role], approval=approval)}
    finding = everything_is_approved(replace(example, mandates=mandates), TODAY)
    assert (finding.verdict, finding.blocking) == (Verdict.FAIL, True)
    assert finding.reason == "waiting: " + reason.format(role=role)


@pytest.mark.parametrize("part", ["templates", "facts", "disclosures"])
def test_what_nobody_has_approved_blocks(example: Playbook, part: str) -> None:
    """R11, R15: template, fact and disclosure have an approver, or nothing is built on them."""
    first, *others = getattr(example, part)
    book = replace(example, **{part: (replace(first, approver=""), *others)})
    finding = everything_is_approved(book, TODAY)
    assert finding.reason == f"waiting: {first.id} is approved by nobody"


def test_a_text_that_is_still_to_do_blocks(example: Playbook) -> None:
    first, *others = example.templates
    book = replace(example, templates=(replace(first, text="TO DO: answer"), *others))
    assert everything_is_approved(book, TODAY).reason == f"waiting: {first.id} says TO DO"


def test_an_example_that_is_still_to_do_blocks(example: Playbook) -> None:
    """R16: its good reply is a target of exports."""
    first, *others = example.boundaries.examples
    bounds = replace(example.boundaries, examples=(replace(first, good_reply="TO DO"), *others))
    finding = everything_is_approved(replace(example, boundaries=bounds), TODAY)
    assert finding.reason == (
        f"waiting: boundary example 1 ({first.type}, {first.language}) says TO DO"
    )


def test_a_disclosure_whose_signature_is_over_blocks(example: Playbook) -> None:
    """R15"""
    finding = every_region_has_disclosures(example, [EU], on=date(2028, 1, 1))
    assert finding.verdict is Verdict.FAIL
    assert "a signature of ai.eu.en that holds on 2028-01-01" in finding.reason


def test_a_disclosure_names_what_a_reply_leaves_unsaid(example: Playbook) -> None:
    """R15: completeness is scored by what has to be said, however it is laid out."""
    said = next(d for d in example.disclosures if d.id == "ai.eu.de")
    assert said.unsaid(said.text.replace(" ", "\n").upper()) == ()
    assert said.unsaid("Sie schreiben mit einem KI-System.") == ("way_to_a_person",)
    assert said.unsaid("Guten Tag.") == ("is_an_ai", "way_to_a_person")


def test_no_boundaries_at_all_blocks(example: Playbook) -> None:
    empty = replace(example.boundaries, banned={}, examples=())
    finding = every_role_has_boundaries(replace(example, boundaries=empty))
    assert "boundaries in any language" in finding.reason
    finding = every_boundary_is_held_out_too(replace(example, boundaries=empty))
    assert "boundaries in any language" in finding.reason


@pytest.mark.parametrize(
    ("when", "gap"),
    [
        ("first_turn", "an AI disclosure for eu in de"),
        ("hand_off", "a hand-off phrase for eu in de"),
        ("unsure", "an uncertainty phrase for eu in de"),
        ("topic:return_request", "the disclosure topic:return_request for eu in de"),
    ],
)
def test_a_language_without_its_disclosure_blocks(example: Playbook, when: str, gap: str) -> None:
    """R15, R29: each region says in each of its languages what it must."""
    kept = tuple(
        d for d in example.disclosures if (d.region, d.language, d.when) != ("eu", "de", when)
    )
    finding = every_region_has_disclosures(replace(example, disclosures=kept), [EU], on=TODAY)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, f"missing: {gap}")


def test_a_topic_without_template_or_a_language_without_phrases_blocks(example: Playbook) -> None:
    kept = tuple(t for t in example.templates if not t.id.startswith("fee_question.eu.de"))
    finding = every_region_has_disclosures(replace(example, templates=kept), [EU], on=TODAY)
    assert finding.reason == "missing: a template of fee_question for eu in de"
    unwritten = replace(EU, languages=("fi",))
    reason = every_region_has_disclosures(example, [unwritten], on=TODAY).reason
    assert reason.startswith("missing: an AI disclosure for eu in fi")
    bounds = replace(example.boundaries, human_claims={"en": ("i am human",)})
    finding = every_region_has_disclosures(replace(example, boundaries=bounds), [EU], on=TODAY)
    assert finding.reason == "missing: human-claim phrases in de"


def test_no_region_is_no_pass(example: Playbook) -> None:
    assert every_region_has_disclosures(example, [], on=TODAY).verdict is Verdict.FAIL


def test_expired_templates_are_named_without_blocking(example: Playbook) -> None:
    finding = no_template_expired(example, TODAY)
    assert (finding.verdict, finding.blocking) == (Verdict.FAIL, False)
    assert "promo_code.us.en.3" in finding.reason
    assert finding.measures == {"templates": len(example.templates), "expired": 1}
    assert no_template_expired(example, date(2025, 6, 30)).verdict is Verdict.PASS
