"""Links: what opens something, shows somebody or may be somebody's own page goes.

A link is judged by its form, because the words around it rarely say whose it is: a page for
everybody (help, shop, product, static file, technical address) stays unless it carries access or
a person; any other link, a bare home page too, may be the customer's own.
"""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Cued, Recognizer, either, listed
from handrail.redaction.recognizers.names import is_common
from handrail.redaction.spans import Span, SpanType

_LINK = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.(?=[\w-]+\.))[^\s<>\"'\[\]{}|\\^`]{3,2000}", re.IGNORECASE
)
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,18}"
_SPLIT = re.compile(
    rf"(?:[a-z][a-z0-9+.-]{{1,15}}://)?(?P<host>{_HOST})(?P<path>/[^?#]*)?(?P<query>[?#].*)?",
    re.IGNORECASE,
)
_USER = re.compile(r"^[^/?#]*//[^/?#@]*@")
_PARAMETER = re.compile(
    r"[?&#;](?:[\w-]{0,20}(?:token|secret|password|passwd|pwd|signature|credential|"
    r"session|order|customer|account|user|member|track|invoice|ticket|booking)[\w-]{0,20}"
    r"|key|api_?key|sig|auth|code|otp|jwt|sid|access|reset|email|mail|phone|name|uid|cid|tel)"
    r"=[^&\s]{3,}|[?&][\w-]{1,30}=[A-Za-z]{0,4}\d{8,}",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|css|js|ico|woff2?|image)(?:$|[?#~])", re.IGNORECASE
)
_SEGMENT = re.compile(
    r"/(?=[\w-]*\d)(?=[\w-]*[A-Za-z])(?!(?:[a-z]+|\d+)(?:-[A-Za-z0-9]+){1,}(?<=[a-z])\b)[\w-]{20,}"
)
# What stands behind these words in a path is one person's: `/orders/4471`, `/u/anna`.
_OF_ONE = re.compile(
    r"/(?:u|users?|profiles?|accounts?|members?|people|customers?|clients?|kunden?|orders?|"
    r"bestellungen|commandes?|pedidos?|invoices?|bookings?|reservations?|tickets?|cases?|tracking|track|"
    r"sendung|suivi|seguimiento|reset|verify|confirm|activate|invite|join|share|shared|s|d|file|files|in|"
    r"pub|channel|c|status|unsubscribe|token|attachments)/(?=[^/?#]{3,})(?![a-z]{3,}(?:-[a-z]+)+(?:[/?#]|$))[^/?#]+"
    r"|/[~@][\w.-]{2,}|/[^/?#]*%40",
    re.IGNORECASE,
)
# Where people have pages, files, rooms and payments of their own; a short link may open anything.
_PLATFORM = either("""facebook.com|fb.com|fb.me|m.me|instagram.com|twitter.com|x.com|tiktok.com|
    linkedin.com|xing.com|github.com|gitlab.com|t.me|wa.me|telegram.me|snapchat.com|threads.net|
    pinterest.com|reddit.com|twitch.tv|youtube.com|youtu.be|medium.com|substack.com|vimeo.com|flickr.com|
    soundcloud.com|steamcommunity.com|discord.gg|discord.com|vk.com|strava.com|onlyfans.com|
    linktr.ee|about.me|behance.net|dribbble.com|etsy.com|vinted.fr|vinted.de|ebay.com|ebay.de|
    kleinanzeigen.de|leboncoin.fr|wallapop.com|paypal.me|paypal.com|venmo.com|cash.app|revolut.me|
    gofundme.com|calendly.com|zoom.us|meet.google.com|teams.microsoft.com|drive.google.com|
    docs.google.com|photos.google.com|photos.app.goo.gl|maps.google.com|maps.app.goo.gl|goo.gl|
    google.com/maps|dropbox.com|1drv.ms|onedrive.live.com|sharepoint.com|icloud.com|
    wetransfer.com|we.tl|mega.nz|box.com|imgur.com|pastebin.com|notion.site|bit.ly|tinyurl.com|
    t.co|is.gd|ow.ly|cutt.ly|rb.gy|airbnb.com|doctolib.fr|doctolib.de|classdojo.com""")
_PLATFORM_PAGE = re.compile(
    rf"(?<![\w.@-])(?:[a-z]{{1,6}}://)?(?:www\.|m\.|[a-z]{{2}}\.)?{_PLATFORM}/"
    rf"(?!watch\b|playlist\b|results\b|help\b|business\b|policies\b|legal\b|intent\b)[^\s<>\"'\[\]{{}}|\\^`]{{2,500}}",
    re.IGNORECASE,
)
# Pages for everybody, by the word that stands first in the host or anywhere in the path.
_PUBLIC = listed(
    """help hilfe aide ayuda support docs documentation developer developers dev api status faq faqs
    hc kb wiki learn academy community forum shop store boutique tienda product products produkt
    produkte produit produits producto productos category categories kategorie categorie categoria
    collections collection catalog catalogue dp item items p sale sales blog news press presse about
    about-us jobs careers terms tos agb privacy datenschutz legal mentions-legales imprint impressum
    conditions cookies policies policy returns return retouren retours devoluciones shipping versand
    livraison envios delivery contact kontakt contacto pricing plans preise tarifs precios size-guide
    search suche recherche buscar login signin sign-in anmelden connexion register pages page
    articles article guide guides manual manuals download downloads app apps index home releases
    static assets cdn images img media v1 v2 v3 graphql oauth oauth2 sso webhook endpoint callback
    watch swagger rest rpc account my-account accounts orders cart checkout dashboard settings profile basket questions tutorial tutorials issues packages package standards en de fr es gb us
    at ch en-us en-gb de-de fr-fr es-es"""
)
_WEB = re.compile(r"(?:https?|ftp)://|www\.", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_TECHNICAL = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3}){3}|[a-z0-9-]+(?:[:/]|$)|"
    r"(?:[\w-]+\.)*(?:example|test)\.(?:com|org|net)\b|[\w.-]+\.(?:local|internal|localhost|invalid)\b|"
    r"[\w.-]+:\d{2,5}\b)",
    re.IGNORECASE,
)
_SLUG = re.compile(r"/[a-z]{2,}(?:-[a-z0-9]+){2,}/?$|\.(?:html?|php|aspx?|pdf|jsp)$", re.IGNORECASE)
# "our site" is the company's, whoever says it.
_OUR = re.compile(
    r"\b(?:our|unsere[rmn]?|notre|nos|nuestr[oa]s?|your (?:web)?(?:site|shop|store|help)|ihre[rmn]? (?:web)?seite|"
    r"votre site|su (?:web|pagina)|official|offizielle|officiel|oficial)\b[^.!?\n]{0,40}$",
    re.IGNORECASE,
)
# The last part of a host name as people's own have it; some are words, and "fine.it" a typing error.
_TOP = (
    r"(?:com|net|org|io|dev|app|info|biz|eu|shop|store|online|site|website|blog|page|xyz|tech|art|"
    r"photo|photography|studio|cloud|design|example|name|berlin|paris|co\.[a-z]{2}|com\.[a-z]{2}|"
    r"[a-z]{2})"
)
_WORDS_TOO = listed("it is at me my so no to in be do am as us de la es se te tu and app page site")
# Hosts without "https://" are named in passing; only somebody's own is personal.
_OWN = Cued(
    """my site|my website|my web site|my page|my homepage|my blog|my portfolio|my shop|my store|my domain|
    my domains|personal site|personal website|website|homepage|web site|my url|my profile|
    my channel|my web|our family site|
    meine seite|meine webseite|meine website|meine homepage|mein blog|mein shop|meine domain|
    webseite|mein profil|
    mon site|mon site web|mon blog|ma page|mon portfolio|ma boutique|mon domaine|mon profil|
    mi sitio|mi sitio web|mi web|mi pagina|mi pagina web|mi blog|mi tienda|mi dominio|mi perfil|
    find me at|find me on|hosted at|hosted on""",
    r"\s?(?:is|are|ist|lautet|heisst|est|c'est|es|at|on|under|unter|auf|sur|en|called|url|address)?"
    rf"\s?[:=]?\s{{0,3}}((?:www\.)?(?P<site>[a-z0-9-]{{2,63}})(?:\.[a-z0-9-]{{2,63}}){{0,2}}\.(?P<end>{_TOP})(?:/[^\s<>\"'\[\]{{}}|\\^`]{{0,200}})?)(?![\w@])",
)


class Url(Recognizer):
    """Links that carry access or a person, or may be somebody's own; pages for all stay."""

    name = "url"
    types = frozenset({SpanType.URL})

    def find(self, text: str, *, language: str) -> list[Span]:
        """The whole link goes, because host and path can name the customer too."""
        if "." not in text and "://" not in text:
            return []
        spans: list[Span] = []
        if "://" in text or "www" in text.lower():
            for found in _LINK.finditer(text):
                link = found.group().rstrip(".,;:!?)*")
                if _is_personal(link) and not (
                    _is_home(link) and _OUR.search(text, max(0, found.start() - 60), found.start())
                ):
                    spans.append(_span(found.start(), link, 0.9))
        if "/" in text:
            for found in _PLATFORM_PAGE.finditer(text):
                spans.append(_span(found.start(), found.group().rstrip(".,;:!?)*"), 0.9))
        for found in _OWN.finditer(text):
            if found["end"].lower() in _WORDS_TOO and is_common(found["site"]):
                continue
            spans.append(_span(found.start(1), found[1].rstrip(".,;:!?)*"), 0.85))
        return spans


def _span(start: int, link: str, confidence: float) -> Span:
    return Span(start, start + len(link), SpanType.URL, confidence)


def _is_home(link: str) -> bool:
    """Whether `link` names a host and no page on it."""
    parts = _SPLIT.fullmatch(link)
    return parts is not None and (parts["path"] or "/") == "/" and not parts["query"]


def _is_personal(link: str) -> bool:
    """Whether `link` opens something, shows somebody, or has no form of a page for everybody."""
    if _USER.search(link) or _PARAMETER.search(link):
        return True
    if _PICTURE.search(link):
        return False
    if _SEGMENT.search(link):
        return True
    if not _WEB.match(link) or _TECHNICAL.match(_SCHEME.sub("", link)):
        return False
    parts = _SPLIT.fullmatch(link)
    if parts is None:
        return False
    path = (parts["path"] or "").lower()
    if _OF_ONE.search(path):
        return True
    labels = parts["host"].lower().removeprefix("www.").split(".")
    words = [re.sub(r"\.\w{1,5}$", "", word) for word in path.split("/")]
    return labels[0] not in _PUBLIC and _PUBLIC.isdisjoint(words) and not _SLUG.search(path)
