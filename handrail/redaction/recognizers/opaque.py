"""What a random token looks like, and what only resembles one: examples, words, hashes."""

from __future__ import annotations

import math
import re
from collections import Counter

from handrail.redaction.recognizers.base import listed

# An example in somebody's documentation: a key on the keyboard held down, an alphabet, the word.
_EXAMPLE = re.compile(
    r"([xX*0.#])\1{5}|([^A])\2{6}|abcdefgh|ABCDEFGH|0123456789|1234567890|(?:^|[^a-z])(?:xxx|123abc)"
    r"|(?i:example|placeholder|changeme|change_me|redacted|dummy|sample|todo|insert|replace)"
    r"|(?:YOUR|your)[_-]?[A-Za-z]|(?i:your[_-]|my[_-](?:api|secret|token|key))|[a-z]Here\b"
    r"|HERE\b|RANDOM|abcd?123|(\d{4}-)\3",
)
# What stands for a value that the reader shall fill in, or that a program fetches.
_PLACEHOLDER = re.compile(
    r"\$(?:[{(]|[A-Za-z_.>-]+$|\d$)|[<(\[]|\{(?:\{|[A-Za-z_. ]*\}|\d{0,2}\})|%[\w(]+[%)s]"
    r"|[@&][a-z_]+@?$|\.\.\."
    r"|(?:process|os|sys|secrets|vars|env|var|data|local|config|settings|this|self|params|"
    r"options|args|request|req|props|state)\.|(?:get|read|load|fetch|find|new)[A-Z(_]"
    r"|[xX*.#_-]{3,}$|(?:true|false|null|none|nil|undefined|string|str|optional|required)\b",
    re.IGNORECASE,
)
# Of a random token; sixteen hexadecimal digits have rarely less.
_BITS = 2.75
_HEX = re.compile(r"[0-9A-Fa-f]+")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# The lengths of SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 in hexadecimal.
_HASH_LENGTHS = frozenset({40, 56, 64, 96, 128})
_CHANGE = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[a-z0-9])|(?<=[0-9])(?=[A-Za-z])")
_LETTER_RUN = re.compile(r"[A-Za-z]{4,}")
# The pairs of letters that make up most of English, German, French and Spanish text. A random
# token holds about one of them in four pairs, a word two in three.
_PAIRS = listed(
    "th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de "
    "se le sa si ar ve ra ld ur ne me li ri io ic ll ro ta co ch ec em el la ce ma ns us ss ct "
    "om un il no ie di ge be ei ke ue ui qu tr pr pa po pe ca do so ac ad am ap au bl da ee ev "
    "fi fo ff gr id ig im ir ck ki lo ly mi mo mp na ni oc od ol oo op os ot ow pl ry sc sh su "
    "tt ty ub ul um up ut vi wa wi wo ey ay ag ab ak ba bo br cl cr dr ex fa fe fr ga go gi ho"
)


def is_example(value: str) -> bool:
    """Whether `value` is a made-up key: `ghp_xxxxxxxx`, an alphabet, `AKIAIOSFODNN7EXAMPLE`."""
    return bool(_EXAMPLE.search(value)) or (len(value) > 11 and len(set(value)) < 4)


def is_placeholder(value: str) -> bool:
    """Whether `value` stands for a value: `${TOKEN}`, `<token>`, `process.env.TOKEN`, `xxxx`."""
    return bool(_PLACEHOLDER.match(value))


def is_hex(value: str) -> bool:
    """Whether `value` is hexadecimal."""
    return bool(_HEX.fullmatch(value))


def is_hash(value: str) -> bool:
    """Whether `value` is as long as a SHA digest in hexadecimal."""
    return len(value) in _HASH_LENGTHS and is_hex(value) and value in (value.lower(), value.upper())


def is_wordy(value: str) -> bool:
    """Whether `value` is half made of letters that go together as in words: `KeySignatures2`."""
    runs = _LETTER_RUN.findall(value)
    if sum(map(len, runs)) * 2 < len(value):
        return False
    pairs = [run[i : i + 2].lower() for run in runs for i in range(len(run) - 1)]
    return sum(pair in _PAIRS for pair in pairs) > len(pairs) / 2 + 1


def is_opaque(value: str, *, every: int) -> bool:
    """Whether `value` looks random: its kind of character changes at least at one place in `every`.

    It has digits, or twenty characters; hexadecimal counts from 16 on.
    """
    digits = sum(map(str.isdigit, value))
    if digits == len(value) or is_example(value) or _entropy(value) < _BITS:
        return False
    if is_hex(value):
        return len(value) >= 16 and digits >= 2
    if not digits and len(value) < 20:
        return False
    changes = sum(1 for _ in _CHANGE.finditer(value))
    return changes * every >= len(value) and not is_wordy(value)


def _entropy(text: str) -> float:
    """Bits per character (Shannon) of the characters' own frequencies."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values())
