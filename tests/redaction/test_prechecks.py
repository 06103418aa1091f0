"""R31: a look at a text's words rules out only patterns that would have found nothing."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.redaction import recognizers
from handrail.redaction.plain import plain
from handrail.redaction.recognizers.base import Cued, beginnings, listed, spelled
from handrail.redaction.recognizers.national_id import _PREFILTER, _SCHEMES, _SHAPED, _START
from handrail.redaction.recognizers.national_scheme import Scheme

CUED = [
    (f"{module.name}{name}", one)
    for module in pkgutil.iter_modules(recognizers.__path__)
    for name, one in vars(importlib.import_module(f"{recognizers.__name__}.{module.name}")).items()
    if isinstance(one, Cued)
]
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
# What stands around and in a value: cues of several languages, glued and spaced, and digits.
PIECES = st.sampled_from(
    sorted(
        listed(
            "account accountnumber Kundennr. accounts numéro contraseña is est es el c'est : # ' "
            "( ¿ code CODE_ mot de passe mdp order-id nº pin cvv 2fa my address né nacida date of "
            "birth dob DNI ssn id card cc carte order's ß Straße 1234 12345678 07-11 Ab3dEf9h "
            "rue Calle usuario user:name @bob identifiant . , !"
        )
    )
)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", "  ", "\n", "_"])), max_size=10).map(
    lambda parts: plain("".join(piece + gap for piece, gap in parts)).text
)


@pytest.mark.parametrize("cued", [one for _, one in CUED], ids=[name for name, _ in CUED])
@FEW
@given(text=TEXTS)
def test_a_cue_that_is_there_is_never_ruled_out(cued: Cued, text: str) -> None:
    spans = [found.span() for found in cued.finditer(text)]
    assert spans == [found.span() for found in cued.pattern.finditer(text)]


def test_the_cued_patterns_are_all_here() -> None:
    assert len(CUED) >= 10


@given(st.text(max_size=30))
def test_words_of_any_text_are_its_runs_of_letters(text: str) -> None:
    assert list(spelled(text)) == re.findall(r"[^\W\d_]+", text.lower())
    assert all(word[:3] in beginnings(text) for word in spelled(text))


@pytest.mark.parametrize("scheme", _SCHEMES, ids=[scheme.name for scheme in _SCHEMES])
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_scheme_is_tried_where_its_shape_begins(scheme: Scheme, data: st.DataObject) -> None:
    shape = re.compile(scheme.pattern.pattern, re.IGNORECASE | re.ASCII)
    written = data.draw(st.from_regex(shape, fullmatch=True))
    assert _START.match(written)
    assert _SCHEMES.index(scheme) in _PREFILTER.possible(written)
    assert _SHAPED.match(written)
