"""Links: what opens something, shows somebody or may be somebody's own page goes.

A link is judged by its form, because the words around it rarely say whose it is: a page for
everybody (help, shop, product, static file, technical address) stays unless it carries access or
a person; any other link, a bare home page too, may be the customer's own.
"""

from __future__ import annotations

import re
from itertools import pairwise

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought, either, listed
from handrail.redaction.recognizers.names import (
    is_ambiguous,
    is_common,
    is_first_name,
    is_last_name,
)
from handrail.redaction.spans import Span, SpanType

_LINK = Sought(
    r"\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.(?=[\w-]{1,63}\.))[^\s<>\"'\[\]{}|\\^`]{3,2000}",
    re.IGNORECASE,
)
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,18}"
_SPLIT = re.compile(
    rf"(?P<host>{_HOST})(?P<path>/[^?#]*)?(?P<query>[?#].*)?",
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
_STATIC = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|css|js|ico|woff2?|image)(?:$|[?#~])", re.IGNORECASE
)
# A long part of letters and digits opens something; a title with numbers in it doesn't.
_SEGMENT = re.compile(
    r"/(?=[\w-]*\d)(?=[\w-]*[A-Za-z])(?!(?:[a-z]+|\d+)(?:-[A-Za-z0-9]+)+(?<=[a-z])\b)[\w-]{20,}"
)
# What stands behind these words in a path is one person's: `/orders/4471`, `/u/anna`.
_OF_ONE = re.compile(
    r"/(?:u|users?|profiles?|accounts?|members?|people|customers?|clients?|kunden?|orders?|"
    r"bestellungen|commandes?|pedidos?|invoices?|bookings?|reservations?|tickets?|cases?|tracking|"
    r"track|sendung|suivi|seguimiento|requests?|claims?|appointments?|meetings?|rooms?|e|l|reset|verify|confirm|activate|unsubscribe|invite|join|share|"
    r"shared|files?|attachments|token|s|d|in|pub|channel|c|status)"
    r"/(?=[^/?#]{3,})(?![a-z]{3,}(?:-[a-z]+)+(?:[/?#]|$))[^/?#]+"
    r"|/[~@][\w.-]{2,}|/[^/?#]*%40",
    re.IGNORECASE,
)
# Where people have pages, files, rooms and payments of their own; a short link may open anything.
_PLATFORM = either("""facebook.com|fb.com|fb.me|m.me|instagram.com|twitter.com|x.com|tiktok.com|
    linkedin.com|xing.com|github.com|gitlab.com|t.me|wa.me|telegram.me|snapchat.com|threads.net|
    pinterest.com|reddit.com|twitch.tv|youtube.com|youtu.be|medium.com|substack.com|vimeo.com|
    flickr.com|soundcloud.com|steamcommunity.com|discord.gg|discord.com|vk.com|strava.com|
    linktr.ee|about.me|behance.net|dribbble.com|etsy.com|vinted.fr|vinted.de|ebay.com|ebay.de|
    kleinanzeigen.de|leboncoin.fr|wallapop.com|paypal.me|paypal.com|venmo.com|cash.app|revolut.me|
    gofundme.com|calendly.com|zoom.us|meet.google.com|teams.microsoft.com|drive.google.com|
    docs.google.com|photos.google.com|photos.app.goo.gl|maps.google.com|maps.app.goo.gl|goo.gl|
    google.com/maps|dropbox.com|1drv.ms|onedrive.live.com|sharepoint.com|icloud.com|
    wetransfer.com|we.tl|mega.nz|box.com|imgur.com|pastebin.com|notion.site|bit.ly|tinyurl.com|
    t.co|is.gd|ow.ly|cutt.ly|rb.gy|airbnb.com|doctolib.fr|doctolib.de""")
_PLATFORM_PAGE = Sought(
    rf"(?<![\w.@-])(?:[a-z]{{1,6}}://)?(?:www\.|m\.|[a-z]{{2}}\.)?{_PLATFORM}/"
    r"(?!(?:watch|playlist|results|help|business|policies|legal|intent)\b)"
    r"[^\s<>\"'\[\]{}|\\^`]{2,500}",
    re.IGNORECASE,
)
# Pages for everybody, by the word that stands first in the host or anywhere in the path.
_PUBLIC = listed(
    """help hilfe aide ayuda support faq faqs hc kb wiki docs documentation manual manuals guide
    guides tutorial tutorials learn academy community forum questions issues developer developers
    dev api status standards
    shop store boutique tienda product products produkt produkte produit produits producto productos
    category categories kategorie categorie categoria collection collections catalog catalogue dp
    item items p sale sales size-guide pricing plans preise tarifs precios
    return returns retouren retours devoluciones shipping versand delivery livraison envios
    contact kontakt contacto blog news press presse article articles about about-us jobs careers
    terms tos agb conditions privacy datenschutz legal mentions-legales imprint impressum cookies
    policy policies search suche recherche buscar home index page pages watch
    login signin sign-in anmelden connexion register account my-account accounts orders cart
    basket checkout dashboard settings profile
    download downloads app apps releases package packages static assets cdn images img media
    v1 v2 v3 graphql rest rpc oauth oauth2 sso webhook endpoint callback swagger
    en de fr es gb us at ch en-us en-gb de-de fr-fr es-es"""
)
_WEB = re.compile(r"(?:https?|ftp)://|www\.", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# Machines, and names that RFC 2606 keeps for examples.
_TECHNICAL = re.compile(
    r"^(?:\d{1,3}(?:\.\d{1,3}){3}|[a-z0-9-]{1,63}(?:[:/]|$)|"
    r"(?:[\w-]{1,63}\.){0,4}(?:example|test)\.(?:com|org|net)\b|"
    r"[\w.-]{1,200}(?:\.(?:local|internal|localhost|invalid)\b|:\d{2,5}\b))",
    re.IGNORECASE,
)
# `/blue-cotton-shirt` or a document.
_TITLE = re.compile(
    r"/[a-z]{2,}(?:-[a-z0-9]+){2,}/?$|\.(?:html?|php|aspx?|pdf|jsp)$", re.IGNORECASE
)
# "our site" is the company's, whoever says it.
_OUR = re.compile(
    r"\b(?:our|your (?:web)?(?:site|shop|store|help)|official|unsere[rmn]?|offizielle|"
    r"ihre[rmn]? (?:web)?seite|notre|nos|votre site|officiel|nuestr[oa]s?|su (?:web|pagina)|"
    r"oficial)\b[^.!?\n]{0,40}$",
    re.IGNORECASE,
)
# How names of people's own hosts end; some endings are words too, and "fine.it" a typing error.
_TOP = (
    r"(?:com|net|org|io|dev|app|info|biz|eu|shop|store|online|site|website|blog|page|xyz|tech|art|"
    r"photo|photography|studio|cloud|design|example|name|berlin|paris|co\.[a-z]{2}|com\.[a-z]{2}|"
    r"[a-z]{2})"
)
_WORDS_TOO = listed("it is at me my so no to in be do am as us de la es se te tu and app page site")
# A page on a host that is named without "https://".
_BARE_PAGE = Sought(
    rf"(?<![\w.@/:-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}{_TOP}/[^\s<>\"'\[\]{{}}|\\^`]{{2,500}}",
    re.IGNORECASE,
)
# Hosts without "https://" are named in passing; only somebody's own is personal.
_OWN = Cued(
    """my site|my website|my web site|my web|my page|my homepage|my blog|my portfolio|my shop|
    my store|my domain|my domains|my url|my profile|my channel|our family site|personal site|
    personal website|website|web site|homepage|find me at|find me on|hosted at|hosted on|
    meine seite|meine webseite|meine website|meine homepage|meine domain|mein blog|mein shop|
    mein profil|webseite|
    mon site|mon site web|mon blog|mon portfolio|mon domaine|mon profil|ma page|ma boutique|
    mi sitio|mi sitio web|mi web|mi pagina|mi pagina web|mi blog|mi tienda|mi dominio|mi perfil""",
    r"\s?(?:is|are|ist|lautet|heisst|est|c'est|es|at|on|under|unter|auf|sur|en|called|url|address)?"
    r"\s?[:=]?\s{0,3}((?:www\.)?(?P<site>[a-z0-9-]{2,63})(?:\.[a-z0-9-]{2,63}){0,2}"
    rf"\.(?P<end>{_TOP})(?:/[^\s<>\"'\[\]{{}}|\\^`]{{0,200}})?)(?![\w@])",
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = ".,;:!?)*"


class Url(Recognizer):
    """Links that carry access or a person, or may be somebody's own; pages for all stay."""

    name = "url"
    types = frozenset({SpanType.URL})
    needs = (_LINK, _PLATFORM_PAGE, _BARE_PAGE, _OWN)

    def find(self, text: str, *, language: str) -> list[Span]:
        """The whole link goes, because host and path can name the customer too."""
        if "." not in text and "://" not in text:
            return []
        spans = [
            _span(found.start(), found.group(), 0.9)
            for found in _LINK.finditer(text)
            if _is_personal(found.group().rstrip(_SENTENCE)) and not _is_our_home(text, found)
        ]
        if "/" in text:
            spans += [_span(page.start(), page[0], 0.9) for page in _PLATFORM_PAGE.finditer(text)]
            spans += [
                _span(page.start(), page[0], 0.85)
                for page in _BARE_PAGE.finditer(text)
                if _opens_or_shows(page[0].rstrip(_SENTENCE))
            ]
        for found in _OWN.finditer(text):
            if found["end"].lower() not in _WORDS_TOO or not is_common(found["site"]):
                spans.append(_span(found.start(1), found[1], 0.85))
        return spans


def _span(start: int, link: str, confidence: float) -> Span:
    """A link without the marks of the sentence around it."""
    return Span(start, start + len(link.rstrip(_SENTENCE)), SpanType.URL, confidence)


def _is_our_home(text: str, found: re.Match[str]) -> bool:
    """Whether a link is the company's home page: a host without a page, called "our site"."""
    parts = _SPLIT.fullmatch(_SCHEME.sub("", found.group().rstrip(_SENTENCE)))
    if parts is None or (parts["path"] or "/") != "/" or parts["query"]:
        return False
    return _OUR.search(text, max(0, found.start() - 60), found.start()) is not None


def _is_personal(link: str) -> bool:
    """Whether `link` opens something, shows somebody, or has no form of a page for everybody."""
    if _opens_or_shows(link):
        return True
    if _STATIC.search(link) or not _WEB.match(link):
        return False
    address = _SCHEME.sub("", link)
    parts = _SPLIT.fullmatch(address)
    if parts is None or _TECHNICAL.match(address):
        return False
    path = (parts["path"] or "").lower()
    first_label = parts["host"].lower().removeprefix("www.").partition(".")[0]
    words = [word.partition(".")[0] for word in path.split("/")]
    return first_label not in _PUBLIC and _PUBLIC.isdisjoint(words) and not _TITLE.search(path)


def _opens_or_shows(link: str) -> bool:
    """Whether `link` carries access or leads to one person's things."""
    if _USER.search(link) or _PARAMETER.search(link):
        return True
    if _STATIC.search(link):
        return False
    address = _SCHEME.sub("", link)
    if _SEGMENT.search(address):
        return True
    if not _WEB.match(link) and address != link:
        return False
    path = "/" + address.partition("/")[2]
    return _OF_ONE.search(path) is not None or _names_somebody(path)


def _names_somebody(path: str) -> bool:
    """Whether a given name and a surname stand beside each other: `/files/jane-doe-cv`."""
    words = _LETTERS.findall(path)
    return any(
        is_first_name(first) and is_last_name(last) and not is_ambiguous(first)
        for first, last in pairwise(words)
    )
