"""Check digits of identifiers, from their public definitions. Each takes bare characters."""

from __future__ import annotations

from collections.abc import Sequence


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B (payment cards, IMEI)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_isin(text: str) -> bool:
    """An ISIN (ISO 6166), which is a security's: two letters, nine letters or digits, a check."""
    if len(text) != 12 or not (text[:2].isalpha() and text[-1].isdigit() and text.isalnum()):
        return False
    return text.isascii() and luhn("".join(str(int(c, 36)) for c in text))


def mod97(text: str) -> bool:
    """ISO 7064 MOD 97-10 as in IBAN (ISO 13616): first four characters moved to the end."""
    moved = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def mod11_10(digits: str) -> bool:
    """ISO 7064 MOD 11,10 (German Steuer-ID, Croatian OIB)."""
    product = 10
    for digit in digits[:-1]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def verhoeff(digits: str) -> bool:
    """Verhoeff's dihedral check (1969), as in Aadhaar."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        for _ in range(place % 8):
            value = _VERHOEFF_TURN[value]
        check = _dihedral(check, value)
    return check == 0


_VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _dihedral(left: int, right: int) -> int:
    """Product in the dihedral group of order 10; 0-4 are rotations, 5-9 reflections."""
    if left < 5:
        return (left + right) % 5 + (5 if right >= 5 else 0)
    return (left - right) % 5 + (0 if right >= 5 else 5)


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Sum of digits times weights, over as many places as there are weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
