"""The words around names in English, German, French and Spanish: plain form, without accents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from functools import cache
from itertools import pairwise
from typing import NamedTuple


class Cue(Enum):
    """What the words before a possible name say."""

    NAME = auto()  # "my name is": a name follows, whatever it looks like
    FIELD = auto()  # "name:": the same after a colon
    SELF = auto()  # "this is", "I am": a name follows if it looks like one
    KIN = auto()  # "my wife", "ask": a given name may follow, ambiguous or not
    GREETING = auto()  # "good morning": a name follows if the clause ends behind it
    THANKS = auto()  # "thanks", "sure": a capitalized or given name may follow
    CLOSING = auto()  # "kind regards": the rest of the message is a name
    TITLE = auto()  # "Dr.", "Frau": a surname follows

    # Enum's own hash is a Python call.
    __hash__ = object.__hash__


_CUES = {
    Cue.NAME: """my name is|my name's|name is|name's|my full name is|full name is|name was|
        call me|i am called|i'm called|account holder is|in the name of|under the name|
        maiden name is|maiden name was|middle name is|given name is|married name is|
        booking is under|reservation is under|registered under|filed under|signed for by|
        signed by|people call me|everyone calls me|prefer to be called|name should be|
        name should read|cardholder is|policyholder is|namens|ausgestellt auf|
        zugelassen auf|eingetragen auf|lautend auf|adressiert an|im namen von|auf den namen von|
        vertragspartner ist|vertragsinhaber ist|kontoinhaber ist|karteninhaber ist|
        kontoinhaberin ist|versicherungsnehmer ist|nachname lautet|vorname lautet|name war|
        geburtsname ist|madchenname ist|madchenname war|nenn mich|nennt mich|
        under the name of|the name on the account is|the name on the card is|by the name of |
        registered to|addressed to|account is under|is under|booked under|order is under|
        made out to|first name is|last name is |surname is|goes by|ich heisse|ich heiße|
        mein name ist|mein name lautet|name ist|name lautet|auf den namen|lautet auf |
        nennen sie mich|vorname ist|nachname ist|je m'appelle|je me nomme|mon nom est|
        mon prenom est|m'appelle|s'appelle|nom est |prenom est|au nom de|me llamo|
        mi nombre es|mi nombre completo es|nombre es|se llama|a nombre de|apellido es|
        mon nom c'est|mon prenom c'est|nom de famille est|nom complet est|je me prenomme|
        on m'appelle|appelez-moi|inscrit au nom de|inscrite au nom de|enregistre au nom de|
        reserve au nom de|au nom et prenom de|mi apellido es|mis apellidos son|apellidos son|
        mi nombre y apellidos son|llameme|me llaman|se llamaba|figura a nombre de|
        esta a nombre de|titular es|la titular es|el titular es|le titulaire est|
        titulaire de la carte est|titular de la tarjeta es|titular de la cuenta es|
        known as|name reads|name under|under my name|
        le nom c'est|le prenom c'est|titulaire c'est|nom du titulaire est|
        titulaire du compte est|titulaire du contrat est|titulaire du contrat c'est|se nomme|
        se prenomme|s'appelait|s'appellent|sous le nom de|au nom du titulaire|a l'attention de|
        interphone au nom de|sonnette au nom de|boite aux lettres au nom de|sonnette indique|
        libelle au nom de|a la atencion de|me apellido|se apellida|se llaman|llamarse|
        se hace llamar|me dicen|le dicen|bajo el nombre de|con el nombre de|
        titular del contrato es|titular de la linea es|telefonillo pone|timbre pone|timbre dice|
        buzon pone|buzon dice|interfono pone""",
    Cue.FIELD: """name|full name|first name|last name|surname|cardholder|cardholder name|
        account holder|name on card|recipient |passenger|passenger name|attn|attention|
        contact person|vorname|nachname|kontoinhaber|inhaber|empfanger|nom|prenom |
        nom de famille|titulaire|destinataire|nombre|nombre completo|apellido|apellidos|
        titular|destinatario|customer name |billing address|shipping address|directed by|
        written by|from|sender|absender|
        nom et prenom|nom prenom|nombre y apellidos|nombre y apellido|client|cliente|
        nom du client|nombre del cliente|signe|firmado|firma|expediteur|remitente|
        acheteur|comprador|passager|pasajero|given name|family name""",
    Cue.SELF: """this is|i am|i'm|im|it's|its|here is|ich bin|hier ist|hier spricht|
        hier schreibt|es spricht|c'est|je suis|ici |soy|le habla|le atiende|les habla|
        le saluda|aqui|habla|here's|it is|sie sprechen mit|vous parlez avec|
        moi c'est|moi je suis|ici c'est|je me presente|me presento|te habla|le escribe|
        les escribe|te escribe|te atiende|les atiende|habla con|esta hablando con|
        vous etes en ligne avec|vous echangez avec|vous discutez avec|en ligne avec|
        vous etes avec|yo soy|aqui esta|you're chatting with|you are chatting with|
        soy la|soy el|de parte de|por aca|te saluda|lo saluda|le contacta|le asiste|te asiste|
        te ayuda|le ayuda|estas hablando con|estas chateando con|estas con|esta con|vous parle|
        de la part de""",
    Cue.KIN: """zugestellt an|ubergeben an|ausgehandigt an|abgegeben bei|empfangen von|
        angenommen von|unterschrieben von|entgegengenommen von|gewissen|gewisser|gewisse|
        umschreiben auf|umgeschrieben auf|klingelschild|klingel|turschild|briefkasten|
        ich bin der|ich bin die|bin der|bin die|hier ist der|hier ist die|hier schreibt der|
        hier schreibt die|received by|collected by|accepted by|left with|handed to|buzzer says|
        a certain|remis a|recu par|signe par|recupere par|receptionne par|laisse chez|
        depose chez|sonnette|entregado a|recibido por|firmado por|recogido por|dejado con|
        lo recibio|lo firmo|lo recogio|telefonillo|timbre|ask|asked|told|agent|advisor|
            representative|colleague|my friend|my husband|
        my wife|my son|my daughter|my brother |my sister|my mother|my father|my mom|
        my dad|my boss|my partner|my colleague|husband|wife|spoke to|spoke with|
        landlord|landlady|neighbour|neighbor|flatmate|roommate|housemate|coworker|co-worker|
        plumber|electrician|technician|the driver|our driver|my driver|delivery driver|courier|
        the engineer|your engineer|nurse|midwife|dentist|my gp|therapist|accountant|solicitor|
        lawyer|carer|caretaker|receptionist|my manager|your manager|supervisor|nan|nana|gran|
        grandma|grandad|granddad|grandpa|granny|stepdad|stepmum|stepson|niece|nephew|cousin|
        fiance|fiancee|girlfriend|boyfriend|my ex|hubby|auntie|tenant|nachbar|nachbarin|
        familie|eheleute|
        vermieter|vermieterin|hausmeister|monteur|techniker|fahrer|zusteller|postbote|paketbote|
        mitbewohner|mitbewohnerin|lebensgefahrte|lebensgefahrtin|lebenspartner|lebenspartnerin|
        partnerin|oma|opa|tante|onkel|cousine|neffe|nichte|schwager|schwagerin|schwiegermutter|
        schwiegervater|schwiegersohn|schwiegertochter|chef|chefin|mitarbeiter|mitarbeiterin|
        sachbearbeiter|sachbearbeiterin|berater|beraterin|freund|freundin|ehefrau|ehemann|mutti|
        mama|papa|tochter|sohn|bruder|schwester|enkel|enkelin|betreuer|betreuerin|hausarzt|
        hausarztin|zahnarzt|hebamme|kumpel|verlobte|verlobter|mieter|mieterin|vormieter|tierarzt|
        tierarztin|veto|veterinaire|veterinario|veterinaria|nachmieter|untermieter|
        speak to|speak with|speaking with |speaking to|talking to|talked to|chatting with|
        connected with|connected to|assistant|mein kollege|meine kollegin |meine frau|
        mein mann|mein freund|meine freundin|mein sohn|meine tochter|kollege|kollegin|
        ma femme|mon mari|mon fils |ma fille|mon collegue|ma collegue|conseiller|
        conseillere|mi mujer|mi marido|mi hijo|mi hija|mi companero|mi companera |
        hable con|con el agente|parle avec|parle a|gesprochen mit|mit herrn|named|send|
        pay|paid|remember me|sent|called|uncle|aunt|
        j'ai eu|ma mere|mon pere|mon frere|ma soeur|mon ami|mon amie|mon epoux|mon epouse|
        mon compagnon|ma compagne|mon conjoint|ma conjointe|mon patron|ma belle-mere|
        je vous passe|votre collegue|une collegue|un collegue|agent nomme|une certaine|
        un certain|discute avec|echange avec|parle a un|mi madre|mi padre|mi hermano|
        mi hermana|mi amigo|mi amiga|mi esposo|mi esposa|mi pareja|mi novio|mi novia|
        mi jefe|mi jefa|mi suegra|su companero|su companera|una tal|un tal|
        hablado con|hable con|atendio|ha atendido|paso con|agente|asesor|asesora|meine mutter|
        mein vater|meine schwester|mein bruder|mum|my mum|my flatmate|my brother in law|
        my sister in law|
        mon voisin|ma voisine|voisin|voisine|concierge|gardien|gardienne|mon proprio|proprio|
        ma proprio|mon proprietaire|ma proprietaire|bailleur|coloc|colocataire|mon coloc|
        ma coloc|livreur|chauffeur|technicien|technicienne|plombier|facteur|medecin|infirmiere|
        infirmier|kine|dentiste|notaire|comptable|tuteur|tutrice|curatrice|ma grand-mere|
        mon grand-pere|mamie|papi|papy|mon beau-pere|mon beau-frere|ma belle-soeur|
        ma belle-fille|mon gendre|mon neveu|ma niece|ma tante|mon oncle|tonton|ma tata|
        mon cousin|ma cousine|mon parrain|ma marraine|mon copain|ma copine|mon chum|ma blonde|
        mon ex|mon ex-mari|mon ex-femme|mon fiance|ma fiancee|mon petit-fils|ma petite-fille|
        ma maman|mon papa|maman|mon associe|mon associee|mon assistante|ma secretaire|
        ma patronne|ma chef|mon chef|ma responsable|mon responsable|ma nounou|mon bebe|
        une dame nommee|un monsieur nomme|nomme|nommee|prenomme|prenommee|mi vecino|mi vecina|
        vecino|vecina|portero|portera|conserje|casero|casera|mi casero|mi casera|arrendador|
        arrendadora|inquilino|inquilina|companero de piso|companera de piso|mi roomie|roomie|
        repartidor|repartidora|cartero|mensajero|chofer|taxista|tecnico|fontanero|plomero|
        electricista|enfermera|enfermero|dentista|abogado|abogada|gestor|gestora|contadora|
        mi abuela|mi abuelo|abuela|abuelo|mi tia|mi tio|mi primo|mi prima|sobrino|sobrina|
        mi cunado|mi cunada|cunado|cunada|mi suegro|suegra|suegro|yerno|nuera|nieto|nieta|
        mi padrino|mi madrina|mi hermanito|mi hermanita|hermana|hermano|mi ex|mi viejo|mi vieja|
        mi mama|mi papa|mi nene|mi nena|mi bebe|mi peque|mi socio|mi socia|la profe|el profe|
        la seno|maestra|secretaria|vendedor|vendedora|encargado|encargada|supervisora|operadora|
        ajustador|ajustadora|perito|presidenta|administradora|mi alumno|mi alumna|att""",
    Cue.GREETING: """hi|hello|hey|dear|hi there|
        hello there|good morning|good afternoon|good evening|
        good day|welcome|welcome back|greetings |hallo|guten tag|guten morgen|
        howdy|evening|afternoon|hallochen|huhu|gruss dich|grusse dich|griass di|moin moin|
        mahlzeit|schonen guten tag|einen schonen guten tag|guten tag liebe|tach|
        guten abend|servus|moin|gruss gott|liebe|lieber|sehr geehrte|sehr geehrter|
        hallo liebe|hallo lieber |bonjour|bonsoir|salut|cher|chere|bienvenue|coucou|
        hola|buenos dias|buenas tardes|buenas noches|buenas|estimado |estimada|querido|
        querida|bienvenido|bienvenida|
        rebonjour|re bonjour|bjr|slt|chers|cheres|bonne journee|muy buenas|buen dia|saludos|
        que tal|estimados|estimadas|g'day|gday|hiya|heya|morning|namaste|namaskar|
        vanakkam|selamat pagi|grias di|gruezi|
        allo|rebonsoir|holi|oye|disculpa|disculpe|apreciado|apreciada|que onda|feliz tarde""",
    Cue.THANKS: """thanks|thank you|thx|ty|thank you so much|thanks so much|thank you very much|
        many thanks|thanks a lot|thanks for contacting us|thank you for contacting us|
        thanks for reaching out|thank you for reaching out|thank you for your patience |
        thanks for your patience|thanks for waiting|thank you for waiting|sorry|sure|ok|
        okay|bye|goodbye|great|perfect|no problem|you're welcome|you are welcome|
        of course|certainly|yes|no|alright|got it|understood|i understand|my apologies|
        danke|vielen dank |danke schon|herzlichen dank|gerne|tschuss|willkommen|merci|
        danke dir|danke ihnen|besten dank|tausend dank|sehr gerne|sehr gern|entschuldigung|
        tut mir leid|einen moment|kein problem|lovely|brilliant|ok thanks|okay thanks|thanks mate|
        apologies|take care|
        merci beaucoup|au revoir|merci de nous contacter|merci de nous avoir contactes|
        d'accord|gracias|muchas gracias|adios|gracias por contactarnos|
        gracias por contactar|gracias por contactar con nosotros|claro|por supuesto|de nada|
        perfecto|parfait|entendu|alles klar|verstanden|
        merci bien|merci a vous|merci encore|merci d'avance|mille mercis|merci pour votre aide|
        merci pour votre patience|merci de votre patience|je vous en prie|avec plaisir|
        tres bien|d'accord|compris|bonne soiree|mil gracias|gracias a usted|
        gracias por su ayuda|gracias por su paciencia|gracias por esperar|con gusto|
        con mucho gusto|de acuerdo|muy bien|vale|entendido|hasta luego|no worries|cheers|ta""",
    Cue.CLOSING: """best|best regards|kind regards|warm regards|regards|sincerely|yours sincerely|
        sincerely yours|yours truly|yours faithfully|yours |cheers|thanks|thank you|
        many thanks|thanks again|best wishes|all the best|cordially|respectfully|
        take care|love|thx|br|rgds|kr|mit freundlichen grussen|mit freundlichen grußen|
        freundliche grusse|freundliche gruße|viele grusse|viele gruße|beste grusse |
        warmest regards|kindest regards|with kind regards|with thanks|talk soon|speak soon|tia|
        mit freundlichem gruss|mit freundlichem gruß|mit besten grussen|besten gruss|besten gruß|
        schoner gruss|danke im voraus|danke vorab|vielen dank im voraus|vielen dank vorab|
        besten dank|danke und gruss|herzlichst|bis bald|grussle|
        beste gruße|liebe grusse|liebe gruße|schone grusse|schone gruße|herzliche grusse|
        herzliche gruße|mfg|lg|vg|gruss|gruß|grusse|gruße |danke|vielen dank|
        hochachtungsvoll|cordialement|bien cordialement|bien a vous|salutations|
        amicalement|cdlt|sinceres salutations|merci |bonne journee|a bientot|saludos|
        un saludo|saludos cordiales|atentamente|cordialmente|un cordial saludo|gracias|
        atte|un abrazo|
        cdt|bonne soiree|bonne fin de journee|respectueusement|salutations distinguees|
        sinceres salutations|bises|bisous|bien a toi|avec mes remerciements|cordiales saludos|
        reciba un cordial saludo|saludos atentos|quedo a la espera|besos|un beso|mil gracias|
        slds|atentos saludos|muy atentamente|thanks and regards|with regards|thanking you|
        warmly|thanks in advance|thanking you in advance|cheers mate|merci d'avance|
        gracias de antemano|muchas gracias|merci beaucoup|signe|firmado|
        bien sincerement|cordiales salutations|meilleures salutations|salutations cordiales|
        tres cordialement|belle journee|excellente journee|bonne journee a vous|
        dans l'attente de votre reponse|dans l'attente de votre retour|en vous remerciant|
        au plaisir|mes salutations|bien amicalement|saludos y gracias|gracias y saludos|
        un fuerte abrazo|abrazos|abrazo|saludo cordial|cordial saludo|quedo atento|quedo atenta|
        quedo al pendiente|sin otro particular|a la espera de su respuesta|
        desde ya muchas gracias|desde ya gracias|respetuosamente|besitos|bendiciones|
        le saluda atentamente|muchas gracias de antemano|feliz dia""",
    Cue.TITLE: """ehepaar|eheleute|
        fam|m|mr|mrs|ms|mx|dr|prof|sr|sra|srta|hr|fr|mme|mlle|miss|sir|madam|herr|
        herrn|frau|monsieur|madame|mademoiselle |senor|senora|senorita|don|dona|uncle|
        aunt|professor|doctor|
        mdm|melle|encik|puan|cik|shri|smt|dna|messrs|maitre|
        docteur|docteure|professeure|mmes|doctora|dra|lic|licenciado|licenciada|ingeniero|
        ingeniera|el ing|la ing|arq|mtro|mtra|profesora|sres""",
}

_AFTER = """speaking|here|am apparat|hier|a votre service|a l'appareil|al habla|
        a su servicio|from support|from customer service |from customer support|
        from the support team|at your service|le atiende|zu ihren diensten|am telefon|
        vom support|vom kundenservice|du support|de soporte|from billing|from sales|
        from technical support|du service client|du service clients|a votre ecoute|a l'ecoute|
        du service technique|de l'assistance|du support technique|du service livraison|
        del servicio|de atencion al cliente|del soporte|del equipo de soporte|al aparato|
        para servirle|from customer care|on the line|lives at|lives in|
        lebt in|wohnt in |habite a|vive en|ne le|nee le|nacido el|nacida el|nacio el"""


class Word(NamedTuple):
    """A word of a message: where it stands, as written, and in lower case."""

    start: int
    end: int
    text: str
    lower: str


class Opening(NamedTuple):
    """The cues of one word, and the longer phrases it opens by their second word, longest first."""

    alone: tuple[Cue, ...]
    longer: Mapping[str, tuple[tuple[tuple[str, ...], Cue], ...]]


@cache
def _by_first_word() -> dict[str, Opening]:
    """All cue phrases by their first word."""
    alone: dict[str, list[Cue]] = {}
    longer: dict[str, dict[str, list[tuple[tuple[str, ...], Cue]]]] = {}
    for cue, phrases in _CUES.items():
        for phrase in " ".join(phrases.split()).split("|"):
            words = tuple(phrase.split())
            if len(words) == 1:
                alone.setdefault(words[0], []).append(cue)
            else:
                longer.setdefault(words[0], {}).setdefault(words[1], []).append((words, cue))
    return {
        first: Opening(
            tuple(alone.get(first, ())),
            {
                second: tuple(sorted(rows, key=lambda row: -len(row[0])))
                for second, rows in longer.get(first, {}).items()
            },
        )
        for first in {*alone, *longer}
    }


@cache
def _opening() -> tuple[frozenset[str], frozenset[tuple[str, ...]]]:
    """The phrases of one word, and the first two words of the longer ones."""
    phrases = [
        tuple(phrase.split())
        for phrases in (*_CUES.values(), _AFTER)
        for phrase in " ".join(phrases.split()).split("|")
    ]
    return (
        frozenset(phrase[0] for phrase in phrases if len(phrase) == 1),
        frozenset(phrase[:2] for phrase in phrases if len(phrase) > 1),
    )


def may_cue(lower: Sequence[str]) -> bool:
    """Whether words stand before or behind a name in a text whose words in lower case are `lower`.

    One look at all words, for the many texts in which none do.
    """
    alone, longer = _opening()
    return not (alone.isdisjoint(lower) and longer.isdisjoint(pairwise(lower)))


def cues(words: Sequence[Word]) -> Iterator[tuple[int, int, Cue]]:
    """(first word, word after the cue, cue) per cue phrase; the longest of each kind counts."""
    table = _by_first_word()
    last = len(words) - 1
    for place, word in enumerate(words):
        opening = table.get(word.lower)
        if opening is None:
            continue
        seen: list[Cue] = []
        if place < last and opening.longer:
            for phrase, cue in opening.longer.get(words[place + 1].lower, ()):
                if cue not in seen and follows(words, place, phrase):
                    seen.append(cue)
                    yield place, place + len(phrase), cue
        for cue in opening.alone:
            if cue not in seen:
                yield place, place + 1, cue


@cache
def _behind() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The phrases that stand behind a name, by their first word."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for phrase in " ".join(_AFTER.split()).split("|"):
        words = tuple(phrase.split())
        table.setdefault(words[0], []).append(words)
    return {first: tuple(phrases) for first, phrases in table.items()}


def announced(words: Sequence[Word], lower: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(word after the name, first word of the phrase) where a name may stand before a phrase.

    `lower` are the `words` in lower case.
    """
    table = _behind()
    if table.keys().isdisjoint(lower):
        return
    for place in range(1, len(words)):
        for phrase in table.get(words[place].lower, ()):
            if follows(words, place, phrase):
                yield place, phrase[0]
                break


def follows(words: Sequence[Word], place: int, phrase: tuple[str, ...]) -> bool:
    """Whether the words of `phrase` stand at `place`, close to each other."""
    for offset, expected in enumerate(phrase):
        if place + offset >= len(words) or words[place + offset].lower != expected:
            return False
        if offset and words[place + offset].start - words[place + offset - 1].end > 2:
            return False
    return True
