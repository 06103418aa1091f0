"""Answers to security questions: a few words, such as the name of a first pet."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought
from handrail.redaction.recognizers.names import is_common, is_everyday
from handrail.redaction.recognizers.password import is_sentence
from handrail.redaction.spans import Span, SpanType

_IS = (
    r"(?:(?:\s(?:is|was|ist|war|lautet|est|es|era|etait|c'est|c'etait|fue|sera|still|noch|"
    r"toujours|siempre|should be)\b){1,2}\s?:?|\s?[:=])\s{1,2}"
)
_WORDS = (
    r"[\"'`]?(?P<words>[^\W\d_][\w'-]{2,20}(?: [\w'-]{1,20}){0,4}?)"
    r"(?=[\"'`)]?(?:[.,;!?\n]|\s?$|\s(?:but|and|if|aber|und|falls|mais|et|si|pero|y|o)\b))"
)
_ANSWER = Cued(
    """security answer|secret answer|security question answer|answer to my security question|
        answer to the security question|answer to my secret question|answer to the secret question|
        sicherheitsantwort|geheime antwort|geheimantwort|antwort auf die sicherheitsfrage|
        antwort auf meine sicherheitsfrage|antwort der sicherheitsfrage|
        antwort zur sicherheitsfrage|
        reponse secrete|reponse de securite|reponse a ma question secrete|
        reponse a la question secrete|reponse a la question de securite|
        respuesta secreta|respuesta de seguridad|respuesta a mi pregunta secreta|
        respuesta a la pregunta secreta|respuesta a mi pregunta de seguridad|
        respuesta a la pregunta de seguridad""",
    _IS + _WORDS,
)
# "security question first pet, answer Whiskers"
_QUESTION = Cued(
    """security question|secret question|sicherheitsfrage|geheimfrage|question secrete|
        question de securite|pregunta secreta|pregunta de seguridad""",
    r"\b[^\n]{0,80}?[\s,.;:-](?:answer|antwort|reponse|rep|respuesta)(?:" + _IS + r"|\s)" + _WORDS,
)


# The word that lets somebody have a parcel: "the concierge will ask for the word Pineapple".
_AGREED = Sought(
    r"\b(?:needs?|asks?(?:ing)? for|ask|says?|give|tell (?:him|her|them)|using|with|"
    r"quote|state|mention|repeat|braucht|verlangt|fragt nach|"
    r"sagen|nennen|mit|demander?a?|donner|donnez|dire|dites|pedira|piden?|decir|diga|dar|con|avec)"
    r"(?:\s(?!spell|pronounc|define|say\b|write|mean)[a-z']{1,12}){0,5}?\s"
    r"(?:the|das|dem|le|la)\s(?:(?:code\s?|pass\s?)?word|(?:kenn|code|pass)?wort|mot(?: de passe)?|"
    r"palabra|contrasena|clave)\s[\"']?"
    r"(?P<words>[^\W\d_]{4,20})(?=[\"']?(?:[.,;!?\n]|\s?$|"
    r"\s(?:to|at|um|beim|an|pour|a|para|al|and|und|et|y|when|if|wenn|falls|quand|lors|si|cuando)\b))",
    re.IGNORECASE,
)

# "verbal password Artichoke"
_SPOKEN = Sought(
    r"\b(?:(?:verbal|spoken|telephone|phone|callback|call-back|collection|pick-?up|delivery|monitoring|"
    r"alarm|security)\s(?:password|codeword|code\sword)|mot\sde\spasse\s(?:vocal|oral|de\sretrait|"
    r"de\srappel|telephonique)|contrasena\s(?:verbal|hablada|de\srecogida|de\sretiro|telefonica)|"
    r"(?:telefon|abhol|ruckruf|kunden|zuruf)-?(?:kenn|pass)wort)\s[\"']?"
    r"(?P<words>[^\W\d_]{5,20})(?=[\"']?(?:[.,;!?\n]|\s?$|\s(?:if|when|wenn|falls|si|quand|cuando)\b))",
    re.IGNORECASE,
)
# "we agreed a password for callbacks, it's saffron"
_AGREED_ON = Cued(
    """password|codeword|code word|callback word|callback password|kennwort|codewort|
        ruckrufkennwort|mot de passe|mot de code|mot pour le rappel|mot convenu|contrasena|
        palabra clave|palabra para la llamada|clave para la llamada""",
    r"[^.,;:\n]{0,30},\s(?:it's|it is|which is|that's|c'est|es|und zwar|namlich|das ist)\s[\"']?"
    r"(?P<words>[^\W\d_]{4,20})(?=[\"']?(?:[.,;!?\n]|\s?$))",
)
_PATTERNS = (_ANSWER, _QUESTION, _AGREED, _SPOKEN, _AGREED_ON)


class SecurityAnswer(Recognizer):
    """What somebody says that they answered to a security question."""

    name = "security_answer"
    types = frozenset({SpanType.SECRET})
    needs = _PATTERNS

    def find(self, text: str, *, language: str) -> list[Span]:
        """Words up to the end of the clause that don't go on with the sentence."""
        return [
            Span(*match.span("words"), SpanType.SECRET, 0.8, rule="password")
            for pattern in _PATTERNS
            for match in pattern.finditer(text)
            if _is_answer(match["words"].lower().split(), alone=pattern is _SPOKEN)
        ]


def _is_answer(words: list[str], *, alone: bool) -> bool:
    """Whether words go on with no sentence; one that nothing announces is no ordinary one."""
    known = is_everyday if alone else is_common
    return not is_sentence(words) and not all(map(known, words))
