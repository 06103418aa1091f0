"""R5: the five tags, deny by default, and who set them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
)
from handrail.conversations.tagging import Vocabulary, missing_tags, with_default_severity
from handrail.errors import BadInput

BARE = Conversation(
    conversation_id="c",
    source_system="desk",
    region="eu",
    day=date(2026, 1, 5),
    turns=(Turn(0, Role.CUSTOMER, "hi"),),
    outcome=Outcome(Status.OPEN),
    customer=Customer(),
)
WORDS = Vocabulary(product_areas=("orders",), languages=("en", "de"))


def test_a_tag_nobody_set_is_missing() -> None:
    """R5"""
    assert missing_tags(BARE) == ("product_area", "severity", "channel", "language")
    whole = replace(
        BARE,
        product_area=Tag("orders", SetBy.EXPORT),
        severity=Tag("low", SetBy.EXPORT),
        channel=Tag("chat", SetBy.RULE),
        language=Tag("en", SetBy.MODEL, 0.9),
    )
    assert missing_tags(whole) == ()
    assert missing_tags(replace(whole, region="")) == ("region",)


def test_the_default_severity_is_a_rules_and_overrides_nothing() -> None:
    """R5"""
    assert with_default_severity(BARE).severity == Tag("normal", SetBy.RULE)
    urgent = replace(BARE, severity=Tag("urgent", SetBy.EXPORT))
    assert with_default_severity(urgent) is urgent


@pytest.mark.parametrize(
    ("set_by", "confidence"),
    [
        (SetBy.MODEL, None),
        (SetBy.MODEL, 1.01),
        (SetBy.MODEL, -0.1),
        (SetBy.MODEL, float("nan")),
        (SetBy.EXPORT, 0.9),
        (SetBy.RULE, 0.0),
        (SetBy.PERSON, 1.0),
    ],
)
def test_a_model_says_how_sure_it_is_and_nobody_else_does(
    set_by: SetBy, confidence: float | None
) -> None:
    """R5: such a tag can't be made, so it can't be stored."""
    with pytest.raises(BadInput, match="how sure"):
        Tag("orders", set_by, confidence)


def test_a_regions_language_code_is_found_for_a_variant() -> None:
    assert [WORDS.language(code) for code in ("en", "de_AT", "EN-us", "fr-CA")] == [
        "en",
        "de",
        "en",
        "fr",
    ]
