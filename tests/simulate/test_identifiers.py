"""Simulated identifiers pass the checks a scrubber makes and belong to nobody (R31)."""

from __future__ import annotations

import re
from datetime import date
from random import Random

import phonenumbers
import pytest

from handrail.playbook.licensed_claims import value_problem
from handrail.simulate import identifiers
from handrail.simulate.locales import locales_of
from handrail.simulate.people import person

MANY = 200


def test_luhn_digit_is_the_published_one() -> None:
    assert identifiers.luhn_digit("7992739871") == "3"
    assert identifiers.luhn_digit("424242424242424") == "2"


def test_cards_satisfy_luhn() -> None:
    rng = Random(1)
    for _ in range(MANY):
        number = identifiers.card(rng).replace(" ", "")
        assert len(number) == 16
        assert identifiers.luhn_digit(number[:-1]) == number[-1]


def test_iban_check_digits_are_the_published_ones() -> None:
    assert identifiers.iban("DE", "370400440532013000") == "DE89 3704 0044 0532 0130 00"
    spanish = identifiers.account_es("2100", "0418", "0200051332")
    assert identifiers.iban("ES", spanish) == "ES91 2100 0418 4502 0005 1332"
    assert identifiers.iban("IE", "AIBK93115212345678") == "IE29 AIBK 9311 5212 3456 78"


def test_the_key_of_a_french_account_holds() -> None:
    """The national key (RIB) makes the whole number divisible by 97."""
    rng = Random(4)
    for _ in range(MANY):
        account = identifiers.iban_fr(rng).replace(" ", "")[4:]
        assert account.startswith("99")
        assert int(account) % 97 == 0


@pytest.mark.parametrize(
    ("make", "length"),
    [
        (identifiers.iban_de, 22),
        (identifiers.iban_fr, 27),
        (identifiers.iban_ie, 22),
        (identifiers.iban_es, 24),
    ],
)
def test_ibans_satisfy_mod_97(make, length: int) -> None:  # type: ignore[no-untyped-def]
    rng = Random(2)
    for _ in range(MANY):
        plain = make(rng).replace(" ", "")
        assert len(plain) == length
        assert int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


@pytest.mark.parametrize(
    ("make", "fictional"),
    [
        (identifiers.phone_us, r"(\(\d{3}\) |\d{3}-)555-01\d\d"),
        (identifiers.phone_uk, r"\+44 (7700 900|20 7946 0|117 496 0|161 496 0)\d{3}"),
        (
            identifiers.phone_de,
            r"(0|\+49 )(30 23125|40 66969|69 90009|221 4710|89 99998) \d{3}",
        ),
        (
            identifiers.phone_fr,
            r"(0|\+33 )(1 ?99 ?00|2 ?61 ?91|3 ?53 ?01|4 ?65 ?71|5 ?36 ?49|6 ?39 ?98) ?\d\d ?\d\d",
        ),
        (identifiers.phone_au, r"(0|\+61 )[2378] (5550|7010) \d{4}|0491 57[0-2] \d{3}"),
    ],
)
def test_phones_lie_in_the_ranges_kept_for_fiction(make, fictional: str) -> None:  # type: ignore[no-untyped-def]
    rng = Random(3)
    assert all(re.fullmatch(fictional, make(rng)) for _ in range(MANY))


@pytest.mark.parametrize(
    ("make", "country", "block"),
    [
        (identifiers.phone_es, "ES", r"(\+34 )?[6789]\d0 000 \d{3}"),
        (identifiers.phone_sg, "SG", r"(\+65 )?[369]\d00 0\d{3}"),
        (identifiers.phone_in, "IN", r"(\+91 )?9\d000 00\d{3}"),
    ],
)
def test_phones_of_other_places_fit_the_plan_and_lie_in_blocks_of_zeros(
    make,  # type: ignore[no-untyped-def]
    country: str,
    block: str,
) -> None:
    rng = Random(4)
    for number in (make(rng) for _ in range(MANY)):
        assert re.fullmatch(block, number)
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, country))


def test_names_of_any_alphabet_make_plain_mail_and_user_names() -> None:
    people = [
        person(7, region, number, locales_of(region))
        for region in ("eu", "apac")
        for number in range(MANY)
    ]
    for someone in people:
        assert re.fullmatch(r"[a-z-]+\.[a-z-]+\d+", someone.values["email"].split("@")[0])
        assert re.fullmatch(r"[a-z-]+_[a-z-]{3,4}\d+", someone.values["username"])
    assert any(not someone.values["name"].isascii() for someone in people)


def test_every_part_of_the_region_apac_is_lived_in() -> None:
    addresses = " ".join(
        person(7, "apac", number, locales_of("apac")).values["address"] for number in range(MANY)
    )
    assert all(place in addresses for place in ("NSW", "Singapore", "No. "))


def test_french_money_and_days_fit_the_slots_they_fill() -> None:
    french = next(locale for locale in locales_of("eu") if locale.language == "fr")
    assert french.money(1250) == "12,50 €"
    assert french.written_day(date(2026, 8, 1)) == "1er août 2026"
    assert french.written_day(date(2026, 1, 5)) == "5 janvier 2026"
    assert french.short_day(date(2026, 1, 5)) == "05/01/2026"
    assert value_problem("amount", french.money(1250)) is None
    assert value_problem("date", french.written_day(date(2026, 8, 1))) is None


def test_languages_have_the_shares_they_are_given() -> None:
    """Shares are weights: whatever they add up to, they keep their proportion."""
    shares = {locale.language: locale.share for locale in locales_of("eu")}
    people = [person(7, "eu", number, locales_of("eu")).locale.language for number in range(2000)]
    for language, share in shares.items():
        expected = share / sum(shares.values())
        assert abs(people.count(language) / 2000 - expected) < 0.05


def test_a_person_stays_the_same_and_mails_to_domains_that_cannot_exist() -> None:
    for number in range(MANY):
        someone = person(7, "eu", number, locales_of("eu"))
        person.cache_clear()
        assert person(7, "eu", number, locales_of("eu")) == someone
        assert re.search(r"[@.]example(\.(com|org|net))?$", someone.values["email"])
        assert someone.values["email"].isascii() and someone.values["username"].isascii()
    us, eu = locales_of("us"), locales_of("eu")
    assert person(7, "us", 1, us) != person(7, "eu", 1, eu) != person(8, "eu", 1, eu)
