"""What a message holds is read by what the message before asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub

Chat = Callable[..., Conversation]
RULES = Ruleset(names="rules")


def replied(chat: Chat, question: str, *replies: str) -> list[str]:
    """The customer's replies to an agent's question, redacted."""
    said = scrub(chat(("agent", question), *replies), ruleset=RULES)
    return [turn.text for turn in said.turns[1:]]


ENGLISH = [
    ("Can I get your order number?", "#0029-6265", "[ORDER_1]"),
    ("Which order is it?", "the one from Wendy's, #RO8Z", "the one from Wendy's, [ORDER_1]"),
    ("Please enter your booking reference.", "9XQX8L", "[ORDER_1]"),
    ("and the booking code?", "HLIIYO", "[ORDER_1]"),
    ("Your policy number?", "sure it's PA-41-9605439-5", "sure it's [ACCOUNT_1]"),
    ("What's your meter number?", "it says 00418 2231 on it", "it says [ACCOUNT_1] on it"),
    ("Employee ID please", "E-187039", "[ACCOUNT_1]"),
    ("Case number?", "07-54833/NYC i think", "[ORDER_1] i think"),
    ("Library card number?", "yep, 21168 0031", "yep, [ACCOUNT_1]"),
    ("The last four digits of the card?", "2502", "[CARD_1]"),
    ("Last four of your SSN?", "it's 2538", "it's [NATIONAL_ID_1]"),
    ("What's the security code on the back?", "589", "[SECRET_1]"),
    ("We've just texted you a verification code.", "771204", "[SECRET_1]"),
    ("Your driver's license number and state?", "08962244 texas", "[NATIONAL_ID_1] texas"),
    ("What's your gamertag?", "stabby_mcgee", "[USERNAME_1]"),
    ("gamertag?", "his is DrPickle2012 mine is stabby_mcgee",
     "his is [USERNAME_1] mine is [USERNAME_2]"),
    ("Which login do you use?", "kestrelfan i guess", "[USERNAME_1] i guess"),
    ("Share character ID and transaction ID.", "id 5113985997 txn T24051932706",
     "id [USERNAME_1] txn [ORDER_1]"),
    ("Your full name and date of birth?", "it's for my son, Mateo Villanueva-Ortiz, 09/16/2014",
     "it's for my son, [PERSON_1], [DATE_OF_BIRTH_1]"),
    ("Date of birth?", "twenty second august nineteen ninety one", "[DATE_OF_BIRTH_1]"),
    ("First and last name?", "rajesh. last name p a t e l", "[PERSON_1]. last name [PERSON_2]"),
    ("Name and date of birth?", "Oyelowo, Temitope", "[PERSON_1], [PERSON_2]"),
    ("Can you spell your surname?", "T for tango, h, w, a, i, t, e", "[PERSON_1]"),
    ("And who'll be home?", "me or the missus, Thanh.", "me or the missus, [PERSON_1]."),
    ("What were the names of both parties?", "Guadalupe Ramos and Stephen J. Kaczmarek Jr.",
     "[PERSON_1] and [PERSON_2]."),
    ("Postcode?", "sa1 1fy", "[ADDRESS_1]"),
    ("Your e-mail?", "dakota underscore running bear at yahoo dot com", "[EMAIL_1]"),
    ("Your new password didn't save, which one did you type?", "tiger#lily9", "[SECRET_1]"),
    ("Sort code and account number?", "08-32-10, 12001039", "[IBAN_1], [IBAN_2]"),
]  # fmt: skip
GERMAN = [
    ("Wie lautet Ihre Bestellnummer?", "9ZC-6060", "[ORDER_1]"),
    ("Welche Bestellung ist das?", "bei Pizza Mario, 9ZC-6060", "9ZC"),
    ("Nennen Sie mir bitte Ihr Aktenzeichen.", "EG-2957/1355-Y", "[ACCOUNT_1]"),
    ("Versicherungsnummer?", "ja, das wäre HP 32 408 518 53", "ja, das wäre [ACCOUNT_1]"),
    ("Zählpunktnummer bitte.", "AT00194899225057225836006563949115", "[ACCOUNT_1]"),
    ("Bitte geben Sie Ihre Kundennummer ein", "4471 8823", "[ACCOUNT_1]"),
    ("Die letzten vier Ziffern der Karte?", "klar, 7484", "klar, [CARD_1]"),
    ("Wir haben Ihnen einen Code geschickt.", "392259", "[SECRET_1]"),
    ("Personalnummer?", "00054616", "[ACCOUNT_1]"),
    ("Ihr Nutzername?", "sammlerfreund_56", "[USERNAME_1]"),
    ("Wie heißt dein Account?", "knoedel.koenig", "[USERNAME_1]"),
    ("Name und Geburtsdatum bitte", "Jean-Baptiste Imhof, 1.8.1947", "[PERSON_1], [DATE_OF_BIRTH_1]"),
    ("Geburtsdatum?", "zwölfter April neunzehnhundertsiebenundachtzig", "[DATE_OF_BIRTH_1]"),
    ("Wer ist die Halterin?", "Ljubica Stanković", "[PERSON_1]"),
    ("Und wie heißt Ihre Mutter?", "meine mutter heißt gerda zink", "meine mutter heißt [PERSON_1]"),
    ("Ihre Steuernummer?", "21/815/08150", "[NATIONAL_ID_1]"),
    ("Führerscheinnummer?", "C9630ZUO95 ausgestellt in Kassel", "[NATIONAL_ID_1] ausgestellt in Kassel"),
]  # fmt: skip
FRENCH = [
    ("Quel est votre numéro de commande ?", "#RO8Z chez Dragon d'or", "[ORDER_1] chez Dragon d'or"),
    ("Référence de réservation ?", "oui alors c'est 9XQX8L", "oui alors c'est [ORDER_1]"),
    ("Numéro d'allocataire ?", "0783959", "[ACCOUNT_1]"),
    ("Votre contrat ?", "ANI-8319187", "[ACCOUNT_1]"),
    ("NIP du compte svp ?", "0243", "[SECRET_1]"),
    ("Les quatre derniers chiffres de la carte ?", "5003", "[CARD_1]"),
    ("Les pseudos ?", "zeph_yr, M4rmotte, Kévin_du_92, lilou.exe",
     "[USERNAME_1], [USERNAME_2], [USERNAME_3], [USERNAME_4]"),
    ("À quel nom ?", "louna diaz--moreau", "[PERSON_1]"),
    ("Votre nom ?", "Jean Bon et oui c'est mon vrai nom", "[PERSON_1] et oui c'est mon vrai nom"),
    ("Nom et date de naissance ?", "Jeannine Aubry-Favre, 8.12.36", "[PERSON_1], [DATE_OF_BIRTH_1]"),
    ("Sa date de naissance ?", "treize février deux mille trois", "[DATE_OF_BIRTH_1]"),
    ("Ton courriel ?", "poutine slayer tout attaché à gmail", "[EMAIL_1]"),
    ("Numéro de votre permis ?", "87AA63916", "[NATIONAL_ID_1]"),
    ("Votre code postal ?", "59240", "[ADDRESS_1]"),
]  # fmt: skip
SPANISH = [
    ("¿Número de pedido?", "#V087", "[ORDER_1]"),
    ("¿Código de reserva?", "si claro, es HLIIYO", "si claro, es [ORDER_1]"),
    ("¿Póliza?", "si. AU-47579214-92", "si. [ACCOUNT_1]"),
    ("¿Legajo?", "83496", "[ACCOUNT_1]"),
    ("¿Los últimos cuatro dígitos de la tarjeta?", "4069", "[CARD_1]"),
    ("Te llegó un token por SMS, ingresalo en la app.", "392259", "[SECRET_1]"),
    ("¿Nuevo CBU?", "0728437348985939434569", "[IBAN_1]"),
    ("Dime los nicks.", "srta_pepis, ElBicho7, Kirby-Manchego", "[USERNAME_1], [USERNAME_2], [USERNAME_3]"),
    ("¿Su nombre y CUIT?", "Facundo Nicolás Haddad 20380995930", "[PERSON_1] [NATIONAL_ID_1]"),
    ("¿Y nombre y fecha de nacimiento?", "Amparo Ferrándiz, siete de enero del cincuenta y uno",
     "[PERSON_1], [DATE_OF_BIRTH_1]"),
    ("¿Titulares?", "Roig Bonet, Apol·lònia y Van der Meer, Joost",
     "[PERSON_1], [PERSON_2] y [PERSON_3], [PERSON_4]"),
    ("¿Quién lo recibe?", "mi tía Chayo", "mi tía [PERSON_1]"),
    ("¿Correo?", "unai gg equipo arroba gmail com", "[EMAIL_1]"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "reply", "redacted"), ENGLISH + GERMAN + FRENCH + SPANISH)
def test_a_reply_is_read_by_what_was_asked_for(
    chat: Chat, question: str, reply: str, redacted: str
) -> None:
    """R31"""
    (said,) = replied(chat, question, reply)
    assert said == redacted
