"""The table of national identifiers: how each is written and what its characters must satisfy.

From the issuers' public descriptions. A *strong* scheme is unlikely by chance (letters, a fixed
shape, or two check digits) and counts anywhere; a *weak* one counts as a whole message, after a
word for an identifier, or in its official grouping.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handrail.redaction.checksums import luhn, mod11_10, verhoeff, weighted


@dataclass(frozen=True, slots=True)
class Scheme:
    """One identifier; `holds` judges its letters and digits, in capitals."""

    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    strong: bool


def _date(digits: str, *, month: int, day: int) -> bool:
    """Whether two places of `digits` can be a month and a day."""
    return 1 <= int(digits[month : month + 2]) <= 12 and 1 <= int(digits[day : day + 2]) <= 31


def _modulus(weights: Sequence[int], modulus: int, *, over: int = 0) -> Callable[[str], bool]:
    """The weighted sum modulo `modulus` is the last digit; a remainder of ten counts as `over`."""

    def holds(digits: str) -> bool:
        rest = weighted(digits, weights) % modulus
        return (over if rest == 10 else rest) == int(digits[-1])

    return holds


def _zero(weights: Sequence[int], modulus: int) -> Callable[[str], bool]:
    """The weighted sum over all digits is divisible by `modulus`."""
    return lambda digits: len(set(digits)) > 1 and weighted(digits, weights) % modulus == 0


def _us_ssn(d: str) -> bool:
    return d[:3] not in ("000", "666") and d[3:5] != "00" and d[5:] != "0000"


def _de_tax(d: str) -> bool:
    """None leading zero; among the first ten digits one occurs two or three times."""
    counts = sorted(Counter(d[:10]).values())
    return d[0] != "0" and counts[-1] in (2, 3) and counts[-2] == 1 and mod11_10(d)


def _icao(text: str) -> bool:
    """ICAO 9303 check digit: weights 7 3 1 over the values of letters and digits."""
    total = sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(text[:-1]))
    return total % 10 == int(text[-1])


def _de_pension(text: str) -> bool:
    values = text[:8] + f"{ord(text[8]) - 64:02d}" + text[9:11]
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    total = sum(sum(divmod(int(v) * w, 10)) for v, w in zip(values, weights, strict=True))
    return total % 10 == int(text[11])


def _fr_nir(text: str) -> bool:
    body = text[:13].replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(text[13:15])


def _es_dni(text: str) -> bool:
    number = text[:-1]
    number = str("XYZ".find(number[0])) + number[1:] if number[0] in "XYZ" else number
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1]


def _es_account(d: str) -> bool:
    weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
    checks = [11 - weighted(part, weights) % 11 for part in ("00" + d[:8], d[10:])]
    return d[8:10] == "".join(str({10: 1, 11: 0}.get(c, c)) for c in checks) and len(set(d)) > 2


def _uk_nino(text: str) -> bool:
    return text[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ") and not set(text[:2]) & set(
        "DFIQUV"
    )


def _be_number(d: str) -> bool:
    return int(d[9:]) in (97 - int(d[:9]) % 97, 97 - int("2" + d[:9]) % 97) and int(d[2:4]) <= 52


def _it_fiscal(text: str) -> bool:
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


def _pl_pesel(d: str) -> bool:
    return weighted(d, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0 and 1 <= int(d[2:4]) % 20 <= 12


def _pt_card(text: str) -> bool:
    total = 0
    for place, c in enumerate(text):
        value = int(c, 36) * (2 if place % 2 == 0 else 1)
        total += value - 9 if place % 2 == 0 and value > 9 else value
    return total % 10 == 0


def _se_person(d: str) -> bool:
    return luhn(d[-10:]) and 1 <= int(d[-8:-6]) <= 12 and 1 <= int(d[-6:-4]) % 60 <= 31


def _fi_hetu(text: str) -> bool:
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[-4:-1]) % 31] == text[-1]


def _no_number(d: str) -> bool:
    first = weighted(d, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    return first == 0 and weighted(d, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _cz_number(d: str) -> bool:
    month = int(d[2:4]) % 50
    return 1 <= (month - 20 if month > 20 else month) <= 12 and (len(d) == 9 or int(d) % 11 == 0)


def _baltic(d: str) -> bool:
    """Estonian and Lithuanian: a second set of weights if the first leaves ten."""
    rest = weighted(d[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if rest == 10:
        rest = weighted(d[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return rest == int(d[10]) and _date(d, month=3, day=5)


def _ie_pps(text: str) -> bool:
    total = weighted(text[:7], (8, 7, 6, 5, 4, 3, 2))
    total += 9 * (ord(text[8]) - 64) if len(text) > 8 and text[8] != "W" else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == text[7] or text[8:] == "T"


def _br_cpf(d: str) -> bool:
    first = weighted(d, range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(d, range(11, 1, -1)) * 10 % 11 % 10
    return d[9:] == f"{first}{second}" and len(set(d)) > 1


def _sg_nric(text: str) -> bool:
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


def _au_abn(d: str) -> bool:
    lead = str(int(d[0]) - 1) + d[1:] if d[0] != "0" else d
    return d[0] != "0" and weighted(lead, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) % 89 == 0


def _tr_number(d: str) -> bool:
    odd, even = sum(map(int, d[0:9:2])), sum(map(int, d[1:8:2]))
    return (
        d[0] != "0"
        and (odd * 7 - even) % 10 == int(d[9])
        and sum(map(int, d[:10])) % 10 == int(d[10])
    )


def _th_number(d: str) -> bool:
    return d[0] not in "09" and (11 - weighted(d, range(13, 1, -1)) % 11) % 10 == int(d[12])


def _es_social(d: str) -> bool:
    """Province, number and the rest of both modulo 97 (Orden de 27 de octubre de 1995)."""
    number = int(d[2:10])
    whole = int(d[:2] + str(number)) if number < 10_000_000 else int(d[:10])
    return 1 <= int(d[:2]) <= 53 and whole % 97 == int(d[10:])


def _es_company(text: str) -> bool:
    """CIF: the Luhn-like control of seven digits, as a digit or as a letter."""
    doubled = sum(sum(divmod(int(c) * 2, 10)) for c in text[1:8:2])
    control = -(doubled + sum(map(int, text[2:8:2]))) % 10
    return text[8] in (str(control), "JABCDEFGHI"[control])


def _au_medicare(d: str) -> bool:
    return weighted(d, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(d[8])


def _in_gstin(text: str) -> bool:
    """A state's code, and a check character over values and doubled values in base 36."""
    values = [int(c, 36) * (2 if place % 2 else 1) for place, c in enumerate(text[:14])]
    total = sum(sum(divmod(value, 36)) for value in values)
    return 1 <= int(text[:2]) <= 38 and -total % 36 == int(text[14], 36)


def _ar_cuit(d: str) -> bool:
    return -weighted(d[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 == int(d[10])


def _cl_rut(text: str) -> bool:
    total = weighted(text[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3, 4, 5))
    return "0K987654321"[total % 11] == text[-1]


def _uk_nhs(d: str) -> bool:
    check = 11 - weighted(d, range(10, 1, -1)) % 11
    return (0 if check == 11 else check) == int(d[9]) and len(set(d)) > 2


def _s(name: str, pattern: str, holds: Callable[[str], bool]) -> Scheme:
    return Scheme(
        name, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE), holds, strong=True
    )


def _w(name: str, pattern: str, holds: Callable[[str], bool]) -> Scheme:
    return Scheme(
        name, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE), holds, strong=False
    )


def _shape(_: str) -> bool:
    """The shape alone is enough."""
    return True


SCHEMES = (
    _s("us ssn", r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}", _us_ssn),
    _s("us medicare", r"[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2}", _shape),
    _s("de tax id", r"\d{11}|\d{2} \d{3} \d{3} \d{3}", _de_tax),
    _s("de identity card", r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}\d", _icao),
    _s("de pension", r"\d{2} ?\d{6} ?[A-Z] ?\d{2}\d", _de_pension),
    _s("fr nir", r"[12378] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d", _fr_nir),
    _s("es dni", r"\d{8}[ -]?[A-Z]|\d{2}\.\d{3}\.\d{3}-?[A-Z]|[XYZ][ -]?\d{7}[ -]?[A-Z]", _es_dni),
    _s("es account", r"\d{4}[ -]?\d{4}[ -]?\d{2}[ -]?(?:\d{10}|\d{5} \d{5})", _es_account),
    _s("uk nino", r"[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]", _uk_nino),
    _s("uk driving licence", r"[A-Z9]{5}\d[0156]\d[0-3]\d{2}[A-Z9]{2}\d[A-Z]{2}", _shape),
    _s("be national number", r"\d{2}[. ]\d{2}[. ]\d{2}[- ]\d{3}[. -]\d{2}|\d{11}", _be_number),
    _s(
        "it codice fiscale",
        r"[A-Z]{6}[\dL-V]{2}[A-EHLMPRST][\dL-V]{2}[A-Z][\dL-V]{3}[A-Z]",
        _it_fiscal,
    ),
    _s("pt citizen card", r"\d{8} ?\d ?[A-Z\d]{2}\d", lambda t: not t.isdigit() and _pt_card(t)),
    _s("se personnummer", r"(?:19|20)?\d{6}[-+]\d{4}|(?:19|20)\d{10}", _se_person),
    _s("fi hetu", r"\d{6}[-+A-FU-Y]\d{3}[\dA-Y]", _fi_hetu),
    _s("no national number", r"\d{6} ?\d{5}", _no_number),
    _s("cz rodne cislo", r"\d{6}/\d{3,4}", _cz_number),
    _s(
        "ch ahv",
        r"756[.]?\d{4}[.]?\d{4}[.]?\d{2}",
        lambda d: weighted(d, (1, 3) * 6 + (1,)) % 10 == 0,
    ),
    _s("ie pps", r"\d{7}[A-W][A-IWT]?", _ie_pps),
    _s("br cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11}", _br_cpf),
    _s("es social security", r"\d{2}[ /]\d{8}[ /]\d{2}", _es_social),
    _s("es company", r"[ABCDEFGHJNPQRSUVW]-?\d{7}-?[\dA-J]", _es_company),
    _s("mx curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", lambda t: _date(t, month=6, day=8)),
    _s("mx rfc", r"[A-Z]{4}-?\d{6}-?[A-Z\d]{2}[\dA]", lambda t: _date(t, month=6, day=8)),
    _s("ar cuit", r"(?:2[0347]|3[034])-\d{8}-\d", _ar_cuit),
    _s("cl rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", _cl_rut),
    _s("au medicare", r"[2-6]\d{3} \d{5} \d(?:/\d)?", _au_medicare),
    _s("in gstin", r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z]", _in_gstin),
    _s("my nric", r"\d{6}-[01]\d-\d{4}", lambda d: _date(d, month=2, day=4)),
    _s("in aadhaar", r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", verhoeff),
    _s("in pan", r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", _shape),
    _s("sg nric", r"[STFGM]\d{7}[A-Z]", _sg_nric),
    _s("tr national number", r"[1-9]\d{10}", _tr_number),
    _s("kr resident number", r"\d{6}-[1-8]\d{6}", lambda d: _date(d, month=2, day=4)),
    _s("au abn", r"\d{2} \d{3} \d{3} \d{3}|\d{11}", _au_abn),
    _s("imei", r"\d{2}-\d{6}-\d{6}(?:-\d{1,2})?", _shape),
    _w("pl pesel", r"\d{11}", _pl_pesel),
    _w("baltic number", r"[1-6]\d{10}", _baltic),
    _w("gr amka", r"\d{11}", lambda d: luhn(d) and _date(d, month=2, day=0)),
    _w("ro cnp", r"[1-8]\d{12}", _modulus((2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9), 11, over=1)),
    _w("za number", r"\d{13}", lambda d: luhn(d) and _date(d, month=2, day=4)),
    _w("th number", r"\d[ -]?\d{4}[ -]?\d{5}[ -]?\d{2}[ -]?\d", _th_number),
    _w("kr resident number", r"\d{6}[1-8]\d{6}", lambda d: _date(d, month=2, day=4)),
    _w("nl bsn", r"\d{9}|\d{4}\.\d{2}\.\d{3}", _zero((9, 8, 7, 6, 5, 4, 3, 2, -1), 11)),
    _w("dk cpr", r"\d{6}-?\d{4}", lambda d: _date(d, month=2, day=0)),
    _w("se personnummer", r"\d{10}", _se_person),
    _w("uk nhs", r"\d{3}[ -]?\d{3}[ -]?\d{4}", _uk_nhs),
    _w("es social security", r"\d{12}", _es_social),
    _w("au medicare", r"[2-6]\d{9,10}", _au_medicare),
    _w("in aadhaar", r"[2-9]\d{11}", verhoeff),
    _w("fr siret", r"\d{3} ?\d{3} ?\d{3} ?\d{5}", luhn),
    _w("au tfn", r"\d{3} ?\d{3} ?\d{3}", _zero((1, 4, 3, 7, 5, 8, 6, 9, 10), 11)),
    _w("us itin", r"9\d{2}-?[5-9]\d-?\d{4}", _shape),
    _w("us routing", r"[0-3]\d{3}-?\d{4}-?\d", _zero((3, 7, 1, 3, 7, 1, 3, 7, 1), 10)),
    _w("hr oib", r"(?:HR ?)?\d{11}", lambda t: mod11_10(t[-11:])),
    _w("imei", r"\d{15}", luhn),
)
