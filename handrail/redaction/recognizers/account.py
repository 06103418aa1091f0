"""Account, customer, order and ticket numbers: what is said to be one."""

from __future__ import annotations

import re

from handrail.redaction.checksums import is_isin
from handrail.redaction.recognizers.base import (
    Cued,
    Recognizer,
    Sought,
    beginnings,
    beginnings_of,
)
from handrail.redaction.recognizers.names import is_common
from handrail.redaction.spans import Span, SpanType

_ID_WORD = (
    r"(?:\s?[-_]?\s?(?:number|num\.?|nro\.?|no\.?|nr\.?|nummer|numero|id|code|ref(?:erence)?|#|"
    r"n°|nº)(?![a-z]))?"
)
_LINK = (
    r"[\"']?(?:\s{0,2}(?:(?:is|was|ist|lautet|war|est|es|c'est|under|with|le|la|el)(?![\w-])|:|=|#|-|,))"
    r"{0,3}\s{0,2}[\"'(#]?"
)
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ID = (
    r"((?!" + _UUID + r"|\d{1,2}/\d{1,2}/(?:\d\d|\d{4})(?!\w))"
    r"(?=[\w/-]{0,30}\d{3}|\d\d \d{3} \d{3})[A-Za-z0-9](?:[A-Za-z0-9]|[-_/ ](?=\d)|"
    r"[-_/](?=[A-Za-z0-9])){3,34})(?![\w]|[.,]\d\d?\b|\s?(?:[€$£%]|"
    r"(?:eur|euros?|usd|dollars?|gbp|pounds|inr|rupees|points|punkte|meilen|miles|km|kwh|"
    r"people|pieces)\b))"
)
_ACCOUNT = Cued(
    """account|acct|a/c|customer|client|member|membership|loyalty|policy|contract|
        kd|kd.|kdnr|cust|bahncard|vertragskonto|vertrags|mitglieds|debitor|geschaftspartner|
        teilnehmer|verbrauchsstelle|
        zahlpunkt|marktlokation|malo|vielflieger|miles and more|payback|mandatsreferenz|mandats|
        kassenzeichen|beitrags|bonusnummer|versicherten|depot|consumer|mpan|mprn|nmi|mrn|uhid|
        clubcard|nectar|skywards|bonvoy|avios|krisflyer|mileageplus|skymiles|aadvantage|
        flying blue|rewards card|library card|payroll|badge|loan number|loan account|
        mortgage account|mortgage number|enrolment|enrollment|iccid|demat|beneficiary id|tenancy|
        kunden|kundennummer|konto|kontonummer|vertrag|vertragsnummer|compte|contrat|
        adherent|cuenta|cliente|contrato|poliza|socio|user id|routing|sort code|iban|
        bic|kundennr|reference client|abonne|abonnement|client n|abonado|suscriptor|
        suscripcion|num client|bsb|folio|mitglied|mitgliedsnummer|mitgliedsnr|versicherungsschein|
        versicherungsscheinnummer|policennummer|police|schaden|schadennummer|schadensnummer|
        aktenzeichen|az|geschaftszeichen|zahler|zahlernummer|zahlernr|blz|bankleitzahl|
        auftraggeber|meter|meter number|compteur|contador|cups|loyalty card|rewards|
        frequent flyer|bonuskarte|kundenkarte|carte de fidelite|tarjeta de puntos|
        subscription|subscriber|patient|student|employee|personalnummer|matrikelnummer|
        dossier client|numero d'adherent|immatriculation client|asegurado|afiliado|
        pdl|prm|pce|point de livraison|allocataire|allocataire caf|societaire|assure|membre|
        flying blue|carte fidelite|locataire|nis|rpu|cuenta contrato|suministro|medidor|
        historia clinica|nhc|paciente|legajo|credencial|
        contrat elec|contrat gaz|contrat auto|contrat habitation|contrat mobile|contrato de luz|
        contrato de gas|contrato de fibra|assurance auto|assurance habitation""",
    _ID_WORD + _LINK + _ID,
)
_ORDER = Cued(
    """order|claim|booking|reservation|confirmation|ticket|case|invoice|tracking|shipment|
        parcel|return|rma|bestellung|bestellnummer|bestellnr|auftrag|auftragsnummer|
        best.|rg|rg.|ord|txn|auftrags|bestell|buchungs|vorgangs|rechnungs|sendungs|
        reklamation|reklamations|beschwerde|
        storungs|storungsmeldung|fall|beleg|reservierung|reservierungs|lieferschein|retoure|
        retouren|paket|anfrage|antrag|antrags|meldungs|schadenmeldung|schadensmeldung|reparatur|
        reparaturauftrag|reiseauftrag|transaktions|uberweisungs|service request|incident|
        work order|repair job|repair|job number|job ref|complaint|grievance|dispute|chargeback|
        quote|quotation|application|enquiry|inquiry|receipt|itinerary|e-ticket|purchase order|
        rechnung|rechnungsnummer|sendung|sendungsnummer|buchung|buchungsnummer|vorgang|
        commande|facture|colis|dossier|suivi|pedido|factura|reserva|envio|paquete|
        seguimiento|incidencia|orden|transaction|transfer|reference|devis|livraison|
        reclamation|virement|localizador|referencia|albaran|expediente|reclamacion|devolucion|
        guia|rastreo|cotizacion|caso|siniestro|compra|consignment|docket|awb|
        bordereau|demande|intervention|incident|resa|avis de passage|requete|plainte|sinistre|
        bon de commande|le voici|la voici|solicitud|reporte|boleto|boleta|remito|operacion|
        comprobante|turno|queja|denuncia|tramite|remision|gestion|aqui lo tiene|aqui la tiene|
        aqui lo tienes|
        cmd|cde|numero de com|ma ref|votre ref|votre ref.|ta ref|v/ref|ref dossier|ref client|
        ref commande|ref contrat|mi ref|su ref|ref cliente|ref pedido|ped|ped.|expte|expte.|
        cheque|billet|suivi colissimo|suivi chronopost|suivi mondial relay|suivi dhl|suivi ups|
        colissimo|chronopost|seguimiento correos|seguimiento seur|seguimiento dhl|
        avis d'imposition ref""",
    _ID_WORD + _LINK + _ID,
)
# In a sentence; `clientId = "..."` in code is an application's.
_ACCOUNT_UUID = Cued(
    "account|customer|client|member|user|kunde|kunden|konto|compte|cliente|cuenta|usuario",
    r"(?:\s|-)(?:id|number|nummer|no\.?|nr\.?|numero)?" + _LINK + "(" + _UUID + r")(?![\w-])",
)
# A booking code of an airline or railway: six letters and digits, in capitals.
_LOCATOR = Sought(
    r"\b(?:(?i:(?:localizador|localisateur|pnr|dossier de voyage|"
    r"(?:booking|confirmation|reservation) (?:code|reference|number)|record locator|buchungscode|"
    r"buchungsnummer|buchungsreferenz|reservierungscode|reiseauftrag|filekey|booking ref|"
    r"conf(?:irmation)? (?:#|no\.?|number|code)|(?:code|numero|"
    r"reference) de (?:reservation|voyage)|"
    r"(?:codigo|numero|clave) de reserva(?:cion)?)" + _LINK + ")"
    # Behind words that have other sequels only what is no word.
    r"|(?i:(?:ref\.?|reference|referencia|reserva|reservacion|resa|billet|reservation|booking|"
    r"buchung|reservierung|confirmation|dossier(?: sncf)?)" + _LINK + ")"
    r"(?=[A-Z]{1,5}\d|\d{1,5}[A-Z]|[A-Z]{0,2}[B-DF-HJ-NP-TV-Z]{4}))"
    r"\b([A-Z0-9]{6})\b"
)
_LOCATORS = beginnings_of(
    "referencia|resa|billet|localizador|localisateur|pnr|voyage|booking|confirmation|reservation|"
    "locator|buchungscode|buchung|dossier|reservierung|buchungsreferenz|reservierungscode|reiseauftrag|filekey|conf|reserva"
)
_SHAPED_ORDER = Sought(
    r"(?<![\w-])(?:(?:ORD|ORDER|INV|TKT|REF|CASE|RMA|PO|BK|SO|RE|BE)[-_#]?\d{4,14}|"
    r"\d{3}-\d{7}-\d{7})(?![\w-])"
)
_SHAPED_ACCOUNT = Sought(
    r"(?<![\w-])(?:(?:ACC|ACCT|CUST|CUS|CLI|KD|KDNR|KTO|MEM)[-_#]?\d{4,14}|"
    r"[A-Z]{1,2}\d{7,12})(?![\w-])"
)
# A note of Microsoft's knowledge base, which is everybody's.
_UPDATE = re.compile(r"KB\d{6,7}")
# "Reparatur 2026-05-12" is planned for a day, "contract 2023/2024" for years.
_DAY = re.compile(
    r"(?:19|20)\d\d[-/](?:19|20)\d\d|(?:19|20)\d\d([-/])\d\d?\1\d\d?|\d\d?([-/])\d\d?\2(?:19|20)\d\d"
)


class Account(Recognizer):
    """Identifiers of the customer in the company's own systems."""

    name = "account"
    types = frozenset({SpanType.ACCOUNT, SpanType.ORDER})
    needs = (_SHAPED_ORDER, _SHAPED_ACCOUNT, _LOCATOR, _ACCOUNT_UUID, _ACCOUNT, _ORDER)

    def find(self, text: str, *, language: str) -> list[Span]:
        """By the word before them or by an unmistakable shape; amounts and quantities stay."""
        spans = [Span(*m.span(), SpanType.ORDER, 0.9) for m in _SHAPED_ORDER.finditer(text)]
        spans += [
            Span(*m.span(), SpanType.ACCOUNT, 0.85)
            for m in _SHAPED_ACCOUNT.finditer(text)
            if not (is_isin(m.group()) or _UPDATE.fullmatch(m.group()))
        ]
        if _LOCATOR.may_be_in(text) and not _LOCATORS.isdisjoint(beginnings(text)):
            spans += [
                Span(*found.span(1), SpanType.ORDER, 0.85)
                for found in _LOCATOR.finditer(text)
                if not is_common(found.group(1))
            ]
        spans += [Span(*m.span(1), SpanType.ACCOUNT, 0.85) for m in _ACCOUNT_UUID.finditer(text)]
        for pattern, kind in ((_ACCOUNT, SpanType.ACCOUNT), (_ORDER, SpanType.ORDER)):
            for found in pattern.finditer(text):
                if _enough_digits(found.group(1)):
                    spans.append(Span(*found.span(1), kind, 0.85))
        return spans


def _enough_digits(value: str) -> bool:
    if _DAY.fullmatch(value):
        return False
    digits = sum(c.isdigit() for c in value)
    return digits >= 5 or (
        digits >= 4 and (digits < len(value) or not value.startswith(("19", "20")))
    )
