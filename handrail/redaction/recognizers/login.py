"""Logins written for machines: connection strings, addresses that open something, `curl -u`."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Recognizer, Sought, listed
from handrail.redaction.recognizers.opaque import is_example, is_placeholder
from handrail.redaction.spans import Span, SpanType

# `postgresql://app:pass@db.internal:5432/shop`, whatever the scheme.
_URL = Sought(
    r"(?<![\w+.-])(?:jdbc:)?[a-z][a-z0-9+.-]{1,24}://(?P<user>[^\s:/@\"'<>]{0,80}):"
    r"(?P<password>(?![<{]|\$[{(A-Z]|%\()[^\s/@\"'<>]{1,256})@[^\s\"'<>,;)\]}]{2,1000}",
    re.IGNORECASE,
)
# An address that posts into a channel or runs a job for whoever knows it.
_WEBHOOK = Sought(
    r"(?:https?://)?(?:hooks\.slack\.com/(?:services|workflows|triggers)/"
    r"|(?:\w{1,20}\.)?discord(?:app)?\.com/api/webhooks/\d{10,22}/"
    r"|(?<![\w.-])[\w-]{1,60}\.webhook\.office\.com/webhookb2/|outlook\.office\.com/webhook/"
    r"|hooks\.zapier\.com/hooks/catch/|hook\.(?:eu\d|us\d)\.make\.com/"
    r"|chat\.googleapis\.com/v1/spaces/\w{1,40}/messages\?key=|api\.telegram\.org/bot"
    r"|maker\.ifttt\.com/trigger/\w{1,60}/(?:json/)?with/key/"
    r"|(?<![\w.-])[\w.-]{1,80}\.logic\.azure\.com(?::443)?/workflows/)"
    r"(?P<token>[^\s\"'<>,;)\]}]{8,1000})",
    re.IGNORECASE,
)
# `curl -u name:password`, in one pair of quotes, in two or in none.
_CURL = Sought(
    r"(?:\s(?:-u|--user|--proxy-user|-U)(?:=|\s{0,5}))"
    r"(?P<login>\"(?P<one>[^\"\n]{1,200})\"(?![:\w])|'(?P<two>[^'\n]{1,200})'(?![:\w])"
    r"|(?P<three>(?:\"[^\"\n]{1,120}\"|'[^'\n]{1,120}'|[^\s:\"']{1,120}):"
    r"(?:\"[^\"\n]{1,120}\"|'[^'\n]{1,120}'|[^\s\"']{1,120})))"
)
# Passwords among the arguments of a program.
_ARGUMENT = Sought(
    r"(?:\bsshpass\s{1,3}-p\s{0,2}|\b(?:mysql|mysqldump|mysqladmin)\b[^\n|;]{0,120}?\s(?:-p|--password=)"
    r"|\bredis-cli\b[^\n|;]{0,120}?\s-a\s{1,3}|\bnet\suse\b[^\n|;]{0,120}?\s/user:\S{1,60}\s{1,3}"
    r"|--password[ =]|\bunzip\b[^\n|;]{0,60}?\s-P\s{0,2}|\b7z\b[^\n|;]{0,60}?\s-p"
    r"|\bopenssl\b[^\n|;]{0,120}?\s(?:-k\s{1,2}|-pass(?:in|out)?\spass:)"
    r"|\bhtpasswd\b\s-[a-zA-Z]{0,4}b[a-zA-Z]{0,3}\s\S{1,80}\s\S{1,60}\s"
    r"|\bmongo(?:sh|dump|restore|import|export)?\b[^\n|;]{0,120}?\s-p\s{0,2}"
    r"|\b(?:docker|podman|az|registry|oc|skopeo)\slogin\b[^\n|;]{0,120}?\s-p\s{1,2}"
    r"|\bldap\w{3,10}\b[^\n|;]{0,120}?\s-w\s{1,2}"
    r"|\b(?:smbclient|rpcclient|smbget|net)\b[^\n|;]{0,80}?\s-U\s{0,2}[\w.\\-]{1,40}%"
    r"|\bsqlplus\s{1,2}(?:-\w{1,3}\s)?[\w.]{1,30}/"
    r"|\bnet\suser\s[\w.-]{1,40}\s(?=\S{0,40}\d)"
    r"|\bkinit\b[^\n|;]{0,40}<<<\s?"
    r"|\bidentified\sby\s(?=['\"]))"
    r"(?:(?P<quote>[\"'])(?P<spaced>[^\"'\n]{4,120})(?P=quote)|[\"']?(?P<value>[^\s\"'<>|;]{4,120}))",
    re.IGNORECASE,
)
# `echo 'Gl4cier' | sudo -S reboot`, `echo "root:Gl4cier9" | chpasswd`
_PIPED = Sought(
    r"\becho\s{1,2}(?:-n\s)?[\"']?(?:[a-z_][\w.-]{0,31}:)?(?P<value>[^\s\"'|:]{4,120})[\"']?\s?"
    r"\|\s?(?:sudo\s{1,2}-\w{0,3}S|(?:sudo\s)?chpasswd|sudo\s-u\s\w{1,32}\s-S"
    r"|docker\slogin|podman\slogin|gpg\b[^\n|]{0,80}--passphrase-fd)\b",
    re.IGNORECASE,
)
# `--api-key=9sdk29dks8d7f6`
_OPTION = Sought(
    r"(?<![\w-])--(?:[a-z]{1,16}-)?(?:api-?key|token|secret|secret-key|access-key|passphrase|pass|"
    r"auth|key)(?:[ =]|\s{2})[\"']?(?P<value>(?=[^\s\"']{0,80}\d)(?=[^\s\"']{0,80}[a-z])"
    r"[^\s\"'<>|;/.\\]{8,200})(?![/.\\])",
    re.IGNORECASE,
)
# "admin:Sup3rvisor", and whoever is named behind "basic auth".
_NAMED_USER = Sought(
    r"(?:(?<![\w./@:=-])(?:admin|administrator|root|superuser|sysadmin|guest)(?::|\s?/\s|\s:\s)"
    r"|\b(?:basic[ -_]auth|auth[ -_]basic|http basic|htaccess|htpasswd)\b:?(?:\s[a-z]{1,12}){0,3}?"
    r"\s[\w.-]{2,32}(?:\s?/\s?|:))[\"']?"
    r"(?P<value>(?=[^\s]{0,40}\d)(?=[^\s]{0,40}[a-z])[^\s\"'<>(){}/;:,]{6,64})(?!:)",
    re.IGNORECASE,
)
_BASIC = Sought(r"\bbasic\s{1,3}(?P<value>[A-Za-z0-9+/]{8,2000}={0,2})(?![\w+/=])", re.IGNORECASE)
# `Server=tcp:db,1433;User ID=app;Password=secret;` and the shared keys of Azure's services.
_PAIRS = Sought(
    r"(?<![A-Za-z])(?:password|pwd|accountkey|sharedaccesskey|sharedaccesssignature|sharedsecret)"
    r"\s?=\s?(?P<value>[^\s;\"'<>]{3,512})(?=;|$|[\"'\s])",
    re.IGNORECASE,
)
# What manuals write where the reader's own password goes.
_IN_MANUALS = listed("pass password pwd test token changeme changeit secret yyy")


# "admin Qx4tzB81" on a note: capitals, small letters and digits, as no word has them.
_NOTED = Sought(
    r"(?<![\w./@:=-])(?i:admin|administrator|root)\s[\"']?"
    r"(?P<value>(?=[^\s]{0,30}\d)(?=[^\s]{0,30}[a-z][^\s]{0,30}[A-Z]|[^\s]{0,30}\d[A-Za-z])"
    r"(?=[^\s]{0,30}[A-Z])(?=[^\s]{0,30}[a-z])[A-Za-z0-9][A-Za-z0-9!#$*_-]{7,39})(?![\w/.=(@-])"
)
_VALUES = (_NOTED, _ARGUMENT, _PIPED, _OPTION, _NAMED_USER)
_FEWEST = 4


class Login(Recognizer):
    """Credentials inside addresses, commands and connection strings."""

    name = "login"
    types = frozenset({SpanType.SECRET})
    needs = (_URL, _WEBHOOK, _CURL, *_VALUES, _BASIC, _PAIRS)

    def find(self, text: str, *, language: str) -> list[Span]:
        """A whole address that holds a password; elsewhere what opens something."""
        spans: list[Span] = []
        if "://" in text:
            spans += [_secret(m.span(), "connection_string") for m in _URL.finditer(text)]
        if "/" in text:
            for found in _WEBHOOK.finditer(text):
                if not is_example(found["token"]) and not is_placeholder(found["token"]):
                    spans.append(_secret(found.span(), "webhook_url"))
        if " -u" in text or "-user" in text or " -U" in text:
            spans += _commands(text)
        spans += _values(text)
        if "asic" in text or "ASIC" in text:
            for found in _BASIC.finditer(text):
                if _decodes_to_login(found["value"]):
                    spans.append(_secret(found.span("value"), "basic_auth"))
        if ";" in text and "=" in text:
            for found in _PAIRS.finditer(text):
                if _is_given(found["value"]):
                    spans.append(_secret(found.span("value"), "connection_string"))
        return spans


def _commands(text: str) -> Iterator[Span]:
    for found in _CURL.finditer(text):
        login = found["one"] or found["two"] or found["three"]
        user, colon, password = login.partition(":")
        user, password = user.strip("\"'"), password.strip("\"'")
        secret = password or (user if colon else "")
        # `docker run -u 1000:1000` names users by number.
        if len(secret) >= 3 and not secret.isdigit() and login[0] not in "<[" and _is_given(secret):
            yield _secret(found.span("login"), "basic_auth")


def _values(text: str) -> Iterator[Span]:
    for pattern in _VALUES:
        for found in pattern.finditer(text):
            group = "spaced" if pattern is _ARGUMENT and found["spaced"] else "value"
            value = found[group]
            if group == "value" and text[found.end() : found.end() + 1] not in "\"'":
                value = value.rstrip(".,:!?")
            if len(value) >= _FEWEST and _is_given(value):
                start = found.start(group)
                yield _secret((start, start + len(value)), "password")


def _is_given(password: str) -> bool:
    """Whether `password` is one, and not a word or a variable in its place."""
    return not (is_placeholder(password) or is_example(password) or password.lower() in _IN_MANUALS)


def _decodes_to_login(value: str) -> bool:
    try:
        decoded = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except binascii.Error:
        return False
    return b":" in decoded and decoded.isascii() and decoded.decode("ascii").isprintable()


def _secret(place: tuple[int, int], kind: str) -> Span:
    return Span(*place, SpanType.SECRET, 0.95, rule=kind)
