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
    r"\b(?:sshpass\s{1,3}-p\s{0,2}|(?:mysql|mysqldump|mysqladmin)\b[^\n|;]{0,120}?\s(?:-p|--password=)"
    r"|redis-cli\b[^\n|;]{0,120}?\s-a\s{1,3}|net\suse\b[^\n|;]{0,120}?\s/user:\S{1,60}\s{1,3}"
    r"|--password[ =])[\"']?(?P<value>[^\s\"'<>|;]{4,120})"
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


class Login(Recognizer):
    """Credentials inside addresses, commands and connection strings."""

    name = "login"
    types = frozenset({SpanType.SECRET})
    needs = (_URL, _WEBHOOK, _CURL, _ARGUMENT, _BASIC, _PAIRS)

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
        for found in _ARGUMENT.finditer(text):
            if _is_given(found["value"]):
                spans.append(_secret(found.span("value"), "password"))
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
