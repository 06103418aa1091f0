"""Labels and tags that an export gives a chat: kept only where they can't be anybody's data."""

from __future__ import annotations

import re
from functools import lru_cache

from handrail.conversations.model import Tag
from handrail.redaction.bare import Bare
from handrail.redaction.known import Values
from handrail.redaction.plain import plain
from handrail.redaction.recognizers import find_all

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_TAG = re.compile(r"\w[\w ./&+-]{0,63}")
_LONG_NUMBER = re.compile(r"\d{7}")


def label_kept(value: str | None, known: Values) -> str | None:
    """`value` if it is a machine's label and nobody's data, else None."""
    if value is None or not _LABEL.fullmatch(value) or not _is_label(value):
        return None
    return None if known and known.find(_bare_label(value)) else value


def tag_kept(tag: Tag | None, known: Values) -> Tag | None:
    """`tag` if its value is a few plain words and nobody's data, else None."""
    if tag is None or not _TAG.fullmatch(tag.value) or not _is_label(tag.value):
        return None
    return None if known and known.find(_bare_label(tag.value)) else tag


@lru_cache(maxsize=1024)
def _bare_label(value: str) -> Bare:
    """A label as known values are matched on it; bounded, and labels only."""
    return Bare(plain(value).text)


@lru_cache(maxsize=1024)
def _is_label(value: str) -> bool:
    """Whether no recognizer sees personal data in a label; bounded, and labels only."""
    return not _LONG_NUMBER.search(value) and not find_all(plain(value).text, language="")
