"""Numbers that a sentence names in passing: "my pin doesn't work tho, 7121".

Recognizers read a word and its number side by side. Here other words may stand between, and the
words are all those with which people ask for a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.reference import names_a_thing
from handrail.redaction.spans import Span, SpanType
from handrail.redaction.turns.question_phrases import Asked
from handrail.redaction.turns.questions import Named
from handrail.redaction.turns.replies import Word, leads_on, words
from handrail.redaction.turns.said_logins import marked_logins
from handrail.redaction.turns.said_numbers import codes, digits_in, is_measure, secret_codes
from handrail.redaction.turns.said_signs import may_say_digits, said_aloud

_TYPES = {
    Asked.ORDER: SpanType.ORDER,
    Asked.ACCOUNT: SpanType.ACCOUNT,
    Asked.NATIONAL_ID: SpanType.NATIONAL_ID,
    Asked.BANK: SpanType.IBAN,
}
# Digits together, or the signs and capitals of a user name.
_WORTH_IT = re.compile(r"[A-Z]\d[A-Z]|[A-Z]{3}\d|\d\W?\d|\w[._#]\w|[a-z][A-Z]")
# Beside a word they make it a part of a path, a parameter or a variable.
_OF_PATHS = frozenset("/\\=&_.%$")
_OF_PATH = re.compile(r"[/\\=&_%$]|\.(?!\s|$)")
# Things that have numbers of another kind as well: "tokens used: 1843".
COUNTED = frozenset({"token", "tokens", "key", "keys"})
_SENTENCE_END = re.compile(r"[.!?;\n](?=\s|$)|\n")
# A booking code in capitals, but no `SUMMER25`.
_MIXED = re.compile(r"(?=[A-Z]*\d[A-Z\d]*\d)(?=\d*[A-Z])[A-Z\d]{5,8}|(?=[A-Z]*\d)[A-Z\d]{6}")
_MARKED = re.compile(r"#\s?[A-Z]{0,4}-?\d", re.IGNORECASE)
_VOUCHER = re.compile(r"[A-Z]{4,}\d{1,4}")
# "2023/2024" says when.
_YEARS = re.compile(r"(?:19|20)\d\d(?:[-/ ](?:19|20)?\d\d)?")
# "an invoice for 12500": what these lead to is an amount.
_AMOUNT_WORDS = listed(
    "for of over up about around from by than within uber bis ab um fur von seit hasta por para "
    "desde a de pour jusqu'a sur environ depuis en costs cost kostet coute cuesta total"
)
_AMOUNT = re.compile(r"\d{1,6}|\d{1,3} \d{3}")
# "The card reads 44 12".
_SAYING = listed(
    "reads says shows states stating marked printed engraved dated sagt steht zeigt nennt vom "
    "indique dit affiche porte mentionne marque pone dice marca indica muestra "
    "complete full whole komplett complet completo entier entera ganze"
)
_OF_KIND = re.compile(
    r"\s(?:of|for|de(?:\sla)?|du|del)\s[^\W\d_]{3,20}(?=\s)|\sd'[^\W\d_]{3,20}(?=\s)"
)
_ALSO = re.compile(
    r"(?:\s?[,/&+]\s?|\s)(?:(?:and|und|et|y|or|oder|ou|o|sowie|plus)\s)?"
    r"(?P<code>[A-Z\d][A-Z\d./-]{3,30})(?![\w-])"
)
# What costs or pays sums: "a pension of 12500", "refund 12000".
_SUMS = listed(
    "pension subscription abo package account meter "
    "scheme zahler compteur medidor contador angebot devis presupuesto quote quotation gutschrift "
    "refund erstattung remboursement rembourser reembolso"
)
_BESIDE = re.compile(r"[\s.:#=]{0,3}")
_NUMBER_WORDS = ("number", "no", "nr", "nro", "num", "id", "nummer", "numero")
# Goods have these as well.
_REFERENCES = listed("ref reference references referencia referenz")
_SAID_BEFORE = re.compile(
    r",?\s(?:is|was|ist|war|est|es|era|c'est|would be|should be)\s(?:my|his|her|our|the|"
    r"meine?|unsere?|die|der|das|mon|ma|notre|le|la|mi|su|el)\s(?:\w{1,14}\s){0,2}$"
    r"|,?\s(?:as|als|comme|como)\s(?:my\s|the\s|meine?\s|mon\s|mi\s)?$",
    re.IGNORECASE,
)
_AHEAD = 120
_NEAR = 28
_FAR = 40
_LONGEST = 48
_LONGEST_ALOUD = 120
_MOST_LETTERS = 2
_LONGEST_LETTERS = 6
_FEWEST_BESIDE = 4
_FEWEST = 5
_FEWEST_MIXED = 3
_LONG_MIXED = 8
_CONFIDENCE = 0.8


def told(text: str, named: Iterable[Named]) -> Iterator[Span]:
    """What stands behind a word for it in the same sentence: a number soon, a code further on.

    `named` are the things that `text` names. "It is 44 12, my client number" is understood too.
    """
    aloud = may_say_digits(text)
    if not (aloud or _WORTH_IT.search(text)):
        return
    for thing, start, end, lower in named:
        if text[start - 1 : start] in _OF_PATHS or _OF_PATH.match(text, end):
            continue
        if thing is Asked.CODE and lower not in COUNTED:
            stop = _sentence_end(text, end, end + _FAR)
            found = list(secret_codes(text, end, stop))
            if len(found) == 1:
                yield Span(*found[0], SpanType.SECRET, _CONFIDENCE)
        elif thing is Asked.LOGIN:
            stop = _sentence_end(text, end, end + _NEAR)
            yield from (
                Span(*found, SpanType.USERNAME, _CONFIDENCE)
                for found in islice(marked_logins(text, end, stop + _LONGEST), 1)
                if found[0] < stop
            )
        elif thing in _TYPES and not (
            lower in _REFERENCES and names_a_thing(text[max(0, start - _AHEAD) : start])
        ):
            places = chain(_number(text, end, lower), _ahead(text, start))
            if aloud:
                places = chain(places, _aloud(text, end))
            yield from (Span(*found, _TYPES[thing], _CONFIDENCE) for found in places)


def _number(text: str, end: int, lower: str) -> Iterator[tuple[int, int]]:
    """The next number, if only words that lead to one stand before it, or a sign marks it as one.

    Such signs are brackets around it and a cross before it.

    `lower` is the word for it, which ends at `end`.
    """
    stop = _sentence_end(text, end, end + _NEAR)
    for first, last in codes(text, end, stop + _LONGEST):
        if first >= stop:
            return
        between = words(text, _behind_kind(text, end), first)
        first, between = _with_letters(text, first, between)
        written = text[first:last]
        bracketed = text[first - 1 : first] == "(" and text[last : last + 1] == ")"
        if _YEARS.fullmatch(written):
            return
        if not (bracketed or _MARKED.match(written) or _all_lead(between)):
            return
        if _is_short(written) and (
            lower in _SUMS or not _AMOUNT_WORDS.isdisjoint(word.lower for word in between)
        ):
            return
        beside = _BESIDE.fullmatch(text, end, first) and lower.endswith(_NUMBER_WORDS)
        if _is_long(written) or (beside and digits_in(written) >= _FEWEST_BESIDE):
            yield first, last
            yield from _and_more(text, first, last)
        return


def _behind_kind(text: str, end: int) -> int:
    """Where what says of which kind a thing is ends: "tarjeta de combustible 7006"."""
    kind = _OF_KIND.match(text, end)
    return kind.end() if kind else end


def _and_more(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """The numbers that are listed behind `text[first:last]` and are as long."""
    length = last - first
    while also := _ALSO.match(text, last):
        first, last = also.span("code")
        if last - first != length or not any(map(str.isdigit, also["code"])):
            return
        yield first, last


def _with_letters(text: str, first: int, between: list[Word]) -> tuple[int, list[Word]]:
    """Where a number begins that has letters in lower case before it: "hk 77 120"."""
    last = between[-1] if between else None
    if last is None or text[last.end : first] != " " or leads_on(last.lower):
        return first, between
    is_prefix = len(last.text) <= _MOST_LETTERS or (
        "-" in last.text and len(last.text) <= _LONGEST_LETTERS
    )
    if not is_prefix or last.lower.endswith(_NUMBER_WORDS):
        return first, between
    return last.start, between[:-1]


def _ahead(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The number in "4471882 is my account number", of which the word begins at `start`."""
    said = _SAID_BEFORE.search(text, max(0, start - _NEAR), start)
    if said is None:
        return
    for first, last in codes(text, max(0, said.start() - _LONGEST), said.start()):
        if last == said.start() and _is_long(text[first:last]):
            yield first, last


def _aloud(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The next number that is said aloud, if only words that lead to one stand before it."""
    stop = _sentence_end(text, end, end + _NEAR)
    for first, last in said_aloud(text, end, min(len(text), stop + _LONGEST_ALOUD)):
        leads = first < stop and _all_lead(words(text, end, first))
        if leads and not is_measure(text, first, last):
            yield first, last
        return


def _is_long(written: str) -> bool:
    """Whether a number is too long to be anything else, with letters among its digits or not."""
    digits = digits_in(written)
    if _MIXED.fullmatch(written) and not _VOUCHER.fullmatch(written):
        return True
    return digits >= _FEWEST or (digits >= _FEWEST_MIXED and len(written) >= _LONG_MIXED)


def _all_lead(between: Iterable[Word]) -> bool:
    return all(leads_on(word.lower) or word.lower in _SAYING for word in between)


def _is_short(written: str) -> bool:
    """Whether a number is as short as amounts are."""
    return _AMOUNT.fullmatch(written) is not None


def _sentence_end(text: str, start: int, limit: int) -> int:
    """Where the sentence ends; the dot of an abbreviation right at `start` doesn't end it."""
    start += text[start : start + 1] == "."
    found = _SENTENCE_END.search(text, start, limit)
    return found.start() if found else min(limit, len(text))
