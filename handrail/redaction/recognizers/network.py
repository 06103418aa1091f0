"""Network addresses: IPv4 and IPv6 as the standard library reads them, and MAC addresses."""

from __future__ import annotations

import ipaddress
import re

from handrail.redaction.recognizers.base import Recognizer, Sought
from handrail.redaction.spans import Span, SpanType

_V4 = Sought(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\w]|\.\d)")
_V6 = Sought(
    r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{1,4})?"
    r"(?:%\w{1,15})?(?:/\d{1,3})?(?![\w:]|\.\d)"
)
_VERSION = re.compile(
    r"(?:\bv\.?|\bversion|\brelease|\bbuild|\bfirmware|\bsoftware|\bkapitel|\bchapter|\bsection|\babschnitt|\bchapitre|"
    r"\bcapitulo|\bupdate|\bdriver|\btreiber|\bapp|\bios|\bandroid|\bwindows|\bchrome|\bfirefox|\bsafari)\s?:?\s?$",
    re.IGNORECASE,
)
_MAC = Sought(
    r"(?<![\w:-])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}"
    r"|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![\w:-])"
)


class Network(Recognizer):
    """IP addresses that aren't version numbers, and hardware addresses."""

    name = "network"
    types = frozenset({SpanType.IP, SpanType.MAC})
    needs = (_V4, _V6, _MAC)

    def find(self, text: str, *, language: str) -> list[Span]:
        """`118.0.5993.70` is no address (an octet is too large); `v1.2.3.4` is a version."""
        spans: list[Span] = []
        for found in _V4.finditer(text):
            version = _VERSION.search(text, max(0, found.start() - 16), found.start())
            if version is None and _is_address(found.group()) and _is_of(found.group()):
                spans.append(Span(found.start(), found.end(), SpanType.IP, 0.95))
        for found in _V6.finditer(text):
            if len(found.group()) > 2 and _is_address(found.group()):
                spans.append(Span(found.start(), found.end(), SpanType.IP, 0.95))
        for found in _MAC.finditer(text):
            # Broadcast and "none" are nobody's.
            if len(set(found.group().lower()) - set(":-.")) > 1:
                spans.append(Span(*found.span(), SpanType.MAC, 0.95))
        return spans


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.split("/")[0])
    except ValueError:
        return False
    return True


def _is_of(text: str) -> bool:
    """Whether an address is of somebody: not the machine's own, nor none."""
    address = ipaddress.ip_address(text.split("/")[0])
    return not address.is_loopback and not address.is_unspecified
