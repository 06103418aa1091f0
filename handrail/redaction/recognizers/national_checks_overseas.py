"""What the characters of identifiers outside Europe must satisfy, from the issuers' descriptions.

Each takes bare letters and digits, in capitals, in the shape that the scheme's pattern allows.
"""

from __future__ import annotations

from handrail.redaction.checksums import luhn, weighted
from handrail.redaction.recognizers.national_checks import date


def us_ssn(d: str) -> bool:
    """Social Security number: no part is all zeros, no area 666."""
    return d[:3] not in ("000", "666") and d[3:5] != "00" and d[5:] != "0000"


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


def us_mbi(text: str) -> bool:
    """Medicare Beneficiary Identifier: no letter that reads like a digit (CMS, 2017)."""
    return not set(text) & set("SLOIBZ")


def us_npi(d: str) -> bool:
    """National Provider Identifier: Luhn after the prefix 80840 (CMS, 2004)."""
    return d[0] in "12" and luhn("80840" + d)


def us_dea(text: str) -> bool:
    """DEA number: three digits plus twice the other three, modulo 10."""
    d = [int(c) for c in text[2:]]
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def us_itin(d: str) -> bool:
    """Individual Taxpayer Identification Number: a 9, and a group the IRS gives out."""
    group = int(d[3:5])
    return 50 <= group <= 65 or 70 <= group <= 88 or (90 <= group <= 99 and group != 93)


def vin(text: str) -> bool:
    """Vehicle Identification Number (ISO 3779, 49 CFR 565): the ninth place checks modulo 11."""
    values = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3,
                                                  4, 5, 6, 7, 8, 9), strict=True))  # fmt: skip
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(
        (int(c) if c.isdigit() else values[c]) * w for c, w in zip(text, weights, strict=True)
    )
    return "0123456789X"[total % 11] == text[8] and not text.isdigit()


def au_acn(d: str) -> bool:
    """Australian Company Number: ten less the rest."""
    return -weighted(d, (8, 7, 6, 5, 4, 3, 2, 1)) % 10 == int(d[8])


def nz_ird(d: str) -> bool:
    """Inland Revenue number: modulo 11, with a second set of weights if the first leaves ten."""
    d = d.zfill(9)
    rest = -weighted(d, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    if rest == 10:
        rest = -weighted(d, (7, 4, 3, 2, 5, 2, 7, 6)) % 11
    return 10_000_000 <= int(d) <= 150_000_000 and rest == int(d[8])


def nz_nhi(text: str) -> bool:
    """National Health Index: letters without I and O, modulo 11 (HISO 10046)."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    values = [letters.index(c) + 1 for c in text[:3]] + [int(c) for c in text[3:6]]
    rest = sum(value * weight for value, weight in zip(values, range(7, 1, -1), strict=True)) % 11
    return rest != 0 and (11 - rest) % 10 == int(text[6])


def hk_identity(text: str) -> bool:
    """Hong Kong identity card: weights 9 to 2 over letters (10 to 35; 36 for none) and digits."""
    body = text[:-1].rjust(8)
    total = sum(
        (36 if c == " " else int(c, 36)) * w for c, w in zip(body, range(9, 1, -1), strict=True)
    )
    return (total + int(text[-1], 36)) % 11 == 0


def cn_resident(text: str) -> bool:
    """Resident identity number: a birth date and ISO 7064 MOD 11-2 (GB 11643)."""
    total = sum(int(c) * pow(2, 17 - i, 11) for i, c in enumerate(text[:17]))
    return date(text, month=10, day=12) and "10X98765432"[total % 11] == text[17]


def tw_identity(text: str) -> bool:
    """Taiwan identity card: a region's letter as two digits, weights 1 9 8 to 1."""
    region = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(text[0])
    digits = f"{region}{text[1:]}"
    return weighted(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def jp_number(d: str) -> bool:
    """My Number: eleven digits checked by the twelfth modulo 11 (ordinance no. 85 of 2014)."""
    rest = weighted(d, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return len(set(d)) > 1 and (0 if rest <= 1 else 11 - rest) == int(d[11])


def kr_resident(d: str) -> bool:
    """Resident and alien registration: a birth date and the century's digit."""
    return date(d, month=2, day=4)


def kr_resident_before_2020(d: str) -> bool:
    """The same with the check digit that numbers had until October 2020."""
    rest = -weighted(d, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11 % 10
    return kr_resident(d) and (rest == int(d[12]) or (rest + 2) % 10 == int(d[12]))


def kr_business(d: str) -> bool:
    """Business registration number: the ninth digit counts five times, tens too."""
    total = weighted(d, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(d[8]) * 5 // 10
    return -total % 10 == int(d[9])


def il_number(d: str) -> bool:
    """Israeli identity number: Luhn over nine digits."""
    return len(set(d)) > 2 and luhn(d)


def sg_company(text: str) -> bool:
    """Unique Entity Number of businesses and local companies: a letter modulo 11."""
    if len(text) == 9:
        return "XMKECAWLJDB"[weighted(text[:8], (10, 4, 9, 3, 8, 2, 7, 1)) % 11] == text[8]
    return "ZKCMDNERGWH"[weighted(text[:9], (10, 8, 6, 4, 9, 7, 5, 3, 1)) % 11] == text[9]
