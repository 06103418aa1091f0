"""A reply in its parts, and the words in it that are no value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import is_common

# What people say before what they were asked for, and the words that name it again.
FILLERS = listed(
    """
    yes yeah yep yup ya yea no nope nah sure ok okay of course certainly absolutely well so um uh
    oh hi hello hey hallo moin servus bonjour bonsoir salut hola buenas sir madam please
    thanks thank you here it its it's is this that that's was the
    my mine me i'm im i am under for in at on with old new his her hers their our ours your first
    last full name surname names number num nr id ref reference account acct acc order booking
    conf confirmation policy claim customer member card pin code txn transaction trx dob ending
    ends endet endend termina termine finit still toujours noch weiterhin todavia sigue siendo
    sorry think guess believe glaube crois je creo que one second sec just should be both goes by
    called legal
    ja jo klar gerne sicher natuerlich naturlich nein also hier ist das der die dem den es war
    ware lautet mein meine meiner meinem meinen auf unter bei heisst heißt heisse heiße ich bin
    vorname nachname namen nummer kundennummer bestellung bestellnummer und zwar moment bitte
    oui ouais bien sur non alors euh voila voici c'est cest est le la les l' mon ma mes au nom de
    du d'accord prenom numero commande dossier pardon donc moi
    si claro por supuesto vale bueno pues el los las mi mis a del nombre apellido apellidos soy
    seria dale listo aqui va esta este son
    """
)
_BREAK = re.compile(
    r"[,;:\n()!?]+|(?<=\w\w\w)\.(?=\s|$)|\.{2,}|\s[/|&-]\s|"
    r"\s(?:and|und|et|y|e|pis|or|oder|ou|o|mine is|hers is|his is)\s",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:(?:['·]|-{1,2})[^\W\d_]+)*(?!\w)")
# Digits as people say them one by one.
_SPOKEN_DIGIT = (
    r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple|"
    r"null|eins|zwei|zwo|drei|vier|funf|fuenf|sechs|sieben|acht|neun|doppel|"
    r"un|deux|trois|quatre|cinq|sept|huit|neuf|"
    r"cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|doble)"
)
_SPOKEN = re.compile(rf"{_SPOKEN_DIGIT}(?:[\s,.-]{{1,3}}{_SPOKEN_DIGIT}){{0,19}}", re.IGNORECASE)
_FEWEST_SPOKEN = 3
_SEPARATED = re.compile(r"[^\W_]+")


class Word(NamedTuple):
    """A word of a reply: where it stands, as written, in lower case."""

    start: int
    end: int
    text: str
    lower: str

    @property
    def capital(self) -> bool:
        """Whether it begins in capitals."""
        return self.text[0].isupper()

    @property
    def shouted(self) -> bool:
        """Whether all of it is in capitals, and it is more than an initial."""
        return len(self.text) > 1 and self.text.isupper()


def parts(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a reply between commas, lines, ends of sentences and words like "and"."""
    start = 0
    for found in _BREAK.finditer(text):
        if found.start() > start:
            yield start, found.start()
        start = found.end()
    if start < len(text):
        yield start, len(text)


def part_begins(text: str, begin: int, at: int) -> int:
    """Where the part of `text[begin:at]` begins that goes on at `at`."""
    for found in _BREAK.finditer(text, begin, at):
        begin = found.end()
    return begin


def words(text: str, start: int, end: int) -> list[Word]:
    """The words of letters in `text[start:end]`."""
    return [Word(*m.span(), m[0], m[0].lower()) for m in _WORD.finditer(text, start, end)]


def leads_on(lower: str) -> bool:
    """Whether a word only leads to a value: a filler, a label, an ordinary word."""
    return lower in FILLERS or is_common(lower)


def spoken_digits(text: str) -> Iterator[tuple[int, int]]:
    """Where three digits and more are said one by one."""
    for found in _SPOKEN.finditer(text):
        start, end = found.span()
        alone = not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum())
        if alone and len(_SEPARATED.findall(found.group())) >= _FEWEST_SPOKEN:
            yield start, end


def are_spoken_digits(text: str, *, least: int) -> bool:
    """Whether all of `text` is digits said one by one, and so many of them."""
    return _SPOKEN.fullmatch(text) is not None and len(_SEPARATED.findall(text)) >= least
