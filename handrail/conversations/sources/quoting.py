"""E-mails without what earlier ones said.

What an e-mail quotes stands in another message too: in both halves of a split it would leak from
one to the other. Linear in the message, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# How mail programs introduce what they quote, in English, German, French and Spanish.
_ATTRIBUTIONS = (
    re.compile(r"On\b.{6,250}(?<!\bI )\bwrote:", re.I),
    re.compile(r"Am\b.{6,120}\bschrieb (?!ich\b)(?:(?![.!?] )[^:]){1,200}:", re.I),
    re.compile(r"Le\b.{6,250}\ba écrit ?:", re.I),
    re.compile(r"El\b.{6,250}\bescribió ?:", re.I),
)
_ATTRIBUTION_STARTS = ("on ", "am ", "le ", "el ")
_ATTRIBUTION_LINES, _ATTRIBUTION_LENGTH = 3, 400
_DATE = re.compile(r"\d{4}|\d{1,2}[./:-]\d{1,2}")
_TIME_OR_ADDRESS = re.compile(r"\d{1,2}[:h]\d{2}\b|\S@\S")
_ORIGINAL = re.compile(
    r"-{2,} ?(?:original message|ursprüngliche nachricht|original-?nachricht|message d.origine"
    r"|message original|mensaje original) ?-{2,}|##-.*-##",
    re.I,
)
_FORWARDED = re.compile(
    r"(?:-{2,} ?)?(?:begin )?(?:forwarded message|weitergeleitete nachricht|message transféré"
    r"|message réexpédié|début du message|mensaje reenviado|anfang der weitergeleiteten)",
    re.I,
)
_SENDER = re.compile(r"\*?(?:from|von|de) ?:\*? ?\S", re.I)
_SENT = re.compile(r"\*?(?:sent|date|gesendet|datum|envoyé(?: le)?|enviado(?: el)?|fecha) ?:", re.I)
_ADDRESSED = re.compile(r"\*?(?:to|an|à|para|a|subject|betreff|objet|asunto) ?:", re.I)
# What a line begins with at which one of the above can.
_CUE = re.compile(r"^[ \t]{0,8}(?:>|--|##|\*|on |am |le |el |from|von|de ?:)", re.I | re.M)
_ANSWER = re.compile(r"(?:re|aw|sv|antw|réf?|res)\s?:", re.I)
_HEADER_LINES, _LINE_LENGTH = 6, 300
_CLEARLY_QUOTED = re.compile(r"\s{0,3}>[> ]*[^\W\d_]")
_RULE = re.compile(r"[\s_*=-]*")
_LONGEST_LOOSE_SIGNATURE = 8


def without_quoted_history(text: str) -> str:
    """An e-mail without the earlier ones it quotes and without its signature.

    A message of nothing but quoted lines, a forwarded one, and what only looks like a quotation
    stay: text is lost only where a mail program marked it as somebody's earlier words.
    """
    if not _CUE.search(text):
        return text
    lines = text.split("\n")
    kept: list[str] = []
    at, is_sure = 0, False
    while at < len(lines):
        if _FORWARDED.match(_start(lines[at])):
            kept += lines[at:]
            break
        introduced = _attribution_at(lines, at)
        is_marked = bool(introduced) or lines[at].lstrip().startswith(">")
        after = _after_quotation(lines, at + introduced) if is_marked else None
        if introduced and after is not None:
            at, is_sure = after, True
            continue
        if (
            (introduced and _TIME_OR_ADDRESS.search(_joined(lines[at : at + introduced])))
            or _ORIGINAL.fullmatch(_start(lines[at]))
            or _header_at(lines, at)
            or _is_signature(lines[at], kept, below=len(lines) - at - 1)
        ):
            while kept and len(kept[-1]) < _LINE_LENGTH and _RULE.fullmatch(kept[-1]):
                kept.pop()
            break
        after = after or at + 1
        if not any(_CLEARLY_QUOTED.match(line) for line in lines[at:after]):
            kept += lines[at:after]
        at = after
    if len(kept) == len(lines):
        return text
    left = "\n".join(kept).strip()
    return left if left or is_sure else text


def mail_text(subject: str, body: str) -> str:
    """What an e-mail adds: its subject, unless it answers another, above its own words."""
    own = without_quoted_history(body)
    title = " ".join(subject.split())
    if not title or _ANSWER.match(title) or title in own:
        return own
    return f"{title}\n\n{own}".strip()


def _start(line: str) -> str:
    return line[:_LINE_LENGTH].strip()


def _attribution_at(lines: Sequence[str], at: int) -> int:
    """How many lines say who wrote what follows and when; 0 if none do."""
    if not lines[at][:10].lstrip().lower().startswith(_ATTRIBUTION_STARTS):
        return 0
    for count in range(1, _ATTRIBUTION_LINES + 1):
        said = _joined(lines[at : at + count])
        if said.endswith(":"):
            is_one = any(form.fullmatch(said) for form in _ATTRIBUTIONS) and _DATE.search(said)
            return count if is_one else 0
    return 0


def _joined(lines: Sequence[str]) -> str:
    return " ".join(" ".join(line[:_ATTRIBUTION_LENGTH] for line in lines).split())


def _after_quotation(lines: Sequence[str], at: int) -> int | None:
    """Where the quoted lines at `at` end, empty ones between them aside; None if there are none."""
    after = None
    while at < len(lines):
        line = lines[at].lstrip()
        if line.startswith(">"):
            after = at + 1
        elif line:
            break
        at += 1
    return after


def _is_signature(line: str, above: Sequence[str], *, below: int) -> bool:
    """Below "-- " (RFC 3676), or below "--" if it is short; never all there is."""
    line = line.rstrip("\r")
    is_short = line == "--" and below <= _LONGEST_LOOSE_SIGNATURE
    return (line == "-- " or is_short) and any(one.strip() for one in above)


def _header_at(lines: Sequence[str], at: int) -> bool:
    """Whether the header of an earlier message, as Outlook copies it, stands at `at`."""
    if not _SENDER.match(_start(lines[at])):
        return False
    rest = [_start(line) for line in lines[at + 1 : at + _HEADER_LINES]]
    return any(map(_SENT.match, rest)) and any(map(_ADDRESSED.match, rest))
