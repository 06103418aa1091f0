"""A company's own Presidio recognizers go on finding here; Presidio itself isn't needed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pyarrow as pa
import pytest

from handrail.conversations.model import Conversation, to_arrow
from handrail.errors import BadInput, Withheld
from handrail.redaction.model import open_redacted
from handrail.redaction.own_look import own_look
from handrail.redaction.presidio import Plugged, type_of
from handrail.redaction.ruleset import STANDARD, Ruleset, ruleset_in, ruleset_of, schema_with
from handrail.redaction.scrubber import scrub
from handrail.redaction.spans import SpanType
from handrail.redaction.workers import WORTHWHILE, Workers
from handrail.settings import DEFAULT_CONFIG, load_settings

Chat = Callable[..., Conversation]
# What such a class is when presidio_analyzer is installed, by the parts that are used.
SOURCE = """
    import re
    from dataclasses import dataclass


    @dataclass
    class Result:
        entity_type: str
        start: int
        end: int
        score: float


    class Staff:
        supported_entities = ["EMPLOYEE_ID", "DEPARTMENT"]
        supported_language = "en"

        def analyze(self, text, entities, nlp_artifacts):
            assert nlp_artifacts is None and "EMPLOYEE_ID" in entities
            ids = re.finditer(r"emp:[a-f]{3}", text)
            found = [Result("EMPLOYEE_ID", *m.span(), 0.9) for m in ids]
            found += [Result("DEPARTMENT", *m.span(), 0.3) for m in re.finditer("billing", text)]
            return found


    class Beyond(Staff):
        def analyze(self, text, entities, nlp_artifacts):
            return [Result("EMPLOYEE_ID", 0, len(text) + 1, 0.9)]


    class Silent(Staff):
        def analyze(self, text, entities, nlp_artifacts):
            return None


    class Loud(Staff):
        def analyze(self, text, entities, nlp_artifacts):
            print("looking at", text, flush=True)
            return super().analyze(text, entities, nlp_artifacts)


    def no_class(text):
        return []
"""
SAID = "ask emp:abc of billing, or emp:abc again"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A company's module, importable here and in workers."""
    name = f"acme_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(dedent(SOURCE))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    yield name
    sys.modules.pop(name, None)


def rules(written: str, **types: str) -> Ruleset:
    return Ruleset(names="rules", plugged=Plugged((written,), tuple(types.items())))


def text_of(said: Conversation, ruleset: Ruleset) -> str:
    return scrub(said, ruleset=ruleset).turns[0].text


def test_what_it_finds_is_removed_as_the_config_says(module: str, chat: Chat) -> None:
    """R31: found here, it is gone everywhere; below the threshold it stays."""
    theirs = rules(f"{module}:Staff", EMPLOYEE_ID="ACCOUNT")
    assert text_of(chat(SAID), theirs) == "ask [ACCOUNT_1] of billing, or [ACCOUNT_1] again"
    assert text_of(chat(SAID), rules(f"{module}:Staff")).startswith("ask [PERSONAL_1] of")
    assert text_of(chat(SAID), Ruleset(names="rules")) == SAID
    assert text_of(chat(SAID), rules(f"{module}:Silent")) == SAID


def test_it_is_asked_in_its_language_and_where_none_is_known(module: str, chat: Chat) -> None:
    theirs = rules(f"{module}:Staff")
    assert "emp:abc" not in text_of(chat(SAID, language="en-GB"), theirs)
    assert "emp:abc" in text_of(chat(SAID, language="de"), theirs)
    unknown = chat(SAID)
    assert "emp:abc" not in text_of(Conversation(**{**vars(unknown), "language": None}), theirs)


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        ("CREDIT_CARD", SpanType.CARD),
        ("US_SSN", SpanType.NATIONAL_ID),
        ("PL_PESEL", SpanType.NATIONAL_ID),
        ("US_BANK_NUMBER", SpanType.ACCOUNT),
        ("LOYALTY_TIER", SpanType.PERSONAL),
    ],
)
def test_presidio_s_names_have_a_type_of_ours(entity: str, kind: SpanType) -> None:
    assert type_of(entity) is kind


def test_it_runs_in_workers_by_its_import_path(module: str, chat: Chat) -> None:
    """R36: what it prints is neither taken for an answer nor seen."""
    batches = [(n, to_arrow([chat(SAID, conversation_id=f"c-{n}")])) for n in range(WORTHWHILE + 2)]
    with Workers(2, ruleset=rules(f"{module}:Loud", EMPLOYEE_ID="ACCOUNT")) as workers:
        made: list[pa.RecordBatch] = [rows for _, rows in workers.redacted(batches)]
        assert workers._started
    texts = {open_redacted(rows["redacted"][0].as_py()).turns[0].text for rows in made}
    assert texts == {"ask [ACCOUNT_1] of billing, or [ACCOUNT_1] again"}


def test_a_batch_carries_it_whole(module: str) -> None:
    chosen = rules(f"{module}:Staff", EMPLOYEE_ID="ACCOUNT")
    assert ruleset_in(schema_with(chosen)) == chosen


def test_class_types_and_content_are_in_the_version(module: str, tmp_path: Path) -> None:
    """R31: another content of their module is another ruleset, seen by a new process."""
    plain, theirs = Ruleset(names="rules"), rules(f"{module}:Staff")
    other = rules(f"{module}:Staff", EMPLOYEE_ID="ACCOUNT")
    assert len({plain.version, theirs.version, other.version}) == 3
    from handrail.redaction import presidio

    before = presidio.content(theirs.plugged)
    file = tmp_path / f"{module}.py"
    file.write_text(file.read_text().replace("{3}", "{4}"))
    assert presidio.content(theirs.plugged) != before


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{module}", "write module:Class"),
        ("{module}:Absent", "has no Absent"),
        ("{module}:no_class", "is no recognizer"),
        ("not_installed_here.pii:Staff", "no module not_installed_here"),
    ],
)
def test_what_cannot_be_plugged_in_is_said_with_what_to_do(
    module: str, written: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        _ = rules(written.format(module=module)).version


def test_a_find_outside_of_the_text_is_withheld_not_guessed(module: str, chat: Chat) -> None:
    """R36: nothing is stored of a chat that a broken recognizer looked at, and nothing quoted."""
    with pytest.raises(Withheld) as told:
        scrub(chat(SAID), ruleset=rules(f"{module}:Beyond"))
    assert "billing" not in str(told.value)
    with pytest.raises(Withheld):
        own_look([scrub(chat(SAID), ruleset=STANDARD)], ruleset=rules(f"{module}:Beyond"))


def test_the_config_file_plugs_it_in(module: str, tmp_path: Path) -> None:
    written = f'[redaction]\npresidio = ["{module}:Staff"]\npresidio_types = {{EMPLOYEE_ID = "%s"}}'
    config = tmp_path / "handrail.toml"
    for kind in ("ACCOUNT", "NOTHING"):
        text = DEFAULT_CONFIG.read_text().replace("[redaction]", written % kind)
        config.write_text(text)
        settings = load_settings(environ={"HANDRAIL_HOME": str(tmp_path)}, config_file=config)
        if kind == "ACCOUNT":
            assert ruleset_of(settings).plugged == Plugged(
                (f"{module}:Staff",), (("EMPLOYEE_ID", "ACCOUNT"),)
            )
        else:
            with pytest.raises(BadInput, match="there are SECRET"):
                ruleset_of(settings)
