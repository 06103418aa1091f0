"""Words for numbers that nobody listed: "fob number", "Kindergeldnr.", "n° d'affaire".

Companies number everything, so what a number is of can be any word; that it is one's number is said
by the word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from handrail.redaction.recognizers.base import either, listed
from handrail.redaction.recognizers.names import is_common
from handrail.redaction.recognizers.reference import names_a_thing
from handrail.redaction.turns.question_phrases import Asked
from handrail.redaction.turns.questions import Named

# What is mostly named without a word for its number: "job 48213", "Kunde 88213". People ask for
# some of these, but what is answered then need not be a number. And what is done to orders.
NOUNS: dict[Asked, str] = {
    Asked.ORDER: """order|purchase|job|job sheet|quote|quotation|ticket|incident|return|label|
        return label|package|consignment|repair|collection note|crime reference|crime ref|
        your ref|our ref|bag tag|delivery|certificate|appointment|
        retoure|retourenschein|rucksendung|abholkarte|benachrichtigungskarte|reparaturauftrag|
        werkstattauftrag|storungsticket|kassenbon|bon|lieferung|angebot|anfrage|antrag|bescheid|
        ihr zeichen|unser zeichen|mein zeichen|schadenfall|schadensfall|gutschrift|ruckgabe|inc|
        retour|fiche|fiche sav|ot|procedure|affaire|devis|avis|billet|livraison|reclamation|demande|
        requete|etiquette bagage|envoi|votre ref|vos ref|v/ref|notre ref|mandat|
        etiqueta de equipaje|parte|nota|nota de taller|pqr|fact|devolucion|caso|reporte|presupuesto|
        cotizacion|solicitud|tramite|reclamo|reclamacion|incidencia|envio|boleta|turno|s/ref|
        cancel|refund|refund for|rebook|track|stornieren|umbuchen|erstattung|erstattung fur|storno|
        annuler|annulez|remboursement|rembourser|remboursement pour|anular|anulen|anule|cancelar|
        cancele|cancelen|reembolso|reembolso de""",
    Asked.ACCOUNT: """customer|client|member|account|acct|library ticket|library|meter|fob|key fob|
        permit|parking permit|season ticket|frequent traveller|prescription|rx|assessment|pension|
        scheme|patient|badge|tag|subscription|donor|supporter|tenant|tenancy|sn|s/n|
        kunde|kundin|mitglied|abo|zahler|aktenz|az|kdnr|kd|bonuskarte|buchereiausweis|bucherei|
        bibliotheksausweis|patient|patientin|spender|chip|gerat|abonnement|dauerkarte|parkausweis|
        mandat|bedarfsgemeinschaft|kindergeld|kundigung|
        client|cliente|abonnee|compteur|police|carte de biblio|navigo|pass navigo|alloc|
        france travail|pole emploi|licence|ipp|locataire|bail|assure|assuree|donateur|puce|
        empleado|empleada|nomina|matricula universitaria|tarjeta sube|asegurado|asegurada|nic|
        paciente|donante|serie|suscripcion|suscriptor|socia|afiliada|equipo|inquilino""",
    Asked.NATIONAL_ID: """ni|sin|brp|qid|visa grant|nat ins|kvnr|idnr|nss|avs|recepisse|
        ci|c.i|cc|visado""",
}
_ARTICLES = listed("la el le the die")
_NUMBER = r"(?:numbers?|nummer|numero|nro|num|nbr|nr|no|id|ref|reference|n°)"
_NOUN = either("|".join(NOUNS.values()))
# With what German compounds end that name such a thing: "Mietvertrag", "Tankkarte".
_HEADS = "vertrag|auftrag|rechnung|buchung|ticket|konto|akte|police|karte|ausweis|schein|anhanger"
NUMBERED = re.compile(
    r"\b(?<![\w-])(?:"
    # "fob number", "Kd.-Nr."
    rf"(?P<of>[a-z]{{1,24}}(?:-[a-z]{{2,24}})?)(?:\.?[\s-]|\.){_NUMBER}|"
    # "Kindergeldnr"
    r"(?P<compound>[a-z][a-z-]{1,24}?)-?(?:nummer|nr)|"
    # "n° d'affaire", "no. de radicado"
    r"(?:numero|num\.?|nro\.?|nr\.?|n°|no\.|"
    r"no(?=\s(?:de|d|du|del|clien\w{1,2}|abon\w{1,3}|dossier|contrat\w?|fiscal)\b))"
    r"\s?(?:de\s(?:la\s|l')?|d'|du\s|del\s)?(?P<behind>[a-z]{3,20})|"
    r"(?:number|nummer|numero|nro|nr|n°|(?:la|el|le|the)\sno)|"
    rf"[a-z]{{3,20}}(?:{_HEADS})|"
    rf"\b(?P<noun>{_NOUN})(?:e?s|en|n)?\b(?!\s(?:of|de|service|support|from|since|seit|desde|depuis)\b)"
    r")(?![\w'-])",
    re.IGNORECASE,
)
# Whose number is nobody's, beside the things that `reference` knows.
_OF_THINGS = listed(
    """
    room zimmer chambre habitacion seat sitz asiento platz page seite pagina gate platform gleis
    quai anden table tisch mesa street strasse rue calle house haus hausnr line ligne linea zeile
    chapter kapitel channel kanal canal bus tram lane stop apartment flat unit floor level
    step schritt etape paso tail jersey lucky phone rufnummer notruf hotline service kontakt contact
    teile serien artikel modell fehler version versions flug zug zimmer seiten typ chargen lot
    build issue question frage option telefono telephone steuersatz hersteller manufacturer
    fabricant fabricante produkt product produit producto stock material bauteil raum bild start
    trikot glucks los fax support sicherheits kurs telefon handy mobil mobile kunststoff farb
    """
)


def numbered_in(text: str, named: Iterable[Named]) -> Iterator[Named]:
    """Where `text` speaks of a number of something that isn't among the things `named` in it."""
    known = [(one.start, one.end) for one in named]
    lower = text.lower()
    for found in NUMBERED.finditer(lower):
        start, end = found.span()
        if any(start < behind and first < end for first, behind in known):
            continue
        of = found["of"] or found["compound"] or found["behind"] or ""
        if of in _OF_THINGS or names_a_thing(of) or _denies(found.group(), of):
            continue
        yield Named(_kind(found["noun"]), start, end, found.group())


def _kind(noun: str | None) -> Asked:
    """What a noun names; any other number is taken for an account."""
    return _kinds().get(" ".join(noun.split()), Asked.ACCOUNT) if noun else Asked.ACCOUNT


@cache
def _kinds() -> dict[str, Asked]:
    return {
        " ".join(noun.split()): kind for kind, nouns in NOUNS.items() for noun in nouns.split("|")
    }


def _denies(written: str, of: str) -> bool:
    """Whether "no" is no number: "there is no"."""
    return written.endswith(" no") and is_common(of) and of not in _ARTICLES
