"""What the characters of European identifiers must satisfy, from the issuers' descriptions.

Each takes bare letters and digits, in capitals, in the shape that the scheme's pattern allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from handrail.redaction.checksums import luhn, mod11_10, verhoeff, weighted

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def date(digits: str, *, month: int, day: int) -> bool:
    """Whether two places of `digits` can be a month and a day of it."""
    of = int(digits[month : month + 2])
    return 1 <= of <= 12 and 1 <= int(digits[day : day + 2]) <= _DAYS[of - 1]


def modulus(weights: Sequence[int], by: int, *, over: int = 0) -> Callable[[str], bool]:
    """The weighted sum modulo `by` is the last digit; a remainder of ten counts as `over`."""

    def holds(digits: str) -> bool:
        rest = weighted(digits, weights) % by
        return (over if rest == 10 else rest) == int(digits[-1])

    return holds


def zero(weights: Sequence[int], by: int) -> Callable[[str], bool]:
    """The weighted sum over all digits is divisible by `by`."""
    return lambda digits: len(set(digits)) > 1 and weighted(digits, weights) % by == 0


def de_tax(d: str) -> bool:
    """None leading zero; among the first ten digits one occurs two or three times."""
    counts = sorted(Counter(d[:10]).values())
    return d[0] != "0" and counts[-1] in (2, 3) and counts[-2] == 1 and mod11_10(d)


def icao(text: str) -> bool:
    """ICAO 9303 check digit: weights 7 3 1 over the values of letters and digits."""
    total = sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(text[:-1]))
    return total % 10 == int(text[-1])


def de_pension(text: str) -> bool:
    """Rentenversicherungsnummer: cross sums, with the letter as two digits."""
    values = text[:8] + f"{ord(text[8]) - 64:02d}" + text[9:11]
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    total = sum(sum(divmod(int(v) * w, 10)) for v, w in zip(values, weights, strict=True))
    return total % 10 == int(text[11])


def fr_nir(text: str) -> bool:
    """Numéro de sécurité sociale: a key of 97 less the rest; Corsica counts as 19 and 18."""
    body = text[:13].replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(text[13:15])


def es_dni(text: str) -> bool:
    """DNI, NIE and NIF: the letter is the rest modulo 23; X Y Z stand for 0 1 2, K L M for none."""
    number = text[:-1].translate(str.maketrans("XYZ", "012")).lstrip("KLM")
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1]


def es_account(d: str) -> bool:
    """Código cuenta cliente: two check digits modulo 11."""
    weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
    checks = [11 - weighted(part, weights) % 11 for part in ("00" + d[:8], d[10:])]
    return d[8:10] == "".join(str({10: 1, 11: 0}.get(c, c)) for c in checks) and len(set(d)) > 2


def uk_nino(text: str) -> bool:
    """National Insurance number: prefixes that are never given out."""
    return text[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ") and not set(text[:2]) & set(
        "DFIQUV"
    )


def be_number(d: str) -> bool:
    """Rijksregisternummer: 97 less the rest, with a 2 before it from the year 2000."""
    return int(d[9:]) in (97 - int(d[:9]) % 97, 97 - int("2" + d[:9]) % 97) and int(d[2:4]) <= 52


def it_fiscal(text: str) -> bool:
    """Decree of 23 December 1976: odd places by table, even places by value, modulo 26."""
    odd = (
        1,
        0,
        5,
        7,
        9,
        13,
        15,
        17,
        19,
        21,
        2,
        4,
        18,
        20,
        11,
        3,
        6,
        8,
        12,
        14,
        16,
        10,
        22,
        25,
        24,
        23,
    )
    values = [int(c) if c.isdigit() else ord(c) - 65 for c in text[:15]]
    total = sum(odd[v] if i % 2 == 0 else v for i, v in enumerate(values))
    return chr(65 + total % 26) == text[15]


def pl_pesel(d: str) -> bool:
    """PESEL: weights 1 3 7 9, and a month whose tens tell the century."""
    return weighted(d, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0 and 1 <= int(d[2:4]) % 20 <= 12


def pt_card(text: str) -> bool:
    """Cartão de cidadão: Luhn over letters and digits."""
    total = 0
    for place, c in enumerate(text):
        value = int(c, 36) * (2 if place % 2 == 0 else 1)
        total += value - 9 if place % 2 == 0 and value > 9 else value
    return total % 10 == 0


def se_person(d: str) -> bool:
    """Personnummer: Luhn, and a date whose day may be 60 higher."""
    return luhn(d[-10:]) and 1 <= int(d[-8:-6]) <= 12 and 1 <= int(d[-6:-4]) % 60 <= 31


def fi_hetu(text: str) -> bool:
    """Henkilötunnus: the last character is the rest modulo 31."""
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[-4:-1]) % 31] == text[-1] and date(
        text, month=2, day=0
    )


def no_number(d: str) -> bool:
    """Fødselsnummer: two check digits modulo 11."""
    first = weighted(d, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    return first == 0 and weighted(d, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def cz_number(d: str) -> bool:
    """Rodné číslo: divisible by 11, months of women 50 higher."""
    month = int(d[2:4]) % 50
    return 1 <= (month - 20 if month > 20 else month) <= 12 and (len(d) == 9 or int(d) % 11 == 0)


def baltic(d: str) -> bool:
    """Estonian and Lithuanian: a second set of weights if the first leaves ten."""
    rest = weighted(d[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if rest == 10:
        rest = weighted(d[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return rest == int(d[10]) and date(d, month=3, day=5)


def ie_pps(text: str) -> bool:
    """Personal Public Service number: a letter modulo 23."""
    total = weighted(text[:7], (8, 7, 6, 5, 4, 3, 2))
    total += 9 * (ord(text[8]) - 64) if len(text) > 8 and text[8] != "W" else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == text[7] or text[8:] == "T"


def es_social(d: str) -> bool:
    """Province, number and the rest of both modulo 97 (Orden de 27 de octubre de 1995)."""
    number = int(d[2:10])
    whole = int(d[:2] + str(number)) if number < 10_000_000 else int(d[:10])
    return 1 <= int(d[:2]) <= 53 and whole % 97 == int(d[10:])


def es_company(text: str) -> bool:
    """CIF: the Luhn-like control of seven digits, as a digit or as a letter."""
    doubled = sum(sum(divmod(int(c) * 2, 10)) for c in text[1:8:2])
    control = -(doubled + sum(map(int, text[2:8:2]))) % 10
    return text[8] in (str(control), "JABCDEFGHI"[control])


def uk_nhs(d: str) -> bool:
    """NHS number: 11 less the rest modulo 11."""
    check = 11 - weighted(d, range(10, 1, -1)) % 11
    return (0 if check == 11 else check) == int(d[9]) and len(set(d)) > 2


def at_social(d: str) -> bool:
    """Sozialversicherungsnummer: the fourth digit checks, a birth date ends it (or month 13)."""
    weights = (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)
    return d[0] != "0" and weighted(d, weights) % 11 == int(d[3]) and 1 <= int(d[6:8]) <= 15


def bg_number(d: str) -> bool:
    """EGN: months of the 19th and 21st century 20 and 40 higher."""
    rest = weighted(d, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10
    return rest == int(d[9]) and 1 <= int(d[2:4]) % 20 <= 12 and 1 <= int(d[4:6]) <= 31


def cy_tax(text: str) -> bool:
    """Cypriot tax number: digits in odd places by table, a letter modulo 26."""
    table = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
    total = sum(table[int(c)] if i % 2 == 0 else int(c) for i, c in enumerate(text[:8]))
    return chr(65 + total % 26) == text[8]


def de_health(text: str) -> bool:
    """Krankenversichertennummer: Luhn from the left, with the letter as two digits."""
    values = f"{ord(text[0]) - 64:02d}{text[1:9]}"
    total = sum(sum(divmod(int(c) * (i % 2 + 1), 10)) for i, c in enumerate(values))
    return total % 10 == int(text[9])


def de_office(d: str) -> bool:
    """Steuernummer in the federal form: a state's leading digits, and a zero in the fifth place."""
    return len(d) != 13 or (d[4] == "0" and 10 <= int(d[:2]) <= 53 and d[:2] not in ("12", "25"))


def fr_tax(d: str) -> bool:
    """Numéro fiscal (SPI): the first ten digits modulo 511 are the last three."""
    return int(d[:10]) % 511 == int(d[10:])


def gr_tax(d: str) -> bool:
    """AFM: powers of two, modulo 11 and then 10."""
    total = weighted(d, [2**n for n in range(8, 0, -1)])
    return len(set(d)) > 1 and total % 11 % 10 == int(d[8])


def hu_health(d: str) -> bool:
    """TAJ: weights 3 and 7 modulo 10."""
    return len(set(d)) > 2 and weighted(d, (3, 7) * 4) % 10 == int(d[8])


def lu_number(d: str) -> bool:
    """Matricule: a birth date, then Luhn and Verhoeff over the first eleven."""
    return date(d, month=4, day=6) and luhn(d[:12]) and verhoeff(d[:11] + d[12])


def lv_number(d: str) -> bool:
    """Personas kods: a birth date, or 32 for those given out since 2017."""
    return d[:2] == "32" or date(d, month=2, day=0)


def pl_card(text: str) -> bool:
    """Dowód osobisty: weights 7 3 1 over letters and digits, the fourth place checks."""
    weights = (7, 3, 1, 9, 7, 3, 1, 7, 3)
    return sum(int(c, 36) * w for c, w in zip(text, weights, strict=True)) % 10 == 0


def si_number(d: str) -> bool:
    """EMŠO, and the JMBG it comes from: a birth date, modulo 11."""
    rest = weighted(d, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return date(d, month=2, day=0) and (0 if rest == 0 else 11 - rest) == int(d[12])


def uk_taxpayer(text: str) -> bool:
    """Unique Taxpayer Reference: the first digit checks the other nine."""
    d = text[-10:]
    return "21987654321"[weighted(d[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11] == d[0]


def uk_driver(text: str) -> bool:
    """Driving licence: a birth date between the letters, months of women 50 higher."""
    return 1 <= int(text[6:8]) % 50 <= 12 and 1 <= int(text[8:10]) <= 31


def vat_be(text: str) -> bool:
    """Belgian VAT number: 97 less the rest."""
    d = text[2:].zfill(10)
    return 97 - int(d[:8]) % 97 == int(d[8:])


def vat_nl(text: str) -> bool:
    """Dutch VAT number: of a company like the BSN, of a sole trader by MOD 97-10."""
    old = weighted(text[2:11], (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0
    return old or int("".join(str(int(c, 36)) for c in text)) % 97 == 1
