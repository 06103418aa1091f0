"""Addresses of cryptocurrency wallets, which say what their holder has and pays."""

from __future__ import annotations

import hashlib

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought
from handrail.redaction.spans import Span, SpanType

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Bitcoin, Litecoin, Dogecoin, Tron: 25 bytes, the last four of which check the others.
_CHECKED = Sought(r"(?<![A-Za-z0-9])[13LMDT][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])")
# Segregated Witness (BIP 173), Ethereum, Cardano, Monero: a shape of their own.
_SHAPED = Sought(
    r"(?<![A-Za-z0-9])(?:(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,71}|0x[0-9a-fA-F]{40}"
    r"|addr1[02-9ac-hj-np-z]{50,110}|[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93})(?![A-Za-z0-9])"
)
# Solana and Ripple have neither, but somebody who says what it is.
_SAID = Cued(
    "wallet|wallet address|address|solana|sol address|xrp|ripple|wallet-adresse|adresse|direccion",
    r"(?:\s(?:is|ist|lautet|est|es|number)\b)?\s?[:=]?\s{1,2}"
    r"((?=[A-Za-z]{0,20}\d)[1-9A-HJ-NP-Za-km-z]{32,44}|r[1-9A-HJ-NP-Za-km-z]{24,34})(?![A-Za-z0-9])",
)


class Wallet(Recognizer):
    """Wallet addresses: by checksum, by shape, or as said."""

    name = "wallet"
    types = frozenset({SpanType.ACCOUNT})
    needs = (_CHECKED, _SHAPED, _SAID)

    def find(self, text: str, *, language: str) -> list[Span]:
        """A wrong checksum is a typing error only where the text says wallet."""
        return [Span(*place, SpanType.ACCOUNT, 0.95) for place in wallets(text)]


def wallets(text: str) -> list[tuple[int, int]]:
    """Where addresses of wallets stand in plain `text`; they look as random as keys do."""
    places = [found.span() for found in _CHECKED.finditer(text) if _holds(found.group())]
    places += [found.span() for found in _SHAPED.finditer(text)]
    places += [found.span(1) for found in _SAID.finditer(text)]
    return places


def _holds(address: str) -> bool:
    """Base58Check: the last four bytes begin the doubled SHA-256 of the others."""
    number = 0
    for character in address:
        number = number * 58 + _BASE58.index(character)
    try:
        raw = number.to_bytes(25, "big")
    except OverflowError:
        return False
    return hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]
