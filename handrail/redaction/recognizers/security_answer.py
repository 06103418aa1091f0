"""Answers to security questions: a few words, such as the name of a first pet."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought
from handrail.redaction.recognizers.names import is_common
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
    r"braucht|verlangt|fragt nach|"
    r"sagen|nennen|mit|demander?a?|donner|donnez|dire|dites|pedira|piden?|decir|diga|dar|con|avec)\s"
    r"(?:the|das|dem|le|la)\s(?:code\s?|pass\s?)?(?:word|wort|mot|palabra)\s[\"']?"
    r"(?P<words>[^\W\d_]{4,20})(?=[\"']?(?:[.,;!?\n]|\s?$|\s(?:to|at|um|beim|an|pour|a|para|al|and|und|et|y)\b))",
    re.IGNORECASE,
)


class SecurityAnswer(Recognizer):
    """What somebody says that they answered to a security question."""

    name = "security_answer"
    types = frozenset({SpanType.SECRET})
    needs = (_ANSWER, _QUESTION, _AGREED)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Words up to the end of the clause that don't go on with the sentence."""
        return [
            Span(*match.span("words"), SpanType.SECRET, 0.8, rule="password")
            for pattern in (_ANSWER, _QUESTION, _AGREED)
            for match in pattern.finditer(text)
            if _is_answer(match["words"].lower().split())
        ]


def _is_answer(words: list[str]) -> bool:
    return not is_sentence(words) and not all(map(is_common, words))
