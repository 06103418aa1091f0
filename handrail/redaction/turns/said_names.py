"""Names in a reply to "what's your name?" and "who will be home?"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import (
    PARTICLES,
    is_ambiguous,
    is_common,
    is_first_name,
    is_last_name,
    is_ordinary,
)
from handrail.redaction.spans import Span, SpanType
from handrail.redaction.turns.replies import FILLERS, Word, leads_on, parts, words

_KIN = listed(
    """
    wife husband partner spouse fiance fiancee son daughter child kid kids baby mother father mum
    mom dad brother sister granddaughter grandson grandmother grandfather gran grandma grandpa
    aunt uncle cousin niece nephew friend flatmate roommate housemate neighbor neighbour boss lead
    manager colleague coworker assistant carer landlord tenant missus hubby sis bro parents
    frau mann partnerin sohn tochter kind mutter vater mama papa bruder schwester oma opa tante
    onkel enkel enkelin freund freundin nachbar nachbarin chef chefin kollege kollegin mitbewohner
    mitbewohnerin schwiegermutter schwiegervater schwager schwagerin familie
    femme mari fils fille mere pere frere soeur copain copine ami amie compagnon compagne conjoint
    conjointe epoux epouse coloc voisin voisine collegue patron belle-mere beau-pere maman
    mujer marido hijo hija madre padre hermano hermana suegra suegro tia tio prima primo amigo
    amiga novio novia esposo esposa pareja vecino vecina abuela abuelo nuera yerno papas encargado
    encargada jefe jefa
    mr mrs ms miss dr doctor doctora herr monsieur madame mme don dona senor senora shri sri
    driver fahrer chauffeur livreur conductor familia famille
    """
)
# What a surname in capitals may begin with; "Der" and "La" begin sentences as a rule.
_OPENING = listed("van von vom zu de du di da del della ter ten ni mac bin al")
_LETTER = r"[a-z](?:\s(?:for|as in|like|wie|comme|como|de)\s[^\W\d_]{2,12})?"
_GAP = r"(?:\s?[-.,]\s?|\s)"
_SPELLED = re.compile(
    rf"(?<![\w']){_LETTER}{_GAP}(?:{_LETTER}{_GAP}){{1,24}}{_LETTER}(?![\w'])",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"\?|[.!](?=\s)|\n")
_NUMBER_BEHIND = re.compile(r"\s?[:.#]?\s?(?!x\d)(?=[A-Za-z]{0,8}\d)")
# "Kowalczyk probably".
_HEDGES = listed(
    "probably maybe likely perhaps possibly wahrscheinlich vermutlich vielleicht glaub "
    "probablement surement quizas probablemente"
)
# What a placeholder looks like here: where one stands, the answer was found before.
_MASK = "[_"
# "Mensah but most people say Kojo".
_BUT = listed("but aber mais pero")
_MOST = 7
_LAST_AND_FIRST = 2
_SHORTEST = 2
_MOST_LOWER = 4
_SURE = 0.85
_UNSURE = 0.7


def full_names(text: str) -> Iterator[Span]:
    """Every name in a reply to a question for names, in lower case and spelled too."""
    rows = _rows(text)
    found = [span for row in rows if (span := _capital(text, row, certain=True)) is not None]
    yield from found or _lower(text, rows)
    for spelled in _SPELLED.finditer(text):
        yield Span(*spelled.span(), SpanType.PERSON, _SURE)


def people(text: str) -> Iterator[Span]:
    """Names in a reply to a question for somebody, who needn't be called by name."""
    kin = False
    for row in _rows(text):
        found = _capital(text, row, certain=False) or _of_kin(text, row)
        run = [] if found else _lower_run(text, row)
        if found is not None:
            yield found
        elif run and (kin or is_first_name(run[0].lower)) and not is_ambiguous(run[0].lower):
            yield Span(run[0].start, run[-1].end, SpanType.PERSON, _UNSURE)
        kin = row[-1].lower in _KIN


def _rows(text: str) -> list[list[Word]]:
    """The words of each part of a reply that asks nothing back."""
    rows = [words(text, start, end) for start, end in parts(text) if not _asks_back(text, end)]
    return [row for row in rows if row]


def _asks_back(text: str, end: int) -> bool:
    """Whether the sentence goes on to a question mark."""
    mark = _SENTENCE_END.search(text, end)
    return mark is not None and mark.group() == "?"


def _capital(text: str, row: Sequence[Word], *, certain: bool) -> Span | None:
    """The name in capitals in one part of a reply.

    `certain`: a name was asked for, so it needs no words before it that speak for a person. What
    goes on behind a single word is about a thing: "Jordan sneakers".
    """
    first = next((at for at, word in enumerate(row) if word.capital and not _leads(word)), None)
    if first is None:
        return None
    run = _run(text, row, first)
    before, run = _with_particles(text, row[:first], run)
    if certain and before and _is_name_too(text, before[-1], run):
        before, run = before[:-1], [before[-1], *run]
    kin = any(word.lower in _KIN for word in before)
    fillers = all(word.lower in FILLERS for word in before)
    whole = run[-1] is row[-1] and not _goes_on(text, run)
    known = any(is_first_name(word.lower) or is_last_name(word.lower) for word in run)
    if len(run) == 1 and not (kin or known) and is_ordinary(run[0].lower):
        return None
    if not (kin or whole or (len(run) > 1 and certain)):
        return None
    if certain or kin or known or fillers:
        return Span(run[0].start, run[-1].end, SpanType.PERSON, _SURE)
    return None


def _lower(text: str, rows: Sequence[Sequence[Word]]) -> list[Span]:
    """Names in lower case, where a reply says nothing else but fillers.

    One unknown word among several parts counts only beside a name that is sure.
    """
    sure: list[Span] = []
    unsure: list[Span] = []
    alone = _are_names_alone(rows) and _MASK not in text
    for row in rows:
        run = _lower_run(text, row)
        if not run:
            continue
        kin = row[0] is not run[0] and row[row.index(run[0]) - 1].lower in _KIN
        given = is_first_name(run[0].lower) and not is_ambiguous(run[0].lower)
        named = is_first_name(run[0].lower) or is_last_name(run[0].lower)
        known = given or len(run) > 1 or (alone and named)
        span = Span(run[0].start, run[-1].end, SpanType.PERSON, _SURE if known else _UNSURE)
        (sure if known or kin or alone else unsure).append(span)
    return sure + unsure if sure else []


def _are_names_alone(rows: Sequence[Sequence[Word]]) -> bool:
    """Whether a reply is one part, or two words of which each is one: "hinterhuber, ignaz"."""
    return len(rows) == 1 or (len(rows) == _LAST_AND_FIRST and all(len(row) == 1 for row in rows))


def _lower_run(text: str, row: Sequence[Word]) -> list[Word]:
    """The words in lower case that end a part, behind fillers, and may be a name."""
    first = next((at for at, word in enumerate(row) if not _leads(word)), None)
    if first is None or not all(w.lower in FILLERS or w.lower in _KIN for w in row[:first]):
        return []
    last = next((at for at in range(first + 1, len(row)) if row[at].lower in _BUT), len(row))
    while last > first + 1 and (row[last - 1].lower in _HEDGES or row[last - 1].lower in FILLERS):
        last -= 1
    run = _run(text, row[:last], first)
    if run[-1] is not row[last - 1] or _goes_on(text, run):
        return []
    if len(run) > 1 and _NUMBER_BEHIND.match(text, run[-1].end) and not is_last_name(run[-1].lower):
        run.pop()
    if len(run) > _MOST_LOWER:
        return []
    initial = len(run) > 1 and text[run[0].end : run[1].start] == ". "
    short = len(run[0].text) < _SHORTEST and not initial
    ordinary = any(is_ordinary(word.lower) for word in run[initial:]) or short
    return [] if ordinary else run


def _of_kin(text: str, row: Sequence[Word]) -> Span | None:
    """The name in lower case behind "my wife" or "Frau", if a part ends with it."""
    first = next((at for at, word in enumerate(row) if not _leads(word)), 0)
    if first == 0 or row[first - 1].lower not in _KIN or is_ordinary(row[first].lower):
        return None
    run = _run(text, row, first)
    if run[-1] is not row[-1] or len(run[0].text) < _SHORTEST:
        return None
    return Span(run[0].start, run[-1].end, SpanType.PERSON, _UNSURE)


def _leads(word: Word) -> bool:
    """Whether a word stands before a name and isn't part of it."""
    if word.lower in _KIN:
        return True
    if word.capital and (is_first_name(word.lower) or is_last_name(word.lower)):
        return False
    return leads_on(word.lower)


def _is_name_too(text: str, word: Word, run: Sequence[Word]) -> bool:
    """Whether an ordinary word in capitals before a name is the first of its words: Rock, Will."""
    if not word.capital or word.lower in FILLERS or word.lower in _KIN:
        return False
    return text[word.end : run[0].start] == " " and is_ambiguous(word.lower)


def _with_particles(
    text: str, before: Sequence[Word], run: list[Word]
) -> tuple[Sequence[Word], list[Word]]:
    """What leads to a name, and the name with the particle in capitals it begins with: Van der."""
    at, first = len(before), run[0]
    while at > 0 and before[at - 1].lower in PARTICLES:
        if text[before[at - 1].end : first.start] != " ":
            break
        at, first = at - 1, before[at - 1]
        if first.capital and first.lower in _OPENING:
            return before[:at], [*before[at:], *run]
    return before, run


def _run(text: str, row: Sequence[Word], first: int) -> list[Word]:
    """The name that begins with `row[first]`: what stands close to it and isn't ordinary."""
    run = [row[first]]
    capital, shouted = row[first].capital, row[first].shouted
    for word in row[first + 1 : first + _MOST]:
        if text[run[-1].end : word.start] not in (" ", ". ", "  "):
            break
        if word.lower not in PARTICLES and not (shouted and word.shouted):
            if capital and not word.capital:
                break
            if word.lower in FILLERS or (is_common(word.lower) and not capital):
                break
        run.append(word)
    while len(run) > 1 and run[-1].lower in PARTICLES and not run[-1].capital:
        run.pop()
    return run


def _goes_on(text: str, run: Sequence[Word]) -> bool:
    """Whether a single word is followed by a number: it names what the number is."""
    return len(run) == 1 and _NUMBER_BEHIND.match(text, run[-1].end) is not None
