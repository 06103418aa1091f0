"""`handrail route` over a live release: redacted, collected, handed over, nothing stored (R13)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from tests.lifecycle.story import Story

pytestmark = pytest.mark.xdist_group("lifecycle")


def routed(story: Story, *turns: str, options: tuple[str, ...] = ()) -> dict[str, Any]:
    arguments = [part for turn in turns for part in ("--turn", turn)]
    with story.as_environment():
        ran = CliRunner().invoke(app, ["route", "--region", "eu", "--json", *options, *arguments])
    assert ran.exit_code == 0, ran.output
    told: dict[str, Any] = orjson.loads(ran.output)
    return told


def test_a_conversation_is_redacted_collected_and_handed_over(story: Story) -> None:
    """R26, R31: what people would get holds placeholders, never what they stand for."""
    told = routed(
        story,
        "Where is my order?",
        "The order number is 4820117733, my name is Petra Kowalczyk",
        "It is late",
        "No, thanks",
        options=("--refuses", "parcel_desk"),
    )
    handover = told["handover"]
    fields = {given["field"]: given["value"] for given in handover["fields"]}
    assert fields["order_id"].startswith(("[ORDER_", "[PHONE_", "[ACCOUNT_"))
    assert "4820117733" not in orjson.dumps(told).decode()
    assert "Kowalczyk" not in orjson.dumps(told).decode()
    assert (handover["queue"], handover["refused_by"]) == ("order_desk", ["parcel_desk"])
    said = [step["said"] for step in told["steps"]]
    assert "routing this to a specialist" in said[-1]
    assert not any("specialist" in text for text in said[:-1])
    assert len(handover["hashes"]["prompt"]) == 64


def test_a_switched_off_role_hands_over_at_once(story: Story) -> None:
    """R10"""
    told = routed(story, "Where is my order?", options=("--off",))
    assert told["handover"]["queue"] == "front_desk" and told["handover"]["questions"] == []
    assert [r["code"] for r in told["handover"]["reasons"]] == ["switched_off"]


def test_what_is_printed_says_what_people_would_get(story: Story) -> None:
    with story.as_environment():
        run = CliRunner()
        shown = run.invoke(
            app, ["route", "--region", "us", "--turn", "Somebody stole my card, this is fraud"]
        )
        typed = run.invoke(app, ["route", "--region", "us"], input="I want a human\n")
        wrong = run.invoke(app, ["route", "--region", "us", "--turn", "hi", "--refuses", "lending"])
    assert shown.exit_code == 0 and "security_desk" in shown.output
    assert "regulated matters go to people" in shown.output and "tried out" in shown.output
    assert typed.exit_code == 0 and "front_desk" in typed.output
    assert wrong.exit_code == 2 and "us has no queue 'lending'" in wrong.output
