"""URLs that open something: a user and password, a token in the query, a long secret path."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Recognizer
from handrail.redaction.spans import Span, SpanType

_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://[^\s<>\"'\[\]{}|\\^`]{3,2000}", re.IGNORECASE)
_USER = re.compile(r"^[^/?#]*//[^/?#@]*@")
_PARAMETER = re.compile(
    r"[?&#;](?:[\w-]{0,20}(?:token|secret|password|passwd|pwd|signature|credential|"
    r"session)[\w-]{0,20}"
    r"|key|api_?key|sig|auth|code|otp|jwt|sid|access|reset|email|mail|phone|user|name)=[^&\s]{3,}",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js|ico)(?:$|[?#~])", re.IGNORECASE)
_SEGMENT = re.compile(r"/(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}")


class Url(Recognizer):
    """Links that carry access or a person; plain shop and help links stay."""

    name = "url"
    types = frozenset({SpanType.URL})

    def find(self, text: str, *, language: str) -> list[Span]:
        """The whole link goes, because host and path can name the customer too."""
        if "://" not in text:
            return []
        spans: list[Span] = []
        for found in _URL.finditer(text):
            link = found.group().rstrip(".,;:!?)")
            if _PICTURE.search(link):
                continue
            if _USER.search(link) or _PARAMETER.search(link) or _SEGMENT.search(link):
                spans.append(Span(found.start(), found.start() + len(link), SpanType.URL, 0.9))
        return spans
