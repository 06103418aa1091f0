"""What a message holds is read by what the other side asked for before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub

Chat = Callable[..., Conversation]
RULES = Ruleset(names="rules")

ENGLISH = [
    ("Can I get your order number?", "#0417-88", "[ORDER_1]"),
    ("Which order is it?", "the one with the lamp, #KX7Q", "the one with the lamp, [ORDER_1]"),
    ("Please enter your booking reference.", "7QXM2P", "[ORDER_1]"),
    ("and the booking code?", "QXMPLV", "[ORDER_1]"),
    ("Your policy number?", "sure it's HM-20-5581204-3", "sure it's [ACCOUNT_1]"),
    ("What's your meter number?", "it says 00418 22311 on it", "it says [ACCOUNT_1] on it"),
    ("Employee ID please", "W-220718", "[ACCOUNT_1]"),
    ("Case number?", "11-20785/LDN i think", "[ORDER_1] i think"),
    ("I need to find your file. What's the number?", "QD 0002 5561 88", "[ACCOUNT_1]"),
    ("The last four digits of the card?", "3318", "[CARD_1]"),
    ("Last four of your SSN?", "it's 4471", "it's [NATIONAL_ID_1]"),
    ("What's the security code on the back?", "907", "[SECRET_1]"),
    ("And your PIN?", "four seven one one", "[SECRET_1]"),
    ("We've just texted you a verification code.", "771204", "[SECRET_1]"),
    ("Your driver's license number and state?", "30918827 ohio", "[NATIONAL_ID_1] ohio"),
    ("What house number?", "number 27", "number [ADDRESS_1]"),
    ("And the address?", "The Old Forge, Kirk Brae", "[ADDRESS_1]"),
    ("What's the delivery address?", "Bramble Cottage, Lower Slaughter", "[ADDRESS_1]"),
    ("Zip code?", "six oh six one four", "[ADDRESS_1]"),
    ("Date of birth?", "14th of the 2nd 1979", "[DATE_OF_BIRTH_1]"),
    ("Date of birth?", "fourteenth of the second seventy nine", "[DATE_OF_BIRTH_1]"),
    ("What's your real date of birth?", "the twenty-first of december nineteen ninety",
     "[DATE_OF_BIRTH_1]"),
    ("Dates of birth for both?", "12 April 1950, 30 Sept 1952",
     "[DATE_OF_BIRTH_1], [DATE_OF_BIRTH_2]"),
    ("What year were you born?", "ninety", "[DATE_OF_BIRTH_1]"),
    ("And the date of birth?", "on the account it says 1984",
     "on the account it says [DATE_OF_BIRTH_1]"),
    ("What's your gamertag?", "grim_otter", "[USERNAME_1]"),
    ("gamertag?", "his is MrFjord77 mine is grim_otter",
     "his is [USERNAME_1] mine is [USERNAME_2]"),
    ("Which login do you use?", "kestrelfan i guess", "[USERNAME_1] i guess"),
    ("The patient's name and date of birth?", "it's for my son, Ruben Achterhof-Lim, 09/16/2014",
     "it's for my son, [PERSON_1], [DATE_OF_BIRTH_1]"),
    ("Date of birth?", "twenty third of may nineteen seventy two", "[DATE_OF_BIRTH_1]"),
    ("First and last name?", "meera. last name t h w a i t e", "[PERSON_1]. last name [PERSON_2]"),
    ("Can you spell your surname?", "T for tango, h, w, a, i, t, e", "[PERSON_1]"),
    ("Name and date of birth?", "Oyebanji, Folasade", "[PERSON_1], [PERSON_2]"),
    ("And who'll be home?", "me or the missus, Quyen.", "me or the missus, [PERSON_1]."),
    ("What were both parties' names?", "Ynez Valdivia and Fritz T. Obermeier",
     "[PERSON_1] and [PERSON_2]"),
    ("Who should it be addressed to?", "my gran, philippa thorne", "my gran, [PERSON_1]"),
    ("What name is it under?", "Rock Fairbanks", "[PERSON_1]"),
    ("Your name and MRN?", "meera thwaite mrn 08417732", "[PERSON_1] mrn [ACCOUNT_1]"),
    ("Postcode?", "bs6 7tt", "[ADDRESS_1]"),
    ("New address?", "we moved. The Old Kiln, Pound Lane, Nether Wallop, SO20 8EZ",
     "we moved. [ADDRESS_1]"),
    ("Your e-mail?", "dusty underscore plum at yahoo dot com", "[EMAIL_1]"),
    ("Sort code and account number?", "08-41-77, 12775039", "[IBAN_1], [IBAN_2]"),
    ("Which password did you type?", "it was tiger#lily9", "it was [SECRET_1]"),
    ("What's your memorable place?", "Llandudno", "[SECRET_1]"),
    ("Your memorable word?", "hang on... hedgehog", "hang on... [SECRET_1]"),
    ("Which code is on the display? The pairing code, I mean", "it reads 48 22 91",
     "it reads [SECRET_1]"),
]  # fmt: skip
GERMAN = [
    ("Wie lautet Ihre Bestellnummer?", "7QK-4140", "[ORDER_1]"),
    ("Um welche Sendung geht es?", "die vom montag, JQ0046183521997", "die vom montag, [ORDER_1]"),
    ("Nennen Sie mir bitte Ihr Aktenzeichen.", "FA-3108/2217-K", "[ACCOUNT_1]"),
    ("Versicherungsnummer?", "ja, das wäre KV 41 207 663 18", "ja, das wäre [ACCOUNT_1]"),
    ("Bitte geben Sie Ihre Kundennummer ein", "#447188-23", "[ACCOUNT_1]"),
    ("Die letzten vier Ziffern der Karte?", "klar, 6614", "klar, [CARD_1]"),
    ("Welche Hausnummer genau?", "die vierzehn", "die [ADDRESS_1]"),
    ("Hausnummer?", "11a", "[ADDRESS_1]"),
    ("Straße?", "Zehntscheuer", "[ADDRESS_1]"),
    ("Auf welche Kontonummer?", "die mit 4412", "die mit [IBAN_1]"),
    ("Wir haben Ihnen einen Code geschickt.", "448 102", "[SECRET_1]"),
    ("Personalnummer?", "P-071832", "[ACCOUNT_1]"),
    ("Ihr Nutzername?", "stoeberfuchs_81", "[USERNAME_1]"),
    ("Wie heißt dein Account?", "knusper.fee", "[USERNAME_1]"),
    ("Name und Geburtsdatum bitte", "Ottilie von Brandis, 7.11.58",
     "[PERSON_1], [DATE_OF_BIRTH_1]"),
    ("Geburtsdatum?", "elfter März neunzehnhundertvierundsechzig", "[DATE_OF_BIRTH_1]"),
    ("Wer ist die Halterin?", "meine Nachbarin, Frau Demirkiran",
     "meine Nachbarin, Frau [PERSON_1]"),
    ("Und wie heißt Ihre Mutter?", "meine mutter heißt gerlinde pauk",
     "meine mutter heißt [PERSON_1]"),
    ("Ihr Name bitte?", "brinkmann, vorname ulrike", "[PERSON_1], vorname [PERSON_2]"),
    ("Ihre Steuernummer?", "21/817/08155", "[NATIONAL_ID_1]"),
    ("Geburtsdatum?", "3 4 71", "[DATE_OF_BIRTH_1]"),
    ("Geburtsdatum?", "dritter vierter einundsiebzig", "[DATE_OF_BIRTH_1]"),
    ("Geburtsjahr?", "einundsiebzig", "[DATE_OF_BIRTH_1]"),
    ("Wann genau geboren?", "heiligabend 1966", "[DATE_OF_BIRTH_1]"),
    ("Tag und Monat?", "03.04.", "[DATE_OF_BIRTH_1]"),
    ("Führerscheinnummer?", "K4417QR92 aus Fulda", "[NATIONAL_ID_1] aus Fulda"),
    ("Wohin soll es gehen?", "Am Kolk 3, 26789 Leer", "[ADDRESS_1]"),
]  # fmt: skip
FRENCH = [
    ("Quel est votre numéro de commande ?", "#QX4T chez Lulu", "[ORDER_1] chez Lulu"),
    ("Référence de réservation ?", "oui alors c'est 7QXM2P", "oui alors c'est [ORDER_1]"),
    ("Numéro d'allocataire ?", "0791822", "[ACCOUNT_1]"),
    ("Votre contrat ?", "HAB-2217043", "[ACCOUNT_1]"),
    ("NIP du compte svp ?", "7719", "[SECRET_1]"),
    ("Quel est votre mot secret ?", "phare", "[SECRET_1]"),
    ("La réponse à la question secrète ?", "ce sera école Kerfoll", "ce sera [SECRET_1]"),
    ("Quel est le nombre à quatre chiffres ?", "6644", "[SECRET_1]"),
    ("Merci de saisir le code reçu par SMS", "55 20 91", "[SECRET_1]"),
    ("Les quatre derniers chiffres de la carte ?", "7730", "[CARD_1]"),
    ("Les pseudos ?", "zou_lou, T0rnade, Ourson_du_63, plume.bat",
     "[USERNAME_1], [USERNAME_2], [USERNAME_3], [USERNAME_4]"),
    ("À quel nom ?", "au nom de mon mari, lucien fabre", "au nom de mon mari, [PERSON_1]"),
    ("Nom et date de naissance ?", "Colette Aubert-Roch, 8.12.36", "[PERSON_1], [DATE_OF_BIRTH_1]"),
    ("Sa date de naissance ?", "treize juin deux mille quatre", "[DATE_OF_BIRTH_1]"),
    ("Ton courriel ?", "ours polaire tout attaché à gmail", "[EMAIL_1]"),
    ("Date de naissance ?", "le 3 avril 71", "[DATE_OF_BIRTH_1]"),
    ("Vous êtes née en quelle année ?", "1971", "[DATE_OF_BIRTH_1]"),
    ("Vous êtes né quand ?", "avril 71", "[DATE_OF_BIRTH_1]"),
    ("Numéro de votre permis ?", "91BB04417", "[NATIONAL_ID_1]"),
    ("Quelle rue ?", "Mouffetard", "[ADDRESS_1]"),
    ("Le numéro de rue ?", "le 112", "le [ADDRESS_1]"),
    ("Votre code postal ?", "76600", "[ADDRESS_1]"),
]  # fmt: skip
SPANISH = [
    ("¿Número de pedido?", "#T218", "[ORDER_1]"),
    ("¿Código de reserva?", "si claro, es QXMPLV", "si claro, es [ORDER_1]"),
    ("¿Póliza?", "si. VH-20551174-08", "si. [ACCOUNT_1]"),
    ("¿Legajo?", "90417", "[ACCOUNT_1]"),
    ("Indique los 4 últimos dígitos de su tarjeta", "7719", "[CARD_1]"),
    ("Te llegó un token por SMS, ingresalo en la app.", "771204", "[SECRET_1]"),
    ("¿Cuál es la respuesta a su pregunta secreta?", "será Bigotes", "será [SECRET_1]"),
    ("Necesito su clave telefónica.", "7741", "[SECRET_1]"),
    ("¿Nuevo CBU?", "0170099220000067797370", "[IBAN_1]"),
    ("Dime los nicks.", "doña_bolita, ElTopo9",
     "[USERNAME_1], [USERNAME_2]"),
    ("¿Su nombre y CUIT?", "Eustaquio Benavides 20318845531", "[PERSON_1] [NATIONAL_ID_1]"),
    ("¿Y su fecha de nacimiento?", "siete de enero del cincuenta y uno", "[DATE_OF_BIRTH_1]"),
    ("¿Que me diga su fecha de nacimiento?", "dice q el día de Reyes del 53",
     "dice q el [DATE_OF_BIRTH_1]"),
    ("¿Fecha de nacimiento?", "uno cinco noventa", "[DATE_OF_BIRTH_1]"),
    ("¿Año de nacimiento?", "el setenta y uno", "[DATE_OF_BIRTH_1]"),
    ("¿Titulares?", "Ferrer Mas, Meritxell y Van der Hoek, Joris",
     "[PERSON_1], [PERSON_2] y [PERSON_3], [PERSON_4]"),
    ("¿Quién lo recibe?", "mi tía Chelo", "mi tía [PERSON_1]"),
    ("¿Domicilio?", "Bv. Seguí 2210 3ºB, S2000XAB Rosario", "[ADDRESS_1]"),
    ("¿Piso y puerta?", "tercero izquierda", "[ADDRESS_1]"),
    ("¿Código postal?", "veintiocho cero doce", "[ADDRESS_1]"),
    ("¿Correo?", "pepa rulos equipo arroba gmail com", "[EMAIL_1]"),
]  # fmt: skip
# What no reply gives away, whatever was asked: (question, reply).
STAYS = [
    ("What's your order number?", "I ordered on 12/05/2024, two pairs in size 42"),
    ("Order number?", "I have 2 orders, the WH-1000XM4 headphones and a case"),
    ("What is your customer reference?", "no idea sorry, the invoice says 150.00 EUR"),
    ("May I have your account number?", "not on me, I'll be home at 18:30"),
    ("Do you want me to cancel the booking?", "yes, and refund 4500 points"),
    ("Your order number, please?", "Error 40471 when I open it, version 17.4.12"),
    ("What's the order total?", "1249"),
    ("What's your name?", "why do you need that?"),
    ("And your name?", "not telling lol"),
    ("Your name please?", "The Brixton boots in size 42"),
    ("Who am I speaking to?", "Rose gold or matte black?"),
    ("The name of the product?", "Ondine"),
    ("Did you get an error code?", "0x80070057"),
    ("What's your date of birth?", "why do you need it, the order was 3 days ago"),
    ("Date of birth?", "one second"),
    ("Do you have a birthday coupon?", "SAVE10 from 2023"),
    ("Geburtsdatum?", "wieso, ich hab doch am 3. bestellt"),
    ("Quand avez-vous commandé ?", "le 3 avril"),
    ("¿De qué año es el coche?", "1971"),
    ("Do you have a promo code?", "SUMMER25"),
    ("What's wrong with the password?", "nothing happens"),
    ("Which password field?", "the second one"),
    ("Do you remember the answer to your security question?", "unfortunately not"),
    ("Welches Passwort meinen Sie?", "das vom Kundenportal"),
    ("Quel mot de passe ?", "celui du wifi"),
    ("Have you got the code?", "it came but expired after 10 minutes"),
    ("What's the model number?", "EQ6-S700"),
    ("Please don't share your PIN here.", "2210 is my room, no worries"),
    ("And the expiry date?", "09/27"),
    ("Address?", "still the same as in 2019"),
    ("Address?", "one second"),
    ("Adresse?", "moment bitte, 2 minuten"),
    ("Votre adresse ?", "elle est dans mon compte"),
    ("¿Su dirección?", "está en mi cuenta"),
    ("What house number?", "I told you 3 days ago"),
    ("Wie lautet die Artikelnummer?", "1182-44-7"),
    ("Wie lautet Ihre Kundennummer?", "steht nirgends, nur Fehler 40471"),
    ("Ihr Name?", "Das ist mir zu privat"),
    ("Quel est le code d'erreur ?", "E4021"),
    ("Votre numéro de client ?", "je sais pas, j'ai payé 49,90 euros"),
    ("¿Cuál es su número de póliza?", "no la tengo, pagué 1.299,00 pesos"),
    ("¿Qué modelo es?", "RT41Q577"),
]


def replies(chat: Chat, *said: str | tuple[str, str]) -> list[str]:
    """What a conversation says after it was scrubbed by rules alone."""
    return [turn.text for turn in scrub(chat(*said), ruleset=RULES).turns]


@pytest.mark.parametrize(("question", "reply", "redacted"), ENGLISH + GERMAN + FRENCH + SPANISH)
def test_a_reply_is_read_by_what_was_asked_for(
    chat: Chat, question: str, reply: str, redacted: str
) -> None:
    """R31"""
    assert replies(chat, ("agent", question), reply)[1] == redacted


@pytest.mark.parametrize(("question", "reply"), STAYS)
def test_what_is_no_answer_stays(chat: Chat, question: str, reply: str) -> None:
    """R31"""
    assert replies(chat, ("agent", question), reply)[1] == reply


@pytest.mark.parametrize(
    "asking", ["What's your membership number?", "Ihre Mitgliedsnummer?", "¿Número de socio?"]
)
def test_a_question_stays_open_over_asides(chat: Chat, asking: str) -> None:
    """R31"""
    said = replies(chat, ("agent", asking), "one sec", ("agent", "Take your time."), "7730118")
    assert said[-1] == "[ACCOUNT_1]"


def test_several_things_asked_for_are_given_one_by_one(chat: Chat) -> None:
    """R31"""
    said = replies(
        chat,
        ("agent", "Please give me your file number and date of birth."),
        "KV-05/0411-3",
        "7/9/93",
    )
    assert said[1:] == ["[ACCOUNT_1]", "[DATE_OF_BIRTH_1]"]


def test_a_date_of_birth_sent_in_two_messages_is_read_in_both(chat: Chat) -> None:
    """R31"""
    said = replies(chat, ("agent", "Geburtsdatum?"), "22", ".11.75 sry zu früh")
    assert said[1:] == ["[DATE_OF_BIRTH_1]", "[DATE_OF_BIRTH_2] sry zu früh"]


def test_a_date_of_birth_is_set_right_where_it_was_only_mentioned(chat: Chat) -> None:
    """R31"""
    said = replies(chat, ("agent", "Je vois 12/09/1988 comme date de naissance."), "c'est 1989")
    assert said == ["Je vois [DATE_OF_BIRTH_1] comme date de naissance.", "c'est [DATE_OF_BIRTH_2]"]


def test_a_house_is_set_right_by_its_number_alone(chat: Chat) -> None:
    """R31"""
    said = replies(chat, ("agent", "C'est toujours 8 rue Pasteur ?"), "non le 18")
    assert said == ["C'est toujours [ADDRESS_1] ?", "non le [ADDRESS_2]"]


def test_the_same_can_be_asked_of_somebody_else(chat: Chat) -> None:
    """R31"""
    said = replies(
        chat,
        ("agent", "Your prescription number and DOB?"),
        "RX 0088217",
        ("agent", "All ready. And for your wife?"),
        "hers is 7809657, 8/8/88",
    )
    assert said[-1] == "hers is [ACCOUNT_2], [DATE_OF_BIRTH_1]"


def test_an_answered_question_is_closed(chat: Chat) -> None:
    """R31"""
    said = replies(
        chat, ("agent", "Order number?"), "7QK-4140", ("agent", "Found it, thank you!"), "2210 ml?"
    )
    assert said[-1] == "2210 ml?"


def test_agents_answer_too(chat: Chat) -> None:
    """R31"""
    said = replies(chat, "whats your name for the survey", ("agent", "It's Wiremu, thanks!"))
    assert said[1] == "It's [PERSON_1], thanks!"


def test_what_follows_a_question_in_the_same_message_answers_it(chat: Chat) -> None:
    """R31"""
    assert replies(chat, "do you need their passports? QK191906 and LM346546") == [
        "do you need their passports? [NATIONAL_ID_1] and [NATIONAL_ID_2]"
    ]


def test_an_answer_speaks_for_the_whole_conversation(chat: Chat) -> None:
    """R31 R32"""
    said = replies(
        chat,
        "it still hangs, see grim_otter's page",
        ("agent", "What's the gamertag?"),
        "grim_otter",
        ("agent", "Got it, grim_otter."),
    )
    assert said[2:] == ["[USERNAME_1]", "Got it, [USERNAME_1]."]


def test_a_particle_of_a_name_alone_is_nobodys(chat: Chat) -> None:
    """R31 R32"""
    said = replies(
        chat,
        ("agent", "¿Su nombre?"),
        "Jacinta de los Arcos Abad",
        ("agent", "Gracias. ¿Los últimos cuatro dígitos? De nada, Jacinta."),
    )
    assert said[1:] == [
        "[PERSON_1]",
        "Gracias. ¿Los últimos cuatro dígitos? De nada, [PERSON_1].",
    ]


@pytest.mark.parametrize(
    ("question", "redacted"),
    [
        ("Ist Ihre Anschrift noch Am Kolk 3, 26789 Leer?",
         "Ist Ihre Anschrift noch [ADDRESS_1]?"),
        ("So the address is 88 Pound Lane with Maria, right?",
         "So the address is [ADDRESS_1] with [PERSON_1], right?"),
        ("Vous habitez toujours sente des Glycines 8 bte 3 ?",
         "Vous habitez toujours [ADDRESS_1] ?"),
        ("¿La dirección de instalación sigue siendo la de la calle Olmedo?",
         "¿La dirección de instalación sigue siendo la de la [ADDRESS_1]?"),
        ("Le numéro du nouveau logement et le nom de rue ?",
         "Le numéro du nouveau logement et le nom de rue ?"),
        ("What address should it go to, home or office?",
         "What address should it go to, home or office?"),
    ],
)  # fmt: skip
def test_an_address_to_be_confirmed_goes(chat: Chat, question: str, redacted: str) -> None:
    """R31"""
    assert replies(chat, ("agent", question)) == [redacted]
