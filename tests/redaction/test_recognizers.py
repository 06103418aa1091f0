"""R31: each recognizer by a table of what it must find, and what it must leave alone."""

from __future__ import annotations

from random import Random

import phonenumbers
import pytest

from handrail.redaction.plain import plain
from handrail.redaction.recognizers import REGISTRY, find_all
from handrail.redaction.recognizers.account import Account
from handrail.redaction.recognizers.address import Address
from handrail.redaction.recognizers.base import Recognizer
from handrail.redaction.recognizers.birth_date import BirthDate
from handrail.redaction.recognizers.card import Card
from handrail.redaction.recognizers.email import Email
from handrail.redaction.recognizers.iban import Iban
from handrail.redaction.recognizers.national_id import NationalId
from handrail.redaction.recognizers.network import Network
from handrail.redaction.recognizers.person import Person
from handrail.redaction.recognizers.phone import _FALLBACK, _REGIONS, Phone, _dialed, _exists
from handrail.redaction.recognizers.spoken_digits import SpokenDigits
from handrail.redaction.recognizers.url import Url
from handrail.redaction.recognizers.username import Username
from handrail.redaction.spans import merge
from tests.redaction import (
    test_chosen_secrets,
    test_identifiers,
    test_secrets,
    test_unannounced,
)

# {braces} mark what must be found; a text without them must be left alone.
TABLE: dict[type[Recognizer], tuple[str, ...]] = {
    Email: (
        "write to {bob.jones+shop@mail.example.co.uk} please",
        "{bob at gmail dot com}",
        "meine adresse ist {eva.maier ät web punkt de}",
        "mon mail: {lea_b arobase orange point fr}",
        "{ana[at]example[dot]org}",
        "robert is {rob7 at gmail.com}",
        "{m punkt weber bei gmx punkt net}",
        "write to {info at mueller minus soehne punkt de}",
        "{j o h n at gmail dot com}",
        "I am at work dot dot dot",
        "look at amazon.com for the price",
        "meet me at noon, dot the i",
        "the @ sign is broken",
    ),
    Card: (
        "{4111 1111 1111 1111}",
        "card {4111-1111-1111-1111}, valid {12/27}",
        "visa{4111111111111111}x",
        "{4111 - 1111 - 1111 - 1111}",
        "my card number is {4111 1111 1111 1112}",
        "my credit card is {5105 1051}",
        "parcel 4111111111111112",
        "order total 1,234.56 on 12/12/2026",
        "card declined twice",
        "0000000000000000",
    ),
    Iban: (
        "refund to {DE89 3704 0044 0532 0130 00} please",
        "{gb82west12345698765432}",
        "von {DE** **** **** **** **34 97}?",
        "{ES91 ... 1332}, stimmt das?",
        "{AT61 XXXX XXXX 3201}",
        "OK... 12 Tage",
        "my iban is {DE88 3704 0044 0532 0130 00}",
        "DE88370400440532013000",
        "AB12 items in stock",
    ),
    Phone: (
        "{+49 170 1234567}",
        "call me on {0171 2345678}",
        "{(415) 555-0132}",
        "my number is {5551234567}",
        "{001-415-555-0132x22}",
        "rückruf unter {030 901820}",
        "appelez-moi au {06 12 34 56 78}",
        "order 4155550132",
        "SKU 4411-220-98 is out of stock",
        "on 2026-11-02 10:33",
        "it was 1,234.56 EUR, not 1 234 567",
        "chrome 118.0.5993.70",
        "5551234 pieces",
    ),
    SpokenDigits: (
        "my cell is {zero four three two zero one seven one eight five}",
        "{four one one one, one one one one, one one one one, one one one one}",
        "meine nummer: {null eins sieben eins zwo drei vier fünf sechs}",
        "{double five five one two three four}",
        "{null eins sieben sechs vierundzwanzig achtundneunzig einunddreißig}",
        "my number is {07 nine double one 444 222}",
        "the code is {four four one two}",
        "mein PIN ist {vier vier eins zwei}",
        "one or two of the three",
        "four to six working days",
        "call me on {oh seven seven double oh nine hundred one two three}",
        "a hundred and twenty three people, one hundred or two hundred more",
        "my order is {o r d five five one two three nine oh oh}, it is late",
        "order {f s dash five five one two three nine eight four} please",
        "meine Bestellung {a b fünf fünf eins zwei drei neun acht vier} fehlt",
        "commande {o r d cinq cinq un deux trois neuf zéro zéro} merci",
        "el pedido {o r d cinco cinco uno dos tres nueve cero cero} no llega",
        "iban {d e eight nine three seven oh four oh oh four four oh five three two oh one three "
        "oh oh oh} thanks",
        "iban {g b two nine n w b k six oh one six one three three one nine two six "
        "eight one nine}",
        "i have a {four four one two three four five six} here",
        "son {cinco cinco uno dos tres nueve cero cero} y ya",
        "llámeme al {más tres cuatro seis uno dos tres cuatro cinco seis siete ocho}",
        "no más dos o tres",
        "sizes s m l, two or three of each, four x four",
    ),
    Url: (
        "open {https://shop.example/reset?token=ab12cd34ef}",
        "{https://bob:pw@host.example/x}",
        "see https://shop.example/help/returns?page=2",
        "https://cdn.example/a1b2c3d4e5f6a7b8c9d0e1f2.png",
    ),
    Network: (
        "blocked from {163.131.87.208}",
        "{2001:db8::8a2e:370:7334}",
        "device {0d:b3:4a:6a:d9:cf}",
        "version 1.2.3.4",
        "chrome 118.0.5993.70",
        "at 10:30:15",
    ),
    BirthDate: (
        "I was born on {25 September 1970}",
        "dob {11/01/1956}",
        "geboren am {3.4.1980}",
        "born {19AUG1980}",
        "sie kam am {23. Juli 1966} auf die Welt",
        "B-Day {03/11/67}",
        "jg. {1958}",
        "née le {12/05/1993}",
        "fecha de nacimiento: {01/11/1948}",
        "delivered on 25 September 2026",
        "the order of 11/01/2026",
    ),
    Address: (
        "ship it to {6166 Aaron Way, Whitneytown, IL 25051} please",
        "{736 wesley street suite 080, stephensshire, de 64862}",
        "ich wohne in der {Hauptstraße 12a, 10115 Berlin}",
        "livrer au {34, chemin Renée Vidal, 88407 Barbe}",
        "envíelo a {Calle Mayor 8, Madrid, 28013}",
        "Flat 3, Gregory Road, Crossport, SY6 4HH",
        "HTTP 503, port 8443",
        "I get HTTP 503, port 8443 since today",
        "deliver to {12 Port Road, London E1 8QS}",
        "I waited 10 days, no way",
        "2 more, the mark on the jacket is ugly",
        "during 2017 it was fine",
        "it costs 12345 Euro",
    ),
    Account: (
        "my account id: {ACC-462294008}",
        "order {9665499749}",
        "Bestellnummer lautet {4711-2233}",
        "Auftragsnr. {8837-1102} bitte stornieren",
        "Störungsnummer {INC0044821} wurde geschlossen",
        "Fallnummer {40028817} liegt vor",
        "die Schadenmeldung {S-99120-24} ist eingereicht",
        "Reklamation Nr. {550192}",
        "Kd-Nr {4471902}",
        "KdNr: {889211043}",
        "Best.-Nr. {7712093}",
        "conf # {HX92KD}",
        "cust no {8827101}",
        "mein Reiseauftrag {K7T4ZQ} soll umgebucht werden",
        "Vertragskontonummer: {200417733}",
        "service request {SR-10093821}",
        "incident {INC0093312} closed without a fix",
        "complaint no {CMP/2291/24}",
        "application number {APP-551920}",
        "my Clubcard {634004024412345678}",
        "consumer number {170034412290}",
        "{224-8389273-8983716}",
        "'order_id': '{AB-85493855}'",
        "numéro de commande {8471123}",
        "order total was $1,234.56 on 12 March",
        "I may order 2 more",
        "my account was opened in 2019",
        "Reparatur 2024-05-12 geplant",
        "the quote was 12500 dollars",
        "12000 payback Punkte, und payback 12000 Punkte",
        "application 2.1.34567 crashes",
        "customer service since 1998",
        "order 10000 € worth",
    ),
    Username: (
        "my login is {nathan_8578}",
        "username: {annabanana}",
        "Benutzername {mariella4248}",
        "angemeldet bin ich als {bergziege}",
        "im Forum als {schraubenfuchs} unterwegs",
        "auf Insta heiße ich {die.kleine.raupe}",
        "das Spielerkonto {Donnerkeil88} wurde gesperrt",
        "mein Nutzerkonto heißt {lena_kocht}",
        "Steam-Name: {kartoffelkoenig}",
        "my gamertag is {ToastedMoth}",
        "I go by {quietfjord} on the forums",
        "IGN: {Frostbyte}",
        "i sign in with {moorhen.tess}",
        "I log in with Google every day",
        "my insta is {saltandsable}",
        "my login is {tbrightwell}",
        "player tag #{9QYV2LLP} in clash",
        "angemeldet als Verkäufer kann ich nichts kaufen",
        "angemeldet als gast sehe ich den Preis",
        "mein Login ist deaktiviert",
        "my discord is lagging and my insta is hacked",
        "I go by train most days",
        "insta 404 error",
        "login is broken",
        "my username is wrong",
        "the user said no",
    ),
    NationalId: (
        "ssn {597-82-3982}",
        "{20354959M}",
        "Steuer-ID {36574261809}",
        "mon numéro de sécu {263050608872757}",
        "nino {AB 12 34 56 C}",
        "my passport is {J30JNPJCZ}",
        "20354959A",
        "pass me the salt",
        "36574261808 parts",
    ),
    Person: (
        "my name is {larry smith}",
        "Thanks for contacting us {Elizabeth Powell}!",
        "Hallo {Jürgen}, wie kann ich helfen?",
        "mein Vermieter {Brodersen} sagt, das Kabel liegt",
        "beim Nachbarn oder bei Nachbarin {Wroblewski}",
        "abgegeben bei Familie {Wroblewski}",
        "leave it with my neighbour {Okonjo}",
        "the plumber {Ormerod} says so",
        "signed for by {Brandström}",
        "besten Gruß, {Vroni}",
        "Familie Tarif M kostet 39,90",
        "ich bin bei der Techniker Krankenkasse",
        "courier DHL left it, signed by customer",
        "je m'appelle {margaux gautier}",
        "me llamo {Encarna}",
        "Sehr geehrte Frau {Özdemir}",
        "cordialement, {margaux}",
        "good morning {katherine}, {mariah} speaking",
        "the account is under {connell}, {nathan}",
        "hello {garrick} my name is {thomas} happy to help",
        "hello concerning my name on the invoice",
        "KATHERINE GONZALES",
        "Is the Madison sofa available in grey?",
        "Could you bill me next week, drew a blank here",
        "I want the frank green bottle",
        "this is ridiculous, I am furious",
        "Hi there, thanks again",
        "Order Status",
        "the grace period, may I ask",
        "Rose gold or jack black?",
        "The Billy bookcase is broken, and my Malm bed",
        "Billy bookcase arrived without screws",
        "das Billy Regal wackelt",
        "I bought a Hugo Boss shirt and Calvin Klein jeans",
        "the Chuck Taylor 70 and the Stan Smith run big, Ben & Jerry's is back",
        "Dr. Oetker Tiefkühlpizza, Monsieur Propre et Uncle Ben's",
        "I am {Stan Laurel}, and {Dr. Oettinger} knows",
        "Grüß Gott, die Rechnung stimmt nicht",
        "Sir OTP is sent, cheers pal, it goes by post",
        "llegó el segundo paquete roto",
        "Hi {Billy}, bookcase arrived",
        "{Billy}'s table: {Anna} table 4, {Hugo} bossed me around",
        "mi hijo {Segundo} lo recogió",
    ),
}
# Found by another rule of the same recognizer, so the whole line counts.
WHOLE = frozenset({"KATHERINE GONZALES", "Flat 3, Gregory Road, Crossport, SY6 4HH"})
ROWS = [(kind, line) for kind, lines in TABLE.items() for line in lines]


def marked(line: str) -> tuple[str, list[str]]:
    if line in WHOLE:
        return line, [line]
    wanted = [part.split("}")[0] for part in line.split("{")[1:]]
    return line.replace("{", "").replace("}", ""), wanted


@pytest.mark.parametrize(("kind", "line"), ROWS, ids=[f"{k.__name__}: {t}" for k, t in ROWS])
def test_recognizer_finds_exactly_what_is_marked(kind: type[Recognizer], line: str) -> None:
    """R31"""
    text, wanted = marked(line)
    shown = plain(text)
    spans = merge(kind().find(shown.text, language=""))
    found = [text[slice(*shown.source(span.start, span.end))] for span in spans]
    assert found == wanted


def test_every_registered_recognizer_has_a_table() -> None:
    assert {type(one) for one in REGISTRY} == {
        *TABLE,
        *test_secrets.TABLE,
        *test_chosen_secrets.TABLE,
        *test_identifiers.TABLE,
        *test_unannounced.TABLE,
    }


@pytest.mark.parametrize(
    "line",
    [
        "order total was $1,234.56 on 12 March",
        "SKU 4411-220-98 is out of stock",
        "its 10 to 12 inches wide",
        "Error code 0x80070057 when I open the app v3.14.159",
        "the tracking page shows nothing since 2026-11-02 10:33",
        "Can I use the Amazon voucher SAVE20 on Black Friday?",
        "Die Lieferung war für den 4. Mai geplant, 49,90 € inkl. Versand",
        "La livraison était prévue le 4 mai, 1 234,50 €",
        "1234567 people signed it",
        "what does error 0x80070643 mean for update KB5034441",
        "Ordergebühr für die DE0007164600 und den Fonds IE00B4L5Y983",
    ],
)
def test_prices_dates_quantities_and_product_codes_stay(line: str) -> None:
    """R31: the over-redaction trap, "any run of seven digits"."""
    assert find_all(plain(line).text, language="") == []


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 20_000,
        "a" * 40_000,
        "4111-" * 8_000,
        "x@" * 10_000,
        "password " * 5_000,
        "A1 " * 10_000,
    ],
    ids=["digits", "letters", "groups", "ats", "words", "codes"],
)
def test_hostile_length_takes_seconds_not_minutes(text: str) -> None:
    import time

    start = time.process_time()
    find_all(text, language="")
    assert time.process_time() - start < 15


def test_no_number_that_exists_is_ruled_out_by_how_its_digits_look() -> None:
    """R31: numbers of each region, as they are dialed at home and from abroad, and near misses."""
    regions = sorted({*_FALLBACK, *(region for some in _REGIONS.values() for region in some)})
    examples = [
        str(found.national_number)
        for region in regions
        for kind in range(5)
        if (found := phonenumbers.example_number_for_type(region, kind)) is not None
    ]
    random = Random(5)
    there = ruled_out = 0
    for number in range(3000):
        code = str(phonenumbers.country_code_for_region(random.choice(regions)))
        ahead = random.choice(["", "0", "1", "00", "011", "15", code, f"0{code}", f"00{code}"])
        digits = ahead + random.choice(examples)
        if number % 3 == 0:
            digits = digits[:-1] + random.choice(["", "0", "12"])
        for region in random.sample(regions, 3):
            exists = _exists(digits, region, exactly=True)
            looks = _dialed(region).fullmatch(digits) is not None
            assert looks or not exists, (region, digits)
            there += exists
            ruled_out += not looks
    assert there > 300 and ruled_out > 3000
