"""What counts as a claim: one pattern for links, addresses, dates, amounts and numbers.

The group that matched is the kind of the claim. It errs on the side of finding too much: every
digit belongs to a claim. Number words, weekdays and months count as numbers and dates, and "free of
charge" and "discount" as amounts, in English, German, French and Spanish. Accents may be missing:
people type without them.
"""

from __future__ import annotations

import re

# "vez" is left out: "una vez" is seldom a number
_UNIT_ES = r"""
    (?: minutos? | horas? | d[ií]as? | semanas? | mes(?:es)? | a[ñn]os? | h[áa]bil(?:es)?
      | laborables? | naturales | por\s?ciento | d[óo]lares | c[ée]ntimos? | puntos? | veces
      | (?:de\s)? (?:descuento | rebaja | abono) )
"""
_UNIT = rf"""
    (?: [%€$£¥₹] | (?: EUR | USD | AUD | NZD | SGD | INR | HKD | GBP | CHF
      | a\.m\. | p\.m\. | am | pm | uhr | o'clock
      | business | working | calendar | bank(?:ing)? | full
      | minutes? | hours? | days? | weeks? | months? | years?
      | per\s?cent | euros? | dollars? | cents? | pounds? | points? | times
      | minuten? | stunden? | (?:werk|arbeits|kalender|bank)?tag(?:en?|es)? | wochen?
      | monat(?:en?|s)? | jahr(?:en?|es)? | prozent | punkten? | mal
      | off | discount | credit | rebate | rabatt | nachlass | gutschrift
      | h(?:eures?)? | jours? | semaines? | mois | ans | ann[ée]es?
      | ouvr[ée]s? | ouvrables? | calendaires? | pour\s?cents? | centimes?
      | de\s(?:remise|r[ée]duction|rabais|ristourne)
      | {_UNIT_ES}
    ) (?!\w) )
"""
_NUMBER_WORD_FR = r"""
    (?: deux | trois | quatre | cinq | six | sept | huit | neuf | dix | onze | douze | treize
      | quatorze | quinze | seize | vingts? | trente | quarante | cinquante | soixante
      | septante | huitante | octante | nonante | cents? | mille ) (?!\w)
"""
# "once" is an English word too: it counts only before a Spanish unit
_NUMBER_WORD_ES = r"""
    (?: dos | tres | cuatro | cinco | seis | siete | ocho | nueve | diez | doce | trece | catorce
      | quince | diecis[ée]is | dieci(?:siete|ocho|nueve) | veinte | veinti\w{2,6}
      | (?:treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa)
        (?:\sy\s(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))?
      | cien(?:to)? | (?:dos|tres|cuatro|seis|ocho)cient[oa]s | (?:quin|sete|nove)\w{0,2}ient[oa]s
      | mil | mill[óo]n(?:es)? | mitad | dobles? | triple | docenas? )
"""
_NUMBER_WORD = rf"""
    (?: two | three | four | five | six | seven | eight | nine | ten | eleven | twelve
      | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen
      | (?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)
        (?:[-\s](?:one|two|three|four|five|six|seven|eight|nine))?
      | hundreds? | thousands? | millions? | half | double | dozens?
      | zwei | drei | vier | fünf | sechs | sieben | acht | neun | zehn | elf | zwölf
      | (?:drei|vier|fünf|sech|sieb|acht|neun)zehn
      | (?:\w{{3,7}}und)?(?:zwanzig|drei(?:ß|ss)ig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)
      | (?:\w{{3,7}})?hundert | (?:\w{{3,7}})?tausend | millionen | hälfte | halbe[nrs]?
      | doppelte?[nrs]? | dutzend
      | {_NUMBER_WORD_FR} (?:[-\s](?:et[-\s])?(?:{_NUMBER_WORD_FR}|une?)){{0,3}}
      | (?:diz|douz|quinz|vingt|trent|quarant|cinquant|soixant|cent)aines?
      | milliers? | millions? | milliards? | moiti[ée] | demie?s?
      | {_NUMBER_WORD_ES}
    )
"""
_FREE_ES = r"""
    (?: gratuit[oa]s? | gratuitamente | sin\s(?:coste|cargo|gastos|comisi[óo]n)(?:e?s)?
      | de\sregalo | descuentos? | rebajas? | rebajad[oa]s? | cup[óo]n(?:es)?
      | bonificaci[óo]n(?:es)? | vales?\sde\s(?:compra|descuento) | abonos? )
"""
_FREE = rf"""
    (?: for\sfree | free\sof\scharge | free\s(?:shipping|delivery|returns?) | on\sthe\shouse
      | gratis | discount(?:s|ed)? | vouchers? | rebate | store\scredit
      | (?:versand)?(?:kosten|gebühren)(?:los|frei)e?[mnrs]? | umsonst | rabatte? | nachlass
      | gutscheine? | gutschrift(?:en)?
      | gratuit(?:e?s?|ement) | sans\sfrais | offerte?s? | franco\sde\sport | geste\scommercial
      | remises? | r[ée]ductions? | rabais | ristournes? | bons?\sd'achat | un\savoir
      | {_FREE_ES}
    )
"""
_MONTH_NAME_ES = r"""
    (?: enero | febrero | marzo | abril | mayo | junio | julio | agosto | sept?iembre | octubre
      | noviembre | diciembre )
"""
_MONTH_NAME = rf"""
    (?: january? | february? | märz | april | june | juni | july | juli | august | september
      | o[ck]tober | november | de[cz]ember
      | janvier | f[ée]vrier | mars | avril | juin | juillet | ao[uû]t | septembre | octobre
      | novembre | d[ée]cembre
      | {_MONTH_NAME_ES} )
"""
# "may" and "march" are dates only beside a day, like the short forms
_MONTH = rf"""
    (?: {_MONTH_NAME} | march | may | mai
      | (?: jan | feb | mar | apr | jun | jul | aug | sept? | o[ck]t | nov | de[cz]
      | janv | f[ée]vr? | avr | juil | d[ée]c ) \.? ) (?!\w)
"""
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|\.)?"
_STREET_FR = r"""
    (?: rue | avenue | boulevard | all[ée]e | impasse | chemin | quai | place | cours )
    (?:\s(?:de|du|des|la|les?))*\s(?:[dl]')?\w[\w-]*
"""
# "1 204,50 €": a space groups thousands
_GROUPED = r"\d{1,3}(?:\s\d{3}(?!\d))+(?:[.,]\d+)?(?![\w,]*\d)"

CLAIM = re.compile(
    rf"""
  (?P<link>
    (?<!\w) https?://\S+
  | (?<![\w.+-]) [\w.+-]+@[\w-]+(?:\.[\w-]+)+
  | (?<![\w.-]) (?:[\w-]+\.)+[a-z]{{2,}}(?!\w)(?:/\S*)?
  )
  | (?P<placeholder> \[[A-Z][A-Z_]*_\d+\] )
  | (?P<date>
    (?<!\w) (?:\d{{1,2}}|primero)\sde\s{_MONTH_NAME_ES}(?!\w)(?:\sdel?\s\d{{4}})?
  | (?<!\w) {_DAY}\s?{_MONTH}(?:,?\s?\d{{4}})?
  | (?<!\w) {_MONTH}\s?{_DAY}(?!\d)(?:,?\s?\d{{4}})?
  )
  | (?P<address>
    (?<!\w) \d+\w?\s(?:[\w.]+\s){{1,3}}(?:street|st|road|rd|avenue|ave|lane|boulevard|blvd)(?!\w)
  | (?<!\w) \d+\w?(?:\s(?:bis|ter))?,?\s{_STREET_FR} | (?<!\w) {_STREET_FR}\s\d+\w?
  | (?<!\w) \w{{3,}}(?:straße|strasse|str\.|weg|platz|allee|gasse)\s\d+\w?
  | (?<!\w) (?:calle|avenida|avda\.?|plaza|paseo|c/)\s(?:[\w.]+,?\s){{1,5}}\d+\w?
  )
  | (?P<number>
    (?:(?<!\w)(?-i:[A-Z]{{1,3}})?[€$£¥₹]\s?|(?<!\w)(?:EUR|USD|AUD|GBP|CHF)\s)?
    (?<![\w#&+./:@'-]) (?: {_GROUPED} | [\w#&+./:@'-]*\d[\w#&+./:@',-]* )
    (?:\s?{_UNIT}){{0,3}}
  | \d[\w.,]*
  | (?<!\w) (?:{_NUMBER_WORD}|one|ein(?:e[mnrs]?)?|une?|un[oa]?) (?:[\s-]{_UNIT}){{1,3}}
  | (?<!\w) once (?:\s{_UNIT_ES}){{1,3}} (?!\w)
  | (?<!\w) (?:{_NUMBER_WORD} | un\san) (?!\w)
  )
  | (?P<amount> (?<!\w) {_FREE} (?!\w) )
  | (?P<day>
    (?<!\w) (?:mon|tues|wednes|thurs|fri|satur|sun)day (?!\w)
  | (?<!\w) (?:mon|diens|donners|frei|sams|sonn)tags? (?!\w) | (?<!\w) mittwochs? (?!\w)
  | (?<!\w) (?:lun|mar|mercre|jeu|vendre|same)dis? (?!\w) | (?<!\w) dimanches? (?!\w)
  | (?<!\w) (?:lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bados?|domingos?) (?!\w)
  | (?<!\w) (?:today|tomorrow|tonight|heute|morgen|übermorgen) (?!\w)
  | (?<!\w) (?:aujourd'?hui|(?:apr[èe]s-)?demain|ce\ssoir) (?!\w)
  | (?<!\w) (?:hoy|(?:pasado\s)?ma[ñn]ana|esta\snoche) (?!\w)
  | (?<!\w) {_MONTH_NAME} (?!\w)
  )
    """,
    re.IGNORECASE | re.VERBOSE,
)
