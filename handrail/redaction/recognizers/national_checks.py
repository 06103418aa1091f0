"""What the characters of national identifiers must satisfy, from the issuers' descriptions.

Each takes bare letters and digits, in capitals, in the shape that the scheme's pattern allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from handrail.redaction.checksums import luhn, mod11_10, weighted


def date(digits: str, *, month: int, day: int) -> bool:
    """Whether two places of `digits` can be a month and a day."""
    return 1 <= int(digits[month : month + 2]) <= 12 and 1 <= int(digits[day : day + 2]) <= 31


def modulus(weights: Sequence[int], by: int, *, over: int = 0) -> Callable[[str], bool]:
    """The weighted sum modulo `by` is the last digit; a remainder of ten counts as `over`."""

    def holds(digits: str) -> bool:
        rest = weighted(digits, weights) % by
        return (over if rest == 10 else rest) == int(digits[-1])

    return holds


def zero(weights: Sequence[int], by: int) -> Callable[[str], bool]:
    """The weighted sum over all digits is divisible by `by`."""
    return lambda digits: len(set(digits)) > 1 and weighted(digits, weights) % by == 0


def us_ssn(d: str) -> bool:
    """Social Security number: no part is all zeros, no area 666."""
    return d[:3] not in ("000", "666") and d[3:5] != "00" and d[5:] != "0000"


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
    """DNI and NIE: the letter is the rest modulo 23."""
    number = text[:-1]
    number = str("XYZ".find(number[0])) + number[1:] if number[0] in "XYZ" else number
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
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[-4:-1]) % 31] == text[-1]


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


def br_cpf(d: str) -> bool:
    """CPF: two check digits modulo 11."""
    first = weighted(d, range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(d, range(11, 1, -1)) * 10 % 11 % 10
    return d[9:] == f"{first}{second}" and len(set(d)) > 1


def sg_nric(text: str) -> bool:
    """NRIC and FIN: a letter by series and the rest modulo 11."""
    total = weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + (
        4 if text[0] in "TG" else 3 if text[0] == "M" else 0
    )
    table = {
        "S": "JZIHGFEDCBA",
        "T": "JZIHGFEDCBA",
        "F": "XWUTRQPNMLK",
        "G": "XWUTRQPNMLK",
        "M": "KLJNPQRTUWX",
    }
    return table[text[0]][total % 11] == text[8] or text[0] == "M"


def au_abn(d: str) -> bool:
    """Australian Business Number: divisible by 89 with one less in front."""
    lead = str(int(d[0]) - 1) + d[1:] if d[0] != "0" else d
    return d[0] != "0" and weighted(lead, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) % 89 == 0


def tr_number(d: str) -> bool:
    """T.C. kimlik no: two check digits over odd and even places."""
    odd, even = sum(map(int, d[0:9:2])), sum(map(int, d[1:8:2]))
    return (
        d[0] != "0"
        and (odd * 7 - even) % 10 == int(d[9])
        and sum(map(int, d[:10])) % 10 == int(d[10])
    )


def th_number(d: str) -> bool:
    """Thai citizen number: 11 less the rest."""
    return d[0] not in "09" and (11 - weighted(d, range(13, 1, -1)) % 11) % 10 == int(d[12])


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


def au_medicare(d: str) -> bool:
    """Medicare card: the ninth digit checks the eight before it."""
    return weighted(d, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(d[8])


def in_gstin(text: str) -> bool:
    """A state's code, and a check character over values and doubled values in base 36."""
    values = [int(c, 36) * (2 if place % 2 else 1) for place, c in enumerate(text[:14])]
    total = sum(sum(divmod(value, 36)) for value in values)
    return 1 <= int(text[:2]) <= 38 and -total % 36 == int(text[14], 36)


def ar_cuit(d: str) -> bool:
    """CUIT and CUIL: 11 less the rest modulo 11."""
    return -weighted(d[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 == int(d[10])


def cl_rut(text: str) -> bool:
    """RUT: 11 less the rest, K for ten."""
    total = weighted(text[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4, 5))
    return "0K987654321"[total % 11] == text[-1]


def uk_nhs(d: str) -> bool:
    """NHS number: 11 less the rest modulo 11."""
    check = 11 - weighted(d, range(10, 1, -1)) % 11
    return (0 if check == 11 else check) == int(d[9]) and len(set(d)) > 2
