"""Names of people: where people introduce, greet, address and sign, in capitals or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from handrail.redaction.recognizers.base import Recognizer, listed
from handrail.redaction.recognizers.names import (
    given_names,
    is_ambiguous,
    is_common,
    is_first_name,
    is_last_name,
    is_mistyped_name,
    is_ordinary,
    is_small_word,
    is_ware,
)
from handrail.redaction.recognizers.person_cues import Cue, Word, announced, cues, may_cue
from handrail.redaction.recognizers.person_forms import by_form
from handrail.redaction.recognizers.person_said import said
from handrail.redaction.recognizers.person_things import is_named_brand, is_thing
from handrail.redaction.spans import Span, SpanType

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PARTICLES = listed("van von de der den del della di da dos du la le el bin ibn al zu zur st y")
# "Becker Hubert J.", "Leslie Baker MA", "Heidi Clark, Np"; "I" goes on with the sentence.
_FOLLOWING = re.compile(
    r"(?: [A-HJ-Z]\.?(?![\w'])){0,2}"
    r"(?:(?: |, ?)(?:Jr|Sr|II|III|IV|Esq|Ph\.?D|PHD|Psy\.?D|M\.?D|DDS|DO|R\.?N|N\.?P|MBA|"
    r"M\.?A|M\.?S|MSc|B\.?A|BSc|CPA|DVM|LCSW|LMFT|LMHC|LPC|MFT|MFCC|MFC)\.?(?!\w)|"
    r", ?(?:Ma|Md|Ms|Np|Rn|Phd|Psyd|Lcsw|Lmft|Mft|Mfc|Mfcc|Dds)\.?(?!\w)){0,3}"
)
_CLAUSE_START = frozenset("\n.!?,;:>-*(")
_CLAUSE_END = frozenset(",.!?;:\n)(-")
_TITLES = listed(
    "mr mrs ms mx dr prof sr sra srta hr fr mme mlle miss sir madam herr herrn "
    "frau monsieur madame "
    "mademoiselle senor senora senorita don dona"
)
# "im Warenkorb" is no introduction, and "its" rarely one.
_ALSO_GERMAN = frozenset({"im", "its", "it's", "it is", "it"})
# Things are paid and sent too, in capitals and unknown: "paid Rs 15000"; drivers have a company.
_BEFORE_THINGS = listed(
    "pay paid sent called livreur chauffeur technicien technicienne repartidor repartidora tecnico "
    "chofer mensajero vendedor vendedora operadora cartero facteur"
)
_PLACE_BEGINS = listed("san santa saint los las fort port mount lake cape new são")
_STREET_ENDS = listed("st street road rd ave avenue lane drive dr square park bridge airport hotel")
_VAGUE_CLOSINGS = listed("best thanks thank love danke merci gracias yours br kr take")
# Behind these stands a name in small letters too.
_SHORT_TITLES = listed(
    "herr frau mrs mr dr herrn mme mlle ms sra srta senora fam familie ehepaar eheleute"
)
# "my company name is": of these a name is no person's.
_NAMED_THINGS = listed(
    "company business firm shop store product brand app game team domain file device hotel"
)
_ABBREVIATED = frozenset({"dr", "prof", "uncle", "aunt", "professor"})
_LINK = {
    Cue.NAME: re.compile(r"[ \t]?(?:[:=\n]\s{0,2}|[ ,\"'(]{1,3})"),
    Cue.FIELD: re.compile(r"\s?[:=]\s{0,3}"),
    Cue.SELF: re.compile(r"[ ,]{1,2}"),
    Cue.KIN: re.compile(r"[ ,]{1,2}"),
    Cue.GREETING: re.compile(r"[ ,]{1,2}"),
    Cue.THANKS: re.compile(r"[ ,]{1,2}"),
    Cue.CLOSING: re.compile(r"\s?[,.!\n-][\s-]{0,4}|\s"),
    Cue.TITLE: re.compile(r"\.?\s|\.(?=[A-Z])"),
}
# What is said after a greeting and a name, in transcripts without a comma between.
_NEXT_CLAUSE = frozenset(
    {
        ("my", "name"), ("thank", "you"), ("thanks", "for"), ("mein", "name"), ("ich", "heisse"),
        ("ich", "heiße"), ("je", "m'appelle"), ("mon", "nom"), ("me", "llamo"), ("mi", "nombre"),
    }
)  # fmt: skip
_MOST = 5
_FULL_NAME = 4
# Where all is in capitals, with so many spaces, capitals say nothing of names.
_SHOUTED = 3


class Person(Recognizer):
    """Customers and agents by the words around them, by titles, and by frequent given names."""

    name = "person"
    types = frozenset({SpanType.PERSON})

    def find(self, text: str, *, language: str) -> list[Span]:
        """Lower-case names count where nothing else could stand, or when they are given names."""
        if text.isupper() and text.count(" ") >= _SHOUTED:
            text = text.lower() if len(text.lower()) == len(text) else text
        written = _WORD.findall(text)
        lower = [word.lower() for word in written]
        whole = 1 <= len(lower) <= _FULL_NAME and not is_common(lower[0])
        given, cued = given_names(text, lower), may_cue(lower)
        spans: list[Span] = []
        if whole or given or cued:
            words = _words(text, written, lower)
            if whole:
                spans += _whole(text, words)
            for place in given:
                spans += _around(text, words, place)
            if cued:
                for first, after, cue in cues(words):
                    spans += _cued(text, words, first, after, cue)
                spans += _announced_behind(text, words, lower)
        spans += by_form(text, lower)
        spans += said(text)
        return [_with_what_follows(text, span) for span in spans]


def _words(text: str, written: Iterable[str], lower: Iterable[str]) -> list[Word]:
    """The words of `text` and where they stand, from the words as `written` and in `lower` case."""
    words: list[Word] = []
    end = 0
    for word, low in zip(written, lower, strict=True):
        start = text.index(word, end)
        end = start + len(word)
        # Word's own constructor would take as long as all the rest.
        words.append(tuple.__new__(Word, (start, end, word, low)))
    return words


def _person(start: int, end: int, confidence: float) -> Span:
    return Span(start, end, SpanType.PERSON, confidence)


def _with_what_follows(text: str, span: Span) -> Span:
    """`span` with the initials and the letters of a profession behind it: `J.`, `, PhD`."""
    found = text[span.start].isupper() and _FOLLOWING.match(text, span.end)
    return _person(span.start, found.end(), span.confidence) if found else span


def _starts_clause(text: str, at: int) -> bool:
    before = text[max(0, at - 8) : at].rstrip(" \t\"'")
    return before[-1] in _CLAUSE_START if before else at < 8


def _ends_clause(text: str, at: int) -> bool:
    rest = text[at : at + 8].lstrip(" ")
    return not rest or rest[0] in _CLAUSE_END


def _run(text: str, words: Sequence[Word], place: int) -> list[Word]:
    """The words from `place` with only a space, or an initial's dot, between."""
    run = [words[place]]
    for word in words[place + 1 : place + _MOST]:
        gap = text[run[-1].end : word.start]
        if gap != " " and not (gap == ". " and len(run[-1].text) == 1) and gap != "  ":
            break
        run.append(word)
    return run


def _cued(text: str, words: Sequence[Word], first: int, after: int, cue: Cue) -> Iterator[Span]:
    """The name that the cue `words[first:after]` announces, if there is one."""
    if after >= len(words):
        return
    link = _LINK[cue].fullmatch(text[words[after - 1].end : words[after].start])
    if link is None:
        return
    run = _run(text, words, after)
    if is_named_brand(words[after - 1].lower, link.group(), run[0].lower):
        return  # "Dr. Oetker", "Uncle Ben's"
    if cue is Cue.NAME and first and words[first - 1].lower in _NAMED_THINGS:
        return
    if cue in (Cue.NAME, Cue.FIELD):
        for span in _taken(run, sure=True, confidence=0.9):
            last = next((w for w in run[1:] if text[span.end : w.start] == " "), None)
            whole = (
                last is not None
                and len(run) == 2
                and last.text[0].isupper() == run[0].text[0].isupper()
                and _ends_clause(text, last.end)
                and not text[last.end :].lstrip().startswith(":")
            )
            yield _person(span.start, last.end, 0.9) if last is not None and whole else span
    elif cue is Cue.TITLE:
        if run[0].text.isupper() and _is_no_name(run[0]):
            return  # "Sir OTP is sent"
        capital = run[0].text[0].isupper()
        short = words[first].lower in _SHORT_TITLES or link.group().startswith(".")
        named = run[_particles(run) :]
        if len(words[first].text) == 1 and not _is_monsieur(words[first], link.group(), named[0]):
            return
        capital = capital or named[0].text[0].isupper()
        if not capital and is_ordinary(named[0].lower):
            return  # "Meine Frau kocht."
        if capital or short or is_first_name(named[0].lower) or is_last_name(named[0].lower):
            for span in _taken(named, sure=True, confidence=0.9):
                whole = words[first].lower in _ABBREVIATED
                yield _person(words[first].start if whole else run[0].start, span.end, 0.9)
    elif cue is Cue.SELF and _is_full_name(text, run):
        yield _person(run[0].start, run[1].end, 0.85)
    elif cue is Cue.SELF:
        sure = run[0].text[0].isupper() and words[first].lower not in _ALSO_GERMAN
        yield from _taken(run, sure=sure, confidence=0.85)
    elif cue is Cue.KIN:
        unknown = run[0].text[0].isupper() and not is_ordinary(run[0].lower)
        unknown = unknown and words[first].lower not in _BEFORE_THINGS
        yield from _taken(run, sure=unknown, confidence=0.8, in_context=True)
    elif _starts_clause(text, words[first].start):
        if cue is Cue.CLOSING:
            vague = words[first].lower in _VAGUE_CLOSINGS and not link.group().strip(" ")
            yield from _signed(text, run, vague=vague)
        else:
            yield from _addressed(text, run, loose=cue is Cue.GREETING and "," not in link.group())


def _is_monsieur(title: Word, gap: str, name: Word) -> bool:
    """Whether one letter stands for "Monsieur": "M. Zerbib", but not "5 m. Strand"."""
    return title.text == "M" and gap[0] == "." and name.text[0].isupper() and len(name.text) > 1


def _is_full_name(text: str, run: Sequence[Word]) -> bool:
    """Whether a clause ends with a given name and another word, both in capitals: Grace Summer."""
    if len(run) != len(("given", "last")) or not _ends_clause(text, run[1].end):
        return False
    return is_first_name(run[0].lower) and all(word.text.istitle() for word in run)


def _particles(run: Sequence[Word]) -> int:
    """How many particles a surname begins with: "de la" in "de la Hoz", none in "de"."""
    count = 0
    while count < len(run) and run[count].lower in _PARTICLES:
        count += 1
    follows = count < len(run) and not is_ordinary(run[count].lower)
    return count if follows else 0


def _taken(
    run: Sequence[Word], *, sure: bool, confidence: float, in_context: bool = False
) -> Iterator[Span]:
    """The name at the beginning of `run`.

    `sure`: a name is announced, so any word that isn't ordinary is taken; else the first word must
    be a given name, and one that is no ordinary word unless the context speaks for a person.
    """
    head = run[0]
    capital = head.text[0].isupper()
    if is_common(head.lower) or (head.lower in _PARTICLES and len(run) == 1):
        return
    if not capital and _is_no_name(head):
        return  # "goes by post"
    if not sure:
        given = is_first_name(head.lower)
        if not given or (is_ambiguous(head.lower) and not (capital and in_context)):
            return
    taken = [head]
    for word in run[1:]:
        particle = word.lower in _PARTICLES
        if not particle and (_ordinary(word) or (capital and not word.text[0].isupper())):
            break
        if not particle and not capital and is_ordinary(word.lower):
            break
        if taken[-1].lower in _PARTICLES and is_ordinary(word.lower):
            break  # "Herr Yilmaz von der Technik"
        taken.append(word)
    while len(taken) > 1 and taken[-1].lower in _PARTICLES:
        taken.pop()
    if not capital:
        taken = taken[:3]
    yield _person(taken[0].start, taken[-1].end, confidence)


def _ordinary(word: Word) -> bool:
    """An ordinary word; `Gray` in capitals is a surname."""
    return is_common(word.lower) and not (word.text[0].isupper() and is_last_name(word.lower))


def _is_no_name(word: Word) -> bool:
    """An ordinary word that nobody is called."""
    return is_ordinary(word.lower) and not (is_first_name(word.lower) or is_last_name(word.lower))


def _addressed(text: str, run: list[Word], *, loose: bool) -> Iterator[Span]:
    """A name after a greeting: the words up to the end of the clause, or a given name.

    `loose`: nothing but a name could stand here, so one or two lower-case words are enough.
    """
    if run[0].lower in _TITLES:
        return
    ordinary = any(_ordinary(word) for word in run) or is_common(run[0].lower)
    ordinary = ordinary or (run[0].text.islower() and _is_no_name(run[0]))  # "cheers pal"
    plain_name = not ordinary and len(run) <= 3 and _ends_clause(text, run[-1].end)
    capitals = all(word.text[0].isupper() or word.lower in _PARTICLES for word in run)
    if plain_name and (capitals or is_first_name(run[0].lower) or (loose and len(run) == 1)):
        yield _person(run[0].start, run[-1].end, 0.85)
        return
    if loose and not is_common(run[0].lower) and tuple(w.lower for w in run[1:3]) in _NEXT_CLAUSE:
        yield _person(run[0].start, run[0].end, 0.85)
        return
    yield from _taken(
        run, sure=loose and run[0].text[0].isupper(), confidence=0.85, in_context=True
    )


def _signed(text: str, run: list[Word], *, vague: bool) -> Iterator[Span]:
    """A name that closes the message, or its paragraph."""
    if is_common(run[0].lower) or any(_ordinary(word) for word in run) or len(run) > 3:
        return
    rest = text[run[-1].end : run[-1].end + 8].lstrip(" .!,)")
    if rest and not rest.startswith("\n"):
        return
    if not vague or is_first_name(run[0].lower) or all(word.text[0].isupper() for word in run):
        yield _person(run[0].start, run[-1].end, 0.85)


def _announced_behind(text: str, words: Sequence[Word], lower: Sequence[str]) -> Iterator[Span]:
    """The name before `speaking`, `from support` and their kin."""
    for place, phrase in announced(words, lower):
        if text[words[place - 1].end : words[place].start] not in (" ", ", "):
            continue
        names: list[Word] = []
        for word in reversed(words[max(0, place - 3) : place]):
            adjacent = not names or text[word.end : names[-1].start] == " "
            if is_common(word.lower) or not adjacent:
                break
            names.append(word)
        if not names:
            continue
        capitals = all(word.text[0].isupper() for word in names)
        alone = (
            len(names) == 1
            and _starts_clause(text, names[0].start)
            and phrase not in ("here", "hier")
        )
        if capitals or alone or any(is_first_name(word.lower) for word in names):
            yield _person(names[-1].start, names[0].end, 0.85)


def _whole(text: str, words: Sequence[Word]) -> Iterator[Span]:
    """A message that is nothing but a name, mistyped or not; its first word isn't common."""
    if any(is_common(word.lower) and not is_last_name(word.lower) for word in words):
        return
    start, end = words[0].start, words[-1].end
    if text.strip(" .!,\n") != text[start:end] or re.search(r"[^\w\s'.-]", text[start:end]):
        return
    first = words[0].lower
    given = is_first_name(first)
    if len(words) == 1:
        if given and not is_ambiguous(first):
            yield _person(start, end, 0.85)
        return
    names = given or any(
        is_first_name(w.lower) or is_last_name(w.lower) or is_mistyped_name(w.lower) for w in words
    )
    capitals = all(len(w.text) > 1 and w.text[0].isupper() and w.text[1:].islower() for w in words)
    if names or (capitals and len(words) <= 3):
        yield _person(start, end, 0.85 if names else 0.75)


def _around(text: str, words: Sequence[Word], place: int) -> Iterator[Span]:
    """A given name, with the capitalized names around it."""
    word = words[place]
    lower = word.lower.removesuffix("'s")
    if place and (words[place - 1].lower in _PLACE_BEGINS or is_ware(words[place - 1].lower)):
        return
    if is_thing(text, words, place):
        return
    if (word.start and text[word.start - 1] in "@./-_#'\\") or text[word.end : word.end + 1] in (
        "@",
        "_",
    ):
        return
    if not word.text[0].isupper():
        if len(lower) >= 4 and not is_ambiguous(lower) and not is_small_word(lower):
            yield from _taken_lower(text, words, place)
        return
    taken = [word]
    run = _run(text, words, place)
    for follower, behind in zip_longest(run[1:], run[2:]):
        if follower.lower == "y" and (behind is None or _begins_name(behind)):
            break
        if follower.lower in _PARTICLES or (follower.text[0].isupper() and not _ordinary(follower)):
            taken.append(follower)
        else:
            break
    while len(taken) > 1 and not taken[-1].text[0].isupper():
        taken.pop()
    before = words[place - 1] if place else None
    if before and _goes_before(text, before, word):
        taken.insert(0, before)
    if taken[-1].lower in _STREET_ENDS:
        return
    if len(taken) > 1 or not is_ambiguous(lower):
        end = taken[-1].end - 2 * taken[-1].lower.endswith("'s")
        yield _person(taken[0].start, end, 0.8 if len(taken) > 1 else 0.7)


def _begins_name(word: Word) -> bool:
    """Whether another name begins with a word: "Ana y Pedro", but "Ortega y Gasset"."""
    return is_first_name(word.lower) or word.lower in _PARTICLES


def _goes_before(text: str, before: Word, name: Word) -> bool:
    """Whether an initial stands before a given name, or a name in capitals that nobody knows."""
    gap = text[before.end : name.start]
    if len(before.text) == 1:
        return before.text.isupper() and gap == ". "
    return (
        gap == " "
        and before.start > 0
        and not is_ambiguous(name.lower)
        and before.text[0].isupper()
        and before.text[1:].islower()
        and before.lower not in _TITLES
        and not is_ordinary(before.lower)
    )


def _taken_lower(text: str, words: Sequence[Word], place: int) -> Iterator[Span]:
    """A lower-case given name with the lower-case surname behind it, if it is one."""
    run = _run(text, words, place)
    end = run[0].end
    if len(run) > 1 and is_last_name(run[1].lower) and not is_common(run[1].lower):
        end = run[1].end
    yield _person(run[0].start, end, 0.7)
