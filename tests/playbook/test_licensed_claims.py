"""R11: a reply states nothing that no vetted template and no licensed value states."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.playbook.licensed_claims import (
    CannotFill,
    ClaimKind,
    FilledSlot,
    Unfillable,
    exceeding,
    fill,
    holes,
    unlicensed_claims,
    value_problem,
)
from handrail.playbook.model import Fact, Playbook, Template, TemplateSlot
from tests.playbook.conftest import CONTEXT, TODAY

ORDER = TemplateSlot("order_id", "context", "text")
DAYS = TemplateSlot("days", "fact", "amount")


def _template(text: str, *slots: TemplateSlot) -> Template:
    return Template(
        id="t.eu.en.1",
        topic="t",
        region="eu",
        language="en",
        text=text,
        slots=slots,
        owner="Head",
        approver="Lead",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
    )


def _fact(value: str = "14", **changes: object) -> Fact:
    fact = Fact(
        id="days.eu.en.1",
        region="eu",
        language="en",
        name="days",
        value=value,
        approver="Lead",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 6, 30),
    )
    return replace(fact, **changes)  # type: ignore[arg-type]


def test_slots_are_filled_and_name_their_license() -> None:
    template = _template("Order {order_id}: {days} days, really {days}.", ORDER, DAYS)
    text, slots = fill(template, context={"order_id": "A-1"}, facts=[_fact()], on=TODAY)
    assert text == "Order A-1: 14 days, really 14."
    assert slots == (
        FilledSlot("order_id", "A-1", "context:order_id"),
        FilledSlot("days", "14", "fact:days.eu.en.1"),
    )


@pytest.mark.parametrize(
    ("facts", "context", "on", "reason"),
    [
        ([_fact()], {"order_id": "A-1"}, date(2027, 1, 1), Unfillable.TEMPLATE_EXPIRED),
        ([_fact()], {"order_id": "A-1"}, date(2025, 12, 31), Unfillable.TEMPLATE_EXPIRED),
        ([_fact()], {"order_id": "A-1"}, date(2026, 7, 1), Unfillable.FACT_EXPIRED),
        ([_fact(region="us")], {"order_id": "A-1"}, TODAY, Unfillable.NO_VALUE),
        ([_fact(language="de")], {"order_id": "A-1"}, TODAY, Unfillable.NO_VALUE),
        ([], {"order_id": "A-1", "days": "14"}, TODAY, Unfillable.NO_VALUE),
        ([_fact()], {}, TODAY, Unfillable.NO_VALUE),
        ([_fact()], {"order_id": "A-1\nP.S. free"}, TODAY, Unfillable.WRONG_KIND),
        ([_fact("14 days and free shipping")], {"order_id": "A-1"}, TODAY, Unfillable.WRONG_KIND),
    ],
)
def test_without_a_licensed_value_nothing_is_filled(
    facts: list[Fact], context: dict[str, str], on: date, reason: Unfillable
) -> None:
    with pytest.raises(CannotFill) as refusal:
        fill(_template("{order_id} {days}", ORDER, DAYS), context=context, facts=facts, on=on)
    assert refusal.value.reason is reason
    assert not any(value in str(refusal.value) for value in context.values())


def test_the_fact_of_the_day_is_used() -> None:
    older, newer = _fact(), _fact("21", id="days.eu.en.2", valid_from=date(2026, 7, 1))
    newer = replace(newer, valid_to=date(2026, 12, 31))
    template = _template("{days}", DAYS)
    on_last, on_first = date(2026, 6, 30), date(2026, 7, 1)
    assert fill(template, context={}, facts=[older, newer], on=on_last).text == "14"
    assert fill(template, context={}, facts=[older, newer], on=on_first).text == "21"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", ["A-1001", "on its way", "[ORDER_1]"], ["", " ", "a\nb", "{days}", "x" * 201]),
        (
            "amount",
            [
                "14",
                "€4.90",
                "1.204,50 €",
                "A$8.00",
                "EUR 5",
                "12,50 EUR",
                "1\u202f204,50 €",
                "1,5 %",
                "1.5%",
                "[AMOUNT_2]",
            ],
            ["", "soon", "14 days", "5 for you", "free", "10, then 20 more or so of it"],
        ),
        (
            "date",
            ["2026-03-05", "5 March 2026", "05.03.2026", "1er août 2026", "5 de marzo de 2026"],
            ["soon", "1\n2"],
        ),
        (
            "url",
            ["https://eu.example.com/reset?a=b"],
            ["http://example.com", "https://a b", "javascript:1", "[URL_1]"],
        ),
    ],
)
def test_a_value_fits_the_kind_of_its_slot(kind: str, good: list[str], bad: list[str]) -> None:
    assert [value for value in good if value_problem(kind, value)] == []
    assert [value for value in bad if not value_problem(kind, value)] == []


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("You get $50 back.", ["$50"]),
        ("Take 20% off today!", ["20% off", "today"]),
        ("We refund fifty percent.", ["We refund fifty percent", "fifty percent"]),
        ("fünfundzwanzig Prozent Rabatt", ["fünfundzwanzig Prozent Rabatt"]),
        ("within 3 business days or one week", ["3 business days", "one week"]),
        ("innerhalb von 3 Werktagen, spätestens am Mittwoch", ["3 Werktagen", "Mittwoch"]),
        ("on 12 March 2026, March 3rd or in May", ["12 March 2026", "March 3rd"]),
        ("you may march on", []),
        ("am 3. Mai um 8 Uhr", ["3. Mai", "8 Uhr"]),
        ("write to help@shop.example.com", ["help@shop.example.com"]),
        ("see http://bad.example/x?y=1.", ["http://bad.example/x?y=1"]),
        ("see bad.example/reset", ["bad.example/reset"]),
        ("come to 12 Long Main Street", ["12 Long Main Street"]),
        ("in der Hauptstraße 5", ["Hauptstraße 5"]),
        ("ask [PERSON_2]", ["[PERSON_2]"]),
        ("fullwidth \uff15\uff10 and hidden 5\u200b0", ["50"]),
        ("it is free of charge", ["free of charge"]),
        ("das ist kostenlos", ["kostenlos"]),
        ("$5 or $5 again", ["$5"]),
        ("feel free to write to me, no one minds", []),
        ("Vous recevez 50 € demain.", ["50 €", "demain"]),
        ("vingt-cinq pour cent de réduction", ["vingt-cinq pour cent de réduction"]),
        ("20 % de remise, dix euros d'avance", ["20 % de remise", "dix euros"]),
        ("sous 3 jours ouvrés, sinon une semaine", ["3 jours ouvrés", "une semaine"]),
        ("d'ici mercredi 5 août ou le 1er mars 2026", ["mercredi", "5 août", "1er mars 2026"]),
        (
            "en decembre, apres-demain, aujourd\u2019hui",
            ["decembre", "apres-demain", "aujourd'hui"],
        ),
        ("de 8 h à 20h30, soit trente et une heures", ["8 h", "20h30", "trente et une heures"]),
        ("un avoir de 1\u202f204,50 €", ["un avoir", "1 204,50 €"]),
        ("quatre-vingt-dix-sept, ou septante et un", ["quatre-vingt-dix-sept", "septante et un"]),
        ("la livraison est gratuite, sans frais", ["gratuite", "sans frais"]),
        ("un bon d\u2019achat, un geste commercial", ["bon d'achat", "geste commercial"]),
        ("au 12 bis, rue de la Gare", ["12 bis, rue de la Gare"]),
        ("rue des Tanneurs 16 à Gand", ["rue des Tanneurs 16"]),
        ("une fois le colis arrivé, vous pourrez avoir la suite, pas un mot de plus", []),
        ("veinticinco por ciento de descuento", ["veinticinco por ciento de descuento"]),
        ("en 3 días hábiles, el miércoles o mañana", ["3 días hábiles", "miércoles", "mañana"]),
        ("el 5 de marzo de 2026, en mayo", ["5 de marzo de 2026", "mayo"]),
        ("once dias, treinta y cinco minutos", ["once dias", "treinta y cinco minutos"]),
        ("quinientos euros o mil", ["quinientos euros", "mil"]),
        ("es gratis, sin coste y de regalo", ["gratis", "sin coste", "de regalo"]),
        ("a la mitad de precio con un cupón", ["mitad", "cupón"]),
        ("en la calle del Olmo, 14", ["calle del Olmo, 14"]),
        ("son 1.204,50 € al mes", ["1.204,50 €"]),
        ("inténtelo otra vez en un momento, uno de nosotros le ayuda", []),
        ("once you are in, send it once more", []),
    ],
)
def test_claims_that_nothing_licenses_are_named(text: str, claims: list[str]) -> None:
    assert list(unlicensed_claims(text, (), "")) == claims


PROMISES = [
    "We will refund the postage",
    "we'll certainly replace it",
    "You'll get your money back",
    "It will be approved",
    "I have waived the fee",
    "I can give you something off",
    "I guarantee that",
    "you have my word",
    "Wir erstatten Ihnen das Porto",
    "Ich werde Ihnen das Geld gern erstatten",
    "Natürlich ersetzen wir das Gerät",
    "Sie bekommen Ihr Geld zurück",
    "Das ist versprochen",
    "Ich kann Ihnen einen Nachlass geben",
    "Nous vous rembourserons la commande",
    "Je vais vous rembourser",
    "Vous serez remboursé",
    "je vous le garantis",
    "Je peux vous faire un geste",
    "Le devolveremos el dinero",
    "Vamos a reembolsarle el pedido",
    "Le aseguro que sale bien",
    "se lo prometo",
    "Puedo hacerle un precio",
    "We're going to take the fee off your bill",
    "Your parcel will arrive before the weekend",
    "You won't be charged for this",
    "Our team is going to replace the lamp",
    "Ihr Konto wird bald freigeschaltet",
    "Wir verlängern Ihre Rückgabefrist",
    "Dafür müssen Sie nichts bezahlen",
    "Ich sorge dafür",
    "Votre lampe sera remplacée",
    "Nous prolongerons le délai de retour",
    "Je m'engage à annuler les frais",
    "Su lámpara será sustituida",
    "Le descontaremos la comisión",
    "Me comprometo a anular el cargo",
]
DENIALS = [
    "I can't promise a day",
    "we don't guarantee the result",
    "we never promise an outcome",
    "Den Ausgang kann ich nicht versprechen",
    "Ich verspreche Ihnen nichts",
    "dafür gibt es keine Garantie",
    "Je ne peux pas vous garantir de date",
    "je ne promets rien",
    "No puedo prometerle un resultado",
    "sin garantía de fecha",
    "A colleague will read what you wrote",
    "Ein Mensch liest das und antwortet Ihnen hier",
    "Our specialists will look at it and answer you here",
    "You will need your document",
    "Unser Team wird sich das ansehen und Ihnen hier antworten",
    "Notre équipe examinera la question et vous répondra ici",
    "Vous trouverez le numéro sur la carte",
    "Nuestro equipo lo mirará y le responderá aquí",
    "Encontrará el número en la tarjeta",
]


def _promises(text: str, *licensed: str) -> list[str]:
    found = exceeding(text, texts=licensed, slots=(), facts=())
    return [claim.text for claim in found if claim.kind is ClaimKind.PROMISE]


@pytest.mark.parametrize("text", PROMISES)
def test_a_promise_is_found_in_every_language(text: str) -> None:
    assert _promises(f"Hello. {text}. Bye."), text
    assert _promises(text.upper())


@pytest.mark.parametrize("text", DENIALS)
def test_what_is_not_promised_is_no_promise(text: str) -> None:
    assert _promises(f"{text}.") == []


def test_a_promise_is_licensed_only_by_vetted_words_and_to_its_end() -> None:
    """A value never licenses one: "we will refund" is not what an order's status may say."""
    template = "We will refund {refund_amount} to your card."
    slots = (
        FilledSlot("refund_amount", "€25.00", "context:refund_amount"),
        FilledSlot("status", "We will refund it twice", "context:status"),
    )
    assert unlicensed_claims("We will refund €25.00 to your card.", slots, template) == ()
    assert unlicensed_claims("We will refund it twice.", slots, template) == (
        "We will refund it twice",
    )
    assert unlicensed_claims("We will refund €25.00 and the postage.", slots, template) == (
        "We will refund €25.00 and the postage",
    )


def test_facts_and_several_texts_license_together() -> None:
    """What a dialogue of several turns may say: each vetted text with the facts in its holes."""
    texts = ["Within {days} days.", "You are writing with an AI, open from 8:00."]
    licensed = {"texts": texts, "slots": (), "facts": [_fact("14")]}
    assert exceeding("Within 14 days, open from 8:00.", **licensed) == ()
    assert [c.text for c in exceeding("Within 15 days from 9:00: 14 euros.", **licensed)] == [
        "15 days", "9:00", "14 euros",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("see bad.example/reset", ClaimKind.LINK),
        ("ask [PERSON_2]", ClaimKind.PLACEHOLDER),
        ("on 12 March 2026", ClaimKind.DATE),
        ("mañana", ClaimKind.DATE),
        ("in der Hauptstraße 5", ClaimKind.ADDRESS),
        ("$50", ClaimKind.NUMBER),
        ("sans frais", ClaimKind.AMOUNT),
        ("we guarantee it", ClaimKind.PROMISE),
    ],
)
def test_a_claim_says_what_it_is(text: str, kind: ClaimKind) -> None:
    assert [claim.kind for claim in exceeding(text, texts=(), slots=(), facts=())] == [kind]


def test_a_number_is_licensed_only_with_its_unit() -> None:
    template, slots = "Within {days} days.", (FilledSlot("days", "14", "fact:days.eu.en.1"),)
    assert unlicensed_claims("You have 14 days.", slots, template) == ()
    assert unlicensed_claims("You get 14 % off, 14 euros.", slots, template) == (
        "14 % off",
        "14 euros",
    )
    assert unlicensed_claims("You get 14 of them.", slots, template) == ("14",)


def test_an_amount_in_a_slot_is_licensed_anywhere_in_the_reply() -> None:
    slots = (FilledSlot("refund_amount", "€25.00", "context:refund_amount"),)
    assert unlicensed_claims("It is € 25.00.", slots, "Your refund: {refund_amount}") == ()
    assert unlicensed_claims("It is €26.00.", slots, "Your refund: {refund_amount}") == ("€26.00",)


def test_a_part_of_a_licensed_amount_is_not_licensed() -> None:
    """Thousands are parted by a space in French: 1 204,50 € doesn't license 204,50 €."""
    slots = (FilledSlot("refund_amount", "1\u202f204,50 €", "context:refund_amount"),)
    template = "Votre remboursement : {refund_amount}"
    assert unlicensed_claims("Vous recevez 1 204,50 €.", slots, template) == ()
    assert unlicensed_claims("Vous recevez 204,50 €.", slots, template) == ("204,50 €",)


WORDS = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=40)
VALUES = st.text(
    st.characters(exclude_characters="{}\n\r\t", exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
    min_size=1,
    max_size=30,
).filter(str.strip)


@given(before=WORDS, after=WORDS, value=VALUES)
def test_a_filled_template_licenses_itself(before: str, after: str, value: str) -> None:
    template = _template(f"{before}{{order_id}}{after}", ORDER)
    text, slots = fill(template, context={"order_id": value}, facts=[], on=TODAY)
    assert text == before + value + after
    assert unlicensed_claims(text, slots, template.text) == ()


@given(WORDS)
def test_every_digit_belongs_to_a_claim(text: str) -> None:
    claimed = "".join(unlicensed_claims(text, (), ""))
    visible = re.sub(r"[^\d]", "", text)
    assert {int(digit) for digit in visible} <= {int(d) for d in re.findall(r"\d", claimed)}


@given(WORDS, st.sampled_from(PROMISES), WORDS)
def test_an_added_promise_is_always_found(before: str, promise: str, after: str) -> None:
    assert _promises(f"{before}. {promise}. {after}.", f"{before}. {after}.")


@given(WORDS, st.integers(min_value=2, max_value=10**9))
def test_an_added_amount_is_always_found(text: str, amount: int) -> None:
    claims = unlicensed_claims(f"{text} {amount} euros.", (), text)
    assert any(str(amount) in claim for claim in claims)


def test_every_template_of_the_example_fills_or_has_expired(example: Playbook) -> None:
    for template in example.templates:
        if not template.valid_on(TODAY):
            with pytest.raises(CannotFill):
                fill(template, context=CONTEXT, facts=example.facts, on=TODAY)
            continue
        text, slots = fill(template, context=CONTEXT, facts=example.facts, on=TODAY)
        assert holes(text) == (), template.id
        assert unlicensed_claims(text, slots, template.text) == (), template.id
