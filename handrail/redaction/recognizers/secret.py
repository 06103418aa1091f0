"""Keys and tokens: formats of known issuers, private keys, what is assigned to a name, and noise.

Passwords, codes and whole logins have recognizers of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Recognizer, Sought, listed
from handrail.redaction.recognizers.opaque import (
    UUID,
    is_example,
    is_hash,
    is_hex,
    is_opaque,
    is_placeholder,
)
from handrail.redaction.recognizers.secret_formats import ISSUED
from handrail.redaction.recognizers.secret_kinds import KINDS
from handrail.redaction.recognizers.wallet import wallets
from handrail.redaction.spans import Span, SpanType

_LONG_TOKEN = re.compile(r"[\w+/=.~:-]{12}|[0-9][A-Za-z][\w+/=.~-]{4}|[A-Za-z][0-9][\w+/=.~-]{4}")
# To the end line, or as far as the key's lines go; line breaks may be written as `\n`.
_PEM = Sought(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:[^-]|-(?!----)){0,20000}-----END[A-Z0-9 ]{0,40}-----"
    r"|(?:[\s\\rn\"',>]{0,8}[A-Za-z0-9+/=]{24,80}){0,200})"
)
_PUBLIC = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}(?:PUBLIC KEY|CERTIFICATE|MESSAGE|SIGNATURE|CRL)"
    r"[A-Z0-9 ]{0,10}-----(?:[^-]|-(?!----)){0,20000}"
    r"|\b(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\w{1,20}) [A-Za-z0-9+/=]{20,4000}"
    r"|\bbase64,\s?[A-Za-z0-9+/=]{20,100000}"
    r"|\bsha\d{1,3}[-:=][A-Za-z0-9+/=]{20,128}"
    r"|\bhttps?://[^\s\"'<>?#]{1,1000}"
)
_VALUE = r"(?![\w.-]{1,60}=\w)(?P<value>[A-Za-z0-9_/+-][A-Za-z0-9+/_.~!%^|:@$-]{7,2000}={0,3})"
_SCHEME = r"(?:(?:Basic|Bearer|Token|Digest|ApiKey|Api-Token)\s{1,3})?"
# A name, an operator of some programming or configuration language, and a value.
_ASSIGNED = Sought(
    r"(?<![\w.$-])(?P<name>[A-Za-z_$][\w.$-]{1,60})[\"'`\])\\]{0,3}(?:\s(?:string|str|String))?\s{0,3}"
    r"(?:(?::{0,3}=|[?.|+]{1,2}=|=>|->|[:=>,])\s{0,12})"
    + _SCHEME
    + r"\(?(?:[@bfr](?=[\"'`]))?\\?[\"'`]{0,2}"
    + _VALUE
)
# A word for a secret in a sentence, and a value right behind it.
_SAID = Sought(
    r"(?<![\w.$-])(?P<name>[\w-]{0,30}(?:key|token|secret|bearer|credential|credentials|schlussel|"
    r"jeton|signature|cle|clave|api))\s{1,2}(?:\d\s{1,2})?"
    r"(?:(?:is|ist|lautet|est|es|war|was|c'est|now)\s{1,2}:?\s?|[:=]\s?){0,2}[\"'`(]?" + _VALUE,
    re.IGNORECASE,
)
# "the first half is 9f8s7d6f5g4h"
_HALF = Sought(
    r"\b(?:(?:first|second|1st|2nd|third|other|last|erste[rn]?|zweite[rn]?|letzte[rn]?)\s"
    r"(?:half|part|halfte|teil)|(?:premiere|deuxieme|seconde|derniere)\s(?:moitie|partie)|"
    r"(?:primera|segunda|ultima)\s(?:mitad|parte))(?:\sof\s(?:it|the\s\w{1,12}))?\s?"
    r"(?:is|was|ist|war|lautet|est|c'est|es|era|:)?:?\s{1,2}[\"'`]?"
    r"(?P<value>(?=\S{0,40}\d)(?=\S{0,40}[A-Za-z])[A-Za-z0-9+/_=~-]{8,200})(?![\w-])",
    re.IGNORECASE,
)
_QUOTED = Sought(r"[\"'`]([A-Za-z0-9+/=_.:~-]{14,2000})(?=[\"'`])")
_LOOSE = Sought(r"(?<![\w+/=.-])([A-Za-z0-9+/_-]{20,2000}={0,2})(?![\w+/=-]|\.[a-z]{2,4}\b)")
# As vendors of software print them on a box.
_LICENSE = Sought(
    r"(?<![\w-])(?=[A-Z-]{0,36}\d)(?=[\d-]{0,36}[A-Z])(?:[A-Z0-9]{4,6}-){3,6}[A-Z0-9]{4,6}(?![\w-])"
)
_PATH = re.compile(r"(?:^|[/.])[a-z]{3,}[/.]|\.[a-z]{2,4}$")
# Words for a secret in the name of a field, and those that make it the name of something else.
_SECRET_NAME = re.compile(
    r"key|token|secret|bearer|credential|creds|auth|api|signature|session|cookie|jwt|access|"
    r"private|client|webhook|salt|schlussel|schluessel|clave|\bcle\b|jeton|ficha",
    re.IGNORECASE,
)
_OTHER_NAME = re.compile(
    r"(?:^|[^A-Z])(?:Ids?|Name|Hash|Url|Uri|Path|File|Version|Type|Size|Length|Source|Code)$"
    r"|(?i:(?:^|[_.-])(?:ids?|name|hash|sha\d*|md5|checksum|digest|fingerprint|version|url|uri|"
    r"path|file|type|size|length|source|host|endpoint|domain|region|audience|scope|issuer|alias|"
    r"algorithm|state|integrity|commit|revision|rev|etag|uuid|guid|order|tracking|sku|model|"
    r"build|image|digest|resolution)$)"
    r"|(?i:pub(?:lic)?[_.-]?(?:key|token)|csrf|xsrf|foreign|primary|sequence|schema|bucket|"
    r"keyboard|keyword|keypress|keydown|keyup|key[_.-](?:down|up|event)|author(?!i)|"
    r"accessor|accessib|capital|rapid(?!api)|signature$|hash)",
)
# A field that holds nothing but a secret, though a person thought of it: `JWT_SECRET`.
_STATED_NAME = re.compile(
    r"(?:^|[a-z_.-])(?:secret|psk|passphrase|pepper|salt)(?:_key(?:_base)?)?$", re.IGNORECASE
)
# One that is kept elsewhere: `imagePullSecret: regcred2`, `secret: db-creds-v2`.
_REFERRING = re.compile(r"pull|existing|ref", re.IGNORECASE)
_REFERENCE = re.compile(r"secret|creds?|cert|[-_/](?:key|token)s?(?![a-z])|^[\w-]+/", re.IGNORECASE)
_FEWEST_OF_EITHER = 3
_HASH_WORD = listed(
    "sha sha1 sha256 sha512 md5 hash hashes checksum checksums digest commit commits git "
    "fingerprint integrity etag revision trace request correlation prufsumme empreinte huella "
    "docker layer torrent magnet"
)
_WORD = re.compile(r"[a-z0-9]{2,12}")
# A kind with an issuer is known by the issuer's name in the field's: `DATADOG_API_KEY`.
_BY_ISSUER = {
    kind.split("_")[0]: kind
    for kind in KINDS
    if kind.endswith(("_key", "_token", "_secret"))
    and not kind.startswith(("api", "aws", "private", "vendor"))
}
_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Secret(Recognizer):
    """API keys, tokens and private keys."""

    name = "secret"
    types = frozenset({SpanType.SECRET})
    needs = (_PEM, ISSUED, _ASSIGNED, _SAID, _HALF, _QUOTED, _LOOSE, _LICENSE)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Known formats anywhere; anything random where it is named, quoted or long enough."""
        spans: list[Span] = []
        if "-----BEGIN" in text:
            spans += [_secret(one.span(), "private_key", 0.99) for one in _PEM.finditer(text)]
        if not _LONG_TOKEN.search(text):
            return spans
        for found in ISSUED.finditer(text):
            if not is_example(found.group()):
                spans.append(_secret(found.span(), found.lastgroup or "vendor_token", 0.99))
        spans += [_secret(one.span(), "license_key", 0.85) for one in _LICENSE.finditer(text)]
        spans += [
            _secret(one.span("value"), "api_key", 0.8)
            for one in _HALF.finditer(text)
            if is_opaque(one["value"], every=4)
        ]
        random = [*_named(text), *_unnamed(text)]
        if random:
            harmless = _harmless(text)
            spans += [
                span
                for span in random
                if not any(start <= span.start < end for start, end in harmless)
            ]
        return spans


def _harmless(text: str) -> list[tuple[int, int]]:
    """Where public keys, pictures and links stand, and values of names that keep no secret.

    Wallets too: their addresses are given to whoever pays, and no new one can be asked for.
    """
    harmless = [found.span() for found in _PUBLIC.finditer(text)] + wallets(text)
    return harmless + [
        found.span("value")
        for found in _ASSIGNED.finditer(text)
        if _OTHER_NAME.search(found["name"])
    ]


def _named(text: str) -> Iterator[Span]:
    """What is assigned to a name that says secret, and random values of other names."""
    for pattern, operated in ((_ASSIGNED, True), (_SAID, False)):
        for found in pattern.finditer(text):
            name, value = found["name"], found["value"].rstrip(".,;:!?-")
            if len(value) < 8 or is_placeholder(value) or _OTHER_NAME.search(name):
                continue
            if _SECRET_NAME.search(name):
                every = 10 if len(value) >= 12 else 4
                sure = is_opaque(value, every=every) or bool(UUID.fullmatch(value))
                sure = sure or (operated and _is_weak(name, value))
            else:
                sure = (
                    operated
                    and len(value) >= 16
                    and is_opaque(value, every=4)
                    and not is_hash(value)
                )
            if sure:
                start = found.start("value")
                yield _secret((start, start + len(value)), _kind_of(name), 0.9)


def _is_weak(name: str, value: str) -> bool:
    """Whether `value` is a secret that somebody thought of, or a short one, under a plain name."""
    if is_example(value) or _REFERRING.search(name) or _REFERENCE.search(value):
        return False
    letters, digits = (sum(map(kind, value)) for kind in (str.isalpha, str.isdigit))
    if is_hex(value):
        return min(letters, digits) >= _FEWEST_OF_EITHER
    return _STATED_NAME.search(name) is not None and min(letters, digits) > 0


def _unnamed(text: str) -> Iterator[Span]:
    """Random values in quotes, and long ones that stand alone."""
    places = [*_QUOTED.finditer(text), *_LOOSE.finditer(text)]
    hashes = bool(places) and not _HASH_WORD.isdisjoint(_WORD.findall(text.lower()))
    for found in places:
        value = found.group(1)
        # Hexadecimal is written in one case; in both it is a checked address or made up.
        hexadecimal = is_hex(value)
        mixed = value not in (value.lower(), value.upper())
        if hexadecimal and (mixed or hashes or is_hash(value) or len(value) < 24):
            continue
        if _PATH.search(value):
            continue
        if is_opaque(value, every=4) and not UUID.fullmatch(value):
            yield _secret(found.span(1), "api_key", 0.8)


def _kind_of(name: str) -> str:
    words = [word.lower() for word in _NAME_WORD.findall(name)]
    if "aws" in words:
        return "aws_secret_key" if "secret" in words else "aws_access_key"
    return next((_BY_ISSUER[word] for word in words if word in _BY_ISSUER), "api_key")


def _secret(place: tuple[int, int], kind: str, confidence: float) -> Span:
    return Span(*place, SpanType.SECRET, confidence, rule=kind)
