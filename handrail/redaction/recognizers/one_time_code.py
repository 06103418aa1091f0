"""PINs, one-time codes and card verification codes: short digits that are said to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought
from handrail.redaction.spans import Span, SpanType

_IS = (
    r"(?:'s)?(?:\s{0,2}(?:(?:is|was|are|ist|war|sind|lautet|c'est|sont|son|(?:est|es|era|sera|etait)(?:\s(?:le|la|el))?|now|just|ware|says|shows|reads|gives|zeigt|"
    r"steht|affiche|indique|dit|muestra|marca|dice|pone|gibt|donne|da)"
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
        3 digits on the back|three digits on the back|3 digits are|three digits are|3 digits is|
        last 3 digits are|last three digits are|security number|3 numbers on the back|
        three numbers on the back|
        drei ziffern hinten|3 ziffern hinten|drei zahlen hinten|3 zahlen hinten|
        3 chiffres derriere|trois chiffres derriere|3 chiffres de derriere|3 chiffres au dos|
        trois chiffres au dos|3 derniers chiffres au dos|3 numeros de atras|tres numeros de atras|
        3 digitos de atras|tres digitos de atras|3 numeros del reverso|numero de atras|
        el de atras|codigo del reverso|cvv de atras""",
    _OF + _WHERE + _IS + r"(\d{3,4})" + _END,
    left=r"(?<!social )\b",
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
        codigo de la reja|codigo token|authenticator|authenticator app|google authenticator|
        token del banco|token de seguridad|autenticador|app autenticadora|authentificateur|
        application d'authentification|authenticator-app|tan-generator|tan-app|security token|
        codes de secours|code de secours|codes de recuperation|code de recuperation|
        codigos de respaldo|codigo de respaldo|codigos de recuperacion|codigo de recuperacion|
        backup codes|recovery codes|backup-codes|backup-code|backupcodes|wiederherstellungscodes|
        scratch codes|spare codes|2fa codes|login codes|
        one-time codes|emergency codes|ersatzcodes|einmalcodes|2fa-codes|codigos de repuesto|
        codigos de emergencia|codes d'urgence|codes de rechange|reset token|reset code|
        recovery token|jeton de reinitialisation|code de reinitialisation|
        token de restablecimiento|codigo de restablecimiento|token de recuperacion|passkey|
        code de deblocage|code de desimlockage|code d'appairage|code de jumelage|
        codigo de desbloqueo|codigo de liberacion|codigo de emparejamiento|unlocking code|
        simlock code|sim unlock code|network unlock code|code client|code telephonique|
        clave telefonica|code de la tablette|code de verrouillage|codigo de bloqueo|
        emergency code|notfallcode|notfallcodes""",
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
# "I got 552 018 by text", "hab 552018 per SMS bekommen"
_BY_TEXT = Sought(
    r"\b(?:got|get|received|have|hab|habe|bekam|recu|ai|llego|recibi|tengo|mandaron|enviaron)\s"
    r"(?:el\s|le\s|the\s|den\s|code\s|codigo\s){0,2}((?:G-)?\d{4,8}|\d{3}[ -]\d{3})\s"
    r"(?:by|via|per|par|por|als|on|from|auf)\s(?:the\s|my\s|un\s|mi\s)?"
    r"(?:sms|text|texto|mensaje|e-?mail|mail|whatsapp|correo|app)\b",
    re.IGNORECASE,
)
# "I received 552 018 but the page refuses it": nobody says that of an amount.
_REFUSED = Sought(
    r"\b(?:got|received|hab|habe|bekam|recu|llego|recibi|entered|typed|tape|puse|mis)\s"
    r"((?:G-)?\d{6}|\d{3}[ -]\d{3})(?:\s(?:bekommen|eingegeben|erhalten))?"
    r"(?:\s(?:but|aber|mais|pero|and|und|et|y)\b|,)[^.\n]{0,30}?\b(?:wrong|invalid|incorrect|expired|refus\w*|"
    r"rejects?|accept\w*|falsch|ungultig|abgelaufen|nimmt|geht nicht|invalide|incorrecto?|"
    r"expire|marche pas|acepta|invalido|caduc\w+|expirad\w|rechaza\w*)\b",
    re.IGNORECASE,
)
# "my PIN went from 1122 to 3344"
_CHANGED = Cued(
    """pin|code|pincode|passcode|geheimzahl|geheimnummer|nip|clave|codigo|puk|code pin|
        code secret""",
    r"(?:\s(?:has|been|was|went|is|changed|change|reset|switched|wurde|hat|hab|ich|geandert|ist|"
    r"est|a|ete|passe|change|cambio|paso|cambie|ha|cambiado|sim|tarjeta|card|of|for|my|de|la|mi)){0,4}?"
    r"\s(?:from|von|vom|de|del|desde)\s([*#]?\d{4,8}[*#]?)\s"
    r"(?:to|auf|zu|a|en|in|por)\s([*#]?\d{4,8}[*#]?)" + _END,
    left=r"(?<!promo )(?<!error )(?<!zip )(?<!country )(?<!fehler)(?<!postal )(?<!postleit)\b",
)
# German makes words of these: "Sperrcode", "Telefon-PIN", but not "Fehlercode".
_COMPOUND = Sought(
    r"(?<![\w-])(?!(?:fehler|gutschein|rabatt|aktions?|promo|post|lander|laender|qr|bar|strich|quell|"
    r"farb|status|artikel|dress|error|zip|vor|produkt|bestell|buchungs|bio|hotel|flughafen|kfz|"
    r"iata|bank|waren|landes|zoll|morse|diagnose|stor|vorteils|partner|empfehlungs|werbe|referral|"
    r"freundes|shop|marken|steuer|byte|op|uni|en|de|"
    r"voucher|coupon|discount|area|country|source|colou?r|tracking|referenz|reference|booking|"
    r"video|time|hex|item|product|unter|vorwahl|filial|kampagnen|reise)s?-?code)[a-z]{3,18}-?"
    r"(?:codes?|(?:(?<=-)|(?<=karten)|(?<=kunden)|(?<=telefon)|(?<=handy)|(?<=online))(?:pin|tan))"
    r"\b(?:\s(?:am|vom|im|zum|der|fur|von|meiner|des|die|den)"
    r"(?:\s[a-z]{1,16}){1,2}?)?"
    + _IS
    + r"((?=[A-Z0-9-]{0,9}\d)[A-Z0-9]{3,6}(?:-[A-Z0-9]{3,6}){1,4}|\d{3} \d{3}|\d{4} \d{4}|"
    r"(?=[A-Z]{0,9}\d)[A-Z0-9]{4,10})" + _END,
    re.IGNORECASE,
)
# "Use 884213 to approve the payment"
_TO_APPROVE = Sought(
    r"\b(?:use|enter|utilisez|saisissez|nutzen sie|verwenden sie|ingrese|introduzca)\s"
    r"(?:code\s|codigo\s|le code\s|den code\s|el codigo\s)?((?:G-)?\d{4,8}|\d{3}[ -]\d{3})\s"
    r"(?:to|pour|um|zur|zum|fur|para|as|as your)\s(?:\w{1,12}\s){0,3}?"
    r"(?:approve|confirm|verify|log|sign|authori[sz]e|complete|valider|confirmer|verifier|"
    r"connecter|autoriser|freigabe|bestatig\w{2,4}|anmeld\w{2,4}|aprobar|confirmar|verificar|"
    r"autorizar|iniciar|validar|code|otp)\b",
    re.IGNORECASE,
)
# Further codes of a list: "backup codes are 3k9d-22hf and 88sl-10qp".
_FURTHER = re.compile(
    r"(?:\s?[,;/+|]|\s(?:and|und|et|y|or|oder|ou|o|then|dann|puis|luego))?\s{1,3}"
    r"((?=[A-Z-]{0,9}\d)[A-Z0-9]{3,6}(?:-[A-Z0-9]{3,6}){1,5}|\d{6,8}|\d{3} \d{3}|\d{4} \d{4})"
    r"(?![\w-]|[.,]\d)",
    re.IGNORECASE,
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
    (_BY_TEXT, "one_time_code"),
    (_REFUSED, "one_time_code"),
    (_COMPOUND, "one_time_code"),
    (_TO_APPROVE, "one_time_code"),
)
_FARTHEST_LIST = 24


class OneTimeCode(Recognizer):
    """PINs, TANs, codes from text messages and authenticators, and the three digits on a card."""

    name = "one_time_code"
    types = frozenset({SpanType.SECRET})
    digits = 2
    needs = (*(pattern for pattern, _ in _KINDS), _CHANGED)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Only after a word for it, or right before one; amounts, dates and times stay."""
        spans = [
            Span(*found.span(1), SpanType.SECRET, 0.85, rule=kind)
            for pattern, kind in _KINDS
            for found in pattern.finditer(text)
            if _DIGIT.search(found.group(1))
        ]
        for found in _CHANGED.finditer(text):
            spans += [Span(*found.span(n), SpanType.SECRET, 0.85, rule="pin") for n in (1, 2)]
        return spans + list(_listed(text, spans))


def _listed(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """The codes that a list goes on with behind one in groups or of six digits."""
    for span in spans:
        end = span.end
        for _ in range(_FARTHEST_LIST):
            found = _FURTHER.match(text, end)
            if span.rule != "one_time_code" or not found:
                break
            yield Span(*found.span(1), SpanType.SECRET, 0.85, rule=span.rule)
            end = found.end()
