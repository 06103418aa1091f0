"""R31, R34: secrets that no word right before them names: chosen, answered, or said of a lock."""

from __future__ import annotations

import pytest

from handrail.redaction.plain import plain
from handrail.redaction.recognizers.base import Recognizer
from handrail.redaction.recognizers.chosen_password import ChosenPassword
from handrail.redaction.recognizers.entry_code import EntryCode
from handrail.redaction.recognizers.secret_kinds import KINDS
from handrail.redaction.recognizers.security_answer import SecurityAnswer
from handrail.redaction.spans import merge

# «Guillemets» mark what must be found; a line without them must be left alone.
TABLE: dict[type[Recognizer], tuple[str, ...]] = {
    ChosenPassword: (
        # Typed or logged in with.
        "so I typed «Monday!Blues7» three times and it locks me out",
        "try logging in with «Casserole9» please",
        "ich tippe immer «Bienenstich4» ein und es sagt falsch",
        "connectez-vous avec «Cassoulet9»",
        "escribí «Lunes!Negro7» tres veces",
        "entre con «Cazuela9» por favor",
        "hab «Rosenrot#1» eingegeben und bin gesperrt",
        "«Dragonfruit9» is what i type in",
        "«Dragon9fruit» c'est ce que je tape",
        "«Dragon9fruta» es lo que escribo",
        "I typed my name and it vanished",
        "we type 3 letters and it freezes",
        "I entered Summer2024 as the promo code",
        "I typed Galaxy2024 into the search",
        "type C cable 100W",
        # Set, or changed from one to another.
        "I'll make it «Sunflower#12» then",
        "dann nehm ich «LilaRegen84»",
        "mettez plutôt «PluieViolette84»",
        "póngame «LluviaMorada84»",
        "I changed it from «Oakley2015» to «Oakley2024»",
        "ich habe es von «Sommer2020» auf «Winter2021» geändert",
        "l'ancien c'était «Dumbo!88», le nouveau c'est «Jumbo!99»",
        "mein neues soll «Ernte$Mond» sein",
        "I changed it from small to large",
        "we went from Windows10 to Windows11",
        "flying from Terminal2 to Terminal3",
        "the new one is a QE55Q80T",
        "l'ancienne était à 250 euros",
        "set it to Level10",
        "make it March2021 please",
        "mettez 2 exemplaires",
        "ich nehme das Paket2 bitte",
        "Use open_bank_account_4821 to open the account.",
        # Its letters are told apart; a letter shows it; a help desk made it up.
        "it is capital M, «Mango-tree-5»",
        "mit großem M: «Mangobaum-5»",
        "es lautet «Mausi-2015», alles klein",
        "the label says «kT4mm9qz»",
        "im Brief steht «kT4-mm9-qz»",
        "all set: «Maple-Quartz-57», change it soon",
        "le pongo otra: «Naranjo-88-Taza»",
        "a capital idea, 2024-style",
        "the letter says account closed",
        "the sticker says Model TX-55",
        "my Samsung-Galaxy-10 is fine",
        "«EllaMaxTheo», no spaces",
        "les prénoms collés, «EllaMaxTheo», sans espace",
        "the reference, no spaces please",
        # Several, one of which it was; what everybody takes.
        "either «Cornwall09» or «Devon2010»",
        "entweder «Ostsee09» oder «Nordsee2010»",
        "either Option1 or Option2",
        "Windows10 or Windows11",
        "lol ok «P@ssw0rd99» it is then",
        "«qwertz123» like everybody",
        "welcome back 2024",
        "the fields password1 and password2",
        # A sign between a word and a number.
        "it was «toastCrunch!88»",
        "«Melon!22»",
        "order#12345 and ticket#882",
        "he made transfers$10 over the week",
        "thanks lots!1 and great!2 more",
        "my tag is tamara#8152",
        "priya!raghu@mail.example",
        # Where somebody talks of getting in.
        "guest wifi is ours and you get on with «latte4life»",
        "is it possible that «Summer-Rain-31» was reset by you?",
        "mein übliches «Fr3ddie!!» wird seit freitag nicht angenommen",
        "ma copine a deviné «Loutre.1999»",
        "el wifi es nuestro y se entra con «minino75»",
        "help!!! I'm locked out!!! please!!",
        "my login is stephanie1716",
        "**IMPORTANT** unlock it before 2025",
        "I can't log in on my Galaxy10 with Windows11",
        "wifi channel 11 and 5GHz both slow on the TL-WR841N",
        "the login fails in AcmeService::load(key2)",
    ),
    SecurityAnswer: (
        "my security answer is «blue ford fiesta»",
        "meine Sicherheitsantwort ist «blauer Opel Kadett»",
        "ma réponse secrète est «ford fiesta bleue»",
        "mi respuesta secreta es «ford fiesta azul»",
        "security question is mother's birthplace, answer «Tipperary»",
        "pregunta secreta ciudad de mi madre, respuesta «Calatayud»",
        "the concierge will ask for the word «Pineapple» to release it",
        "der Pförtner braucht das Wort «Ananas»",
        "el conserje pedirá la palabra «Ornitorrinco»",
        "please quote the password «saffron» when we call back",
        "nennen Sie beim Rückruf bitte das Kennwort «Safran».",
        "we agreed a password for callbacks, it's «saffron»",
        "the verbal password «Artichoke»",
        "contraseña de recogida «campanilla»",
        "monitoring password «windmill» if they ring",
        "security password required",
        "Telefonkennwort vergessen",
        "please repeat the password twice",
        "say the password is wrong",
        "my security answer is not accepted",
        "my security answer is wrong every time",
        "answer to the security question is case sensitive",
        "la réponse secrète est fausse",
        "la respuesta secreta es incorrecta",
        "Sicherheitsfrage kommt nicht, Antwort bitte",
        "just say the word and I cancel",
    ),
    EntryCode: (
        "the padlock is «0451»",
        "keypad: «1357», then push hard",
        "lockbox combination «4-8-15»",
        "safe combination is «17-32-08»",
        "alarm panel takes «9042» then off",
        "the key box by the door opens with «3071»",
        "garage's «6602» if the driver comes early",
        "my kid changed the ipad lock to «2580»",
        "mein Sohn hat die Tablet-Sperre auf «2580» gestellt",
        "meter key is in the keysafe, «C1947Y» then pull",
        "Fahrradschloss «0451»",
        "die Alarmanlage geht mit «2468#» aus",
        "der Fahrer soll «7719#» eintippen",
        "Haustür «47B19» dann 3. Stock",
        "cadenas «4815»",
        "l'alarme s'arrête avec «9042»",
        "dites au livreur de taper «7719B»",
        "son téléphone se déverrouille avec «258013»",
        "candado de la bici «0451»",
        "la alarma se apaga con «9042»",
        "dígale al repartidor que marque «7719#»",
        "portero y luego «47B19»",
        "access to the building: «#4402» lift then «9931»",
        "the lock's four digits are «7-0-2-6»",
        "el candado tiene cuatro números «7-0-2-6»",
        "le casier s'ouvre avec «408»",
        "buzz 12, if no answer key in «5528E»",
        "keypad 12V and 16A",
        "first the shop, then 2019 happened",
        "the padlock is 40 mm and was cut",
        "padlock 4500 pieces",
        "the door is broken since 2019",
        "gate B14 closes at 19:45",
        "the alarm went off at 2:45",
        "opens with 2 keys",
        "press 5519 times",
        "dial 1800 for help",
        "driver should press the bell",
        "Haustür 210 cm, seit 2019 offen",
        "Alarmanlage piept alle 30 Sekunden",
        "le clavier AZERTY 2024 ne va pas",
        "el teclado 2024 no va",
        "s'arrête avec 2 erreurs",
        "the safe weighs 1200 kg",
        "it unlocks with face id",
    ),
}
ROWS = [(finder, line) for finder, lines in TABLE.items() for line in lines]


@pytest.mark.parametrize(
    ("finder", "line"), ROWS, ids=[f"{finder.__name__}: {line}" for finder, line in ROWS]
)
def test_find_is_exactly_what_is_marked(finder: type[Recognizer], line: str) -> None:
    """R31, R34"""
    wanted = [part.split("»")[0] for part in line.split("«")[1:]]
    text = line.replace("«", "").replace("»", "")
    shown = plain(text)
    spans = merge(finder().find(shown.text, language=""))
    found = [text[slice(*shown.source(span.start, span.end))] for span in spans]
    assert [value.rstrip("!#") for value in found] == [value.rstrip("!#") for value in wanted]
    assert {span.rule for span in spans} <= set(KINDS)
