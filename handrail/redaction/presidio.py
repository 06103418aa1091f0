"""Presidio recognizers that a company has already, plugged in by the config file.

    [redaction]
    presidio = ["acme_privacy.recognizers:EmployeeId"]
    presidio_types = { EMPLOYEE_ID = "ACCOUNT" }

Presidio (microsoft/presidio) is no dependency of ours. A class is asked as its `EntityRecognizer`
is: made without arguments, it has `supported_entities` and `supported_language`, and
`analyze(text, entities, nlp_artifacts)` gives results with `entity_type`, `start`, `end` and
`score`. There are no NLP artifacts here, so what rests on them finds nothing; patterns and deny
lists work as they do there. The text is plain (`handrail.redaction.plain`): without accents.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any, Protocol

from handrail.digests import digest
from handrail.errors import BadInput
from handrail.redaction.recognizers.base import Recognizer
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType

# What Presidio calls what it knows. An entity of a country (`US_SSN`) is an id if nothing else is
# said; what nobody knows is removed as personal.
TYPES: Mapping[str, SpanType] = {
    "AGE": SpanType.PERSONAL,
    "CREDIT_CARD": SpanType.CARD,
    "CRYPTO": SpanType.ACCOUNT,
    "DATE_TIME": SpanType.PERSONAL,
    "EMAIL_ADDRESS": SpanType.EMAIL,
    "IBAN_CODE": SpanType.IBAN,
    "IP_ADDRESS": SpanType.IP,
    "LOCATION": SpanType.ADDRESS,
    "MAC_ADDRESS": SpanType.MAC,
    "MEDICAL_LICENSE": SpanType.NATIONAL_ID,
    "NRP": SpanType.PERSONAL,
    "ORGANIZATION": SpanType.PERSONAL,
    "PERSON": SpanType.PERSON,
    "PHONE_NUMBER": SpanType.PHONE,
    "UK_POSTCODE": SpanType.ADDRESS,
    "URL": SpanType.URL,
    "US_BANK_NUMBER": SpanType.ACCOUNT,
}
_OF_A_COUNTRY = re.compile(r"[A-Z]{2}_[A-Z_]+")
_SUREST = 0.99  # only what the company itself knows is surer
_CLASS = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True)
class Plugged:
    """Classes as `module:Class`, what their entities become, and the least score that counts."""

    classes: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    threshold: float = 0.5

    def __post_init__(self) -> None:
        for written in self.classes:
            if not _CLASS.fullmatch(written):
                msg = f"[redaction] presidio names {written!r}: write module:Class"
                raise BadInput(msg)
        for entity, kind in self.types:
            if kind not in EVERY_TYPE:
                msg = (
                    f"[redaction] presidio_types makes {entity} a {kind!r}: there are "
                    f"{', '.join(SpanType)}"
                )
                raise BadInput(msg)


NOTHING_PLUGGED = Plugged()


class _Result(Protocol):
    """Presidio's `RecognizerResult`, as far as it is needed."""

    entity_type: str
    start: int
    end: int
    score: float


class _Theirs(Protocol):
    """Presidio's `EntityRecognizer`, as far as it is needed."""

    supported_entities: Sequence[str]
    supported_language: str

    def analyze(
        self, text: str, entities: Sequence[str], nlp_artifacts: None
    ) -> Iterable[_Result] | None: ...


class Presidio(Recognizer):
    """One of the company's recognizers, among ours.

    It is asked about chats in its language and about those whose language nobody knows.
    """

    name = "presidio"
    types = EVERY_TYPE

    def __init__(self, written: str, plugged: Plugged) -> None:
        self._theirs: _Theirs = _class_of(written)()
        self._types = {entity: SpanType(kind) for entity, kind in plugged.types}
        self._threshold = plugged.threshold

    def find(self, text: str, *, language: str) -> list[Span]:
        """What it finds at or above the threshold, as our types."""
        spoken = language.split("-")[0].lower()
        if spoken not in ("", self._theirs.supported_language.lower()):
            return []
        entities = list(self._theirs.supported_entities)
        found = self._theirs.analyze(text=text, entities=entities, nlp_artifacts=None) or ()
        return [self._span(one, text) for one in found if one.score >= self._threshold]

    def _span(self, one: _Result, text: str) -> Span:
        if not 0 <= one.start < one.end <= len(text):
            msg = "a plugged-in recognizer found something outside of the text"
            raise ValueError(msg)
        kind = self._types.get(one.entity_type) or type_of(one.entity_type)
        return Span(one.start, one.end, kind, min(one.score, _SUREST))


def type_of(entity: str) -> SpanType:
    """What an entity becomes where the config file says nothing of it."""
    if entity in TYPES:
        return TYPES[entity]
    return SpanType.NATIONAL_ID if _OF_A_COUNTRY.fullmatch(entity) else SpanType.PERSONAL


def recognizers(plugged: Plugged) -> tuple[Recognizer, ...]:
    """The company's recognizers, made; `BadInput` says what is missing."""
    return tuple(Presidio(written, plugged) for written in plugged.classes)


def content(plugged: Plugged) -> list[Any]:
    """What decides how they find: each class and its bases, by the content of their modules.

    Besides the versions of the packages these are from. What a class reads from other files isn't
    in it: such a class changes with the version of its package.
    """
    lineages = [_class_of(written).__mro__ for written in plugged.classes]
    modules = sorted({base.__module__ for bases in lineages for base in bases})
    return [
        [name, _source(name), _packages(top)]
        for name in modules
        if (top := name.split(".")[0]) not in sys.stdlib_module_names
    ]


def _source(module: str) -> str:
    file = getattr(sys.modules[module], "__file__", None)
    return digest(Path(file).read_bytes()) if file else ""


def _packages(top: str) -> list[str]:
    return sorted(f"{name} {version(name)}" for name in set(_distributions().get(top, ())))


@cache
def _distributions() -> Mapping[str, Sequence[str]]:
    return packages_distributions()


@cache
def _class_of(written: str) -> type:
    module, _, name = written.partition(":")
    try:
        found = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        msg = (
            f"[redaction] presidio names {written}, and there is no module {error.name}: install "
            "what it is in beside Handrail, or take it out of the config file"
        )
        raise BadInput(msg) from None
    except AttributeError:
        msg = f"[redaction] presidio names {written}: module {module} has no {name}"
        raise BadInput(msg) from None
    if not isinstance(found, type) or not hasattr(found, "analyze"):
        msg = f"[redaction] presidio names {written}, which is no recognizer: it can't analyze()"
        raise BadInput(msg)
    return found
