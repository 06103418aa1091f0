"""Identifiers that look real and belong to nobody.

Cards start with the published test prefixes of payment processors, phones lie in the ranges kept
for fiction (US 555-01xx; the drama numbers of Ofcom, the Bundesnetzagentur, Arcep and ACMA).
Spain, Singapore and India keep none: there the block is of zeros, and nothing here ever dials.
IBANs name banks that don't exist. Check digits are right, because a scrubber may ask for them.
"""

from __future__ import annotations

import string
from random import Random

_CARD_PREFIXES = ("42424242", "41111111", "55555555", "40000566", "52008282", "22230031")
_UK_RANGES = ("+44 7700 900", "+44 20 7946 0", "+44 117 496 0", "+44 161 496 0")
_DE_RANGES = ("030 23125 ", "040 66969 ", "069 90009 ", "0221 4710 ", "089 99998 ")
_FR_RANGES = ("01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49", "06 39 98")
_US_AREAS = ("212", "305", "312", "404", "415", "503", "512", "602", "617", "702", "808", "907")
_ES_BLOCKS = ("600 000 ", "640 000 ", "710 000 ", "810 000 ", "830 000 ", "910 000 ")
_AU_RANGES = ("02 5550 ", "02 7010 ", "03 5550 ", "03 7010 ", "07 5550 ", "07 7010 ", "08 5550 ")
_AU_MOBILES = (
    "0491 570 006", "0491 570 156", "0491 570 157", "0491 570 158", "0491 570 159", "0491 570 110",
    "0491 571 266", "0491 571 491", "0491 571 804", "0491 572 549", "0491 572 665", "0491 572 983",
)  # fmt: skip
_SG_BLOCKS = ("3100 0", "6500 0", "9100 0")
_IN_BLOCKS = ("98000 00", "97000 00", "99000 00")
_ES_BANK = "5999"
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


def iban_es(rng: Random) -> str:
    """A Spanish IBAN of a bank that doesn't exist."""
    return iban("ES", account_es(_ES_BANK, digits(rng, 4), digits(rng, 10)))


def account_es(bank: str, branch: str, account: str) -> str:
    """A Spanish account number (CCC): its two check digits are of weights 2**n modulo 11."""
    return bank + branch + _es_digit(f"00{bank}{branch}") + _es_digit(account) + account


def _es_digit(ten: str) -> str:
    left = -sum(int(digit) * 2**n for n, digit in enumerate(ten)) % 11
    return "1" if left == 10 else str(left)


def account_us(rng: Random) -> str:
    """A US account number of twelve digits."""
    return "00" + digits(rng, 10)


def account_au(rng: Random) -> str:
    """An Australian account number of nine digits."""
    return "00" + digits(rng, 7)


def account_sg(rng: Random) -> str:
    """A Singaporean account number, in groups."""
    return f"000-{digits(rng, 5)}-{digits(rng, 1)}"


def account_in(rng: Random) -> str:
    """An Indian account number of fourteen digits."""
    return "0000" + digits(rng, 10)


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


def phone_es(rng: Random) -> str:
    """A Spanish number, sometimes in international form."""
    number = rng.choice(_ES_BLOCKS) + digits(rng, 3)
    return number if rng.random() < 0.7 else "+34 " + number


def phone_au(rng: Random) -> str:
    """An Australian number of the ranges kept for drama; the mobile ones are a short list."""
    if rng.random() < 0.4:
        return rng.choice(_AU_MOBILES)
    number = rng.choice(_AU_RANGES) + digits(rng, 4)
    return number if rng.random() < 0.6 else "+61 " + number[1:]


def phone_sg(rng: Random) -> str:
    """A Singaporean number, mostly in international form."""
    number = rng.choice(_SG_BLOCKS) + digits(rng, 3)
    return number if rng.random() < 0.3 else "+65 " + number


def phone_in(rng: Random) -> str:
    """An Indian mobile number, mostly in international form."""
    number = rng.choice(_IN_BLOCKS) + digits(rng, 3)
    return number if rng.random() < 0.3 else "+91 " + number


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
