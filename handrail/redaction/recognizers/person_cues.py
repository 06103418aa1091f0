"""The words around names in English, German, French and Spanish: plain form, without accents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from functools import cache
from typing import NamedTuple


class Cue(Enum):
    """What the words before a possible name say."""

    NAME = auto()  # "my name is": a name follows, whatever it looks like
    FIELD = auto()  # "name:": the same after a colon
    SELF = auto()  # "this is", "I am": a name follows if it looks like one
    KIN = auto()  # "my wife", "ask": a given name may follow, ambiguous or not
    GREETING = auto()  # "good morning": a name follows if the clause ends behind it
    THANKS = auto()  # "thanks", "sure": a capitalized or given name may follow
    CLOSING = auto()  # "kind regards": the rest of the message is a name
    TITLE = auto()  # "Dr.", "Frau": a surname follows


_CUES = {
    Cue.NAME: """my name is|my name's|name is|name's|my full name is|full name is|name was|
        call me|i am called|i'm called|account holder is|in the name of|under the name|
        under the name of|the name on the account is|the name on the card is|by the name of |
        registered to|addressed to|account is under|is under|booked under|order is under|
        made out to|first name is|last name is |surname is|goes by|ich heisse|ich heiße|
        mein name ist|mein name lautet|name ist|name lautet|auf den namen|lautet auf |
        nennen sie mich|vorname ist|nachname ist|je m'appelle|je me nomme|mon nom est|
        mon prenom est|m'appelle|s'appelle|nom est |prenom est|au nom de|me llamo|
        mi nombre es|mi nombre completo es|nombre es|se llama|a nombre de|apellido es""",
    Cue.FIELD: """name|full name|first name|last name|surname|cardholder|cardholder name|
        account holder|name on card|recipient |passenger|passenger name|attn|attention|
        contact person|vorname|nachname|kontoinhaber|inhaber|empfanger|nom|prenom |
        nom de famille|titulaire|destinataire|nombre|nombre completo|apellido|apellidos|
        titular|destinatario|customer name |billing address|shipping address|directed by|
        written by|from|sender|absender""",
    Cue.SELF: """this is|i am|i'm|im|it's|its|here is|ich bin|hier ist|hier spricht|
        hier schreibt|es spricht|c'est|je suis|ici |soy|le habla|le atiende|les habla|
        le saluda|aqui|habla|here's|it is|sie sprechen mit|vous parlez avec""",
    Cue.KIN: """ask|asked|told|agent|advisor|representative|colleague|my friend|my husband|
        my wife|my son|my daughter|my brother |my sister|my mother|my father|my mom|
        my dad|my boss|my partner|my colleague|husband|wife|spoke to|spoke with|
        speak to|speak with|speaking with |speaking to|talking to|talked to|chatting with|
        connected with|connected to|assistant|mein kollege|meine kollegin |meine frau|
        mein mann|mein freund|meine freundin|mein sohn|meine tochter|kollege|kollegin|
        ma femme|mon mari|mon fils |ma fille|mon collegue|ma collegue|conseiller|
        conseillere|mi mujer|mi marido|mi hijo|mi hija|mi companero|mi companera |
        hable con|con el agente|parle avec|parle a|gesprochen mit|mit herrn|named|send|
        pay|paid|remember me|sent|called|uncle|aunt""",
    Cue.GREETING: """hi|hello|hey|dear|hi there|
        hello there|good morning|good afternoon|good evening|
        good day|welcome|welcome back|greetings |hallo|guten tag|guten morgen|
        guten abend|servus|moin|gruss gott|liebe|lieber|sehr geehrte|sehr geehrter|
        hallo liebe|hallo lieber |bonjour|bonsoir|salut|cher|chere|bienvenue|coucou|
        hola|buenos dias|buenas tardes|buenas noches|buenas|estimado |estimada|querido|
        querida|bienvenido|bienvenida""",
    Cue.THANKS: """thanks|thank you|thx|ty|thank you so much|thanks so much|thank you very much|
        many thanks|thanks a lot|thanks for contacting us|thank you for contacting us|
        thanks for reaching out|thank you for reaching out|thank you for your patience |
        thanks for your patience|thanks for waiting|thank you for waiting|sorry|sure|ok|
        okay|bye|goodbye|great|perfect|no problem|you're welcome|you are welcome|
        of course|certainly|yes|no|alright|got it|understood|i understand|my apologies|
        danke|vielen dank |danke schon|herzlichen dank|gerne|tschuss|willkommen|merci|
        merci beaucoup|au revoir|merci de nous contacter|merci de nous avoir contactes|
        d'accord|gracias|muchas gracias|adios|gracias por contactarnos|
        gracias por contactar|gracias por contactar con nosotros|claro|por supuesto|de nada|
        perfecto|parfait|entendu|alles klar|verstanden""",
    Cue.CLOSING: """best|best regards|kind regards|warm regards|regards|sincerely|yours sincerely|
        sincerely yours|yours truly|yours faithfully|yours |cheers|thanks|thank you|
        many thanks|thanks again|best wishes|all the best|cordially|respectfully|
        take care|love|thx|br|rgds|kr|mit freundlichen grussen|mit freundlichen grußen|
        freundliche grusse|freundliche gruße|viele grusse|viele gruße|beste grusse |
        beste gruße|liebe grusse|liebe gruße|schone grusse|schone gruße|herzliche grusse|
        herzliche gruße|mfg|lg|vg|gruss|gruß|grusse|gruße |danke|vielen dank|
        hochachtungsvoll|cordialement|bien cordialement|bien a vous|salutations|
        amicalement|cdlt|sinceres salutations|merci |bonne journee|a bientot|saludos|
        un saludo|saludos cordiales|atentamente|cordialmente|un cordial saludo|gracias|
        atte|un abrazo""",
    Cue.TITLE: """mr|mrs|ms|mx|dr|prof|sr|sra|srta|hr|fr|mme|mlle|miss|sir|madam|herr|
        herrn|frau|monsieur|madame|mademoiselle |senor|senora|senorita|don|dona|uncle|
        aunt|professor|doctor""",
}

_AFTER = """speaking|here|am apparat|hier|a votre service|a l'appareil|al habla|
        a su servicio|from support|from customer service |from customer support|
        from the support team|at your service|le atiende|zu ihren diensten|am telefon|
        vom support|vom kundenservice|du support|de soporte|from billing|from sales|
        from technical support|lives at|lives in|lebt in|wohnt in |habite a|vive en"""


class Word(NamedTuple):
    """A word of a message: where it stands, as written, and in lower case."""

    start: int
    end: int
    text: str
    lower: str


@cache
def _by_first_word() -> dict[str, tuple[tuple[tuple[str, ...], Cue], ...]]:
    """All cue phrases by their first word, longest first."""
    table: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}
    for cue, phrases in _CUES.items():
        for phrase in " ".join(phrases.split()).split("|"):
            words = tuple(phrase.split())
            table.setdefault(words[0], []).append((words, cue))
    return {first: tuple(sorted(rows, key=lambda r: -len(r[0]))) for first, rows in table.items()}


def cues(words: Sequence[Word]) -> Iterator[tuple[int, int, Cue]]:
    """(first word, word after the cue, cue) per cue phrase; the longest of each kind counts."""
    table = _by_first_word()
    for place, word in enumerate(words):
        seen: set[Cue] = set()
        for phrase, cue in table.get(word.lower, ()):
            end = place + len(phrase)
            if cue not in seen and end <= len(words) and follows(words, place, phrase):
                seen.add(cue)
                yield place, end, cue


@cache
def _behind() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The phrases that stand behind a name, by their first word."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for phrase in " ".join(_AFTER.split()).split("|"):
        words = tuple(phrase.split())
        table.setdefault(words[0], []).append(words)
    return {first: tuple(phrases) for first, phrases in table.items()}


def announced(words: Sequence[Word]) -> Iterator[tuple[int, str]]:
    """(word after the name, first word of the phrase) where a name may stand before a phrase."""
    table = _behind()
    for place in range(1, len(words)):
        for phrase in table.get(words[place].lower, ()):
            if follows(words, place, phrase):
                yield place, phrase[0]
                break


def follows(words: Sequence[Word], place: int, phrase: tuple[str, ...]) -> bool:
    """Whether the words of `phrase` stand at `place`, close to each other."""
    for offset, expected in enumerate(phrase):
        if place + offset >= len(words) or words[place + offset].lower != expected:
            return False
        if offset and words[place + offset].start - words[place + offset - 1].end > 2:
            return False
    return True
