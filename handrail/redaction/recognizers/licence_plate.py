"""Registration plates of vehicles: what is said to be one, and shapes that are nothing else."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought
from handrail.redaction.spans import Span, SpanType

# In context: letters and digits, in up to three groups.
_SAID = Cued(
    """plate|plates|number plate|licence plate|license plate|licence plate number|
        license plate number|registration plate|plate number|reg number|car reg|vehicle reg|
        registration number|vehicle registration|car registration|kennzeichen|autokennzeichen|
        kfz-kennzeichen|nummernschild|autonummer|immatriculation|plaque|plaque d'immatriculation|
        immatricule|immatriculee|matriculado|matriculada|matricula|placa|placas|targa|kenteken|rego|plaka""",
    r"(?:\s{0,2}(?:(?:number|nr|no|is|are|ist|lautet|est|es|son)\b\.?|n°|:|=|,|#)){0,3}\s{0,2}[\"'(]?"
    r"((?=[A-Z0-9 -]{0,9}\d)(?=[A-Z0-9 -]{0,9}[A-Z])[A-Z0-9]{1,8}"
    r"(?:[ -](?=[A-Z]{0,3}\d|[A-Z]{1,3}(?![a-z]))[A-Z0-9]{1,4}){0,3})(?!\w)",
)
# "Mein Auto ist das mit m-xy 1234", "my car is the one with ...".
_OF_A_CAR = Cued(
    "auto|wagen|pkw|fahrzeug|car|van|voiture|vehicule|coche|furgoneta",
    r"(?:\s(?:ist|is|est|es|das|der|the|one|la|celle|el|que|tiene|hat|has|a)){0,4}"
    r"\s(?:mit|with|avec|con)\s((?!usb)[a-z]{1,3}-[a-z]{1,2} ?[1-9]\d{0,3}"
    r"|[a-z]{2}-?\d{2,3}-?[a-z]{2,3}|\d{4} ?[b-df-hj-np-tv-z]{3})(?!\w)",
)
# Germany `B-AB 1234`, Britain since 2001 `AB51 ABC`, India `MH 12 AB 1234`.
_SHAPED = Sought(
    r"(?<![\w-])(?:[A-Z]{1,3}-[A-Z]{1,2} [1-9]\d{0,3}[EH]?"
    r"|[A-HJ-PR-Y]{2}(?:0[2-9]|[12]\d|5[1-9]|6\d|7[0-9])[ -][A-HJ-PR-Z]{3}"
    r"|(?:A[NPRS]|BR|C[GH]|D[DLN]|G[AJ]|H[PR]|J[HK]|K[AL]|LA|LD|M[HLNPZ]|NL|OD|OR|P[BY]|RJ|SK|"
    r"T[GNRS]|U[AKP]|WB)[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4})(?![\w-])"
)
# The whole message is one: Britain, France, Spain, Italy, Turkey.
_ALONE = Sought(
    r"[A-HJ-PR-Y]{2}(?:0[2-9]|[12]\d|5[1-9]|[67]\d)[ -]?[A-HJ-PR-Z]{3}"
    r"|[A-HJ-NPR-Y]\d{1,3} ?[A-Z]{3}"
    r"|[A-Z]{3} ?\d{1,3}[A-HJ-NPR-Y]|[A-Z]{2}-?\d{3}-?[A-Z]{2}|\d{4}[ -]?[B-DF-HJ-NP-TV-Z]{3}"
    r"|[A-Z]{3}[ -]?\d{3} ?[A-Z]{2}|(?:0[1-9]|[1-7]\d|8[01]) ?[A-Z]{1,3} ?\d{2,5}",
    re.IGNORECASE,
)


class LicencePlate(Recognizer):
    """Vehicle registrations, which name their keeper."""

    name = "licence_plate"
    types = frozenset({SpanType.NATIONAL_ID})
    digits = 1
    needs = (_SAID, _OF_A_CAR, _SHAPED, _ALONE)

    def find(self, text: str, *, language: str) -> list[Span]:
        """After a word for it, in a shape of its own, or as the whole message."""
        # In groups only in capitals: "two plates and 4 bowls".
        found = [
            match.span(1)
            for match in _SAID.finditer(text)
            if " " not in match.group(1) or match.group(1).isupper()
        ]
        found += [match.span(1) for match in _OF_A_CAR.finditer(text)]
        found += [match.span() for match in _SHAPED.finditer(text)]
        bare = text.strip(" .!")
        if len(bare) <= 12 and _ALONE.pattern.fullmatch(bare):
            start = text.index(bare)
            found.append((start, start + len(bare)))
        return [Span(*place, SpanType.NATIONAL_ID, 0.85) for place in found]
