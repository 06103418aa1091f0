"""R31: values that no known word announces, known by shape or company, and their look-alikes."""

from __future__ import annotations

import pytest

from handrail.redaction.plain import plain
from handrail.redaction.recognizers.address import Address
from handrail.redaction.recognizers.base import Recognizer
from handrail.redaction.recognizers.card import Card
from handrail.redaction.recognizers.email import Email
from handrail.redaction.recognizers.person import Person
from handrail.redaction.recognizers.reference import Reference
from handrail.redaction.recognizers.username import Username
from handrail.redaction.spans import SpanType

# {braces} mark what must be found; a text without them must be left alone.
TABLE: dict[type[Recognizer], tuple[str, ...]] = {
    Reference: (
        "the sticker underneath reads {4KQ7733-18 }, does that help",
        "on the letter it says {30718844521} at the top",
        "they gave me {QF220914XB} at the counter and told me to ask you",
        "auf dem Aufkleber steht {7719-0042-88KX}, hilft das?",
        "it says {19K 3308495} above the bars",
        "mon badge c'est le {G 0061 1948} si besoin",
        "der Wisch vom Boten sagt {JJD000390112345} und sonst nichts",
        "unten links lese ich {55 0271 8843 19}, richtig?",
        "l'étiquette du colis dit {8K00412233907} je crois",
        "au dos je lis {3302 7718 4416}, c'est ça ?",
        "en la pegatina pone {W7-22081-KL} y nada más",
        "me dieron este {20419938174} en ventanilla",
        "the drill is model BX-20417-K, is it back in stock",
        "Artikel 4006-7731-22 ist wieder da",
        "la référence article 88213-4471 est épuisée",
        "me sale el error E8831-2207 al abrir la app",
        "the WH-1000XM4 headphones are sold out",
        "firmware V200R001C00 was installed last night",
        "it used 10482231 kWh over the years",
        "we have been here since 2019-2021 or so",
        "SUMMER2025 is refused at checkout",
        "the log says {id: 8823-KX-2231}",
        "88213-4471",
    ),
}


@pytest.mark.parametrize("line", TABLE[Reference])
def test_what_has_the_shape_of_a_reference_goes_and_things_stay(line: str) -> None:
    """R31"""
    wanted = [part.split("}")[0].strip() for part in line.split("{")[1:] if "id:" not in line]
    text = plain(line if "id:" in line else line.replace("{", "").replace("}", "")).text
    assert [text[s.start : s.end] for s in Reference().find(text, language="")] == wanted


@pytest.mark.parametrize(
    ("text", "month", "digits"),
    [
        ("4111 1111 1111 1111, 11/29, 318", "11/29", "318"),
        ("4111111111111111 1129 318", "1129", "318"),
        ("4111111111111111 good thru 11/29 and the back says 318", "11/29", "318"),
        ("4111111111111111 bis 11/29, hinten steht 318", "11/29", "318"),
        ("4111111111111111 exp 11/29, les 3 chiffres 318", "11/29", "318"),
        ("4111111111111111 vence 11/29 atras 318", "11/29", "318"),
        ("3782 822463 10005 11/29 the 4 digits in front are 3184", "11/29", "3184"),
    ],
)
def test_what_stands_behind_a_card_number_goes_with_it(text: str, month: str, digits: str) -> None:
    """R31"""
    found = {(text[s.start : s.end], s.type) for s in Card().find(text, language="")}
    assert {(month, SpanType.CARD), (digits, SpanType.SECRET)} <= found


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111 was charged 318 euros",
        "4111111111111111 was charged $318.00 twice",
        "4111111111111111 declined 2019 times",
    ],
)
def test_amounts_behind_a_card_number_stay(text: str) -> None:
    """R31"""
    assert [text[s.start : s.end] for s in Card().find(text, language="")] == ["4111111111111111"]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("the refund goes to card 4417", "4417"),
        ("your Mastercard xx4417 was charged", "xx4417"),
        ("paid with the account DE...4417 as before", "DE...4417"),
        ("we text the phone 07xx xxx 417 now", "07xx xxx 417"),
        ("wir buchen es auf die Karte, die auf 4417 endet", "4417"),
        ("an die Nummer mit -44 am Ende", "44"),
        ("la carte finissant 4417", "4417"),
        ("le prélèvement sur ••4417 est passé", "••4417"),
        ("devuelto a la tarjeta 4417", "4417"),
        ("el IBAN ****4417, el de siempre", "****4417"),
    ],
)
def test_the_last_digits_of_something_go(text: str, digits: str) -> None:
    """R31"""
    shown = plain(text).text
    assert digits in [shown[s.start : s.end] for s in Card().find(shown, language="")]


@pytest.mark.parametrize(
    "text",
    [
        "my card from 2019 still works",
        "the card costs 4417 pesos",
        "we sold 4417 of them at the end of May",
        "page 12... 300 pages to go",
        "die Karte 4417 € im Minus",
    ],
)
def test_years_and_amounts_beside_a_card_stay(text: str) -> None:
    """R31"""
    assert Card().find(plain(text).text, language="") == []


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("somebody called fritz.walrus99 wrote to me", "fritz.walrus99"),
        ("it was grim_otterson, not me", "grim_otterson"),
        ("der andere heißt moorhuhn_77 glaub ich", "moorhuhn_77"),
        ("mein Kumpel zockt als SturmKrieger42 mit", "SturmKrieger42"),
        ("regarde chez zouzou_brl stp", "zouzou_brl"),
        ("c'est petitlardon56 qui m'a écrit", "petitlardon56"),
        ("agrega a chispita_rulz porfa", "chispita_rulz"),
        ("me robaron la de pelusita.mx88 ayer", "pelusita.mx88"),
    ],
)
def test_what_has_the_shape_of_a_handle_goes(text: str, handle: str) -> None:
    """R31"""
    shown = plain(text).text
    assert [shown[s.start : s.end] for s in Username().find(shown, language="")] == [handle]


@pytest.mark.parametrize(
    "text",
    [
        "I set max_connections to 50 and it still fails",
        "windows11 and iphone15 both fail",
        "the galaxy24 is broken since yesterday",
        "open the file report_final.pdf please",
        "wlan_key = nothing here",
        "moorhuhn_77",
    ],
)
def test_names_of_settings_files_and_products_stay(text: str) -> None:
    """R31"""
    assert Username().find(text, language="") == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("it goes to Heron Cottage, 41 Sandpiper Lane, Whitby", "Heron Cottage, 41 Sandpiper Lane"),
        ("The Forge, Mill Road, Athy, Co. Kildare R14 X2P8", "The Forge, Mill Road, Athy"),
        ("leave it with Ron at number 27", "27"),
        ("jetzt 83022 Rosenheim, Ahornstr. 12 (2. OG rechts)", "83022 Rosenheim, Ahornstr. 12"),
        ("gemeldet in 5020 Salzburg, Lindengasse 8, Top 4", "5020 Salzburg, Lindengasse 8, Top 4"),
        ("je suis au 3e étage porte 12 du 5 quai de la Marne", "3e étage porte 12 du 5 quai"),
        ("el de abajo, el del 4ºC, hace ruido", "4ºC"),
        ("recoge la vecina del 2 izda", "2 izda"),
        ("vivo en Ronda del Sol 14 bajo derecha", "Ronda del Sol 14 bajo derecha"),
        ("calle Olmo número siete, segundo be", "calle Olmo número siete, segundo be"),
    ],
)
def test_parts_of_an_address_go_with_it(text: str, address: str) -> None:
    """R31"""
    shown = plain(text).text
    start = text.index(address)
    found = Address().find(shown, language="")
    assert any(s.start <= start and s.end >= start + len(address) for s in found)


@pytest.mark.parametrize(
    "text",
    ["mi hija va a 3º B de primaria", "en el 2º intento falló", "the 4th C was missing"],
)
def test_classes_and_counts_are_no_floor(text: str) -> None:
    """R31"""
    assert Address().find(plain(text).text, language="") == []


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("it is k hollander at outlook dot com", "k hollander at outlook dot com"),
        ("rosie underscore may forty two at yahoo dot com", "rosie underscore may forty two at"),
        ("meine ist dachsbau klammeraffe gmx", "dachsbau klammeraffe gmx"),
        ("wir schreiben an m•••••r@web.de", "m•••••r@web.de"),
        ("c'est loutre tiret bas douze arobase orange", "douze arobase orange"),
        ("mi correo, nutria lopez, todo junto, arroba gmail", "nutria lopez, todo junto, arroba"),
    ],
)
def test_addresses_said_or_masked_go(text: str, mailbox: str) -> None:
    """R31"""
    shown = plain(text).text
    start = text.index(mailbox)
    found = Email().find(shown, language="")
    assert any(s.start <= start and s.end >= start + len(mailbox) for s in found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("passenger KOWALCZUK/IRENA MRS", "KOWALCZUK/IRENA MRS"),
        ("und für mich, haben Sie Seidler/Henning?", "Seidler/Henning"),
        ("the account is Herr von Radebrecht's", "von Radebrecht"),
        ("M. de Pontcharra passera", "de Pontcharra"),
        ("señor de la Torriente llamó ayer", "de la Torriente"),
        ("zugestellt an Brzoska im Hof", "Brzoska"),
        ("ich bin der Cvetko vom ersten Stock", "Cvetko"),
        ("received by Ekundayo at the desk", "Ekundayo"),
        ("remis à Kervella ce matin", "Kervella"),
        ("recibido por Etxaniz en la puerta", "Etxaniz"),
        ("I am Grace Summer", "Grace Summer"),
        ("it was Grzegorz's idea", "Grzegorz"),
    ],
)
def test_names_in_more_surroundings_go(text: str, name: str) -> None:
    """R31"""
    shown = plain(text).text
    start = text.index(name)
    found = Person().find(shown, language="")
    assert any(s.start <= start and s.end >= start + len(name) for s in found)


@pytest.mark.parametrize(
    "text",
    [
        "TCP/IP MS",
        "AND/OR",
        "ich bin der Kunde von gestern",
        "zugestellt an Nachbarn",
        "Input/Output",
    ],
)
def test_what_is_only_in_the_place_of_a_name_stays(text: str) -> None:
    """R31"""
    assert Person().find(text, language="") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my handle over there is quietfern", "quietfern"),
        ("you can find me as quietfern on twitch", "quietfern"),
        ("the account called turnipboss got my payment", "turnipboss"),
        ("seller is thriftydora", "thriftydora"),
        ("bei steam bin ich nebelkatze", "nebelkatze"),
        ("auf Kleinanzeigen bin ich der Schraubenkarl", "Schraubenkarl"),
        ("Kennung hwinter geht nicht", "hwinter"),
        ("je suis ventdouest sur le forum", "ventdouest"),
        ("mon identifiant hdupre ne marche plus", "hdupre"),
        ("le vendeur s'appelle mamiebrocante", "mamiebrocante"),
        ("me logueo con hruiz", "hruiz"),
        ("el vendedor nubegris no contesta", "nubegris"),
    ],
)
def test_a_mere_word_is_a_user_name_where_the_sentence_says_so(text: str, name: str) -> None:
    """R31"""
    assert name in [text[s.start : s.end] for s in Username().find(text, language="")]


@pytest.mark.parametrize(
    "text",
    [
        "my login is broken, the username is not accepted",
        "the handle keeps falling off on the left",
        "on my switch the game is frozen",
        "mein Benutzername ist gesperrt und die Kennung vergessen",
        "im Spiel bin ich gestorben",
        "mon identifiant est bloqué sur le site",
        "dans le jeu je suis bloqué",
        "mi usuario es incorrecto y el vendedor no contesta",
        "en el juego soy nuevo",
    ],
)
def test_what_is_said_of_a_user_name_stays(text: str) -> None:
    """R31"""
    assert Username().find(plain(text).text, language="") == []
