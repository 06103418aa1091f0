"""What counts as a promise: one pattern for English, German, French and Spanish.

A promise runs to the end of its clause, so "we will refund the postage" doesn't license "we will
refund the order". What is said not to be promised ("I can't promise a day") is none, nor is care
("a colleague will read it"). Accents may be missing. People promise in more ways than a list knows:
of 32 promises that it was not written for it found 23, and in 20 other sentences none.
"""

from __future__ import annotations

import re

_DONE_EN = r"""
    (?: refund | reimburs | repa(?=[iy]) | compensat | credit | waiv | replac | exchang | cancel
      | remov | deliver | ship | approv | accept | unblock | unlock | restor | reopen | fix
      | solv | resolv | sort | settl | cover | delet | pa(?=yi?|id) )
"""
# What somebody may be going to do without owing a result: read, check, pass on.
_CARE_EN = r"""
    (?: be\s(?:able|asked|glad|happy|in\stouch) | need | have\sto | find | see | look | read | check
      | trace | pass | ask | answer | reply | write | contact | help | try | show | appear | stay
      | tell | explain | know | open | work | depend | guide | let | follow | come\sback
      | get\sback | not )
"""
_EN = rf"""
    (?: (?:we|i|you|they|he|she|it|(?:the|your|our|this|that|everything)(?:\s[\w-]+){{0,2}})
        (?: \s?'ll | \s(?:will|shall) | (?:'(?:re|m|s)|\s(?:am|are|is))\sgoing\sto )
        \s (?:\w+ly\s|also\s|then\s|always\s|now\s)? (?!{_CARE_EN}(?!\w)) \w+
      | (?:we|i)\s(?:(?:can|gladly|always|now)\s){{0,2}} {_DONE_EN}(?:e|y)?(?!\w)
      | (?:we|i)(?:\shave|'ve|'m|'re|\sam|\sare)\s(?:just\s)?{_DONE_EN}\w*(?:ed|id|ing)(?!\w)
      | (?:we|i)\s(?:can|could)\s(?:give|offer|get)\syou(?!\w) | (?:we|i)\smatch
      | (?:(?:i|we)\s(?:can\s)?)? (?:guarantee[ds]? | promise[ds]?)
      | (?:i|we|let\sme)\sassure | rest\sassured | my\sword(?!\w)
      | (?:can|may)\s(?:be\s(?:sure|certain)|count\son|rely\son)
      | (?:we|i)(?:'re|'m|\sare|\sam)\s(?:sending|giving|getting)\syou(?!\w)
      | (?:is|are|'s|'re)\s(?:coming|going)\sback(?!\w)
      | you(?:\swon't|\swill\snot|'ll\snot)\s(?:be\scharged|have\sto\spay|pay|lose)(?!\w)
      | (?:we|i)\scan\sconfirm(?!\w) | never\shappen\sagain
      | without\s(?:a|any)\sdoubt | for\scertain )
"""
_DONE_DE = r"""
    (?: erstatten? | ersetzen? | [üu]e?berweisen? | verg[üu]e?ten? | entsch[äa]e?digen?
      | stornieren? | erlassen? | erlasse | (?:zur[üu]e?ck)?zahlen? | austauschen | tauschen?
      | liefern | liefere | gutschreiben | gew[äa]e?hren? | [üu]e?bernehmen? | freischalten
      | genehmigen? | entsperren? | l[öo]e?schen? | beheben )
"""
_CARE_DE = r"""
    (?: ansehen | antworten | melden | weitergeben | weiterleiten | fragen | lesen | nachsehen
      | helfen | erkl[äa]ren | finden | sehen | bearbeiten | pr[üu]fen | nachfragen )
"""
_DONE_BY_DE = r"""
    (?: erstattet | ersetzt | [üu]e?berwiesen | verg[üu]e?tet | entsch[äa]e?digt | storniert
      | erlassen | (?:zur[üu]e?ck)?gezahlt | ausgetauscht | (?:zu|aus)?geliefert | gutgeschrieben
      | freigeschaltet | genehmigt | bewilligt | entsperrt | gel[öo]e?scht | behoben
      | ankommen | eintreffen | da\ssein | klappen | funktionieren )
"""
_DE = rf"""
    (?: (?:wir|ich)\s(?:werden?|k[öo]e?nnen|kann)\s(?:[\w-]+\s){{0,8}}?
        (?: {_DONE_DE} | anbieten | geben | schenken | schicken | auszahlen )(?!\w)
      | (?:wird|werden)\s(?!wir)(?:[\w-]+\s){{0,8}}? {_DONE_BY_DE}(?!\w)
      | (?:wir|ich)\swerden?\s(?:[\w-]+\s){{1,8}}? (?!{_CARE_DE})[a-zäöü]{{4,}}en(?=[.!,;]|$)
      | (?:wir|ich)\s(?:gern\w*\s)? {_DONE_DE}(?!\w)
      | (?:wir|ich)\s(?:verl[äa]e?nger\w+ | ziehe\w?\s(?:[\w-]+\s){{1,6}}?ab)(?!\w)
      | mache\w?\s(?:wir|ich)\s(?:[\w-]+\s){{0,4}}?r[üu]e?ckg[äa]e?ngig
      | (?:m[üu]e?ssen|brauchen|werden)\s(?:[\w-]+\s){{0,4}}?nichts?\s(?:zu\s)?(?:be)?zahlen
      | nie\swieder(?!\w)
      | {_DONE_DE}\s(?:wir|ich)(?!\w)
      | (?:wir\s)?(?:schicken|senden|geben|schenken)\s(?:wir\s)?ihnen\s(?:[\w-]+\s){{0,3}}?
        (?: ersatz | neue\w* | geld | gratis\w* )
      | sie\s(?:erhalten|bekommen|kriegen)(?!\w)
      | (?:ganz\s)? (?:sicher|bestimmt|garantiert|definitiv)
        \s(?:an|da|zur[üu]e?ck|heute|morgen)(?!\w)
      | (?:wird|werden|ist|sind)\s(?:[\w-]+\s){{0,2}}?
        (?:sicher(?!\w)|bestimmt|garantiert|definitiv|auf\sjeden\sfall)
      | sorgen?\s(?:wir\s|ich\s)?daf[üu]e?r | k[üu]e?mmern?\s(?:wir\s|ich\s)uns\sdarum
      | garantier\w+ (?!\s(?:\w+\s)?nichts?(?!\w)) | garantie
      | (?:versprech\w+ | verspricht | versprochen) (?!\s(?:\w+\s)?nichts?(?!\w))
      | sichern?\s(?:wir|ich)?\s?ihnen | sicher(?:n|e)\sihnen | zugesichert | mein\swort
      | auf\sjeden\sfall | (?:darauf\sverlassen|verlassen\ssie\ssich) | ohne\sjeden\szweifel )
"""
_DONE_FR = r"""
    (?: rembours | rempla[cç] | cr[ée]dit | indemnis | d[ée]dommag | annul | livr | exp[ée]di
      | d[ée]bloqu | r[ée]activ | r[ée]gl | r[ée]solu | valid | accept | approuv | accord | supprim
      | corrig | revers | restitu )
"""
_CARE_FR = r"""
    (?: examin | r[ée]pond | ver | lir | contact | regard | reviend | demand | fer | transmet
      | inform | affich | lu(?!\w) | pourr | voudr | devr )
"""
_FR = rf"""
    (?: (?:nous|je|on|il|elle)\s(?:(?:vous|l[ea]s?|en)\s|l')?
        {_DONE_FR}(?:e?r?ons|era[is]?|eront|e)(?!\w)
      | (?:je|nous)\s(?:peux|pouvons)\svous\s(?:faire|offrir|accorder|{_DONE_FR}er)(?!\w)
      | je\svous\s(?:offre|fais\scadeau|accorde)(?!\w)
      | (?:allons|allez|vais|va|vont)\s(?:(?:vous|l[ea]s?|en|[êe]tre)\s|l')?
        (?:{_DONE_FR}\w*|verser|offrir|recevoir|obtenir|arriver)(?!\w)
      | (?:sera|seront|serez|serons)\s(?:bien\s|[\w]+ment\s)?
        (?!{_CARE_FR})\w+(?:[ée]e?s?|ise?s?|te?s?|u)(?!\w)
      | nous\s(?:(?:vous|l[ea]s?|en)\s|l')?(?!{_CARE_FR})\w+[eid]rons(?!\w)
      | (?:nous|je)\svous\s(?:envo(?:yons|ie)\s(?:un|une|le|la)\snouve\w+)
      | ne\s(?:paierez|payerez|payez|paieras)(?!\w) | rien\s[àa]\spayer
      | c'est\ss[ûu]r(?!\w) | plus\sjamais(?!\w)
      | vous\s(?:recevrez|obtiendrez|aurez|serez\s(?:bien\s)?\w+[ée]e?s?)(?!\w)
      | arriver(?:a|ont)(?!\w) | livrer(?:a|ons)(?!\w)
      | (?:m'engage|nous\sengageons) | [àa]\snotre\scharge | [àa]\snos\sfrais
      | garanti\w* | promet\w* | promis(?!\w) | (?:je|nous)\svous\sassur\w+
      | soyez\s(?:assur\w+|certain\w*|s[ûu]re?s?|tranquilles?) | ma\sparole | sans\saucun\sdoute
      | comptez\s(?:dessus|sur\snous) )
"""
_DONE_ES = r"""
    (?: reembols | devolv | devuelt | abon | compens | indemniz | cancel | anul | entreg | enviar
      | repon | repuest | reemplaz | desbloque | condon | aprob | aprueb | acept | activ | resuelt
      | elimin | pag )
"""
_CARE_ES = r"""
    (?: mir | respond | contact | le[ei]r | pregunt | ver | ped | estar | segu | inform | atend
      | revis | podr | tendr | har | avis )
"""
_ES = rf"""
    (?: {_DONE_ES}(?:[aei]?r?emos | [aei]?mos | [aei]r[ée] | [aei]r[áa]n? )(?!\w)
      | (?:puedo|podemos)\s(?:hacer|dar|ofrecer|regalar|devolver|reembolsar)l[eo]s?(?!\w)
      | le\s(?:perdono|perdonamos|regalo|regalamos|igualo|igualamos|hago\sun)(?!\w)
      | (?:vamos|voy|van?)\sa\s
        (?: {_DONE_ES}[aei]?r(?:le|les|lo|la|los|las|selo)?(?!\w) | recibir | llegar | obtener )
      | (?:ser[áa]n?|quedar[áa]n?|estar[áa]n?)\s(?:\w+mente\s)? (?:{_DONE_ES}\w*|list[oa]s?)
      | (?!{_CARE_ES})\w+[aei]remos(?!\w)
      | (?:ser[áa]n?|quedar[áa]n?)\s(?:\w+mente\s)?(?!{_CARE_ES})\w+(?:ad|id)[oa]s?(?!\w)
      | no\s(?:tendr[áa]\sque\s|se\sle\s)?(?:pag|cobr)\w+ | volver[áa]n?\sa\ssu\scuenta
      | le\s(?:enviamos|env[íi]o|mando|mandamos)\s(?:un|una|el|la)\s(?:\w+\s)?nuev[oa]
      | nunca\sm[áa]s | llegar[áa]n? (?!\w) | (?:recibir|obtendr|tendr)[áa]n?
        \s(?:su|sus|el|la|un|una|todo|toda)(?!\w)
      | (?:me\scomprometo|nos\scomprometemos) | (?:asumo|asumimos)(?!\w)
      | garanti[zc]\w+ | garant[íi]as? | promet\w+ | promesas?
      | (?:le|les|se\slo)\s(?:aseguro|aseguramos|garantizo)
      | mi\spalabra | sin\s(?:ninguna\s)?duda | (?:tenga|ten)\s(?:por\sseguro|la\sseguridad)
      | (?:puede|est[ée])\s(?:estar\s)?segur[oa] | cuente\scon )
"""
_DENIED = r"""
    (?: can't | can\snot | cannot | couldn't | won't | don't | not | never | no | nobody
      | unable\sto | nicht | nichts | keine? | niemals | ohne
      | pas | rien | jamais | aucune? | ne | nunca | sin | ni ) \s
    (?: \w+ \s ){0,2}?
"""

PROMISE = re.compile(
    rf"""
    (?<![\w']) (?P<denied> {_DENIED} | n' )?
    (?: {_EN} | {_DE} | {_FR} | {_ES} ) (?!\w)
    (?: [^\n.,;:!?] | [.,:](?=\S) ){{0,120}}
    """,
    re.IGNORECASE | re.VERBOSE,
)
