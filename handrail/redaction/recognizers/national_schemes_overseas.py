"""Identifiers outside Europe: how each is written and what its characters must satisfy."""

from __future__ import annotations

from handrail.redaction.checksums import luhn, verhoeff
from handrail.redaction.recognizers.national_checks import date, zero
from handrail.redaction.recognizers.national_checks_overseas import (
    ar_cuit,
    au_abn,
    au_acn,
    au_medicare,
    br_cpf,
    cl_rut,
    cn_resident,
    hk_identity,
    il_number,
    in_gstin,
    jp_number,
    kr_business,
    kr_resident,
    kr_resident_before_2020,
    nz_ird,
    nz_nhi,
    sg_company,
    sg_nric,
    th_number,
    tr_number,
    tw_identity,
    us_dea,
    us_itin,
    us_mbi,
    us_npi,
    us_ssn,
    vin,
)
from handrail.redaction.recognizers.national_scheme import Scheme, faint, shape, strong, weak

_MBI = r"[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2}"
# Three fours, which are no part of a longer number such as an IBAN.
_FOURS = r"(?<!\d )\d{4}[ -]\d{4}[ -]\d{4}(?! \d)"

SCHEMES: tuple[Scheme, ...] = (
    # North and South America
    strong("us ssn", r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}|\d{3}\.\d{2}\.\d{4}", us_ssn),
    faint("us ssn", r"\d{9}|\d{3}-\d{6}|\d{5}-\d{4}", us_ssn),
    strong("us itin", r"9\d{2}-\d{2}-\d{4}|9\d{2} \d{2} \d{4}", us_itin),
    weak("us ein", r"\d{2}-\d{7}", lambda d: d[:2] not in ("00", "07", "08", "09", "19", "29")),
    weak("us itin", r"9\d{8}|9\d{2}-\d{6}|9\d{4}-\d{4}", us_itin),
    strong("us medicare", _MBI, us_mbi),
    strong("us npi", r"\d{4}[ -]\d{3}[ -]\d{3}", us_npi),
    weak("us npi", r"\d{10}", us_npi),
    strong("us dea", r"[ABFGMPRX][A-Z9]\d{7}", us_dea),
    weak("us passport", r"[A-Z]\d{8}", shape),
    weak("us routing", r"[0-3]\d{3}-?\d{4}-?\d", zero((3, 7, 1, 3, 7, 1, 3, 7, 1), 10)),
    weak("ca sin", r"[1-79]\d{2}[ -]?\d{3}[ -]?\d{3}", luhn),
    strong("br cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11}", br_cpf),
    strong("mx curp", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", lambda t: date(t, month=6, day=8)),
    strong("mx rfc", r"[A-Z]{4}-?\d{6}-?[A-Z\d]{2}[\dA]", lambda t: date(t, month=6, day=8)),
    strong("ar cuit", r"(?:2[0347]|3[034])-\d{8}-\d", ar_cuit),
    strong("cl rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", cl_rut),
    # Asia
    strong("in aadhaar", _FOURS, lambda d: d[0] > "1" and verhoeff(d)),
    weak("in aadhaar", r"[2-9]\d{11}", verhoeff),
    strong("in pan", r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", shape),
    strong("in gstin", r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z]", in_gstin),
    weak("in voter id", r"[A-Z]{3}\d{7}", shape),
    weak("in passport", r"[A-PR-WY][1-9]\d ?\d{4}[1-9]", shape),
    strong("cn resident", r"[1-9]\d{16}[\dX]", cn_resident),
    weak("tw identity card", r"[A-Z][1289]\d{8}", tw_identity),
    strong("hk identity card", r"[A-Z]{1,2}\d{6} ?\([\dA]\)", hk_identity),
    weak("hk identity card", r"[A-Z]{1,2}\d{6}[\dA]", hk_identity),
    weak("jp my number", rf"{_FOURS}|\d{{12}}", jp_number),
    strong("kr resident number", r"\d{6}-[1-8]\d{6}", kr_resident_before_2020),
    weak("kr resident number", r"\d{6}-[1-8]\d{6}", kr_resident),
    faint("kr resident number", r"\d{6}[1-8]\d{6}", kr_resident),
    strong("kr business", r"\d{3}-\d{2}-\d{5}", kr_business),
    weak("kr business", r"\d{10}", kr_business),
    weak("kr passport", r"[MSRODG]\d{3}[A-Z]\d{4}|[MSROD]\d{8}", shape),
    weak("kr driving licence", r"\d{2}-\d{2}-\d{6}-\d{2}", shape),
    strong("my nric", r"\d{6}-[01]\d-\d{4}", lambda d: date(d, month=2, day=4)),
    strong("ph numbers", r"\d{2}-\d{7}-\d|\d{2}-\d{9}-\d|\d{4}-\d{7}-\d", shape),
    faint("ph tin", r"\d{3}-\d{3}-\d{3}(?:-\d{3,5})?", lambda d: len(set(d)) > 2),
    strong("sg nric", r"[STFGM]\d{7}[A-Z]", sg_nric),
    strong("sg company", r"[TSR]\d{2}[A-Z]{2}\d{4}[A-Z]", shape),
    weak("sg company", r"\d{8}[A-Z]|(?:19|20)\d{7}[A-Z]", sg_company),
    strong("th number", r"\d-\d{4}-\d{5}-\d{2}-\d", th_number),
    weak("th number", r"\d ?\d{4} ?\d{5} ?\d{2} ?\d", th_number),
    strong("tr national number", r"[1-9]\d{10}", tr_number),
    weak("il identity", r"\d{9}", il_number),
    # Australia, New Zealand, South Africa
    strong("au abn", r"\d{2} \d{3} \d{3} \d{3}|\d{11}", au_abn),
    strong("au medicare", r"[2-6]\d{3} \d{5} \d(?:/\d)?", au_medicare),
    weak("au medicare", r"[2-6]\d{9,10}", au_medicare),
    weak("au tfn", r"\d{3} ?\d{3} ?\d{2,3}", zero((1, 4, 3, 7, 5, 8, 6, 9, 10), 11)),
    weak("au acn", r"\d{3} ?\d{3} ?\d{3}", au_acn),
    strong("nz ird", r"\d{2,3}-\d{3}-\d{3}", nz_ird),
    weak("nz nhi", r"[A-HJ-NP-Z]{3}\d{4}", nz_nhi),
    weak("za number", r"\d{13}", lambda d: luhn(d) and date(d, month=2, day=4)),
    # Devices and vehicles, the world over
    strong("imei", r"\d{2}-\d{6}-\d{6}(?:-\d{1,2})?|\d{8}-\d{6}-\d{1,2}", shape),
    weak("imei", r"\d{15}", luhn),
    strong("vin", r"[A-HJ-NPR-Z\d]{17}", vin),
)
