"""Numbers said sign by sign: `four one one one`, `null eins fuenf`, `o r d five five one`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought, either, spelled
from handrail.redaction.recognizers.card import is_card
from handrail.redaction.recognizers.iban import is_iban
from handrail.redaction.spans import Span, SpanType

_ONES = (
    "zero one two three four five six seven eight nine",
    "null eins zwei drei vier funf sechs sieben acht neun",
    "zero un deux trois quatre cinq six sept huit neuf",
    "cero uno dos tres cuatro cinco seis siete ocho nueve",
)
_OTHERS = {
    "oh": "0",
    "o": "0",
    "nought": "0",
    "zwo": "2",
    "fuenf": "5",
    "une": "1",
    "una": "1",
    "ein": "1",
    "nul": "0",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "fifteen": "15",
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
    "dix": "10",
    "onze": "11",
    "douze": "12",
    "treize": "13",
    "quatorze": "14",
    "quinze": "15",
    "seize": "16",
    "vingt": "20",
    "trente": "30",
    "quarante": "40",
    "cinquante": "50",
    "soixante": "60",
    "diez": "10",
    "once": "11",
    "doce": "12",
    "trece": "13",
    "catorce": "14",
    "quince": "15",
    "veinte": "20",
    "treinta": "30",
    "cuarenta": "40",
    "cincuenta": "50",
    "sesenta": "60",
    "setenta": "70",
    "ochenta": "80",
    "noventa": "90",
    "zehn": "10",
    "elf": "11",
    "zwolf": "12",
    "zwanzig": "20",
    "dreissig": "30",
    "dreißig": "30",
    "vierzig": "40",
    "funfzig": "50",
    "sechzig": "60",
    "siebzig": "70",
    "achtzig": "80",
    "neunzig": "90",
    "dreizehn": "13",
    "vierzehn": "14",
    "funfzehn": "15",
    "sechzehn": "16",
    "siebzehn": "17",
    "achtzehn": "18",
    "neunzehn": "19",
    "septante": "70",
    "huitante": "80",
    "octante": "80",
    "nonante": "90",
    "dieciseis": "16",
    "diecisiete": "17",
    "dieciocho": "18",
    "diecinueve": "19",
    "veintiuno": "21",
    "veintidos": "22",
    "veintitres": "23",
    "veinticuatro": "24",
    "veinticinco": "25",
    "veintiseis": "26",
    "veintisiete": "27",
    "veintiocho": "28",
    "veintinueve": "29",
}
_ONE_TO_NINE = ["ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun"]
_TENS = ["zwanzig", "dreissig", "vierzig", "funfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
_SHARP_S = {"dreissig": "dreißig"}
# "vierundzwanzig" is one word.
_GERMAN = {
    f"{one}und{written}": f"{tens}{ones}"
    for tens, ten in enumerate(_TENS, start=2)
    for written in {ten, _SHARP_S.get(ten, ten)}
    for ones, one in enumerate(_ONE_TO_NINE, start=1)
}
DIGITS = {word: str(n) for line in _ONES for n, word in enumerate(line.split())} | _OTHERS | _GERMAN
# "nine hundred": two zeros behind.
DIGITS["hundred"] = "00"
TIMES = {"double": 2, "triple": 3, "doppel": 2, "doble": 2, "dreifach": 3}

_WORD = "(?:" + either("|".join((*DIGITS, *TIMES))) + r"|\d{1,4})"
_RUN = Sought(
    r"(?<![\w])(?:(?:plus|mas)\s)?" + _WORD + r"(?:(?:[ ,.\n]|-|\s-\s|,\s|\.\.\.\s?|\set\s|\sy\s|"
    r"\sund\s|\sand\s)" + _WORD + r"){4,40}(?![\w])",
    re.IGNORECASE,
)
# The same with letters among them, as orders and IBANs have; `o` is a digit's word already.
_SIGN = rf"(?:{_WORD}|[a-np-z])"
_SIGNS = Sought(
    rf"(?<![\w'])(?:{_SIGN}(?:[ \n]|-|[,.] ?)"
    r"(?:(?:dash|hyphen|minus|slash|bindestrich|strich|tiret|guion) )?){5,60}"
    rf"{_SIGN}(?![\w'])",
    re.IGNORECASE,
)
_CONSONANT = re.compile(r"(?<![\w'])[b-df-hj-np-tv-xz](?![\w'])", re.IGNORECASE)
# Alone beside a number they are words: "a", "y", "e".
_WORD_BEFORE = re.compile(r"[aeiuy][ ,.\n-]{1,2}(?=[^\W_]{2}|\d)", re.IGNORECASE)
_WORD_BEHIND = re.compile(r"(?<=[^\W_]{2})[ ,.\n-]{1,2}[aeiuyo]$", re.IGNORECASE)
_FEWEST_DIGITS = 5
_FEWEST = 4
# Fewer words count where they stand among enough written digits: "07 nine double one 444 222".
_FEWEST_AMONG_DIGITS = 2
_PHONE_DIGITS = 9
# What is shorter is a code only if somebody says so.
_CODE = Cued(
    """pin|pin code|code|passcode|otp|tan|cvv|cvc|security code|sicherheitscode|geheimzahl|
        prufziffer|codigo|cryptogramme|clave""",
    r"(?:\s(?:is|ist|lautet|est|es|was|war)\b)?\s?[:=]?\s?"
    r"(" + _WORD + r"(?:[ ,-]" + _WORD + r"){2,7})(?!\w)",
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+")


class SpokenDigits(Recognizer):
    """Card and telephone numbers in words, with `oh`, `double` and tens, in four languages."""

    name = "spoken_digits"
    types = frozenset(
        {SpanType.CARD, SpanType.PHONE, SpanType.SECRET, SpanType.IBAN, SpanType.ORDER}
    )
    needs = (_RUN, _CODE, _SIGNS)

    def find(self, text: str, *, language: str) -> list[Span]:
        """At least five words in a row that make seven digits; a Luhn-valid long one is a card.

        With letters among them five digits are enough, and it is an order or an IBAN.
        """
        said = sum(map(DIGITS.__contains__, spelled(text)))
        if said < _FEWEST_AMONG_DIGITS:
            return []
        spans: list[Span] = []
        for run in _RUN.finditer(text):
            words = _TOKEN.findall(run.group().lower())
            digits = _heard(words)
            spelled_out = sum(w in DIGITS for w in words)
            if spelled_out < _FEWEST and (
                spelled_out < _FEWEST_AMONG_DIGITS or len(digits) < _PHONE_DIGITS
            ):
                continue
            if 7 <= len(digits) <= 40:
                card = 13 <= len(digits) <= 19 and (is_card(digits) or len(digits) == 16)
                kind = SpanType.CARD if card else SpanType.PHONE
                spans.append(Span(*run.span(), kind, 0.9, digits))
        if said >= _FEWEST:
            spans += _lettered(text)
        for found in _CODE.finditer(text):
            digits = _heard(_TOKEN.findall(found.group(1).lower()))
            if 3 <= len(digits) <= 8 and not found.group(1)[0].isdigit():
                spans.append(Span(*found.span(1), SpanType.SECRET, 0.85, digits, "one_time_code"))
        return spans


def _lettered(text: str) -> Iterator[Span]:
    """Numbers with letters said one by one among their digits."""
    for run in _SIGNS.finditer(text):
        start, end = run.span()
        if before := _WORD_BEFORE.match(text, start, end):
            start = before.end()
        if behind := _WORD_BEHIND.search(text, start, end):
            end = behind.start()
        if not _CONSONANT.search(text, start, end):
            continue
        words = _TOKEN.findall(text[start:end].lower())
        value = _signs(words)
        digits = sum(map(str.isdigit, value))
        if digits >= _FEWEST_DIGITS and sum(w in DIGITS for w in words) >= _FEWEST:
            kind = SpanType.IBAN if is_iban(value) else SpanType.ORDER
            yield Span(start, end, kind, 0.9, value)


def _signs(words: Sequence[str]) -> str:
    """The letters, in capitals, and the digits that were said."""
    signs: list[str] = []
    said: list[str] = []
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        # "o r d": a letter among letters.
        letter = len(word) == 1 and word.isalpha()
        if letter and (word != "o" or (len(following) == 1 and following.isalpha())):
            signs += [_heard(said), word.upper()]
            said = []
        else:
            said.append(word)
    return "".join([*signs, _heard(said)])


def _heard(words: list[str]) -> str:
    """The digits that were said."""
    digits: list[str] = []
    times = 1
    for word in words:
        if word in TIMES:
            times = TIMES[word]
            continue
        digits.append(DIGITS.get(word, word if word.isdigit() else "") * times)
        times = 1
    return "".join(digits)
