"""How people ask, in English, German, French and Spanish: plain form, without accents."""

from __future__ import annotations

from enum import Enum, auto

from handrail.redaction.recognizers.base import listed


class Asked(Enum):
    """The kinds of thing that one side of a conversation asks the other for."""

    NAME = auto()
    PERSON = auto()  # who will be home: a name may follow, or "me"
    LOGIN = auto()
    BIRTH = auto()
    ADDRESS = auto()
    STREET = auto()  # one part of an address: a street, a house's number or name, a quarter
    POSTCODE = auto()
    PHONE = auto()
    EMAIL = auto()
    ORDER = auto()
    ACCOUNT = auto()
    NATIONAL_ID = auto()
    BANK = auto()
    CARD = auto()
    LAST_DIGITS = auto()
    CODE = auto()
    PASSWORD = auto()
    NOTHING = auto()  # what sounds like one of these and is nobody's

    # Enum's own hash is a Python call.
    __hash__ = object.__hash__


# Per thing, what it is called in each language; `|` separates phrases, the longest one counts.
PHRASES: dict[Asked, dict[str, str]] = {
    Asked.NAME: {
        "en": """doorbell|name|first name|last name|full name|maiden name|middle name|surname|
            first and last name|name and surname|who am i speaking|who am i chatting|
            who am i talking|who is this|who's this|whose name|account holder|policyholder|
            policy holder|cardholder|card holder|beneficiary|addressee|next of kin|applicant|
            passenger|lead guest|emergency contact|account owner|initials""",
        "de": """klingel|klingelschild|namen|vorname|nachname|familienname|zuname|geburtsname|
            wie heissen|wie heißen|wie heisst|wie heißt|wer sind sie|wer bist du|mit wem spreche|
            mit wem chatte|inhaber|kontoinhaber|karteninhaber|halter|halterin|empfanger|
            empfangerin|ansprechpartner|begunstigte|versicherungsnehmer|fahrgast""",
        "fr": """interphone|sonnette|nom|prenom|nom de naissance|nom de famille|nom de jeune fille|
            a qui ai-je l'honneur|a qui je parle|comment vous appelez-vous|comment t'appelles-tu|
            vous appelez|comment s'appelle|titulaire|beneficiaire|destinataire|souscripteur|
            passager|
            boite aux lettres|locataire|patronyme|nom marital|nom d'usage|assure principal""",
        "es": """telefonillo|timbre|nombre|nombre completo|nombre de pila|apellido|con quien hablo|
            quien hablo|como se llama|como te llamas|se llama|titular|beneficiario|destinatario|
            tomador|pasajero|conductor|asegurado|
            buzon|interfono|portero automatico|con quien tengo el gusto|a nombre de quien|
            quien es usted|apellidos""",
    },
    Asked.PERSON: {
        "en": """who|who'll|who's|whose|whom|which doctor|which driver|which agent|which nurse|
            which teacher|doctor|patient|contact|contact person|driver|guest|anyone else|
            recipient""",
        "de": """wer|wen|wem|fur wen|auf wen|welcher arzt|welche arztin|welcher fahrer|patientin|
            kontaktperson|fahrer""",
        "fr": """qui|quel medecin|quel docteur|quel praticien|interlocuteur|conducteur|livreur|
        quel technicien|quel conseiller|quelle conseillere|quel agent|personne de contact|
        personne a prevenir""",
        "es": """quien|quienes|que doctor|que medico|medico|paciente|persona de contacto|
        que asesor|que agente|que tecnico|que repartidor""",
    },
    Asked.LOGIN: {
        "en": """play under|name do you play|what name do you use|you play as|
            called in the game|channel name|
            buyer|seller|in-game name|in game name|ingame name|gamer name|
            account called|account named|ftp user|username|user name|login|
            login name|log-in|user id|userid|handle|gamertag|gamer tag|screen name|screenname|
            nickname|nick|player name|player id|character id|character name|account name|
            name of your account|profile name|psn id|epic id|riot id|steam id|online id|
            which account|skype|telegram|discord|instagram""",
        "de": """namen spielen|namen spielst|als wer spielst|im spiel heissen|
            im spiel heißen|kanalname|
            kaufer|verkaufer|kurzel|anmeldenamen|
            account heißt|account heisst|mit dem konto|benutzername|
            benutzernamen|nutzername|nutzernamen|anmeldename|benutzerkennung|kennung|nutzerkennung|
            benutzer-id|nutzer-id|spielername|spielernamen|spieler-id|accountname|
            wie heisst dein account|wie heißt dein account|wie heisst ihr konto|
            wie heißt ihr konto|anzeigename|anzeigenamen|profilname""",
        "fr": """nom jouez-vous|nom joues-tu|nom de chaine|quel nom sur|
            acheteur|vendeur|compte c'est|compte est|identifiant|pseudo|pseudonyme|
            nom d'utilisateur|nom de joueur|compte utilisateur|
            nom de compte|nom de profil|nom d'invocateur|gamertag|insta|compte insta|
            compte instagram|pseudo discord|compte discord|snap|nom d'affichage|compte epic|
            compte steam|compte paypal|identifiant joueur|id joueur""",
        "es": """nombre juega|nombre juegas|nombre del canal|
            comprador|vendedor|cuenta se llama|cuenta es|usuario|nombre de usuario|apodo|
            alias|nombre de jugador|id de jugador|
            nombre de perfil|nombre de invocador|tu arroba|cuenta de instagram|cuenta de discord|
            nombre en el juego|nombre de la cuenta|nombre de tu cuenta|
            como te llamas en el juego""",
    },
    Asked.BIRTH: {
        "en": """date of birth|dob|d.o.b|dates of birth|dobs|birthday|birthdays|birth date|
            birthdate|birth dates|birthdates|born|year of birth|birth year|
            day and month|month and day|birth month|month of birth""",
        "de": """geburtsdatum|geburtstag|geburtstage|geboren|geburtsdaten|geburtsjahr|
            tag und monat|jahrgang|gebdatum|geburtsmonat""",
        "fr": """date de naissance|dates de naissance|naissance|nee le|ne le|ddn|anniversaire|
        date naissance|annee de naissance|age et date|ne quand|nee quand|ne en quelle|nee en quelle|
        etes-vous ne|etes-vous nee|es-tu ne|es-tu nee|jour et mois|jour et le mois""",
        "es": """fecha de nacimiento|fechas de nacimiento|nacimiento|nacio|naciste|nacieron|
            cumpleanos|ano de nacimiento|dia y mes|dia y el mes|cuando nacio""",
    },
    Asked.ADDRESS: {
        "en": """address|where do you live|still living at|moved to|deliver to|delivered to|
            send it to|where are you located|where should we send|where shall we send|
            where should it go|where to send""",
        "de": """wohnen sie|wohnst du|gemeldet|adresse|anschrift|lieferadresse|lieferanschrift|
            rechnungsadresse|rechnungsanschrift|postadresse|wohnadresse|meldeadresse|
            wohnhaft|wohin|wo wohnen|wo wohnst|wohnort""",
        "fr": """habitez|habites|domicile|ou habitez|ou habites|
        lieu d'intervention|livre-t-on|ou livrer|livrer ou|logement|lieu de livraison|
        lieu de prise en charge|ou etes-vous|ou es-tu""",
        "es": """vive en|vives en|direccion|domicilio|donde vive|donde vives|a donde|
            adonde|
        donde lo entregamos|donde entregamos|donde te lo mando|donde se lo mando|
        donde lo enviamos|donde se encuentra|donde te encuentras|ubicacion|lugar de recogida|
        punto de recogida""",
    },
    Asked.STREET: {
        "en": """street|street name|street number|house number|house name|door number|flat number|
            number of the house|first line""",
        "de": """strasse|straße|hausnummer|hausnr|strassenname|straßenname|
            straße und hausnummer|strasse und hausnummer|stockwerk|etage""",
        "fr": """rue|quelle ville et rue|nom de rue|nom de la rue|numero de rue|numero de la rue|
            numero de la maison|numero d'appartement|numero dans la rue|
            quel etage""",
        "es": """calle|colonia|barrio|numero de portal|numero de la calle|numero de calle|
            numero de casa|numero de puerta|calle y numero|que portal|piso y puerta|que piso""",
    },
    Asked.POSTCODE: {
        "en": """postcode|post code|postal code|zip code|zip|eircode|pin code|pincode""",
        "de": """plz|postleitzahl""",
        "fr": """code postal""",
        "es": """codigo postal""",
    },
    Asked.PHONE: {
        "en": """phone|phone number|telephone|telephone number|mobile|mobile number|cell number|
            number to reach|reach you|call you|call you back|contact number|callback number|
            best number|handphone""",
        "de": """telefonnummer|handynummer|mobilnummer|mobilfunknummer|rufnummer|ruckrufnummer|
            telefon|handy|erreichen""",
        "fr": """portable|numero de portable|numero de telephone|numero de mobile|vous joindre|
            te joindre|vous rappeler|la joindre|le joindre|
            te rappeler|vous contacter|rappelle|gsm|natel|cellulaire|ligne|fixe""",
        "es": """telefono|numero de telefono|movil|celular|celu|llamarle|llamarte|
            numero de contacto|
        cel|fijo|wsp|linea|numero de linea|contactarte|contactarle|localizarle|localizarte""",
    },
    Asked.EMAIL: {
        "en": """email|e-mail|mail|email address|e-mail address|mail address""",
        "de": """mailadresse|e-mail-adresse|emailadresse""",
        "fr": """adresse mail|adresse e-mail|adresse email|adresse electronique|courriel|mel""",
        "es": """correo|correo electronico|direccion de correo|direccion de email""",
    },
    Asked.ORDER: {
        "en": """job number|waybill|docket|delivery note|work order|incident number|repair number|
            quote number|
            trip|parcel|conf|trade-in|transfer|which ticket|order number|order no|order id|
            order #|order reference|which order|what order|booking|booking number|
            booking reference|booking ref|booking code|booking id|reservation|reservation number|
            reservation code|confirmation|confirmation number|confirmation code|ticket number|
            tracking|tracking number|tracking code|tracking id|invoice|invoice number|receipt|
            receipt number|transaction|transaction id|transaction number|case|case number|
            reference|reference number|ref|ref number|shipment number|consignment number|
            parcel number|pnr|record locator|locator|rma|return number|which parcel|which shipment|
            which booking|which purchase""",
        "de": """abholschein|abholnummer|reparaturschein|fallnummer|bonnummer|lieferschein|
            angebotsnummer|antragsnummer|einlieferungsbeleg|
            paket|beleg|fahrt|verkauf|welches ticket|welche buchung|bestellnummer|bestellnr|
            bestellung|auftragsnummer|auftrag|buchungsnummer|buchungscode|buchung|reservierung|
            reservierungsnummer|sendungsnummer|sendung|paketnummer|rechnungsnummer|rechnung|
            ticketnummer|vorgangsnummer|vorgang|transaktionsnummer|belegnummer|referenznummer|
            referenz""",
        "fr": """bon de livraison|bon d'intervention|ticket de caisse|ordre de travail|recommande|
            votre reference|
            colis|resa|trajet|vente|virement|quel billet|commande|numero de commande|
            numero de reservation|code de reservation|numero de suivi|suivi|facture|
            numero de facture|dossier|numero de dossier|numero de billet|numero de transaction|
            numero de colis|
            bordereau|bon de commande|numero de bon|reference de reservation|
            reference de voyage|reference du dossier|reference du voyage|numero d'envoi|
            numero d'intervention|intervention|numero d'incident|numero de demande|
            numero de reclamation|numero de devis|bon de retour|numero de retour|
            numero de requete|numero de plainte|avis de passage|numero d'avis|numero de resa|
            numero de ticket|e-billet""",
        "es": """orden de servicio|orden de trabajo|ticket de compra|radicado|tique|
            paquete|viaje|venta|compra|que boleto|pedido|numero de pedido|reserva|
            codigo de reserva|numero de reserva|localizador|factura|numero de factura|
            numero de seguimiento|seguimiento|guia|numero de guia|referencia|numero de operacion|
            numero de confirmacion|numero de orden|numero de ticket|folio|orden|expediente|
            numero de expediente|que compra|
            boleto|clave de reservacion|codigo de reservacion|clave de reserva|reservacion|
            numero de reservacion|localizador de reserva|numero de rastreo|codigo de rastreo|
            codigo de seguimiento|numero de envio|albaran|numero de albaran|numero de caso|
            numero de reporte|numero de solicitud|numero de tramite|numero de gestion|
            numero de reclamo|numero de reclamacion|numero de incidencia|numero de devolucion|
            comprobante|remito|numero de boleta|numero de turno""",
    },
    Asked.ACCOUNT: {
        "en": """serial number|serial|library card|loyalty card|points card|rewards card|
            prescription number|permit number|fob number|hospital number|device id|microchip|
            tag number|
            insurance|insurer|account number|account no|account id|account #|customer number|
            customer id|client number|client id|member number|member id|membership number|
            membership id|membership|policy|policy number|policy no|claim|claim number|contract|
            contract number|meter number|employee number|employee id|staff id|patient number|mrn|
            nmi|mpan|file number|loyalty number|frequent flyer|group number|wallet address""",
        "de": """seriennummer|geratenummer|kundenkarte|beitragsnummer|versicherungsscheinnummer|
            versicherungsschein|abonummer|depotnummer|matrikel|mitgliedsausweis|
            depot|vertragskonto|versicherung|kundennummer|kundennr|kundenkonto|
            vertragsnummer|vertrag|
            versicherungsnummer|versichertennummer|aktenzeichen|kassenzeichen|schadennummer|
            schadensnummer|mitgliedsnummer|personalnummer|zahlernummer|zahlpunkt|marktlokation|
            matrikelnummer|policennummer|police""",
        "fr": """numero de serie|adherent|adherente|abonne|carte navigo|
            abonnement|compte client|assurance|numero de client|numero client|
            numero de contrat|contrat|numero d'adherent|numero d'abonne|numero d'allocataire|
            numero d'affilie|matricule|numero de compteur|sinistre|numero de sinistre|
            numero de police|reference client|
            pdl|prm|pce|point de livraison|allocataire|societaire|numero de societaire|
            numero d'assure|numero de membre|carte de fidelite|numero de fidelite|
            numero d'installation|code ean|reference locataire|mutuelle|numero de mutuelle|
            numero d'etudiant|numero de ligne|numero de pdl|numero de licence|numero de patient|
            numero de beneficiaire""",
        "es": """numero de serie|abonado|medidor|contador|carnet|credencial|
            donante|registro|aseguradora|poliza|numero de poliza|contrato|numero de contrato|
            numero de cliente|numero de socio|socio|numero de afiliado|afiliado|numero de abonado|
            legajo|numero de servicio|siniestro|numero de siniestro|numero de empleado|
            numero de medidor|
            cups|nis|rpu|suministro|numero de suministro|numero de contador|
            tarjeta de fidelidad|tarjeta de puntos|numero de paciente|historia clinica|
            numero de historia clinica|nhc|cuenta contrato|numero de credito|numero de prestamo|
            carnet de socio|numero de credencial|numero de alumno|id de cliente""",
    },
    Asked.NATIONAL_ID: {
        "en": """iqama|state id|emirates id|sin number|itin|share code|green card|residence permit|
            ni number|
            ssn|social security|social security number|your social|national id|
            national insurance|national insurance number|nino|id number|identity number|id card|
            tax id|tax number|utr|passport|passport number|driving licence|driving license|
            driver's license|driver's licence|drivers license|driver license|driver licence|
            license number|licence number|nhs number|phn|health card|health card number|nric|
            aadhaar|aadhar|pan|tfn|tax file number|medicare|medicare number|document number""",
        "de": """perso|aufenthaltstitel|krankenkassennummer|rentennummer|
            ausweis|ausweisnummer|personalausweis|personalausweisnummer|reisepass|passnummer|
            reisepassnummer|steuer-id|steuernummer|steueridentifikationsnummer|fuhrerschein|
            fuhrerscheinnummer|sozialversicherungsnummer|rentenversicherungsnummer|ahv-nummer|
            krankenversichertennummer""",
        "fr": """cni|
            securite sociale|numero de securite sociale|numero de secu|numero secu|nir|
            piece d'identite|carte d'identite|numero de carte d'identite|passeport|
            numero de passeport|permis|permis de conduire|numero de permis|numero national|
            numero fiscal|assurance maladie|numero d'assurance maladie|carte vitale|
            neph|numero neph|niss|registre national|numero de registre national|
            numero d'assurance sociale|numero avs|ramq|carte soleil|titre de sejour|
            numero de titre de sejour|numero etranger""",
        "es": """tarjeta de identidad|
            dni|nie|nif|cif|documento|documento de identidad|identificacion|cedula|curp|rfc|
            cuit|cuil|rut|ine|pasaporte|numero de pasaporte|seguridad social|licencia|
            permiso de conducir|carnet de conducir|tarjeta sanitaria|
            numero de tarjeta sanitaria|
            nss|nuss|numero de seguridad social|numero de afiliacion|clave de elector|
            numero de soporte|carnet de identidad|numero de documento|numero de dni|dui|cuip""",
    },
    Asked.BANK: {
        "en": """iban|bank account|bank details|sort code|routing number|bsb|new account""",
        "de": """bankverbindung|kontonummer|blz|bankleitzahl|neue konto""",
        "fr": """rib|compte bancaire|coordonnees bancaires|numero de compte|transit|
        compte a crediter|compte a debiter|compte de prelevement|nouveau compte""",
        "es": """cuenta bancaria|numero de cuenta|cbu|cvu|clabe|alias cbu|cuenta|
        cuenta clabe|clabe interbancaria|cuenta de cobro|cuenta destino""",
    },
    Asked.CARD: {
        "en": """card number|credit card|debit card|payment card|which card|what card|16 digits|
            long number""",
        "de": """kartennummer|kreditkarte|kreditkartennummer|welche karte""",
        "fr": """numero de carte|carte bancaire|quelle carte|carte bleue""",
        "es": """numero de tarjeta|tarjeta|tarjeta de credito|que tarjeta""",
    },
    Asked.LAST_DIGITS: {
        "en": """last four|last four digits|last 4|last 4 digits|last digits|last three digits|
            last 3 digits|final four|final digits|ending in|ends in""",
        "de": """letzten vier|letzten 4|letzten ziffern|letzten stellen|letzten drei|letzten 3|
            endziffern|endnummer""",
        "fr": """derniers chiffres|quatre derniers|4 derniers|quatre derniers chiffres|
            trois derniers|3 derniers|finissant par|
            se terminant par|terminant par|termine par|finit par|finit en|deux derniers|
            2 derniers""",
        "es": """ultimos cuatro|ultimos 4|ultimos digitos|cuatro ultimos|ultimas cuatro|
            ultimos numeros|ultimos tres|terminacion|termina en|
            terminada en|acabada en|acaba en|que acaba|ultimas 4|ultimas cifras|ultimos dos|
            ultimos 3|ultimas tres|en que termina|en que acaba""",
    },
    Asked.CODE: {
        "en": """pin|pin number|code|security code|cvv|cvc|csc|otp|one time code|one-time code|
            one time password|one-time password|passcode|access code|door code|gate code|
            entry code|verification code|3-digit code|three-digit code|three digit code|
            3 digit code|6-digit code|six-digit code|4-digit code|four-digit code|token|puk|
            digits on the back|license key|licence key|product key|activation key|
            activation code|four digit number|4 digit number|4-digit number|voicemail pin|
            phone pin|telephone pin|unlock code|backup code|recovery code|pairing code""",
        "de": """tan|prufziffer|prufnummer|sicherheitscode|geheimzahl|einmalcode|zugangscode|
            turcode|bestatigungscode|aktivierungscode|freischaltcode|lizenzschlussel|
            produktschlussel|key|sperrcode|entsperrcode|geratecode|telefon-pin|telefonpin|
            kunden-pin|kundenpin|service-pin|mailbox-pin|vierstellige zahl|vierstellige nummer|
            vierstelligen code|sechsstelligen code|sechsstelliger code|wiederherstellungscode|
            kopplungscode""",
        "fr": """nip|cryptogramme|code secret|code d'acces|code de verification|code de securite|
            digicode|cle d'activation|cle de licence|
            code de retrait|code portail|code de l'immeuble|code d'entree|code recu|code sms|
            code provisoire|code de validation|code de confirmation|code confidentiel|code puk|
            code pin|code telephonique|code client|code a quatre chiffres|code a six chiffres|
            nombre a quatre chiffres|code de deblocage|code de secours|code de recuperation|
            boite a cles|code de livraison""",
        "es": """codigo|codigo de verificacion|codigo de seguridad|codigo de acceso|
            clave de un solo uso|clave de activacion|
            codigo pin|clave telefonica|numero de cuatro cifras|codigo de seis digitos|
            codigo de cuatro digitos|codigo de desbloqueo|codigo de respaldo|
            codigo de recuperacion|codigo puk|codigo de recogida|codigo de retiro|codigo de entrega|
            codigo del portal|clave dinamica|clave de la puerta|clave del porton|clave temporal""",
    },
    Asked.PASSWORD: {
        "en": """password|pw|pwd|pass word|secret word|safe word|memorable word|security answer|
            secret answer|security question|code word|
            passphrase|pass phrase|memorable place|memorable name|memorable answer|seed phrase|
            recovery phrase|seed words|recovery words|verbal password""",
        "de": """sicherheitsfrage|sicherheitsabfrage|geheimfrage|sicherheitsantwort|
            wiederherstellungsphrase|schlussel|wlan-key|codewort|losungswort|passwort|kennwort""",
        "fr": """reponse de securite|lieu memorable|phrase de recuperation|code de session|
            mot de passe provisoire|question secrete|question de securite|
            mot secret|mot de passe|mdp|
        code wifi|cle wifi|mot de securite|reponse secrete""",
        "es": """contra|contrasena provisional|clave provisional|pregunta secreta|
            pregunta de seguridad|respuesta de seguridad|lugar memorable|
            frase de recuperacion|frase semilla|palabra secreta|contrasena|clave|
            clave de acceso|
        palabra clave|palabra de seguridad|respuesta secreta|contrasenia|clave wifi|
        clave del wifi""",
    },
    Asked.NOTHING: {
        "en": """meter reading|
            name of the product|name of the item|name of the app|name of the game|
            name of the store|name of the shop|name of the restaurant|name of the company|
            name of the hotel|name of the medication|name of your bank|name of the bank|
            name of the file|product name|brand name|company name|business name|store name|
            file name|filename|domain name|device name|model name|hostname|host name|item name|
            server name|app name|game name|model number|part number|item number|article number|
            product number|version number|build number|size number|flight number|room number|
            train number|gate number|error number|number of|phone model|
            phone or tablet|error code|item reference|product reference|promo code|
            promotion code|discount code|voucher code|
            coupon code|country code|area code|status code|product code|qr code|source code|
            fault code|color code|diagnostic code|reason code|item code|sku|ip address|
            website address|web address|mac address|server address|order status|case of|in case|
            in any case|just in case|who makes|in order|birthday coupon|birthday discount|
            birthday voucher|birthday gift|birthday present|birthday cake|birthday party|
            birthday offer|birthday card""",
        "de": """zahlerstand|
            code vom gutschein|artikelnummer|modellnummer|fehlercode|
            fehlernummer|versionsnummer|gutscheincode|rabattcode|aktionscode|flugnummer|zugnummer|
            landercode|ip-adresse|typnummer|teilenummer|firmenname|produktname|dateiname|
            zimmernummer|chargennummer|artikelreferenz|geburtstagsgutschein|
            geburtstagsrabatt|geburtstagsgeschenk|geburtstagsaktion""",
        "fr": """index du compteur|
            code du bon|code de reduction|code promo|code erreur|code d'erreur|
            code article|reference article|
            reference produit|reference de l'article|
            numero de vol|numero de modele|numero de chambre|numero de version|
            nom du produit|nom de l'article|nom du magasin|nom de l'application|nom du jeu|
            adresse ip|code pays|code barre|code-barres|nombre de personnes|nombre de jours|
            nombre de colis|bon d'anniversaire|cadeau d'anniversaire|offre d'anniversaire|
            offre anniversaire""",
        "es": """lectura del medidor|lectura del contador|
            codigo del cupon|codigo de cupon|codigo del descuento|codigo del vale|
            codigo promocional|codigo de descuento|codigo de error|codigo de producto|
            referencia del articulo|
            referencia del producto|
            codigo de articulo|codigo de barras|codigo de pais|numero de vuelo|
            numero de modelo|numero de habitacion|nombre del producto|nombre de la tienda|
            nombre del juego|nombre de la app|nombre del articulo|direccion ip|
            numero de personas|regalo de cumpleanos|vale de cumpleanos|
            descuento de cumpleanos|cupon de cumpleanos""",
    },
}
# Words with which a sentence asks where no question mark does.
ASKING = listed(
    """
    please kindly pls plz enter provide share confirm give type send tell verify require required
    need needs may can could what what's whats which who when where
    bitte nennen nenne geben gib brauche brauchen benotige benotigen teilen schicken schick senden
    tippen wie wer welche welcher welches wann wo
    svp merci veuillez indiquer indiquez donner donnez saisir saisissez precisez preciser
    communiquez communiquer confirmez confirmer fournir fournissez faut besoin quel quelle quels
    quelles pouvez pourriez
    favor necesito indique indica indiqueme dime digame dame deme escriba escribe ingrese ingresa
    introduzca introduce facilite facilita facilitarme proporcione proporcioname confirme confirma
    mandame pasame ingresalo ingreselo introduzcalo envie enviame puede puedes podria cual cuales
    quien
    """
)
# Words for what is on its way, to the customer or to the address that they give next.
SENDING = listed(
    """
    send sent sending texted text receive received reissue forward forwarded resend resent
    senden sende sendet geschickt schicke schicken gesendet erhalten verschickt bekommen
    envoie envoye envoyer recevoir recu recevez renvoie
    envio envie enviamos enviado mando mandamos mandado llego llegara recibira recibio recibiste
    recibir reenvio
    """
)
