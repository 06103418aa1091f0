"""R14: a prompt's hash says which template, mandate and policy it was made of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.playbook.prompts import render_prompt
from handrail.playbook.reader import read_playbook
from tests.playbook.conftest import EXAMPLE

ROLES = ("resolve", "route", "summarize")


def _with_prompt(playbook: Playbook, prompt: str) -> Playbook:
    mandate = replace(playbook.mandates["route"], prompt=prompt)
    return replace(playbook, mandates={**playbook.mandates, "route": mandate})


def _digest(playbook: Playbook, role: str = "route", **changes: str) -> str:
    where = {"region": "eu", "language": "en", "policy_digest": "a" * 64, **changes}
    return render_prompt(playbook, role, **where).digest


@pytest.mark.parametrize("role", ROLES)
def test_the_same_input_renders_the_same_bytes(example: Playbook, role: str) -> None:
    again = read_playbook(EXAMPLE)
    where = {"region": "eu", "language": "de", "policy_digest": "a" * 64}
    first, second = (render_prompt(p, role, **where) for p in (example, again))
    assert first == second
    assert len(first.digest) == 64


def test_anything_a_prompt_is_made_of_changes_its_hash(example: Playbook) -> None:
    mandate = example.mandates["route"]
    approved_later = replace(mandate, approval=None)
    variants = [
        _digest(example),
        _digest(example, role="resolve"),
        _digest(example, region="us"),
        _digest(example, language="de"),
        _digest(example, policy_digest="b" * 64),
        _digest(_with_prompt(example, mandate.prompt + " Be kind.")),
        _digest(replace(example, mandates={"route": approved_later})),
    ]
    assert len(set(variants)) == len(variants)


def test_a_prompt_holds_mandate_guardrails_and_the_words_of_its_region(example: Playbook) -> None:
    for role in ROLES:
        mandate = example.mandates[role]
        text = render_prompt(example, role, region="eu", language="de", policy_digest="a").text
        assert mandate.statement in text
        assert all(line in text for line in mandate.guardrails)
        assert "{{" not in text and "{%" not in text
    eu = render_prompt(example, "resolve", region="eu", language="de", policy_digest="a").text
    us = render_prompt(example, "resolve", region="us", language="en", policy_digest="a").text
    assert "KI-System" in eu and "KI-System" not in us
    assert "automated assistant" in us and "automated assistant" not in eu


@pytest.mark.parametrize(
    "prompt",
    [
        "{{ customer }}",
        "{{ mandate.__class__.__mro__ }}",
        "{% for x in range(99999999) %}{% endfor %}",
        "{% include 'x' %}",
        "{{ open",
    ],
)
def test_a_prompt_that_asks_for_more_is_refused(example: Playbook, prompt: str) -> None:
    with pytest.raises(BadInput, match="role 'route' can't be rendered") as refusal:
        _digest(_with_prompt(example, prompt))
    assert refusal.value.__cause__ is None


def test_a_role_without_mandate_has_no_prompt(example: Playbook) -> None:
    with pytest.raises(BadInput, match="no mandate for role 'sell'"):
        _digest(example, role="sell")
