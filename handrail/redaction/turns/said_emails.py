"""E-mail addresses said in words in a reply to a question for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import listed
from handrail.redaction.turns.replies import words

_HOSTS = (
    r"(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|proton(?:mail)?|gmx|web|aol|t-online|"
    r"orange|free|laposte|wanadoo|sfr|bbox|movistar|telefonica|bigpond|optusnet|rediffmail|mail)"
)
_LEADING = listed(
    "yes yeah yep sure ok it's its it is my email mail e-mail address the to "
    "ja klar das ist meine mailadresse an oui c'est est mon adresse si claro es mi correo el dale a"
)
_DOT = r"(?:\s(?:dot|point|punkt|punto)\s|\s?\.\s?)"
_END = r"(?:\s(?=(?:com|net|org|es|fr|de)\b))"
_SPOKEN = re.compile(
    r"[^\s,](?:[^\n,]|,(?=\s)){1,80}?\s"
    rf"(?:(?:at|arroba|arobase|klammeraffe|chez|at-zeichen)\s[\w-]{{2,30}}(?:{_DOT}[a-z]{{2,12}})+|"
    rf"(?:at|a|arroba|arobase|chez)\s{_HOSTS}\b(?:(?:{_DOT}|{_END})[a-z]{{2,12}}\b)*)",
    re.IGNORECASE,
)


def spoken_emails(text: str) -> Iterator[tuple[int, int]]:
    """From the first word that leads nowhere else to the end of the host's name."""
    for found in _SPOKEN.finditer(text):
        said = words(text, found.start(), found.end())
        start = next((w.start for w in said if w.lower not in _LEADING), found.start())
        yield start, found.end()
