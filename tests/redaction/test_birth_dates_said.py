"""R31: dates of birth said in words, cut short, or given away by an age, a person, a correction."""

from __future__ import annotations

import pytest

from handrail.redaction.plain import plain
from handrail.redaction.recognizers.birth_date import BirthDate
from handrail.redaction.spans import merge

# {braces} mark what must be found; a text without them must be left alone.
IN_WORDS = (
    "my dob {first of first 2001}",
    "my bday's the {ninth of june}",
    "Geburtsdatum {fünfter dritter achtundfünfzig}",
    "Geburtsdatum: {null fünf null drei achtundfünfzig}",
    "mein Geburtstag ist der {elfte september}",
    "ich selbst bin {zwölfter vierter neunundachtzig}",
    "née le {premier mai quatre-vingt-dix}",
    "ma date de naissance c'est {trois quatre soixante et onze}",
    "mi fecha de nacimiento es {tres del cuatro del setenta y uno}",
    "nació el {día de Navidad del 53}",
    "ma fille est née le {jour de Noël 2014}",
)
CUT_SHORT = (
    "mi cumple es el {12/09}",
    "dob is {09/68}",
    "geb. {58}",
    "born in {'71}, retired",
    "soy del {71}",
    "je suis du {3 avril}",
    "soy de {abril del 71}",
    "meine tochter hat am {11.9.} geburtstag",
    "I'm a {1962} baby",
    "bin {71er} Jahrgang",
    "Oma ist {1932} geboren",
    "wir heißen Jana und Lutz (*{1985})",
)
OF_PEOPLE = (
    "my son, {12/09/2014}, is allergic",
    "Kind: Mila, {12.05.18}",
    "ma fille, {12/09/2014}, est allergique",
    "mi hijo Hugo ({12/09/2014}) viaja conmigo",
    "Lea Ruiz, {12/09/1988}, quiero darme de baja",
    "he's {12/04/1950} and I'm {30/09/1952}, both on the policy",
    "I turn 18 on {9 October}",
    "she turned 40 on the {2nd of May}",
    "am {5. März} werde ich 50",
    "ich werde am {5.3.} achtzehn",
    "j'aurai 18 ans le {12 septembre}",
    "cumplo 18 el {12 de septiembre}",
    "mon fils né {12/9/14}",
    "Né(e) : {12/09/88}",
    "mein sohn ist am {11.9.2014} zur welt gekommen",
)
LATER = (
    "meine Kleine ist im {Mai 2020} geboren",
    "wurde {1983} in Husum geboren",
    "ich bin vom {11.2.83}",
    "bin ein {83er}",
    "soy clase {83}",
    "je suis de {février 83}",
    "Jo Pratt (b. {1983})",
    "Jo Pratt, b. {11 February 1983}",
    "j'ai eu 42 ans le {11 février}",
    "hatte gestern geburtstag",
    "on s'est trompé sur ma naissance c'est {1983} pas {1993}",
)
CORRECTED = (
    "my date of birth was entered as {1971}, it's {1917}",
    "Geburtsdatum stimmt nicht, da steht {5.8.}, richtig ist {8.5.}",
    "vous avez mis {1971} au lieu de {1917} comme année de naissance",
    "pusieron {1971} en vez de {1917} en el año de nacimiento",
)
STAYS = (
    "Wein, Jahrgang 2023, 6 Flaschen",
    "Baujahr 1971, TÜV neu",
    "promo anniversaire jusqu'au 12 mai",
    "promo de cumpleaños hasta el 12 de mayo",
    "birthday sale until 12 May",
    "the parcel will be on its way on 9 October",
    "das Paket wird am 5. März geliefert",
    "die Ware wird am 5.3. 2 mal geprüft",
    "soy del turno 3",
    "soy del turno 12",
    "es del lote 45",
    "bin ein Fan, 83 Spiele",
    "soy del Betis",
    "je suis du matin",
    "je suis de retour le 3",
    "geb. 3-Zimmer-Haus",
    "je ne 12 pas",
    "I am first in line, two people behind me",
    "bin erster von drei Bewerbern",
    "ich bin vierter in der Schlange",
    "Jana 12.5 und Marco 3",
    "Bestellung, 05.03.2023, noch offen",
    "born in 10 minutes",
    "my birthday order from 2023 is not here",
    "my son ordered 2 pairs, 12/09/2014 was the old invoice",
)


@pytest.mark.parametrize("line", [*IN_WORDS, *CUT_SHORT, *OF_PEOPLE, *LATER, *CORRECTED, *STAYS])
def test_date_of_birth_is_found_as_it_is_said(line: str) -> None:
    """R31"""
    text = line.replace("{", "").replace("}", "")
    shown = plain(text)
    spans = merge(BirthDate().find(shown.text, language=""))
    found = [text[slice(*shown.source(span.start, span.end))] for span in spans]
    assert found == [part.split("}")[0] for part in line.split("{")[1:]]
