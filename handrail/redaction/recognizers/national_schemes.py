"""The table of national identifiers: how each is written and what its characters must satisfy.

From the issuers' public descriptions. A *strong* scheme is unlikely by chance (letters, a fixed
shape, or two check digits) and counts anywhere; a *weak* one counts as a whole message, after a
word for an identifier, or in its official grouping.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from handrail.redaction.checksums import luhn, mod11_10, verhoeff, weighted
from handrail.redaction.recognizers.national_checks import (
    ar_cuit,
    au_abn,
    au_medicare,
    baltic,
    be_number,
    br_cpf,
    cl_rut,
    cz_number,
    date,
    de_pension,
    de_tax,
    es_account,
    es_company,
    es_dni,
    es_social,
    fi_hetu,
    fr_nir,
    icao,
    ie_pps,
    in_gstin,
    it_fiscal,
    modulus,
    no_number,
    pl_pesel,
    pt_card,
    se_person,
    sg_nric,
    th_number,
    tr_number,
    uk_nhs,
    uk_nino,
    us_ssn,
    zero,
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One identifier; `holds` judges its letters and digits, in capitals."""

    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    strong: bool


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
    _s("us ssn", r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}", us_ssn),
    _s("us medicare", r"[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2}", _shape),
    _s("de tax id", r"\d{11}|\d{2} \d{3} \d{3} \d{3}", de_tax),
    _s("de identity card", r"[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}\d", icao),
    _s("de pension", r"\d{2} ?\d{6} ?[A-Z] ?\d{2}\d", de_pension),
    _s("fr nir", r"[12378] ?\d\d ?\d\d ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d", fr_nir),
    _s("es dni", r"\d{8}[ -]?[A-Z]|\d{2}\.\d{3}\.\d{3}-?[A-Z]|[XYZ][ -]?\d{7}[ -]?[A-Z]", es_dni),
    _s("es account", r"\d{4}[ -]?\d{4}[ -]?\d{2}[ -]?(?:\d{10}|\d{5} \d{5})", es_account),
    _s("uk nino", r"[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]", uk_nino),
    _s("uk driving licence", r"[A-Z9]{5}\d[0156]\d[0-3]\d{2}[A-Z9]{2}\d[A-Z]{2}", _shape),
    _s("be national number", r"\d{2}[. ]\d{2}[. ]\d{2}[- ]\d{3}[. -]\d{2}|\d{11}", be_number),
    _s(
        "it codice fiscale",
        r"[A-Z]{6}[\dL-V]{2}[A-EHLMPRST][\dL-V]{2}[A-Z][\dL-V]{3}[A-Z]",
        it_fiscal,
    ),
    _s("pt citizen card", r"\d{8} ?\d ?[A-Z\d]{2}\d", lambda t: not t.isdigit() and pt_card(t)),
    _s("se personnummer", r"(?:19|20)?\d{6}[-+]\d{4}|(?:19|20)\d{10}", se_person),
    _s("fi hetu", r"\d{6}[-+A-FU-Y]\d{3}[\dA-Y]", fi_hetu),
    _s("no national number", r"\d{6} ?\d{5}", no_number),
    _s("cz rodne cislo", r"\d{6}/\d{3,4}", cz_number),
    _s(
        "ch ahv",
        r"756[.]?\d{4}[.]?\d{4}[.]?\d{2}",
        lambda d: weighted(d, (1, 3) * 6 + (1,)) % 10 == 0,
    ),
    _s("ie pps", r"\d{7}[A-W][A-IWT]?", ie_pps),
    _s("br cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11}", br_cpf),
    _s("es social security", r"\d{2}[ /]\d{8}[ /]\d{2}", es_social),
    _s("es company", r"[ABCDEFGHJNPQRSUVW]-?\d{7}-?[\dA-J]", es_company),
    _s("mx curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", lambda t: date(t, month=6, day=8)),
    _s("mx rfc", r"[A-Z]{4}-?\d{6}-?[A-Z\d]{2}[\dA]", lambda t: date(t, month=6, day=8)),
    _s("ar cuit", r"(?:2[0347]|3[034])-\d{8}-\d", ar_cuit),
    _s("cl rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", cl_rut),
    _s("au medicare", r"[2-6]\d{3} \d{5} \d(?:/\d)?", au_medicare),
    _s("in gstin", r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z]", in_gstin),
    _s("my nric", r"\d{6}-[01]\d-\d{4}", lambda d: date(d, month=2, day=4)),
    _s("in aadhaar", r"[2-9]\d{3}[ -]\d{4}[ -]\d{4}", verhoeff),
    _s("in pan", r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", _shape),
    _s("sg nric", r"[STFGM]\d{7}[A-Z]", sg_nric),
    _s("tr national number", r"[1-9]\d{10}", tr_number),
    _s("kr resident number", r"\d{6}-[1-8]\d{6}", lambda d: date(d, month=2, day=4)),
    _s("au abn", r"\d{2} \d{3} \d{3} \d{3}|\d{11}", au_abn),
    _s("imei", r"\d{2}-\d{6}-\d{6}(?:-\d{1,2})?", _shape),
    _w("pl pesel", r"\d{11}", pl_pesel),
    _w("baltic number", r"[1-6]\d{10}", baltic),
    _w("gr amka", r"\d{11}", lambda d: luhn(d) and date(d, month=2, day=0)),
    _w("ro cnp", r"[1-8]\d{12}", modulus((2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9), 11, over=1)),
    _w("za number", r"\d{13}", lambda d: luhn(d) and date(d, month=2, day=4)),
    _w("th number", r"\d[ -]?\d{4}[ -]?\d{5}[ -]?\d{2}[ -]?\d", th_number),
    _w("kr resident number", r"\d{6}[1-8]\d{6}", lambda d: date(d, month=2, day=4)),
    _w("nl bsn", r"\d{9}|\d{4}\.\d{2}\.\d{3}", zero((9, 8, 7, 6, 5, 4, 3, 2, -1), 11)),
    _w("dk cpr", r"\d{6}-?\d{4}", lambda d: date(d, month=2, day=0)),
    _w("se personnummer", r"\d{10}", se_person),
    _w("uk nhs", r"\d{3}[ -]?\d{3}[ -]?\d{4}", uk_nhs),
    _w("es social security", r"\d{12}", es_social),
    _w("au medicare", r"[2-6]\d{9,10}", au_medicare),
    _w("in aadhaar", r"[2-9]\d{11}", verhoeff),
    _w("fr siret", r"\d{3} ?\d{3} ?\d{3} ?\d{5}", luhn),
    _w("au tfn", r"\d{3} ?\d{3} ?\d{3}", zero((1, 4, 3, 7, 5, 8, 6, 9, 10), 11)),
    _w("us itin", r"9\d{2}-?[5-9]\d-?\d{4}", _shape),
    _w("us routing", r"[0-3]\d{3}-?\d{4}-?\d", zero((3, 7, 1, 3, 7, 1, 3, 7, 1), 10)),
    _w("hr oib", r"(?:HR ?)?\d{11}", lambda t: mod11_10(t[-11:])),
    _w("imei", r"\d{15}", luhn),
)
