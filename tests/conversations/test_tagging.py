"""R5: the five tags, deny by default, and who set them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

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
from handrail.conversations.tagging import (
    Vocabulary,
    missing_tags,
    with_default_severity,
    with_model_tags,
)

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


class Answers:
    """A classifier that says what it was told to."""

    def __init__(self, tag: Tag | None) -> None:
        self.tag = tag

    def classify(self, conversation: Conversation, tag: str) -> Tag | None:
        return self.tag


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


def test_a_model_fills_what_is_open_and_overrides_nothing() -> None:
    """R5"""
    sure = Answers(Tag("orders", SetBy.MODEL, 0.8))
    for product_area, expected in (
        (None, Tag("orders", SetBy.MODEL, 0.8)),
        (Tag("account", SetBy.PERSON), Tag("account", SetBy.PERSON)),
    ):
        filled = with_model_tags(
            replace(BARE, product_area=product_area),
            tags=("product_area",),
            classifier=sure,
            vocabulary=WORDS,
        )
        assert filled.product_area == expected


def test_a_model_that_hides_its_confidence_or_invents_a_value_sets_nothing() -> None:
    """R5"""
    for answer in (
        None,
        Tag("orders", SetBy.MODEL),
        Tag("orders", SetBy.PERSON, 0.9),
        Tag("astrology", SetBy.MODEL, 0.9),
    ):
        filled = with_model_tags(
            BARE, tags=("product_area",), classifier=Answers(answer), vocabulary=WORDS
        )
        assert filled.product_area is None


def test_a_regions_language_code_is_found_for_a_variant() -> None:
    assert [WORDS.language(code) for code in ("en", "de_AT", "EN-us", "fr-CA")] == [
        "en",
        "de",
        "en",
        "fr",
    ]
