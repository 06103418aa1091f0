"""What counts as a promise: one pattern for English, German, French and Spanish.

A promise runs to the end of its clause, so "we will refund the postage" doesn't license "we will
refund the order". What is said not to be promised ("I can't promise a day") is none. Like the
pattern of claims it errs on the side of finding too much, and accents may be missing.
"""

from __future__ import annotations

import re

_DONE_EN = r"""
    (?: refund | reimburse | repay | compensate | credit | waive | replace | exchange | cancel
      | deliver | ship | approve | unblock | unlock | restore | fix | solve | resolve )
"""
_EN = rf"""
    (?: \w+ (?:\swill | 'll | \sshall | \s(?:am|are|is)\sgoing\sto )
        \s (?:(?:certainly|definitely|gladly|surely|also|then|always|now|get|have)\s){{0,2}}
        (?: {_DONE_EN}(?!\w) | pay(?!\w) | arrive | receive | get(?!\w)
          | be\s(?:\w+ly\s)? (?:\w+ed|paid|there|here|back|free|on\stime)(?!\w) )
      | (?:we|i)\s(?:(?:can|gladly|always|now)\s){{0,2}}
        (?: refund | reimburse | repay | compensate | credit | waive )(?!\w)
      | (?:we|i)\s?(?:have|'ve|am|are)\s
        (?:refund|reimburs|credit|waiv|cancel|approv)(?:ed|led|ing)(?!\w)
      | (?:we|i)\s(?:can|could)\s(?:give|offer|get)\syou(?!\w) | (?:we|i)(?:'ll)?\smatch
      | (?:(?:i|we)\s(?:can\s)?)? (?:guarantee[ds]? | promise[ds]?)
      | (?:i|we|let\sme)\sassure | rest\sassured | my\sword(?!\w)
      | count\son\s(?:it|us) | without\s(?:a|any)\sdoubt | for\scertain )
"""
_DONE_DE = r"""
    (?: erstatten? | ersetzen? | [üu]e?berweisen? | verg[üu]e?ten? | entsch[äa]e?digen?
      | stornieren? | erlassen? | erlasse | (?:zur[üu]e?ck)?zahlen? | austauschen | tauschen?
      | liefern | liefere | gutschreiben | gew[äa]e?hren? | [üu]e?bernehmen? | freischalten
      | genehmigen? )
"""
_DE = rf"""
    (?: (?:wir|ich)\swerden?\s(?:[\w-]+\s){{0,8}}? {_DONE_DE}
      | (?:wir|ich)\s(?:gern\w*\s)? {_DONE_DE}(?!\w)
      | {_DONE_DE}\s(?:wir|ich)(?!\w)
      | (?:wir|ich)\s(?:kann|k[öo]e?nnen)\sihnen\s(?:[\w-]+\s){{0,6}}?
        (?: anbieten | geben | schenken | {_DONE_DE} )(?!\w)
      | sie\s(?:erhalten|bekommen|kriegen)(?!\w)
      | (?:wird|werden|ist|sind)\s(?:sicher(?!\w)|bestimmt|garantiert|definitiv|auf\sjeden\sfall)
      | garantier\w+ (?!\s(?:\w+\s)?nichts?(?!\w)) | garantie
      | (?:versprech\w+ | verspricht | versprochen) (?!\s(?:\w+\s)?nichts?(?!\w))
      | sichern?\s(?:wir|ich)?\s?ihnen | sicher(?:n|e)\sihnen | zugesichert | mein\swort
      | auf\sjeden\sfall | darauf\sverlassen | ohne\sjeden\szweifel )
"""
_DONE_FR = r"(?:rembours|rempla[cç]|cr[ée]dit|indemnis|d[ée]dommag|annul|livr|exp[ée]di|d[ée]bloqu)"
_FR = rf"""
    (?: (?:nous|je|on|il|elle)\s(?:(?:vous|l[ea]s?|en)\s|l')?
        {_DONE_FR}(?:e?r?ons|era[is]?|eront|e)(?!\w)
      | (?:je|nous)\s(?:peux|pouvons)\svous\s(?:faire|offrir|accorder|{_DONE_FR}er)(?!\w)
      | je\svous\s(?:offre|fais\scadeau|accorde)(?!\w)
      | (?:allons|vais|va|vont)\s(?:(?:vous|l[ea]s?|en)\s|l')? (?:{_DONE_FR}er|verser|offrir)(?!\w)
      | vous\s(?:recevrez|obtiendrez|aurez|serez\s(?:bien\s)?\w+[ée]e?s?)(?!\w)
      | garanti\w* | promet\w* | promis(?!\w) | (?:je|nous)\svous\sassur\w+
      | soyez\s(?:assur\w+|certain\w*|tranquilles?) | ma\sparole | sans\saucun\sdoute
      | comptez\sdessus )
"""
_DONE_ES = r"""
    (?: reembols | devolv | abon | compens | indemniz | cancel | anul | entreg | enviar | repon
      | reemplaz | desbloque | condon )
"""
_ES = rf"""
    (?: {_DONE_ES}(?:[aei]?r?emos | [aei]?mos | [aei]r[ée] | [aei]r[áa]n? )(?!\w)
      | (?:puedo|podemos)\s(?:hacer|dar|ofrecer|regalar|devolver|reembolsar)l[eo]s?(?!\w)
      | le\s(?:perdono|perdonamos|regalo|regalamos|igualo|igualamos|hago\sun)(?!\w)
      | (?:vamos|voy)\sa\s {_DONE_ES}[aei]?r(?:le|les|lo|la|los|las|selo)?(?!\w)
      | (?:recibir|obtendr|tendr|llegar|estar|ser)[áa]n?
        \s(?:su|sus|el|la|un|una|todo|toda|seguro|sin\sfalta|aprobad[oa])(?!\w)
      | garanti[zc]\w+ | garant[íi]as? | promet\w+ | promesas?
      | (?:le|les|se\slo)\s(?:aseguro|aseguramos|garantizo)
      | mi\spalabra | sin\s(?:ninguna\s)?duda | tenga\spor\sseguro )
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
