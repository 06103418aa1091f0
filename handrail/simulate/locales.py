"""What differs between the places simulated: languages, money, dates, phones, bank accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from handrail.errors import BadInput
from handrail.simulate import identifiers

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_FRENCH_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_MESES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip


@dataclass(frozen=True)
class Locale:
    """One language as it is spoken in one place. `share` of the region's customers speak it.

    `names` is the file below `names/` that people and places there are called after.
    """

    language: str
    names: str
    share: float
    money: Callable[[int], str]
    written_day: Callable[[date], str]
    short_day: Callable[[date], str]
    phone: Callable[[Random], str]
    bank_kind: str
    bank: Callable[[Random], str]
    address: str
    postcode: Callable[[Random], str]
    mail_domains: tuple[str, ...]
    license_plate: Callable[[Random], str]
    busiest_hour_utc: int


def _first(day: int) -> str:
    """The day of a month as French writes it: only the first one is counted."""
    return "1er" if day == 1 else str(day)


def _letters(rng: Random, count: int) -> str:
    return "".join(rng.choices("CDFHKLMNPRTVWX", k=count))


_ENGLISH_EU = Locale(
    language="en",
    names="en",
    share=0.20,
    money=lambda cents: f"€{cents // 100}.{cents % 100:02d}",
    written_day=lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    short_day=lambda day: f"{day.day:02d}/{day.month:02d}/{day.year}",
    phone=identifiers.phone_uk,
    bank_kind="iban",
    bank=identifiers.iban_ie,
    address="{number} {street}, {town} {postcode}",
    postcode=lambda rng: f"D{rng.randint(1, 24):02d} {_letters(rng, 1)}{rng.randint(100, 999)}",
    mail_domains=("example.com", "example.org", "post.wexhaven.example", "mail.example.net"),
    license_plate=lambda rng: f"{rng.randint(141, 252)}-D-{rng.randint(10000, 99999)}",
    busiest_hour_utc=13,
)
_GERMAN_EU = Locale(
    language="de",
    names="de",
    share=0.40,
    money=lambda cents: f"{cents // 100},{cents % 100:02d} €",
    written_day=lambda day: f"{day.day:02d}.{day.month:02d}.{day.year}",
    short_day=lambda day: f"{day.day:02d}.{day.month:02d}.{day.year}",
    phone=identifiers.phone_de,
    bank_kind="iban",
    bank=identifiers.iban_de,
    address="{street} {number}, {postcode} {town}",
    postcode=lambda rng: f"{rng.randint(10000, 99000)}",
    mail_domains=("example.com", "example.net", "post.velheim.example", "mail.example.org"),
    license_plate=lambda rng: f"{_letters(rng, 2)}-{_letters(rng, 2)} {rng.randint(1000, 9999)}",
    busiest_hour_utc=12,
)
_FRENCH_EU = Locale(
    language="fr",
    names="fr",
    share=0.22,
    money=lambda cents: f"{cents // 100},{cents % 100:02d} €",
    written_day=lambda day: f"{_first(day.day)} {_FRENCH_MONTHS[day.month - 1]} {day.year}",
    short_day=lambda day: f"{day.day:02d}/{day.month:02d}/{day.year}",
    phone=identifiers.phone_fr,
    bank_kind="iban",
    bank=identifiers.iban_fr,
    address="{number} {street}, {postcode} {town}",
    postcode=lambda rng: f"{rng.randint(10, 89)}{rng.randint(0, 99):02d}0",
    mail_domains=("example.com", "example.org", "courriel.aubrecourt.example", "mail.example.net"),
    license_plate=lambda rng: f"{_letters(rng, 2)}-{rng.randint(100, 999)}-{_letters(rng, 2)}",
    busiest_hour_utc=13,
)
_SPANISH_EU = Locale(
    language="es",
    names="es",
    share=0.18,
    money=lambda cents: f"{cents // 100},{cents % 100:02d} €",
    written_day=lambda day: f"{day.day} de {_MESES[day.month - 1]} de {day.year}",
    short_day=lambda day: f"{day.day:02d}/{day.month:02d}/{day.year}",
    phone=identifiers.phone_es,
    bank_kind="iban",
    bank=identifiers.iban_es,
    address="{street}, {number}, {postcode} {town}",
    postcode=lambda rng: f"{rng.randint(1001, 52006):05d}",
    mail_domains=("example.com", "example.org", "correo.valdeserna.example", "mail.example.net"),
    license_plate=lambda rng: f"{rng.randint(1000, 9999)} {_letters(rng, 3)}",
    busiest_hour_utc=11,
)
_ENGLISH_US = Locale(
    language="en",
    names="en",
    share=1.0,
    money=lambda cents: f"${cents // 100}.{cents % 100:02d}",
    written_day=lambda day: f"{_MONTHS[day.month - 1]} {day.day}, {day.year}",
    short_day=lambda day: f"{day.month:02d}/{day.day:02d}/{day.year}",
    phone=identifiers.phone_us,
    bank_kind="account",
    bank=identifiers.account_us,
    address="{number} {street}, {town}, OH {postcode}",
    postcode=lambda rng: f"{rng.randint(43000, 45900)}",
    mail_domains=("example.com", "example.org", "mail.tewford.example", "example.net"),
    license_plate=lambda rng: f"{rng.randint(1, 9)}{_letters(rng, 3)} {rng.randint(1000, 9999)}",
    busiest_hour_utc=19,
)


def _apac_money(cents: int) -> str:
    return f"A${cents // 100}.{cents % 100:02d}"


def _apac_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _apac_short_day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


# The shop of the region sells in Australian dollars, wherever the customer lives.
_ENGLISH_AU = Locale(
    language="en",
    names="en_au",
    share=0.5,
    money=_apac_money,
    written_day=_apac_day,
    short_day=_apac_short_day,
    phone=identifiers.phone_au,
    bank_kind="account",
    bank=identifiers.account_au,
    address="{number} {street}, {town} NSW {postcode}",
    postcode=lambda rng: f"{rng.randint(2000, 2899)}",
    mail_domains=("example.com", "example.net", "post.warranbel.example", "mail.example.org"),
    license_plate=lambda rng: f"{_letters(rng, 3)} {rng.randint(10, 99)}{_letters(rng, 1)}",
    busiest_hour_utc=3,
)
_ENGLISH_SG = Locale(
    language="en",
    names="en_sg",
    share=0.25,
    money=_apac_money,
    written_day=_apac_day,
    short_day=_apac_short_day,
    phone=identifiers.phone_sg,
    bank_kind="account",
    bank=identifiers.account_sg,
    address="{number} {street}, Singapore {postcode}",
    postcode=lambda rng: f"{rng.randint(50000, 829999):06d}",
    mail_domains=("example.com", "example.org", "mail.bukitsenja.example", "example.net"),
    license_plate=lambda rng: f"S{_letters(rng, 2)} {rng.randint(1000, 9999)} {_letters(rng, 1)}",
    busiest_hour_utc=4,
)
_ENGLISH_IN = Locale(
    language="en",
    names="en_in",
    share=0.25,
    money=_apac_money,
    written_day=_apac_day,
    short_day=_apac_short_day,
    phone=identifiers.phone_in,
    bank_kind="account",
    bank=identifiers.account_in,
    address="No. {number}, {street}, {town} {postcode}",
    postcode=lambda rng: f"{rng.randint(560, 691)} {rng.randint(1, 120):03d}",
    mail_domains=("example.com", "example.net", "mail.nilapuram.example", "example.org"),
    license_plate=lambda rng: (
        f"KA {rng.randint(1, 70):02d} {_letters(rng, 2)} {rng.randint(1000, 9999)}"
    ),
    busiest_hour_utc=7,
)

LOCALES: Mapping[str, tuple[Locale, ...]] = {
    "eu": (_ENGLISH_EU, _GERMAN_EU, _FRENCH_EU, _SPANISH_EU),
    "us": (_ENGLISH_US,),
    "apac": (_ENGLISH_AU, _ENGLISH_SG, _ENGLISH_IN),
}


def locales_of(region: str) -> tuple[Locale, ...]:
    """The locales simulated for a region; refuses one that has none."""
    if region not in LOCALES:
        msg = f"no chats can be simulated for region {region!r}; there are: " + ", ".join(LOCALES)
        raise BadInput(msg)
    return LOCALES[region]
