"""Identifiers that look real and belong to nobody.

Cards start with the published test prefixes of payment processors, phones lie in the ranges kept
for fiction (US 555-01xx; the drama numbers of Ofcom, the Bundesnetzagentur and Arcep), IBANs name
banks that don't exist. Check digits are right, because a scrubber may ask for them.
"""

from __future__ import annotations

import string
from random import Random

_CARD_PREFIXES = ("42424242", "41111111", "55555555", "40000566", "52008282", "22230031")
_UK_RANGES = ("+44 7700 900", "+44 20 7946 0", "+44 117 496 0", "+44 161 496 0")
_DE_RANGES = ("030 23125 ", "040 66969 ", "069 90009 ", "0221 4710 ", "089 99998 ")
_FR_RANGES = ("01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49", "06 39 98")
_US_AREAS = ("212", "305", "312", "404", "415", "503", "512", "602", "617", "702", "808", "907")
_TOKEN = string.ascii_letters + string.digits


def luhn_digit(digits: str) -> str:
    """The check digit that ISO/IEC 7812-1 (Luhn) puts after `digits`."""
    doubled = [
        sum(divmod(2 * int(d), 10)) if i % 2 == 0 else int(d) for i, d in enumerate(digits[::-1])
    ]
    return str(-sum(doubled) % 10)


def card(rng: Random) -> str:
    """A 16-digit card number of a test prefix, in one block or in groups of four."""
    body = rng.choice(_CARD_PREFIXES) + digits(rng, 7)
    number = body + luhn_digit(body)
    if rng.random() < 0.5:
        return number
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def iban(country: str, account: str) -> str:
    """The IBAN (ISO 13616) of a national account number, in groups of four."""
    as_number = "".join(str(int(c, 36)) for c in f"{account}{country}00")
    plain = f"{country}{98 - int(as_number) % 97:02d}{account}"
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def iban_de(rng: Random) -> str:
    """A German IBAN; bank codes that start with 9 are given to no bank."""
    return iban("DE", "9" + digits(rng, 17))


def iban_ie(rng: Random) -> str:
    """An Irish IBAN of a bank that doesn't exist."""
    return iban("IE", "ZZZZ9" + digits(rng, 13))


def iban_fr(rng: Random) -> str:
    """A French IBAN with the key of its national number (RIB); no bank's code starts with 99."""
    bank, branch, account = "99" + digits(rng, 3), digits(rng, 5), digits(rng, 11)
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    return iban("FR", f"{bank}{branch}{account}{key:02d}")


def account_us(rng: Random) -> str:
    """A US account number of twelve digits."""
    return "00" + digits(rng, 10)


def phone_uk(rng: Random) -> str:
    """A UK number of the ranges kept for drama."""
    return rng.choice(_UK_RANGES) + digits(rng, 3)


def phone_de(rng: Random) -> str:
    """A German number of the ranges kept for drama, sometimes in international form."""
    number = rng.choice(_DE_RANGES) + digits(rng, 3)
    return number if rng.random() < 0.6 else "+49 " + number[1:]


def phone_fr(rng: Random) -> str:
    """A French number of the ranges kept for films, in pairs, in one block or international."""
    pairs = f"{rng.choice(_FR_RANGES)} {digits(rng, 2)} {digits(rng, 2)}"
    form = rng.random()
    if form < 0.55:
        return pairs
    return pairs.replace(" ", "") if form < 0.75 else "+33 " + pairs[1:]


def phone_us(rng: Random) -> str:
    """A US number 555-01xx."""
    area, last = rng.choice(_US_AREAS), digits(rng, 2)
    return f"({area}) 555-01{last}" if rng.random() < 0.5 else f"{area}-555-01{last}"


def order_id(rng: Random) -> str:
    """An order number."""
    return f"{rng.choice(('FS', 'ORD', 'AB'))}-{digits(rng, 8)}"


def password(rng: Random) -> str:
    """A password as people make them: a word, a sign, a number."""
    word = "".join(rng.choice(c) for c in ("BDFGKLMPRSTV", "aeiou", "lmnrst", "aeiou", "kmnpt"))
    return f"{word}{rng.choice('!#$%*?')}{digits(rng, 5)}"


def api_key(rng: Random) -> str:
    """A key of a test system."""
    return "sk_test_" + "".join(rng.choices(_TOKEN, k=24))


def digits(rng: Random, count: int) -> str:
    """That many random digits."""
    return f"{rng.randrange(10**count):0{count}d}"
