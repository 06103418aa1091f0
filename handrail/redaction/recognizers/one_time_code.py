"""PINs, one-time codes and card verification codes: short digits that are said to be one."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought
from handrail.redaction.spans import Span, SpanType

_IS = (
    r"(?:\s{0,2}(?:(?:is|was|are|ist|war|sind|lautet|c'est|sont|son|(?:est|es|era)(?:\s(?:le|la|el))?|now|just|ware|says)"
    r"(?![^\s:=\"'`<(])|:=|:|=|->|=>|-)){0,3}\s{0,3}[\"'`<(#]?"
)
_OF = (
    r"(?:\s{0,2}(?:code|number|nummer|von|for my card|of my card|de la carte|de mi tarjeta|"
    r"meiner karte))?"
)
# "the security code on the back says 456"
_WHERE = (
    r"(?:\s(?:(?:printed|that is|that's)\s)?"
    r"(?:on (?:the|its) (?:back|front|rear|reverse)(?: side)?|"
    r"auf der (?:ruck|vorder)seite|hinten(?: drauf)?|hinten auf der karte|au (?:dos|verso)|"
    r"al dorso|de (?:atras|detras)|(?:por|en) (?:detras|el reverso))"
    r"(?:\s(?:of|der|de|von)\s(?:my|the|meiner|der|la|ma|mi)\s(?:card|karte|carte|tarjeta))?)?"
)
_END = (
    r"(?![\w]|[.,:/-]\d|\s?(?:%|€|\$|eur\b|usd\b|euros?\b|min\b|days?\b|tage\b|jours?\b|dias?\b))"
)
_VERIFICATION = Cued(
    """cvv|cvc|cvv2|cvc2|cvn|csc|cid|security code|card security code|card code|prufziffer|
        prufnummer|kartenprufnummer|sicherheitscode|cryptogramme|cryptogramme visuel|
        code de securite|codigo de seguridad|code au dos|codigo de atras|
        3 digits on the back|three digits on the back""",
    _OF + _WHERE + _IS + r"(\d{3,4})" + _END,
)
_PIN = Cued(
    """pin|pin code|pincode|pin number|pin-code|geheimzahl|geheimnummer|code secret|
        puk1|puk2|mpin|tpin|upi pin|atm pin|geheimcode|telefonpin|onlinepin|kartenpin|sim-pin|
        lockbox|lock box|key safe|keysafe|door code|gate code|buzzer code|entry code|alarm code|
        lockbox code|turcode|torcode|hausturcode|schlusselsafe|schlusselbox|alarmcode|
        zutrittscode|tresorcode|
        code confidentiel|codigo pin|el pin|numero secreto|codigo secreto|card pin|wunsch-pin|
        puk|super pin|telefon-pin|telefonkennwort|code pin|
        code puk|codigo puk|nip|code nip|puk2|pin2|code de la carte|code de ma carte|
        code de carte|code carte bleue|code sim|code de la sim|code parental|
        code de deverrouillage|clave de la tarjeta|clave del cajero|clave de cajero|
        clave telefonica|clave numerica|pin de la tarjeta|pin de la sim|pin del movil|
        pin parental|codigo parental""",
    _OF + _IS + r"((?=[A-Z0-9-]{0,7}\d)[A-Z0-9](?:-?[A-Z0-9]){2,7})" + _END,
)
_ONE_TIME = Cued(
    """otp|one time code|one-time code|one time password|one time passcode|verification code|
        auth code|authentication code|authenticator code|2fa code|2fa|mfa code|sms code|sms-code|
        tan|mtan|sms-tan|photo-tan|push-tan|bestatigungscode|einmalcode|einmalpasswort|
        pickup code|pick-up code|pick up code|collection code|delivery code|delivery otp|
        delivery pin|locker code|login otp|transfer code|pairing code|abholcode|abhol-code|
        abholpin|abhol-pin|zustellcode|lieferpin|liefercode|entsperrcode|prufcode|anmeldecode|
        zugangscode|registrierungscode|wiederherstellungscode|
        einmalkennwort|verifizierungscode|freischaltcode|aktivierungscode|code de verification|
        codigo de verificacion|confirmation code|login code|access code|code d'acces|
        code de connexion|code de confirmation|code sms|code a usage unique|code de validation|
        code d'activation|codigo de acceso|codigo de confirmacion|codigo sms|codigo de un solo uso|
        codigo de activacion|clave dinamica|clave de firma|token code|backup code|recovery code|
        security code|sicherheitscode|code de securite|codigo de seguridad|
        reset code|activation code|passcode|unlock code|security pin|whatsapp code|
        code de retrait|code retrait|code d'entree|code portail|code du portail|code immeuble|
        code de l'immeuble|code de la porte|code porte|code du hall|digicode|code boite a cles|
        boite a cles|code recu|code recu par sms|code recu par mail|code provisoire|
        code temporaire|code de livraison|code livreur|code de collecte|code casier|
        code du casier|code consigne|code alarme|code de l'alarme|code d'alarme|code du coffre|
        codigo de recogida|codigo de retiro|codigo de entrega|codigo del portal|
        codigo de la puerta|clave del portal|clave del portero|clave del porton|
        clave de la puerta|clave de entrada|codigo de entrada|clave de la alarma|
        codigo de la alarma|codigo del locker|codigo del casillero|codigo de la taquilla|
        codigo temporal|codigo provisional|codigo recibido|clave temporal|clave provisional|
        codigo de la reja|codigo token""",
    _OF
    + _IS
    + r"((?=[A-Z0-9-]{0,9}\d)[A-Z0-9]{3,6}(?:-[A-Z0-9]{3,6}){1,5}|\d{3} \d{3}|\d{4} \d{4}|"
    r"(?=[A-Z]{0,9}\d)[A-Z0-9]{3,10})" + _END,
)
_CODE = Cued(
    "code|codigo",
    _IS + r"((?:G-)?\d{4,8}|\d{3}[ -]\d{3})" + _END,
    left=r"(?<!promo )(?<!error )(?<!zip )(?<!country )(?<!fehler)(?<!postal )\b",
)
# "the code I got by text is 552901", but no voucher, postal or error code.
_RECEIVED = Cued(
    "code|codigo",
    r"(?:\s(?!(?:promo|postal|err|fehler|art|prod|bar|rabatt|descuento|remise)[a-z]*\b)[a-z']{1,12})"
    r"{1,6}?\s?(?:is|was|ist|war|ware|lautet|est|etait|es|era|c'est|:)\s{1,2}"
    r"((?:G-)?\d{4,8}|\d{3}[ -]\d{3})" + _END,
)
# "482913 is your verification code", as the text message says it.
_BEFORE = Sought(
    r"(?<![\w.,-])((?:G-)?\d{4,8}|\d{3}[ -]\d{3})\s(?:is|ist|est|es)\s"
    r"(?:your|my|the|ihr|dein|mein|der|votre|mon|ton|le|tu|su|mi|el)\s"
    r"(?:[\w-]{1,16}\s){0,3}?(?:\w{0,16}code|codigo|otp|pin|tan|clave)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[0-9]")
_KINDS = (
    (_VERIFICATION, "card_verification"),
    (_PIN, "pin"),
    (_ONE_TIME, "one_time_code"),
    (_CODE, "one_time_code"),
    (_RECEIVED, "one_time_code"),
    (_BEFORE, "one_time_code"),
)


class OneTimeCode(Recognizer):
    """PINs, TANs, codes from text messages and authenticators, and the three digits on a card."""

    name = "one_time_code"
    types = frozenset({SpanType.SECRET})
    digits = 3
    needs = tuple(pattern for pattern, _ in _KINDS)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Only after a word for it, or right before one; amounts, dates and times stay."""
        return [
            Span(*found.span(1), SpanType.SECRET, 0.85, rule=kind)
            for pattern, kind in _KINDS
            for found in pattern.finditer(text)
            if _DIGIT.search(found.group(1))
        ]
