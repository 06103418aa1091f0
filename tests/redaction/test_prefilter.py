"""R31: the prefilter rules out only what isn't there: with and without it the same is found."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.redaction import prefilter, recognizers
from handrail.redaction.plain import plain
from handrail.redaction.prefilter import Prefilter, needs_digit
from handrail.redaction.prefilter_database import database_of
from handrail.redaction.recognizers import REGISTRY, find_all
from handrail.redaction.recognizers.base import Sought, possible, watched
from tests.redaction.attacks import written

needs_hyperscan = pytest.mark.skipif(
    not prefilter.SEES, reason="hyperscan has no wheel for this machine"
)
CHATS = Path(__file__).parent / "second_author"
PATTERNS = list(dict.fromkeys(watched()))
AROUND = ["", " ", "é", "ß", "€", "ä ", " ¿", "_", "x", "\n", "1", "-", "😀"]


def _messages() -> Iterator[str]:
    for file in sorted(CHATS.rglob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines()[::3]:
            yield plain(json.loads(line)["text"]).text


@needs_hyperscan
def test_what_a_pattern_matches_is_possible() -> None:
    """Texts made from each pattern, with letters and signs beyond ASCII around and in them."""
    random = Random(5)
    places = {pattern: place for place, pattern in enumerate(watched())}
    tried = 0
    for pattern, place in places.items():
        for _ in range(8):
            text = random.choice(AROUND) + written(pattern, random) + random.choice(AROUND)
            shown = plain(text).text
            if pattern.search(shown):
                tried += 1
                assert place in possible(shown), (pattern.pattern, shown)
    assert tried > 3 * len(PATTERNS)


@needs_hyperscan
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.from_regex(
        r"(?:[a-zA-Z\u00df\u00e9\u20ac_ 0-9@.:/-]|order|IBAN|DE44|my name is |pin ){0,30}"
    )
)
def test_what_matches_in_any_text_is_possible(text: str) -> None:
    shown = plain(text).text
    places = possible(shown)
    for place, pattern in enumerate(watched()):
        assert place in places or not pattern.search(shown), (pattern.pattern, shown)


@needs_hyperscan
def test_the_same_is_found_without_hyperscan(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = list(_messages())
    assert len(messages) > 500
    found = [find_all(text, language="") for text in messages]
    possible.cache_clear()
    monkeypatch.setattr(prefilter, "SEES", False)
    assert [find_all(text, language="") for text in messages] == found
    possible.cache_clear()


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?<!a)b(?=c)", "bc"),
        (r"\bstra(?:ss|ß)e\b", "straße"),
        (r"[^\W\d_]{3}€", "ñoñ€"),
        (r"(a)\1{0,3}z?", "aa"),
        (r"x{0,20000}-----END", "-----END"),
        (r"(?i:ab)[A-Z](?-i:c)", "aBXc"),
        (r"(?P<q>\"|')v(?P=q)", "'v'"),
        (r"[\w.-]{1,200}@", "é" * 150 + "@"),
    ],
)
@needs_hyperscan
def test_parts_that_hyperscan_does_not_know_are_loosened(pattern: str, text: str) -> None:
    watching = Prefilter(kept=None)
    place = watching.watch(re.compile(pattern))
    assert re.search(pattern, text)
    assert watching.possible(text) == {place}


@needs_hyperscan
def test_a_pattern_that_is_not_there_is_ruled_out() -> None:
    watching = Prefilter(kept=None)
    watching.watch(re.compile(r"order \d{4}"))
    assert watching.possible("where is my order?") == set()


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        (r"order \d{4}", True),
        (r"(?:[0-9]|x7)+", True),
        (r"(?=[a-z]{0,3}[1-5])\w+", True),
        (r"(?:\d|no)", False),
        (r"\d?[a-z]", False),
        (r"(?!\d)[^a]", False),
        (r"[\da-f]{8}", False),
    ],
)
def test_where_no_digit_is_only_patterns_without_one_are_sought(pattern: str, needs: bool) -> None:
    """R31: half of the patterns, in most messages of a chat."""
    assert needs_digit(re.compile(pattern)) is needs


def _sought(value: object) -> Iterator[Sought]:
    if isinstance(value, Sought):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _sought(one)


def test_every_pattern_that_is_sought_is_needed() -> None:
    """A pattern that its recognizer doesn't name among its needs might never be tried."""
    named = {one.place for recognizer in REGISTRY for one in recognizer.needs}
    in_need = {
        type(recognizer).__module__.split("_")[0] for recognizer in REGISTRY if recognizer.needs
    }
    for module in pkgutil.iter_modules(recognizers.__path__, f"{recognizers.__name__}."):
        if module.name.split("_")[0] in in_need:
            for name, value in vars(importlib.import_module(module.name)).items():
                missing = [one.pattern.pattern for one in _sought(value) if one.place not in named]
                assert not missing, (module.name, name)


@needs_hyperscan
def test_what_is_compiled_is_kept_and_made_anew_when_it_is_torn(tmp_path: Path) -> None:
    """R31: a process that starts waits for no compiler, and trusts no file that isn't whole."""
    database_of({0: "abc", 1: r"\d{3}"}, kept=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    written = file.stat().st_mtime_ns
    assert _seen(database_of({0: "abc", 1: r"\d{3}"}, kept=tmp_path), b"x 123") == {1}
    assert file.stat().st_mtime_ns == written
    for torn in (b"", whole[:-9], whole[: len(whole) // 2] + b"torn"):
        file.write_bytes(torn)
        assert _seen(database_of({0: "abc", 1: r"\d{3}"}, kept=tmp_path), b"abc") == {0}
        assert file.read_bytes() == whole
    database_of({0: "abcd"}, kept=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@needs_hyperscan
def test_few_files_are_kept_and_none_is_no_error(tmp_path: Path) -> None:
    """R31: old patterns' files go; a folder that can't be made leaves the same database."""
    for number in range(40):
        database_of({0: f"a{number}"}, kept=tmp_path)
    assert len(list(tmp_path.iterdir())) < 20
    (tmp_path / "file").touch()
    assert _seen(database_of({0: "abc"}, kept=tmp_path / "file" / "folder"), b"abc") == {0}


def _seen(database: Any, text: bytes) -> set[int]:
    places: set[int] = set()
    database.scan(text, lambda place, *_: places.add(place))
    return places
