"""E-mail addresses, also written out: `bob (at) gmail dot com`, `eva arroba web punto es`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Recognizer, Sought, listed, spelled
from handrail.redaction.recognizers.names import is_common
from handrail.redaction.spans import Span, SpanType

_PLAIN = Sought(
    r"(?<![\w.+%-])[\w.+%'-]{1,64}\s?@\s?[^\W_](?:[\w-]{0,62}\.){1,5}(?:xn--[a-z0-9-]{2,30}|"
    r"[^\W\d_]{2,24})",
    re.IGNORECASE,
)
_DOT = r"(?:\s?[(\[{]\s?(?:dot|punkt|point|punto|\.)\s?[)\]}]\s?|\s(?:dot|punkt|point|punto)\s)"
_LOCAL_JOIN = (
    r"(?:" + _DOT + r"|\s(?:underscore|unterstrich|dash|hyphen|minus|"
    r"bindestrich|guion(?:\s(?:bajo|medio))?|barra\sbaja|tiret(?:\s(?:du\s)?(?:bas|six|huit))?|"
    r"trait\sd'union)\s)"
)
_AT = (
    r"(?:\s?[(\[{<]\s?(?:at|a|arobase|arobas|arroba|klammeraffe|@)\s?[)\]}>]\s?|\s?@\s?|"
    r"(?P<said>\s(?:at|bei|chez)\s)|\s(?:arobase|arobas|arroba|klammeraffe)\s)"
)
# "all one word", said of the words before.
_TOGETHER = (
    r"(?:,?\s(?:todo (?:junto|pegado)|all (?:one word|together)|one word|tout attache|en un mot|"
    r"zusammen(?:geschrieben)?|ohne leerzeichen|no spaces?)\b,?)"
)
_SAID_NUMBER = (
    r"(?:\s(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|null|eins|zwei|drei|vier|funf|sechs|sieben|acht|neun|"
    r"zehn|un|deux|trois|quatre|cinq|sept|huit|neuf|dix|vingt|uno|dos|tres|cuatro|cinco|seis|siete|"
    r"ocho|nueve|diez|veinte)\b){0,4}"
)
# In one, in parts, with a letter ahead, or letter by letter.
_LOCAL = (
    r"(?<![\w.+-])(?:(?:(?<![a-z] )(?:[a-z] ){3,24}[a-z]|"
    r"(?:(?<!')[b-df-hj-np-tv-xz] )?[\w.+-]{1,64})"
    rf"(?:{_LOCAL_JOIN}[\w+-]{{1,30}}){{0,3}}{_SAID_NUMBER}"
    rf"|[\w+-]{{2,30}}\s[\w+-]{{2,30}}(?={_TOGETHER})){_TOGETHER}?"
)
_WRITTEN = Sought(
    _LOCAL
    + _AT
    + r"[\w-]{2,40}(?:\s(?:minus|dash|bindestrich|tiret|guion)\s[\w-]{1,30}){0,2}(?:(?:"
    + _DOT
    + r"|\.)[a-z]{2,12}\b){0,2}"
    + _DOT
    + r"(?!dot\b)[a-z]{2,12}\b",
    re.IGNORECASE,
)
_BRACKETED_DOT = re.compile(r"[(\[{]\s?\.")
_KNOWN_HOST = Sought(
    _LOCAL
    + _AT
    + r"(?:gmail|googlemail|yahoo|hotmail|outlook|live|msn|icloud|proton(?:mail)?|gmx|web|aol|"
    r"t-online|"
    r"orange|free|laposte|wanadoo|sfr|bbox|neuf|telefonica|movistar|terra|ono|bigpond|optusnet|"
    r"rediffmail|singnet|ymail|zoho|fastmail|mail|me)"
    r"(?:\s?(?:\.|[(\[{]\s?(?:dot|punkt|point|punto)\s?[)\]}])\s?[a-z]{2,4}\b){1,2}",
    re.IGNORECASE,
)
# The host alone, behind a word that is said for the sign and nothing else.
_UNDOTTED = Sought(
    _LOCAL
    + r"(?P<said>\s(?:arobase|arobas|arroba|klammeraffe)\s)"
    + r"(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|protonmail|gmx|web|orange|laposte|"
    r"wanadoo|telefonica|movistar)\b",
    re.IGNORECASE,
)
# What a company shows of an address: `b*****a@web.de`.
_MASKED = Sought(
    r"(?<![\w.+-])[\w.+-]{0,4}(?:[*\u2022\u00b7x]{2,20}|\u2026|\.{3})[\w.+*-]{0,12}@"
    r"[\w*\u2022-]{1,40}(?:\.[a-z*]{2,12}){1,3}",
    re.IGNORECASE,
)
# Words that are somebody's mailbox as well.
_MAILBOXES = listed("info kontakt contact contacto support hello hallo mail office service shop")
_AT_WORDS = listed("at bei a arobase arobas arroba klammeraffe chez")
_DOT_WORDS = listed("dot punkt point punto")


class Email(Recognizer):
    """Addresses with an at sign or one of its spoken forms."""

    name = "email"
    types = frozenset({SpanType.EMAIL})
    needs = (_PLAIN, _WRITTEN, _KNOWN_HOST, _UNDOTTED, _MASKED)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Mailbox at host with a dotted name; whether the host exists isn't asked."""
        spans: list[Span] = []
        if "@" in text:
            spans += _spans(_PLAIN, text, 0.98)
            spans += _spans(_MASKED, text, 0.85)
        words = spelled(text)
        if "@" in text or not _AT_WORDS.isdisjoint(words):
            dotted = not _DOT_WORDS.isdisjoint(words)
            if dotted or _BRACKETED_DOT.search(text):
                spans += _written(_WRITTEN, text)
            spans += _written(_UNDOTTED, text)
            if dotted or "." in text:
                spans += _written(_KNOWN_HOST, text)
        return spans


def _spans(pattern: Sought, text: str, confidence: float) -> list[Span]:
    return [Span(m.start(), m.end(), SpanType.EMAIL, confidence) for m in pattern.finditer(text)]


def _written(pattern: Sought, text: str) -> Iterator[Span]:
    """Addresses in words; "we sell at amazon dot com" is none."""
    for found in pattern.finditer(text):
        mailbox = text[found.start() : found.start("said")].lower()
        if found["said"] is None or mailbox in _MAILBOXES or not is_common(mailbox):
            yield Span(*found.span(), SpanType.EMAIL, 0.9)
