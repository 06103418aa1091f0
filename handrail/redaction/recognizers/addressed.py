"""Whether a word that is a name and an ordinary word as well stands as a name does.

"ask bob about it" and "thanks Will!" name somebody; "pay the bill" and "Will it fit?" don't.
"""

from __future__ import annotations

import re

from handrail.redaction.recognizers.names import is_common

_WIDEST = 32
_GREETED = (
    r"hi|hello|hey|dear|thanks|thank you|cheers|morning|evening|afternoon|hallo|liebe|lieber|"
    r"danke|servus|moin|bonjour|bonsoir|salut|coucou|cher|chere|merci|hola|querida|querido|"
    r"estimada|estimado|gracias|buenas|buenos dias|buenas tardes"
)
_NAMED = (
    r"ask|asked|tell|told|call me|i am|i'm|im|my name is|named|this is|"
    r"(?:speak|spoke|spoken|talk|talked|talking|speaking|chatted) (?:to|with)|"
    r"(?:mail|email|message|letter) (?:to|from)|"
    r"frag|frage|fragen sie|ich bin|ich heisse|ich heiße|mein name ist|"
    r"je suis|je m'appelle|demandez a|demande a|soy|me llamo|pregunta a|pregunte a|habla"
)
_BEFORE = re.compile(rf"(?<![\w'])(?:{_GREETED}|{_NAMED}) $", re.IGNORECASE)
_GREETED_BEFORE = re.compile(rf"(?<![\w'])(?:{_GREETED}) $", re.IGNORECASE)
_AFTER = re.compile(
    r" (?:called|said|says|told|wrote|asked|replied|promised|speaking|from \w|"
    r"hat (?:gesagt|angerufen|geschrieben)|sagt|sagte|m'a|a dit|dijo|dice|llamo|"
    r"here[ \n]?(?:[,.!?]|$))",
    re.IGNORECASE,
)
_CLAUSE_BEGINS = re.compile(
    r"(?:^|[,.;:!?(\n-] ?|"
    r"(?<!\w)(?:and|that|but|because|when|since|und|dass|weil|aber|et|que|y) )$",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(r" ?(?:[,.!?;\n]|$)")
_DETERMINED = re.compile(
    r"(?<!\w)(?:the|a|an|this|that|my|your|our|his|her|its|their|any|no|each|of|"
    r"der|die|das|den|dem|des|ein|eine|einen|einem|einer|diese|dieser|welche|welcher|keine|"
    r"le|la|les|un|une|ce|cette|mon|ma|ton|ta|son|sa|el|los|las|una|este|esta|mi|tu|su) $",
    re.IGNORECASE,
)


def is_addressed(text: str, start: int, end: int) -> bool:
    """Whether words around `text[start:end]` say that it is somebody's name, in any case.

    An ordinary word, as "will" is, counts only if it ends a greeting.
    """
    before = text[max(0, start - _WIDEST) : start]
    after = text[end : end + _WIDEST]
    if is_common(text[start:end]):
        return bool(_GREETED_BEFORE.search(before) and _CLAUSE_ENDS.match(after))
    if _BEFORE.search(before):
        return True
    return bool(_CLAUSE_BEGINS.search(before) and _AFTER.match(after))


def is_determined(text: str, start: int) -> bool:
    """Whether an article or the like stands before `start`, as before no name."""
    return _DETERMINED.search(text[max(0, start - _WIDEST) : start]) is not None
