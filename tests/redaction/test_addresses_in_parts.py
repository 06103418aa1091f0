"""R31: addresses said in words, in parts, at a corner, or as a single region writes them."""

from __future__ import annotations

import pytest

from handrail.redaction.plain import plain
from handrail.redaction.recognizers.address import Address
from handrail.redaction.spans import merge

# {braces} mark what must be found; a text without them must be left alone.
IN_WORDS = (
    "my address is {twelve Albert Road, Stockport}",
    "I'm at {forty two Chapel Street, flat three}",
    "{fifteen b Market Place, Wells BA5 2RB}",
    "my address {one five seven Holloway Road N7}",
    "the zip is {six oh six one four}",
    "meine adresse ist {hauptstraße dreiundzwanzig}",
    "wohnt {am kirchberg sechs in fünfundneunzig sechs drei zwei wunsiedel}",
    "ich wohne {Holzgraben dreizehn b}",
    "j'habite {rue des lilas, numéro douze}",
    "{rue de l'Yser numéro trois cent quatre, Ans}",
    "vivo en la {calle Olmo número doce}",
    "mi dirección es {avenida de América cuarenta y dos}",
)
STREETS = (
    "hi is the 2 bed on {Salisbury Terrace} still going",
    "picked up the Yaris on {Lygon St near the corner of Elgin} today",
    "Une nouvelle livraison {rue Marcadet} ?",
    "¿La dirección sigue siendo la de la {calle Olmedo}?",
    "wir wohnen in der {Eschenallee}",
    "Die Straße heißt {Zschochersche}, die Nummer ist die {88}",
)
ALONE = (
    "non, {avenue Foch}",
    "dir: {Mayor 8, Sos}",
    "the eircode is {t12 x70a}",
    "{D04 X285}",
    "schlüssel liegt beim nachbarn {eichenweg vier}",
    "{Schillerstr. 40, EG links}",
    "{Hinterm Deich 6}",
    "{Wiedner Gürtel 13/5/22}",
    "{glorieta de las Fuentes s/n}",
    "he's waiting at {7 Quarry Bank}",
    "{340 West 57th, 6F}",
    "{12450 FM 1960}",
    "{lieu-dit Kervaon}",
)
HOUSES = (
    "next door has the same, Keith at {number 14}",
    "my neighbour at {number 41} took my package",
    "der Bote war bei {Nummer 12}",
    "le colis est chez le voisin au {numéro 46}",
    "lo dejaron con el vecino del {número 46}",
    "it's the bungalow on {Pennywell Lane, number 7}",
)
CORNERS = (
    "angle {rue Pasteur / rue de la Gare, à Saint-Leu}",
    "coin {Papineau et Mont-Royal}",
    "esquina {Corrientes y Callao}",
    "vivo en {Mitre 230 esquina Belgrano}",
    "pickup at {Platform Rd & Queen St}",
)
REGIONAL = (
    "adresse {neuer hafen 8a}",
    "{Lange Reihe 88}",
    "straße ist {am alten sportplatz 9}",
    "ja familie engel, {im Winkel 3}",
    "{Kottbusser Tor 6}",
    "{Landstraßer Hauptstraße 71/2/9}",
    "oui, {bâtiment B 3e étage}",
    "{traverse de la Gouffonne, n°62}",
    "{Clos du Chêne 9}",
    "elle déménage ds le {13009}",
    "C'est toujours {8 rue Pasteur} ?",
    "{Calle 47 #312 x 26 y 28, Fracc. Las Palmas, 97145 Mérida}",
    "{C. 21 no. 104 x 18 y 20, Kanasín}",
    "{Av. 18 de Julio 1420, Montevideo}",
    "{Blvd. Díaz Ordaz 1200, Tijuana}",
    "{Mz. B Lt. 14, Urb. San Carlos}",
    "{Camino Viejo de Bétera s/n, casa blanca, 46980 Paterna}",
    "yo en {Rúa do Franco 27, 2º, Santiago de Compostela}",
    "estamos en {Los Aromos 45}",
    "swansea. {sa1 1fy}",
    "moved to {22 hazel grove, BS7}",
    "a new card to {5 Kirkgate, Wetherby}, ok?",
    "{Rose Cottage, Main Street, Hovingham, York}",
    "{Knockanure, Moyvane, Co. Kerry}",
    "{RR 2 Box 114, Dushore PA}",
    "{Village Rampur, Post Bhatni, Dist Deoria, UP 274701}",
    "{C-304 Shanti Apts, Borivali West, Mumbai}",
    "Address 1: {Apt 12 The Malthouse}\nTown: {Letterkenny}",
)
STAYS = (
    "it took twelve weeks, way too long",
    "one way ticket, two drive bays",
    "two thousand and fifteen people signed",
    "ich hab drei Filme und zwei Serien geschaut",
    "j'ai deux enfants et trois chats",
    "I'm number 46 in the queue",
    "it is number 7 on the list",
    "ich bin Nummer 12 in der Warteschlange",
    "soy el número 12 de la cola",
    "my phone number is 486 251 4817",
    "your shop on the high street is closed",
    "files on Google Drive are gone",
    "turn right on Allison Road",
    "rue de la Paix c'est joli",
    "la calle está cortada",
    "entre Lunes y Martes 2 cajas",
    "estoy en Windows 11",
    "estamos en Android 14",
    "am Tor 3 einsteigen",
    "im Feld 7 im Formular",
    "alte Rechnung 3 fehlt",
    "neue Version 12",
    "Firewall 2 blockiert",
    "please provide your room number, please",
    "I want to see Post Malone, in town",
    "the hotel is Abercorn House, Is that OK?",
    "use v2 5gb or s3 4th",
    "town: any",
    "number: 5, city: any",
    "at 5 PM, Monday",
    "from 3 January, Friday",
    "pick up from San Jose and I will pay",
    "502 Bad Gateway since the update",
    "100 m de cable",
    "the Residence Permit is valid",
    "votre résidence principale",
    "3 south 2nd half tickets",
    "et deux étages plus haut",
)


@pytest.mark.parametrize(
    "line", [*IN_WORDS, *STREETS, *ALONE, *HOUSES, *CORNERS, *REGIONAL, *STAYS]
)
def test_part_of_an_address_is_found_as_it_is_said(line: str) -> None:
    """R31"""
    text = line.replace("{", "").replace("}", "")
    shown = plain(text)
    spans = merge(Address().find(shown.text, language=""))
    found = [text[slice(*shown.source(span.start, span.end))] for span in spans]
    assert found == [part.split("}")[0] for part in line.split("{")[1:]]
