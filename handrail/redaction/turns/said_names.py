"""Names in a reply to "what's your name?" and "who will be home?"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import (
    is_common,
    is_first_name,
    is_last_name,
    is_ordinary,
)
from handrail.redaction.spans import Span, SpanType
from handrail.redaction.turns.replies import FILLERS, Word, leads_on, parts, words

_KIN = listed(
    "wife husband partner spouse fiance fiancee son daughter child kid kids baby mother father mum "
    "mom dad brother sister granddaughter grandson grandmother grandfather gran grandma grandpa "
    "aunt uncle cousin niece nephew friend flatmate roommate housemate neighbor neighbour boss lead "
    "manager colleague coworker assistant carer landlord tenant missus hubby sis bro parents "
    "frau mann partnerin sohn tochter kind mutter vater mama papa bruder schwester oma opa "
    "tante onkel enkel enkelin freund freundin nachbar nachbarin chef chefin kollege kollegin "
    "mitbewohner mitbewohnerin schwiegermutter schwiegervater schwager schwagerin familie "
    "femme mari fils fille mere pere frere soeur copain copine ami amie compagnon compagne conjoint "
    "conjointe epoux epouse coloc voisin voisine collegue patron belle-mere beau-pere maman tante "
    "mujer marido hijo hija madre padre mama hermano hermana suegra suegro tia tio prima primo "
    "amigo amiga novio novia esposo esposa pareja vecino vecina abuela abuelo nuera yerno papas "
    "encargado encargada jefe jefa mr mrs ms miss dr doctor doctora herr frau monsieur madame mme "
    "don dona senor senora shri sri driver fahrer chauffeur livreur conductor familia famille"
)
_PARTICLES = listed(
    "van von vom zu zum zur de der den del della di da dos du la las le el los bin ibn bint al st "
    "y ni mac ap ter ten af av freiherr graf"
)
_LETTER = r"[a-z](?:\s(?:for|as in|like|wie|comme|como|de)\s[^\W\d_]{2,12})?"
_SPELLED = re.compile(
    rf"(?<![\w'])[a-z](?:\s?[-.,]\s?|\s)(?:{_LETTER}(?:\s?[-.,]\s?|\s)){{1,24}}{_LETTER}(?![\w'])",
    re.IGNORECASE,
)
_MOST = 7
_MOST_LOWER = 4
_SURE = 0.85
_UNSURE = 0.7


def full_names(text: str) -> Iterator[Span]:
    """Every name in a reply to a question for names, in lower case and spelled too."""
    for start, end in parts(text):
        found = _name(text, words(text, start, end), certain=True)
        if found is not None:
            yield found
    for spelled in _SPELLED.finditer(text):
        yield Span(*spelled.span(), SpanType.PERSON, _SURE, re.sub(r"[^a-z]", "", spelled[0]))


def people(text: str) -> Iterator[Span]:
    """Names in a reply to a question for somebody, who needn't be called by name."""
    for start, end in parts(text):
        found = _name(text, words(text, start, end), certain=False)
        if found is not None:
            yield found


def _name(text: str, row: Sequence[Word], *, certain: bool) -> Span | None:
    """The name in one part of a reply: behind the words that lead to it."""
    first = next((at for at, word in enumerate(row) if not _leads(word)), len(row))
    later = next(
        (at for at in range(first, len(row)) if row[at].capital and not _leads(row[at])), None
    )
    if first < len(row) and not row[first].capital and later is not None:
        first = later
    if first == len(row):
        return None
    run = _run(text, row, first)
    known = any(is_first_name(word.lower) or is_last_name(word.lower) for word in run)
    kin = first > 0 and row[first - 1].lower in _KIN
    whole = run[-1] is row[-1]
    if any(is_ordinary(word.lower) for word in run[:1]) and not known:
        return None
    if run[0].capital:
        if not (certain or known or kin or (whole and all(w.lower in FILLERS for w in row[:first]))):
            return None
    elif not (kin or known or (certain and whole and _is_alone(row[:first], run))):
        return None
    sure = run[0].capital or known
    return Span(run[0].start, run[-1].end, SpanType.PERSON, _SURE if sure else _UNSURE)


def _leads(word: Word) -> bool:
    """Whether a word stands before a name and isn't part of it."""
    if word.lower in _KIN:
        return True
    if word.capital and (is_first_name(word.lower) or is_last_name(word.lower)):
        return False
    return leads_on(word.lower)


def _run(text: str, row: Sequence[Word], first: int) -> list[Word]:
    """The name that begins with `row[first]`: what stands close to it and isn't ordinary."""
    run = [row[first]]
    capital = row[first].capital
    for word in row[first + 1 : first + _MOST]:
        if text[run[-1].end : word.start] not in (" ", ". ", "  "):
            break
        if word.lower not in _PARTICLES:
            if capital and not word.capital:
                break
            ordinary = is_common(word.lower) or word.lower in FILLERS
            if ordinary and not (capital and is_last_name(word.lower)):
                break
        run.append(word)
    while len(run) > 1 and run[-1].lower in _PARTICLES and not run[-1].capital:
        run.pop()
    return run


def _is_alone(before: Sequence[Word], run: Sequence[Word]) -> bool:
    """Whether words in lower case are all that a part says, but for fillers."""
    if len(run) > _MOST_LOWER or len(run[0].text) < 2:
        return False
    fillers = all(word.lower in FILLERS for word in before)
    return fillers and not any(is_ordinary(word.lower) for word in run)
