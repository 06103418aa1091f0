"""R31: identifiers of persons, banks, vehicles and wallets by country, and what must stay."""

from __future__ import annotations

import pytest

from handrail.redaction.plain import plain
from handrail.redaction.recognizers import find_all
from handrail.redaction.recognizers.base import Recognizer
from handrail.redaction.recognizers.licence_plate import LicencePlate
from handrail.redaction.recognizers.national_id import _SCHEMES, NationalId
from handrail.redaction.recognizers.wallet import Wallet
from handrail.redaction.spans import merge

# {braces} mark what must be found; a text without them must be left alone.
TABLE: dict[type[Recognizer], tuple[str, ...]] = {
    LicencePlate: (
        "my plate is {AB51 ABC}",
        "the {LN14 HGT} was parked there",
        "mein Kennzeichen ist {B-AB 1234}",
        "Kennzeichen {M XY 123}",
        "ma plaque est {AB-123-CD}",
        "mi matrícula es {1234 BCD}",
        "{1234BCD}",
        "mein auto ist das mit {ch-xy 1749}, hinten links",
        "ma voiture est celle immatriculée {LW-738-HT}",
        "das auto mit usb-c 3 anschluss",
        "{MH 12 AB 1234} had an accident",
        "the plate was broken",
        "2 plates and 4 bowls",
        "Kennzeichen vergessen",
        "in AB12 the fuse is blown",
    ),
    Wallet: (
        "{0x52908400098527886E0F7030069857D2E4169EE7}",
        "send to {bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq} please",
        "{1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa}",
        "wallet address: {7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV}",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "my wallet was stolen on the bus",
        "0x80070057",
    ),
}
# Specimens that the issuers or their handbooks print, by the scheme that must accept them.
SPECIMENS = (
    ("at social security", "1237 010180"),
    ("be national number", "85.07.30-033-28"),
    ("bg egn", "7523169263"),
    ("hr oib", "33392005961"),
    ("cz rodne cislo", "710319/2745"),
    ("baltic number", "33309240064"),
    ("fi hetu", "131052-308T"),
    ("fr nir", "2 95 10 99 126 111 93"),
    ("fr tax", "30 23 217 600 053"),
    ("de tax id", "36 574 261 809"),
    ("de health insurance", "A123456780"),
    ("de identity card", "L01X00T471"),
    ("de pension", "15 070649 C 103"),
    ("hu health", "123 456 788"),
    ("hu tax", "8071592153"),
    ("ie pps", "6433435F"),
    ("it codice fiscale", "RCCMNL83S18D969H"),
    ("lu matricule", "1893120105732"),
    ("nl bsn", "111222333"),
    ("no national number", "151086 95088"),
    ("pl pesel", "44051401359"),
    ("pl nip", "856-734-62-15"),
    ("pl identity card", "ABA300000"),
    ("pt citizen card", "00000000 0 ZZ4"),
    ("pt nif", "501964843"),
    ("ro cnp", "1630615123457"),
    ("si emso", "0101006500006"),
    ("es dni", "54362315-K"),
    ("es dni", "X-2482300-W"),
    ("es company", "B-58378431"),
    ("se personnummer", "880320-0016"),
    ("ch ahv", "756.9217.0769.85"),
    ("uk nhs", "943 476 5919"),
    ("uk taxpayer", "1955839661"),
    ("us npi", "1234567893"),
    ("us dea", "AB1234563"),
    ("ca sin", "123 456 782"),
    ("br cpf", "390.533.447-05"),
    ("ar cuit", "20-05536168-2"),
    ("cl rut", "12.531.909-2"),
    ("in aadhaar", "2341 2341 2346"),
    ("in gstin", "27AAPFU0939F1ZV"),
    ("cn resident", "11010519491231002X"),
    ("tw identity card", "A123456789"),
    ("hk identity card", "A123456(3)"),
    ("kr business", "104-86-56659"),
    ("sg nric", "S1234567D"),
    ("sg company", "53125226D"),
    ("th number", "1-2345-45678-78-1"),
    ("tr national number", "10000000146"),
    ("au abn", "51 824 753 556"),
    ("au acn", "004 085 616"),
    ("au tfn", "123 456 782"),
    ("nz ird", "49-091-850"),
    ("nz nhi", "ZAC5361"),
    ("za number", "7503305044089"),
    ("imei", "490154203237518"),
    ("vin", "1M8GDM9AXKP042788"),
)
SAID = (
    "mein Führerschein: {B072RRE2I55}",
    "Steuernummer {21/815/08150}",
    "Reisepass {C01X0006H}",
    "meine SV-Nummer ist {65 170839 J 008}",
    "my SSN is {078-05-1120}",
    "from room 12 {078-05-1120}",
    "EIN {12-3456789}",
    "driver's license {D1234567}",
    "my passport {512345678}",
    "NINO {QQ123456C}",
    "driving licence {MORGA657054SM9IJ}",
    "Medicare {2123 45670 1}",
    "PAN {ABCPE1234F}",
    "CURP {BADD110313HCMLNS09}",
    "{AAA123456} es mi número de pasaporte",
    "{C01X0006H} is my passport number",
    "mon numéro fiscal : {3023217600053}",
    "mi DNI es el {54362315K}",
    "sort code {20-45-77} account {12345678}",
    "BIC {COBADEFFXXX}",
    "BLZ {37040044} Konto {532013000}",
    "my card ends in {4242}",
    "Karte endet auf {4242}",
    "ma carte se termine par {4242}",
    "mi tarjeta termina en {4242}",
    "card {**** **** **** 4242} was charged",
    "visa {4111111111111111} exp {12/27}",
    "tarjeta {4111 1111 1111 1111} caduca {12/27}",
    "claim {CLM-8812377}",
    "Schadennummer {24-0088123-7}",
    "numéro d'adhérent : {0088123}",
    "nº de póliza {POL-8812377}",
    "confirmation code {XK7Q2P}",
    "customer id {6ba7b810-9dad-11d1-80b4-00c04fd430c8}",
)
STAY = (
    "I ordered 2 x SKU 4411-220-98",
    "version 10.0.19045.3803",
    "in Kapitel 3.4.5.6 der Anleitung",
    "ein 10000 mAh Akku",
    "EAN 4006381333931",
    "ISBN 978-3-16-148410-0",
    "size 44-46, 100% cotton",
    "my card expires soon",
    "the offer expires 12/27",
    "VAT is 19.99 on top",
    "un vin de 2015",
    "ping 127.0.0.1 works",
    "Broadcast: FF:FF:FF:FF:FF:FF",
    "number 00000000000 is printed on the back",
    "img vipul-da84c06a50c5b2c59932001997786b176dec02.png",
)
ROWS = [(kind, line) for kind, lines in TABLE.items() for line in lines]


def _split(line: str) -> tuple[str, list[str]]:
    return line.replace("{", "").replace("}", ""), [p.split("}")[0] for p in line.split("{")[1:]]


@pytest.mark.parametrize(("kind", "line"), ROWS, ids=[f"{k.__name__}: {t}" for k, t in ROWS])
def test_recognizer_finds_exactly_what_is_marked(kind: type[Recognizer], line: str) -> None:
    """R31"""
    text, wanted = _split(line)
    shown = plain(text)
    spans = merge(kind().find(shown.text, language=""))
    assert [text[slice(*shown.source(s.start, s.end))] for s in spans] == wanted


@pytest.mark.parametrize(("name", "specimen"), SPECIMENS)
def test_specimen_passes_and_a_changed_digit_does_not(name: str, specimen: str) -> None:
    """R31: the check digit of a scheme accepts what its issuer prints, and little else."""
    schemes = [s for s in _SCHEMES if s.name == name and s.pattern.fullmatch(specimen)]
    bare = "".join(c for c in specimen if c.isalnum())
    assert any(scheme.holds(bare) for scheme in schemes)
    last = max(place for place, c in enumerate(bare) if c.isdigit())
    others = (bare[:last] + d + bare[last + 1 :] for d in "0123456789" if d != bare[last])
    assert sum(any(scheme.holds(other) for scheme in schemes) for other in others) <= 2


@pytest.mark.parametrize("specimen", [one for _, one in SPECIMENS])
def test_specimen_is_found_as_an_answer(specimen: str) -> None:
    """R31: the whole message, or what words announce."""
    for text in (specimen, f"sure, it is {specimen}, thanks", f"Nummer: {specimen}"):
        spans = merge(NationalId().find(text, language=""))
        assert [text[s.start : s.end] for s in spans] == [specimen]


@pytest.mark.parametrize("line", SAID)
def test_what_is_said_to_be_an_identifier_never_stays(line: str) -> None:
    """R31"""
    text, wanted = _split(line)
    shown = plain(text)
    spans = merge(find_all(shown.text, language=""))
    found = [text[slice(*shown.source(s.start, s.end))] for s in spans]
    assert found == wanted


@pytest.mark.parametrize("line", STAY)
def test_numbers_of_goods_and_machines_stay(line: str) -> None:
    """R31"""
    assert find_all(plain(line).text, language="") == []
