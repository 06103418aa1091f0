"""The example playbook keeps its own rules."""

from __future__ import annotations

import re
from collections import Counter

from handrail.playbook.boundaries import (
    REQUIRED_TYPES,
    banned_language,
    human_claims,
    regulated_matters,
)
from handrail.playbook.licensed_claims import unlicensed_claims
from handrail.playbook.model import Playbook, Use
from handrail.settings import load_settings

LANGUAGES = ("en", "de", "fr", "es")
CELLS = [*(("eu", language) for language in LANGUAGES), ("us", "en"), ("apac", "en")]
REGULATED = {"card_lost", "fraud_report", "loan_advice", "data_request"}


def _banned(playbook: Playbook, text: str) -> list[str]:
    bounds = playbook.boundaries
    return [
        hit.phrase
        for language in LANGUAGES
        for find in (banned_language, human_claims)
        for hit in find(text, language=language, boundaries=bounds)
    ]


def test_topics_have_their_tier_and_a_known_area(example: Playbook) -> None:
    areas = load_settings(environ={}).product_areas
    assert len(example.topics) == 17
    assert {t.name for t in example.topics.values() if t.regulated} == REGULATED
    assert {t.name for t in example.topics.values() if t.tier == "high"} == REGULATED
    assert {t.product_area for t in example.topics.values()} <= set(areas)


def test_every_open_topic_has_two_templates_a_cell_and_regulated_ones_none(
    example: Playbook,
) -> None:
    sizes = Counter((t.topic, t.region, t.language) for t in example.templates)
    for topic in example.topics.values():
        for region, language in CELLS:
            expected = 0 if topic.regulated else 2
            expected += (topic.name, region) == ("promo_code", "us")
            assert sizes[topic.name, region, language] == expected


def test_every_template_names_owner_and_another_approver(example: Playbook) -> None:
    """R11: vetted means that somebody other than the owner approved it."""
    assert all(t.owner and t.approver and t.owner != t.approver for t in example.templates)


def test_templates_state_nothing_outside_their_slots(example: Playbook) -> None:
    """R11: numbers, dates, discounts and links come from slots only."""
    for template in example.templates:
        words = re.sub(r"\{\w+\}", "", template.text)
        assert unlicensed_claims(words, (), "") == (), template.id


def test_templates_and_disclosures_hold_no_banned_language(example: Playbook) -> None:
    for text in (*example.templates, *example.disclosures):
        assert _banned(example, text.text) == [], text.id


def test_disclosures_make_no_claims_and_differ_between_regions(example: Playbook) -> None:
    """R21: a region's wording is recognizably its own."""
    assert all(unlicensed_claims(d.text, (), "") == () for d in example.disclosures)
    assert len({d.text for d in example.disclosures}) == len(example.disclosures)


def test_links_and_terms_of_a_region_are_its_own(example: Playbook) -> None:
    """R21: no fact sends a customer to another region."""
    for fact in example.facts:
        if fact.value.startswith("https://"):
            assert fact.value.startswith(f"https://{fact.region}.fernhollow.example.com/")
    windows = {f.region: f.value for f in example.facts if f.name == "return_window_days"}
    assert len(set(windows.values())) == len(windows) == 3


def test_apac_has_its_own_terms(example: Playbook) -> None:
    """R21: an answer of apac names its own fee, days and links."""
    facts = {fact.name: fact.value for fact in example.facts if fact.region == "apac"}
    others = {fact.value for fact in example.facts if fact.region != "apac"}
    assert facts["monthly_fee"].startswith("A$") and facts["monthly_fee"] not in others
    own = {"return_window_days", "refund_days", "cancel_hours", "activation_hours", "fees_link"}
    assert all(facts[name] not in {f.value for f in example.facts if f.name == name
                                   and f.region != "apac"} for name in own)  # fmt: skip


def test_examples_show_the_violation_and_the_good_reply_is_clean(example: Playbook) -> None:
    """R16: every bad reply is caught as its own type, no good reply is caught at all."""
    bounds = example.boundaries
    for shown in bounds.examples:
        hits = [
            *banned_language(shown.bad_reply, language=shown.language, boundaries=bounds),
            *human_claims(shown.bad_reply, language=shown.language, boundaries=bounds),
        ]
        assert shown.type in {hit.type for hit in hits}, shown.bad_reply
        assert _banned(example, shown.good_reply) == [], shown.good_reply
        assert unlicensed_claims(shown.good_reply, (), "") == (), shown.good_reply


def test_every_type_has_enough_examples(example: Playbook) -> None:
    sizes = Counter((e.type, e.language) for e in example.boundaries.examples)
    assert {kind for kind, _ in sizes} == set(REQUIRED_TYPES)
    assert all(sizes[kind, language] >= 3 for kind in REQUIRED_TYPES for language in LANGUAGES)


def test_about_a_third_of_the_examples_is_held_out(example: Playbook) -> None:
    """R16: of each type in each language, two or more to learn from and one to be asked."""
    sizes = Counter((e.use, e.type, e.language) for e in example.boundaries.examples)
    for kind in REQUIRED_TYPES:
        for language in LANGUAGES:
            assert sizes[Use.TRAINING, kind, language] >= 2
            assert sizes[Use.HELD_OUT, kind, language] >= 1
    share = len(example.boundaries.used_for(Use.HELD_OUT)) / len(example.boundaries.examples)
    assert 0.3 <= share <= 0.4


def test_each_phrase_is_listed_once_a_language(example: Playbook) -> None:
    bounds = example.boundaries
    for language in LANGUAGES:
        said = [p for phrases in bounds.banned[language].values() for p in phrases]
        asked = [p for phrases in bounds.regulated_keywords[language].values() for p in phrases]
        for phrases in (said, asked, list(bounds.human_claims[language])):
            assert [p for p, n in Counter(phrases).items() if n > 1] == []


def test_ordinary_questions_trigger_nothing_regulated(example: Playbook) -> None:
    for text in (
        "I lost my password",
        "where do I find my card number to activate the new card",
        "I paid by credit card and want a refund",
        "which data do you need for the new account",
        "Ich habe mein Passwort verloren",
        "Kreditkarte aktivieren",
        "Welche Daten brauchen Sie für die Anmeldung?",
        "J'ai perdu mon mot de passe",
        "Activer ma carte de crédit",
        "j'ai payé par carte bancaire et je veux être remboursé",
        "De quelles données avez-vous besoin pour ouvrir le compte ?",
        "Mon colis est prêt ?",
        "un costume de pirate",
        "He perdido la contraseña",
        "Pagué con tarjeta de crédito y quiero un reembolso",
        "¿Qué datos necesitáis para abrir la cuenta?",
        "Quiero cambiar mis datos de envío",
        "Qué comisión hay por estar en descubierto",
    ):
        for language in LANGUAGES:
            assert not regulated_matters(text, language=language, boundaries=example.boundaries)
