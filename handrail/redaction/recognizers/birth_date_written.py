"""How dates are written, in digits and in words, in English, German, French and Spanish."""

from __future__ import annotations

from handrail.redaction.recognizers.base import either

# Whole words: "Jana" and "Marco" are no months.
MONTH = (
    r"\b(?:jan(?:uary?|v(?:ier)?|ner)?|jaenner|feb(?:ruary?|rero|er)?|fevr?(?:ier)?|"
    r"mar(?:ch|zo?|s)?|maerz|mrz|apr(?:il)?|avr(?:il)?|abr(?:il)?|ma(?:yo?|i)|jun(?:[ei]|io)?|juin|"
    r"jul(?:[iy]|io)?|juil(?:let)?|aug(?:ust)?|aout?|ago(?:sto)?|sep(?:t(?:em(?:ber|bre)|iembre)?)?|"
    r"set(?:iembre)?|o[ck]t(?:ob(?:er|re)|ubre)?|nov(?:em(?:ber|bre)|iembre)?|"
    r"de[cz](?:em(?:ber|bre))?|dic(?:iembre)?|ene(?:ro)?)(?![a-z])\.?"
)
# "19AUG1980", as airlines write it.
_AIRLINE_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# German days without their last letter: "ersten", "erster".
_GERMAN_DAY = either("""erste|zweite|dritte|vierte|funfte|sechste|siebte|achte|neunte|zehnte|elfte|
    zwolfte|dreizehnte|vierzehnte|funfzehnte|sechzehnte|siebzehnte|achtzehnte|neunzehnte|
    zwanzigste|einundzwanzigste|zweiundzwanzigste|dreiundzwanzigste|vierundzwanzigste|
    funfundzwanzigste|sechsundzwanzigste|siebenundzwanzigste|achtundzwanzigste|
    neunundzwanzigste|dreissigste|einunddreissigste""")
_DAY = either("""
    first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|
    fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty first|
    twenty-first|twenty-second|twenty-third|twenty-fourth|twenty-fifth|twenty-sixth|twenty-seventh|
    twenty-eighth|twenty-ninth|thirtieth|thirty-first|
    premier|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|
    seize|dix-sept|dix-huit|dix-neuf|vingt|vingt et un|vingt-et-un|vingt-deux|vingt-trois|
    vingt-quatre|vingt-cinq|vingt-six|vingt-sept|vingt-huit|vingt-neuf|trente|trente et un|
    trente-et-un|
    primero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|
    dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidos|veintitres|veinticuatro|
    veinticinco|veintiseis|veintisiete|veintiocho|veintinueve|treinta|treinta y uno""")
_SPELLED_DAY = rf"(?:{_GERMAN_DAY}[nr]|{_DAY})"
# From "nineteen", "mille", "mil" on, as far as words for numbers go.
_SPELLED_YEAR = (
    r"(?:nineteen|twenty|two thousand|mille|mil|deux mille|dos mil|dix-neuf cent|"
    r"(?:neunzehnhundert|zweitausend)[a-z]{0,24})"
    r"(?:[\s-](?:and|et|y|hundred|cents?|novecientos|"
    + either("""one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|
        fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|
        eighty|ninety|oh|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|
        quatorze|quinze|seize|vingt|vingts|trente|quarante|cinquante|soixante|uno|dos|tres|
        cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|
        diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidos|veintitres|treinta|cuarenta|
        cincuenta|sesenta|setenta|ochenta|noventa""")
    + r")\b){0,6}"
)
DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}[-./]\d{1,2}[-./]\d{1,2}|"
    r"\d{1,2}\s\d{1,2}\s(?:19|20)\d\d|\d{8}(?!\d)|\d{6}(?!\d)|"
    rf"\d{{1,2}}[-/.]{MONTH}[-/.]\d{{2,4}}|\d{{2}}(?:{_AIRLINE_MONTH})\d{{2,4}}|"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)?|\b{_SPELLED_DAY})\s(?:of\s|de\s)?{MONTH},?"
    rf"(?:\s(?:de\s|del\s)?(?:\d{{2,4}}|{_SPELLED_YEAR}))?|"
    rf"{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{2,4}})?)(?![\d%€$£])"
)
# A day and month in digits, and nothing behind.
PARTIAL = r"(?:\d{1,2}\.\s?\d{1,2}\.(?!\s?\d)|\d{1,2}/\d{1,2}(?![/\d%]))"
# The years in which customers and their families were born.
LIVED = r"(?:19\d\d|200\d|201\d)"
# A date in full of such a year.
LIVED_DATE = (
    rf"(?:\d{{1,2}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?{LIVED}|{LIVED}[-./]\d{{1,2}}[-./]\d{{1,2}}|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?{MONTH},?\s(?:de\s|del\s)?{LIVED}|"
    rf"{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{LIVED})(?![\d%€$£])"
)
# A date in full or without its year, but none in words.
PLAIN_DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}-\d{1,2}-\d{1,2}|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?{MONTH}(?:,?\s(?:de\s|del\s)?\d{{2,4}})?|"
    rf"{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?)(?![\d%€$£])"
)
